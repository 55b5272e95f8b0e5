"""PagerDuty's events: each that its documentation lists becomes a line that names who did what to which incident.

https://github.com/PagerDuty/developer-docs/blob/main/docs/webhooks/01-Overview.md
"""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.shipped_messages import facts_of, messages_of

PAGES = "https://acme-example.pagerduty.com"


def reference(id_: str, kind: str, summary: str | None, path: str) -> dict[str, Any]:
    page = f"{PAGES}/{path}/{id_}"
    return {"id": id_, "type": f"{kind}_reference", "summary": summary, "self": page, "html_url": page}


ANN = reference("PANN", "user", "Ann Onduty", "users")
BOB = reference("PBOB", "user", "Bob Example", "users")
DETECTIONS = reference("PINT", "events_api_v2_inbound_integration", "Detections", "integrations")
SERVICE = reference("PSVC", "service", "Single sign-on", "services")
POLICY = reference("PESC", "escalation_policy", "Security on call", "escalation_policies")
INCIDENT = reference("QINC", "incident", "Many failed sign-ins", "incidents")
NAMELESS = {**INCIDENT, "summary": None}
FIELD = {"id": "PF", "type": "field_value", "name": "environment", "data_type": "string", "value": "production"}
FIELDS = {"custom_fields": [FIELD], "changed_custom_fields": [{**FIELD, "value": "staging"}]}
NOTE = {"incident": INCIDENT, "id": "PNOTE", "content": "It was a scanner", "type": "incident_note"}
RESPONDER = {
    "incident": INCIDENT,
    "user": BOB,
    "escalation_policy": POLICY,
    "message": "Please help",
    "state": "pending",
}
ROLE = {
    "id": "af64b84c",
    "assignee": BOB,
    "incident": NAMELESS,
    "old_assignee": None,
    "role": {"id": "PROLE", "summary": "Incident Commander", "type": "role_reference"},
    "status": "active",
}
TASK = {"id": "PT", "name": "Rotate the key", "summary": "Rotate the key", "status": "todo", "assignees": [BOB]}
ACTION = {"id": "01", "html_url": f"{PAGES}/report", "incident": INCIDENT, "state": "created"}
ACTION["action"] = reference("01A", "action", "Restart service", "actions")
WORKFLOW = {"id": "PW", "summary": "", "incident": INCIDENT, "service": SERVICE}
WORKFLOW["incident_workflow"] = reference("PWF", "incident_workflow", "Major incident", "workflows")
STATUS = {"incident": INCIDENT, "id": "PST", "message": "A fix is on its way", "type": "incident_status_update"}
OF_SERVICE = {**SERVICE, "type": "service", "alert_creation": "create_incidents", "teams": []}


def incident(**changes: Any) -> dict[str, Any]:
    return {
        "id": "QINC",
        "type": "incident",
        "html_url": f"{PAGES}/incidents/QINC",
        "status": "triggered",
        "title": "Many failed sign-ins",
        "incident_type": {"name": "major"},
        "service": SERVICE,
        "assignees": [BOB],
        "escalation_policy": POLICY,
        "teams": [reference("PTEAM", "team", "Security", "teams")],
        "priority": reference("PP1", "priority", "P1", "priorities"),
        "urgency": "high",
        "conference_bridge": None,
        "resolve_reason": None,
        **changes,
    }


def event(event_type: str, data: dict[str, Any], agent: Any = ANN, client: Any = None) -> dict[str, Any]:
    at = "2026-03-02T09:12:40.512Z"
    fields = {"resource_type": event_type.partition(".")[0], "occurred_at": at, "agent": agent, "client": client}
    return {"event": {"id": "01E", "event_type": event_type, **fields, "data": data}}


@pytest.mark.parametrize(
    ("event_type", "data", "severity", "kind", "of_it"),
    [
        ("incident.triggered", incident(), "ERROR", "detection.create", ", to Bob Example, triggered"),
        ("incident.triggered", incident(urgency="low"), "NOTICE", "detection.create", ", to Bob Example, triggered"),
        ("incident.acknowledged", incident(status="acknowledged"), "INFO", "detection.change", ", acknowledged"),
        ("incident.unacknowledged", incident(), "ERROR", "detection.change", ", triggered"),
        ("incident.delegated", incident(), "INFO", "detection.change", ", to Bob Example, triggered"),
        ("incident.delegated", incident(assignees=[]), "INFO", "detection.change", ", to Security on call, triggered"),
        ("incident.escalated", incident(), "ERROR", "detection.change", ", to Bob Example, triggered"),
        ("incident.reassigned", incident(), "INFO", "detection.change", ", to Bob Example, triggered"),
        ("incident.reopened", incident(), "ERROR", "detection.create", ", triggered"),
        ("incident.resolved", incident(status="resolved"), "INFO", "detection.close", ", resolved"),
        ("incident.priority_updated", incident(), "NOTICE", "detection.change", ", to P1, triggered"),
        ("incident.priority_updated", incident(priority=None), "NOTICE", "detection.change", ", triggered"),
        ("incident.service_updated", incident(), "INFO", "detection.change", ", to Single sign-on, triggered"),
        ("incident.incident_type.changed", incident(), "INFO", "detection.change", ", to major, triggered"),
        ("incident.annotated", NOTE, "INFO", "detection.change", ", It was a scanner"),
        ("incident.status_update_published", STATUS, "INFO", "detection.change", ", A fix is on its way"),
        ("incident.responder.added", RESPONDER, "INFO", "detection.change", ", to Bob Example, Please help, pending"),
        ("incident.responder.replied", RESPONDER, "INFO", "detection.change", ", to Bob Example, Please help, pending"),
        ("incident.action_invocation.created", ACTION, "NOTICE", "detection.change", ", Restart service, created"),
        ("incident.action_invocation.updated", ACTION, "INFO", "detection.change", ", Restart service, created"),
        ("incident.action_invocation.terminated", ACTION, "INFO", "detection.change", ", Restart service, created"),
        ("incident.workflow.started", WORKFLOW, "INFO", "detection.change", ", Major incident"),
        ("incident.workflow.completed", WORKFLOW, "INFO", "detection.change", ", Major incident"),
    ],
)
def test_event_of_an_incident(event_type: str, data: dict[str, Any], severity: str, kind: str, of_it: str) -> None:
    expected = {
        "summary": f"pagerduty: {event_type} by Ann Onduty: Many failed sign-ins{of_it}",
        "severity": severity,
        "kind": kind,
        "eventname": event_type,
        "username": "Ann Onduty",
        "userid": "PANN",
        "target": "Many failed sign-ins",
    }
    assert facts_of("pagerduty", event(event_type, data), expected) == expected


