"""`logs`: the lines of all functions, in order, none twice and none lost; CloudFormation and the log are fakes."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import EndpointConnectionError
from rich.console import Console

from generator.aws import Target
from generator.commands import _console, _log_rows, logs, main
from generator.commands._log_rows import Row, log_row
from generator.operate import function_logs
from generator.operate.function_logs import ACCESS_LOG, LATE_MS, LogReader, LogRecord, ThrottledError
from tests.cloudformation import CloudFormation, refusal

STACK = "MozDef-EF-zoom-dev"
GROUPS = {"Redrive": f"/aws/lambda/{STACK}-Redrive", "Webhook": f"/aws/lambda/{STACK}-Webhook"}
ACCESS = f"/aws/vendedlogs/{STACK}-access"
NOW = 1_772_452_800
"""2026-03-02 12:00:00 UTC."""


def own_line(message: str = "accepted", level: str = "INFO", **fields: Any) -> str:
    line = {"timestamp": "2026-03-02T12:00:00.000Z", "level": level, "message": message, "version": "1", **fields}
    return json.dumps({**line, "source": "zoom"})


REQUEST = {"status": 200, "sent": 1, "kept": 0}


@dataclass
class Logs:
    """CloudWatch Logs, as far as FilterLogEvents: pages of two, and faults, one for each call."""

    events: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    faults: list[Exception | None] = field(default_factory=list)
    queries: list[dict[str, Any]] = field(default_factory=list)

    def add(self, function: str, at: int, message: str, **more: Any) -> None:
        """Have a function's line arrive, of so many milliseconds after NOW."""
        group = GROUPS.get(function, ACCESS)
        number = sum(map(len, self.events.values()))
        event = {"timestamp": NOW * 1_000 + at, "message": message, "eventId": str(number), "logStreamName": "s"}
        self.events.setdefault(group, []).append({**event, **more})

    def get_paginator(self, call: str) -> SimpleNamespace:
        assert call == "filter_log_events"
        return SimpleNamespace(paginate=self._pages)

    def _pages(self, **query: Any) -> Iterator[dict[str, Any]]:
        self.queries.append(query)
        group = query["logGroupName"]
        if group not in self.events:
            raise refusal("The specified log group does not exist.", "ResourceNotFoundException", "FilterLogEvents")
        matching = sorted(
            (event for event in self.events[group] if event["timestamp"] >= query["startTime"]),
            key=lambda event: event["timestamp"],
        )
        yield {"events": []}  # a page may be empty, and others follow
        for start in range(0, len(matching), 2):
            if self.faults and (fault := self.faults.pop(0)):
                raise fault
            yield {"events": matching[start : start + 2]}


THROTTLED = refusal("Rate exceeded", "ThrottlingException", "FilterLogEvents")


@pytest.fixture
def log(monkeypatch: pytest.MonkeyPatch) -> Logs:
    """The log of a deployed zoom, in an account whose time is NOW."""
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("AWS_REGION", "us-west-2")
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    monkeypatch.setattr(logs.time, "time", lambda: NOW)
    formation, kept = CloudFormation(), Logs({group: [] for group in GROUPS.values()})
    formation.add_stack("UPDATE_COMPLETE")
    titles = {**{f"{title}Log": name for title, name in GROUPS.items()}, "AccessLog": ACCESS}
    formation.resources[STACK] = [
        {
            "LogicalResourceId": title,
            "PhysicalResourceId": name,
            "ResourceType": "AWS::Logs::LogGroup",
            "ResourceStatus": "CREATE_COMPLETE",
        }
        for title, name in titles.items()
    ] + [
        {
            "LogicalResourceId": "Events",
            "PhysicalResourceId": "q",
            "ResourceType": "AWS::SQS::Queue",
            "ResourceStatus": "CREATE_COMPLETE",
        }
    ]
    clients = {"cloudformation": formation, "logs": kept}
    monkeypatch.setattr(Target, "client", lambda _target, service: clients[service])
    return kept


Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(log: Logs, capsys: pytest.CaptureFixture[str]) -> Run:
    assert log is not None

    def command(*args: str) -> tuple[int, str, str]:
        status = main(["logs", "zoom", *args])
        printed = capsys.readouterr()
        return status, printed.out, printed.err

    return command


