"""Whatever fails, and whenever a process ends: an authentic event is on the queue, or kept, or still the vendor's."""

from __future__ import annotations

import base64
import json
import math
from collections import Counter
from collections.abc import Callable, Iterator
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypeVar, cast

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from generator.templates.functions import REDRIVE_SECONDS
from generator.templates.resources.function import TIMEOUT_SECONDS
from lambdas.delivering import dedupe, delivery, outbox, result, stream_outbox
from lambdas.model import Source
from lambdas.runtime.aws_errors import AWS_ERRORS
from lambdas.runtime.secrets import TTL
from tests.definitions import make_definition
from tests.fakes import DOWN, Endpoint, Firehose
from tests.shaky import FATES, IN_PART, Died, ShakyQueue, shaken

pytestmark = pytest.mark.stateful

T = TypeVar("T")
TEXT = "description: made\nwebhook: {auth: {hmac: {signature: {header: x-signature}}}}\nevents: {split: events%s}\n"
DEFINITIONS = {
    "mended": "",
    # Some are refused for the one reason, some for the other.
    "strict": ", require: [a], time: at, time_format: unix",
    "timed": ", time: at, time_format: unix",
    "stricter": ", require: [a, b]",
    # The body as a whole is.
    "broken": ", format: ndjson",
}
LIMIT = 20_000
"""Bytes of a message, here: a megabyte for each event would take its time."""
LARGE = 5_000
"""Bytes of a record of a stream, here."""
EVENTS = {
    "good": {"a": 1, "b": 1, "at": 1_767_225_600},
    "half": {"a": 1, "at": "no time"},
    "unshapeable": {"at": "no time"},
    "large": {"a": 1, "at": 1_767_225_600, "text": "x" * LARGE},
    "oversize": {"a": 1, "at": 1_767_225_600, "text": "x" * 2 * LIMIT},
}


KINDS = st.lists(st.sampled_from(sorted(EVENTS)), min_size=1, max_size=6)


# Each message is tried three times: one that is refused for good, beside others that are left.
WRONG = st.sampled_from(
    [
        *([fate] for fate in FATES if fate != "not now"),
        ["never", "not now", "not now"],
        ["down", "down"],
        ["slow"] * 6,
    ]
)
# The calls before it are well, so that each comes to be the one that fails; now and then there is another.
TROUBLE = st.builds(lambda calls, fates: ["well"] * calls + fates, st.integers(0, 4), WRONG)
LATER = st.builds(lambda calls, fates: ["well"] * calls + fates, st.integers(0, 12), WRONG)
SEVERAL = TROUBLE | st.builds(lambda first, other: first + other, TROUBLE, TROUBLE) | st.just([])


def sources(text: str) -> dict[str, Source]:
    with TemporaryDirectory() as folder:
        return {name: make_definition(Path(folder) / name, text % more).source for name, more in DEFINITIONS.items()}


SOURCES = sources(TEXT)
ARCHIVED = sources(TEXT.replace("events%s", "events, id: n%s") + "archive: {}\n")
OBJECTS = sources(TEXT.replace("events%s", "events, id: n%s") + "delivery: {s3: {}}\n")
ONCE = sources(TEXT.replace("events%s", "events, id: n%s") + "dedupe: {window: 168}\n")


# After every step, all that is there is looked at: most of it has been there before.
@lru_cache(maxsize=256)
def parsed(text: str | bytes) -> Any:
    return json.loads(text)


@lru_cache(maxsize=256)
def decoded(text: str) -> Any:
    return json.loads(base64.b64decode(text))


def number_in(message: dict[str, Any]) -> int:
    """The number of the event in a message, which also the short form of one that is too large has."""
    return next(int(entry.removeprefix("n=")) for entry in message["details"]["fields"] if entry.startswith("n="))


