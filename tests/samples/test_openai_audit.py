"""OpenAI's audit log: what an entry says of its own stands under the name of its type.

https://platform.openai.com/docs/api-reference/audit-logs
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.shipped_messages import details, line, pulled_messages

ANN = {"id": "user-1", "email": "ann@example.com"}
SESSION = {"type": "session", "session": {"user": ANN, "ip_address": "198.51.100.23", "user_agent": "curl/8"}}
ROBOT = {"type": "api_key", "api_key": {"id": "key_1", "type": "service_account", "service_account": {"id": "svc_1"}}}
PROJECT = {"project": {"id": "proj_1", "name": "Bot"}}


def message(event: str, own: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    entry = {"id": "a1", "type": event, "effective_at": 1767171600, "actor": SESSION, event: own or {}, **more}
    answer = {"object": "list", "data": [entry], "first_id": "a1", "last_id": "a1", "has_more": False}
    (only,) = pulled_messages("openai-audit", "audit", answer)
    return only


@pytest.mark.parametrize(
    ("event", "own", "more", "expected"),
    [
        ("login.succeeded", {}, {}, "INFO authentication.start | openai: login.succeeded by ann@example.com"),
        ("api_key.created", {"id": "key_2", "data": {"scopes": ["api.all"]}}, PROJECT,
         "WARNING permission.grant | openai: api_key.created by ann@example.com: key_2 (api.all) in Bot"),
        ("api_key.deleted", {"id": "key_2"}, {"actor": ROBOT, **PROJECT},
         "NOTICE permission.revoke | openai: api_key.deleted by svc_1: key_2 in Bot"),
        ("invite.sent", {"id": "i1", "data": {"email": "eve@example.com", "role": "owner"}}, {},
         "WARNING permission.grant | openai: invite.sent by ann@example.com: eve@example.com i1 (owner)"),
        ("user.updated", {"id": "user-2", "changes_requested": {"role": "owner"}}, {},
         "WARNING permission.change | openai: user.updated by ann@example.com: user-2 (owner)"),
        ("role.assignment.created", {"id": "r1", "principal_id": "user-2", "resource_id": "org-1"}, {},
         "WARNING permission.grant | openai: role.assignment.created by ann@example.com: r1 for user-2 on org-1"),
        ("scim.disabled", {"id": "org-1"}, {},
         "WARNING configuration.delete | openai: scim.disabled by ann@example.com: org-1"),
        ("ip_allowlist.updated", {"id": "l1", "allowed_ips": ["0.0.0.0/0"]}, {},
         "WARNING configuration.change | openai: ip_allowlist.updated by ann@example.com: l1 (0.0.0.0/0)"),
        ("organization.updated", {"id": "org-1", "changes_requested": {"api_call_logging": "disabled"}}, {},
         "WARNING configuration.change | openai: organization.updated by ann@example.com:"
         " org-1 (logging of calls: disabled)"),
        ("certificates.deactivated", {"certificates": [{"id": "c1", "name": "Gateway"}]}, {},
         "WARNING configuration.change | openai: certificates.deactivated by ann@example.com: Gateway"),
        ("role.bound_to_resource", {"id": "r1", "role_id": "r1", "resource_id": "w1", "permissions": ["use"]}, {},
         "WARNING permission.grant | openai: role.bound_to_resource by ann@example.com: r1 on w1 (use)"),
        ("tenant.workload_identity.mapping.created", {"id": "m1"}, {},
         "WARNING permission.grant | openai: tenant.workload_identity.mapping.created by ann@example.com: m1"),
        ("resource.deleted", {}, {"actor": None, **PROJECT}, "NOTICE data.delete | openai: resource.deleted: Bot"),
        ("something.new", {"id": "x1"}, {}, "INFO other | openai: something.new by ann@example.com: x1"),
    ],
)  # fmt: skip
def test_entry_is_told(event: str, own: dict[str, Any], more: dict[str, Any], expected: str) -> None:
    assert line(message(event, own, **more)) == expected


def test_facts_are_found() -> None:
    expected = {
        "eventname": "user.added",
        "username": "ann@example.com",
        "userid": "user-1",
        "sourceipaddress": "198.51.100.23",
        "useragent": "curl/8",
        "targetuser": "user-2",
        "target": None,
        "role": "owner",
        "project": "Bot",
        "actor_type": "session",
    }
    assert details(message("user.added", {"id": "user-2", "data": {"role": "owner"}}, **PROJECT), expected) == expected


def test_a_project_is_no_target_of_an_entry_with_one_of_its_own() -> None:
    assert details(message("api_key.deleted", {"id": "key_2"}, **PROJECT), {"target": 0}) == {"target": "key_2"}


def test_failed_sign_in_says_why() -> None:
    failed = message("login.failed", {"error_code": "e1", "error_message": "Wrong password"})
    assert details(failed, {"success": 0, "reason": 0}) == {"success": False, "reason": "Wrong password"}
