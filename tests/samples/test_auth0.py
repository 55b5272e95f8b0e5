"""Auth0's log entries: each type becomes a line with its name, and MozDef's own alerts find what they look for.

https://auth0.com/docs/deploy-monitor/logs/log-event-type-codes
https://github.com/mozilla/MozDef/tree/master/alerts (auth0_bruteforce_user, auth0_vertical_password_guessing, geomodel)
"""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.definitions import bundled_source
from tests.shipped_messages import facts_of, messages_of

TRANSFORM: Any = bundled_source("auth0").source.transform
NAMES: dict[str, str] = TRANSFORM.__globals__["NAMES"]
PORTAL = {"client_id": "C1", "client_name": "Portal"}
ANN = {"user_id": "auth0|1", "user_name": "ann@example.com", "ip": "203.0.113.9"}
ADMIN = {"user": {"user_id": "auth0|9", "name": "Admin", "email": "admin@example.com"}}


def entry(code: str, **data: Any) -> dict[str, Any]:
    return {"log_id": "1", "data": {"type": code, "date": "2026-03-02T09:00:10.706Z", "tenant_name": "example", **data}}


def call(method: str, path: str, body: Any = None, answer: Any = None, code: str = "sapi") -> dict[str, Any]:
    request = {"method": method, "path": path, "body": body or {}, "auth": ADMIN}
    details = {"request": request, "response": {"statusCode": 200, "body": {} if answer is None else answer}}
    return entry(code, user_id="auth0|9", client_name="", ip="192.0.2.44", description="Do it", details=details)


@pytest.mark.parametrize(
    ("body", "summary", "severity", "kind", "success"),
    [
        (
            entry("s", **ANN, **PORTAL),
            "Success Login by ann@example.com to Portal",
            "INFO",
            "authentication.start",
            True,
        ),
        (
            entry("fp", description="Wrong email or password.", **ANN, **PORTAL),
            "Failed Login (wrong password) by ann@example.com to Portal: Wrong email or password.",
            "NOTICE",
            "authentication.start",
            False,
        ),
        (
            entry("limit_wc", **ANN, **PORTAL),
            "Blocked Account by ann@example.com to Portal",
            "ERROR",
            "account.lock",
            False,
        ),
        (
            entry("pwd_leak", **ANN),
            "User attempted to login with a leaked password by ann@example.com",
            "ERROR",
            "detection.create",
            False,
        ),
        (
            entry("gd_unenroll", **ANN),
            "Device used for second factor authentication has been unenrolled by ann@example.com",
            "WARNING",
            "account.change",
            True,
        ),
        (
            entry("seccft", user_id="C2@clients", client_name="Job", audience="https://api.example.com"),
            "Success Exchange (Client Credentials for Access Token) by Job to https://api.example.com",
            "INFO",
            "authentication.start",
            True,
        ),
        (entry("kms_key_state_changed"), "KMS Key State Change", "WARNING", "configuration.change", None),
        (
            entry("some_later_type", **ANN),
            "some_later_type by ann@example.com",
            "INFO",
            "authentication.start",
            None,
        ),
    ],
)
def test_entry_is_told(body: Any, summary: str, severity: str, kind: str, success: bool | None) -> None:
    expected = {"summary": f"auth0: {summary}", "severity": severity, "kind": kind, "success": success}
    assert facts_of("auth0", body, expected) == expected


@pytest.mark.parametrize(
    ("body", "what", "severity", "kind"),
    [
        (
            call("post", "/api/v2/users/auth0|2/roles", {"roles": ["r1"]}),
            "/api/v2/users/auth0|2/roles",
            "WARNING",
            "grant",
        ),
        (call("post", "/api/v2/roles/r1/users", {"users": ["auth0|2"]}), "/api/v2/roles/r1/users", "WARNING", "grant"),
        (call("delete", "/api/v2/users/auth0|2/roles"), "/api/v2/users/auth0|2/roles", "WARNING", "revoke"),
        (
            call("post", "/api/v2/tenants/invitations", {"owners": ["dee@example.com"], "roles": ["owner"]}),
            "dee@example.com",
            "WARNING",
            "grant",
        ),
        (call("post", "/api/v2/client-grants", {"scope": ["read:users"]}), "/api/v2/client-grants", "WARNING", "grant"),
    ],
)
def test_rights_are_told(body: Any, what: str, severity: str, kind: str) -> None:
    summary = f"auth0: Success API Operation by admin@example.com: Do it {what}"
    expected = {"summary": summary, "severity": severity, "kind": f"permission.{kind}", "username": "admin@example.com"}
    assert facts_of("auth0", body, expected) == expected