class Events(RuleBasedStateMachine):
    """A vendor who comes back after a 5xx, a queue, a bucket and a store that fail, and an operator."""

    sources = SOURCES

    def __init__(self) -> None:
        super().__init__()
        self.patch = pytest.MonkeyPatch()
        self.patch.setattr(delivery, "MAX_MESSAGE", LIMIT)
        self.patch.setattr(outbox, "MAX_ENTRIES", 2)
        self.patch.setattr(dedupe, "MAX_CLAIMS", 2)
        self.patch.setattr(dedupe, "MAX_WRITES", 2)
        self.endpoint = Endpoint(self.sources["strict"])
        self.fates = shaken(self.endpoint)
        self.queue = cast("ShakyQueue", self.endpoint.queue)
        self.taker: ShakyQueue | Firehose = self.queue
        """What takes messages."""
        self.number = 0
        self.died = False
        self.accepted: set[int] = set()
        """Events whose request was answered 2xx."""
        self.owed: list[bytes] = []
        """Bodies that were answered 5xx or not at all: the vendor has them still."""
        self.bodies: list[bytes] = []
        self.under_way = b""
        self.repeated: set[int] = set()
        """Events that may be there more than once, for a reason that the documentation names."""

    def teardown(self) -> None:
        """Once all is well and the mapping takes everything, everything is on the queue."""
        try:
            self.endpoint.deploy(self.sources["mended"])
            for body in list(self.owed):
                self.post(body)
            assert self.owed == []
            self.endpoint.begin(math.inf)
            self.endpoint.sweeper.sweep()
            self.endpoint.clock += TTL  # what a dead process held is let go of
            self.endpoint.reprocessor.send(self.rejected())
            assert [key for key in self.endpoint.bucket.objects if key.startswith(("rejected/", "unsent/"))] == []
            self.nothing_that_was_accepted_is_lost()
        finally:
            self.patch.undo()

    # What happens.

    @rule(kinds=KINDS, fates=SEVERAL)
    def the_vendor_sends(self, kinds: list[str], fates: list[str]) -> None:
        self.sends(kinds, fates)

    @rule(kinds=KINDS, fates=SEVERAL)
    def the_vendor_sends_while_the_queue_is_down(self, kinds: list[str], fates: list[str]) -> None:
        self.taker.faults.always = DOWN
        self.sends(kinds, fates)

    def sends(self, kinds: list[str], fates: list[str]) -> None:
        events = []
        for kind in kinds:
            self.number += 1
            events.append({"n": self.number, **EVENTS[kind]})
        self.fates.lined_up = fates
        self.post(json.dumps({"events": events}).encode())

    @rule(fates=SEVERAL)
    def the_vendor_sends_again(self, fates: list[str]) -> None:
        if self.owed:
            self.fates.lined_up = fates
            self.post(self.owed.pop(0))

    def post(self, body: bytes) -> None:
        events = {event["n"] for event in json.loads(body)["events"]}
        self.endpoint.clock += TTL
        self.under_way = body
        self.bodies = [*self.bodies, body]
        try:
            self.endpoint.begin(TIMEOUT_SECONDS)
            status = self.ended(lambda: self.endpoint.post_signed(body)["statusCode"])
        finally:
            self.owed = [owed_body for owed_body in self.owed if owed_body != body]
        failed = status is None or status >= 500
        if self.fates.repeats or self.excuses(failed):
            self.repeated |= events
        if failed:
            self.owed.append(body)
        else:
            assert status == 200
            self.accepted |= events
        self.well_again()

    @rule(fates=SEVERAL)
    def the_clock_sweeps(self, fates: list[str]) -> None:
        self.reprocesses(self.endpoint.sweeper.sweep, fates, "unsent/")

    @rule(fates=SEVERAL)
    def the_operator_redrives(self, fates: list[str]) -> None:
        keys = self.rejected()
        self.reprocesses(lambda: self.endpoint.reprocessor.send(keys), fates, "rejected/")

    def reprocesses(self, do: Callable[[], object], fates: list[str], prefix: str) -> None:
        numbers = {number for number, location in self.locations() if location.startswith(prefix)}
        self.fates.lined_up = fates
        self.endpoint.begin(REDRIVE_SECONDS)
        failed = self.ended(do) is None
        if self.fates.repeats or self.excuses(failed, prefix):
            self.repeated |= numbers
        self.well_again()

    def excuses(self, failed: bool, prefix: str = "") -> bool:  # noqa: ARG002 - to who knows better
        """Whether what came of a request, or of what is below a prefix, may be there more than once."""
        return failed

    @rule(fates=SEVERAL)
    def the_operator_looks(self, fates: list[str]) -> None:
        before = (dict(self.endpoint.bucket.objects), self.sent())
        self.fates.lined_up = [fate for fate in fates if fate not in IN_PART]
        self.endpoint.begin(REDRIVE_SECONDS)
        keys = self.rejected()
        self.ended(lambda: self.endpoint.reprocessor.preview(keys))
        self.well_again()
        assert (self.endpoint.bucket.objects, self.sent()) == before

    @rule(name=st.sampled_from(sorted(DEFINITIONS)))
    def somebody_deploys(self, name: str) -> None:
        self.endpoint.deploy(self.sources[name])

    def ended(self, do: Callable[[], T]) -> T | None:
        """What it comes to; None where the process, or the function, has ended before it did."""
        try:
            return self.endpoint.logged(do)
        except Died:
            self.died, self.fates.dead = True, False
            self.endpoint.deploy(self.endpoint.source)
            return None
        except (*AWS_ERRORS, delivery.QueueUnavailable, result.KeptBucketUnavailable):
            return None

    def well_again(self) -> None:
        self.fates.lined_up, self.fates.repeats, self.died = [], False, False
        self.endpoint.log, self.endpoint.reports = [], []
        self.taker.faults.lined_up, self.taker.faults.always, self.queue.meanwhile = [], None, None
        self.endpoint.table.faults.lined_up = []

    # What there is.

    def rejected(self) -> list[str]:
        return sorted(key for key in self.endpoint.bucket.objects if key.startswith("rejected/"))

    def sent(self) -> list[Any]:
        """The bodies of messages that a SIEM can take."""
        return list(self.endpoint.queue.bodies)

    def messages(self) -> Iterator[tuple[str, dict[str, Any]]]:
        """Every message, and where it is."""
        yield from (("queue", parsed(body)) for body in self.sent())
        for key, content in self.endpoint.bucket.objects.items():
            for message in parsed(content)["messages"] if key.startswith(("unsent/", "unsendable/")) else ():
                yield key, decoded(message if key.startswith("unsent/") else message["message"])

    def locations(self) -> Iterator[tuple[int, str]]:
        """Each event, wherever it is."""
        yield from ((number_in(message), location) for location, message in self.messages())
        for key in self.rejected():
            envelope = parsed(self.endpoint.bucket.objects[key])
            body = decoded(envelope["body"])["events"]
            refused = {event["index"] for event in envelope["events"]}
            yield from ((event["n"], key) for index, event in enumerate(body) if {index, -1} & refused)

    @invariant()
    def nothing_that_was_accepted_is_lost(self) -> None:
        counts = Counter(number for number, _ in self.locations())
        assert self.accepted <= set(counts)
        assert {number for number in self.accepted if counts[number] > 1} <= self.repeated

    @invariant()
    def what_is_there_more_than_once_has_one_id(self) -> None:
        tags: dict[int, set[str]] = {}
        for _, message in self.messages():
            tags.setdefault(number_in(message), set()).add(message["tags"][1])
        assert all(len(event_tags) == 1 for event_tags in tags.values())
        assert len(set().union(*tags.values())) == len(tags)

    @invariant()
    def what_is_pointed_at_is_there(self) -> None:
        for _, message in self.messages():
            if "oversize" in message["tags"]:
                whole = parsed(self.endpoint.bucket.objects[message["details"]["oversize"]["key"]])
                assert len(whole["text"]) == 2 * LIMIT
                assert whole["n"] == number_in(message)


