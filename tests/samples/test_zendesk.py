"""Zendesk's events: https://developer.zendesk.com/api-reference/webhooks/event-types/user-events"""

from __future__ import annotations

from typing import Any

import pytest

from tests.shipped_messages import details, line, only_message


def user(what: str, role: str = "end-user", *, sep: str = ":", **event: Any) -> dict[str, Any]:
    return {
        "type": f"zen:event-type{sep}user.{what}",
        "account_id": 1,
        "id": "e-1",
        "time": "2026-03-02T10:04:11Z",
        "subject": "zen:user:6",
        "detail": {"email": "bob@example.com", "id": "6", "role": role},
        "event": event,
    }


def about(kind: str, what: str, detail: dict[str, Any]) -> dict[str, Any]:
    return {**user(what), "type": f"zen:event-type:{kind}.{what}", "subject": f"zen:{kind}:7", "detail": detail}


EVENTS: list[tuple[dict[str, Any], str, dict[str, Any]]] = [
    (
        user("role_changed", "admin", current="admin", previous="agent"),
        "WARNING permission.change | user.role_changed: bob@example.com (admin) was agent",
        {"eventname": "user.role_changed", "targetuser": "bob@example.com", "role": "admin", "previous": "agent"},
    ),
    (
        user("role_changed", "end-user", current="end-user", previous="admin"),
        "NOTICE permission.change | user.role_changed: bob@example.com (end-user) was admin",
        {"role": "end-user"},
    ),
    (
        user("suspended_changed", "agent", current=False, previous=True),
        "WARNING account.enable | user.suspended_changed: bob@example.com (false) was true as agent",
        {"current": "false"},
    ),
    (
        user("suspended_changed", "agent", current=True, previous=False),
        "NOTICE account.disable | user.suspended_changed: bob@example.com (true) was false as agent",
        {},
    ),
    (
        user("active_changed", current=False, previous=True),
        "NOTICE account.disable | user.active_changed: bob@example.com (false) was true as end-user",
        {},
    ),
    (user("created", "agent"), "WARNING account.create | user.created: bob@example.com as agent", {"current": None}),
    (user("created"), "INFO account.create | user.created: bob@example.com as end-user", {}),
    (user("deleted"), "NOTICE account.delete | user.deleted: bob@example.com as end-user", {}),
    (
        user("password_changed", "admin"),
        "WARNING account.change | user.password_changed: bob@example.com as admin",
        {},
    ),
    (
        user("identity_created", "admin", sep="/"),
        "WARNING account.change | user.identity_created: bob@example.com as admin",
        {"eventname": "user.identity_created"},
    ),
    (user("identity_created"), "INFO account.change | user.identity_created: bob@example.com as end-user", {}),
    (
        user("group_membership_created", "agent"),
        "NOTICE permission.grant | user.group_membership_created: bob@example.com as agent",
        {},
    ),
    (
        user("group_membership_deleted", "agent"),
        "NOTICE permission.revoke | user.group_membership_deleted: bob@example.com as agent",
        {},
    ),
    (
        user("last_login_changed", "agent", current="2026-03-02T10:04:11Z", previous=None),
        "INFO authentication.start | user.last_login_changed: bob@example.com (2026-03-02T10:04:11Z) as agent",
        {"previous": None},
    ),
    (
        about("organization", "deleted", {"id": "7", "name": "Customer"}),
        "NOTICE data.delete | organization.deleted: Customer",
        {"target": "organization:7", "targetuser": None},
    ),
    (about("article", "published", {"id": "7"}), "INFO data.create | article.published: article:7", {}),
    (about("article", "unpublished", {"id": "7"}), "INFO data.delete | article.unpublished: article:7", {}),
]


@pytest.mark.parametrize(("event", "expected", "facts"), EVENTS, ids=[row[1] for row in EVENTS])
def test_event_becomes_a_line(event: dict[str, Any], expected: str, facts: dict[str, Any]) -> None:
    message = only_message("zendesk", event)
    assert (line(message).replace("| zendesk: ", "| "), details(message, facts)) == (expected, facts)
