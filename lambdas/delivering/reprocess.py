"""Rejected events, once more through the code that is deployed now: looked at, or sent."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from lambdas.auth import masked_fields
from lambdas.delivering.delivery import Delivery
from lambdas.delivering.envelope import (
    ENVELOPE_ERRORS,
    WHOLE_BODY,
    envelope_split,
    parse_envelope,
    rejected_indexes,
    request_from_envelope,
)
from lambdas.delivering.kept_bucket import KeptBucket
from lambdas.delivering.outbox import Outbox
from lambdas.delivering.rejected_events import relocate
from lambdas.model import Source
from lambdas.reading.formats import body_reader
from lambdas.reading.request import Request
from lambdas.runtime.deadline import CALLS_PER_KEPT_OBJECT, Deadline
from lambdas.shaping.message import Message, RejectedEvent, id_tag

if TYPE_CHECKING:
    from lambdas.delivering.dedupe import Claims

MAX_TOLD = 50
"""Reasons of one object that are told."""
MAX_SHOWN = 20
"""Messages of one object that a preview shows."""
MAX_IDS = 5
"""Ids of events that were sent before, which it names."""


class Reprocessor:
    """Takes what was rejected through the mapping again."""

    def __init__(
        self,
        source: Source,
        outbox: Outbox,
        kept: KeptBucket,
        tell: Callable[..., None],
        claims: Claims | None = None,
        deadline: Deadline | None = None,
    ) -> None:
        """`tell` is given what became of each object, for the log: counts, and the id of its request."""
        self._source = source
        self._tell = tell
        self._kept = kept
        self._deadline = deadline or Deadline()
        self._delivery = Delivery(source, outbox, kept, claims)
        self._read = body_reader(source.events)
        self._masks = masked_fields(source)

    def preview(self, keys: Iterable[str]) -> list[dict[str, Any]]:
        """What each object would become, and nothing is sent or written."""
        return [self._each(key, self._preview) for key in keys]

    def send(self, keys: Iterable[str]) -> list[dict[str, Any]]:
        """Send what can be sent now. An object goes once all of it is on the queue; what fails again stays, counted."""
        return [self._each(key, self._send) for key in keys]

    def _each(
        self, key: str, do: Callable[[str, dict[str, Any], Request, frozenset[int]], dict[str, Any]]
    ) -> dict[str, Any]:
        if not self._deadline.allows(CALLS_PER_KEPT_OBJECT):
            return {"key": key, "left": True}
        content = self._kept.get(key)
        if content is None:
            return {"key": key, "gone": True}
        try:
            envelope = parse_envelope(content)
            request, places = request_from_envelope(envelope, self._read), rejected_indexes(envelope)
            envelope_split(envelope, self._source.events.split)
        except ENVELOPE_ERRORS:
            return {"key": key, "foreign": True}
        # What could not be read when it came was kept as it was sent.
        if self._masks:
            request.mask(self._masks)
        return {"key": key, **do(key, envelope, request, places)}

    def _preview(self, _key: str, envelope: dict[str, Any], request: Request, places: frozenset[int]) -> dict[str, Any]:
        messages, refusals, _ = self._shaped(envelope, request, places)
        before = self._delivery.already_sent(messages)
        passing = [message.fields for place, message in enumerate(messages) if place not in before]
        return {
            "passes": len(passing),
            "messages": [_short(one) for one in passing[:MAX_SHOWN]],
            "fails": _told(refusals),
            **({"duplicates": len(before), "skipped": _ids(messages, before)} if before else {}),
        }

    def _send(self, key: str, envelope: dict[str, Any], request: Request, places: frozenset[int]) -> dict[str, Any]:
        messages, refusals, split = self._shaped(envelope, request, places)
        delivered = self._delivery.send(request, messages, after=_settling(refusals))
        refusals += delivered.refusals
        if not delivered.pending:  # else whoever is sending some of it may fail, and this is all that there is
            self._settle(key, envelope, refusals, split)
        by_table = {one: getattr(delivered, one) for one in ("duplicates", "unclaimed", "pending")}
        counts = {"sent": delivered.sent, "unsent": delivered.unsent, **{k: n for k, n in by_table.items() if n}}
        self._tell("redriven", requestId=request.id, kept=len(refusals), **counts)
        return {**counts, "fails": _told(refusals)}

    def _shaped(
        self, envelope: Mapping[str, Any], request: Request, places: frozenset[int]
    ) -> tuple[list[Message], list[RejectedEvent], str | None]:
        """Only the events that were refused: the others of the body were sent when it came.

        With them, the `split` whose places the refusals have.
        """
        now = self._source.events.split
        then = envelope_split(envelope, now)
        if (where := relocate(request, places, then, now)) is None:
            told = "`split` was another then, and which events these are can't be told"
            reason = str(envelope["reason"])
            return [], [RejectedEvent(place, reason, told) for place in sorted(places)], then
        if WHOLE_BODY in where:
            return *self._delivery.shape(request), now
        messages, refusals = self._delivery.shape(request, where)
        if any(one.event_index == WHOLE_BODY for one in refusals):
            # The body as a whole is refused now: what of it was sent before still is.
            refusals = [one._replace(event_index=place) for one in refusals for place in sorted(where)]
        return messages, refusals, now

    def _settle(self, key: str, envelope: Mapping[str, Any], refusals: list[RejectedEvent], split: str | None) -> None:
        """What still fails under its reason of now, with a count; then what was there before goes."""
        again: dict[str, list[dict[str, Any]]] = {}
        for refusal in refusals:
            again.setdefault(refusal.reason, []).append({"index": refusal.event_index, "detail": refusal.detail})
        day, name, stays = envelope["time"].partition("T")[0], key.rpartition("/")[2], False
        # Its own reason last: until then what is there has all of it, should this end in between.
        for reason, events in sorted(again.items(), key=lambda one: one[0] == envelope["reason"]):
            one = {**envelope, "split": split, "reason": reason, "events": events, "attempts": _attempts(envelope) + 1}
            its = f"rejected/{day}/{reason}/{name}"
            if its == key:
                stays = True
            else:
                its, one = self._joined(its, one)
            self._kept.put(its, json.dumps(one).encode())
        if not stays:
            self._kept.delete(key)

    def _joined(self, key: str, one: dict[str, Any]) -> tuple[str, dict[str, Any]]:
        """Where an object goes, and what it is then: it joins what is there of the same body, for that reason already.

        Not where these are places of another `split`.
        """
        there = self._there(key)
        if there and there.get("split") != one["split"]:
            above, _, name = key.rpartition("/")
            key = f"{above}/{hashlib.sha256(json.dumps([name, one['split']]).encode()).hexdigest()}.json"
            there = self._there(key)
        return key, _united(there, one) if there else one

    def _there(self, key: str) -> dict[str, Any] | None:
        """The envelope at a key; None where there is none of ours: of another, the bucket's versions have it."""
        try:
            content = self._kept.get(key)
            envelope = parse_envelope(content) if content else None
            return envelope if envelope and rejected_indexes(envelope) else None
        except ENVELOPE_ERRORS:
            return None


