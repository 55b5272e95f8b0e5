"""1Password's events: each becomes a line that says who signed in, used an item, or changed what.

https://developer.1password.com/docs/events-api/reference
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.shipped_messages import details, line, pulled_messages

ANN = {"uuid": "UANN", "name": "Ann", "email": "ann@example.com"}
BOB = {"uuid": "UBOB", "name": "Bob", "email": "bob@example.com"}
CLIENT = {"app_name": "1Password CLI", "app_version": "2", "os_name": "Linux", "ip_address": "198.51.100.23"}
SESSION = {"uuid": "S1", "device_uuid": "D1", "ip": "198.51.100.23"}


def message(stream: str, **fields: Any) -> dict[str, Any]:
    event = {"uuid": "E1", "timestamp": "2025-12-31T09:00:00Z", **fields}
    (only,) = pulled_messages("onepassword", stream, {"cursor": "c1", "has_more": False, "items": [event]})
    return only


def audit(object_type: str, action: str, **fields: Any) -> dict[str, Any]:
    actor = {"actor_uuid": "UANN", "actor_details": ANN, "session": SESSION}
    return message("audit", action=action, object_type=object_type, **{"object_uuid": "O1", **actor, **fields})


@pytest.mark.parametrize(
    ("category", "kind_of_result", "expected"),
    [
        ("success", "credentials_ok", "INFO authentication.start | 1password: sign-in success"),
        ("mfa_failed", "totp_bad", "NOTICE authentication.start | 1password: sign-in mfa_failed"),
        ("sso_failed", "non_sso_user", "NOTICE authentication.start | 1password: sign-in sso_failed"),
        ("firewall_failed", "ip_blocked", "WARNING authentication.start | 1password: sign-in firewall_failed"),
        (
            "firewall_reported_success",
            "credentials_ok",
            "NOTICE authentication.start | 1password: sign-in firewall_reported_success",
        ),
    ],
)
def test_sign_in_is_told(category: str, kind_of_result: str, expected: str) -> None:
    made = message("signin", category=category, type=kind_of_result, details=None, target_user=BOB, client=CLIENT)
    assert line(made) == f"{expected} by bob@example.com: {kind_of_result}, 1Password CLI"
    assert made["details"]["success"] is (category in ("success", "firewall_reported_success"))


@pytest.mark.parametrize(
    ("action", "expected"),
    [
        ("fill", "INFO data.read"),
        ("reveal", "INFO data.read"),
        ("secure-copy", "INFO data.read"),
        ("export", "WARNING data.read"),
        ("share", "NOTICE permission.grant"),
        ("server-create", "INFO data.create"),
        ("server-update", "INFO data.change"),
        ("enter-item-edit-mode", "INFO data.change"),
    ],
)
def test_use_of_an_item_is_told(action: str, expected: str) -> None:
    made = message("usage", action=action, item_uuid="I1", vault_uuid="V1", user=ANN, client=CLIENT)
    assert line(made) == f"{expected} | 1password: item {action} by ann@example.com: item I1 in vault V1, 1Password CLI"


@pytest.mark.parametrize(
    ("object_type", "action", "fields", "expected"),
    [
        ("user", "suspend", {"object_details": BOB}, "NOTICE account.disable | {}: bob@example.com"),
        ("user", "join", {"object_details": BOB}, "INFO account.create | {}: bob@example.com"),
        ("user", "beginr", {"object_details": BOB}, "WARNING account.change | {}: bob@example.com"),
        ("user", "disblmfa", {"object_details": BOB}, "WARNING account.change | {}: bob@example.com"),
        ("gm", "join", {"aux_uuid": "UBOB", "aux_details": BOB}, "NOTICE permission.grant | {}: O1, bob@example.com"),
        ("gm", "role", {"aux_details": BOB, "aux_info": "R"}, "NOTICE permission.change | {}: O1, bob@example.com, R"),
        ("uva", "grant", {"aux_details": BOB}, "NOTICE permission.grant | {}: O1, bob@example.com"),
        ("gva", "revoke", {"aux_uuid": "G1"}, "NOTICE permission.revoke | {}: O1, G1"),
        ("vault", "create", {}, "INFO configuration.create | {}: O1"),
        ("vault", "delete", {}, "WARNING configuration.delete | {}: O1"),
        ("vault", "export", {}, "WARNING data.read | {}: O1"),
        ("satoken", "create", {"aux_info": "deploy"}, "WARNING permission.grant | {}: O1, deploy"),
        ("sso", "chngpsso", {}, "WARNING configuration.change | {}: O1"),
        ("account", "updatfw", {}, "WARNING configuration.change | {}: O1"),
        ("report", "create", {}, "INFO configuration.create | {}: O1"),
    ],
)
def test_what_was_changed_is_told(object_type: str, action: str, fields: dict[str, Any], expected: str) -> None:
    summary = f"1password: {object_type}.{action} by ann@example.com"
    assert line(audit(object_type, action, **fields)) == expected.format(summary)


def test_facts_are_found() -> None:
    expected = {
        "eventname": "gm.join",
        "username": "ann@example.com",
        "userid": "UANN",
        "sourceipaddress": "198.51.100.23",
        "targetuser": "bob@example.com",
        "target": "O1",
        "session": "S1",
        "device_id": "D1",
    }
    assert details(audit("gm", "join", aux_details=BOB), expected) == expected


def test_actor_without_details_is_named_by_id() -> None:
    assert audit("vault", "create", actor_details=None)["summary"] == "1password: vault.create by UANN: O1"
