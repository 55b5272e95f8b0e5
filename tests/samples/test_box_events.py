"""Box's enterprise events: a line for each kind of event.

https://developer.box.com/guides/events/enterprise-events/for-enterprise/
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.shipped_messages import details, line, pulled_messages

ANN = {"type": "user", "id": "1", "name": "Ann", "login": "ann@example.com"}
BOB = {"type": "user", "id": "2", "name": "Bob", "login": "bob@example.com"}
PLAN = {"item_type": "file", "item_id": "9", "item_name": "plan.xlsx", "parent": {"name": "Finance"}}


def message(event: str, source: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    entry = {
        "type": "event",
        "event_id": "e1",
        "event_type": event,
        "created_at": "2025-12-31T01:00:00-08:00",
        "created_by": ANN,
        "ip_address": "198.51.100.23",
        "source": source or PLAN,
        "additional_details": None,
        **more,
    }
    answer = {"chunk_size": 1, "next_stream_position": 1152922976252290886, "entries": [entry]}
    (only,) = pulled_messages("box-events", "events", answer, last={**answer, "chunk_size": 0, "entries": []})
    return only


@pytest.mark.parametrize(
    ("event", "expected"),
    [
        ("LOGIN", "INFO authentication.start"),
        ("FAILED_LOGIN", "NOTICE authentication.start"),
        ("ADMIN_LOGIN", "NOTICE authentication.start"),
        ("DEVICE_TRUST_CHECK_FAILED", "WARNING detection.create"),
        ("NEW_USER", "NOTICE account.create"),
        ("DELETE_USER", "NOTICE account.delete"),
        ("EDIT_USER", "NOTICE account.change"),
        ("DISABLE_MULTI_FACTOR_AUTH", "WARNING account.change"),
        ("ENABLE_MULTI_FACTOR_AUTH", "NOTICE account.change"),
        ("CHANGE_ADMIN_ROLE", "WARNING permission.change"),
        ("GROUP_ADMIN_CREATED", "WARNING permission.grant"),
        ("GROUP_REMOVE_USER", "NOTICE permission.revoke"),
        ("COLLABORATION_REMOVE", "NOTICE permission.revoke"),
        ("SHARE", "NOTICE permission.grant"),
        ("UNSHARE", "NOTICE permission.revoke"),
        ("ITEM_SHARED", "NOTICE permission.grant"),
        ("ITEM_SHARED_CREATE", "NOTICE permission.grant"),
        ("ITEM_SHARED_UNSHARE", "NOTICE permission.revoke"),
        ("ITEM_SHARED_UPDATE", "NOTICE permission.change"),
        ("FILE_MARKED_MALICIOUS", "ERROR detection.create"),
        ("CONTENT_WORKFLOW_ABNORMAL_DOWNLOAD_ACTIVITY", "WARNING detection.create"),
        ("CONTENT_WORKFLOW_SHARING_POLICY_VIOLATION", "WARNING detection.create"),
        ("SHIELD_SHARED_LINK_ACCESS_BLOCKED", "NOTICE detection.create"),
        ("APPLICATION_PUBLIC_KEY_ADDED", "WARNING configuration.create"),
        ("APPLICATION_PUBLIC_KEY_DELETED", "WARNING configuration.delete"),
        ("ENTERPRISE_APP_AUTHORIZATION_UPDATE", "WARNING configuration.change"),
        ("EXTERNAL_COLLAB_SECURITY_SETTINGS", "WARNING configuration.change"),
        ("LEGAL_HOLD_POLICY_DELETE", "WARNING configuration.delete"),
        ("DATA_RETENTION_REMOVE_RETENTION", "WARNING configuration.delete"),
        ("DOWNLOAD", "INFO data.read"),
        ("UPLOAD", "INFO data.create"),
        ("DELETE", "NOTICE data.delete"),
        ("MOVE", "INFO data.change"),
        ("FAVORITE", "INFO other"),
    ],
)
def test_event_is_judged(event: str, expected: str) -> None:
    assert line(message(event)) == f"{expected} | box: {event} by ann@example.com: plan.xlsx, in Finance"


@pytest.mark.parametrize(
    ("event", "source", "more", "summary"),
    [
        ("NEW_USER", BOB, {}, "Bob, bob@example.com"),
        ("CHANGE_ADMIN_ROLE", BOB, {"additional_details": {"type": "co-admin"}}, "Bob, bob@example.com, co-admin"),
        ("COLLABORATION_INVITE", {"folder_name": "Finance"},
         {"accessible_by": BOB, "additional_details": {"role": "Editor"}}, "Finance, for bob@example.com, Editor"),
        ("GROUP_ADD_USER", {"group_name": "Ops", "user_email": "bob@example.com"}, {},
         "for bob@example.com, group Ops"),
        ("SHIELD_ALERT", BOB, {"additional_details": {"shield_alert": {"rule_name": "Bulk", "priority": "low"}}},
         "Bob, bob@example.com, rule Bulk"),
    ],
)  # fmt: skip
def test_summary_names_what_it_is_about(event: str, source: Any, more: dict[str, Any], summary: str) -> None:
    assert message(event, source, **more)["summary"] == f"box: {event} by ann@example.com: {summary}"


@pytest.mark.parametrize(("priority", "severity"), [("high", "ERROR"), ("medium", "WARNING"), (None, "WARNING")])
def test_priority_of_shield_is_translated(priority: str | None, severity: str) -> None:
    alert = message("SHIELD_ALERT", BOB, additional_details={"shield_alert": {"priority": priority}})
    assert alert["severity"] == severity


def test_facts_are_found_and_links_masked() -> None:
    source = {**PLAN, "shared_link": {"url": "https://example.box.com/s/secret"}, "owned_by": ANN}
    event = message("SHARE", source)
    expected = {
        "username": "ann@example.com",
        "userid": "1",
        "sourceipaddress": "198.51.100.23",
        "target": "plan.xlsx",
        "item": "9",
        "folder": "Finance",
        "owner": "ann@example.com",
    }
    assert details(event, expected) == expected
    assert event["timestamp"] == "2025-12-31T09:00:00.000+00:00"
    assert "/s/secret" not in str(event)
