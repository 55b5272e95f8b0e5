"""HCP Terraform's audit trail: most events have an id and no more; some say in `meta` whom they concern.

https://developer.hashicorp.com/terraform/cloud-docs/api-docs/audit-trails
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.shipped_messages import details, line, pulled_messages

ANN = {"accessor_id": "user-1", "description": "ann", "type": "Client", "organization_id": "org-1"}


def message(event: str, meta: dict[str, Any] | None = None, **auth: Any) -> dict[str, Any]:
    kind, action = event.split(".")
    entry = {
        "id": "e1",
        "version": "0",
        "type": "Resource",
        "timestamp": "2025-12-31T09:00:00.000Z",
        "auth": {**ANN, **auth},
        "request": {"id": "r1"},
        "resource": {"id": "x-1", "type": kind, "action": action, "meta": meta},
    }
    answer = {"data": [entry], "pagination": {"current_page": 1, "next_page": None}}
    (only,) = pulled_messages("hcp-terraform-audit", "trail", answer)
    return only


@pytest.mark.parametrize(
    ("event", "meta", "auth", "expected"),
    [
        ("authentication_token.create", None, {},
         "WARNING permission.grant | terraform: authentication_token.create by ann: x-1"),
        ("team.add_member", {"user": "eve"}, {},
         "WARNING permission.grant | terraform: team.add_member by ann: eve x-1"),
        ("project.update_team_permissions", {"team": "dev", "permissions": "admin"}, {},
         "WARNING permission.change | terraform: project.update_team_permissions by ann: dev x-1 (admin)"),
        ("saml_configuration.disable", None, {},
         "WARNING configuration.change | terraform: saml_configuration.disable by ann: x-1"),
        ("policy_evaluation.override", None, {},
         "WARNING configuration.change | terraform: policy_evaluation.override by ann: x-1"),
        ("policy_check.hard_failed", {"workspace": {"name": "net"}, "total_failed": 2}, {"type": "System"},
         "NOTICE detection.create | terraform: policy_check.hard_failed by ann: x-1 (net, 2 failed)"),
        ("state_version.show", None, {}, "NOTICE data.read | terraform: state_version.show by ann: x-1"),
        ("state_version.permanently_delete_backing_data", None, {},
         "WARNING data.delete | terraform: state_version.permanently_delete_backing_data by ann: x-1"),
        ("var.index", None, {}, "INFO configuration.read | terraform: var.index by ann: x-1"),
        ("stack_source.download", {"stack": "net"}, {},
         "NOTICE data.read | terraform: stack_source.download by ann: x-1 (net)"),
        ("var.show", None, {"type": "Impersonated", "impersonator_id": "user-9"},
         "WARNING configuration.read | terraform: var.show by ann: x-1 (impersonated by user-9)"),
        ("thing.something", None, {"description": None, "accessor_id": None, "type": "System"},
         "INFO other | terraform: thing.something by System: x-1"),
    ],
)  # fmt: skip
def test_event_is_told(event: str, meta: dict[str, Any] | None, auth: dict[str, Any], expected: str) -> None:
    assert line(message(event, meta, **auth)) == expected


def test_facts_are_found() -> None:
    expected = {
        "eventname": "workspace.add_team",
        "username": "ann",
        "userid": "user-1",
        "targetuser": "dev",
        "target": "x-1",
        "role": "write",
        "organization": "org-1",
        "session": "r1",
        "actor_type": "Client",
    }
    assert details(message("workspace.add_team", {"team": "dev", "permissions": "write"}), expected) == expected


def test_failed_policy_did_not_succeed() -> None:
    assert message("policy_check.soft_failed")["details"]["success"] is False
