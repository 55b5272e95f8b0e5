"""Play the samples of a stream as its vendor to the puller's own code, with AWS in memory."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any, Literal, NamedTuple

from generator.errors import Problem, display_path
from generator.samples.fake_aws import Bucket, Queue, Store, Table
from generator.samples.pulled_files import PullSample
from generator.samples.sample import SAMPLE_TIME, SECRET, Sample
from lambdas.delivering.dedupe import Claims
from lambdas.delivering.kept_bucket import KeptBucket
from lambdas.delivering.outbox import Outbox
from lambdas.model import Source
from lambdas.model_pull import Credentials, Pull
from lambdas.pulling.answers import read_answer
from lambdas.pulling.outcomes import NoAnswer
from lambdas.pulling.page_delivery import PageDelivery
from lambdas.pulling.position_table import PositionTable
from lambdas.pulling.runner import Runner, RunReport
from lambdas.reading.intake import Intake
from lambdas.reading.paths import Functions, compile_path
from lambdas.runtime.deadline import Deadline
from lambdas.runtime.http_types import HttpAnswer, HttpRequest
from lambdas.runtime.rotated_secrets import RotatedSecrets

_SECONDS = 300.0
_RUN = "sample"
"""The name of a run, which messages have as their processid; a random one would make them differ with each build."""


class _NoCredential:
    """In place of a credentials type: requests without a credential are what is stored beside samples."""

    Settings = type(None)

    @staticmethod
    def secret_names(_settings: Any) -> tuple[str, ...]:
        return ()

    @staticmethod
    def authorize(_settings: Any, request: HttpRequest, _context: Any) -> HttpRequest:
        return request

    @staticmethod
    def forget(_settings: Any, _context: Any) -> bool:
        return False


class Step(NamedTuple):
    """What happens while a sample is played: a request, its answer, a message, or a position that is stored."""

    kind: Literal["asked", "answered", "sent", "stored"]
    value: Any
    """The HttpRequest, the HttpAnswer, the message, or the position's name and fields."""


Observer = Callable[[Step], None]


class Vendor:
    """Answers the requests of one stream with its sample, in order, and records them."""

    def __init__(self, sample: PullSample, observe: Observer, *, prepares: bool = False) -> None:
        """With `prepares`, the first request is that which prepares the stream, and no sample has its answer."""
        self.requests: list[str] = []
        self._observe = observe
        self._answers: list[HttpAnswer] = [HttpAnswer(200, {}, b"{}")] if prepares else []
        for number, page in enumerate(sample.pages, 1):
            self._answers += [page, *sample.children.get(number, ())]

    def send(self, request: HttpRequest, _seconds: float) -> HttpAnswer:
        """Answer with the next page or child; NoAnswer where the sample has no more."""
        self.requests.append(request_line(request))
        self._observe(Step("asked", request))
        if not self._answers:
            raise NoAnswer("no sample has the answer to this request")
        self._observe(Step("answered", self._answers[0]))
        return self._answers.pop(0)


class WatchedQueue(Queue):
    """A queue that says what is sent."""

    def __init__(self, observe: Observer) -> None:
        super().__init__()
        self._observe = observe

    def send_message_batch(self, Entries: list[dict[str, str]], **more: object) -> dict[str, Any]:  # noqa: N803 - boto3's name
        for entry in Entries:
            self._observe(Step("sent", json.loads(entry["MessageBody"])))
        return super().send_message_batch(Entries, **more)


class WatchedTable(Table):
    """A table that says which positions are stored."""

    def __init__(self, observe: Observer) -> None:
        super().__init__()
        self._observe = observe

    def put_item(self, Item: dict[str, Any], **more: object) -> dict[str, Any]:  # noqa: N803 - boto3's name
        if "state" in Item:
            self._observe(Step("stored", (Item["id"]["S"], json.loads(Item["state"]["S"]))))
        return super().put_item(Item, **more)


class _KeptReasons(Bucket):
    """Takes every object, and keeps why events of it became no message."""

    def __init__(self) -> None:
        self.reasons: list[str] = []

    def put_object(self, **put: Any) -> dict[str, Any]:
        if put["Key"].startswith("rejected/"):
            envelope = json.loads(put["Body"])
            self.reasons += [f"{envelope['reason']}: {event['detail']}" for event in envelope["events"]]
        return super().put_object(**put)