def _settling(refusals: Iterable[RejectedEvent]) -> int:
    """The calls after sending: for each reason, and that of what SQS refuses, a look and a put; then a deletion."""
    return 2 * len({"queue", *(refusal.reason for refusal in refusals)}) + 1


def _attempts(envelope: Mapping[str, Any]) -> int:
    there = envelope.get("attempts")
    return there if isinstance(there, int) else 0


def _united(there: Mapping[str, Any], more: Mapping[str, Any]) -> dict[str, Any]:
    events = {one["index"]: one for one in (*there["events"], *more["events"])}
    told = [events[index] for index in sorted(events)]
    return {**there, "events": told, "attempts": max(_attempts(there), more["attempts"])}


def _told(refusals: Iterable[RejectedEvent]) -> list[dict[str, Any]]:
    """Each reason once, with how many it is of: an answer has room for 6 MB, and a body for 10,000 events."""
    told = Counter((one.reason, one.detail) for one in refusals).most_common()
    more: Counter[tuple[str, str]] = Counter()
    for (reason, _), number in told[MAX_TOLD:]:
        more[reason, "and others"] += number
    return [
        {"reason": reason, "detail": detail, "events": number}
        for (reason, detail), number in [*told[:MAX_TOLD], *more.items()]
    ]


def _ids(messages: Sequence[Message], places: Iterable[int]) -> list[str]:
    ids = [messages[place].id for place in sorted(places)]
    return list(dict.fromkeys(id_tag(id_) for id_ in ids if id_ is not None))[:MAX_IDS]


def _short(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {name: fields[name] for name in ("timestamp", "severity", "summary", "tags")}
