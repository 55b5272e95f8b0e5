"""Entra ID: a line for each kind of sign-in and of change in the directory.

https://learn.microsoft.com/en-us/entra/identity/monitoring-health/reference-audit-activities
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.shipped_messages import details, line, pulled_messages

ANN = {"user": {"id": "u1", "userPrincipalName": "ann@example.com", "ipAddress": "198.51.100.23"}, "app": None}


def audit(activity: str, *targets: dict[str, Any], **more: Any) -> dict[str, Any]:
    entry = {
        "id": "a1",
        "activityDateTime": "2025-12-31T09:00:00.1234567Z",
        "activityDisplayName": activity,
        "category": "UserManagement",
        "result": "success",
        "resultReason": "",
        "initiatedBy": ANN,
        "targetResources": list(targets),
        "additionalDetails": [],
        **more,
    }
    (only,) = pulled_messages("entra", "audits", {"value": [entry]})
    return only


def sign_in(code: int = 0, reason: str | None = None, **more: Any) -> dict[str, Any]:
    entry = {
        "id": "s1",
        "createdDateTime": "2025-12-31T09:00:00Z",
        "userPrincipalName": "ann@example.com",
        "userId": "u1",
        "appDisplayName": "Portal",
        "ipAddress": "198.51.100.23",
        "clientAppUsed": "Browser",
        "riskLevelDuringSignIn": "none",
        "riskState": "none",
        "status": {"errorCode": code, "failureReason": reason, "additionalDetails": None},
        "deviceDetail": {"browser": "Edge 131.0.0", "operatingSystem": "Windows 11"},
        "location": {"city": "Utrecht", "countryOrRegion": "NL"},
        **more,
    }
    (only,) = pulled_messages("entra", "signins", {"value": [entry]})
    return only


def user(name: str, *properties: tuple[str, str]) -> dict[str, Any]:
    changed = [{"displayName": key, "oldValue": None, "newValue": value} for key, value in properties]
    return {"id": "t1", "type": "User", "displayName": None, "userPrincipalName": name, "modifiedProperties": changed}


def thing(kind: str, name: str | None) -> dict[str, Any]:
    return {"id": "t2", "type": kind, "displayName": name, "userPrincipalName": None, "modifiedProperties": []}


BOB = user("bob@example.com")


@pytest.mark.parametrize(
    ("activity", "target", "expected"),
    [
        ("Add user", BOB, "NOTICE account.create"),
        ("Delete user", BOB, "NOTICE account.delete"),
        ("Hard Delete user", BOB, "NOTICE account.delete"),
        ("Restore user", BOB, "NOTICE account.enable"),
        ("Enable account", BOB, "NOTICE account.enable"),
        ("Disable account", BOB, "NOTICE account.disable"),
        ("Update user", BOB, "NOTICE account.change"),
        ("Reset password (by admin)", BOB, "NOTICE account.change"),
        ("Disable Strong Authentication", BOB, "WARNING account.change"),
        ("Admin registered security info", BOB, "WARNING account.change"),
        ("User registered security info", BOB, "NOTICE account.change"),
        ("Create Temporary Access Pass method for user", BOB, "WARNING account.change"),
        ("Invite external user", BOB, "NOTICE account.create"),
        ("Add eligible member to role in PIM completed (permanent)", BOB, "WARNING permission.grant"),
        ("Add eligible member to role in PIM requested (permanent)", BOB, "NOTICE permission.change"),
        ("Add member to role outside of PIM (permanent)", BOB, "WARNING permission.grant"),
        ("Add scoped member to role", BOB, "WARNING permission.grant"),
        ("Remove member from role (PIM activation expired)", BOB, "NOTICE permission.revoke"),
        ("Remove eligible member from role in PIM completed (timebound)", BOB, "NOTICE permission.revoke"),
        ("Add member to group", BOB, "NOTICE permission.grant"),
        ("Remove member from group", BOB, "NOTICE permission.revoke"),
        ("Suspicious activity reported", BOB, "ERROR detection.create"),
        ("ConfirmAccountCompromised", BOB, "ERROR detection.create"),
        ("Triggered PIM alert", BOB, "ERROR detection.create"),
        ("Resolve PIM alert", BOB, "NOTICE detection.close"),
        ("Add role definition", thing("Role", "Helper"), "WARNING permission.change"),
        ("Update role setting in PIM", thing("Role", "Helper"), "WARNING permission.change"),
        ("Consent to application", thing("ServicePrincipal", "Reader"), "WARNING permission.grant"),
        ("Add app role assignment to service principal", thing("ServicePrincipal", "R"), "WARNING permission.grant"),
        ("Add owner to application", thing("Application", "ci"), "WARNING permission.grant"),
        ("Add service principal credentials", thing("ServicePrincipal", "ci"), "WARNING configuration.create"),
        ("Update application - Certificates and secrets management", thing("Application", "ci"),
         "WARNING configuration.change"),
        ("Update application", thing("Application", "ci"), "NOTICE configuration.change"),
        ("Delete Conditional Access policy", thing("Policy", "MFA"), "WARNING configuration.delete"),
        ("Add conditional access policy", thing("Policy", "MFA"), "WARNING configuration.create"),
        ("Update security defaults", thing("Policy", "Defaults"), "WARNING configuration.change"),
        ("Authentication Methods Policy Update", thing("Policy", "Methods"), "WARNING configuration.change"),
        ("Set federation settings on domain", thing("Domain", "d"), "WARNING configuration.change"),
        ("Verify domain", thing("Domain", "d"), "WARNING configuration.change"),
        ("Add a partner to cross-tenant access setting", thing("Policy", "p"), "WARNING configuration.create"),
        ("Read BitLocker key", thing("Device", "d"), "WARNING data.read"),
        ("Add device", thing("Device", "d"), "NOTICE configuration.create"),
        ("Group_Get", thing("Group", "g"), "INFO data.read"),
        ("Set group license", thing("Group", "g"), "INFO configuration.change"),
        ("Accept Terms Of Use", thing("Policy", "t"), "INFO other"),
    ],
)  # fmt: skip
def test_change_is_told(activity: str, target: dict[str, Any], expected: str) -> None:
    name = target["userPrincipalName"] or target["displayName"]
    assert line(audit(activity, target)) == f"{expected} | entra: {activity} by ann@example.com: {name}"


@pytest.mark.parametrize(
    ("changes", "summary"),
    [
        ({"initiatedBy": {"user": None, "app": {"displayName": "Sync"}}}, "Update user by Sync: bob@example.com"),
        ({"initiatedBy": {"user": {"id": "u9"}, "app": None}}, "Update user by u9: bob@example.com"),
        ({"targetResources": [thing("Other", None)]}, "Update user by ann@example.com: t2"),
        ({"targetResources": []}, "Update user by ann@example.com"),
        ({"result": "failure", "resultReason": "no"}, "Update user by ann@example.com: bob@example.com, failure: no"),
    ],
)
def test_summary_names_what_is_known(changes: dict[str, Any], summary: str) -> None:
    assert audit("Update user", BOB, **changes)["summary"] == f"entra: {summary}"


def test_role_is_without_its_quotes() -> None:
    message = audit("Add member to role", user("bob@example.com", ("Role.DisplayName", '"Global Administrator"')))
    expected = {"role": "Global Administrator", "targetuser": "bob@example.com", "username": "ann@example.com"}
    assert details(message, expected) == expected
    assert line(message) == (
        "WARNING permission.grant | entra: Add member to role by ann@example.com: bob@example.com, Global Administrator"
    )


@pytest.mark.parametrize(
    ("code", "more", "severity", "success"),
    [
        (0, {}, "INFO", True),
        (0, {"clientAppUsed": "IMAP4"}, "NOTICE", True),
        (0, {"riskLevelDuringSignIn": "medium"}, "WARNING", True),
        (0, {"riskLevelDuringSignIn": "high"}, "ERROR", True),
        (0, {"riskState": "confirmedCompromised"}, "ERROR", True),
        (50126, {}, "NOTICE", False),
        (50126, {"riskLevelDuringSignIn": "high"}, "WARNING", False),
        (50053, {}, "WARNING", False),
        (500121, {}, "WARNING", False),
        (53003, {}, "NOTICE", False),
        (50076, {}, "INFO", None),
        (50140, {}, "INFO", None),
    ],
)
def test_sign_in_is_judged(code: int, more: dict[str, Any], severity: str, success: bool | None) -> None:
    message = sign_in(code, **more)
    assert (message["severity"], message["details"].get("success")) == (severity, success)
    assert message["details"]["kind"] == "authentication.start"


def test_sign_in_is_told() -> None:
    message = sign_in(50126, "Wrong password.", riskLevelDuringSignIn="low")
    expected = {
        "eventname": "sign-in",
        "username": "ann@example.com",
        "userid": "u1",
        "sourceipaddress": "198.51.100.23",
        "useragent": "Edge 131.0.0, Windows 11",
        "target": "Portal",
        "reason": "Wrong password.",
        "error_code": "50126",
        "risk": "low",
        "country": "NL",
    }
    assert details(message, expected) == expected
    assert message["summary"] == (
        "entra: sign-in by ann@example.com: to Portal, error 50126 (Wrong password.), risk low, from Utrecht, NL"
    )
    assert details(sign_in(), {"error_code": None, "reason": None}) == {"error_code": None, "reason": None}
