"""What descriptions say against sources that are right, with the reason: the beginning of each finding.

`PACKAGED` is said by the descriptions that packages pin; each must still be said. `PUBLISHED` is said by those that the
vendors publish, as far as somebody has held them against the sources.
"""

from __future__ import annotations

Exceptions = dict[str, dict[str, str]]
"""By source: the beginning of a finding, and why it is no mistake."""

_OLD = "the collection's description is of 2023; the vendor's own has it by now"
_PARTLY = "GitHub's description has a part of the fields: others differ by action, and its pages list them"
_GITHUB = {
    "audit: header accept": "GitHub recommends its own type, and answers it with application/json",
    "audit: header parameter x-github-api-version": "it is of every operation, and the description leaves it out",
    "audit: GET /organizations/4242/audit-log": "the next link, as GitHub writes it; nobody builds it",
    "audit[].config:": "a hook's configuration is an object, as in the API of webhooks; the description says list",
    "audit[].events[]:": "a hook's events are texts, as in the API of webhooks; the description says objects",
    "audit[]": _PARTLY,
    "facts.": _PARTLY,
    "drop reads url_path": _PARTLY,
}
_BOX = {
    "events.entries[].source: ": "Box describes some kinds of sources, loosely, and says that any object may come",
    "events.entries[].action_by": "it is in examples of Box's pages on the events of Shield",
    "events.entries[].ip_address": "it is in examples of Box's pages on the events of Shield",
    "events.entries[].accessible_by": "recorded events of collaborations have it",
    "events.entries[].created_by.login: '' is not": "somebody whom Box does not know has an empty login",
    "facts.summary reads accessible_by": "as above",
    "facts.source_ip reads ip_address": "as above",
    "facts.target_user reads accessible_by": "as above",
}
_AUTH0 = "Auth0's schemas of tenant logs have it: github.com/auth0/auth0-log-schemas"
_STREAM = "it is in a log stream, whose definition this source extends"
_AUTH0_LOG = {
    "logs[].tenant_name": _AUTH0,
    "logs[].environment_name": _AUTH0,
    "logs[].$event_schema": _AUTH0,
    "logs[]._id": _AUTH0,
    "logs[].organization_id": _AUTH0,
    "logs[].organization_name": _AUTH0,
    "facts.organization reads tenant_name": _AUTH0,
    "facts.extra.auth0_organization reads organization_name": _AUTH0,
    "facts.summary reads type_name": _STREAM,
    "mozdef.category reads type_name": _STREAM,
    "mozdef.details.eventname reads type_name": _STREAM,
}
_OPENAI = {
    "audit.data[].actor.session.user_agent": "it is in the example of OpenAI's page",
    "facts.user_agent reads user_agent": "it is in the example of OpenAI's page",
}
_OPEN = "Graph's metadata leave this type open, and recorded answers have the field"
_ONELOGIN = "OneLogin's page of the request has it, or spells it so"
_ADDED = "the source's transform.py adds it"
_BROADCASTER = "OneLogin's Event Broadcaster has it, and writes the same events"
_OKTA = {
    "logs[].device": "recorded events have it",
    "logs[].authenticationContext.rootSessionId": "Okta's page on queries of the System Log names it",
}

PACKAGED: Exceptions = {
    "asana-audit": {
        "events.next_page": _OLD,
        "events: data[0] && next_page.offset reads next_page": _OLD,
        "facts.summary reads rule_name": _OLD,
    },
    "auth0-log": _AUTH0_LOG,
    "box-events": {**_BOX, "events.next_stream_position": "Box sends a number, and says so by now"},
    "entra": {
        "audits: query parameter $skiptoken": "a next link has it, as every list of Graph",
        "signins: query parameter $skiptoken": "a next link has it, as every list of Graph",
        "audits.value[]: '@odata.type'": "Graph sends it only where a type is derived",
        "audits.value[].initiatedBy: '@odata.type'": "Graph sends it only where a type is derived",
        "signins.value[]: '@odata.type'": "Graph sends it only where a type is derived",
        "audits.@odata.context": "it is in every answer of Graph",
        "signins.@odata.context": "it is in every answer of Graph",
        "audits.value[].initiatedBy.user.userType": _OPEN,
        "audits.value[].initiatedBy.user.homeTenant": _OPEN,
        "facts.summary reads servicePrincipalName": _OLD,
        "facts.user reads servicePrincipalName": _OLD,
        "facts.user_id reads servicePrincipalId": _OLD,
        "facts.user_agent reads userAgent": _OLD,
    },
    "github-audit": _GITHUB,
    "okta-log": _OKTA,
    "onelogin": {
        "events.data[].app_name": _ONELOGIN,
        "events.data[].group_name": _ONELOGIN,
        "events.data[].operation_name": _ONELOGIN,
        "events.data[].directory_id": _ONELOGIN,
        "events.data[].resolution": _ONELOGIN,
        "events.data[].browser_fingerprint": _ONELOGIN,
        "events.data[].privilege_name": _BROADCASTER,
        "events.data[].authentication_factor_description": _BROADCASTER,
        "facts.summary reads app_name": _ONELOGIN,
        "facts.summary reads group_name": _ONELOGIN,
        "facts.summary reads privilege_name": _BROADCASTER,
        "facts.summary reads authentication_factor_description": _BROADCASTER,
        "facts.summary reads event_type": _ADDED,
        "facts.target reads app_name": _ONELOGIN,
        "facts.target reads group_name": _ONELOGIN,
        "facts.target reads authentication_factor_description": _BROADCASTER,
        "facts.target reads event_type": _ADDED,
        "facts.role reads privilege_name": _BROADCASTER,
        "facts.reason reads resolution": _ONELOGIN,
        "facts.extra.app reads app_name": _ONELOGIN,
        "facts.extra.factor reads authentication_factor_description": _BROADCASTER,
        "facts.action reads event_type": _ADDED,
        "facts.severity.of reads event_type": _ADDED,
        "facts.kind.of reads event_type": _ADDED,
        "facts.outcome.of reads event_type": _ADDED,
    },
    "openai-audit": _OPENAI,
    "zoom-log": {"signin.page_size: 300 is not of type 'string'": _OLD},
}
PUBLISHED: Exceptions = {
    "auth0-log": {**_AUTH0_LOG, "logs: query parameter q": "Auth0's page has it; its description says search"},
    "box-events": _BOX,
    "github-audit": _GITHUB,
    "okta-log": _OKTA,
    "openai-audit": _OPENAI,
    "snyk-audit": {
        "audit.data.items[].user_id": "Snyk can be asked for the events of a user_id, and others' recordings have it",
        "facts.summary reads user_id": "as above",
        "facts.user_id reads user_id": "as above",
    },
    "zendesk-audit": {
        "audit: GET /api/v2/audit_logs.json": "Zendesk takes a path with .json too, as its answers' links have it"
    },
}
