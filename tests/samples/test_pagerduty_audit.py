"""PagerDuty's audit records: a line says who changed what of whom.

https://developer.pagerduty.com/docs/rest-api-v2/audit-records-api/
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.shipped_messages import details, line, pulled_messages


def reference(kind: str, summary: str) -> dict[str, Any]:
    return {"id": f"P-{summary}", "type": f"{kind}_reference", "summary": summary, "html_url": None}


ANN, BOB = reference("user", "Ann"), reference("user", "Bob")
MOBILE, PROVIDER = reference("sms_contact_method", "Mobile"), {"type": "identity_provider"}
TEAM, SERVICE = reference("team", "Ops"), reference("service", "Shop")


def message(action: str, root: dict[str, Any], **more: Any) -> dict[str, Any]:
    changes = {name: more.pop(name) for name in ("fields", "references", "resource") if name in more}
    record = {
        "id": f"id-{action}",
        "execution_time": "2025-12-31T09:00:00.123Z",
        "execution_context": {"request_id": "r1", "remote_address": "198.51.100.23"},
        "actors": [ANN],
        "method": {"type": "browser", "truncated_token": None},
        "root_resource": root,
        "action": action,
        "details": {"resource": root, **changes},
        **more,
    }
    (only,) = pulled_messages("pagerduty-audit", "records", {"records": [record], "next_cursor": None})
    return only


def changed(name: str, value: str | None = None, before: str | None = None) -> list[dict[str, Any]]:
    return [{"name": name, "description": None, "value": value, "before_value": before}]


@pytest.mark.parametrize(
    ("action", "root", "more", "expected"),
    [
        ("create", BOB, {"fields": changed("role", "user")},
         "NOTICE account.create | pagerduty: user.create by Ann: Bob, role user"),
        ("create", BOB, {"fields": changed("role", "admin")},
         "WARNING account.create | pagerduty: user.create by Ann: Bob, role admin"),
        ("update", BOB, {"fields": changed("role", "owner", "admin")},
         "WARNING permission.change | pagerduty: user.update by Ann: Bob, role owner (was admin)"),
        ("create", BOB, {"resource": MOBILE, "fields": changed("address", "+15550100")},
         "NOTICE account.change | pagerduty: user.create by Ann: Bob, Mobile, address +15550100"),
        ("delete", BOB, {"resource": MOBILE},
         "NOTICE account.change | pagerduty: user.delete by Ann: Bob, Mobile"),
        ("delete", BOB, {}, "NOTICE account.delete | pagerduty: user.delete by Ann: Bob"),
        ("update", BOB, {"actors": None, "method": PROVIDER, "fields": changed("name", "B", "Bob")},
         "NOTICE account.change | pagerduty: user.update by the identity provider: Bob, name B (was Bob)"),
        ("update", TEAM, {"references": [{"name": "members", "added": [BOB]}]},
         "NOTICE permission.grant | pagerduty: team.update by Ann: Ops, members with Bob"),
        ("update", TEAM, {"references": [{"name": "members", "removed": [BOB]}]},
         "NOTICE permission.revoke | pagerduty: team.update by Ann: Ops, members without Bob"),
        ("update", TEAM, {"resource": BOB, "fields": changed("team_role", "manager", "observer")},
         "WARNING permission.change | pagerduty: team.update by Ann: Ops, Bob, team_role manager (was observer)"),
        ("delete", SERVICE, {}, "WARNING configuration.delete | pagerduty: service.delete by Ann: Shop"),
        ("update", SERVICE, {"fields": changed("name", "Shop", "Store")},
         "INFO configuration.change | pagerduty: service.update by Ann: Shop, name Shop (was Store)"),
        ("update", reference("ip_allow_list", "Office"), {},
         "WARNING configuration.change | pagerduty: ip_allow_list.update by Ann: Office"),
        ("create", reference("business_service", "Web"), {},
         "NOTICE configuration.create | pagerduty: business_service_reference.create by Ann: Web"),
    ],
)  # fmt: skip
def test_record_is_told(action: str, root: dict[str, Any], more: dict[str, Any], expected: str) -> None:
    assert line(message(action, root, **more)) == expected


def test_facts_are_found() -> None:
    expected = {
        "eventname": "team.update",
        "username": "Ann",
        "userid": "P-Ann",
        "targetuser": "Bob",
        "target": "Ops",
        "role": "manager",
        "old_role": "observer",
        "sourceipaddress": "198.51.100.23",
        "session": "r1",
        "method": "browser",
    }
    record = message("update", TEAM, resource=BOB, fields=changed("team_role", "manager", "observer"))
    assert details(record, expected) == expected
