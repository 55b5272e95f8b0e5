"""`rejected`, `redrive` and `status`, as operators see them; CloudFormation and Lambda are fakes, the rest is moto's.

What the function Redrive does is done by its own code, on moto's queue and bucket.
"""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import boto3
import click
import pytest
from botocore.exceptions import ClientError

from generator.aws import Target
from generator.commands import _console, _redrive_dialog, main, redrive
from generator.definition import read as definition
from generator.definition.source_folders import source_names
from generator.deploy import retained_resources
from generator.deploy.context import DeployContext
from generator.deploy.deployment import Deployment
from generator.operate import kept_events
from generator.operate import status as state
from generator.operate.redrive_client import PATIENCE, PAUSES
from lambdas import model, model_types
from lambdas.delivering.kept_bucket import KeptBucket
from lambdas.delivering.outbox import Outbox
from lambdas.delivering.reprocess import Reprocessor
from lambdas.delivering.sweep import Sweeper
from lambdas.model import Source
from lambdas.reading.request import Request
from lambdas.shaping.event import RejectedEvent
from tests.cloudformation import NOON, CloudFormation
from tests.definitions import SOURCES, bundled_source
from tests.examples import assert_example
from tests.fakes import NOW

pytestmark = pytest.mark.slow

ZOOM, OKTA = bundled_source("zoom").source, bundled_source("okta").source
STACK, REGION, BUCKET = "MozDef-EF-zoom-dev", "us-west-2", "zoom-dev-kept-0"
SECRET, ALARM = "/MozDef-EF/zoom/dev/auth_token", "AWS::CloudWatch::Alarm"
DAY_SECONDS = 86_400
OTHERS = ", ".join(name for name in source_names(SOURCES) if name != "zoom")


def _log_nothing(_message: str, **_fields: Any) -> None:
    """Its log is nobody's here."""


@dataclass
class Functions:
    """Lambda with the one function Redrive, whose code has this definition."""

    reprocessor: Reprocessor
    sweeper: Sweeper
    calls: list[dict[str, Any]] = field(default_factory=list)
    fails: dict[str, Any] | None = None
    interrupted_at: int = 0
    busy: int = 0
    """So many calls come while it is at work for somebody else."""

    def invoke(self, FunctionName: str, Payload: str) -> dict[str, Any]:  # noqa: N803
        assert FunctionName == "the-redrive"
        request = json.loads(Payload)
        self.calls.append(request)
        if len(self.calls) == self.interrupted_at:
            raise KeyboardInterrupt
        if self.busy:
            self.busy -= 1
            raise ClientError({"Error": {"Code": "TooManyRequestsException", "Message": "Rate Exceeded."}}, "Invoke")
        if self.fails is not None:
            return {"FunctionError": "Unhandled", "Payload": io.BytesIO(json.dumps(self.fails).encode())}
        if not request:
            return {"Payload": io.BytesIO(json.dumps(self.sweeper.sweep()).encode())}
        ((action, keys),) = request.items()
        results = {"preview": self.reprocessor.preview, "send": self.reprocessor.send}[action](keys)
        return {"Payload": io.BytesIO(json.dumps({"results": results}).encode())}


@dataclass
class Account:
    """A deployed zoom, with what it keeps."""

    functions: Functions
    cloudformation: CloudFormation
    events: str
    dead_letters: str
    kept: KeptBucket
    patience: list[int | None] = field(default_factory=list)
    moved: list[str] = field(default_factory=list)
    refusal: str = ""

    def moves(self, model: Any, params: dict[str, Any], **_: Any) -> tuple[Any, dict[str, Any]] | None:
        """StartMessageMoveTask, which moto does not know."""
        if model.name != "StartMessageMoveTask":
            return None
        self.moved.append(json.loads(params["body"])["SourceArn"])
        error = {"Error": {"Code": "AWS.SimpleQueueService.UnsupportedOperation", "Message": self.refusal}}
        return (SimpleNamespace(status_code=400), error) if self.refusal else (SimpleNamespace(status_code=200), {})

    def deploy(self, source: Source, queue: str | None = None) -> None:
        sqs = boto3.client("sqs", REGION)
        outbox = Outbox(queue or self.events, sqs, sleep=lambda _seconds: None)
        self.functions.reprocessor = Reprocessor(source, outbox, self.kept, _log_nothing)
        self.functions.sweeper = Sweeper(outbox, self.kept, _log_nothing)

    def reject(
        self, number: int, reason: str = "missing", days: int = 0, detail: str = "no event_ts", **body: Any
    ) -> str:
        """Keep an event that was refused so many days ago, and return its key."""
        content = {"event": f"kind.{number}", "payload": {"operator": f"n{number}"}, "event_ts": 1_767_225_600_000}
        sent = json.dumps({**content, **body}).encode()
        headers = {"x-zm-request-timestamp": "1767225600"}
        request = Request("POST", headers, sent, id=f"r{number}", time=NOW - days * DAY_SECONDS)
        self.kept.keep_rejected("zoom", request, (), [RejectedEvent(0, reason, detail)])
        (key,) = [
            stored_key
            for stored_key in self.kept.keys("rejected/")
            if self.read(stored_key)["requestId"] == f"r{number}"
        ]
        return key

    def read(self, key: str) -> dict[str, Any]:
        content = self.kept.get(key)
        assert content
        envelope: dict[str, Any] = json.loads(content)
        return envelope

    def objects(self, prefix: str = "") -> list[str]:
        return list(self.kept.keys(prefix))

    def sent(self, url: str | None = None) -> list[str]:
        """The summaries of all that is on the queue, which is empty then."""
        sqs, summaries = boto3.client("sqs", REGION), []
        while got := sqs.receive_message(QueueUrl=url or self.events, MaxNumberOfMessages=10).get("Messages"):
            for message in got:
                summaries.append(json.loads(message["Body"])["summary"])
                sqs.delete_message(QueueUrl=url or self.events, ReceiptHandle=message["ReceiptHandle"])
        return sorted(summaries)


