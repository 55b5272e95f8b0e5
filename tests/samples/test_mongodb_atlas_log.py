"""MongoDB Atlas: who did what in an organization and in a project.

https://www.mongodb.com/docs/api/doc/atlas-admin-api-v2/operation/operation-listorgevents
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.shipped_messages import details, line, pulled_messages

ANN = {"userId": "u1", "username": "ann@example.com", "remoteAddress": "198.51.100.23"}
NOBODY: dict[str, Any] = {"userId": None, "username": None, "remoteAddress": None}


def message(kind: str, stream: str = "organization", **more: Any) -> dict[str, Any]:
    event = {"id": "e1", "created": "2025-12-31T09:00:00Z", "eventTypeName": kind, "orgId": "o1", **ANN, **more}
    (only,) = pulled_messages("mongodb-atlas-log", stream, {"links": [], "results": [event]})
    return only


@pytest.mark.parametrize(
    ("kind", "more", "expected"),
    [
        ("API_KEY_CREATED", {"targetPublicKey": "key"},
         "WARNING permission.grant | atlas: API_KEY_CREATED by ann@example.com: key"),
        ("API_KEY_ACCESS_LIST_ENTRY_DELETED", {"whitelistEntry": "192.0.2.1/32"},
         "NOTICE permission.revoke | atlas: API_KEY_ACCESS_LIST_ENTRY_DELETED by ann@example.com: 192.0.2.1/32"),
        ("USER_ROLES_CHANGED_AUDIT", {"targetUsername": "bob@example.com"},
         "WARNING permission.change | atlas: USER_ROLES_CHANGED_AUDIT by ann@example.com: bob@example.com"),
        ("AUDIT_LOG_CONFIGURATION_UPDATED", {"groupId": "g1"},
         "WARNING configuration.change | atlas: AUDIT_LOG_CONFIGURATION_UPDATED by ann@example.com: project g1"),
        ("DATA_EXPLORER_CRUD", {"database": "shop", "collection": "pay", "opType": "delete"},
         "WARNING data.change | atlas: DATA_EXPLORER_CRUD by ann@example.com: shop.pay, delete"),
        ("CPS_SNAPSHOT_DELETED_AUDIT", {},
         "WARNING data.delete | atlas: CPS_SNAPSHOT_DELETED_AUDIT by ann@example.com"),
        ("GCP_ENCRYPTION_KEY_INVALID", NOBODY, "WARNING detection.create | atlas: GCP_ENCRYPTION_KEY_INVALID"),
        ("CLOUD_PROVIDER_ACCESS_GCP_SERVICE_ACCOUNT_DELETED", {},
         "WARNING permission.revoke | atlas: CLOUD_PROVIDER_ACCESS_GCP_SERVICE_ACCOUNT_DELETED by ann@example.com"),
        ("CLUSTER_READY", {"isGlobalAdmin": True, **NOBODY}, "WARNING other | atlas: CLUSTER_READY by MongoDB"),
        ("CLUSTER_READY", NOBODY, "INFO other | atlas: CLUSTER_READY"),
    ],
)  # fmt: skip
def test_event_is_told(kind: str, more: dict[str, Any], expected: str) -> None:
    assert line(message(kind, **more)) == expected


def test_facts_are_found() -> None:
    expected = {
        "eventname": "MONGODB_USER_ADDED",
        "username": "mdb_sa_1",
        "userid": "k1",
        "sourceipaddress": "203.0.113.7",
        "targetuser": "reports",
        "organization": "o1",
        "project": "g1",
    }
    key = {"username": None, "userId": None, "apiKeyId": "k1", "publicKey": "mdb_sa_1", "remoteAddress": "203.0.113.7"}
    added = message("MONGODB_USER_ADDED", "project", groupId="g1", dbUserUsername="reports", **key)
    assert details(added, expected) == expected


def test_what_failed_did_not_succeed() -> None:
    assert message("CPS_RESTORE_FAILED", "project")["details"]["success"] is False
