"""Dropbox's team log: a line for each kind of event.

https://github.com/dropbox/dropbox-api-spec/blob/main/team_log.stone
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.shipped_messages import details, line, pulled_messages

ANN = {".tag": "team_member", "account_id": "dbid:1", "email": "ann@example.com", "team_member_id": "dbmid:1"}
BOB = {".tag": "team_member", "account_id": "dbid:2", "email": "bob@example.com", "team_member_id": "dbmid:2"}


def message(event: str, **more: Any) -> dict[str, Any]:
    entry = {
        "timestamp": "2025-12-31T09:00:00Z",
        "event_category": {".tag": "logins"},
        "event_type": {".tag": event, "description": "Something"},
        "actor": {".tag": "admin", "admin": ANN},
        "context": {".tag": "team"},
        **more,
    }
    (only,) = pulled_messages("dropbox-log", "events", {"events": [entry], "cursor": "c1", "has_more": False})
    return only


@pytest.mark.parametrize(
    ("event", "expected"),
    [
        ("login_success", "INFO authentication.start"),
        ("login_fail", "NOTICE authentication.start"),
        ("sign_in_as_session_start", "WARNING authentication.start"),
        ("sign_in_as_session_end", "INFO authentication.end"),
        ("risc_security_event", "WARNING detection.create"),
        ("ransomware_restore_process_started", "ERROR detection.change"),
        ("tfa_reset", "WARNING account.change"),
        ("password_change", "NOTICE account.change"),
        ("member_folder_contents_accessed", "WARNING data.read"),
        ("app_link_team", "WARNING permission.grant"),
        ("app_unlink_team", "NOTICE permission.revoke"),
        ("group_remove_member", "NOTICE permission.revoke"),
        ("shared_content_add_link_password", "NOTICE permission.change"),
        ("shared_link_create", "NOTICE permission.grant"),
        ("network_control_change_policy", "WARNING configuration.change"),
        ("sso_remove_cert", "WARNING configuration.change"),
        ("team_encryption_key_delete_key", "WARNING configuration.delete"),
        ("legal_holds_activate_a_hold", "WARNING configuration.create"),
        ("file_preview", "INFO data.read"),
        ("file_add", "INFO data.create"),
        ("file_rename", "INFO data.change"),
        ("file_permanently_delete", "NOTICE data.delete"),
        ("dash_created_stack", "INFO other"),
    ],
)
def test_event_is_judged(event: str, expected: str) -> None:
    assert line(message(event)) == f"{expected} | dropbox: {event} by ann@example.com"


@pytest.mark.parametrize(
    ("event", "new", "expected"),
    [
        ("member_change_admin_role", "team_admin", "WARNING permission.change"),
        ("member_change_admin_role", "member_only", "NOTICE permission.change"),
        ("tfa_change_status", "disabled", "WARNING account.change"),
        ("tfa_change_status", "authenticator", "NOTICE account.change"),
        ("account_lock_or_unlocked", "locked", "WARNING account.lock"),
        ("account_lock_or_unlocked", "unlocked", "NOTICE account.enable"),
        ("member_change_status", "active", "NOTICE account.create"),
        ("member_change_status", "suspended", "NOTICE account.disable"),
        ("member_change_status", "removed", "NOTICE account.delete"),
    ],
)
def test_what_is_now_decides(event: str, new: str, expected: str) -> None:
    changed = message(event, context=BOB, details={"new_value": {".tag": new}})
    assert line(changed) == f"{expected} | dropbox: {event} by ann@example.com: bob@example.com, now {new}"


@pytest.mark.parametrize(("alert", "severity"), [("high", "ERROR"), ("medium", "WARNING"), ("na", "WARNING")])
def test_severity_of_an_alert_is_translated(alert: str, severity: str) -> None:
    triggered = message("admin_alerting_triggered_alert", details={"alert_severity": {".tag": alert}})
    assert triggered["severity"] == severity


def test_facts_are_found_and_links_masked() -> None:
    shared = message(
        "shared_content_add_invitees",
        participants=[{".tag": "user", "user": {".tag": "non_team_member", "email": "pat@partner.example"}}],
        assets=[{".tag": "file", "display_name": "plan.xlsx", "path": {"contextual": "/Finance/plan.xlsx"}}],
        origin={
            "geo_location": {"ip_address": "203.0.113.24", "country": "US"},
            "access_method": {".tag": "end_user", "end_user": {".tag": "web", "session_id": "dbwsid:1"}},
        },
        involve_non_team_member=True,
        details={
            "shared_content_access_level": {".tag": "editor"},
            "shared_content_link": "https://db.example/s/secret",
        },
    )
    expected = {
        "username": "ann@example.com",
        "userid": "dbmid:1",
        "targetuser": "pat@partner.example",
        "target": "/Finance/plan.xlsx",
        "role": "editor",
        "sourceipaddress": "203.0.113.24",
        "session": "dbwsid:1",
        "outside_team": "true",
    }
    assert details(shared, expected) == expected
    assert "/s/secret" not in str(shared)
