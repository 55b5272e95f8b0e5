"""Cloudflare's audit log: a line says who changed what, by the path of the API that was called.

https://developers.cloudflare.com/api/resources/accounts/subresources/logs/subresources/audit/methods/list/
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.shipped_messages import details, line, pulled_messages

ANN = {"id": "u1", "context": "dash", "email": "ann@example.com", "ip_address": "198.51.100.23", "type": "user"}
LOGIN = {"product": "login", "id": ""}
ZONE = {"id": "z1", "name": "example.com"}


def message(description: str | None, kind: str, uri: str, **more: Any) -> dict[str, Any]:
    resource = {"id": "r1", "product": "thing", "request": {}, "response": {}, **more.pop("resource", {})}
    entry = {
        "id": f"id-{uri}",
        "account": {"id": "a1", "name": "Example"},
        "action": {"description": description, "result": more.pop("result", "success"), "type": kind,
                   "time": "2025-12-31T09:00:00Z"},
        "actor": ANN,
        "raw": {"cf_ray_id": "ray1", "method": "POST", "status_code": more.pop("status", 200), "uri": uri},
        "resource": resource,
        **more,
    }  # fmt: skip
    (only,) = pulled_messages("cloudflare-audit", "audit", {"success": True, "result": [entry], "result_info": {}})
    return only


@pytest.mark.parametrize(
    ("description", "kind", "uri", "more", "expected"),
    [
        ("SSO_LOGIN", "create", "/login", {"resource": LOGIN},
         "INFO authentication.start | cloudflare: SSO_LOGIN by ann@example.com: login in Example"),
        ("SSO_LOGIN", "create", "/login", {"resource": LOGIN, "result": "failure", "status": 403},
         "NOTICE authentication.start | cloudflare: SSO_LOGIN by ann@example.com:"
         " login in Example failed (status 403)"),
        ("Add Member", "create", "/accounts/a1/members", {"resource": {"request": {"email": "bob@example.com"}}},
         "WARNING permission.grant | cloudflare: Add Member by ann@example.com: bob@example.com, thing r1 in Example"),
        (None, "update", "/accounts/a1/members/r1", {"resource": {"product": "members"}},
         "WARNING permission.change | cloudflare: update members by ann@example.com: members r1 in Example"),
        (None, "delete", "/user/tokens/r1", {"resource": {"product": "tokens"}},
         "WARNING permission.revoke | cloudflare: delete tokens by ann@example.com: tokens r1 in Example"),
        (None, "create", "/accounts/a1/access/apps/r1/policies", {"resource": {"request": {"name": "Everyone"}}},
         "WARNING permission.grant | cloudflare: create thing by ann@example.com: Everyone, thing r1 in Example"),
        (None, "update", "/user/two_factor_authentication", {},
         "WARNING account.change | cloudflare: update thing by ann@example.com: thing r1 in Example"),
        (None, "update", "/zones/z1/dns_records/r1", {"zone": ZONE, "resource": {"request": {"name": "www"}}},
         "NOTICE configuration.change | cloudflare: update thing by ann@example.com:"
         " www, thing r1 in example.com"),
        (None, "update", "/zones/z1/settings/security_level", {"zone": ZONE, "resource": {"request": {"value": "off"}}},
         "WARNING configuration.change | cloudflare: update thing by ann@example.com: thing r1, off in example.com"),
        (None, "update", "/zones/z1/rulesets/r1", {"zone": ZONE},
         "WARNING configuration.change | cloudflare: update thing by ann@example.com: thing r1 in example.com"),
        (None, "delete", "/accounts/a1/workers/scripts/r1", {},
         "WARNING configuration.delete | cloudflare: delete thing by ann@example.com: thing r1 in Example"),
        (None, "create", "/zones/z1/purge_cache", {"zone": ZONE},
         "INFO configuration.create | cloudflare: create thing by ann@example.com: thing r1 in example.com"),
        ("Set plan", "update", "/accounts/a1", {"actor": {"type": "cloudflare_admin"}},
         "WARNING configuration.change | cloudflare: Set plan by Cloudflare: thing r1 in Example"),
        ("Renew", "update", "", {"actor": {"type": "system", "email": ""}, "raw": None, "resource": {"product": "ssl"}},
         "NOTICE configuration.change | cloudflare: Renew by system: ssl r1 in Example"),
        (None, "view", "/accounts/a1/members", {},
         "INFO configuration.read | cloudflare: view thing by ann@example.com: thing r1 in Example"),
    ],
)  # fmt: skip
def test_entry_is_told(description: str | None, kind: str, uri: str, more: dict[str, Any], expected: str) -> None:
    assert line(message(description, kind, uri, **more)) == expected


def test_facts_are_found() -> None:
    expected = {
        "eventname": "create members",
        "username": "ann@example.com",
        "userid": "u1",
        "targetuser": "bob@example.com",
        "sourceipaddress": "198.51.100.23",
        "organization": "Example",
        "session": "ray1",
        "through": "dash",
        "success": True,
    }
    resource = {"product": "members", "request": {"email": "bob@example.com"}}
    assert details(message("Add Member", "create", "/accounts/a1/members", resource=resource), expected) == expected


def test_secrets_are_masked() -> None:
    resource = {"request": {"tunnel_secret": "s1"}, "response": {"result": {"name": "ci", "value": "s2"}}}
    told = str(message("Create Token", "create", "/user/tokens", resource=resource))
    assert "s1" not in told
    assert "s2" not in told
    assert "[masked]" in told


def test_no_entries_are_an_empty_page() -> None:
    assert pulled_messages("cloudflare-audit", "audit", {"success": True, "result": None, "result_info": {}}) == []
