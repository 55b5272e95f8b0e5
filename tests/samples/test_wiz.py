"""Wiz's audit log, issues and detections: a line for each kind of event."""

from __future__ import annotations

from typing import Any

import pytest

from tests.shipped_messages import details, line, pulled_messages

ROOTS = {"audit": "auditLogEntries", "issues": "issues", "detections": "detections"}


def message(stream: str, **node: Any) -> dict[str, Any]:
    times = dict.fromkeys(("timestamp", "statusChangedAt", "createdAt"), "2025-12-31T09:00:00.12345Z")
    page = {"nodes": [{"id": "n1", **times, **node}], "pageInfo": {"hasNextPage": False, "endCursor": "c1"}}
    (only,) = pulled_messages("wiz", stream, {"data": {ROOTS[stream]: page}})
    return only


@pytest.mark.parametrize(
    ("action", "expected"),
    [
        ("Login", "INFO authentication.start"),
        (" user Login", "INFO authentication.start"),
        ("RevokeUserSessions", "NOTICE authentication.end"),
        ("CreateUser", "NOTICE account.create"),
        ("DeleteServiceAccount", "WARNING account.delete"),
        ("RotateServiceAccountSecret", "WARNING account.change"),
        ("ModifySAMLIdentityProviderGroupMappings", "WARNING permission.change"),
        ("UpdateUserRole", "WARNING permission.change"),
        ("UpdateIPRestrictions", "WARNING configuration.change"),
        ("DeleteConnector", "WARNING configuration.delete"),
        ("CreateIgnoreRule", "WARNING configuration.create"),
        ("UpdateCloudEventRule", "WARNING configuration.change"),
        ("DeleteProject", "NOTICE configuration.delete"),
        ("CreateReport", "INFO data.read"),
    ],
)
def test_audit_entry_is_judged(action: str, expected: str) -> None:
    entry = message("audit", action=action, status="SUCCESS", user={"id": "1", "name": "ann@example.com"})
    assert line(entry) == f"{expected} | wiz: {action} by ann@example.com"


def test_what_failed_is_told() -> None:
    failed = message("audit", action="DeleteUser", status="FAILED", serviceAccount={"id": "s1", "name": "terraform"})
    assert line(failed) == "NOTICE account.delete | wiz: DeleteUser by terraform: FAILED"
    assert details(failed, {"success": 0, "userid": 0}) == {"success": False, "userid": "s1"}


@pytest.mark.parametrize(
    ("status", "severity", "expected"),
    [
        ("OPEN", "CRITICAL", "CRITICAL detection.create"),
        ("OPEN", "INFORMATIONAL", "INFO detection.create"),
        ("IN_PROGRESS", "HIGH", "ERROR detection.change"),
        ("RESOLVED", "HIGH", "INFO detection.close"),
    ],
)
def test_issue_is_judged(status: str, severity: str, expected: str) -> None:
    issue = message("issues", status=status, severity=severity, sourceRule={"name": "Public bucket"})
    assert line(issue) == f"{expected} | wiz: issue {status}: Public bucket, severity {severity}"


def test_another_state_of_an_issue_is_another_message() -> None:
    first = message("issues", status="OPEN", severity="LOW")
    second = message("issues", status="OPEN", severity="LOW", statusChangedAt="2025-12-31T10:00:00Z")
    assert first["tags"] != second["tags"]


def test_facts_of_a_detection_are_found() -> None:
    detection = message(
        "detections",
        type="GENERATED_THREAT",
        severity="MEDIUM",
        description="A key was used from elsewhere.",
        ruleMatch={"rule": {"name": "Unusual country"}},
        primaryActor={"id": "a1", "name": "bob", "email": "bob@example.com", "userAgent": "aws-cli"},
        primaryResource={"name": "web-1", "type": "VIRTUAL_MACHINE", "externalId": "i-1"},
        triggeringEvents={"nodes": [{"actorIP": "198.51.100.77"}]},
        issue={"id": "i9"},
    )
    expected = {
        "eventname": "detection GENERATED_THREAT",
        "username": "bob@example.com",
        "sourceipaddress": "198.51.100.77",
        "target": "web-1",
        "rule": "Unusual country",
        "resource": "i-1",
        "issue": "i9",
        "success": None,
    }
    assert line(detection) == (
        "WARNING detection.create | wiz: detection by bob@example.com:"
        " Unusual country, on web-1 (VIRTUAL_MACHINE), severity MEDIUM"
    )
    assert details(detection, expected) == expected


def test_service_account_whose_secret_is_rotated_is_the_target() -> None:
    rotated = message("audit", action="RotateServiceAccountSecret", status="SUCCESS", actionParameters={"ID": "sa-1"})
    assert line(rotated) == "WARNING account.change | wiz: RotateServiceAccountSecret: sa-1"
    assert rotated["details"]["target"] == "sa-1"


def test_addresses_that_are_allowed_are_told() -> None:
    allowed = {"userAccessAllowedIPs": [], "serviceAccountAccessAllowedIPs": ["198.51.100.0/24", "0.0.0.0/0"]}
    entry = message("audit", action="UpdateIPRestrictions", status="SUCCESS", actionParameters={"input": allowed})
    assert line(entry) == "WARNING configuration.change | wiz: UpdateIPRestrictions: 198.51.100.0/24, 0.0.0.0/0"


def test_actor_that_is_an_address_is_no_user() -> None:
    actor = {"id": "a1", "name": "198.51.100.23", "type": "NETWORK_ADDRESS"}
    found = message("detections", severity="HIGH", type="GENERATED_THREAT", primaryActor=actor)
    assert details(found, {"username": 0, "sourceipaddress": 0}) == {
        "username": None,
        "sourceipaddress": "198.51.100.23",
    }
