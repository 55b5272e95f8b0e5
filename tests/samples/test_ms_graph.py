"""Microsoft Graph's notifications: each becomes a line that says which resource changed, and how.

https://learn.microsoft.com/graph/change-notifications-overview#supported-resources
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.fakes import SECRET
from tests.shipped_messages import facts_of

TENANT = "aaaabbbb-0000-cccc-1111-dddd2222eeee"


def notification(**changes: Any) -> dict[str, Any]:
    return {"value": [{"id": "n1", "subscriptionId": "s1", "tenantId": TENANT, "clientState": SECRET, **changes}]}


@pytest.mark.parametrize(
    ("change", "resource", "resource_type", "severity", "kind", "target_user"),
    [
        ("created", "Users/u1", "#Microsoft.Graph.User", "INFO", "account.create", "u1"),
        ("updated", "users/u1", "#microsoft.graph.user", "INFO", "account.change", "u1"),
        ("deleted", "Users/u1", "#Microsoft.Graph.User", "NOTICE", "account.delete", "u1"),
        ("updated", "Groups/g1", "#Microsoft.Graph.Group", "INFO", "permission.change", None),
        ("deleted", "Groups/g1", "#Microsoft.Graph.Group", "NOTICE", "configuration.delete", None),
        ("created", "security/alerts/a1", "#Microsoft.Graph.alert", "WARNING", "detection.create", None),
        ("updated", "security/alerts_v2/a1", "#microsoft.graph.security.alert", "WARNING", "detection.change", None),
        ("created", "Users/u1/Messages/m1", "#Microsoft.Graph.Message", "INFO", "data.create", None),
        ("updated", "drives/d1/root", "#microsoft.graph.driveItem", "INFO", "data.change", None),
        ("deleted", "teams('t')/channels('c')", "#Microsoft.Graph.channel", "NOTICE", "configuration.delete", None),
        (
            "created",
            "teams('t')/members('m')",
            "#Microsoft.Graph.aadUserConversationMember",
            "INFO",
            "permission.grant",
            None,
        ),
        ("updated", "communications/presences/p1", None, "INFO", "data.change", None),
    ],
)
def test_change_is_told(
    change: str, resource: str, resource_type: str | None, severity: str, kind: str, target_user: str | None
) -> None:
    data = {"@odata.type": resource_type, "id": resource.rpartition("/")[2]} if resource_type else None
    expected = {
        "summary": f"ms-graph: {change}: {resource} in tenant {TENANT}",
        "severity": severity,
        "kind": kind,
        "target": resource,
        "targetuser": target_user,
        "organization": TENANT,
    }
    body = notification(changeType=change, resource=resource, resourceData=data)
    assert facts_of("ms-graph", body, expected) == expected


@pytest.mark.parametrize(
    ("lifecycle", "severity"),
    [("missed", "WARNING"), ("subscriptionRemoved", "WARNING"), ("reauthorizationRequired", "NOTICE")],
)
def test_lifecycle_is_told(lifecycle: str, severity: str) -> None:
    summary = f"ms-graph: {lifecycle}: subscription s1 in tenant {TENANT}"
    expected = {"summary": summary, "severity": severity, "kind": "other"}
    assert facts_of("ms-graph", notification(lifecycleEvent=lifecycle), expected) == expected
