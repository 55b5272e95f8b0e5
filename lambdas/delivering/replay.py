"""Replay archived requests: shape them with the code that is deployed now, and preview or send their messages.

Whoever asks says which objects, and how many records of each are done: an object may hold more than fits into the
time of a function. Nothing is deleted, and no claim of `dedupe` is looked at, or every event would be a duplicate.
"""

from __future__ import annotations

import gzip
import io
import zlib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, NamedTuple

from lambdas.auth import masked_fields
from lambdas.delivering.delivery import Delivery
from lambdas.delivering.envelope import ENVELOPE_ERRORS, parse_envelope, request_from_envelope
from lambdas.delivering.event_filter import EventFilter, matching_indexes
from lambdas.delivering.kept_bucket import KeptBucket
from lambdas.delivering.object_store import MAX_OBJECT, ObjectStore
from lambdas.delivering.outbox import Outbox, QueueUnavailable
from lambdas.delivering.redrive_report import MAX_SHOWN, REPLAYED, count_reasons, report_reasons, shown_fields
from lambdas.delivering.result import Delivered, KeptBucketUnavailable
from lambdas.model import Source
from lambdas.reading.body import Rejected
from lambdas.reading.formats import body_reader
from lambdas.reading.request import Request
from lambdas.runtime.deadline import CALLS_PER_KEPT_OBJECT, Deadline
from lambdas.shaping.event import Message, RejectedEvent

_GZIP = b"\x1f\x8b"
_CORRUPT = (EOFError, OSError, zlib.error)
"""What gzip raises for an object that is cut off or is not gzip."""


class ReplayQuery(NamedTuple):
    """Which requests to replay, by their time of receipt in Unix seconds, and which of their events."""

    since: float
    until: float
    limit: int
    """Requests of one call."""
    events: EventFilter

    @classmethod
    def of(cls, payload: Mapping[str, Any]) -> ReplayQuery:
        """Return the query in what `redrive` asks."""
        events = EventFilter(payload.get("type"), payload.get("id"))
        return cls(float(payload["since"]), float(payload["until"]), int(payload["limit"]), events)


