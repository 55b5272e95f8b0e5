"""Deliver the events of a page: each once, and what is refused by itself, so that a page can always be passed."""

from __future__ import annotations

import hashlib
import json
from collections import Counter, deque
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
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
from lambdas.pulling.outcomes import StreamFailed
from lambdas.pulling.parts import StreamKey, encode_event, key_of, part_request, parts_source, stream_source
from lambdas.reading.body import Rejected
from lambdas.reading.intake import Intake, request_intake
from lambdas.reading.request import Request
from lambdas.shaping.event import Message, RejectedEvent, content_tag, encode_json
from lambdas.shaping.shaper import Shaper

MAX_COUNTED = 2_000_000
"""Different events without an id that are told apart in a slice: each takes some 90 bytes of memory."""
MAX_REMEMBERED = 1_000
"""Counts of the last events without an id, which are stored with a position: an item has 400 KB at the most."""


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
        streams = source.pull.streams if source.pull else {}
        self._shapers = {name: Shaper(stream_source(source, stream)) for name, stream in streams.items()}
        self._streams = streams
        self._counts: Counter[int] = Counter()
        self._last_hashes: deque[int] = deque(maxlen=MAX_REMEMBERED)

    def begin_slice(self, counts: Mapping[str, int]) -> None:
        """Number equal events that have no id anew; `counts` are those of the page before, of an earlier run."""
        self._counts = Counter({int(digest, 16): count for digest, count in counts.items()})
        self._last_hashes.clear()

    def page_counts(self) -> dict[str, int]:
        """Return how often the last events without an id since the last call were met in the slice, by their hashes."""
        counts = {f"{digest:x}": self._counts[digest] for digest in sorted(set(self._last_hashes))}
        self._last_hashes.clear()
        return counts

    def intake(self, request: Request, *tags: str) -> Intake:
        """Return a part as shaping takes it, with what its events are part of."""
        part = request.json
        parent = part.get("parent") if isinstance(part, dict) else None
        return replace(request_intake(request, *tags), stream=key_of(part).name, parent=parent)

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
        key = key_of(request.json)
        return [message._replace(id=f"{key}#{self._id(message)}") for message in messages], rejected_events

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
        has_hashes = self._streams[key.name].events.id == HASH_ID
        # What transform() makes of an event is known only by shaping it.
        if (has_hashes and self.source.transform) or not self.is_done(name):
            return False
        for event in json.loads(request.body)["events"] if has_hashes else ():
            with suppress(Rejected):
                self._number(content_tag(encode_json(event)))
        return True

    def is_done(self, name: str) -> bool:
        """Return whether something was marked as done within the time for which claims are kept."""
        return bool(self._claims and self._claims.done([name]))

    def mark_done(self, name: str) -> None:
        """Mark something as done; ClaimsUnavailable where that fails."""
        if self._claims:
            self._claims.mark_done([name])

    def keep_rejected(self, request: Request, rejected_events: Sequence[RejectedEvent]) -> None:
        """Keep each refused event by itself, and once: the pages around it are read again and again."""
        for rejected in rejected_events:
            if rejected.event_index == WHOLE_BODY:
                self._keep_once(request, rejected)
            else:
                part = json.loads(request.body)
                alone = _part_of(request, part, [part["events"][rejected.event_index]])
                self._keep_once(alone, rejected._replace(event_index=0))

    def _keep_once(self, request: Request, rejected: RejectedEvent) -> None:
        name = f"kept#{hashlib.sha256(request.body).hexdigest()}#{rejected.reason}"
        if not self.is_done(name):
            super().keep_rejected(request, [rejected])
            self.mark_done(name)

    def _id(self, message: Message) -> str:
        """Return the vendor's id, or a hash with a number: equal events of a vendor without ids are several events."""
        if message.id is not None:
            return f"{'number:' if isinstance(message.id, int) else ''}{message.id}"
        tag = content_tag(encode_json(message.event.content))
        return f"{tag}.{self._number(tag)}"

    def _number(self, tag: str) -> int:
        """Return how many events with this tag, which is a hash, the slice had up to now."""
        digest = int(tag[-15:], 16)
        self._counts[digest] += 1
        self._last_hashes.append(digest)
        if len(self._counts) > MAX_COUNTED:
            raise StreamFailed(f"more than {MAX_COUNTED:,} events without an id at once: ask for shorter times")
        return self._counts[digest]


def _part_of(request: Request, part: Mapping[str, Any], events: Sequence[Any]) -> Request:
    """Return some events of a part as a part."""
    encoded = [encode_event(event) for event in events]
    return part_request(key_of(part), encoded, part["parent"], request.id, request.time)
