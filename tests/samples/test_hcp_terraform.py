"""HCP Terraform's notifications, version 1 of runs and 2 of all else:

https://developer.hashicorp.com/terraform/cloud-docs/api-docs/notification-configurations#notification-payload
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.shipped_messages import details, line, only_message


def run(trigger: str, message: str, status: str, **more: Any) -> dict[str, Any]:
    notification = {"message": message, "trigger": trigger, "run_status": status, "run_updated_by": "bob"}
    return {
        "payload_version": 1,
        "run_url": "https://app.terraform.io/app/example-corp/net/runs/run-1",
        "run_id": "run-1",
        "run_created_by": "ann",
        "workspace_name": "net",
        "organization_name": "example-corp",
        "notifications": [{**notification, "run_updated_at": "2026-03-02T10:03:04.000Z"}],
        **more,
    }


def other(trigger: str, message: str, **more: Any) -> dict[str, Any]:
    where = {"workspace_name": "net", "organization_name": "example-corp"}
    return {"payload_version": "2", "trigger": trigger, "message": message, "details": {**more, **where}}


def assessed(trigger: str, message: str, drifted: int, failed: int) -> dict[str, Any]:
    result = {"drifted": drifted > 0, "all_checks_succeeded": failed == 0, "created_at": "2026-03-02T05:23:10Z"}
    return other(
        trigger, message, new_assessment_result={**result, "resources_drifted": drifted, "checks_failed": failed}
    )


IN = "example-corp/net"
EVENTS: list[tuple[dict[str, Any], str, dict[str, Any]]] = [
    (
        run("run:created", "Run Created", "pending", run_message="Add queues"),
        f"INFO other | run:created by bob: {IN}: Run Created, Add queues, now pending",
        {"success": None, "reason": None, "session": "run-1", "run_creator": "ann"},
    ),
    (
        run("run:needs_attention", "Run Needs Attention", "planned"),
        f"INFO other | run:needs_attention by bob: {IN}: Run Needs Attention, now planned",
        {},
    ),
    (
        run("run:needs_attention", "Run Needs Attention", "policy_override"),
        f"WARNING other | run:needs_attention by bob: {IN}: Run Needs Attention, now policy_override",
        {"status": "policy_override"},
    ),
    (
        run("run:applying", "Apply Started", "applying"),
        f"NOTICE configuration.change | run:applying by bob: {IN}: Apply Started, now applying",
        {"username": "bob", "target": "net", "organization": "example-corp"},
    ),
    (
        run("run:completed", "Run Completed", "applied"),
        f"INFO configuration.change | run:completed by bob: {IN}: Run Completed, now applied",
        {"success": True},
    ),
    (
        run("run:errored", "Run Errored", "errored"),
        f"NOTICE other | run:errored by bob: {IN}: Run Errored, now errored",
        {"success": False, "reason": "Run Errored"},
    ),
    (
        assessed("assessment:drifted", "Drift Detected", 4, 0),
        f"WARNING detection.create | assessment:drifted: {IN}: Drift Detected, 4 resources drifted",
        {"drifted": "4", "username": None},
    ),
    (
        assessed("assessment:check_failure", "Check Failed", 0, 2),
        f"WARNING detection.create | assessment:check_failure: {IN}: Check Failed, 2 checks failed",
        {"checks_failed": "2"},
    ),
    (
        assessed("assessment:failed", "Assessment Failed", 0, 0),
        f"NOTICE other | assessment:failed: {IN}: Assessment Failed",
        {"success": False},
    ),
    (other("workspace:deleted", "Deleted"), f"WARNING configuration.delete | workspace:deleted: {IN}: Deleted", {}),
    (
        other("workspace:auto_destroy_reminder", "Reminder", auto_destroy_at="2026-03-04T00:00:00Z"),
        f"NOTICE other | workspace:auto_destroy_reminder: {IN}: Reminder, at 2026-03-04T00:00:00Z",
        {},
    ),
    (
        other("workspace:auto_destroy_run_results", "Results", run_status="errored", run_external_id="run-2"),
        f"NOTICE configuration.delete | workspace:auto_destroy_run_results: {IN}: Results, errored",
        {"success": False, "session": "run-2"},
    ),
    (
        other("workspace:auto_destroy_results", "Results", run_create_error_message="No configuration"),
        f"NOTICE configuration.delete | workspace:auto_destroy_results: {IN}: Results, No configuration",
        {"success": False, "reason": "No configuration"},
    ),
]


@pytest.mark.parametrize(("event", "expected", "facts"), EVENTS, ids=[row[1] for row in EVENTS])
def test_event_becomes_a_line(event: dict[str, Any], expected: str, facts: dict[str, Any]) -> None:
    message = only_message("hcp-terraform", event)
    assert (line(message).replace("| terraform: ", "| "), details(message, facts)) == (expected, facts)