class Replayer:
    """Previews or sends the events of archived requests."""

    def __init__(
        self,
        source: Source,
        outbox: Outbox,
        kept_bucket: KeptBucket,
        archive: ObjectStore,
        log: Callable[..., None],
        deadline: Deadline | None = None,
        make_delivery: type[Delivery] = Delivery,
    ) -> None:
        """`log` is called for each request that is sent, with its counts and its id."""
        self._archive = archive
        self._log = log
        self._deadline = deadline or Deadline()
        self._delivery = make_delivery(source, outbox, kept_bucket)
        self._source = self._delivery.source
        self._read = body_reader(self._source.events)
        self._masks = masked_fields(self._source)

    def replay(self, payload: Mapping[str, Any]) -> list[dict[str, Any]]:
        """Return what became of {"objects": [[key, records done], …], "send": …} and a query; the rest is `left`.

        A result has `next`, the number of records that are done, where its object is not done.
        """
        query, send = ReplayQuery.of(payload), bool(payload["send"])
        results: list[dict[str, Any]] = []
        for key, done in payload["objects"]:
            remaining = query.limit - sum(result.get("requests", 0) for result in results)
            stopped = any("next" in result for result in results)
            if stopped or remaining <= 0 or not self._deadline.allows(CALLS_PER_KEPT_OBJECT):
                results.append({"key": key, "left": True})
                continue
            results.append({"key": key, **self._replay_object(key, done, query._replace(limit=remaining), send=send)})
        return results

    def _replay_object(self, key: str, done: int, query: ReplayQuery, *, send: bool) -> dict[str, Any]:
        content = self._archive.get(key)
        if content is None:
            return {"gone": True}
        report = _Report(done)
        try:
            for record in islice(_records(content), done, None):
                if report.requests >= query.limit or not self._deadline.allows(CALLS_PER_KEPT_OBJECT):
                    return report.result(send=send, finished=False)
                self._replay_record(record, query, report, send=send)
                if report.stopped:
                    return report.result(send=send, finished=False)
        except _CORRUPT:
            report.foreign += 1
        return report.result(send=send, finished=True)

    def _replay_record(self, record: bytes, query: ReplayQuery, report: _Report, *, send: bool) -> None:
        """Preview or send a request. Where the queue does not take all of it, the report says to stop."""
        try:
            request = request_from_envelope(parse_envelope(record), self._read)
        except ENVELOPE_ERRORS:
            report.foreign += 1
            report.done += 1
            return
        is_of_period = query.since <= request.time < query.until
        if shaped := self._shape(request, query.events) if is_of_period else None:
            messages, rejected_events = shaped
            if send and not self._send(request, messages, rejected_events, report):
                return
            report.add(messages, rejected_events)
        report.done += 1

    def _send(
        self, request: Request, messages: list[Message], rejected_events: list[RejectedEvent], report: _Report
    ) -> bool:
        """Send messages, and add what SQS rejects to `rejected_events`; return whether each is sent, or kept for it."""
        try:
            delivered = self._delivery.send(request, messages)
        except (QueueUnavailable, KeptBucketUnavailable) as error:
            report.stopped = f"{type(error).__name__}: {error}"
            return False
        if delivered.unsent:
            report.stopped = "messages can't be sent now"
        rejected_events += delivered.rejected_events
        report.add_sent(delivered)
        self._log("replayed", requestId=request.id, sent=delivered.sent, unsent=delivered.unsent)
        return True

    def _shape(self, request: Request, filter_: EventFilter) -> tuple[list[Message], list[RejectedEvent]] | None:
        """Return a request's messages and the events that fail; None where no event matches the filter."""
        if self._masks:
            request.mask(self._masks)
        if filter_.is_empty:
            return self._delivery.shape(request, tags=REPLAYED)
        indexes = self._matching_indexes(request, filter_)
        return self._delivery.shape(request, indexes, REPLAYED) if indexes else None

    def _matching_indexes(self, request: Request, filter_: EventFilter) -> frozenset[int]:
        """Return the indexes of a request's events that match; none where it can't be read."""
        try:
            source, intake = self._delivery.shaper(request).source, self._delivery.intake(request)
        except Rejected:
            return frozenset()
        return matching_indexes(request, source, source.events.split, filter_, intake)


class _Report:
    """What was replayed of an object, and how many of its records are done."""

    def __init__(self, done: int) -> None:
        self.done = done
        self.requests = self.foreign = 0
        self.stopped: str | None = None
        self._passes = self._sent = self._unsent = 0
        self._shown: list[dict[str, Any]] = []
        self._reasons: Counter[tuple[str, str]] = Counter()

    def add(self, messages: Sequence[Message], rejected_events: Sequence[RejectedEvent]) -> None:
        self.requests += 1
        self._passes += len(messages)
        self._shown += [shown_fields(message) for message in messages[: MAX_SHOWN - len(self._shown)]]
        self._reasons += count_reasons(rejected_events)

    def add_sent(self, delivered: Delivered) -> None:
        self._sent += delivered.sent
        self._unsent += delivered.unsent

    def result(self, *, send: bool, finished: bool) -> dict[str, Any]:
        counts = {"sent": self._sent, "unsent": self._unsent} if send else {"passes": self._passes}
        return {
            "requests": self.requests,
            **counts,
            "fails": report_reasons(self._reasons),
            **({} if send else {"messages": self._shown}),
            **({"foreign": self.foreign} if self.foreign else {}),
            **({} if finished else {"next": self.done}),
            **({"stopped": self.stopped} if self.stopped else {}),
        }


def _records(content: bytes) -> Iterator[bytes]:
    """Yield the records of an object, one at a time: Firehose puts many into one, and compresses them."""
    raw = io.BytesIO(content)
    lines = gzip.GzipFile(fileobj=raw) if content.startswith(_GZIP) else raw
    while record := lines.readline(MAX_OBJECT):
        yield record
