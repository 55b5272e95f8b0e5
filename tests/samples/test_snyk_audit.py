"""Snyk's audit log: a line for each kind of event that Snyk lists.

https://docs.snyk.io/snyk-api/reference/audit-logs
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.shipped_messages import details, line, pulled_messages


def message(event: str, content: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    entry = {
        "created": "2025-12-31T09:00:00.123Z",
        "event": event,
        "group_id": "g1",
        "user_id": "u1",
        "content": content or {},
        **({"org_id": "o1"} if event.startswith("org.") else {}),
        **more,
    }
    (only,) = pulled_messages("snyk-audit", "audit", {"data": {"items": [entry]}, "links": {}})
    return only


@pytest.mark.parametrize(
    ("event", "content", "expected"),
    [
        ("group.user.role.edit", {"userPublicId": "u2", "before": {"role": "MEMBER"}, "after": {"role": "ADMIN"}},
         "WARNING permission.change | snyk: group.user.role.edit by user u1: user u2, ADMIN, was MEMBER in group g1"),
        ("org.user.role.edit", {"userPublicId": "u2", "beforeRoleName": "Viewer", "afterRoleName": "Admin"},
         "WARNING permission.change | snyk: org.user.role.edit by user u1:"
         " user u2, Admin, was Viewer in organization o1"),
        ("group.role.create", {"name": "Auditor"},
         "WARNING permission.change | snyk: group.role.create by user u1: Auditor in group g1"),
        ("org.service_account.create", {"name": "ci", "role": {"role": "ADMIN"}},
         "WARNING permission.grant | snyk: org.service_account.create by user u1: ci, ADMIN in organization o1"),
        ("org.user.invite", {"email": "bob@example.com", "role": "Viewer"},
         "NOTICE permission.grant | snyk: org.user.invite by user u1: bob@example.com, Viewer in organization o1"),
        ("org.user.invite_link.create", {},
         "WARNING permission.grant | snyk: org.user.invite_link.create by user u1: organization o1"),
        ("org.user.leave", {}, "NOTICE permission.revoke | snyk: org.user.leave by user u1: organization o1"),
        ("org.user.provision.create", {"email": "bob@example.com"},
         "NOTICE account.create | snyk: org.user.provision.create by user u1: bob@example.com in organization o1"),
        ("group.sso.auth0_connection.edit", {},
         "WARNING configuration.change | snyk: group.sso.auth0_connection.edit by user u1: group g1"),
        ("group.sso.membership.sync", {"userPublicId": "u2"},
         "INFO permission.change | snyk: group.sso.membership.sync by user u1: user u2 in group g1"),
        ("group.org.remove", {"name": "payments"},
         "WARNING configuration.delete | snyk: group.org.remove by user u1: payments in group g1"),
        ("org.project.ignore.create", {"issueId": "SNYK-1", "reason": "later"},
         "NOTICE detection.change | snyk: org.project.ignore.create by user u1: SNYK-1, later in organization o1"),
        ("org.ignore_policy.edit", {},
         "WARNING configuration.change | snyk: org.ignore_policy.edit by user u1: organization o1"),
        ("org.project.stop_monitor", {"name": "shop"},
         "NOTICE configuration.delete | snyk: org.project.stop_monitor by user u1: shop in organization o1"),
        ("org.webhook.add", {}, "WARNING configuration.create | snyk: org.webhook.add by user u1: organization o1"),
        ("org.project.monitor", {"name": "shop"},
         "INFO configuration.create | snyk: org.project.monitor by user u1: shop in organization o1"),
        ("org.project.test", {}, "INFO other | snyk: org.project.test by user u1: organization o1"),
    ],
)  # fmt: skip
def test_entry_is_told(event: str, content: dict[str, Any], expected: str) -> None:
    assert line(message(event, content)) == expected


def test_facts_are_found() -> None:
    expected = {
        "eventname": "org.user.role.edit",
        "userid": "u1",
        "username": None,
        "targetuser": "u2",
        "role": "Admin",
        "old_role": "Viewer",
        "organization": "o1",
        "group": "g1",
    }
    content = {"userPublicId": "u2", "beforeRoleName": "Viewer", "afterRoleName": "Admin"}
    assert details(message("org.user.role.edit", content), expected) == expected


def test_equal_entries_are_two_messages() -> None:
    entry = {"created": "2025-12-31T09:00:00Z", "event": "org.edit", "content": {}}
    assert len(pulled_messages("snyk-audit", "audit", {"data": {"items": [entry, entry]}, "links": {}})) == 2


def test_no_entries_are_an_empty_page() -> None:
    assert pulled_messages("snyk-audit", "audit", {"data": {"type": "audit"}, "links": {}}) == []