class EventsOnce(Events):
    """The same with `dedupe`: twice only for trouble with the table, a death, or an answer of AWS that was lost."""

    sources = ONCE

    def excuses(self, failed: bool, prefix: str = "") -> bool:
        # What waits was sent, as far as the table knows: the sweep is alone with it.
        lines = [*self.endpoint.log, *(counts for _, counts in self.endpoint.reports)]
        unclaimed = any(line.get("unclaimed") or line.get("message") == "the table of dedupe failed" for line in lines)
        return self.died or (failed and prefix == "unsent/") or unclaimed

    @rule(kinds=KINDS, fates=LATER)
    def the_vendor_sends_in_times_of_trouble(self, kinds: list[str], fates: list[str]) -> None:
        self.sends(kinds, fates)

    @rule(kinds=KINDS, fates=LATER)
    def the_vendor_sends_twice_at_once(self, kinds: list[str], fates: list[str]) -> None:
        self.queue.meanwhile = self.once_more
        self.sends(kinds, fates)

    def once_more(self) -> None:
        """Another process has the same request."""
        body = self.under_way
        with self.endpoint.elsewhere(TIMEOUT_SECONDS):
            answer = self.endpoint.post_signed(body)
        if answer["statusCode"] == 200:
            self.accepted |= {event["n"] for event in json.loads(body)["events"]}

    @rule(which=st.integers(0), fates=SEVERAL)
    def the_vendor_sends_again_what_it_need_not(self, which: int, fates: list[str]) -> None:
        if self.bodies:
            self.fates.lined_up = fates
            self.post(self.bodies[which % len(self.bodies)])

    @rule()
    def the_vendor_sends_again_soon(self) -> None:
        """So soon that what a dead process held is not let go of yet."""
        if self.owed:
            self.endpoint.clock -= TTL
            self.post(self.owed[0])

    @rule(fates=LATER | st.just([]))
    def two_operators_redrive_at_once(self, fates: list[str]) -> None:
        keys = self.rejected()
        self.queue.meanwhile = lambda: self.redriven_elsewhere(keys)
        self.reprocesses(lambda: self.endpoint.reprocessor.send(keys), fates, "rejected/")

    def redriven_elsewhere(self, keys: list[str]) -> None:
        with self.endpoint.elsewhere(REDRIVE_SECONDS):
            self.endpoint.reprocessor.send(keys)

    @invariant()
    def nothing_that_was_accepted_is_lost(self) -> None:
        # A rejected event that the vendor sent again since is there still, until a redrive finds that it was sent.
        assert self.accepted <= {number for number, _ in self.locations()}
        messages = Counter(number_in(message) for _, message in self.messages())
        assert {number for number, times in messages.items() if times > 1} <= self.repeated


