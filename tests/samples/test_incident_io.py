"""What becomes of incident.io's events beyond the samples; fields as its SDK has them, pypi.org/project/incident-io."""

from __future__ import annotations

from typing import Any

import pytest

from generator.testing import Refused
from tests.shipped_messages import details, line, only_message

HEADERS = {"webhook-id": "msg_1", "webhook-timestamp": "1767225600"}
ANN = {"id": "01ANN", "email": "ann@example.com", "name": "Ann", "role": "owner"}
SCHEDULE = {"id": "01SCHED", "name": "Primary", "timezone": "Europe/London"}
ESCALATION = {"id": "01ESC", "title": "CPU is high", "priority": {"name": "P1"}, "creator": {"alert": {"title": "CPU"}}}


def incident(**fields: Any) -> dict[str, Any]:
    return {"id": "01INC", "reference": "INC-7", "name": "Sad database", "mode": "standard", **fields}


EVENTS: list[tuple[str, dict[str, Any], str, dict[str, Any]]] = [
    (
        "private_incident.membership_revoked_v1",
        {"incident_id": "01INC", "user_id": "01BOB", "actor_user_id": "01ANN"},
        "NOTICE permission.revoke | incident-io: private_incident.membership_revoked_v1 of 01BOB in 01INC by 01ANN",
        {"userid": "01ANN", "targetuser": "01BOB", "target": "01INC"},
    ),
    (
        "public_incident.incident_created_v2",
        incident(severity={"name": "Critical"}, creator={"api_key": {"id": "01KEY", "name": "ci"}}),
        "WARNING detection.create | "
        "incident-io: public_incident.incident_created_v2 by ci: INC-7 Sad database: Critical",
        {"username": "ci", "userid": "01KEY", "incident": "01INC"},
    ),
    (
        "public_incident.incident_created_v2",
        incident(mode="test", severity={"name": "Critical"}, creator={"user": ANN}),
        "INFO detection.create | incident-io: public_incident.incident_created_v2 by ann@example.com: "
        "INC-7 Sad database: Critical",
        {"username": "ann@example.com"},
    ),
    (
        "public_incident.incident_updated_v2",
        incident(creator={"user": ANN}),
        "INFO detection.change | incident-io: public_incident.incident_updated_v2: INC-7 Sad database",
        {"username": None, "userid": None},
    ),
    (
        "public_escalation.escalation_status_updated_v1",
        {"escalation": ESCALATION, "new_status": "resolved", "previous_status": "acked", "actor": {"user": ANN}},
        "INFO detection.close | incident-io: public_escalation.escalation_status_updated_v1 to resolved "
        "by ann@example.com: CPU is high: P1",
        {"username": "ann@example.com", "status": "resolved", "previous_status": "acked"},
    ),
    (
        "private_alert.alert_resolved_v1",
        {"id": "01ALERT"},
        "INFO detection.close | incident-io: private_alert.alert_resolved_v1: 01ALERT",
        {"target": "01ALERT"},
    ),
    (
        "schedule.deleted_v1",
        SCHEDULE,
        "NOTICE configuration.delete | incident-io: schedule.deleted_v1: Primary",
        {"target": "Primary"},
    ),
]


@pytest.mark.parametrize(("kind", "body", "expected", "facts"), EVENTS, ids=[row[2] for row in EVENTS])
def test_event_becomes_a_line(kind: str, body: dict[str, Any], expected: str, facts: dict[str, Any]) -> None:
    message = only_message("incident-io", {"event_type": kind, kind: body}, HEADERS)
    assert (line(message), details(message, facts)) == (expected, facts)
    assert message["details"]["eventname"] == kind
    assert "id:msg_1" in message["tags"]


def test_an_event_without_a_body_of_its_own_is_sent_as_it_is() -> None:
    message = only_message("incident-io", {"event_type": "public_incident.archived_v9"}, HEADERS)
    assert line(message) == "INFO other | incident-io: public_incident.archived_v9"


def test_what_has_no_type_is_no_event() -> None:
    with pytest.raises(Refused, match=r"missing: no root\('event_type'\)"):
        only_message("incident-io", {"schedule.created_v1": SCHEDULE}, HEADERS)
