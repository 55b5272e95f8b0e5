"""Okta's System Log: what an event hook never sends, and only who asks for the log gets.

https://developer.okta.com/docs/reference/api/event-types/
"""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.shipped_messages import details, line, only_message, pulled_messages

ADMIN = {"id": "00u1", "type": "User", "alternateId": "admin@example.com", "displayName": "Admin"}
APP = {"id": "0oa1", "type": "AppInstance", "alternateId": "unknown", "displayName": "Wiki"}


def message(event_type: str, **changes: Any) -> dict[str, Any]:
    event = {
        "uuid": "u1",
        "eventType": event_type,
        "published": "2025-12-31T09:00:00.000Z",
        "severity": "INFO",
        "actor": ADMIN,
        "client": {"ipAddress": "198.51.100.23", "userAgent": {"rawUserAgent": "curl/8"}},
        "outcome": {"result": "SUCCESS", "reason": None},
        "target": [APP],
        **changes,
    }
    (only,) = pulled_messages("okta-log", "logs", [event])
    return only


@pytest.mark.parametrize(
    ("event_type", "expected"),
    [
        ("analytics.reports.export.download", "NOTICE data.read"),
        ("app.keys.clone", "WARNING configuration.change"),
        ("app.oauth2.admin.consent.grant", "WARNING permission.grant"),
        ("app.oauth2.as.key.rollover", "WARNING configuration.change"),
        ("app.oauth2.client.read_client_secret", "WARNING configuration.read"),
        ("app.oauth2.credentials.lifecycle.create", "WARNING configuration.create"),
        ("app.oauth2.token.revoke", "INFO permission.revoke"),
        ("app.office365.api.set.domain.federation.success", "WARNING configuration.change"),
        ("device.platform.secret_key.reset", "NOTICE account.change"),
        ("event_hook.deleted", "WARNING configuration.delete"),
        ("inline_hook.created", "WARNING configuration.create"),
        ("inline_hook.updated", "WARNING configuration.change"),
        ("inline_hook.response.processed", "INFO other"),
        ("oauth2.as.deactivated", "NOTICE configuration.change"),
        ("oauth2.scope.created", "NOTICE configuration.create"),
        ("pam.secret.reveal", "NOTICE data.read"),
        ("pam.security_policy.delete", "NOTICE configuration.delete"),
        ("policy.lifecycle.delete", "WARNING configuration.delete"),
        ("security.device.temporarily_disable_blacklisting", "WARNING configuration.change"),
        ("security.events.provider.receive_event", "NOTICE detection.create"),
        ("security.protected_action.attempt", "INFO authentication.start"),
        ("security.request.blocked", "NOTICE detection.create"),
        ("security.session.detect_client_roaming", "WARNING detection.create"),
        ("security.threat.detected", "WARNING detection.create"),
        ("security.zone.remove_blacklist", "NOTICE configuration.change"),
        ("support.org.view", "NOTICE configuration.read"),
        ("system.agent.ad.reset_user_password", "NOTICE account.change"),
        ("system.api_token.enable", "WARNING configuration.change"),
        ("system.client.rate_limit.violation", "NOTICE detection.create"),
        ("system.directory.debugger.grant", "WARNING permission.grant"),
        ("system.directory.debugger.query_executed", "NOTICE data.read"),
        ("system.feature.enable", "NOTICE configuration.change"),
        ("system.log_stream.lifecycle.deactivate", "WARNING configuration.change"),
        ("user.session.impersonation.initiate", "WARNING authentication.start"),
        ("zone.update", "WARNING configuration.change"),
    ],
)
def test_event_that_no_hook_sends_is_told(event_type: str, expected: str) -> None:
    assert line(message(event_type)) == f"{expected} | okta: {event_type} by admin@example.com on Wiki: SUCCESS"


def test_facts_are_found() -> None:
    expected = {
        "eventname": "app.keys.clone",
        "username": "admin@example.com",
        "userid": "00u1",
        "sourceipaddress": "198.51.100.23",
        "useragent": "curl/8",
        "target": "Wiki",
        "success": True,
    }
    assert details(message("app.keys.clone"), expected) == expected


def test_alerts_for_messages_of_the_event_hook_find_those_of_the_log() -> None:
    pulled = message("user.session.start")
    hook = only_message("okta", {"data": {"events": [json.loads("".join(pulled["details"]["json"]))]}})
    same = ("summary", "severity", "category", "details")
    assert {name: pulled[name] for name in same} == {name: hook[name] for name in same}
    assert set(hook["tags"]) < set(pulled["tags"])


def test_application_that_a_sign_in_leads_to_is_the_target() -> None:
    password = {"id": "lae1", "type": "AuthenticatorEnrollment", "alternateId": "unknown", "displayName": "Password"}
    assert message("user.session.start", target=[password, APP])["details"]["target"] == "Wiki"
    assert message("user.mfa.factor.update", target=[password])["details"]["target"] == "Password"