class EventsInObjects(Events):
    """The same with `delivery: {s3: {}}`: a stream, or a bucket for what is too large for it, in place of the queue."""

    sources = OBJECTS

    def __init__(self) -> None:
        super().__init__()
        self.patch.setattr(stream_outbox, "MAX_RECORDS", 2)
        self.patch.setattr(stream_outbox, "MAX_RECORD", LARGE)
        self.taker = self.endpoint.writer

    def sent(self) -> list[Any]:
        return self.endpoint.writer.lines

    @rule()
    def the_stream_delivers(self) -> None:
        if self.endpoint.writer.records:
            self.endpoint.writer.deliver("2026/01/01/00", "events/made")

    @invariant()
    def no_record_is_larger_than_a_stream_takes(self) -> None:
        assert all(len(record) <= LARGE for record in self.endpoint.writer.records)


class EventsArchived(Events):
    """The same with an `archive`: each accepted request has a copy there, or is counted as one that has none."""

    sources = ARCHIVED

    def __init__(self) -> None:
        super().__init__()
        self.without_copy: set[int] = set()

    def well_again(self) -> None:
        # The last line is the request's own: a body that can't be read has no copy either, and is kept.
        lines = [line for line in self.endpoint.log if line.get("message") == "accepted"]
        unreadable = any("no-events: " in line.get("why", "") for line in lines)
        if unreadable or any("unarchived" in line for line in lines):
            self.without_copy |= {event["n"] for event in json.loads(self.under_way)["events"]}
        super().well_again()

    @rule(fates=SEVERAL)
    def the_operator_replays(self, fates: list[str]) -> None:
        """What is archived comes once more, of course, and nothing else happens to it."""
        if not self.endpoint.firehose.envelopes:
            return
        if self.endpoint.firehose.records:
            self.endpoint.firehose.deliver()
        objects = [[key, 0] for key in sorted(self.endpoint.archive.objects)]
        self.repeated |= self.archived()
        self.fates.lined_up = fates
        self.endpoint.begin(REDRIVE_SECONDS)
        query = {"since": 0, "until": 2**40, "limit": 1_000, "send": True, "objects": objects}
        before = dict(self.endpoint.archive.objects)
        self.ended(lambda: self.endpoint.replayer.replay(query))
        assert self.endpoint.archive.objects == before
        self.well_again()

    def archived(self) -> set[int]:
        texts = [envelope["text"] for envelope in self.endpoint.firehose.envelopes]
        return {event["n"] for text in texts for event in parsed(text)["events"]}

    @invariant()
    def what_was_accepted_has_a_copy_or_is_counted(self) -> None:
        assert self.accepted <= self.archived() | self.without_copy


TestNothingIsLost = Events.TestCase
TestNothingIsLost.settings = settings(max_examples=2 * settings().max_examples, stateful_step_count=30)

TestNothingIsMissingInTheObjects = EventsInObjects.TestCase
TestNothingIsMissingInTheObjects.settings = TestNothingIsLost.settings

TestNothingIsMissingInTheArchive = EventsArchived.TestCase
TestNothingIsMissingInTheArchive.settings = TestNothingIsLost.settings

TestNothingIsSentTwice = EventsOnce.TestCase
TestNothingIsSentTwice.settings = TestNothingIsLost.settings
