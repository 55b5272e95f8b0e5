"""Slack's audit log: each kind of action becomes a line that says who did what to what.

https://docs.slack.dev/reference/audit-logs-api/methods-actions-reference
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.shipped_messages import details, line, pulled_messages

ANN = {"id": "U1", "name": "Ann", "email": "ann@example.com", "team": "T1"}
BOB = {"id": "U2", "name": "Bob", "email": "bob@example.com", "team": "T1"}
ORGANIZATION = {"id": "E1", "name": "Example", "domain": "example"}
FILE = {"id": "F1", "name": "pay.xlsx", "filetype": "xlsx", "title": "Pay"}


def entry(action: str, entity_type: str, entity: dict[str, Any], **more: Any) -> dict[str, Any]:
    context = {"location": {"type": "enterprise", **ORGANIZATION}, "ua": "curl/8", "ip_address": "198.51.100.23"}
    return {
        "id": f"id-{action}",
        "date_create": 1767171600,
        "action": action,
        "actor": {"type": "user", "user": more.pop("actor", ANN)},
        "entity": {"type": entity_type, entity_type: entity},
        "context": {**context, "session_id": 77, **more.pop("context", {})},
        **more,
    }


def message(action: str, *entity: Any, **more: Any) -> dict[str, Any]:
    answer = {"entries": [entry(action, *entity, **more)], "response_metadata": {"next_cursor": ""}}
    (only,) = pulled_messages("slack-audit", "logs", answer)
    return only


@pytest.mark.parametrize(
    ("action", "entity", "more", "expected"),
    [
        ("user_login", ("user", ANN), {},
         "INFO authentication.start | slack: user_login by ann@example.com: Example"),
        ("user_login_failed", ("user", ANN), {"details": {"reason": "wrong_password"}},
         "NOTICE authentication.start | slack: user_login_failed by ann@example.com: Example (wrong_password)"),
        ("ip_allowlist_access_denied", ("user", ANN), {},
         "WARNING authentication.start | slack: ip_allowlist_access_denied by ann@example.com: Example"),
        ("role_change_to_owner", ("user", BOB), {},
         "WARNING permission.grant | slack: role_change_to_owner by ann@example.com: bob@example.com in Example"),
        ("role_change_to_user", ("user", BOB), {},
         "NOTICE permission.change | slack: role_change_to_user by ann@example.com: bob@example.com in Example"),
        ("permissions_assigned", ("user", BOB), {"details": {"changed_permissions": ["users.ban"]}},
         "WARNING permission.grant | slack: permissions_assigned by ann@example.com:"
         " bob@example.com in Example (users.ban)"),
        ("anomaly", ("user", ANN), {"details": {"reason": ["tor"], "previous_ip_address": "192.0.2.1"}},
         "WARNING detection.create | slack: anomaly by ann@example.com: Example (tor, was at 192.0.2.1)"),
        ("pref.two_factor_auth_changed", ("enterprise", ORGANIZATION),
         {"details": {"new_value": "false", "previous_value": "true"}},
         "WARNING configuration.change | slack: pref.two_factor_auth_changed by ann@example.com:"
         " Example (false, was true)"),
        ("pref.who_can_manage_guests", ("enterprise", ORGANIZATION), {"details": {"new_value": {"type": ["ADMINS"]}}},
         'WARNING configuration.change | slack: pref.who_can_manage_guests by ann@example.com:'
         ' Example ({"type":["ADMINS"]})'),
        ("app_scopes_expanded", ("app", {"id": "A1", "name": "Bot"}), {"details": {"new_scopes": ["files:read"]}},
         "WARNING permission.grant | slack: app_scopes_expanded by ann@example.com: Bot in Example (files:read)"),
        ("file_public_link_created", ("file", FILE), {},
         "WARNING permission.grant | slack: file_public_link_created by ann@example.com: pay.xlsx in Example"),
        ("ekm_unenrolled", ("enterprise", ORGANIZATION), {},
         "WARNING configuration.delete | slack: ekm_unenrolled by ann@example.com: Example"),
        ("legal_hold_policy_released", ("enterprise", ORGANIZATION), {"details": {"policy_name": "Case 7"}},
         "WARNING configuration.delete | slack: legal_hold_policy_released by ann@example.com: Case 7 in Example"),
        ("barrier_deleted", ("barrier", {"id": "B1", "primary_usergroup": "S1"}), {},
         "WARNING configuration.delete | slack: barrier_deleted by ann@example.com: the barrier of S1 in Example"),
        ("manual_export_started", ("enterprise", ORGANIZATION), {"details": {"export_type": "all_messages"}},
         "WARNING data.read | slack: manual_export_started by ann@example.com: Example (all_messages)"),
        ("external_shared_channel_connected", ("channel", {"id": "C1", "name": "deal", "privacy": "private"}),
         {"details": {"external_organization_name": "Partner"}},
         "WARNING permission.grant | slack: external_shared_channel_connected by ann@example.com:"
         " deal in Example (Partner, private)"),
        ("message_tombstoned", ("message", {"team": "T1", "channel": "C1", "timestamp": "1.2"}), {},
         "NOTICE data.delete | slack: message_tombstoned by ann@example.com: a message in C1 in Example"),
        ("emoji_added", ("workspace", {"id": "T1", "name": "Eng", "domain": "eng"}), {"details": {"name": "tada"}},
         "INFO configuration.create | slack: emoji_added by ann@example.com: Example (tada)"),
        ("file_malicious_content_detected", ("file", FILE), {"actor": {"id": "USLACKUSER", "name": "", "email": ""}},
         "ERROR detection.create | slack: file_malicious_content_detected: pay.xlsx in Example"),
        ("canvas_edited", ("canvas", {"id": "F2", "title": "Notes"}), {"context": {"acting_agent": "Slackbot"}},
         "INFO data.change | slack: canvas_edited by ann@example.com: Notes in Example (through Slackbot)"),
        ("something_new", ("thing", {"id": "X1"}), {}, "INFO other | slack: something_new by ann@example.com: Example"),
    ],
)  # fmt: skip
def test_entry_is_told(action: str, entity: tuple[Any, ...], more: dict[str, Any], expected: str) -> None:
    assert line(message(action, *entity, **more)) == expected


def test_facts_are_found() -> None:
    expected = {
        "eventname": "role_change_to_admin",
        "username": "ann@example.com",
        "userid": "U1",
        "targetuser": "bob@example.com",
        "role": "admin",
        "sourceipaddress": "198.51.100.23",
        "useragent": "curl/8",
        "session": "77",
        "organization": "Example",
        "app": "Admin Bot",
        "success": None,
    }
    granted = message("role_change_to_admin", "user", BOB, context={"app": {"id": "A1", "name": "Admin Bot"}})
    assert details(granted, expected) == expected


def test_nobody_is_no_user() -> None:
    nobody = {"id": "USLACKUSER", "name": "Slack", "email": "none@example.com"}
    assert details(message("file_deleted", "file", FILE, actor=nobody), {"username": 0, "userid": 0}) == {
        "username": None,
        "userid": None,
    }


@pytest.mark.parametrize(("action", "success"), [("user_login", True), ("user_login_failed", False)])
def test_sign_in_has_an_outcome(action: str, success: bool) -> None:
    assert message(action, "user", ANN)["details"]["success"] is success
