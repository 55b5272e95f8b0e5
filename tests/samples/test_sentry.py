"""Sentry's events: each becomes a line that names who did what to what.

https://docs.sentry.io/organization/integrations/integration-platform/webhooks/
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.shipped_messages import details, line, only_message

SENTRY = {"type": "application", "id": "sentry", "name": "Sentry"}
ANN = {"type": "user", "id": 662437, "name": "Ann Example"}
PAGE = "https://sentry.io/organizations/example/issues/117/"
ERROR = {
    "title": "SuspiciousOperation: Invalid host",
    "level": "warning",
    "issue_id": "117",
    "web_url": PAGE,
    "logger": "shop.auth",
    "contexts": {"trace": {"trace_id": "0af7651916cd43dd8448eb211c80319c"}},
    "request": {"url": "https://shop.example.com/", "headers": [["Host", "x"], ["User-Agent", "curl/8"]]},
    "user": {"id": "7", "email": "cy@example.com", "ip_address": "203.0.113.7"},
}
ISSUE = {
    "id": "117",
    "shortId": "SHOP-9",
    "title": "PermissionDenied: not granted",
    "level": "fatal",
    "project": {"slug": "shop"},
    "web_url": PAGE,
}
METRIC = {"metric_alert": {"alert_rule": {"name": "Failed sign-ins"}, "projects": ["shop"]}, "web_url": PAGE}
INSTALLATION = {
    "app": {"slug": "mozdef-events"},
    "organization": {"slug": "example"},
    "code": "a-secret",
    "status": "pending",
}
COMMENT = {"comment": "Blocked", "project_slug": "shop", "comment_id": 1234, "issue_id": 117}
BUILD = {
    "buildId": "95",
    "organizationSlug": "example",
    "projectSlug": "app",
    "appInfo": {"name": "Shop", "version": "1.4"},
}
DENIED = "PermissionDenied: not granted in shop"
RUN = {"run_id": 12345, "group_id": 117}

EVENTS: list[tuple[str, dict[str, Any], dict[str, Any], str, dict[str, Any]]] = [
    (
        "event_alert.triggered",
        SENTRY,
        {"event": {**ERROR, "level": "error"}, "triggered_rule": "Many bad hosts"},
        "ERROR detection.create | event_alert.triggered by Sentry: Many bad hosts: SuspiciousOperation: Invalid host",
        {
            "username": "cy@example.com",
            "userid": "7",
            "sourceipaddress": "203.0.113.7",
            "useragent": "curl/8",
            "rule": "Many bad hosts",
            "url": PAGE,
            "request": "https://shop.example.com/",
            "issue_id": "117",
        },
    ),
    (
        "error.created",
        SENTRY,
        {"error": ERROR},
        "WARNING detection.create | error.created by Sentry: SuspiciousOperation: Invalid host",
        {
            "sourceipaddress": "203.0.113.7",
            "target": "SuspiciousOperation: Invalid host",
            "session": "0af7651916cd43dd8448eb211c80319c",
            "logger": "shop.auth",
        },
    ),
    (
        "metric_alert.critical",
        SENTRY,
        {**METRIC, "description_title": "Critical: Failed sign-ins"},
        "CRITICAL detection.create | metric_alert.critical by Sentry: Critical: Failed sign-ins in shop",
        {"rule": "Failed sign-ins", "project": "shop", "username": None},
    ),
    (
        "metric_alert.warning",
        SENTRY,
        METRIC,
        "WARNING detection.create | metric_alert.warning by Sentry: Failed sign-ins in shop",
        {},
    ),
    (
        "metric_alert.resolved",
        SENTRY,
        METRIC,
        "INFO detection.close | metric_alert.resolved by Sentry: Failed sign-ins in shop",
        {},
    ),
    (
        "issue.created",
        SENTRY,
        {"issue": ISSUE},
        f"CRITICAL detection.create | issue.created by Sentry: {DENIED}",
        {"short_id": "SHOP-9", "url": PAGE, "project": "shop", "username": None},
    ),
    (
        "issue.unresolved",
        SENTRY,
        {"issue": {**ISSUE, "substatus": "regressed"}},
        f"CRITICAL detection.change | issue.unresolved by Sentry: {DENIED}",
        {"reason": "regressed"},
    ),
    (
        "issue.assigned",
        ANN,
        {"issue": {**ISSUE, "assignedTo": {"type": "user", "name": "Bo", "email": "bo@example.com"}}},
        "INFO detection.change | issue.assigned by Ann Example: PermissionDenied: not granted to Bo in shop",
        {"username": "Ann Example", "userid": "662437", "targetuser": "bo@example.com"},
    ),
    ("issue.resolved", ANN, {"issue": ISSUE}, f"INFO detection.close | issue.resolved by Ann Example: {DENIED}", {}),
    ("issue.archived", ANN, {"issue": ISSUE}, f"NOTICE detection.close | issue.archived by Ann Example: {DENIED}", {}),
    ("issue.ignored", ANN, {"issue": ISSUE}, f"NOTICE detection.close | issue.ignored by Ann Example: {DENIED}", {}),
    (
        "comment.created",
        ANN,
        COMMENT,
        "INFO data.create | comment.created by Ann Example: Blocked in shop",
        {"issue_id": "117"},
    ),
    ("comment.updated", ANN, COMMENT, "INFO data.change | comment.updated by Ann Example: Blocked in shop", {}),
    ("comment.deleted", ANN, COMMENT, "NOTICE data.delete | comment.deleted by Ann Example: Blocked in shop", {}),
    (
        "installation.created",
        ANN,
        {"installation": INSTALLATION},
        "NOTICE configuration.create | installation.created by Ann Example: mozdef-events in example",
        {"organization": "example", "target": "mozdef-events"},
    ),
    (
        "installation.deleted",
        ANN,
        {"installation": INSTALLATION},
        "WARNING configuration.delete | installation.deleted by Ann Example: mozdef-events in example",
        {},
    ),
    (
        "seer.root_cause_started",
        SENTRY,
        RUN,
        "INFO other | seer.root_cause_started by Sentry: issue 117",
        {"issue_id": "117"},
    ),
    (
        "seer.root_cause_completed",
        SENTRY,
        {**RUN, "root_cause": {"description": "A host is not checked", "steps": []}},
        "INFO other | seer.root_cause_completed by Sentry: A host is not checked",
        {},
    ),
    (
        "seer.coding_completed",
        SENTRY,
        {**RUN, "changes": [{"repo_name": "shop", "title": "fix: check the host"}]},
        "INFO other | seer.coding_completed by Sentry: fix: check the host",
        {},
    ),
    (
        "seer.pr_created",
        SENTRY,
        {
            **RUN,
            "pull_requests": [{"pull_request": {"pr_number": 3, "pr_url": "https://github.com/example/shop/pull/3"}}],
        },
        "INFO other | seer.pr_created by Sentry: https://github.com/example/shop/pull/3",
        {},
    ),
    (
        "preprod_artifact.size_analysis_completed",
        SENTRY,
        {**BUILD, "state": "COMPLETED", "errorCode": None},
        "INFO other | preprod_artifact.size_analysis_completed by Sentry: Shop 1.4 in app",
        {"success": True, "organization": "example", "project": "app"},
    ),
    (
        "preprod_artifact.build_distribution_completed",
        SENTRY,
        {**BUILD, "state": "FAILED", "errorCode": "NO_QUOTA"},
        "NOTICE other | preprod_artifact.build_distribution_completed by Sentry: Shop 1.4 in app",
        {"success": False, "reason": "NO_QUOTA"},
    ),
]


@pytest.mark.parametrize(("event", "actor", "data", "expected", "facts"), EVENTS, ids=[row[3] for row in EVENTS])
def test_event_becomes_a_line(
    event: str, actor: dict[str, Any], data: dict[str, Any], expected: str, facts: dict[str, Any]
) -> None:
    resource, action = event.split(".")
    body = {"action": action, "actor": actor, "data": data, "installation": {"uuid": "a8e5d37a"}}
    message = only_message("sentry", body, {"Sentry-Hook-Resource": resource})
    assert (line(message).replace("| sentry: ", "| "), details(message, facts)) == (expected, facts)


def test_grants_and_links_that_let_somebody_in_are_masked() -> None:
    header = {"Sentry-Hook-Resource": "installation"}
    data = {"installation": INSTALLATION, "installUrl": "https://sentry.io/api/0/a-secret/"}
    assert "a-secret" not in str(only_message("sentry", {"action": "created", "actor": ANN, "data": data}, header))


def test_an_empty_key_is_no_field_of_the_message() -> None:
    """Elasticsearch refuses one, and Sentry writes it for a variable without a name."""
    frames = {"0": {"vars": {"": {"len": 11}}}}
    data = {"event": {**ERROR, "_meta": {"stacktrace": {"frames": frames}}}, "triggered_rule": "Rule"}
    header = {"Sentry-Hook-Resource": "event_alert"}
    message = only_message("sentry", {"action": "triggered", "actor": SENTRY, "data": data}, header)
    assert all(isinstance(value, str | bool) or key in ("fields", "json") for key, value in message["details"].items())
    assert any(field.endswith(".len=11") for field in message["details"]["fields"])