@pytest.fixture
def account(empty_account: None, monkeypatch: pytest.MonkeyPatch) -> Account:  # noqa: ARG001 - what it has set up
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.chdir(SOURCES.parent)
    s3, sqs, ssm = (boto3.client(service, REGION) for service in ("s3", "sqs", "ssm"))
    s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION})
    dead = sqs.create_queue(QueueName="dead")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=dead, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    policy = json.dumps({"deadLetterTargetArn": arn, "maxReceiveCount": "1"})
    events = sqs.create_queue(QueueName="events", Attributes={"RedrivePolicy": policy})["QueueUrl"]
    ssm.put_parameter(Name=SECRET, Value="never to be told", Type="SecureString")
    outputs = {"KeptBucket": BUCKET, "EventsQueueUrl": events, "DeadLettersQueueUrl": dead, "ApiId": "api1"}
    formation = CloudFormation()
    stack_outputs = [{"OutputKey": name, "OutputValue": value} for name, value in outputs.items()]
    formation.add_stack(
        "UPDATE_COMPLETE", STACK, Outputs=stack_outputs, LastUpdatedTime=datetime.now(UTC) - timedelta(hours=3)
    )
    held = {
        "LogicalResourceId": "Redrive",
        "PhysicalResourceId": "the-redrive",
        "ResourceType": "AWS::Lambda::Function",
        "ResourceStatus": "UPDATE_COMPLETE",
    }
    alarms = [
        {**held, "LogicalResourceId": name, "PhysicalResourceId": f"{STACK}-{name}-1", "ResourceType": ALARM}
        for name in ("Refused", "Unread")
    ]
    formation.resources[STACK] = [held, *alarms]
    metadata = json.dumps({"MozDefEventFramework": {"Source": "zoom", "Version": "1.2.3"}})
    monkeypatch.setattr(formation, "get_template_summary", lambda **_: {"Metadata": metadata}, raising=False)
    kept = KeptBucket(BUCKET, lambda: s3)
    outbox = Outbox(events, sqs)
    functions = Functions(Reprocessor(ZOOM, outbox, kept, _log_nothing), Sweeper(outbox, kept, _log_nothing))
    zoom_account = Account(functions, formation, events, dead, kept)
    plain = Target.client

    def client(target: Target, service: str, seconds: int | None = None) -> Any:
        if service == "lambda":
            zoom_account.patience.append(seconds)
        if service in ("cloudformation", "lambda"):
            return formation if service == "cloudformation" else zoom_account.functions
        real_client = plain(target, service)
        real_client.meta.events.register("before-call", zoom_account.moves)
        return real_client

    monkeypatch.setattr(Target, "client", client)
    zoom_account.deploy(ZOOM)
    return zoom_account


Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(account: Account, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """A command: exit status, output, errors; `answers` is what somebody at the terminal types."""
    assert account

    def command(*args: str, answers: str | None = None) -> tuple[int, str, str]:
        monkeypatch.setattr(_console, "is_interactive", lambda: answers is not None)
        monkeypatch.setattr(sys, "stdin", io.StringIO(answers or ""))
        status = main([args[0], "zoom", *args[1:]])
        printed = capsys.readouterr()
        return status, printed.out, printed.err

    return command


DEMANDING = replace(ZOOM, events=replace(ZOOM.events, require=(model_types.Path("nothing_has_this"),)))
PASSES = "  passes  2026-01-01 00:00:00 INFO  zoom: kind.{0} by n{0}\n"
NEXT = """
next
  python -m generator rejected zoom --show {}  see one of them
  python -m generator redrive zoom --dry-run             see what the deployed code makes of them now
"""


# `rejected`.


def test_rejected_requests_are_counted_by_day_and_reason(account: Account, run: Run) -> None:
    keys = [account.reject(1), account.reject(2), account.reject(3, "time", 1, "no time[]"), account.reject(4, days=1)]
    part = [key.rpartition("/")[2][:12] for key in keys]
    last = max(keys[:2])
    status, out, err = run("rejected")
    assert (status, err) == (0, "")
    table, shown = out[: out.index("\n\n") + 1], out[out.index("\n\n") + 1 :]
    assert [line.split() for line in table.splitlines()] == [
        ["day", "reason", "requests", "last", "key", "detail"],
        ["2025-12-31", "missing", "1", part[3], "no", "event_ts"],
        ["2025-12-31", "time", "1", part[2], "no", "time[]"],
        ["2026-01-01", "missing", "2", last.rpartition("/")[2][:12], "no", "event_ts"],
    ]
    assert shown == NEXT.format(last.rpartition("/")[2][:12])
    assert run("rejected", "--reason", "time", "--env", "dev")[1].count("2025-12-31") == 1


def test_a_source_without_rejected_events_says_so(run: Run) -> None:
    assert run("rejected") == (0, "zoom has no rejected events\n", "")
    assert run("rejected", "--reason", "time") == (0, "zoom has no matching rejected events\n", "")
    assert run("rejected", "--json") == (0, "", "")
    assert run("redrive", "--yes") == (0, "zoom has no rejected events\n", "")
    assert run("redrive", "--yes", "--type", "x") == (0, "zoom has no matching rejected events\n", "")


FILTERS = {
    "reason": (["--reason", "time"], [2]),
    "since": (["--since", "2025-12-31"], [0, 1, 2]),
    "until": (["--until", "2025-12-30"], [3]),
    "one day": (["--since", "2025-12-31", "--until", "2025-12-31"], [1]),
    "type": (["--type", "kind.1"], [1]),
    "type and reason": (["--type", "kind.2", "--reason", "time"], [2]),
    "nothing": (["--type", "kind.2", "--reason", "missing"], []),
}


@pytest.mark.parametrize(("options", "expected"), FILTERS.values(), ids=FILTERS)
@pytest.mark.parametrize("command", ["rejected", "redrive"])
def test_filters_narrow_down_what_is_looked_at(
    account: Account, run: Run, command: str, options: list[str], expected: list[int]
) -> None:
    keys = [account.reject(0), account.reject(1, days=1), account.reject(2, "time"), account.reject(3, days=2)]
    expected_keys = sorted(keys[at] for at in expected)
    if command == "rejected":
        out = run("rejected", "--json", *options)[1]
        assert [json.loads(line)["key"] for line in out.splitlines()] == expected_keys
    else:
        run("redrive", "--dry-run", *options)
        assert [key for call in account.functions.calls for key in call["preview"]] == expected_keys


def test_an_event_is_found_by_its_id_in_a_body_of_several(account: Account) -> None:
    events = [{"uuid": f"u{at}", "eventType": "t", "published": "2026-01-01T00:00:00Z"} for at in range(3)]
    request = Request("POST", {}, json.dumps({"data": {"events": events}}).encode(), id="r", time=NOW)
    account.kept.keep_rejected("okta", request, (), [RejectedEvent(1, "missing", "no x")], split="data.events")
    s3 = boto3.client("s3", REGION)

    def count_matches(**criteria: str) -> int:
        return len(list(kept_events.list_rejected(s3, BUCKET, OKTA, kept_events.Filter(**criteria))))

    # The others of the body were no reason to keep it.
    assert [count_matches(id=f"u{at}") for at in range(3)] == [0, 1, 0]
    assert (count_matches(type="t"), count_matches(type="t", id="u0"), count_matches(type="x")) == (1, 0, 0)


def test_a_value_that_is_no_id_is_found_by_no_filter(account: Account) -> None:
    ids = [True, None, ["a"], 7, "7", "a"]
    request = Request(
        "POST", {}, json.dumps({"data": {"events": [{"uuid": event_id} for event_id in ids]}}).encode(), time=NOW
    )
    account.kept.keep_rejected(
        "okta", request, (), [RejectedEvent(at, "missing", "no x") for at in range(6)], split="data.events"
    )
    s3 = boto3.client("s3", REGION)
    matching_ids = [
        value
        for value in ("True", "None", "['a']", "7", "a")
        if list(kept_events.list_rejected(s3, BUCKET, OKTA, kept_events.Filter(id=value)))
    ]
    assert matching_ids == ["7", "a"]
    assert list(kept_events.list_rejected(s3, BUCKET, OKTA, kept_events.Filter(type="None"))) == []


def test_an_event_is_found_where_it_was_when_it_was_refused(account: Account) -> None:
    """Whatever `split` is by now; and in a form of which something was masked, which is kept as JSON."""
    events = [{"uuid": f"u{at}", "n": at} for at in range(3)]
    masked = Request("POST", {}, json.dumps({"all": events}).encode(), id="r", time=NOW, masked=True)
    account.kept.keep_rejected("okta", masked, (), [RejectedEvent(1, "missing", "no x")], split="all[?n>`0`]")
    now = replace(OKTA, events=replace(OKTA.events, format="form"))
    s3 = boto3.client("s3", REGION)
    matches = {at: list(kept_events.list_rejected(s3, BUCKET, now, kept_events.Filter(id=f"u{at}"))) for at in range(3)}
    assert [len(requests) for requests in matches.values()] == [0, 0, 1]


def test_a_filter_looks_at_the_event_that_a_sources_own_code_makes(account: Account) -> None:
    account.reject(1, event={"nested": "kind.1"})
    s3 = boto3.client("s3", REGION)

    def flat(event: dict[str, Any], _request: object) -> list[dict[str, Any]]:
        event["event"] = event["event"]["nested"]
        return [event]

    by_type = kept_events.Filter(type="kind.1")
    assert len(list(kept_events.list_rejected(s3, BUCKET, replace(ZOOM, transform=flat), by_type))) == 1
    assert list(kept_events.list_rejected(s3, BUCKET, ZOOM, by_type)) == []
    for ends in (lambda *_: 1 / 0, lambda *_: sys.exit()):
        broken = replace(ZOOM, transform=ends)  # type: ignore[arg-type]
        assert list(kept_events.list_rejected(s3, BUCKET, broken, by_type)) == []


def test_a_body_that_can_not_be_read_has_no_type_and_is_passed_over(account: Account, run: Run) -> None:
    request = Request("POST", {}, b"no JSON", id="r", time=NOW)
    account.kept.keep_rejected("zoom", request, (), [RejectedEvent(-1, "not-json", "the body is not JSON")])
    assert run("rejected", "--type", "kind.1")[1] == "zoom has no matching rejected events\n"


@pytest.mark.parametrize("command", ["rejected", "redrive"])
def test_an_id_that_the_definition_does_not_know_is_a_mistake(run: Run, command: str) -> None:
    more = ["--yes"] if command == "redrive" else []
    message = "error: --id: the definition of zoom has no `events.id`\n"
    assert run(command, "--id", "x", *more) == (1, "", message)


@pytest.mark.parametrize("day", ["2026-13-01", "yesterday", "20260101", "2026-1-1"])
def test_an_invalid_day_is_wrong_usage(run: Run, day: str) -> None:
    status, out, err = run("rejected", "--since", day)
    assert (status, out) == (2, "")
    assert f"Invalid value for '--since': {day} is no day such as 2026-03-01" in err


def test_a_rejected_request_is_shown_as_it_came(account: Account, run: Run) -> None:
    key = account.reject(1, payload={"text": "[bold]é[/]"})
    assert run("rejected", "--show", key.rpartition("/")[2][:8]) == (
        0,
        f"""{key}
  came     2026-01-01T00:00:00.000+00:00
  request  r1
  event    number 0 of the body, from 0: no event_ts
  header   x-zm-request-timestamp: 1767225600

{{
  "event": "kind.1",
  "payload": {{
    "text": "[bold]é[/]"
  }},
  "event_ts": 1767225600000
}}
""",
        "",
    )
    output = json.loads(run("rejected", "--show", key, "--json")[1])
    assert output == {"key": key, **account.read(key)}


def test_a_retried_request_that_is_no_json_is_shown_too(account: Account, run: Run) -> None:
    request = Request("POST", {}, b"\xff no JSON", "q=1", id="r", time=NOW)
    account.kept.keep_rejected("zoom", request, (), [RejectedEvent(-1, "not-json", "the body is not UTF-8")])
    (key,) = account.objects()
    account.functions.reprocessor.send([key])
    assert run("rejected", "--show", "not-json")[1] == (
        f"""{key}
  came     2026-01-01T00:00:00.000+00:00
  request  r
  event    the body as a whole: the body is not UTF-8
  tried    1 time again
  query    q=1

\\xff no JSON
"""
    )


CONTROLS = "a\x1b[2Jb\x9bc\u202ed\n"
SHOWN = "a\\u001b[2Jb\\u009bc\\u202ed"


def test_a_senders_text_moves_no_cursor_and_hides_nothing(account: Account, run: Run) -> None:
    account.reject(1, payload={"text": CONTROLS})
    account.reject(2, event=CONTROLS)
    for words in (["rejected", "--show", "missing"], ["rejected"], ["redrive", "--dry-run"]):
        out = run(*words)[1]
        assert [character for character in out if character != "\n" and not character.isprintable()] == [], words
    request = Request("POST", {"x": CONTROLS}, CONTROLS.encode(), "q=" + CONTROLS, id="r", time=NOW)
    account.kept.keep_rejected("zoom", request, (), [RejectedEvent(-1, "not-json", CONTROLS)])
    out = run("rejected", "--show", "not-json")[1]
    assert out.count(SHOWN) == 4
    assert [character for character in out if character != "\n" and not character.isprintable()] == []


def test_of_very_many_events_some_are_shown(account: Account, run: Run) -> None:
    request = Request("POST", {}, b"{}", id="r", time=NOW)
    account.kept.keep_rejected("zoom", request, (), [RejectedEvent(at, "missing", "no a") for at in range(25)])
    assert "           and 5 more\n" in run("rejected", "--show", "missing")[1]


def test_show_needs_a_key_of_exactly_one_request(account: Account, run: Run) -> None:
    keys = sorted([account.reject(1), account.reject(2)])
    listed = "".join(f"error:   {key}\n" for key in keys)
    message = f"error: --show: 2 keys have missing in them; give more of the key:\n{listed}"
    assert run("rejected", "--show", "missing") == (1, "", message)
    message = "error: --show: no matching rejected request has nothing in its key\n"
    assert run("rejected", "--show", "nothing") == (1, "", message)


# `redrive`.


def test_a_dry_run_says_what_would_be_sent_and_sends_nothing(account: Account, run: Run) -> None:
    account.reject(1)
    account.reject(2, "time", event_ts="no time")
    keys = account.objects()
    passes = PASSES.format(1)
    fails = "  fails   1x time: event_ts is not a time as unix_ms writes it\n"
    total = "1 message of 1 request would be sent; nothing was\n"
    assert run("redrive", "--dry-run") == (0, passes + fails + total, "")
    assert (account.objects(), account.sent()) == (keys, [])
    assert account.functions.calls == [{"preview": keys}]
    assert account.patience == [PATIENCE]


def test_passing_requests_are_sent_and_the_rest_stays(account: Account, run: Run) -> None:
    account.reject(1)
    fails = account.reject(2, "time", event_ts="no time")
    status, out, err = run("redrive", "--yes")
    assert (status, err) == (0, "")
    assert out.endswith("  1 of 1 request, 1 message sent\n2 requests: 1 sent, 1 still failing\n")
    assert (account.objects(), account.sent()) == ([fails], ["zoom: kind.1 by n1"])
    assert "attempts" not in account.read(fails)


def test_where_nothing_passes_nobody_is_asked(account: Account, run: Run) -> None:
    account.reject(1)
    account.deploy(DEMANDING)
    fails = "  fails   1x missing: no nothing_has_this\n"
    message = "nothing would pass; fix the definition, deploy it, and try again\n"
    assert run("redrive", answers="y\n") == (1, fails + message, "")
    assert [list(call) for call in account.functions.calls] == [["preview"]]


@pytest.mark.parametrize(("answer", "sent"), [("y\n", 1), ("n\n", 0), ("\n", 0)])
def test_somebody_is_asked_before_anything_is_sent(account: Account, run: Run, answer: str, sent: int) -> None:
    account.reject(1)
    status, out, _ = run("redrive", answers=answer)
    assert out.startswith(PASSES.format(1) + "Send 1 message of 1 request to the queue that the SIEM reads? [y/N]: ")
    assert (status, len(account.sent())) == (0 if sent else 1, sent)
    assert out.endswith("  1 of 1 request, 1 message sent\n" if sent else "nothing was sent\n")


def test_a_redrive_without_a_terminal_asks_nothing_of_aws(account: Account, run: Run) -> None:
    account.reject(1)
    status, out, err = run("redrive")
    assert (status, out) == (2, "")
    assert "no terminal to ask in: use --yes to send, or --dry-run to see what would be sent" in err
    assert account.functions.calls == []


def test_some_of_the_messages_are_shown_and_the_reasons_counted(account: Account, run: Run) -> None:
    for number in range(12):
        account.reject(number)
    for number in range(12, 15):
        account.reject(number, "time", event_ts="no time")
    out = run("redrive", "--dry-run")[1].splitlines()
    assert [line[:9] for line in out[:5]] == ["  passes "] * 5
    assert out[5:] == [
        "  passes  and 7 more",
        "  fails   3x time: event_ts is not a time as unix_ms writes it",
        "12 messages of 12 requests would be sent; nothing was",
    ]


def test_very_many_reasons_are_not_all_shown(account: Account, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_redrive_dialog, "MAX_SHOWN", 1)
    account.reject(1, "time", event_ts="no time")
    account.reject(2, payload=None, event=None)
    out = run("redrive", "--dry-run")[1]
    assert "  fails   and for 1 more reason\n" in out


def test_a_limit_takes_the_oldest(account: Account, run: Run) -> None:
    for number in range(3):
        account.reject(number, days=number)
    assert run("redrive", "--yes", "--limit", "2")[0] == 0
    assert account.sent() == ["zoom: kind.1 by n1", "zoom: kind.2 by n2"]


@pytest.mark.parametrize(
    ("rate", "sizes", "pauses"), [("2", [2, 2, 1], [1.0, 1.0]), ("0.5", [1] * 5, [2.0] * 4), ("50", [5], [])]
)
def test_a_rate_is_kept_and_nobody_waits_at_the_end(
    account: Account, run: Run, monkeypatch: pytest.MonkeyPatch, rate: str, sizes: list[int], pauses: list[float]
) -> None:
    for number in range(5):
        account.reject(number)
    slept: list[float] = []
    monkeypatch.setattr(_redrive_dialog.time, "sleep", slept.append)
    monkeypatch.setattr(_redrive_dialog.time, "monotonic", lambda: 0.0)
    assert run("redrive", "--yes", "--rate", rate)[0] == 0
    assert [len(call["send"]) for call in account.functions.calls if "send" in call] == sizes
    assert slept == pauses
    assert len(account.sent()) == 5


@pytest.mark.parametrize("option", [["--rate", "0"], ["--rate", "-1"], ["--limit", "0"]])
def test_a_rate_or_limit_that_is_not_positive_is_wrong_usage(run: Run, option: list[str]) -> None:
    assert run("redrive", "--yes", *option)[0] == 2


def test_progress_is_said_after_each_call(account: Account, run: Run) -> None:
    for number in range(23):
        account.reject(number)
    out = run("redrive", "--yes")[1]
    assert out.endswith(
        "  10 of 23 requests, 10 messages sent\n"
        "  20 of 23 requests, 20 messages sent\n"
        "  23 of 23 requests, 23 messages sent\n"
    )
    assert len(account.sent()) == 23


def test_an_interrupted_redrive_says_what_was_sent_and_can_be_run_again(account: Account, run: Run) -> None:
    for number in range(15):
        account.reject(number)
    account.functions.interrupted_at = 4  # two previews, one call that sends, and the next
    status, out, _ = run("redrive", "--yes")
    assert status == 1
    assert out.endswith(
        "  10 of 15 requests, 10 messages sent\n"
        "stopped: 10 messages sent. The call that has begun goes on; all other requests are unchanged. To send "
        "them, run the command again\n"
    )
    account.functions.interrupted_at = 0
    assert run("redrive", "--yes")[0] == 0
    assert (len(account.sent()), account.objects()) == (15, [])


def test_a_redrive_interrupted_before_anything_is_sent_says_nothing(account: Account, run: Run) -> None:
    account.reject(1)
    account.functions.interrupted_at = 1
    assert run("redrive", "--yes")[0] == 1
    assert account.sent() == []


def test_a_message_that_the_queue_does_not_take_waits(account: Account, run: Run) -> None:
    account.reject(1)
    account.deploy(ZOOM, queue=f"{account.events}-away")
    status, out, _ = run("redrive", "--yes")
    assert (status, out[len(PASSES.format(1)) :]) == (
        0,
        "  1 of 1 request, 0 messages sent\n1 request: 1 waiting to be sent\n"
        "1 message can't be sent now; the sweep tries again every five minutes\n",
    )
    assert [key.split("/")[0] for key in account.objects()] == ["unsent"]


def test_requests_that_fail_again_or_are_gone_are_reported(
    account: Account, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    account.reject(1)
    gone = account.reject(2)
    plain = account.functions.reprocessor.preview

    def preview(keys: list[str]) -> list[dict[str, Any]]:
        """Between it and what is sent, somebody deploys, and somebody else sends."""
        previews = plain(keys)
        account.kept.delete(gone)
        account.deploy(DEMANDING)
        return previews

    monkeypatch.setattr(account.functions.reprocessor, "preview", preview)
    status, out, _ = run("redrive", "--yes")
    assert status == 1
    assert out.endswith(
        "  2 of 2 requests, 0 messages sent\n"
        "2 requests: 1 sent by somebody else, 1 still failing\n"
        "1 event failed again and stayed: python -m generator rejected zoom\n"
        "1 event that would have passed failed: other code has been deployed meanwhile. Deploy yours again\n"
    )


def test_messages_sent_before_and_messages_being_sent_by_somebody_else_are_reported(
    account: Account, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = account.reject(1)
    before = {"key": key, "passes": 0, "messages": [], "fails": [], "duplicates": 2}
    pending = {"key": key, "sent": 0, "unsent": 0, "fails": [], "duplicates": 1, "pending": 1}
    monkeypatch.setattr(account.functions.reprocessor, "preview", lambda _keys: [before])
    monkeypatch.setattr(account.functions.reprocessor, "send", lambda _keys: [pending])
    assert run("redrive", "--yes") == (
        1,
        "  skips   2 messages that had been sent before\n"
        "  1 of 1 request, 0 messages sent\n"
        "1 request: 1 being sent by somebody else\n"
        "requests that somebody else is sending stayed; run the command again later\n",
        "",
    )


def skips(key: str, number: int, *ids: str) -> dict[str, Any]:
    """A preview of an object of which nothing is to be sent."""
    return {"key": key, "passes": 0, "messages": [], "fails": [], "duplicates": number, "skipped": list(ids)}


SKIPS = [
    (["e-1"], "1 message: an event with the id e-1 was sent before"),
    (["e-1", "e-2"], "2 messages: events with the ids e-1, e-2 were sent before"),
    ([f"e-{n}" for n in range(6)], "6 messages: events with the ids e-0, e-1, e-2, e-3, e-4 and more were sent before"),
]


@pytest.mark.parametrize(("ids", "skip_message"), SKIPS)
def test_the_ids_by_which_events_are_skipped_are_named_before_anything_is_deleted(
    account: Account, run: Run, monkeypatch: pytest.MonkeyPatch, ids: list[str], skip_message: str
) -> None:
    key = account.reject(1)
    shown = skips(key, len(ids), *(f"id:{event_id}" for event_id in ids))
    monkeypatch.setattr(account.functions.reprocessor, "preview", lambda _keys: [shown])
    assert run("redrive", "--dry-run")[1].startswith(f"  skips   {skip_message}\n")
    out = run("redrive", answers="n\n")[1]
    messages = skip_message.partition(":")[0]
    question = f"Send 0 messages of 1 request to the queue that the SIEM reads, and delete {messages} that it skips?"
    assert out.startswith(f"  skips   {skip_message}\n{question}")
    assert account.objects() == [key]


def test_an_event_that_fails_again_as_previewed_is_no_failure(account: Account, run: Run) -> None:
    events = [{"uuid": f"u{at}", "eventType": "t", "published": "2026-01-01T00:00:00Z"} for at in range(2)]
    del events[1]["eventType"]
    request = Request("POST", {}, json.dumps({"data": {"events": events}}).encode(), id="r", time=NOW)
    account.kept.keep_rejected(
        "okta", request, (), [RejectedEvent(at, "missing", "no x") for at in range(2)], split="data.events"
    )
    account.deploy(OKTA)
    status, out, _ = run("redrive", "--yes")
    assert (status, "1 request: 1 sent in part" in out) == (0, True)


def test_a_preview_of_very_many_says_how_far_it_is_where_a_pipe_has_the_rest(
    account: Account, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_console, "STEP", 20)
    for number in range(45):
        account.reject(number)
    progress = "".join(f"looked at {number} of 45 requests\n" for number in (20, 40))
    assert run("redrive", "--dry-run")[::2] == (0, progress)
    progress = "".join(f"read {number} requests\n" for number in (20, 40))
    assert run("rejected", "--type", "kind.1")[::2] == (0, progress)
    monkeypatch.setattr(_console, "STEP", 500)
    assert run("redrive", "--dry-run")[::2] == (0, "")


def test_the_outcome_of_each_request_is_reported(account: Account, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    before = account.reject(1)
    account.reject(2, "time", event_ts="no time")
    plain = account.functions.reprocessor

    def preview(keys: list[str]) -> list[dict[str, Any]]:
        return [skips(key, 1, "id:e-1") if key == before else plain._process(key, plain._preview) for key in keys]

    monkeypatch.setattr(plain, "preview", preview)
    done = {"key": before, "sent": 0, "unsent": 0, "fails": [], "duplicates": 1}
    monkeypatch.setattr(plain, "send", lambda _keys: [done])
    status, out, _ = run("redrive", "--yes")
    assert (status, out.splitlines()[-1]) == (0, "2 requests: 1 sent before, 1 still failing")


@pytest.mark.parametrize(
    ("failure", "why"),
    [
        ({"errorMessage": "Task timed out after 120.00 seconds"}, "Task timed out after 120.00 seconds"),
        ({}, "its log says why"),
    ],
)
def test_a_function_that_ends_with_an_error_is_said(
    account: Account, run: Run, failure: dict[str, str], why: str
) -> None:
    account.reject(1)
    account.functions.fails = failure
    assert run("redrive", "--yes") == (1, "", f"error: the-redrive failed (Unhandled): {why}\n")


BUSY = "  busy    the sweep or another redrive is running; next try in {} s\n"


def test_a_function_that_is_at_work_for_somebody_else_is_waited_for(
    account: Account, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    slept: list[float] = []
    monkeypatch.setattr(_redrive_dialog.time, "sleep", slept.append)
    account.reject(1)
    account.functions.busy = 2
    status, out, err = run("redrive", "--yes")
    assert (status, err, slept) == (0, "", list(PAUSES[:2]))
    assert out.startswith(BUSY.format(1) + BUSY.format(2) + PASSES.format(1))
    assert account.sent() == ["zoom: kind.1 by n1"]


def test_a_function_that_stays_busy_is_said_and_nothing_is_lost(
    account: Account, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_redrive_dialog.time, "sleep", lambda _seconds: None)
    key = account.reject(1)
    account.functions.busy = 100
    status, _, err = run("redrive", "--yes")
    assert (status, len(account.functions.calls)) == (1, 1 + len(PAUSES))
    assert err == (
        "error: the-redrive has been busy for 138 seconds (the scheduled sweep, or another redrive). "
        "Nothing is lost; run the command again\n"
    )
    assert account.objects() == [key]


def test_another_refusal_of_lambda_is_no_reason_to_wait(
    account: Account, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(**_: Any) -> None:
        raise ClientError({"Error": {"Code": "AccessDeniedException", "Message": "not you"}}, "Invoke")

    account.reject(1)
    monkeypatch.setattr(account.functions, "invoke", refuse)
    assert run("redrive", "--yes") == (1, "", "error: AWS: Invoke: AccessDeniedException: not you\n")


# After a deployment.


def deployed(folder: Path) -> Deployment:
    """Zoom, as it was just deployed."""
    return Deployment(
        DeployContext(Target(), SOURCES, folder), SimpleNamespace(name="zoom", definition=bundled_source("zoom"))
    )  # type: ignore[arg-type]


def test_events_that_a_deployment_can_shape_are_brought_back_without_a_question(
    account: Account, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    account.reject(1)
    still = account.reject(2, "time", event_ts="no time")
    _redrive_dialog.redrive_after_deployment(deployed(tmp_path), yes=True)
    assert capsys.readouterr().out == (
        "\nredrive: 2 rejected requests\n"
        + PASSES.format(1)
        + "  fails   1x time: event_ts is not a time as unix_ms writes it\n"
        + "  1 of 1 request, 1 message sent\n2 requests: 1 sent, 1 still failing\n"
    )
    assert (account.sent(), account.objects()) == (["zoom: kind.1 by n1"], [still])
    _redrive_dialog.redrive_after_deployment(deployed(tmp_path), yes=True)
    assert "nothing would pass" in capsys.readouterr().out
    account.kept.delete(still)
    _redrive_dialog.redrive_after_deployment(deployed(tmp_path), yes=True)
    assert capsys.readouterr().out == "\nredrive: zoom has no rejected events\n"


def test_a_deployment_brings_back_the_oldest_and_says_where_there_are_more(
    account: Account, capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_redrive_dialog, "AFTER_DEPLOYMENT", 2)
    for number in range(3):
        account.reject(number, days=number)
    _redrive_dialog.redrive_after_deployment(deployed(tmp_path), yes=True)
    assert capsys.readouterr().out.endswith(
        "  2 of 2 requests, 2 messages sent\n"
        "there are more than 2 requests. For the rest: python -m generator redrive zoom\n"
    )
    assert account.sent() == ["zoom: kind.1 by n1", "zoom: kind.2 by n2"]


def test_a_person_who_deploys_is_asked_before_anything_is_sent(
    account: Account, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    key = account.reject(1)
    monkeypatch.setattr(sys, "stdin", io.StringIO("n\n"))
    _redrive_dialog.redrive_after_deployment(deployed(tmp_path), yes=False)
    assert account.objects() == [key]


# What somebody else has put there.


OTHERS_KEY = "rejected/notes.txt"
FOREIGN_OBJECT = f"s3://{BUCKET}/{{}} is not written by the framework: look at it yourself, and delete it"


def test_foreign_objects_are_listed_and_reported_and_hold_up_nothing(account: Account, run: Run) -> None:
    key = account.reject(1)
    other = key.replace(".json", "-copy.json")
    account.kept.put(OTHERS_KEY, b"no JSON")
    account.kept.put(other, b'{"version": 2}')
    _, out, _ = run("rejected")
    assert [line.split() for line in out.splitlines()[1:3]] == [
        ["not", "written", "by", "the", "framework", "1", "notes.txt"],
        ["2026-01-01", "missing", "2", key.rpartition("/")[2][:12], "no", "event_ts"],
    ]
    for foreign_key in (OTHERS_KEY, other):
        assert run("rejected", "--show", foreign_key) == (1, "", f"error: {FOREIGN_OBJECT.format(foreign_key)}\n")
    assert run("redrive", "--dry-run")[:2] == (
        0,
        PASSES.format(1)
        + f"  fails   1x not written by the framework: {other}\n"
        + f"  fails   1x not written by the framework: {OTHERS_KEY}\n"
        + "1 message of 1 request would be sent; nothing was\n",
    )
    assert run("redrive", "--yes")[0] == 0
    assert account.sent() == ["zoom: kind.1 by n1"]
    assert sorted(account.objects()) == sorted([OTHERS_KEY, other])


def test_foreign_objects_have_no_type(account: Account, run: Run) -> None:
    account.reject(1)
    account.kept.put(OTHERS_KEY, b"no JSON")
    account.kept.put("rejected/2026-01-01/missing/others.json", b'{"version": 1}')
    assert run("rejected", "--type", "kind.1", "--json")[1].count("\n") == 1


@pytest.mark.parametrize("command", ["rejected", "redrive", "status"])
def test_a_stack_that_is_not_there_or_is_older_is_said(account: Account, run: Run, command: str) -> None:
    more = ["--yes"] if command == "redrive" else []
    account.cloudformation.resources[STACK] = []
    newer = "python -m generator deploy zoom --region us-west-2"
    message = f"error: stack {STACK} is of an older version, which can't redrive; update it: {newer}\n"
    assert run(command, "--region", REGION, *more) == (1, "", message)
    choose = "deploy it first, or choose another with --env, --project or --region"
    message = f"error: no stack MozDef-EF-zoom-prod in us-west-2: {choose}\n"
    assert run(command, "--env", "prod", *more) == (1, "", message)


UNDER_WAY = "stack {} is in {} since 2026-03-02 12:00 UTC: wait until that has ended"
DELETE_FIRST = (
    "stack {} is in {}, which only deleting it ends: python -m generator delete zoom says what would go, and then "
    "deploy again"
)
STATES = {
    "REVIEW_IN_PROGRESS": "stack {} is in {}: nothing is deployed yet, and a change set waits for somebody to execute "
    "it: python -m generator deploy zoom",
    "ROLLBACK_COMPLETE": "stack {} is in {}: its creation failed, and nothing of it is left: "
    "python -m generator deploy zoom",
    **dict.fromkeys(("CREATE_IN_PROGRESS", "ROLLBACK_IN_PROGRESS", "DELETE_IN_PROGRESS"), UNDER_WAY),
    **dict.fromkeys(("CREATE_FAILED", "ROLLBACK_FAILED", "DELETE_FAILED"), DELETE_FIRST),
}
COMMANDS = {
    "rejected": ["rejected"],
    "rejected --json": ["rejected", "--json"],
    "redrive": ["redrive", "--yes"],
    "redrive --dead": ["redrive", "--dead", "--yes"],
    "status": ["status"],
    "status --json": ["status", "--json"],
    "canary": ["canary"],
}


@pytest.mark.parametrize("words", COMMANDS.values(), ids=COMMANDS)
@pytest.mark.parametrize("status", STATES)
def test_a_stack_that_is_not_deployed_is_said_with_its_state(
    account: Account, run: Run, words: list[str], status: str
) -> None:
    account.cloudformation.add_stack(status, STACK, Outputs=[])
    account.cloudformation.resources[STACK] = []
    assert_reported(run, words, STATES[status].format(STACK, status), status)


def assert_reported(run: Run, words: list[str], problem: str, status: str | None) -> None:
    """As one line; and where JSON was asked for, as that."""
    code, out, err = run(*words)
    assert code == 1
    if "--json" in words:
        assert json.loads(out) == {"stack": STACK, "status": status, "problem": problem, "well": False}
        assert err == ""
    else:
        assert (out, err) == ("", f"error: {problem}\n")


@pytest.mark.parametrize("words", COMMANDS.values(), ids=COMMANDS)
def test_a_stack_that_is_none_of_ours_is_said(account: Account, run: Run, words: list[str]) -> None:
    account.cloudformation.resources[STACK] = []
    account.cloudformation.add_stack("CREATE_COMPLETE", STACK, Tags=[{"Key": "Service", "Value": "okta"}])
    another = "--project and --env choose another name"
    message = f"stack {STACK} is another's: it has the tags Service=okta; {another}"
    assert_reported(run, words, message, "CREATE_COMPLETE")
    account.cloudformation.add_stack("UPDATE_COMPLETE", STACK, Tags=[])
    account.cloudformation.templates[STACK] = {"Resources": {}}
    assert_reported(run, words, f"stack {STACK} was not made by this framework; {another}", "UPDATE_COMPLETE")
    del account.cloudformation.stacks[STACK]
    message = f"no stack {STACK} in us-west-2: deploy it first, or choose another with --env, --project or --region"
    assert_reported(run, words, message, None)


WORKED_ON = "is in {} since 2026-03-02 12:00 UTC: wait until that has ended"
UNFINISHED = {
    **dict.fromkeys(
        (
            "UPDATE_IN_PROGRESS",
            "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS",
            "UPDATE_ROLLBACK_IN_PROGRESS",
            "UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS",
        ),
        WORKED_ON,
    ),
    "UPDATE_FAILED": "is in {}: its last update waits to be rolled back: "
    f"aws cloudformation rollback-stack --stack-name {STACK} --region us-west-2",
    "UPDATE_ROLLBACK_FAILED": "is in {}: its last update failed, and could not be taken back either, so parts of it "
    "may be new and parts old; this goes on with it: python -m generator deploy zoom",
    "IMPORT_ROLLBACK_FAILED": "is in {}, from which there is no way on: look at it in the console of CloudFormation",
}


@pytest.mark.parametrize("status", UNFINISHED)
def test_a_stack_in_an_unfinished_state_is_looked_at_and_is_not_well(account: Account, run: Run, status: str) -> None:
    account.cloudformation.stacks[STACK].update(StackStatus=status, LastUpdatedTime=NOON)
    problem = UNFINISHED[status].format(status)
    code, out, err = run("status")
    assert (code, out.splitlines()[3], err) == (1, f"  stack     {problem}", "")
    report = json.loads(run("status", "--json")[1])
    assert (report["problem"], report["well"]) == (f"stack {STACK} {problem}", False)
    assert run("rejected")[::2] == (0, "")


def test_a_change_that_was_taken_back_is_reported_and_the_source_is_well(account: Account, run: Run) -> None:
    account.cloudformation.stacks[STACK]["StackStatus"] = "UPDATE_ROLLBACK_COMPLETE"
    code, out, _ = run("status")
    again = "To try again: python -m generator deploy zoom"
    assert (code, out.splitlines()[3]) == (
        0,
        f"  stack     its last change failed and was taken back, so it is as before. {again}",
    )
    assert json.loads(run("status", "--json")[1])["problem"] is None


@pytest.mark.usefixtures("account")
@pytest.mark.parametrize("command", ["rejected", "redrive", "status"])
def test_an_unknown_source_is_reported(capsys: pytest.CaptureFixture[str], command: str) -> None:
    assert main([command, "zoo", *(["--yes"] if command == "redrive" else [])]) == 1
    assert "zoo" in capsys.readouterr().err


# `redrive --dead`.


def dead(account: Account, number: int) -> None:
    """Have MozDef take messages too often."""
    sqs = boto3.client("sqs", REGION)
    for at in range(number):
        sqs.send_message(QueueUrl=account.dead_letters, MessageBody=json.dumps({"summary": f"d{at}"}))


LETTERS = "zoom has 2 dead letters, which the SIEM took ten times and never deleted\n"


def test_dead_letters_are_moved_back(account: Account, run: Run) -> None:
    dead(account, 2)
    assert run("redrive", "--dead", "--dry-run") == (0, LETTERS, "")
    assert account.moved == []
    moved = "SQS is moving them, which takes a while. To see how many are left: python -m generator status zoom\n"
    assert run("redrive", "--dead", "--yes") == (0, LETTERS + moved, "")
    assert account.moved == [f"arn:aws:sqs:{REGION}:123456789012:dead"]
    assert account.functions.calls == []


def test_the_emulator_can_not_move_dead_letters(account: Account, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    dead(account, 2)
    monkeypatch.setattr("generator.commands.redrive.environment_is_emulator", lambda: True)
    message = "the emulator can't move dead letters, since it lacks SQS's StartMessageMoveTask; AWS can"
    assert run("redrive", "--dead", "--yes") == (1, LETTERS, f"error: {message}\n")
    assert account.moved == []


def test_where_there_are_no_dead_letters_nobody_is_asked(run: Run) -> None:
    assert run("redrive", "--dead", "--yes") == (0, "zoom has no dead letters\n", "")


@pytest.mark.parametrize(("answer", "moved"), [("y\n", True), ("n\n", False)])
def test_somebody_is_asked_before_dead_letters_are_moved(account: Account, run: Run, answer: str, moved: bool) -> None:
    dead(account, 2)
    status, out, _ = run("redrive", "--dead", answers=answer)
    assert out.startswith(f"{LETTERS}Move them back to the queue that the SIEM reads? [y/N]: ")
    assert status == (0 if moved else 1)
    assert out.endswith("generator status zoom\n" if moved else "nothing was moved\n")
    assert bool(account.moved) is moved


def test_a_move_that_sqs_refuses_is_said(account: Account, run: Run) -> None:
    dead(account, 1)
    account.refusal = "There is already a task running."
    status, _, err = run("redrive", "--dead", "--yes")
    assert (status, err) == (1, "error: AWS: StartMessageMoveTask: There is already a task running.\n")


@pytest.mark.parametrize("more", [["--limit", "1"], ["--rate", "1"], ["--reason", "time"], ["--since", "2026-01-01"]])
def test_dead_letters_have_no_reasons_and_all_are_moved(run: Run, more: list[str]) -> None:
    status, out, err = run("redrive", "--dead", "--yes", *more)
    assert (status, out) == (2, "")
    assert "--dead moves all dead letters; use only --dry-run and --yes with it" in err


# `status`.

WELL = f"""
{STACK}  UPDATE_COMPLETE, framework 1.2.3, changed 3 hours ago

  flowing   no: 0 requests in the last hour, 0 in the last day
  sent      0 messages in the last hour, 0 in the last day
  waiting   0 messages for the SIEM
  secret    auth_token stored just now
"""


def test_a_source_that_is_well_has_nothing_to_do(run: Run) -> None:
    assert run("status") == (0, WELL, "")


def count(namespace: str, name: str, dimension: str, value: str, *numbers: tuple[float, timedelta]) -> None:
    metric = {"MetricName": name, "Dimensions": [{"Name": dimension, "Value": value}]}
    for number, ago in numbers:
        data = [{**metric, "Value": number, "Timestamp": datetime.now(UTC) - ago}]
        boto3.client("cloudwatch", REGION).put_metric_data(Namespace=namespace, MetricData=data)


MINUTES, HOURS = timedelta(minutes=1), timedelta(hours=1)


def test_each_problem_is_reported_with_the_command_that_solves_it(account: Account, run: Run, update: bool) -> None:
    count("AWS/ApiGateway", "Count", "ApiId", "api1", (1_200, 5 * MINUTES), (800, 5 * HOURS))
    count("AWS/SQS", "NumberOfMessagesSent", "QueueName", "events", (1_100, 5 * MINUTES))
    count("AWS/SQS", "ApproximateAgeOfOldestMessage", "QueueName", "events", (7_300, 5 * MINUTES), (5, 9 * MINUTES))
    boto3.client("sqs", REGION).send_message(QueueUrl=account.events, MessageBody="{}")
    dead(account, 2)
    account.reject(1)
    account.kept.keep_unsent("zoom", Request("POST", time=NOW), [b"{}"])
    account.kept.put("unsendable/2026-01-01/0.json", b"{}")
    alarm(f"{STACK}-Refused-1", "zoom: events could not be shaped.", "ALARM")
    alarm(f"{STACK}-Unread-1", "zoom: MozDef does not read.", "OK")
    alarm("MozDef-EF-okta-dev-Refused-1", "okta: events could not be shaped.", "ALARM")
    alarm(f"{STACK}-x-Refused-1", "another stack's, whose name begins with this one's", "ALARM")
    boto3.client("ssm", REGION).delete_parameter(Name=SECRET)
    do = "python -m generator {} zoom{} --region us-west-2"
    again = do.format("redrive", " --dead")
    shown = f"""
{STACK}  UPDATE_COMPLETE, framework 1.2.3, changed 3 hours ago

  flowing   yes: 1,200 requests in the last hour, 2,000 in the last day
  sent      1,100 messages in the last hour, 1,100 in the last day
  waiting   1 message for the SIEM, the oldest for 2 hours
  dead      2 dead letters, which the SIEM took ten times. See what its log says, then {again}
  rejected  1 request with rejected events: {do.format("rejected", "")}
  unsent    1 request that the queue did not take; the sweep tries again every five minutes
  never     1 object with messages that SQS rejects, below unsendable/ in {BUCKET}
  alarm     Refused-1: zoom: events could not be shaped.
  secret    auth_token not there: {do.format("secret", "")}
"""
    assert run("status", "--region", REGION) == (1, shown, "")
    assert_example("status", f"python -m generator status zoom --region {REGION}", shown, update=update)


def turn_into_objects(account: Account) -> None:
    """Have the stack that of a source with `delivery: {s3: {}}`."""
    stack, (redrive, *_) = account.cloudformation.stacks[STACK], account.cloudformation.resources[STACK]
    for output in stack["Outputs"]:
        output["OutputKey"] = output["OutputKey"].replace("EventsQueueUrl", "ObjectsQueueUrl")
    stack["Outputs"].append({"OutputKey": "ObjectsBucket", "OutputValue": "zoom-dev-objects-1"})
    stream = {"LogicalResourceId": "Writer", "PhysicalResourceId": "the-writer"}
    writer = {**redrive, **stream, "ResourceType": "AWS::KinesisFirehose::DeliveryStream"}
    account.cloudformation.resources[STACK].append(writer)


def test_of_a_source_of_objects_notifications_wait_and_records_are_counted(account: Account, run: Run) -> None:
    turn_into_objects(account)
    count("AWS/Firehose", "IncomingRecords", "DeliveryStreamName", "the-writer", (1_100, 5 * MINUTES))
    boto3.client("sqs", REGION).send_message(QueueUrl=account.events, MessageBody="{}")
    dead(account, 1)
    account.kept.keep_unsent("zoom", Request("POST", time=NOW), [b"{}"])
    status, out, _ = run("status", "--region", REGION)
    again = f"python -m generator redrive zoom --dead --region {REGION}"
    assert status == 1
    for line in (
        "  sent      1,100 messages in the last hour, 1,100 in the last day",
        "  waiting   1 notification for the SIEM",
        f"  dead      1 dead letter, which the SIEM took five times. See what it says of their objects, then {again}",
        "  unsent    1 request that the stream did not take; the sweep tries again every five minutes",
    ):
        assert line in out.splitlines()
    letters = "zoom has 1 dead letter, which the SIEM took five times and never deleted\n"
    assert run("redrive", "--dead", "--dry-run") == (0, letters, "")


def alarm(name: str, description: str, value: str) -> None:
    cloudwatch = boto3.client("cloudwatch", REGION)
    cloudwatch.put_metric_alarm(
        AlarmName=name,
        AlarmDescription=description,
        Namespace="AWS/SQS",
        MetricName="NumberOfMessagesSent",
        ComparisonOperator="GreaterThanThreshold",
        EvaluationPeriods=1,
        Period=300,
        Statistic="Sum",
        Threshold=0,
    )
    cloudwatch.set_alarm_state(AlarmName=name, StateValue=value, StateReason="a test")


def test_the_state_is_said_to_programs_too(account: Account, run: Run) -> None:
    account.reject(1)
    status, out, _ = run("status", "--json")
    report = json.loads(out)
    assert datetime.fromisoformat(report.pop("changed")) < datetime.now(UTC)
    assert datetime.fromisoformat(report["secrets"].pop("auth_token")) <= datetime.now(UTC)
    assert (status, report) == (
        1,
        {
            "stack": STACK,
            "status": "UPDATE_COMPLETE",
            "version": "1.2.3",
            "requests": {"hour": 0, "day": 0},
            "sent": {"hour": 0, "day": 0},
            "drift": None,
            "duplicates": None,
            "waiting": 0,
            "oldest": None,
            "dead": 0,
            "rejected": 1,
            "unsent": 0,
            "unsendable": 0,
            "earlier": {"buckets": [], "queues": []},
            "bucket": BUCKET,
            "objects": False,
            "alarms": [],
            "secrets": {},
            "flowing": False,
            "problem": None,
            "well": False,
        },
    )


def test_drift_and_duplicates_are_counted_where_a_source_looks_for_them(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks = replace(ZOOM, dedupe=model.Dedupe(window=24), events=replace(ZOOM.events, schemas={"*": {}}))
    monkeypatch.setattr(definition, "load", lambda *_: [SimpleNamespace(source=looks)])
    count("MozDefEventFramework", "Drift", "Stack", STACK, (2, 5 * MINUTES), (3, 5 * HOURS))
    count("MozDefEventFramework", "Duplicate", "Stack", STACK, (1_000, 5 * HOURS))
    out = run("status")[1]
    assert "  not sent  0 messages that had been sent before in the last hour, 1,000 in the last day\n" in out
    unknown = "2 events with fields or values that the schemas do not know in the last hour, 5 in the last day"
    assert f"  drift     {unknown}: the dashboard says what\n" in out
    report = json.loads(run("status", "--json")[1])
    assert (report["drift"], report["duplicates"]) == ({"hour": 2, "day": 5}, {"hour": 0, "day": 1_000})


def test_nothing_is_read_but_whether_there_is_a_secret(run: Run) -> None:
    for command in (["status"], ["status", "--json"], ["rejected"]):
        assert "never to be told" not in run(*command)[1]


def test_a_stack_that_was_never_changed_has_the_time_of_its_making(account: Account, run: Run) -> None:
    del account.cloudformation.stacks[STACK]["LastUpdatedTime"]
    days = (datetime.now(UTC) - NOON).days
    assert f"changed {days} days ago" in run("status")[1]


@pytest.mark.parametrize(
    ("counts", "well"),
    [({}, True), ({"dead": 1}, False), ({"rejected": 1}, False), ({"unsent": 1}, False), ({"unsendable": 1}, False)],
)
@pytest.mark.usefixtures("account")
def test_a_source_is_healthy_without_dead_rejected_or_unsent_messages(counts: dict[str, int], well: bool) -> None:
    status = state.read_status(Target(), ZOOM, kept_events.find_resources(Target(), "zoom"))
    assert replace(status, **counts).healthy is well


# What earlier stacks left behind.

OLD = "zoom-dev-kept-1"
TAGGED = {"Project": "MozDef-EF", "Service": "zoom", "Environment": "dev"}


def bucket(name: str, tags: dict[str, str], region: str = REGION) -> KeptBucket:
    s3 = boto3.client("s3", region)
    s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": region})
    if tags:
        s3.put_bucket_tagging(Bucket=name, Tagging={"TagSet": [{"Key": k, "Value": v} for k, v in tags.items()]})
    return KeptBucket(name, lambda: s3)


@pytest.fixture
def old(account: Account) -> Account:
    """The account as an earlier stack left it: with a bucket in which two requests were rejected, and one waits."""
    left = replace(account, kept=bucket(OLD, TAGGED))
    left.reject(1)
    left.reject(2, "time", 1, "no time")
    waits(left.kept, "w1")
    return left


def waits(kept: KeptBucket, summary: str) -> None:
    kept.keep_unsent("zoom", Request("POST", id=summary, time=NOW), [json.dumps({"summary": summary}).encode()])


ALL = ["w1", "zoom: kind.1 by n1", "zoom: kind.2 by n2"]
HAS = f"{OLD} has 2 rejected, 1 waiting to be sent\n"


def test_events_that_an_earlier_stack_kept_are_brought_in_and_sent_once(
    account: Account, old: Account, run: Run
) -> None:
    assert run("redrive", "--from-bucket", OLD, "--yes") == (
        0,
        f"""{HAS}3 requests moved to {BUCKET}
sent 1 waiting message
  passes  2026-01-01 00:00:00 INFO  zoom: kind.2 by n2
  passes  2026-01-01 00:00:00 INFO  zoom: kind.1 by n1
  2 of 2 requests, 2 messages sent
""",
        "",
    )
    assert account.sent() == ALL
    assert (account.objects(), old.objects()) == ([], [])
    message = f"{OLD} has nothing left to bring in; to send what was moved before: redrive zoom\n"
    assert run("redrive", "--from-bucket", OLD, "--yes") == (0, message, "")
    assert account.sent() == []


def test_a_move_is_shown_and_confirmed_before_anything_is_moved(account: Account, old: Account, run: Run) -> None:
    keys_before = old.objects()
    would = f"they would be moved to {BUCKET}, and sent from there; nothing was\n"
    assert run("redrive", "--from-bucket", OLD, "--dry-run") == (0, HAS + would, "")
    question = f"Move them to {BUCKET}, from where they can be sent? [y/N]: "
    assert run("redrive", "--from-bucket", OLD, answers="n\n")[:2] == (1, f"{HAS}{question}nothing was moved\n")
    assert (account.objects(), old.objects(), account.functions.calls) == ([], keys_before, [])
    status, out, _ = run("redrive", "--from-bucket", OLD, answers="y\nn\n")
    assert (status, out.endswith("nothing was sent\n")) == (1, True)
    assert account.sent() == ["w1"]
    assert (len(account.objects("rejected/")), old.objects()) == (2, [])


def test_moved_messages_that_the_queue_does_not_take_wait_in_the_new_bucket(
    account: Account, old: Account, run: Run
) -> None:
    account.deploy(ZOOM, "https://sqs.us-west-2.amazonaws.com/123456789012/none")
    status, out, _ = run("redrive", "--from-bucket", OLD, "--yes")
    assert status == 1
    assert "sent 0 waiting messages; 1 message can't be sent now\n" in out
    assert (len(account.objects("unsent/")), old.objects()) == (3, [])


def test_foreign_objects_stay_in_the_old_bucket(account: Account, old: Account, run: Run) -> None:
    others = [
        "rejected/notes.txt",
        "unsent/2026-01-01/0.json",
        "unsent/notes.txt",
        "rejected/2026-01-01/missing/0.json",
    ]
    envelope = {"version": 1, "source": "zoom"}
    contents = [b"no JSON", b'{"version": 1, "source": "okta"}', json.dumps(envelope).encode(), b'{"version": 2}']
    for key, content in zip(others, contents, strict=True):
        old.kept.put(key, content)
    status, _, err = run("redrive", "--from-bucket", OLD, "--yes")
    warnings = [f"warning: s3://{OLD}/{key} is not written by the framework; it stays there" for key in others]
    assert (status, sorted(err.splitlines())) == (0, sorted(warnings))
    assert account.sent() == ALL
    assert (account.objects(), sorted(old.objects())) == ([], sorted(others))


def test_a_request_with_the_same_body_takes_no_others_place(account: Account, old: Account, run: Run) -> None:
    (key,) = (key for key in old.objects() if "/missing/" in key)
    account.kept.put(key, json.dumps({**old.read(key), "requestId": "another"}).encode())
    assert run("redrive", "--from-bucket", OLD, answers="y\nn\n")[0] == 1
    request_ids = [account.read(each)["requestId"] for each in account.objects("rejected/")]
    assert sorted(request_ids) == ["another", "r1", "r2"]


@pytest.mark.parametrize("name", ["zoom-dev-kept-0", "zoom-dev-kept-9", "zoom-dev-kept-2", "zoom-dev-kept-3", "mine"])
def test_only_a_bucket_that_an_earlier_stack_left_behind_is_taken(old: Account, run: Run, name: str) -> None:
    bucket("zoom-dev-kept-2", {**TAGGED, "Project": "Others"})
    bucket("zoom-dev-kept-3", {})
    bucket("mine", TAGGED)
    bucket("zoom-dev-kept-4", TAGGED, "eu-west-1")
    keys_before = old.objects()
    message = f"error: --from-bucket: no earlier stack of zoom left a bucket {name} behind; there is {OLD}\n"
    assert run("redrive", "--from-bucket", name, "--yes") == (1, "", message)
    assert old.objects() == keys_before


def test_a_bucket_that_no_earlier_stack_left_behind_is_reported(run: Run) -> None:
    message = f"error: --from-bucket: no earlier stack of zoom left a bucket {OLD} behind; there is none\n"
    assert run("redrive", "--from-bucket", OLD, "--yes") == (1, "", message)


@pytest.mark.parametrize("more", [["--limit", "1"], ["--reason", "time"], ["--since", "2026-01-01"]])
def test_all_of_an_old_bucket_is_brought_in(run: Run, more: list[str]) -> None:
    status, out, err = run("redrive", "--from-bucket", OLD, "--yes", *more)
    assert (status, out) == (2, "")
    assert "--from-bucket brings in all of it; use only --rate, --dry-run and --yes with it" in err


@dataclass
class Failing:
    """S3 whose call of a number fails, before or after it was done."""

    s3: Any
    at: int
    done: bool
    calls: int = 0

    def __getattr__(self, name: str) -> Any:
        call = getattr(self.s3, name)
        if name not in ("get_object", "put_object", "delete_object"):
            return call

        def called(**arguments: Any) -> Any:
            self.calls += 1
            if self.calls != self.at:
                return call(**arguments)
            if self.done:
                call(**arguments)
            raise KeyboardInterrupt

        return called


def ids(*accounts: Account) -> set[str]:
    return {each.read(key)["requestId"] for each in accounts for key in each.objects()}


@pytest.mark.parametrize("swept", [False, True], ids=["not swept", "swept in between"])
@pytest.mark.parametrize("done", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("at", range(1, 10))
def test_an_end_at_any_point_loses_nothing_and_the_next_try_goes_on(
    account: Account, old: Account, at: int, done: bool, swept: bool
) -> None:
    s3 = boto3.client("s3", REGION)
    with pytest.raises(KeyboardInterrupt):
        list(retained_resources.move_kept_events(Failing(s3, at, done), "zoom", OLD, BUCKET))
    assert ids(account, old) == {"w1", "r1", "r2"}
    sent = []
    if swept:
        account.functions.sweeper.sweep()
        sent = account.sent()
    list(retained_resources.move_kept_events(s3, "zoom", OLD, BUCKET))
    assert old.objects() == []
    account.functions.sweeper.sweep()
    account.functions.reprocessor.send(account.objects("rejected/"))
    sent += account.sent()
    assert sorted(set(sent)) == ALL
    # Only what was sent between its copy and its deletion is sent twice.
    assert sent.count("w1") == (2 if swept and (at, done) in ((2, True), (3, False)) else 1)
    assert len(sent) == 3 + (sent.count("w1") - 1)


def test_a_move_that_is_interrupted_can_be_run_again(
    account: Account, old: Account, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = Target.client

    def client(target: Target, service: str, *more: int) -> Any:
        real_client = plain(target, service, *more)
        return Failing(real_client, 5, done=True) if service == "s3" else real_client

    monkeypatch.setattr(Target, "client", client)
    message = "stopped: what was moved is in the new bucket, the rest in the old one. To go on, run it again\n"
    assert run("redrive", "--from-bucket", OLD, "--yes")[:2] == (1, HAS + message)
    assert ids(account, old) == {"w1", "r1", "r2"}
    monkeypatch.setattr(Target, "client", plain)
    assert run("redrive", "--from-bucket", OLD, "--yes")[0] == 0
    assert run("redrive", "--yes")[0] == 0
    assert account.sent() == ["zoom: kind.1 by n1", "zoom: kind.2 by n2"]
    account.functions.sweeper.sweep()
    assert account.sent() == ["w1"]


@pytest.mark.usefixtures("old")
def test_the_state_includes_resources_that_earlier_stacks_left_behind(account: Account, run: Run) -> None:
    sqs = boto3.client("sqs", REGION)
    for name in (f"{STACK}-Events-1", f"{STACK}-DeadLetters-1", STACK, "MozDef-EF-zoom-dev2-Events-1"):
        sqs.create_queue(QueueName=name)
    url = "https://sqs.us-west-2.amazonaws.com/123456789012/{}"
    for name in (f"{STACK}-Events-1", STACK, "MozDef-EF-zoom-dev2-Events-1"):
        sqs.send_message(QueueUrl=url.format(name), MessageBody="{}")
    bucket("zoom-dev-kept-7", TAGGED)
    status, out, _ = run("status")
    assert (status, [line for line in out.splitlines() if "earlier" in line]) == (
        1,
        [
            "  earlier   2 rejected, 1 waiting to be sent, in a bucket that an earlier stack left behind: "
            f"python -m generator redrive zoom --from-bucket {OLD}",
            "  earlier   1 message on a queue that an earlier stack left behind; let what read it before empty it: "
            + url.format(STACK),
            "  earlier   1 message on a queue that an earlier stack left behind; let what read it before empty it: "
            + url.format(f"{STACK}-Events-1"),
        ],
    )
    assert json.loads(run("status", "--json")[1])["earlier"] == {
        "buckets": [{"name": OLD, "rejected": 2, "unsent": 1}],
        "queues": [{"url": url.format(name), "messages": 1} for name in (STACK, f"{STACK}-Events-1")],
    }
    assert account.functions.calls == []


@pytest.mark.usefixtures("old")
def test_a_missing_permission_to_list_retained_resources_is_reported(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any) -> None:
        raise ClientError({"Error": {"Code": "AccessDenied", "Message": "you may not"}}, "ListBuckets")

    monkeypatch.setattr(retained_resources, "find_retained", refuse)
    message = "  earlier   unknown: you have no permission to list the buckets and queues of earlier stacks\n"
    status, out, _ = run("status")
    assert (status, message in out) == (0, True)
    report = json.loads(run("status", "--json")[1])
    assert (report["earlier"], report["well"]) == (None, True)


def test_the_commands_have_no_default_that_sends() -> None:
    context = click.Context(redrive.command)
    assert {
        option.name: option.get_default(context) for option in redrive.command.params if option.name in ("yes", "dead")
    } == {
        "yes": False,
        "dead": False,
    }
