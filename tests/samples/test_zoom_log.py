"""Zoom's reports: what administrators change, in Zoom's sentences, and who signs in and out.

https://developers.zoom.us/docs/api/meetings/#tag/reports
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.shipped_messages import details, line, pulled_messages

WHEN = "2025-12-31T09:00:00Z"


def operation(category: str, action: str, detail: str) -> dict[str, Any]:
    entry = {
        "time": WHEN,
        "operator": "ann@example.com",
        "category_type": category,
        "action": action,
        "operation_detail": detail,
    }
    (only,) = pulled_messages("zoom-log", "operations", {"operation_logs": [entry], "next_page_token": ""})
    return only


def activities(*entries: dict[str, Any]) -> list[dict[str, Any]]:
    return pulled_messages("zoom-log", "signin", {"activity_logs": list(entries), "next_page_token": ""})


def activity(kind: str, **more: str) -> dict[str, Any]:
    known = {"email": "ann@example.com", "ip_address": "198.51.100.23", "client_type": "Browser", "version": "-"}
    return {"time": WHEN, "type": kind, **known, **more}


@pytest.mark.parametrize(
    ("category", "action", "detail", "expected"),
    [
        ("User", "Add", "Add User bob@example.com",
         "NOTICE account.create | zoom: User Add by ann@example.com: Add User bob@example.com"),
        ("User", "Delete", "Delete User bob@example.com",
         "NOTICE account.delete | zoom: User Delete by ann@example.com: Delete User bob@example.com"),
        ("User", "Update", "Change Role  - bob@example.com: from User to Co-Owner",
         "WARNING permission.change | zoom: User Update by ann@example.com:"
         " Change Role  - bob@example.com: from User to Co-Owner"),
        ("User", "SCIM API - Update", "Update User bob@example.com",
         "NOTICE account.change | zoom: User SCIM API - Update by ann@example.com: Update User bob@example.com"),
        ("User", "Deactivate", "Deactivate User bob@example.com",
         "NOTICE account.disable | zoom: User Deactivate by ann@example.com: Deactivate User bob@example.com"),
        ("User Group", "Update", "Edit Group Ops  - Passcode: from On to Off",
         "WARNING configuration.change | zoom: User Group Update by ann@example.com:"
         " Edit Group Ops  - Passcode: from On to Off"),
        ("User Group", "Add", "Add Group Ops",
         "WARNING configuration.create | zoom: User Group Add by ann@example.com: Add Group Ops"),
        ("Role", "Update", "Update Role Helpdesk",
         "WARNING permission.change | zoom: Role Update by ann@example.com: Update Role Helpdesk"),
        ("Account", "Update", "Security  - Sign in with Two-Factor Authentication: from On to Off",
         "WARNING configuration.change | zoom: Account Update by ann@example.com:"
         " Security  - Sign in with Two-Factor Authentication: from On to Off"),
        ("Recording", "Delete", "Delete Recording  - Meeting ID: 900",
         "NOTICE data.delete | zoom: Recording Delete by ann@example.com: Delete Recording  - Meeting ID: 900"),
        ("Zoom Rooms", "Calibrate", "Room 7", "INFO other | zoom: Zoom Rooms Calibrate by ann@example.com: Room 7"),
    ],
)  # fmt: skip
def test_operation_is_told(category: str, action: str, detail: str, expected: str) -> None:
    assert line(operation(category, action, detail)) == expected


def test_sign_in_has_an_address_and_a_client() -> None:
    (signed_in,) = activities(activity("Sign in", client_type="iPhone", version="6.6.5"))
    assert line(signed_in) == "INFO authentication.start | zoom: Sign in by ann@example.com: with iPhone 6.6.5"
    expected = {
        "eventname": "Sign in",
        "username": "ann@example.com",
        "sourceipaddress": "198.51.100.23",
        "success": True,
        "client": "iPhone",
        "client_version": "6.6.5",
    }
    assert details(signed_in, expected) == expected


def test_sign_out_is_no_success() -> None:
    (signed_out,) = activities(activity("Sign out"))
    assert line(signed_out) == "INFO authentication.end | zoom: Sign out by ann@example.com: with Browser"
    assert details(signed_out, {"success": 0}) == {"success": None}


def test_equal_sign_ins_are_two_messages() -> None:
    assert len(activities(activity("Sign in"), activity("Sign in"))) == 2


def test_operation_is_named_by_category_and_action() -> None:
    expected = {"eventname": "User Add", "reason": "Add User bob@example.com", "category": "User", "operation": "Add"}
    assert details(operation("User", "Add", "Add User bob@example.com"), expected) == expected
