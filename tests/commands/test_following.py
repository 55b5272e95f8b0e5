"""What `run` shows of the functions' log lines."""

from __future__ import annotations

from typing import Any

import pytest

from generator.commands._follow import describe_log_line

REQUEST = {"message": "accepted", "status": 200, "sent": 1, "kept": 0}

LINES: dict[str, tuple[dict[str, Any], tuple[int | None, str, str]]] = {
    "all sent": (REQUEST, (200, "accepted", "green")),
    "a duplicate": ({**REQUEST, "sent": 0, "duplicates": 1}, (200, "accepted, 1 duplicate", "green")),
    "two, one of them sent": ({**REQUEST, "duplicates": 2}, (200, "accepted, 2 duplicates", "green")),
    "drift": (
        {**REQUEST, "drift": ["ip", "type user.x"]},
        (200, "accepted, unknown to the schemas: ip, type user.x", "green"),
    ),
    "unclaimed": ({**REQUEST, "unclaimed": 1}, (200, "accepted, 1 unclaimed", "yellow")),
    "not taken by the queue": ({**REQUEST, "sent": 0, "unsent": 1}, (200, "accepted, 1 unsent", "yellow")),
    "kept": (
        {**REQUEST, "sent": 0, "kept": 1, "why": "schema: id: required"},
        (200, "kept: schema: id: required", "yellow"),
    ),
    "some kept": (
        {**REQUEST, "sent": 2, "kept": 1, "why": "schema: id: required"},
        (200, "kept: schema: id: required, 2 sent, 1 kept", "yellow"),
    ),
    "refused": (
        {"message": "unauthenticated", "status": 401, "sent": 0, "kept": 0, "why": "no signature"},
        (401, "unauthenticated: no signature", "yellow"),
    ),
    "refused by the authorizer": (
        {"message": "unauthenticated", "why": "no token"},
        (403, "unauthenticated: no token", "yellow"),
    ),
    "without a secret": (
        {"message": "no secret", "status": 503, "sent": 0, "kept": 0, "why": "NoSecret: /a/b: not there, or empty"},
        (503, "no secret: NoSecret: /a/b: not there, or empty", "red"),
    ),
    "without a secret for the authorizer": (
        {"message": "no secret", "why": "UnusableSecret: auth_token is blank"},
        (None, "no secret: UnusableSecret: auth_token is blank", "red"),
    ),
    "unavailable": ({"message": "unavailable", "status": 503, "sent": 0, "kept": 0}, (503, "unavailable", "red")),
    "redriven": ({"message": "redriven", "sent": 1, "unsent": 0, "kept": 0}, (None, "redriven, 1 sent", "green")),
    "redriven in part": (
        {"message": "redriven", "sent": 1, "unsent": 1, "kept": 2, "duplicates": 3},
        (None, "redriven, 1 sent, 2 kept, 1 unsent, 3 duplicates", "yellow"),
    ),
    "swept": ({"message": "swept", "sent": 2, "left": 1}, (None, "swept, 2 sent, 1 left", "yellow")),
    "none of ours": ({"message": "swept", "key": "unsent/x", "foreign": 1}, (None, "swept, 1 foreign", "yellow")),
}


@pytest.mark.parametrize(("line", "shown"), LINES.values(), ids=LINES)
def test_a_line_tells_the_outcome_of_a_request_or_of_kept_events(
    line: dict[str, Any], shown: tuple[int | None, str, str]
) -> None:
    assert describe_log_line(line) == shown
