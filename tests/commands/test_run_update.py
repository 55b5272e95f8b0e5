"""What `run --watch` shows of each sample that it sends again."""

from __future__ import annotations

from typing import Any

import pytest

from generator.commands._run_update import sample_rows
from generator.local.resending import SampleResult
from generator.samples.sending import HttpResponse

ACCEPTED = {"message": "accepted", "status": 200, "sent": 1, "kept": 0}
MESSAGE = {
    "severity": "INFO",
    "summary": "acme: login by [ann]\x1b",
    "utctimestamp": "2026-03-01T09:00:00.000+00:00",
    "tags": ["acme", "id:7"],
}
SHOWN = "[green]200[/] [bold]INFO[/] acme: login by \\[ann]\\u001b"


def result(status: int | None, *lines: dict[str, Any], messages: int = 0, body: str = "") -> SampleResult:
    answer = None if status is None else HttpResponse(status, body)
    return SampleResult("login", answer, list(lines), [MESSAGE] * messages)


RESULTS: dict[str, tuple[SampleResult, list[str]]] = {
    "a message": (result(200, ACCEPTED, messages=1), [SHOWN]),
    "a batch": (result(200, {**ACCEPTED, "sent": 2}, messages=2), [SHOWN, SHOWN]),
    "no message": (result(200, {**ACCEPTED, "sent": 0}), ["[green]200[/] accepted"]),
    "a challenge": (
        result(200, {"message": "challenge answered", "status": 200}),
        ["[green]200[/] challenge answered"],
    ),
    "kept": (
        result(200, {**ACCEPTED, "sent": 0, "kept": 1, "why": "time: no at"}),
        ["[yellow]200[/] kept: time: no at"],
    ),
    "kept in part": (
        result(200, {**ACCEPTED, "kept": 1, "why": "time: no at"}, messages=1),
        [SHOWN, "[yellow]200[/] kept: time: no at, 1 sent, 1 kept"],
    ),
    "refused": (
        result(401, {"message": "unauthenticated", "status": 401, "why": "no signature"}),
        ["[yellow]401[/] unauthenticated: no signature"],
    ),
    "refused by the API": (result(404, body='{"message":"Not Found"}'), ['[red]404[/] {"message":"Not Found"}']),
    "signed by the vendor alone": (result(None), ["[yellow]not sent[/]: only the vendor can sign it"]),
}


@pytest.mark.parametrize(("sent", "texts"), RESULTS.values(), ids=RESULTS)
def test_each_message_or_what_was_refused_is_a_row(sent: SampleResult, texts: list[str]) -> None:
    rows = list(sample_rows(sent))
    assert [text for _, text in rows] == texts
    assert [label for label, _ in rows] == ["login", *[""] * (len(texts) - 1)]


def test_what_the_log_counts_is_waited_for() -> None:
    complete = [result(200), result(200, ACCEPTED), result(200, ACCEPTED, messages=1), result(200, {"message": "x"})]
    assert [each.is_complete for each in complete] == [False, False, True, True]
