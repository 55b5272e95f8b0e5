"""Tailscale's configuration audit log: a line for each of the events that its filter knows.

https://tailscale.com/kb/1203/audit-logging
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.shipped_messages import details, line, pulled_messages

ANN = {"id": "u1", "type": "USER", "loginName": "ann@example.com", "displayName": "Ann"}


def message(event: str, name: str = "example.com", **more: Any) -> dict[str, Any]:
    kind, action, *rest = event.split(".")
    entry = {
        "eventTime": "2025-12-31T09:00:00.123456Z",
        "type": "CONFIG",
        "eventGroupID": "g1",
        "origin": "ADMIN_CONSOLE",
        "actor": ANN,
        "target": {"id": "t1", "name": name, "type": kind, **({"property": rest[0]} if rest else {})},
        "action": action,
        **more,
    }
    (only,) = pulled_messages("tailscale-log", "configuration", {"version": "1.1", "logs": [entry]})
    return only


@pytest.mark.parametrize(
    ("event", "name", "more", "expected"),
    [
        ("ADMIN_CONSOLE.LOGIN", "Admin console", {},
         "INFO authentication.start | tailscale: ADMIN_CONSOLE.LOGIN by ann@example.com: Admin console"),
        ("USER.UPDATE.USER_ROLE", "bob@example.com", {"old": "member", "new": "owner"},
         "WARNING permission.change | tailscale: USER.UPDATE.USER_ROLE by ann@example.com:"
         " bob@example.com now owner (was member)"),
        ("USER.SUSPEND_GLOBAL", "bob@example.com", {},
         "NOTICE account.disable | tailscale: USER.SUSPEND_GLOBAL by ann@example.com: bob@example.com"),
        ("USER.RESTORE", "bob@example.com", {},
         "NOTICE account.enable | tailscale: USER.RESTORE by ann@example.com: bob@example.com"),
        ("USER.DELETE", "bob@example.com", {},
         "NOTICE account.delete | tailscale: USER.DELETE by ann@example.com: bob@example.com"),
        ("TAILNET.UPDATE.ACL", "example.com", {"old": "{}", "new": "{}"},
         "WARNING configuration.change | tailscale: TAILNET.UPDATE.ACL by ann@example.com: example.com"),
        ("TAILNET.DISABLE.USER_APPROVAL_REQUIRED", "example.com", {},
         "WARNING configuration.change | tailscale: TAILNET.DISABLE.USER_APPROVAL_REQUIRED by ann@example.com:"
         " example.com"),
        ("TAILNET.DISABLE.TKA", "example.com", {},
         "WARNING configuration.change | tailscale: TAILNET.DISABLE.TKA by ann@example.com: example.com"),
        ("TAILNET.ENABLE.MAGIC_DNS", "example.com", {},
         "NOTICE configuration.change | tailscale: TAILNET.ENABLE.MAGIC_DNS by ann@example.com: example.com"),
        ("API_KEY.EXPIRED", "key", {"actor": {"type": "AUTOMATED_WORKER"}},
         "NOTICE permission.revoke | tailscale: API_KEY.EXPIRED by AUTOMATED_WORKER: key"),
        ("API_KEY.REVOKE", "key", {"actor": {"type": "SECRET_SCANNER"}},
         "ERROR permission.revoke | tailscale: API_KEY.REVOKE by SECRET_SCANNER: key"),
        ("NODE.LOGIN", "laptop", {}, "INFO authentication.start | tailscale: NODE.LOGIN by ann@example.com: laptop"),
        ("NODE.UPDATE.EXIT_NODE", "laptop", {"new": True},
         "WARNING configuration.change | tailscale: NODE.UPDATE.EXIT_NODE by ann@example.com: laptop now true"),
        ("SHARE.CREATE", "laptop", {}, "WARNING permission.grant | tailscale: SHARE.CREATE by ann@example.com: laptop"),
        ("INVITE.DELETE.NODE_SHARE", "laptop", {},
         "NOTICE permission.revoke | tailscale: INVITE.DELETE.NODE_SHARE by ann@example.com: laptop"),
        ("WEBHOOK_ENDPOINT.UPDATE.SECRET", "hook", {},
         "WARNING configuration.change | tailscale: WEBHOOK_ENDPOINT.UPDATE.SECRET by ann@example.com: hook"),
        ("TAILNET.JOIN_WAITLIST.FEATURE", "example.com", {},
         "NOTICE other | tailscale: TAILNET.JOIN_WAITLIST.FEATURE by ann@example.com: example.com"),
        ("NODE.CREATE", "laptop", {"error": "too many devices"},
         "NOTICE configuration.create | tailscale: NODE.CREATE by ann@example.com: laptop failed: too many devices"),
    ],
)  # fmt: skip
def test_entry_is_told(event: str, name: str, more: dict[str, Any], expected: str) -> None:
    assert line(message(event, name, **more)) == expected


def test_facts_are_found() -> None:
    expected = {
        "eventname": "USER.UPDATE.USER_ROLE",
        "username": "ann@example.com",
        "userid": "u1",
        "targetuser": "bob@example.com",
        "target": None,
        "role": "owner",
        "old_role": "member",
        "origin": "ADMIN_CONSOLE",
        "session": "g1",
        "success": True,
    }
    assert details(message("USER.UPDATE.USER_ROLE", "bob@example.com", old="member", new="owner"), expected) == expected


def test_what_failed_did_not_succeed() -> None:
    failed = message("FAILED_REQUEST.UPDATE", error="no such host")
    assert details(failed, {"success": 0, "reason": 0}) == {"success": False, "reason": "no such host"}


def test_two_entries_of_an_operation_are_two_messages() -> None:
    target = {"id": "t1", "name": "laptop", "type": "NODE"}
    entry = {"eventTime": "2025-12-31T09:00:00Z", "eventGroupID": "g1", "actor": ANN, "target": target}
    logs = [{**entry, "action": "CREATE"}, {**entry, "action": "APPROVE"}]
    first, second = pulled_messages("tailscale-log", "configuration", {"logs": logs})
    assert first["tags"] != second["tags"]


def test_no_entries_are_an_empty_page() -> None:
    assert pulled_messages("tailscale-log", "configuration", {"version": "1.1", "logs": None}) == []
