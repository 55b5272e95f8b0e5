"""Asana's audit log: a line for each kind of event.

https://developers.asana.com/docs/audit-log-events
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.shipped_messages import details, line, pulled_messages

ANN = {"actor_type": "user", "gid": "1", "name": "Ann", "email": "ann@example.com"}
BOB = {"gid": "2", "resource_type": "user", "name": "Bob", "email": "bob@example.com"}
TEAM = {"gid": "3", "resource_type": "team", "name": "Finance"}


def message(event: str, **more: Any) -> dict[str, Any]:
    entry = {
        "gid": "e1",
        "created_at": "2025-12-31T09:00:00.123Z",
        "event_type": event,
        "event_category": "any",
        "actor": ANN,
        "resource": TEAM,
        "details": {},
        "context": {"context_type": "web", "client_ip_address": "198.51.100.23", "user_agent": "Mozilla/5.0"},
        **more,
    }
    (only,) = pulled_messages("asana-audit", "events", {"data": [entry], "next_page": None})
    return only


@pytest.mark.parametrize(
    ("event", "expected"),
    [
        ("user_login_succeeded", "INFO authentication.start"),
        ("user_login_failed", "NOTICE authentication.start"),
        ("user_logged_out", "INFO authentication.end"),
        ("user_invited", "NOTICE account.create"),
        ("user_deprovisioned", "NOTICE account.disable"),
        ("user_reprovisioned", "NOTICE account.enable"),
        ("user_password_reset", "NOTICE account.change"),
        ("user_two_factor_auth_enabled", "NOTICE account.change"),
        ("user_two_factor_auth_disabled", "WARNING account.change"),
        ("user_workspace_admin_role_changed", "WARNING permission.change"),
        ("user_division_admin_role_changed", "WARNING permission.change"),
        ("service_account_created", "WARNING account.create"),
        ("workspace_saml_settings_changed", "WARNING configuration.change"),
        ("workspace_password_requirements_changed", "WARNING configuration.change"),
        ("workspace_default_session_duration_changed", "WARNING configuration.change"),
        ("workspace_require_app_approvals_of_type_changed", "WARNING configuration.change"),
        ("workspace_form_link_authentication_required_disabled", "WARNING configuration.change"),
        ("workspace_associated_email_domain_added", "WARNING configuration.create"),
        ("workspace_guest_invite_permissions_changed", "WARNING permission.change"),
        ("workspace_export_started", "WARNING data.read"),
        ("team_privacy_settings_changed", "WARNING permission.change"),
        ("task_deleted", "NOTICE data.delete"),
        ("attachment_downloaded", "INFO data.read"),
        ("something_new_happened", "INFO other"),
    ],
)
def test_event_is_judged(event: str, expected: str) -> None:
    assert line(message(event)) == f"{expected} | asana: {event} by ann@example.com: team Finance"


@pytest.mark.parametrize(
    ("more", "summary"),
    [
        ({"resource": BOB, "details": {"old_value": "member", "new_value": "admin"}},
         "x by ann@example.com: bob@example.com, now admin, was member"),
        ({"resource": {**ANN, "resource_type": "user"}}, "x by ann@example.com"),
        ({"actor": {"actor_type": "asana_support"}}, "x by (asana_support): team Finance"),
        ({"context": {"oauth_app_name": "Sync"}}, "x by ann@example.com: team Finance, through Sync"),
    ],
)  # fmt: skip
def test_summary_names_what_is_known(more: dict[str, Any], summary: str) -> None:
    assert message("x", **more)["summary"] == f"asana: {summary}"


def test_facts_are_found() -> None:
    event = message("user_workspace_admin_role_changed", resource=BOB, details={"new_value": "super_admin"})
    expected = {
        "username": "ann@example.com",
        "userid": "1",
        "targetuser": "bob@example.com",
        "role": "super_admin",
        "sourceipaddress": "198.51.100.23",
        "resource": "user",
        "context": "web",
    }
    assert details(event, expected) == expected
    assert "role" not in message("workspace_saml_settings_changed", details={"new_value": "optional"})["details"]
