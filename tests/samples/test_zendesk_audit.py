"""Zendesk's audit log: the words of a change say what an update of a user or a setting is.

https://developer.zendesk.com/api-reference/ticketing/account-configuration/audit_logs/
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.shipped_messages import details, line, pulled_messages


def message(event: str, label: str, change: str = "", **more: Any) -> dict[str, Any]:
    kind, action = event.split(".")
    entry = {
        "id": 498483,
        "action": action,
        "actor_id": 1001,
        "actor_name": "Ann",
        "source_id": 7,
        "source_type": kind,
        "source_label": label,
        "change_description": change,
        "ip_address": "198.51.100.23",
        "created_at": "2025-12-31T09:00:00Z",
        **more,
    }
    answer = {"audit_logs": [entry], "meta": {"has_more": False, "after_cursor": "c1"}}
    (only,) = pulled_messages("zendesk-audit", "audit", answer)
    return only


@pytest.mark.parametrize(
    ("event", "label", "change", "expected"),
    [
        ("user.login", "Ann", "Successful sign-in",
         "INFO authentication.start | zendesk: user.login by Ann: Ann (Successful sign-in)"),
        ("user.update", "Bob", "Role changed from Agent to Administrator",
         "WARNING permission.change | zendesk: user.update by Ann: Bob (Role changed from Agent to Administrator)"),
        ("user.update", "Bob", "Suspended: On",
         "NOTICE account.disable | zendesk: user.update by Ann: Bob (Suspended: On)"),
        ("user.update", "Bob", "Password changed",
         "WARNING account.change | zendesk: user.update by Ann: Bob (Password changed)"),
        ("user.destroy", "Bob", "", "NOTICE account.delete | zendesk: user.destroy by Ann: Bob"),
        ("api_token.create", "Report", "", "WARNING permission.grant | zendesk: api_token.create by Ann: Report"),
        ("api_token.destroy", "Report", "", "NOTICE permission.revoke | zendesk: api_token.destroy by Ann: Report"),
        ("account_setting.update", "IP restrictions", "Turned off",
         "WARNING configuration.change | zendesk: account_setting.update by Ann: IP restrictions (Turned off)"),
        ("account_setting.update", "Business hours", "Changed",
         "NOTICE configuration.change | zendesk: account_setting.update by Ann: Business hours (Changed)"),
        ("account_setting.update", "Account assumption", "Changed",
         "WARNING configuration.change | zendesk: account_setting.update by Ann: Account assumption (Changed)"),
        ("user_setting.create", "Suspension state: Bob", "Suspended",
         "NOTICE account.disable | zendesk: user_setting.create by Ann: Suspension state: Bob (Suspended)"),
        ("user_setting.update", "Suspension state: Bob", "Unsuspended",
         "WARNING account.enable | zendesk: user_setting.update by Ann: Suspension state: Bob (Unsuspended)"),
        ("ticket.exported", "Tickets", "", "WARNING data.read | zendesk: ticket.exported by Ann: Tickets"),
        ("ticket.destroy", "#1", "", "NOTICE data.delete | zendesk: ticket.destroy by Ann: #1"),
        ("rule.update", "Forward", "Turned off",
         "NOTICE configuration.change | zendesk: rule.update by Ann: Forward (Turned off)"),
        ("thing.something", "X", "", "INFO other | zendesk: thing.something by Ann: X"),
    ],
)  # fmt: skip
def test_entry_is_told(event: str, label: str, change: str, expected: str) -> None:
    assert line(message(event, label, change)) == expected


def test_facts_are_found() -> None:
    expected = {
        "eventname": "user.update",
        "username": "Ann",
        "userid": "1001",
        "sourceipaddress": "198.51.100.23",
        "targetuser": "Bob",
        "target": None,
        "change": "Suspended: On",
        "source_id": "7",
    }
    assert details(message("user.update", "Bob", "Suspended: On"), expected) == expected


def test_sign_in_succeeded() -> None:
    assert message("user.login", "Ann")["details"]["success"] is True