@pytest.mark.parametrize(
    ("body", "severity", "kind", "target", "target_user"),
    [
        (
            call("post", "/api/v2/users", {"email": "dee@example.com"}),
            "NOTICE",
            "account.create",
            "/api/v2/users",
            "dee@example.com",
        ),
        (
            call("patch", "/api/v2/users/auth0|2", {"blocked": True}),
            "NOTICE",
            "account.change",
            "/api/v2/users/auth0|2",
            None,
        ),
        (call("post", "/api/v2/clients", {"name": "Job"}), "WARNING", "configuration.create", "Job", None),
        (call("delete", "/api/v2/log-streams/l1"), "WARNING", "configuration.delete", "/api/v2/log-streams/l1", None),
        (
            call("put", "/api/v2/guardian/factors/otp", {"enabled": False}),
            "WARNING",
            "configuration.change",
            "/api/v2/guardian/factors/otp",
            None,
        ),
        (
            call("patch", "/api/v2/attack-protection/brute-force-protection"),
            "WARNING",
            "configuration.change",
            "/api/v2/attack-protection/brute-force-protection",
            None,
        ),
        (
            call("put", "/api/v2/risk-assessment/config", {"AfterAuthentication": {"enabled": False}}),
            "WARNING",
            "configuration.change",
            "/api/v2/risk-assessment/config",
            None,
        ),
        (
            call("post", "/api/v2/tenants/invitations", {"owners": ["dee@example.com"], "roles": ["owner"]}),
            "WARNING",
            "permission.grant",
            "/api/v2/tenants/invitations",
            "dee@example.com",
        ),
        (
            call("post", "/api/v2/organizations/org_1/invitations", {"invitee": {"email": "dee@example.com"}}),
            "NOTICE",
            "permission.grant",
            "/api/v2/organizations/org_1/invitations",
            "dee@example.com",
        ),
        (
            call("get", "/api/v2/keys/signing", code="mgmt_api_read"),
            "WARNING",
            "configuration.read",
            "/api/v2/keys/signing",
            None,
        ),
        (call("post", "/api/v2/users", code="fapi"), "NOTICE", "account.create", "/api/v2/users", None),
        (call("post", "/api/v2/jobs", [1], [2]), "NOTICE", "configuration.create", "/api/v2/jobs", None),
    ],
)
def test_call_of_the_management_api_is_told(
    body: Any, severity: str, kind: str, target: str, target_user: str | None
) -> None:
    expected = {
        "severity": severity,
        "kind": kind,
        "target": target,
        "targetuser": target_user,
        "username": "admin@example.com",
        "userid": "auth0|9",
    }
    assert facts_of("auth0", body, expected) == expected


@pytest.mark.parametrize("code", sorted(NAMES))
def test_every_type_is_told_by_its_name(code: str) -> None:
    (message,) = messages_of("auth0", entry(code, **ANN))
    assert message["summary"] == f"auth0: {NAMES[code]} by ann@example.com"
    assert message["details"]["eventname"] == NAMES[code]
    assert "kind" in message["details"]
    (alone,) = messages_of("auth0", entry(code))
    assert alone["summary"] == f"auth0: {NAMES[code]}"


def failed_login(**data: Any) -> dict[str, Any]:
    (message,) = messages_of("auth0", entry("fp", description="Wrong email or password.", **{**ANN, **data}))
    return message


def test_alerts_for_wrong_passwords_find_them() -> None:
    message = failed_login()
    assert "auth0" in message["tags"]
    details = message["details"]
    assert (details["eventname"], details["description"]) == (
        "Failed Login (wrong password)",
        "Wrong email or password.",
    )
    assert (details["username"], details["sourceipaddress"]) == ("ann@example.com", "203.0.113.9")
    assert (details["success"], message["category"]) == (False, "authentication")


@pytest.mark.parametrize(
    ("data", "user"),
    [
        ({"user_name": ""}, "auth0|1"),
        ({"user_name": "", "user_id": ""}, "unknown"),
        ({"ip": "2001:db8::1"}, "ann@example.com"),
    ],
)
def test_alerts_never_miss_a_key_that_they_read(data: dict[str, Any], user: str) -> None:
    details = failed_login(**data)["details"]
    assert details["username"] == user
    assert details["sourceipaddress"] == ("0.0.0.0" if "ip" in data else "203.0.113.9")  # noqa: S104


def test_geomodel_finds_who_acted_from_where() -> None:
    (message,) = messages_of("auth0", entry("s", **ANN))
    assert "auth0" in message["tags"]
    assert (
        message["details"].items()
        >= {"username": "ann@example.com", "sourceipaddress": "203.0.113.9", "success": True}.items()
    )


@pytest.mark.parametrize("wrap", [lambda one: one, lambda one: [one], lambda one: {"logs": [one]}])
@pytest.mark.parametrize(
    ("code", "details"),
    [
        ("cls", {"link": "https://example.eu.auth0.com/passwordless/verify?code=SECRET"}),
        ("scpr", {"resetUrl": "https://example.eu.auth0.com/u/reset?ticket=SECRET"}),
        ("si", {"invitation": {"ticket_id": "SECRET", "invitee": {"email": "fay@example.net"}}}),
    ],
)
def test_links_that_sign_in_are_masked(code: str, details: dict[str, Any], wrap: Any) -> None:
    (message,) = messages_of("auth0", wrap(entry(code, details=details, **ANN)))
    assert "SECRET" not in json.dumps(message)
