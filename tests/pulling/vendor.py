"""A vendor's API in memory, and a puller that asks it: both by a clock that tests move."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from lambdas.delivering.archive import ArchiveWriter
from lambdas.delivering.dedupe import Claims
from lambdas.delivering.kept_bucket import KeptBucket
from lambdas.delivering.object_store import ObjectStore
from lambdas.delivering.outbox import Outbox
from lambdas.delivering.replay import Replayer
from lambdas.delivering.reprocess import Reprocessor
from lambdas.delivering.stream_outbox import StreamOutbox
from lambdas.delivering.sweep import Sweeper
from lambdas.model import Source
from lambdas.pulling.page_delivery import PageDelivery
from lambdas.pulling.position_table import PositionTable
from lambdas.pulling.runner import Runner, RunReport
from lambdas.runtime.deadline import Deadline
from lambdas.runtime.http_types import HttpAnswer, HttpRequest
from lambdas.runtime.rotated_secrets import RotatedSecrets
from tests.definitions import make_definition
from tests.fakes import NOW, Bucket, Firehose, Queue, Store
from tests.pulling.fake_table import PullTable

SECONDS = 300.0
"""Seconds of a function's time."""


@dataclass
class Clock:
    """The time of everybody; sleeping moves it."""

    now: float = NOW

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


@dataclass
class Vendor:
    """An API with events by time, in pages with a cursor: `?from=&to=&cursor=`, bounds in Unix seconds, inclusive."""

    clock: Clock
    events: list[dict[str, Any]] = field(default_factory=list)
    page_size: int = 3
    asked: list[tuple[float, HttpRequest]] = field(default_factory=list)
    answers: list[HttpAnswer | Exception] = field(default_factory=list)
    """What is answered instead, to the next requests."""

    def add(self, at: float, id_: str, **more: Any) -> None:
        """Add an event that the API has from now on, whenever it happened."""
        self.events.append({"id": id_, "at": int(at), **more})

    def send(self, request: HttpRequest, _seconds: float) -> HttpAnswer:
        self.asked.append((self.clock.now, request))
        if self.answers:
            answer = self.answers.pop(0)
            if isinstance(answer, Exception):
                raise answer
            return answer
        return self.page({name: values[0] for name, values in parse_qs(urlsplit(request.url).query).items()})

    def page(self, query: dict[str, str]) -> HttpAnswer:
        first, last = int(query["from"]), int(query.get("to", self.clock.now))
        within = [event for event in self.events if first <= event["at"] <= last]
        within.sort(key=lambda event: event["at"])
        start = int(query.get("cursor", 0))
        end = start + self.page_size
        body = {"items": within[start:end], "next": str(end) if end < len(within) else None}
        return answer_of(body)


def answer_of(body: Any, status: int = 200, **headers: str) -> HttpAnswer:
    """Return an answer with a JSON body."""
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    return HttpAnswer(status, {"content-type": "application/json", **names}, json.dumps(body).encode())


HEAD = """\
description: made
pull:
  url: https://api.vendor.example/v1
  credentials: {bearer: {}}
  every: 5m
  rate: {requests: 1000, per: 1m}
"""
TIME_SOURCE = (
    HEAD
    + """\
  streams:
    audit:
      get: /events
      query: {from: "{from}", to: "{to}", cursor: "{cursor}"}
      paging: {cursor: {at: next}}
      resume: time
      window: {first: 1h, lag: 10s, overlap: 60s, longest: 30m, format: unix}
events: {split: items, id: id, time: at, time_format: unix}
"""
)


@dataclass
class Process:
    """A process of the puller's function."""

    runner: Runner
    deadline: Deadline

    def __call__(self, *, trial: bool = False) -> RunReport:
        """Run the puller once."""
        self.deadline.begin(_Context(SECONDS))
        return self.runner.run(SECONDS, trial=trial)