@pytest.mark.parametrize(
    ("event_type", "data", "severity", "kind", "of_it", "target"),
    [
        ("service.created", OF_SERVICE, "INFO", "configuration.create", "Single sign-on", "Single sign-on"),
        ("service.updated", OF_SERVICE, "NOTICE", "configuration.change", "Single sign-on", "Single sign-on"),
        ("service.deleted", OF_SERVICE, "WARNING", "configuration.delete", "Single sign-on", "Single sign-on"),
        (
            "service.custom_field_values.updated",
            {"service": {**SERVICE, "summary": None}, **FIELDS},
            *("INFO", "configuration.change", "PSVC, environment", "PSVC"),
        ),
        (
            "incident.custom_field_values.updated",
            {"incident": NAMELESS, **FIELDS},
            *("INFO", "detection.change", "QINC, environment", "QINC"),
        ),
        (
            "incident.role.assigned",
            {"type": "incident_role_assignment", "incident_role_assignments": [ROLE]},
            *("INFO", "detection.change", "QINC, to Bob Example, Incident Commander, active", "QINC"),
        ),
        (
            "incident.task.created",
            {**TASK, "incident": NAMELESS},
            *("INFO", "detection.change", "Rotate the key, to Bob Example, todo", "Rotate the key"),
        ),
        (
            "incident.task.completed",
            {**TASK, "incident": NAMELESS},
            *("INFO", "detection.change", "Rotate the key, todo", "Rotate the key"),
        ),
    ],
)
def test_event_of_something_else(
    event_type: str, data: dict[str, Any], severity: str, kind: str, of_it: str, target: str
) -> None:
    expected = {
        "summary": f"pagerduty: {event_type} by Ann Onduty: {of_it}",
        "severity": severity,
        "kind": kind,
        "target": target,
    }
    assert facts_of("pagerduty", event(event_type, data), expected) == expected


@pytest.mark.parametrize(
    ("agent", "client", "by", "user", "program"),
    [
        (ANN, {"name": "PagerDuty"}, " by Ann Onduty", "Ann Onduty", "PagerDuty"),
        (DETECTIONS, None, " by Detections", None, "Detections"),
        (
            None,
            {"name": "Monitoring Service"},
            " by Monitoring Service",
            None,
            "Monitoring Service",
        ),
        (None, None, "", None, None),
    ],
    ids=["a person", "an integration", "a program", "PagerDuty itself"],
)
def test_who_did_it_is_said_where_the_event_says_so(agent: Any, client: Any, by: str, user: Any, program: Any) -> None:
    expected = {
        "summary": f"pagerduty: incident.resolved{by}: Many failed sign-ins, triggered",
        "username": user,
        "client": program,
    }
    assert facts_of("pagerduty", event("incident.resolved", incident(), agent, client), expected) == expected


def test_everything_else_that_an_incident_has() -> None:
    expected = {
        "targetuser": "Bob Example",
        "url": f"{PAGES}/incidents/QINC",
        "service": "Single sign-on",
        "team": "Security",
        "urgency": "high",
        "priority": "P1",
        "status": "triggered",
    }
    assert facts_of("pagerduty", event("incident.triggered", incident()), expected) == expected
    of_role = {"role": "Incident Commander", "targetuser": "Bob Example", "url": f"{PAGES}/incidents/QINC"}
    assert (
        facts_of("pagerduty", event("incident.role.assigned", {"incident_role_assignments": [ROLE]}), of_role)
        == of_role
    )


NUMBER, LINK = "+1 555 0100,,,,123456#", "https://meet.example.com/123-456-789"
BRIDGE = {"conference_number": NUMBER, "conference_url": LINK}


@pytest.mark.parametrize(
    "data",
    [
        {"incident": INCIDENT, "conference_numbers": [{"label": "US", "number": NUMBER}], "conference_url": LINK},
        {"incident": INCIDENT, "conference_numbers": [NUMBER, NUMBER], "conference_url": None},
        {"incident": INCIDENT, "conference_number": NUMBER},
        {"incident": {**INCIDENT, "conference_numbers": [NUMBER], "conference_url": LINK}},
        incident(conference_bridge=BRIDGE, status=None),
        incident(status=None, conference_bridge={"conference_numbers": [{"number": NUMBER}], "conference_url": LINK}),
        {"incident": incident(conference_bridge=BRIDGE, summary="Many failed sign-ins")},
    ],
)
def test_conference_bridge_is_masked_wherever_it_is(data: dict[str, Any]) -> None:
    (message,) = messages_of("pagerduty", event("incident.conference_bridge.updated", data))
    text = json.dumps(message)
    assert not any(secret in text for secret in ("555 0100", "123456", "123-456", "meet.example.com"))
    assert message["summary"].endswith("by Ann Onduty: Many failed sign-ins")
