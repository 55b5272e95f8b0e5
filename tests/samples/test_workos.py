"""WorkOS's events, as its SDK has them: https://workos.com/docs/events"""

from __future__ import annotations

from typing import Any

import pytest

from tests.shipped_messages import details, line, only_message

ANN = {"id": "user_a", "source": "dashboard", "name": "Ann"}
SIGN_IN = {"ip_address": "192.0.2.17", "user_agent": "curl", "user_id": "user_b", "email": "bob@example.com"}


def of(event: str, data: dict[str, Any], actor: dict[str, Any] | None = None) -> dict[str, Any]:
    context = {"context": {"actor": actor}} if actor else {}
    return {
        "object": "event",
        "id": "event_1",
        "event": event,
        "data": data,
        "created_at": "2026-03-02T10:04:11Z",
        **context,
    }


EVENTS: list[tuple[dict[str, Any], str, dict[str, Any]]] = [
    (
        of("authentication.password_succeeded", {"type": "password", "status": "succeeded", **SIGN_IN}),
        "INFO authentication.start | authentication.password_succeeded by bob@example.com",
        {"username": "bob@example.com", "sourceipaddress": "192.0.2.17", "success": True, "method": "password"},
    ),
    (
        of("authentication.mfa_failed", {"type": "mfa", "error": {"code": "c", "message": "Wrong code"}, **SIGN_IN}),
        "NOTICE authentication.start | authentication.mfa_failed by bob@example.com: Wrong code",
        {"success": False, "reason": "Wrong code", "error": "c"},
    ),
    (
        of("authentication.sso_timed_out", {"type": "sso", "sso": {"organization_id": "org_1"}, **SIGN_IN}),
        "NOTICE authentication.start | authentication.sso_timed_out by bob@example.com",
        {"success": False, "organization": "org_1"},
    ),
    (
        of("authentication.radar_risk_detected", {"control": "bot_detection", **SIGN_IN}),
        "WARNING detection.create | authentication.radar_risk_detected by bob@example.com: bot_detection",
        {"reason": "bot_detection", "success": None},
    ),
    (
        of("session.created", {"object": "session", "id": "session_1", "user_id": "user_b"}),
        "INFO authentication.start | session.created by user_b",
        {"session": "session_1", "username": "user_b", "targetuser": None},
    ),
    (
        of("session.created", {"object": "session", "user_id": "user_b", "impersonator": {"email": "s@example.org"}}),
        "WARNING authentication.start | session.created by user_b: impersonated by s@example.org",
        {"impersonator": "s@example.org"},
    ),
    (
        of("session.revoked", {"object": "session", "user_id": "user_b"}),
        "NOTICE authentication.end | session.revoked by user_b",
        {},
    ),
    (
        of("api_key.created", {"name": "Export", "owner": {"type": "organization", "id": "org_1"}}, ANN),
        "WARNING permission.grant | api_key.created by Ann on Export",
        {"username": "Ann", "userid": "user_a", "actor_source": "dashboard", "organization": "org_1"},
    ),
    (
        of(
            "api_key.revoked", {"name": "Export", "owner": {"type": "user", "id": "user_b", "organization_id": "org_1"}}
        ),
        "NOTICE permission.revoke | api_key.revoked on Export",
        {"organization": "org_1"},
    ),
    (
        of("connection.deleted", {"name": "Okta", "organization_id": "org_1"}),
        "WARNING configuration.delete | connection.deleted on Okta of org_1",
        {"target": "Okta"},
    ),
    (
        of("organization_membership.updated", {"user_id": "user_b", "role": {"slug": "admin"}}),
        "WARNING permission.change | organization_membership.updated on user_b as admin",
        {"role": "admin", "targetuser": "user_b"},
    ),
    (
        of("organization_membership.created", {"user_id": "user_b", "role": {"slug": "member"}}),
        "NOTICE permission.grant | organization_membership.created on user_b as member",
        {},
    ),
    (
        of("dsync.group.user_removed", {"user": {"email": "c@example.com"}, "group": {"name": "Devs"}}),
        "NOTICE permission.revoke | dsync.group.user_removed on c@example.com in Devs",
        {"targetuser": "c@example.com", "target": "Devs"},
    ),
    (
        of("dsync.user.created", {"email": "c@example.com", "organization_id": "org_1"}),
        "INFO account.create | dsync.user.created on c@example.com of org_1",
        {"username": None},
    ),
    (of("user.deleted", {"email": "c@example.com"}), "NOTICE account.delete | user.deleted on c@example.com", {}),
    (
        of("organization_role.updated", {"slug": "org-support", "permissions": ["a:read", "b:write"]}, ANN),
        "WARNING permission.change | organization_role.updated by Ann on org-support: a:read b:write",
        {"permissions": "a:read b:write"},
    ),
    (
        of("invitation.accepted", {"email": "d@example.net", "role_slug": "admin"}),
        "WARNING permission.grant | invitation.accepted on d@example.net as admin",
        {"role": "admin"},
    ),
    (of("flag.updated", {"slug": "beta"}), "INFO configuration.change | flag.updated on beta", {}),
    (of("vault.names_listed", {"name": None}), "INFO other | vault.names_listed", {}),
]


@pytest.mark.parametrize(("event", "expected", "facts"), EVENTS, ids=[row[1] for row in EVENTS])
def test_event_becomes_a_line(event: dict[str, Any], expected: str, facts: dict[str, Any]) -> None:
    message = only_message("workos", event)
    assert (line(message).replace("| workos: ", "| "), details(message, facts)) == (expected, facts)
