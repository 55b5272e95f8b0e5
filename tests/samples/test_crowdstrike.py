"""CrowdStrike's alerts: each state of an alert is a message.

https://developer.crowdstrike.com/api-reference/collections/alerts/
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.shipped_messages import details, line, pulled_messages


def message(**more: Any) -> dict[str, Any]:
    alert = {
        "composite_id": "c:ind:a:1",
        "created_timestamp": "2025-12-31T09:00:00.123456789Z",
        "updated_timestamp": "2025-12-31T09:00:00.123456789Z",
        "display_name": "Malware",
        "severity": 70,
        "severity_name": "High",
        "status": "new",
        "type": "ldt",
        "assigned_to_name": "",
        "resolution": "",
        **more,
    }
    (only,) = pulled_messages("crowdstrike", "alerts", {"meta": {"pagination": {}}, "errors": [], "resources": [alert]})
    return only


@pytest.mark.parametrize(
    ("severity", "expected"),
    [(100, "CRITICAL"), (80, "CRITICAL"), (79, "ERROR"), (60, "ERROR"), (59, "WARNING"), (40, "WARNING"),
     (39, "NOTICE"), (20, "NOTICE"), (19, "INFO"), (1, "INFO")],
)  # fmt: skip
def test_severity_is_translated(severity: int, expected: str) -> None:
    assert message(severity=severity)["severity"] == expected


LATER = "2025-12-31T10:00:00Z"


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({}, "ERROR detection.create | crowdstrike: Malware: High, new"),
        ({"updated_timestamp": LATER}, "ERROR detection.change | crowdstrike: Malware: High, new"),
        ({"updated_timestamp": LATER, "status": "in_progress", "assigned_to_name": "Ann"},
         "ERROR detection.change | crowdstrike: Malware: High, assigned to Ann, in_progress"),
        ({"updated_timestamp": LATER, "status": "reopened"},
         "ERROR detection.change | crowdstrike: Malware: High, reopened"),
        ({"updated_timestamp": LATER, "status": "closed", "resolution": "false_positive"},
         "INFO detection.close | crowdstrike: Malware: High, closed, false_positive"),
        ({"device": {"hostname": "H1"}, "user_name": "bob", "tactic": "Execution", "technique": "Script"},
         "ERROR detection.create | crowdstrike: Malware on H1 as bob: High, Execution / Script, new"),
        ({"display_name": None, "name": "Logon", "source_endpoint_host_name": "H2", "source_account_name": "CAROL"},
         "ERROR detection.create | crowdstrike: Logon on H2 as CAROL: High, new"),
    ],
)  # fmt: skip
def test_state_of_an_alert_is_told(more: dict[str, Any], expected: str) -> None:
    assert line(message(**more)) == expected


def test_each_state_has_an_id_of_its_own() -> None:
    first, second = message(), message(updated_timestamp=LATER)
    assert first["tags"][-1] == "id:c:ind:a:1/2025-12-31T09:00:00.123456789Z"
    assert second["tags"][-1] == "id:c:ind:a:1/2025-12-31T10:00:00Z"
    assert second["timestamp"] == "2025-12-31T10:00:00.000+00:00"


def test_facts_are_found() -> None:
    alert = message(
        device={"hostname": "H1", "external_ip": "198.51.100.23"}, user_name="bob", aggregate_id="g1", filename="x.exe"
    )
    expected = {
        "eventname": "ldt",
        "username": "bob",
        "target": "H1",
        "sourceipaddress": "198.51.100.23",
        "session": "g1",
        "state": "new",
        "file": "x.exe",
    }
    assert details(alert, expected) == expected
