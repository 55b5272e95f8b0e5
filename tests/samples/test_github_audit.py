"""GitHub's audit log: each kind of action becomes a line that says who did what to what.

https://docs.github.com/en/organizations/keeping-your-organization-secure/managing-security-settings-for-your-organization/audit-log-events-for-your-organization
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.shipped_messages import details, line, pulled_messages

ALICE = {"actor": "alice", "actor_id": 7, "actor_ip": "198.51.100.23", "user_agent": "curl/8", "org": "example"}
REPO = {"repo": "example/payments", "repo_id": 9, "public_repo": False}


def event(action: str, **fields: Any) -> dict[str, Any]:
    return {"@timestamp": 1767171600000, "_document_id": f"id-{action}", "action": action, **ALICE, **fields}


def message(action: str, **fields: Any) -> dict[str, Any]:
    (only,) = pulled_messages("github-audit", "audit", [event(action, **fields)])
    return only


def rule(**more: str) -> dict[str, Any]:
    return {"ruleset_name": "Main", "ruleset_enforcement": "disabled", **REPO, **more}


@pytest.mark.parametrize(
    ("action", "fields", "expected"),
    [
        ("org.add_member", {"user": "bob", "permission": "admin"},
         "WARNING permission.grant | github: org.add_member by alice: bob in example (admin)"),
        ("org.update_member", {"user": "bob", "permission": "read", "old_permission": "admin"},
         "NOTICE permission.change | github: org.update_member by alice: bob in example (read, was admin)"),
        ("org.invite_member", {"invitee_email": "bob@example.net"},
         "INFO permission.grant | github: org.invite_member by alice: bob@example.net in example"),
        ("org.remove_member", {"user": "bob"},
         "INFO permission.revoke | github: org.remove_member by alice: bob in example"),
        ("org.disable_two_factor_requirement", {},
         "WARNING configuration.change | github: org.disable_two_factor_requirement by alice: example"),
        ("org.oauth_app_access_approved", {"oauth_application": "CI Runner", "url": "https://ci.example.net"},
         "WARNING permission.grant | github: org.oauth_app_access_approved by alice:"
         " CI Runner, https://ci.example.net in example"),
        ("team.add_member", {"team": "example/ops", "user": "bob"},
         "INFO permission.grant | github: team.add_member by alice: bob, example/ops in example"),
        ("team.add_repository", {"team": "example/ops", "permission": "admin", **REPO},
         "WARNING permission.grant | github: team.add_repository by alice: example/ops in example/payments (admin)"),
        ("repo.create", {"visibility": "private", **REPO},
         "INFO data.create | github: repo.create by alice: example/payments (private)"),
        ("repo.access", {"visibility": "private", "previous_visibility": "public", **REPO},
         "NOTICE permission.change | github: repo.access by alice: example/payments (private, was public)"),
        ("repo.destroy", REPO, "WARNING data.delete | github: repo.destroy by alice: example/payments"),
        ("repo.add_member", {"user": "bob", "visibility": "private", **REPO},
         "NOTICE permission.grant | github: repo.add_member by alice: bob in example/payments"),
        ("public_key.create", {"title": "deploy", "read_only": "false", "fingerprint": "SHA256:x", **REPO},
         "WARNING permission.grant | github: public_key.create by alice: deploy in example/payments (write access)"),
        ("public_key.create", {"title": "laptop", "user": "alice"},
         "NOTICE permission.grant | github: public_key.create by alice: laptop in example"),
        ("protected_branch.destroy", {"name": "main", **REPO},
         "WARNING configuration.delete | github: protected_branch.destroy by alice: main in example/payments"),
        ("repository_ruleset.update", rule(ruleset_old_enforcement="active"),
         "WARNING configuration.change | github: repository_ruleset.update by alice:"
         " Main in example/payments (disabled, was active)"),
        ("repository_secret_scanning_push_protection.disable", REPO,
         "WARNING configuration.change | github: repository_secret_scanning_push_protection.disable by alice:"
         " example/payments"),
        ("secret_scanning_alert.create", {"number": 12, "secret_type": "aws_access_key_id", **REPO},
         "WARNING detection.create | github: secret_scanning_alert.create by alice:"
         " aws_access_key_id in example/payments (number 12)"),
        ("secret_scanning_alert.resolve", {"number": 12, **REPO},
         "NOTICE detection.close | github: secret_scanning_alert.resolve by alice: example/payments (number 12)"),
        ("repository_vulnerability_alert.create", {"ghsa_id": "GHSA-1", "alert_number": 3, **REPO},
         "NOTICE detection.create | github: repository_vulnerability_alert.create by alice:"
         " GHSA-1 in example/payments (number 3)"),
        ("integration_installation.create", {"integration": "deploy-bot", "name": "deploy-bot"},
         "WARNING permission.grant | github: integration_installation.create by alice: deploy-bot in example"),
        ("personal_access_token.access_granted", {"user": "bob", "user_programmatic_access_name": "ci"},
         "WARNING permission.grant | github: personal_access_token.access_granted by alice: bob, ci in example"),
        ("repo.create_actions_secret", {"key": "DEPLOY_KEY", **REPO},
         "NOTICE configuration.create | github: repo.create_actions_secret by alice: DEPLOY_KEY in example/payments"),
        ("ip_allow_list_entry.create", {"ip_allow_list_entry": "203.0.113.0/24"},
         "WARNING permission.grant | github: ip_allow_list_entry.create by alice: 203.0.113.0/24 in example"),
        ("audit_log_streaming.destroy", {"org": None, "business": "example-inc"},
         "WARNING configuration.delete | github: audit_log_streaming.destroy by alice: example-inc"),
        ("git.push", {"repository": "example/payments", "transport_protocol_name": "ssh", "user": ""},
         "INFO data.create | github: git.push by alice: example/payments (ssh)"),
        ("user.failed_login", {"actor": None, "user": "bob_ex"},
         "NOTICE authentication.start | github: user.failed_login by bob_ex: example"),
        ("organization_moderators.add_user", {"user": "bob"},
         "NOTICE permission.grant | github: organization_moderators.add_user by alice: bob in example"),
        ("org.enable_two_factor_requirement", {},
         "INFO configuration.change | github: org.enable_two_factor_requirement by alice: example"),
        ("repo.transfer_start", REPO,
         "NOTICE data.change | github: repo.transfer_start by alice: example/payments"),
        ("workflows.created_workflow_run", {"name": "deploy", **REPO},
         "INFO other | github: workflows.created_workflow_run by alice: deploy in example/payments"),
    ],
)  # fmt: skip
def test_event_is_told(action: str, fields: dict[str, Any], expected: str) -> None:
    assert line(message(action, **fields)) == expected


def test_facts_are_found() -> None:
    expected = {
        "eventname": "org.update_member",
        "username": "alice",
        "userid": "7",
        "sourceipaddress": "198.51.100.23",
        "useragent": "curl/8",
        "targetuser": "bob",
        "role": "admin",
        "organization": "example",
        "access_type": "OAuth access token",
    }
    granted = message(
        "org.update_member", user="bob", permission="admin", programmatic_access_type="OAuth access token"
    )
    assert details(granted, expected) == expected


def test_own_requests_are_dropped() -> None:
    own = event("api.request", url_path="/organizations/4242/audit-log")
    other = event("api.request", url_path="/repos/example/payments", status_code=404)
    (left,) = pulled_messages(
        "github-audit",
        "audit",
        [
            own,
            other,
        ],
    )
    assert left["summary"] == "github: api.request by alice: /repos/example/payments in example (404)"
