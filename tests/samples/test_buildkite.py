"""Buildkite's events: https://buildkite.com/docs/apis/webhooks/pipelines"""

from __future__ import annotations

from typing import Any

import pytest

from generator.testing import event_of
from tests.shipped_messages import details, line, only_message

SENDER = {"id": "u-0", "name": "Olga"}
ANN = {"id": "u-1", "name": "Ann", "email": "ann@example.com"}
BUILD = {
    "id": "b-1",
    "number": 5,
    "state": "running",
    "branch": "main",
    "creator": ANN,
    "created_at": "2026-03-02T10:00:00Z",
}
PIPELINE = {"slug": "deploy"}
AGENT = {"id": "a-1", "name": "ci-7", "ip_address": "192.0.2.7", "created_at": "2026-03-01T10:00:00Z"}


def build(event: str, **more: Any) -> dict[str, Any]:
    return {"event": event, "build": {**BUILD, **more}, "pipeline": PIPELINE, "sender": SENDER}


def job(event: str, **more: Any) -> dict[str, Any]:
    return {**build(event), "job": {"id": "j-1", "name": "test", "started_at": "2026-03-02T10:01:00Z", **more}}


EVENTS: list[tuple[dict[str, Any], str, dict[str, Any]]] = [
    (
        {
            "event": "cluster_token.registration_blocked",
            "blocked_ip": "198.51.100.2",
            "cluster_token": {"description": "T"},
        },
        "WARNING detection.create | cluster_token.registration_blocked on T from 198.51.100.2",
        {"sourceipaddress": "198.51.100.2", "target": "T", "success": False},
    ),
    (
        {"event": "agent.blocked", "blocked_ip": "198.51.100.2", "agent": AGENT, "sender": SENDER},
        "WARNING detection.create | agent.blocked on ci-7 from 198.51.100.2",
        {"username": None, "webhook_creator": "Olga"},
    ),
    (
        {"event": "agent.connected", "agent": AGENT},
        "INFO authentication.start | agent.connected on ci-7 from 192.0.2.7",
        {"session": "a-1"},
    ),
    ({"event": "agent.lost", "agent": AGENT}, "NOTICE authentication.end | agent.lost on ci-7 from 192.0.2.7", {}),
    (
        build("build.running"),
        "INFO other | build.running by ann@example.com on deploy/5 branch main (running)",
        {"username": "ann@example.com", "target": "deploy/5", "success": None},
    ),
    (
        build("build.finished", state="failed"),
        "NOTICE other | build.finished by ann@example.com on deploy/5 branch main (failed)",
        {"success": False},
    ),
    (
        build("build.finished", state="passed"),
        "INFO other | build.finished by ann@example.com on deploy/5 branch main (passed)",
        {"success": True},
    ),
    (
        build("build.finished", state="canceled", cancel_reason="Superseded"),
        "INFO other | build.finished by ann@example.com on deploy/5 branch main (canceled): Superseded",
        {"reason": "Superseded", "success": None},
    ),
    (
        job("job.activated", name="Release", state="unblocked", unblocked_by={"id": "u-2", "name": "Bob"}),
        "NOTICE permission.grant | job.activated by Bob on deploy/5 branch main job Release (unblocked)",
        {"username": "Bob", "userid": "u-2", "state": "unblocked"},
    ),
    (
        job("job.finished", state="failed", soft_failed=False),
        "NOTICE other | job.finished by ann@example.com on deploy/5 branch main job test (failed)",
        {"success": False},
    ),
    (
        job("job.finished", state="failed", soft_failed=True),
        "INFO other | job.finished by ann@example.com on deploy/5 branch main job test (failed)",
        {},
    ),
    (
        job("job.finished", state="passed", retry_source={"retried_by": {"name": "Bob", "email": "bob@example.com"}}),
        "INFO other | job.finished by bob@example.com on deploy/5 branch main job test (passed)",
        {"username": "bob@example.com"},
    ),
    (
        {"event": "ping", "service": {"provider": "webhook"}, "organization": {"slug": "corp"}, "sender": SENDER},
        "NOTICE configuration.change | ping on webhook",
        {"organization": "corp"},
    ),
]


@pytest.mark.parametrize(("event", "expected", "facts"), EVENTS, ids=[row[1] for row in EVENTS])
def test_event_becomes_a_line(event: dict[str, Any], expected: str, facts: dict[str, Any]) -> None:
    message = only_message("buildkite", event)
    assert (line(message).replace("| buildkite: ", "| "), details(message, facts)) == (expected, facts)


def test_the_time_is_that_of_the_state_and_the_environment_is_masked() -> None:
    message = only_message("buildkite", build("build.running", started_at="2026-03-02T10:02:00Z", env={"TOKEN": "x"}))
    assert message["timestamp"].startswith("2026-03-02T10:02:00")
    assert event_of(message)["build"]["env"] == "[masked]"
