"""Tailscale's events: each that its documentation lists becomes a line that names who did what to what.

https://tailscale.com/docs/features/webhooks
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.shipped_messages import facts_of

NODE = {
    "nodeID": "n1",
    "deviceName": "laptop.example.ts.net",
    "managedBy": "ann@example.com",
    "actor": "admin@example.com",
}
PERSON = {"user": "ann@example.com", "actor": "admin@example.com", "url": "https://login.tailscale.com/admin/users"}


def event(event_type: str, message: str, data: dict[str, Any] | None) -> list[dict[str, Any]]:
    time = "2026-03-02T09:08:15.966728-05:00"
    return [
        {
            "timestamp": time,
            "version": 1,
            "type": event_type,
            "tailnet": "example.com",
            "message": message,
            "data": data,
        }
    ]


@pytest.mark.parametrize(
    ("event_type", "data", "severity", "kind"),
    [
        ("exitNodeIPForwardingNotEnabled", NODE, "NOTICE", "detection.create"),
        ("subnetIPForwardingNotEnabled", NODE, "NOTICE", "detection.create"),
        ("nodeApproved", NODE, "INFO", "permission.grant"),
        ("nodeAuthorized", NODE, "INFO", "permission.grant"),
        ("nodeCreated", NODE, "INFO", "configuration.create"),
        ("nodeDeleted", NODE, "NOTICE", "configuration.delete"),
        ("nodeKeyExpired", NODE, "NOTICE", "configuration.change"),
        ("nodeKeyExpiringInOneDay", NODE, "NOTICE", "configuration.change"),
        ("nodeNeedsApproval", NODE, "WARNING", "configuration.change"),
        ("nodeNeedsAuthorization", NODE, "WARNING", "configuration.change"),
        ("nodeNeedsSignature", NODE, "WARNING", "configuration.change"),
        ("nodeSigned", NODE, "INFO", "permission.grant"),
        ("policyUpdate", {"actor": "admin@example.com"}, "WARNING", "configuration.change"),
        ("userApproved", PERSON, "INFO", "account.enable"),
        ("userCreated", PERSON, "INFO", "account.create"),
        ("userDeleted", PERSON, "NOTICE", "account.delete"),
        ("userNeedsApproval", PERSON, "WARNING", "account.change"),
        ("userRestored", PERSON, "INFO", "account.enable"),
        ("userSuspended", PERSON, "NOTICE", "account.disable"),
        ("webhookDeleted", {"actor": "admin@example.com"}, "WARNING", "configuration.delete"),
        ("webhookUpdated", {"actor": "admin@example.com"}, "WARNING", "configuration.change"),
    ],
)
def test_event_is_told(event_type: str, data: dict[str, Any], severity: str, kind: str) -> None:
    message = f"{data.get('deviceName') or data.get('user') or 'Something'} changed"
    expected = {
        "summary": f"tailscale: {event_type} by admin@example.com: {message}",
        "severity": severity,
        "kind": kind,
        "username": "admin@example.com",
        "targetuser": data.get("user"),
        "organization": "example.com",
        "url": data.get("url"),
    }
    assert facts_of("tailscale", event(event_type, message, data), expected) == expected


def test_a_role_is_named() -> None:
    data = {**PERSON, "oldRoles": ["Member"], "newRoles": ["Member", "IT admin"]}
    expected = {
        "summary": "tailscale: userRoleUpdated by admin@example.com: User ann@example.com changed to Member, IT admin",
        "severity": "WARNING",
        "kind": "permission.change",
        "role": "Member, IT admin",
        "old_roles": "Member",
        "targetuser": "ann@example.com",
    }
    assert facts_of("tailscale", event("userRoleUpdated", "User ann@example.com changed", data), expected) == expected


def test_a_test_has_no_data() -> None:
    expected = {
        "summary": "tailscale: test: This is a test event",
        "severity": "INFO",
        "kind": "other",
        "username": None,
    }
    assert facts_of("tailscale", event("test", "This is a test event", None), expected) == expected