def test_the_lines_of_all_functions_come_in_the_order_of_time(log: Logs, run: Run) -> None:
    log.add("Webhook", -3_000, own_line(requestId="r1", **REQUEST))
    log.add("Webhook", -1_000, own_line("unauthenticated", "WARN", status=401, why="no signature", requestId="r2"))
    log.add("Redrive", -2_000, own_line("swept", sent=2))
    assert run() == (
        0,
        "2026-03-02 11:59:57 Webhook INFO  200 accepted  r1\n"
        "2026-03-02 11:59:58 Redrive INFO  swept, 2 sent\n"
        "2026-03-02 11:59:59 Webhook WARN  401 unauthenticated: no signature  r2\n",
        "",
    )
    assert {query["startTime"] for query in log.queries} == {(NOW - 3_600) * 1_000}
    assert [query["logGroupName"] for query in log.queries] == list(GROUPS.values())


def test_since_is_a_time_or_how_long_ago(log: Logs, run: Run) -> None:
    log.add("Webhook", -7_200_000, own_line(**REQUEST))
    older = "note: no line of zoom since 2026-03-02 11:00 UTC; to look further back: python -m generator logs zoom"
    assert run() == (0, "", f"{older} --since 7d\n")
    for since in ("3h", "2026-03-02T09:30", "2026-03-02"):
        assert run("--since", since)[1].count("\n") == 1
    assert run("--since", "soon")[:2] == (2, "")


def test_a_level_leaves_out_what_is_below_it(log: Logs, run: Run) -> None:
    for level in ("INFO", "WARN", "ERROR"):
        log.add("Webhook", -1_000, own_line(f"a line of {level}", level))
    log.add("Webhook", -1_000, json.dumps({"type": "platform.start", "record": {}}))
    counts = {level: run("--level", level)[1].count("\n") for level in ("INFO", "warn", "ERROR")}
    assert counts == {"INFO": 3, "warn": 2, "ERROR": 1}
    assert run("--level", "ERROR", "--json")[1] == own_line("a line of ERROR", "ERROR") + "\n"
    patterns = [query.get("filterPattern", "") for query in log.queries[::2]]
    assert ["?ERROR" in pattern for pattern in patterns] == [False, True, True, True]
    assert ["?WARN" in pattern for pattern in patterns] == [False, True, False, False]
    assert run("--level", "loud")[:2] == (2, "")


