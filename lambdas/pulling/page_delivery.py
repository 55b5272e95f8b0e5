"""Deliver the events of a page: each once, and what is refused by itself, so that a page can always be passed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from lambdas.delivering.archive import ArchiveWriter
from lambdas.delivering.dedupe import Claims
from lambdas.delivering.delivery import Delivery
from lambdas.delivering.envelope import WHOLE_BODY
from lambdas.delivering.kept_bucket import KeptBucket
from lambdas.delivering.outbox import Outbox
from lambdas.delivering.result import Delivered
from lambdas.model import Source
from lambdas.model_pull import HASH_ID
from lambdas.pulling.event_numbers import EventNumbers
from lambdas.pulling.parts import (
    StreamKey,
    encode_event,
    key_of,
    part_intake,
    part_request,
    parts_source,
    stream_source,
)
from lambdas.reading.body import Rejected
from lambdas.reading.intake import Intake
from lambdas.reading.request import Request
from lambdas.shaping.event import Message, RejectedEvent, content_tag
from lambdas.shaping.shaper import Shaper

_encode_sorted = json.JSONEncoder(sort_keys=True, check_circular=False, separators=(",", ":")).encode


class PageDelivery(Delivery):
    """Delivers parts of pages, by the mapping of the stream that each is of.

    Without claims, as for a replay, nothing is known of what was sent before.
    """

    def __init__(
        self,
        source: Source,
        outbox: Outbox,
        kept_bucket: KeptBucket,
        claims: Claims | None = None,
        archive: ArchiveWriter | None = None,
    ) -> None:
        super().__init__(parts_source(source), outbox, kept_bucket, claims, archive)
        self._streams = source.pull.streams if source.pull else {}
        self._shapers = {name: Shaper(stream_source(source, stream)) for name, stream in self._streams.items()}
        self._numbers = EventNumbers()
        self._has_rejected = False
        self._unknown: set[int] = set()
        """Indexes of the events of a part that were neither sent nor kept before."""

    def begin_slice(self, counts: Mapping[str, int]) -> None:
        """Number equal events that have no id anew; `counts` are those of the page before, of an earlier run.

        Each child is a slice of its own: the next run passes over what is done, and must number the others alike.
        """
        self._numbers.begin(counts)

    def page_counts(self) -> dict[str, int]:
        """Return how often the last events without an id since the last call were met in the slice, by their hashes."""
        return self._numbers.counts()

    def intake(self, request: Request, *tags: str) -> Intake:
        """Return a part as shaping takes it, with what its events are part of."""
        return part_intake(request, *tags)

    def shaper(self, request: Request) -> Shaper:
        """Return what shapes the events of the part's stream; Rejected where the definition has it no more."""
        if shaper := self._shapers.get(key_of(request.json).name):
            return shaper
        raise Rejected("stream", "its stream is no part of the definition any more")

    def shape(
        self, request: Request, indexes: Collection[int] = (), tags: tuple[str, ...] = ()
    ) -> tuple[list[Message], list[RejectedEvent]]:
        """Shape a part, and give each message the name under which it is claimed: that of its stream, and its id."""
        messages, rejected_events = super().shape(request, indexes, tags)
        if not messages:
            return messages, rejected_events
        part = request.json
        if tags:
            self.begin_slice({})  # what is sent again was numbered when it came
        key, before = key_of(part), part.get("before", 0)
        return [message._replace(id=f"{key}#{self._id(message, before)}") for message in messages], rejected_events

    def deliver_part(self, request: Request) -> list[Delivered]:
        """Deliver a part; one that the framework can't read in halves, until the event is alone that it can't read."""
        try:
            _ = request.json
        except Rejected:
            part = json.loads(request.body)
            if (count := len(part["events"])) > 1:
                halves = part["events"][: count // 2], part["events"][count // 2 :]
                return [delivered for half in halves for delivered in self.deliver_part(_part_of(request, part, half))]
        return [self.deliver(request)]

    def skip_part(self, name: str, key: StreamKey, request: Request) -> bool:
        """Return whether a part is marked as done under this name; its events without an id are counted then."""
        self._has_rejected = False
        has_hashes = self._streams[key.name].events.id == HASH_ID
        # What transform() makes of an event is known only by shaping it.
        if (has_hashes and self.source.transform) or not self.is_done(name):
            return False
        for event in json.loads(request.body)["events"] if has_hashes else ():
            self._numbers.number(_event_tag(event))
        return True

    def mark_part_done(self, name: str) -> None:
        """Mark the last part as done, unless it had rejected events: each is known and numbered by itself."""
        if not self._has_rejected:
            self.mark_done(name)

    def deliver(self, request: Request) -> Delivered:
        """Deliver a part. What was kept before is not counted as kept again."""
        self._unknown.clear()
        return super().deliver(request)

    def to_archive(self, request: Request) -> Request:
        """Return a part with only what was not sent or kept before: of a page that is read again, that is little."""
        part = json.loads(request.body)
        if len(self._unknown) in (0, len(part["events"])):
            return request
        return _part_of(request, part, [part["events"][index] for index in sorted(self._unknown)])

    def is_done(self, name: str) -> bool:
        """Return whether something was marked as done within the time for which claims are kept."""
        return bool(self._claims and self._claims.done([name]))

    def mark_done(self, name: str) -> None:
        """Mark something as done; ClaimsUnavailable where that fails."""
        if self._claims:
            self._claims.mark_done([name])

    def keep_rejected(self, request: Request, rejected_events: Sequence[RejectedEvent]) -> list[RejectedEvent]:
        """Keep each refused event by itself, and once: the pages around it are read again and again.

        Return those that were not kept before.
        """
        self._has_rejected |= bool(rejected_events)
        part = json.loads(request.body) if rejected_events else {}
        kept = [rejected for rejected in rejected_events if self._keep_once(request, part, rejected)]
        self._unknown.update(rejected.event_index for rejected in kept)
        return kept

    def _keep_once(self, request: Request, part: Mapping[str, Any], rejected: RejectedEvent) -> bool:
        if rejected.event_index != WHOLE_BODY:
            event = part["events"][rejected.event_index]
            request, rejected = self._alone(request, part, event), rejected._replace(event_index=0)
        name = f"kept#{hashlib.sha256(request.body).hexdigest()}#{rejected.reason}"
        if self.is_done(name):
            return False
        super().keep_rejected(request, [rejected])
        self.mark_done(name)
        return True

    def _alone(self, request: Request, part: Mapping[str, Any], event: Any) -> Request:
        """Return an event as a part. Of a stream without ids, it says how many equal ones came before it."""
        alone = _part_of(request, part, [event])
        stream = self._streams.get(key_of(part).name)
        if stream is None or stream.events.id != HASH_ID:
            return alone
        before = self._numbers.number(content_tag(alone.body)) - 1
        return _part_of(request, part, [event], before) if before else alone

    def _send(
        self, request: Request, messages: Sequence[Message], calls_after: int, settled: set[int] | None = None
    ) -> Delivered:
        self._unknown.update(message.event.index for message in messages)
        return super()._send(request, messages, calls_after, settled)

    def _id(self, message: Message, before: int) -> str:
        """Return the vendor's id, or a hash with a number: equal events of a vendor without ids are several events."""
        if message.id is not None:
            return f"{'number:' if isinstance(message.id, int) else ''}{message.id}"
        tag = _event_tag(message.event.content)
        return f"{tag}.{before + self._numbers.number(tag)}"


def _event_tag(event: Any) -> str:
    """Return a hash of an event, whatever the order in which the vendor writes its keys."""
    return content_tag(_encode_sorted(event).encode())


def _part_of(request: Request, part: Mapping[str, Any], events: Sequence[Any], before: int = 0) -> Request:
    """Return some events of a part as a part."""
    encoded = [encode_event(event) for event in events]
    return part_request(key_of(part), encoded, part["parent"], request.id, request.time, before)
