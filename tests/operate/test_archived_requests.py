"""`redrive --archive`, as operators see it: the function's own code on an archive in memory."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from generator.aws import Target
from generator.commands import _archive_dialog, _console, main
from generator.errors import GeneratorError
from generator.operate import archived_requests, kept_events
from generator.operate.archived_requests import Period, list_archived, parse_period
from generator.operate.kept_events import SourceResources
from generator.templates.functions import REDRIVE_SECONDS
from tests.definitions import make_definition
from tests.fakes import DOWN, NOW, Endpoint

TEXT = """
    description: made
    webhook: {auth: {hmac: {signature: {header: x-signature}}}}
    events: {split: events, id: id, type: type%s}
    facts: {summary: "made {id}"}
    archive: {}
"""
ASKS = "the archive does not know what was sent from it: each run sends all of this again\n"


@dataclass
class Functions:
    """Lambda with the function Redrive of an endpoint."""

    endpoint: Endpoint
    interrupted_at: int = 0
    fails_at: int = 0
    calls: list[dict[str, Any]] = field(default_factory=list)

    def invoke(self, FunctionName: str, Payload: str) -> dict[str, Any]:  # noqa: N803
        assert FunctionName == "the-redrive"
        ((key, payload),) = json.loads(Payload).items()
        assert key == "archive"
        self.calls.append(payload)
        if len(self.calls) == self.interrupted_at:
            raise KeyboardInterrupt
        if len(self.calls) == self.fails_at:
            return {"FunctionError": "Unhandled", "Payload": io.BytesIO(b'{"errorMessage": "out of memory"}')}
        self.endpoint.begin(REDRIVE_SECONDS)
        results = self.endpoint.replayer.replay(payload)
        return {"Payload": io.BytesIO(json.dumps({"results": results}).encode())}


@pytest.fixture
def endpoint(tmp_path: Path) -> Endpoint:
    return Endpoint(make_definition(tmp_path, TEXT % "").source)


@pytest.fixture
def functions(endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch) -> Functions:
    functions, resources = (
        Functions(endpoint),
        SourceResources(
            *("kept", "the-redrive", "events", "dead", "api", "UPDATE_COMPLETE"), datetime.now(UTC), "archive"
        ),
    )
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setattr(kept_events, "find_resources", lambda *_: resources)
    monkeypatch.setattr(Target, "client", lambda _, name, *__: functions if name == "lambda" else endpoint.archive)
    return functions


Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(functions: Functions, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: Any) -> Run:
    assert functions

    def command(*args: str, answers: str | None = None) -> tuple[int, str, str]:
        monkeypatch.setattr(_console, "is_interactive", lambda: answers is not None)
        monkeypatch.setattr(sys, "stdin", io.StringIO(answers or ""))
        status = main(["redrive", "made", "--archive", *args, "--sources", str(tmp_path)])
        printed = capsys.readouterr()
        return status, printed.out, printed.err

    return command


def archive(endpoint: Endpoint, *ids: str, hour: str = "2026-01-01/00", at: float = 0, **more: Any) -> str:
    """Receive a request for each id, and have them delivered as one object."""
    endpoint.now = NOW + at
    endpoint.deploy(endpoint.source)
    for event_id in ids:
        body = {"events": [{"id": event_id, "type": "t", **more}]}
        assert endpoint.post_signed(body)["statusCode"] == 200
    endpoint.queue.bodies.clear()
    return endpoint.firehose.deliver(hour)


def sent(endpoint: Endpoint) -> list[str]:
    return [message["summary"] for message in endpoint.queue.messages]


def test_what_is_archived_is_shown_and_asked_for_and_sent(endpoint: Endpoint, run: Run) -> None:
    archive(endpoint, "a", "b")
    shown = "  passes  2026-01-01 00:00:00 INFO  made a\n  passes  2026-01-01 00:00:00 INFO  made b\n"
    since = ("--since", "2026-01-01", "--until", "2026-01-01")
    assert run(*since, "--dry-run")[:2] == (0, f"{shown}2 messages of 2 requests would be sent; nothing was\n")
    status, out, _ = run(*since, answers="n\n")
    assert status == 1
    assert out.startswith(f"{shown}{ASKS}Send 2 messages of 2 requests, tagged replayed, to the queue")
    assert out.endswith("nothing was sent\n")
    assert sent(endpoint) == []
    assert run(*since, "--yes")[:2] == (0, f"{shown}{ASKS}  2 of 2 requests, 2 messages sent\n")
    assert sent(endpoint) == ["made a", "made b"]
    assert all(message["tags"][-1] == "replayed" for message in endpoint.queue.messages)
    # Nothing is deleted, so that a second run sends the same again.
    assert run(*since, "--yes")[0] == 0
    assert sent(endpoint) == ["made a", "made b"] * 2


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (["--since", "2026-01-01"], ["early", "noon", "late"]),
        (["--since", "2026-01-01T12:00"], ["noon", "late"]),
        (["--since", "2026-01-01T00:01", "--until", "2026-01-01T12:00"], ["noon"]),
        (["--since", "2026-01-01", "--id", "late"], ["late"]),
        (["--since", "2026-01-01", "--type", "other"], []),
        (["--since", "2026-01-01", "--limit", "2"], ["early", "noon"]),
        (["--since", "2025-12-01", "--until", "2025-12-31"], []),
    ],
)
def test_requests_are_chosen(endpoint: Endpoint, run: Run, options: list[str], expected: list[str]) -> None:
    archive(endpoint, "early")
    archive(endpoint, "noon", hour="2026-01-01/11", at=12 * 3_600)  # it lies with what came before it
    archive(endpoint, "late", hour="2026-01-01/23", at=24 * 3_600 - 1)
    assert run(*options, "--yes")[0] == 0
    assert sent(endpoint) == [f"made {event_id}" for event_id in expected]


def test_only_the_objects_of_the_period_are_read(endpoint: Endpoint) -> None:
    for hour in ("2025-12-31/23", "2026-01-01/09", "2026-01-01/10", "2026-01-01/11", "2026-01-02/00"):
        endpoint.firehose.deliver(hour)
    period = Period(*(datetime(2026, 1, 1, 10, minute, tzinfo=UTC) for minute in (20, 40)))
    assert [key.split("/")[2] for key in list_archived(endpoint.archive, "archive", period)] == ["10"]
    period = Period(period.since - timedelta(minutes=15), period.until + timedelta(minutes=10))
    assert [key.split("/")[2] for key in list_archived(endpoint.archive, "archive", period)] == ["09", "10", "11"]
    period = Period(period.since - timedelta(hours=10), period.until + timedelta(days=1))
    assert len(list_archived(endpoint.archive, "archive", period)) == 5


@pytest.mark.parametrize("key", ["accepted/2026-01-01/05", "accepted/2026-01-01/", "accepted/2026-01-01/0x/of-others"])
def test_what_is_not_stored_as_a_copy_is_not_read(endpoint: Endpoint, key: str) -> None:
    endpoint.archive.objects[key] = b"not ours"
    day = datetime(2026, 1, 1, tzinfo=UTC)
    assert list_archived(endpoint.archive, "archive", Period(day, day + timedelta(days=1))) == []


@pytest.mark.parametrize("options", [["--since", "0001-01-01"], ["--since", "2026-01-01", "--until", "9999-12-31"]])
def test_a_period_may_be_longer_than_the_archive(endpoint: Endpoint, run: Run, options: list[str]) -> None:
    archive(endpoint, "a")
    assert run(*options, "--yes")[0] == 0
    assert sent(endpoint) == ["made a"]
    assert endpoint.archive.faults.calls < 4_000  # one for each day that a copy may be from


def test_many_requests_are_sent_in_calls_of_some_and_at_a_rate(
    endpoint: Endpoint, functions: Functions, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    slept: list[float] = []
    monkeypatch.setattr(archived_requests, "MAX_REQUESTS", 4)
    monkeypatch.setattr("time.sleep", slept.append)
    monkeypatch.setattr(_archive_dialog, "MANY", 10)
    archive(endpoint, *(f"e{number}" for number in range(10)))
    status, out, err = run("--since", "2026-01-01", "--yes")
    assert (status, "warning: 10 messages are many; --rate" in err) == (0, True)
    assert out.splitlines()[-3:] == [f"  {done} of 10 requests, {done} messages sent" for done in (4, 8, 10)]
    assert sent(endpoint) == [f"made e{number}" for number in range(10)]
    functions.calls.clear()
    status, _, err = run("--since", "2026-01-01", "--yes", "--rate", "2")
    assert (status, "are many" in err) == (0, False)
    assert {call["limit"] for call in functions.calls if call["send"]} == {2}
    assert [round(pause) for pause in slept] == [1, 2, 3, 4]


def test_an_interruption_and_an_error_say_how_to_go_on(
    endpoint: Endpoint, functions: Functions, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archived_requests, "MAX_REQUESTS", 2)
    archive(endpoint, "a", "b", "c", hour="2026-01-01/00")
    functions.interrupted_at = 4
    status, out, _ = run("--since", "2026-01-01", "--yes")
    go_on = "To go on, run it with --since 2025-12-31T23:45, and some of that hour comes again"
    assert (status, out.splitlines()[-1]) == (
        1,
        f"stopped: 2 messages sent. {go_on}. The call that has begun goes on",
    )
    functions.interrupted_at, functions.fails_at = 0, len(functions.calls) + 4
    status, _, err = run("--since", "2026-01-01", "--yes")
    assert status == 1
    assert err.splitlines()[-2:] == [
        "error: the-redrive failed (Unhandled): out of memory",
        f"error: 2 messages sent. {go_on}",
    ]


def test_a_queue_that_takes_nothing_more_ends_it(endpoint: Endpoint, run: Run) -> None:
    archive(endpoint, "a", "b")
    endpoint.queue.faults.always = DOWN
    status, out, _ = run("--since", "2026-01-01", "--yes")
    waiting = "1 message can't be sent now; the sweep tries again every five minutes"
    assert (status, out.splitlines()[-2]) == (1, waiting)
    assert out.splitlines()[-1].startswith("stopped: messages can't be sent now. 0 messages sent. To go on")
    endpoint.bucket.faults.always = DOWN
    status, out, _ = run("--since", "2026-01-01", "--yes")
    assert status == 1
    assert out.splitlines()[-1].startswith("stopped: QueueUnavailable: ")


def test_what_fails_and_what_is_foreign_is_shown(endpoint: Endpoint, run: Run, tmp_path: Path) -> None:
    archive(endpoint, "a", "b")
    endpoint.archive.objects["accepted/2026-01-01/00/x"] = b"not ours"
    endpoint.deploy(make_definition(tmp_path, TEXT % ", require: [ok]").source)
    status, out, _ = run("--since", "2026-01-01", "--yes")
    assert status == 1
    assert out.splitlines() == [
        "  fails   2x missing: no ok",
        "  fails   1x not written by the framework: accepted/2026-01-01/00/x",
        "the archive of made has 2 such requests, of which nothing would pass",
    ]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ([], "--archive needs --since, the day or minute in UTC from which on to send events again"),
        (["--since", "2026-01-01", "--dead"], "--dead moves all dead letters"),
        (["--since", "2026-01-01", "--reason", "time"], "--archive does not go with --dead, --from-bucket or --reason"),
        (["--since", "2026-01-01T25:00"], "2026-01-01T25:00 is no minute such as 2026-03-01T14:30"),
        (["--since", "2026-01-01T1:00"], "2026-01-01T1:00 is no minute such as 2026-03-01T14:30"),
        (["--since", "2026-01-01"], "no terminal to ask in"),
        (["--since", "2026-01-02", "--until", "2026-01-01", "--yes"], "--since 2026-01-02 is not before --until"),
        (["--since", "2226-01-02", "--yes"], "--since 2226-01-02 is not before now"),
        (["--since", "2026-01-01", "--rate", "nan"], "nan is no number of requests"),
        (["--since", "2026-01-01", "--rate", "inf"], "inf is no number of requests"),
    ],
)
def test_options_that_can_not_be_right_are_refused(run: Run, options: list[str], message: str) -> None:
    status, _, err = run(*options)
    assert status in (1, 2)
    assert message in err


def test_a_source_without_an_archive_says_how_to_get_one(
    run: Run, monkeypatch: pytest.MonkeyPatch, functions: Functions
) -> None:
    resources = SourceResources("kept", "f", "events", "dead", "api", "UPDATE_COMPLETE", datetime.now(UTC))
    monkeypatch.setattr(kept_events, "find_resources", lambda *_: resources)
    status, _, err = run("--since", "2026-01-01", "--yes")
    assert (status, functions.calls) == (1, [])
    assert err.startswith("error: made has no archive: put `archive: {}` into its definition, and ")


def test_a_time_of_day_is_for_the_archive_alone(run: Run, tmp_path: Path, capsys: Any) -> None:
    assert run
    for command in (["redrive", "made", "--yes"], ["rejected", "made"]):
        assert main([*command, "--since", "2026-01-01T10:00", "--sources", str(tmp_path)]) == 2
    errors = capsys.readouterr().err
    assert "--since 2026-01-01T10:00: a time of day can be chosen with --archive only" in errors
    assert "2026-01-01T10:00 is no day such as 2026-03-01" in errors


def test_a_period_ends_with_the_day_or_minute_that_is_named() -> None:
    now = datetime(2026, 3, 1, 12, tzinfo=UTC)
    day = datetime(2026, 2, 1, tzinfo=UTC)
    assert parse_period("2026-02-01", None, now) == (day, now)
    assert parse_period("2026-02-01", "2026-02-01", now) == (day, day + timedelta(days=1))
    minute = day + timedelta(hours=10, minutes=30)
    expected = (minute, minute + timedelta(minutes=1))
    assert parse_period("2026-02-01T10:30", "2026-02-01T10:30", now) == expected
    with pytest.raises(GeneratorError):
        parse_period("2026-02-02", "2026-02-01", now)