def test_an_emulator_is_not_asked_for_alternatives(log: Logs, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    log.add("Webhook", 0, own_line("unavailable", "ERROR", status=503))
    assert run("--level", "ERROR")[1].endswith("503 unavailable\n")
    assert "filterPattern" not in log.queries[0]


def test_a_request_is_followed_from_the_api_to_the_functions(log: Logs, run: Run) -> None:
    access = {"requestId": "JKJ-a=", "ip": "192.0.2.1", "method": "POST", "path": "/events", "status": "200", "ms": "9"}
    log.events[ACCESS] = []
    log.add(ACCESS_LOG, -3_000, json.dumps({**access, "integrationError": "-", "authorizerError": "-"}))
    log.add("Webhook", -2_000, own_line(requestId="JKJ-a=", **REQUEST))
    log.add("Webhook", -1_000, own_line(requestId="another", **REQUEST))
    assert run("--request", "JKJ-a=")[:2] == (
        0,
        "2026-03-02 11:59:57 AccessLog INFO  200 POST /events from 192.0.2.1, 9 ms  JKJ-a=\n"
        "2026-03-02 11:59:58 Webhook   INFO  200 accepted  JKJ-a=\n",
    )
    assert {query["filterPattern"] for query in log.queries} == {'"JKJ-a="'}
    assert "no matching line of zoom" in run("--request", "unknown")[2]
    assert run("--request", 'a" ?b')[:2] == (2, "")


def test_json_is_each_record_as_it_is(log: Logs, run: Run) -> None:
    line = own_line(requestId="r1", _aws={"Timestamp": 1}, **REQUEST)
    log.add("Webhook", -2_000, f"{line}\n")
    log.add("Webhook", -1_500, json.dumps({"type": "platform.start", "record": {"requestId": "i"}}, indent=1))
    log.add("Webhook", -1_000, "no JSON \u202e")
    first, second, third = run("--json")[1].splitlines()
    assert first == line
    assert json.loads(second) == {"type": "platform.start", "record": {"requestId": "i"}}
    assert json.loads(third) == {
        "timestamp": "2026-03-02T11:59:59.000Z",
        "function": "Webhook",
        "message": "no JSON \u202e",
    }


def test_what_a_sender_wrote_does_not_reach_the_terminal_as_it_is(log: Logs, run: Run) -> None:
    log.add("Webhook", 0, own_line(why="[bold]\u202e\x1b[31m", **REQUEST))
    assert run()[1].endswith("200 accepted: [bold]\\u202e\\u001b[31m\n")


def test_a_terminal_breaks_a_row_between_words_and_indents_the_rest(
    log: Logs, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    printed = io.StringIO()
    terminal = Console(file=printed, force_terminal=True, color_system=None, width=70)
    monkeypatch.setattr(_console, "console", lambda: terminal)
    log.add("Webhook", 0, own_line(why="a reason of some words", requestId="JKJ-a=", **REQUEST))
    assert run()[0] == 0
    first = "2026-03-02 12:00:00 Webhook INFO  200 accepted: a reason of some words"
    assert printed.getvalue() == f"{first}\n{' ' * 34}JKJ-a=\n"


def test_a_path_is_not_broken(log: Logs, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    printed = io.StringIO()
    terminal = Console(file=printed, force_terminal=True, color_system=None, width=70, soft_wrap=True)
    monkeypatch.setattr(_console, "console", lambda: terminal)
    path = f"/var/task/{'a' * 50}/webhook.py"
    log.add("Webhook", 0, f"File {path}, line 7")
    assert run()[0] == 0
    assert path in printed.getvalue()


def test_an_id_that_is_wider_than_the_terminal_is_shown_once(
    log: Logs, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    printed = io.StringIO()
    terminal = Console(file=printed, force_terminal=True, color_system=None, width=70)
    monkeypatch.setattr(_console, "console", lambda: terminal)
    log.add("Webhook", 0, own_line(requestId="x" * 90, **REQUEST))
    log.add("Webhook", 0, "[" * 100_000)
    assert run()[0] == 0
    assert printed.getvalue().count("x") == 90
    assert run("--json")[0] == 0


def test_a_group_that_somebody_deleted_is_named_and_the_others_are_read(log: Logs, run: Run) -> None:
    del log.events[GROUPS["Redrive"]]
    log.add("Webhook", 0, own_line(**REQUEST))
    warning = f"warning: Redrive has no log group {GROUPS['Redrive']}: somebody has deleted it\n"
    assert run() == (0, "2026-03-02 12:00:00 Webhook INFO  200 accepted\n", warning)


def test_the_command_that_looks_further_back_has_the_folder_of_the_definitions(log: Logs, run: Run) -> None:
    assert log
    assert run("--sources", "others")[2].endswith("python -m generator logs zoom --since 7d --sources others\n")


def test_a_missing_permission_is_named(log: Logs, run: Run) -> None:
    log.add("Redrive", 0, own_line())
    log.faults = [refusal("User: arn:x is not\nauthorized", "AccessDeniedException", "FilterLogEvents")]
    assert run() == (
        1,
        "",
        f"error: you may not read the log group {GROUPS['Redrive']}: that takes the permission logs:FilterLogEvents on "
        "it, which an operator has: docs/reference/permissions.md. AWS says: User: arn:x is not authorized\n",
    )


def test_a_limit_of_cloudwatch_is_explained(log: Logs, run: Run) -> None:
    log.add("Redrive", 0, own_line())
    log.faults = [THROTTLED]
    assert run() == (
        1,
        "",
        "error: CloudWatch Logs takes no more requests now: its limit is for all users of the account and region. Wait "
        "a minute, or read less with a shorter --since\n",
    )


def test_another_failure_of_aws_is_reported_as_it_is(log: Logs, run: Run) -> None:
    log.add("Redrive", 0, own_line())
    log.faults = [refusal("no such thing", "InvalidParameterException", "FilterLogEvents")]
    assert run()[2] == "error: AWS: FilterLogEvents: InvalidParameterException: no such thing\n"


def test_a_source_that_is_not_deployed_is_reported(log: Logs, run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    assert log is not None
    choose = "deploy it first, or choose another with --env, --project or --region"
    assert run("--env", "prod") == (1, "", f"error: no stack MozDef-EF-zoom-prod in us-west-2: {choose}\n")
    assert main(["logs", "Zoom"]) == 2
    assert "lower-case letters" in capsys.readouterr().err


# `--follow`.


def follow(log: Logs, monkeypatch: pytest.MonkeyPatch, *steps: Callable[[], None]) -> list[float]:
    """Have each step happen while the command waits, and then Ctrl-C; return how long it waited."""
    assert log is not None
    waits: list[float] = []
    remaining = iter(steps)

    def sleep(seconds: float) -> None:
        waits.append(seconds)
        step = next(remaining, None)
        if step is None:
            raise KeyboardInterrupt
        step()

    monkeypatch.setattr(logs.time, "sleep", sleep)
    return waits


def test_following_neither_loses_nor_repeats_a_line(log: Logs, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    log.add("Webhook", 0, own_line("1"))
    log.add("Webhook", 0, own_line("1"))  # the same text and time is another line
    waits = follow(
        log,
        monkeypatch,
        lambda: log.add("Webhook", 0, own_line("2")),  # at the time of the newest
        lambda: log.add("Webhook", -90_000, own_line("3")),  # late
        lambda: log.add("Redrive", -3_000_000, own_line("4")),  # later still, in a group that has nothing newer
        lambda: log.add("Webhook", 5_000, own_line("5")),
    )
    status, out, err = run("--follow")
    assert [line.split()[-1] for line in out.splitlines()] == ["1", "1", "2", "3", "4", "5"]
    assert (status, err, waits) == (0, "", [logs.PAUSE_SECONDS] * 5)


def test_following_reads_only_what_may_be_new(log: Logs, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    log.add("Webhook", -100, own_line("1"))
    log.add("Redrive", -600_000, own_line("2"))
    follow(log, monkeypatch, lambda: None)
    assert run("--follow", "--json")[0] == 0
    starts = [query["startTime"] - NOW * 1_000 for query in log.queries]
    assert starts == [-3_600_000, -3_600_000, -600_000 - LATE_MS, -100 - LATE_MS]


def test_following_waits_where_cloudwatch_takes_no_request(
    log: Logs, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(4):
        log.add("Webhook", number, own_line(str(number)))
    unreachable = EndpointConnectionError(endpoint_url="https://logs")

    def fail_within_a_page() -> None:
        for number in range(4, 8):
            log.add("Webhook", number, own_line(str(number)))
        log.faults = [None, None, None, THROTTLED, THROTTLED, unreachable]

    waits = follow(log, monkeypatch, fail_within_a_page, *[lambda: None] * 3)
    status, out, err = run("--follow")
    assert [line.split()[-1] for line in out.splitlines()] == [str(number) for number in range(8)]
    assert (status, waits) == (0, [3, 6, 12, 24, 3])
    goes_on = "nothing is lost, and this goes on by itself"
    assert err == (
        "note: CloudWatch Logs takes no more requests now: its limit is for all users of the account and region; "
        f"{goes_on}\n"
    )


def test_following_an_emulator_ends_with_it(log: Logs, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    log.add("Webhook", 0, own_line("1"))

    def end() -> None:
        log.faults = [EndpointConnectionError(endpoint_url="http://127.0.0.1:9")]

    follow(log, monkeypatch, end)
    status, _, err = run("--follow")
    assert (status, err) == (
        1,
        "error: nothing answers at http://127.0.0.1:9 (AWS_ENDPOINT_URL): does `run` still run?\n",
    )


def test_ctrl_c_ends_a_long_read_too(log: Logs, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(_reader: LogReader) -> Iterator[LogRecord]:
        raise KeyboardInterrupt

    assert log is not None
    monkeypatch.setattr(LogReader, "read", interrupt)
    assert (run("--follow")[0], run()[0]) == (0, 1)


def test_what_failed_while_groups_were_merged_is_read_again(log: Logs) -> None:
    for at in (1, 3, 5):
        log.add("Redrive", at, f"r{at}")
        log.add("Webhook", at + 1, f"w{at + 1}")
    reader = LogReader(log, GROUPS, NOW * 1_000)
    log.faults = [None, None, THROTTLED]
    read: list[str] = []

    def read_on() -> None:
        for record in reader.read():
            read.append(record.message)  # noqa: PERF401 - what came before a failure counts

    with pytest.raises(ThrottledError):
        read_on()
    read_on()
    assert sorted(read) == ["r1", "r3", "r5", "w2", "w4", "w6"]


def test_without_ids_of_lines_their_stream_time_and_text_tell_them_apart(log: Logs) -> None:
    for stream in ("a", "b"):
        log.add("Webhook", 0, "same", eventId=None, logStreamName=stream)
    reader = LogReader(log, GROUPS, NOW * 1_000)
    assert [len(list(reader.read())) for _ in range(2)] == [2, 0]


def test_what_was_shown_is_remembered_only_while_it_may_come_again(log: Logs) -> None:
    for minute in range(10):
        log.add("Webhook", minute * 60_000, "line")
    reader = LogReader(log, GROUPS, NOW * 1_000)
    assert len(list(reader.read())) == 10
    assert len(reader._seen["Webhook"]) == 3


# A line as a row.

FAILED_RUN = {
    "outcome": "asked",
    "requests": 3,
    "sent": 2,
    "failures": {"logins": "503: down"},
    "refused": ["users"],
    "Requests": 3,
    "_aws": {},
}
REPORT = {"requestId": "i", "metrics": {"durationMs": 29_000.4, "maxMemoryUsedMB": 90, "memorySizeMB": 512}}
ROWS: dict[str, tuple[str, str, Row | None]] = {
    "accepted": ("Webhook", own_line(requestId="r", **REQUEST), Row("INFO", "200 accepted", "green", "r")),
    "kept": (
        "Webhook",
        own_line(level="WARN", status=200, sent=0, kept=1, why="time: none"),
        Row("WARN", "200 kept: time: none", "yellow"),
    ),
    "a run": (
        "Puller",
        own_line("run", "ERROR", **FAILED_RUN),
        Row("ERROR", "run, 2 sent, outcome asked, requests 3, failures logins: 503: down, refused users", "red"),
    ),
    "a fault": (
        "Puller",
        own_line("fault", "ERROR", error="KeyError", where="runner.py:3"),
        Row("ERROR", "fault, KeyError at runner.py:3", "red"),
    ),
    "of a library": ("Webhook", json.dumps({"level": "WARNING", "message": "slow"}), Row("WARN", "slow", "yellow")),
    "of an unknown level": ("Webhook", json.dumps({"level": "DEBUG", "message": "x"}), Row("INFO", "x", "green")),
    "an exception": (
        "Webhook",
        json.dumps(
            {
                "log_level": "ERROR",
                "errorType": "KeyError",
                "errorMessage": "'STACK'",
                "requestId": "i",
                "stackTrace": [
                    '  File "/var/task/a.py", line 1, in f\n    g()\n',
                    '  File "b.py", line 2, in g\n    x\n',
                ],
            }
        ),
        Row("ERROR", "KeyError: 'STACK', File \"b.py\", line 2, in g", "red"),
    ),
    "an exception without a trace": ("Webhook", '{"errorMessage": "x"}', Row("ERROR", "Error: x", "red")),
    "a start": ("Webhook", json.dumps({"type": "platform.start", "record": {}}), None),
    "a report": ("Webhook", json.dumps({"type": "platform.report", "record": {**REPORT, "status": "success"}}), None),
    "a timeout": (
        "Webhook",
        json.dumps({"type": "platform.report", "record": {**REPORT, "status": "timeout"}}),
        Row("ERROR", "Lambda ended the invocation: timeout after 29.0 s, 90 of 512 MB", "red"),
    ),
    "out of memory": (
        "Webhook",
        json.dumps({"type": "platform.report", "record": {"status": "error", "errorType": "Runtime.OutOfMemory"}}),
        Row("ERROR", "Lambda ended the invocation: error: Runtime.OutOfMemory", "red"),
    ),
    "a start that failed": (
        "Webhook",
        json.dumps({"type": "platform.initReport", "record": {"status": "timeout"}}),
        Row("ERROR", "Lambda ended the start: timeout", "red"),
    ),
    "a start as text": ("Webhook", "START RequestId: i Version: $LATEST", None),
    "a report as text": ("Webhook", "REPORT RequestId: i\tDuration: 3 ms", None),
    "a first start as text": ("Webhook", "INIT_START Runtime Version: python:3.13", None),
    "a timeout as text": (
        "Webhook",
        "REPORT RequestId: i\tStatus: timeout",
        Row("ERROR", "REPORT RequestId: i\tStatus: timeout", "red"),
    ),
    "a trace as text": ("Webhook", "Traceback (most recent", Row("ERROR", "Traceback (most recent", "red")),
    "a text": ("Webhook", "hello", Row("INFO", "hello", "default")),
    **{
        f"JSON with other types than ours: {line}": ("Webhook", line, Row("INFO", line, "default"))
        for line in (
            '{"message": "x", "status": "ok"}',
            '{"message": "x", "drift": 5}',
            '{"message": "x", "status": 200, "kept": 1}',
            '{"type": "platform.report", "record": {"status": "x", "metrics": null}}',
        )
    },
    "JSON too deep to read": ("Webhook", "[" * 100_000, Row("INFO", "[" * 100_000, "default")),
    "JSON that is no object": ("Webhook", "[1]", Row("INFO", "[1]", "default")),
    "refused by the API": (
        ACCESS_LOG,
        '{"requestId": "r", "status": "429", "ip": "192.0.2.1", "method": "GET", "path": "/", "ms": "1"}',
        Row("WARN", "429 GET / from 192.0.2.1, 1 ms", "yellow", "r"),
    ),
    "failed behind the API": (
        ACCESS_LOG,
        '{"status": "500", "ip": "::1", "method": "POST", "path": "/", "ms": "2", "integrationError": "timed out"}',
        Row("ERROR", "500 POST / from ::1, 2 ms, timed out", "red"),
    ),
}


@pytest.mark.parametrize(("function", "message", "row"), ROWS.values(), ids=ROWS)
def test_a_line_is_a_row_with_what_is_worth_seeing(function: str, message: str, row: Row | None) -> None:
    assert log_row(LogRecord(function, 0, message, "")) == row


def test_whatever_is_a_row_of_a_level_is_found_by_its_pattern() -> None:
    for function, message, row in ROWS.values():
        if row and row.level != "INFO" and function != ACCESS_LOG:
            terms = function_logs._TERMS_BY_LEVEL[row.level]
            assert any(term in message for term in terms), message
    assert set(_log_rows.LEVELS) == {"INFO", *function_logs._TERMS_BY_LEVEL}
