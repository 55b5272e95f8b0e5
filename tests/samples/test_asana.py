"""Asana's events: numbers without names, told in a line all the same: https://developers.asana.com/docs/webhooks-guide."""

from __future__ import annotations

from typing import Any

import pytest

from tests.shipped_messages import details, line, only_message

ANN, BO = {"gid": "101", "resource_type": "user"}, {"gid": "102", "resource_type": "user"}
PROJECT = {"gid": "201", "resource_type": "project"}


def of(resource_type: str, action: str, field: str | None = None, **more: Any) -> dict[str, Any]:
    change = {"change": {"field": field, "action": "changed", **more.pop("change", {})}} if field else {}
    resource = {"gid": "401", "resource_type": resource_type}
    return {
        "user": ANN,
        "created_at": "2026-03-02T10:04:11.000Z",
        "action": action,
        "resource": resource,
        **change,
        **more,
    }


EVENTS: list[tuple[dict[str, Any], str, dict[str, Any]]] = [
    (
        of("task", "added", parent=PROJECT),
        "INFO data.create | task added by user 101: 401, in project 201",
        {"parent": "project 201"},
    ),
    (of("task", "removed", parent=PROJECT), "NOTICE data.delete | task removed by user 101: 401, from project 201", {}),
    (
        of("task", "deleted"),
        "NOTICE data.delete | task deleted by user 101: 401",
        {"username": "101", "target": "task 401"},
    ),
    (of("task", "undeleted"), "INFO data.create | task undeleted by user 101: 401", {}),
    (
        of("task", "changed", "assignee", change={"new_value": BO}),
        "INFO data.change | task changed by user 101: 401, field assignee",
        {"field": "assignee", "value": "user 102", "eventname": "task.changed"},
    ),
    (of("story", "added", user=None), "INFO data.create | story added by asana: 401", {"username": None}),
    (of("project", "deleted"), "WARNING data.delete | project deleted by user 101: 401", {}),
    (
        of("project", "changed", "privacy_setting"),
        "WARNING configuration.change | project changed by user 101: 401, field privacy_setting",
        {},
    ),
    (
        of("project", "changed", "default_access_level"),
        "WARNING permission.change | project changed by user 101: 401, field default_access_level",
        {},
    ),
    (
        of("project", "changed", "members", change={"action": "added", "added_value": BO}),
        "NOTICE permission.change | project changed by user 101: 401, field members",
        {"targetuser": "102"},
    ),
    *(
        (
            of(f"{kind}_membership", action, parent=PROJECT),
            f"NOTICE permission.{word} | {kind}_membership {action} by user 101: 401, {where} project 201",
            {},
        )
        for kind in ("project", "team", "workspace")
        for action, word, where in (("added", "grant", "in"), ("removed", "revoke", "from"))
    ),
]


@pytest.mark.parametrize(("event", "expected", "facts"), EVENTS, ids=[row[1] for row in EVENTS])
def test_event_becomes_a_line(event: dict[str, Any], expected: str, facts: dict[str, Any]) -> None:
    message = only_message("asana", {"events": [event]})
    assert (line(message).replace("| asana: ", "| "), details(message, facts)) == (expected, facts)
