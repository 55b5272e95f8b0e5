"""GitLab's audit events: a line for each of the types that GitLab lists, and for events of older versions.

https://docs.gitlab.com/user/compliance/audit_event_types/
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.definitions import make_definition
from tests.shipped_messages import details, line, pulled_messages


def message(name: str | None, target: str = "acme/app", target_type: str = "Project", **more: Any) -> dict[str, Any]:
    event = {
        "id": 9007199254740993,
        "author_id": 7,
        "entity_id": 60,
        "entity_type": "Project",
        "event_name": name,
        "details": {
            "author_name": "Ann",
            "author_email": "ann@example.com",
            "target_id": 1,
            "target_type": target_type,
            "target_details": target,
            "ip_address": "198.51.100.23",
            "entity_path": "acme/app",
            **more,
        },
        "created_at": "2025-12-31T09:00:00.123Z",
    }
    (only,) = pulled_messages("gitlab-audit", "audit", [event])
    return only


def changed(what: str, before: str, now: str) -> dict[str, str]:
    return {"change": what, "from": before, "to": now}


@pytest.mark.parametrize(
    ("name", "target", "more", "expected"),
    [
        ("member_created", ("Bob", "User"), {"add": "user_access", "as": "Developer"},
         "NOTICE permission.grant | gitlab: member_created by Ann: Bob in acme/app as Developer"),
        ("member_created", ("Bob", "User"), {"add": "user_access", "as": "Owner"},
         "WARNING permission.grant | gitlab: member_created by Ann: Bob in acme/app as Owner"),
        ("member_updated", ("Bob", "User"), changed("access_level", "Owner", "Guest"),
         "NOTICE permission.change | gitlab: member_updated by Ann: Bob in acme/app access_level from Owner to Guest"),
        ("project_access_token_created", (), {"custom_message": "Created token"},
         "WARNING permission.grant | gitlab: project_access_token_created by Ann: acme/app (Created token)"),
        ("deploy_token_revoked", ("ci", "DeployToken"), {},
         "NOTICE permission.revoke | gitlab: deploy_token_revoked by Ann: ci in acme/app"),
        ("project_visibility_level_updated", (), changed("visibility_level", "Private", "Public"),
         "WARNING permission.change | gitlab: project_visibility_level_updated by Ann:"
         " acme/app visibility_level from Private to Public"),
        ("protected_branch_allow_force_push_updated", ("main", "ProtectedBranch"), changed("force push", "", "true"),
         "WARNING configuration.change | gitlab: protected_branch_allow_force_push_updated by Ann:"
         " main in acme/app force push to true"),
        ("group_push_rules_prevent_secrets_updated", (), {},
         "WARNING configuration.change | gitlab: group_push_rules_prevent_secrets_updated by Ann: acme/app"),
        ("user_disable_two_factor", ("Ann", "User"), {},
         "WARNING account.change | gitlab: user_disable_two_factor by Ann: acme/app"),
        ("user_admin_status_updated", ("Bob", "User"), changed("admin", "false", "true"),
         "WARNING permission.change | gitlab: user_admin_status_updated by Ann:"
         " Bob in acme/app admin from false to true"),
        ("user_impersonation", ("Bob", "User"), {"custom_message": "Started Impersonation"},
         "WARNING authentication.start | gitlab: user_impersonation by Ann: Bob in acme/app (Started Impersonation)"),
        ("user_blocked", ("Bob", "User"), {}, "NOTICE account.disable | gitlab: user_blocked by Ann: Bob in acme/app"),
        ("user_access_locked", ("Bob", "User"), {},
         "WARNING account.lock | gitlab: user_access_locked by Ann: Bob in acme/app"),
        ("login_failed_with_otp_authentication", ("Bob", "User"), {"failed_login": "OTP"},
         "NOTICE authentication.start | gitlab: login_failed_with_otp_authentication by Ann: Bob in acme/app with OTP"),
        ("security_policy_access_token_push_bypass", (), {},
         "WARNING detection.create | gitlab: security_policy_access_token_push_bypass by Ann: acme/app"),
        ("repository_download_operation", (), {},
         "NOTICE data.read | gitlab: repository_download_operation by Ann: acme/app"),
        ("project_export_file_download_started", (), {},
         "WARNING data.read | gitlab: project_export_file_download_started by Ann: acme/app"),
        ("destroy_instance_event_streaming_destination", ("siem", "Destination"), {},
         "WARNING configuration.delete | gitlab: destroy_instance_event_streaming_destination by Ann:"
         " siem in acme/app"),
        ("issue_created_by_project_bot", ("Fix", "Issue"), {},
         "INFO data.create | gitlab: issue_created_by_project_bot by Ann: Fix in acme/app"),
        ("ci_variable_created", ("KEY", "Ci::Variable"), {},
         "WARNING configuration.create | gitlab: ci_variable_created by Ann: KEY in acme/app"),
        (None, ("Bob", "User"), {"add": "user_access", "as": "Guest"},
         "NOTICE permission.grant | gitlab: add user_access by Ann: Bob in acme/app as Guest"),
        (None, (), changed("visibility", "private", "public"),
         "WARNING configuration.change | gitlab: change visibility by Ann: acme/app visibility from private to public"),
        (None, (), {"remove": "project"}, "INFO data.delete | gitlab: remove project by Ann: acme/app"),
    ],
)  # fmt: skip
def test_event_is_told(name: str | None, target: tuple[str, ...], more: dict[str, Any], expected: str) -> None:
    assert line(message(name, *target, **more)) == expected


def test_facts_are_found() -> None:
    expected = {
        "eventname": "member_updated",
        "username": "ann@example.com",
        "author": "Ann",
        "userid": "7",
        "targetuser": "Bob",
        "role": "Owner",
        "changed_from": "Guest",
        "sourceipaddress": "198.51.100.23",
        "organization": "acme/app",
    }
    updated = message("member_updated", "Bob", "User", **changed("access_level", "Guest", "Owner"))
    assert details(updated, expected) == expected
    assert "id:9007199254740993" in updated["tags"]


@pytest.mark.parametrize(
    ("name", "success"),
    [
        ("authenticated_with_password", True),
        ("login_failed_with_standard_authentication", False),
        ("deploy_token_creation_failed", False),
        ("member_created", None),
    ],
)
def test_outcome(name: str, success: bool | None) -> None:
    assert message(name)["details"].get("success") is success


def test_instance_takes_no_group(tmp_path: Path) -> None:
    own = """
        extends: gitlab-audit
        description: Our GitLab
        pull: {self_hosted: true, streams: {audit: {get: /audit_events}}}
        """
    source = make_definition(tmp_path, own, "ours").source
    assert source.pull is not None
    assert source.pull.streams["audit"].get == "/audit_events"
    assert list(source.parameters or {}) == ["GitLabHost"]
