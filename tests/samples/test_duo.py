"""Duo's five logs: each event becomes a line that says who did what, how, and how it ended.

https://duo.com/docs/adminapi#logs
"""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.shipped_messages import details, line, pulled_messages


def only(stream: str, response: Any) -> dict[str, Any]:
    (message,) = pulled_messages("duo", stream, {"stat": "OK", "response": response})
    return message


def authentication(result: str, reason: str, factor: str = "duo_push", **more: Any) -> dict[str, Any]:
    event = {
        "txid": "t1",
        "isotimestamp": "2025-12-31T09:00:00.1+00:00",
        "event_type": "authentication",
        "factor": factor,
        "result": result,
        "reason": reason,
        "user": {"name": "ann", "key": "DU1"},
        "application": {"name": "VPN", "key": "DI1"},
        "access_device": {"ip": "198.51.100.23"},
        **more,
    }
    return only("authentication", {"authlogs": [event], "metadata": {"next_offset": None}})


def activity(action: str, **more: Any) -> dict[str, Any]:
    event = {
        "activity_id": "a1",
        "ts": "2025-12-31T09:00:00+00:00",
        "action": {"name": action, "details": None},
        "actor": {"name": "Olga", "key": "DE1", "type": "admin"},
        "access_device": {"ip": {"address": "198.51.100.23"}},
        **more,
    }
    return only("activity", {"items": [event], "metadata": {"next_offset": None}})


def administrator(action: str, about: str | None = None, **description: Any) -> dict[str, Any]:
    event = {"timestamp": 1767171600, "username": "Olga", "action": action, "object": about}
    return only("administrator", [{**event, "description": json.dumps(description)}])


@pytest.mark.parametrize(
    ("result", "reason", "severity", "success"),
    [
        ("success", "user_approved", "INFO", True),
        ("success", "bypass_user", "WARNING", True),
        ("denied", "user_cancelled", "NOTICE", False),
        ("denied", "anomalous_push", "WARNING", False),
        ("denied", "locked_out", "WARNING", False),
        ("fraud", "user_marked_fraud", "ERROR", False),
    ],
)
def test_authentication_is_told(result: str, reason: str, severity: str, success: bool) -> None:
    made = authentication(result, reason)
    assert (
        line(made) == f"{severity} authentication.start | duo: authentication {result} by ann: duo_push, VPN, {reason}"
    )
    assert (made["category"], made["details"]["success"], made["details"]["result"]) == (
        "authentication",
        success,
        result,
    )


def test_bypass_code_warns() -> None:
    assert authentication("success", "valid_passcode", "bypass_code")["severity"] == "WARNING"


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        (activity("webauthn_credential_create", target={"name": "Key", "type": "webauthn_credential"}),
         "NOTICE account.change | duo: webauthn_credential_create by Olga: Key"),
        (activity("bypass_code_create", target={"name": "bob", "type": "user"}),
         "WARNING permission.grant | duo: bypass_code_create by Olga: bob"),
        (activity("application_create", application={"name": "Wiki"}),
         "WARNING permission.grant | duo: application_create by Olga: Wiki"),
        (activity("user_delete", target={"name": "bob", "type": "user"}),
         "NOTICE account.delete | duo: user_delete by Olga: bob"),
        (administrator("admin_login", ip_address="198.51.100.23"),
         'INFO authentication.start | duo: admin_login by Olga: {"ip_address": "198.51.100.23"}'),
        (administrator("admin_2fa_error", error="Login request reported as fraudulent."),
         "ERROR authentication.start | duo: admin_2fa_error by Olga:"
         ' {"error": "Login request reported as fraudulent."}'),
        (administrator("admin_create", "Bob", role="Owner"), "WARNING account.create | duo: admin_create by Olga: Bob"),
        (administrator("bypass_create", "bob"), "WARNING permission.grant | duo: bypass_create by Olga: bob"),
        (administrator("integration_skey_view", "VPN"),
         "WARNING configuration.read | duo: integration_skey_view by Olga: VPN"),
        (administrator("integration_create", "Admin API"),
         "WARNING permission.grant | duo: integration_create by Olga: Admin API"),
        (administrator("policy_update", "Global Policy"),
         "WARNING configuration.change | duo: policy_update by Olga: Global Policy"),
        (administrator("admin_single_sign_on_update", enforcement_status="disabled"),
         "WARNING configuration.change | duo: admin_single_sign_on_update by Olga"),
        (administrator("user_update", "bob", status="Bypass"),
         'WARNING account.change | duo: user_update by Olga: bob, {"status": "Bypass"}'),
        (administrator("user_update", "bob", phones=""),
         'NOTICE account.change | duo: user_update by Olga: bob, {"phones": ""}'),
        (administrator("user_create", "bob"), "NOTICE account.create | duo: user_create by Olga: bob"),
        (only("offline", [{"timestamp": 1767171600, "username": "ann", "action": "o2fa_user_provisioned",
                           "object": "Laptop", "description": "{}"}]),
         "NOTICE account.change | duo: o2fa_user_provisioned by ann: Laptop"),
        (only("telephony", {"items": [{"telephony_id": "p1", "ts": "2025-12-31T09:00:00+00:00", "type": "phone",
                                       "context": "authentication", "phone": "+351", "credits": 2}],
                            "metadata": {"next_offset": None}}),
         "INFO other | duo: telephony phone: authentication, +351"),
    ],
)  # fmt: skip
def test_event_is_told(made: dict[str, Any], expected: str) -> None:
    assert line(made) == expected


def test_facts_are_found() -> None:
    expected = {
        "eventname": "authentication",
        "username": "ann",
        "userid": "DU1",
        "sourceipaddress": "198.51.100.23",
        "target": "VPN",
        "targetuser": None,
        "reason": "user_approved",
        "factor": "duo_push",
    }
    assert details(authentication("success", "user_approved"), expected) == expected
    admin = {"targetuser": "bob", "target": "bob", "username": "Olga"}
    assert details(administrator("bypass_create", "bob"), admin) == admin


def test_equal_events_of_a_log_without_ids_are_several() -> None:
    event = {"timestamp": 1767171600, "username": "Olga", "action": "admin_login", "object": None, "description": "{}"}
    assert len(pulled_messages("duo", "administrator", {"stat": "OK", "response": [event, event]})) == 2


def test_user_that_an_administrator_disables_is_told() -> None:
    assert line(administrator("user_update", "ann", status="Disabled")).startswith("NOTICE account.disable | ")
    assert line(administrator("user_update", "ann", status="Active")).startswith("NOTICE account.change | ")