class Puller:
    """The puller of a source over AWS in memory. Each run is that of a new process, but for its tokens."""

    def __init__(self, folder: Path, text: str = TIME_SOURCE, vendor: Callable[[Clock], Any] = Vendor) -> None:
        self.begin(make_definition(folder, text).source, vendor)

    def begin(self, source: Source, vendor: Callable[[Clock], Any]) -> None:
        """Begin with nothing read and nothing stored."""
        self.clock = Clock()
        self.vendor = vendor(self.clock)
        self.source = source
        self.table, self.queue, self.bucket = PullTable(), Queue(), Bucket()
        self.archive = Bucket(name="archive")
        self.firehose = Firehose(self.archive)
        self.objects = Bucket(name="objects")
        self.writer = Firehose(self.objects)
        self.store = Store({"/made/up/token": "made-up-token"})

    def run(self, *, trial: bool = False) -> RunReport:
        """Run the puller once, in a new process."""
        return self.new_process()(trial=trial)

    def new_process(self) -> Process:
        """Return what runs the puller again and again in a process that remembers its tokens and secrets."""
        deadline = Deadline(self.clock)
        claims = Claims(self.source, "claims", self.table, SECONDS, self.clock, deadline, required=True)
        runner = Runner(
            self.source,
            RotatedSecrets("/made/up", lambda: self.store, self.clock),
            self.vendor.send,
            PageDelivery(
                self.source,
                self._outbox(deadline),
                KeptBucket("kept", lambda: self.bucket, deadline),
                claims,
                self._archive_writer(deadline),
            ),
            lambda owner: PositionTable("claims", self.table, owner, self.clock),
            deadline,
            self.clock,
            self.clock.sleep,
            stream=getattr(self.vendor, "stream", None),
        )
        return Process(runner, deadline)

    def _outbox(self, deadline: Deadline | None = None) -> Outbox:
        if self.source.delivery.s3 is None:
            return Outbox("queue-url", self.queue, self.clock.sleep, deadline)
        store = ObjectStore("objects", lambda: self.objects, deadline)
        return StreamOutbox(self.source.name, "stream", self.writer, store, self.clock.sleep, deadline, self.clock)

    def _archive_writer(self, deadline: Deadline) -> ArchiveWriter | None:
        if self.source.archive is None:
            return None
        store = ObjectStore("archive", lambda: self.archive, deadline)
        return ArchiveWriter(self.source.name, (), "stream", self.firehose, store, deadline, self.clock)

    def deploy(self, folder: Path, text: str) -> None:
        """Deploy another definition; what the stack has stored stays."""
        self.source = make_definition(folder, text).source

    def redrive(self, keys: list[str]) -> list[dict[str, Any]]:
        """Send what was kept at these keys, by the definition as it is now."""
        return self.reprocessor().send(keys)

    def reprocessor(self) -> Reprocessor:
        """Return what redrives in a new process of the function Redrive."""
        claims = Claims(self.source, "claims", self.table, SECONDS, self.clock)
        return Reprocessor(self.source, *self._stores(), _say_nothing, claims, make_delivery=PageDelivery)

    def replayer(self) -> Replayer:
        """Return what sends archived parts again."""
        archive = ObjectStore("archive", lambda: self.archive)
        return Replayer(self.source, *self._stores(), archive, _say_nothing, make_delivery=PageDelivery)

    def sweeper(self) -> Sweeper:
        """Return what sends messages that wait for the queue."""
        return Sweeper(*self._stores(), _say_nothing)

    def _stores(self) -> tuple[Outbox, KeptBucket]:
        return self._outbox(), KeptBucket("kept", lambda: self.bucket)

    @property
    def ids(self) -> list[str]:
        """The vendor's ids of all messages on the queue, or in the stream and in objects, in their order."""
        messages = self.queue.messages + [json.loads(line) for line in self.writer.lines]
        return [tag.removeprefix("id:") for message in messages for tag in message["tags"] if tag.startswith("id:")]

    @property
    def unsent_ids(self) -> list[str]:
        """The ids of all messages that wait in the bucket for the queue."""
        messages = [
            json.loads(base64.b64decode(message))
            for envelope in self.bucket.read("unsent/").values()
            for message in envelope["messages"]
        ]
        return [tag.removeprefix("id:") for message in messages for tag in message["tags"] if tag.startswith("id:")]

    def position(self, name: str = "position#audit") -> dict[str, Any]:
        """Return a position as it is stored."""
        state: dict[str, Any] = json.loads(self.table.items[name]["state"]["S"])
        return state

    def position_or_none(self) -> dict[str, Any] | None:
        """Return the position of the only stream; None where none is stored."""
        names = [name for name in self.table.items if name.startswith("position#")]
        return self.position(names[0]) if names else None


def _say_nothing(*_: Any, **__: Any) -> None:
    """Their log is nobody's here."""


@dataclass
class _Context:
    seconds: float

    def get_remaining_time_in_millis(self) -> int:
        return int(self.seconds * 1_000)