def request_line(request: HttpRequest) -> str:
    """Return a request in a line: method, URL, headers, and body."""
    headers = " ".join(f"{name}={value}" for name, value in sorted(request.headers.items()))
    return " ".join(filter(None, [request.method, request.url, headers, request.body.decode()]))


def play(
    source: Source, sample: PullSample, observe: Observer = lambda _step: None
) -> tuple[RunReport, list[dict[str, Any]], list[str]]:
    """Run the puller once on the stream of a sample: how it went, the messages, and the requests."""
    assert source.pull is not None  # noqa: S101 - a pulled source has samples of this kind
    pull = _alone(source.pull, sample)
    alone = replace(source, pull=pull)
    prepares = pull.streams[sample.key.name].prepare is not None
    queue, table, vendor = WatchedQueue(observe), WatchedTable(observe), Vendor(sample, observe, prepares=prepares)
    deadline = Deadline()

    def clock() -> float:
        return SAMPLE_TIME

    claims = Claims(alone, "positions", table, _SECONDS, clock, deadline, required=True)
    kept = _KeptReasons()
    delivery = PageDelivery(alone, Outbox("queue", queue), KeptBucket("kept", lambda: kept), claims)
    runner = Runner(
        alone,
        RotatedSecrets("/sample", lambda: Store(lambda _name: (SECRET,))),
        vendor.send,
        delivery,
        lambda owner: PositionTable("positions", table, owner, clock),
        deadline,
        clock,
        lambda _seconds: None,
        lambda: _RUN,
    )
    report = runner.run(_SECONDS)
    if kept.reasons:
        report = report._replace(notes={**report.notes, "kept": ", ".join(dict.fromkeys(kept.reasons))})
    return report, [json.loads(body) for body in queue.bodies], vendor.requests


def problems(sample: PullSample, report: RunReport) -> list[Problem]:
    """Return what is wrong with what the puller makes of a sample."""
    file = display_path(sample.source_file)
    mistakes = [Problem(file, 0, "", why) for why in report.failures.values()]
    if number := report.counts["kept"]:
        kept = "becomes no message" if number == 1 else f"{number} events become no message"
        mistakes.append(Problem(file, 0, "", f"{kept}: {report.notes['kept']}"))
    return mistakes


def sample_events(pull: Pull, sample: Sample) -> Iterator[tuple[Any, Functions]]:
    """Yield each event on the pages of a sample, or in the answers of their items, with what a path may call."""
    assert isinstance(sample, PullSample)  # noqa: S101 - load_samples() reads no other for a pulled source
    stream = pull.streams[sample.key.name]
    split = compile_path(stream.events.split or "@")
    for number, page in enumerate(sample.pages, 1):
        answers = [(None, read_answer(page, stream.format))]
        if stream.each:
            items = answers[0][1].find(stream.each.of) or []
            children = (read_answer(child, stream.each.format) for child in sample.children.get(number, ()))
            answers = list(zip(items, children, strict=False))
        for parent, answer in answers:
            intake = Intake(answer.root, SAMPLE_TIME, stream=sample.key.name, parent=parent)
            functions = Functions(intake, answer.root)
            for event in split(answer.root, functions) or []:
                yield event, functions


def _alone(pull: Pull, sample: PullSample) -> Pull:
    """Return the API with the sample's stream alone, whose pages are as long as the sample's."""
    stream = pull.streams[sample.key.name]
    if stream.for_:
        stream = replace(stream, for_=dict.fromkeys(stream.for_, (sample.key.value,)))
    settings = stream.paging.settings
    if len(sample.pages) > 1 and getattr(settings, "size", None):
        size = len(
            compile_path(stream.events.split or "@")(json.loads(sample.pages[0].body), Functions(sample.request))
        )
        stream = replace(stream, paging=replace(stream.paging, settings=replace(settings, size=size)))
    credentials = Credentials(_NoCredential, None)  # type: ignore[arg-type]  # no module, but it has what is called
    return replace(pull, streams={sample.key.name: stream}, credentials=credentials)
