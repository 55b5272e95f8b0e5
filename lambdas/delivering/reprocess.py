"""Shape rejected events again with the code that is deployed now, and preview or send their messages."""

from __future__ import annotations

import hashlib
import json
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
from lambdas.delivering.redrive_report import MAX_SHOWN, REPLAYED, count_reasons, report_reasons, shown_fields
from lambdas.delivering.rejected_events import relocate
from lambdas.model import Source
from lambdas.reading.formats import body_reader
from lambdas.reading.request import Request
from lambdas.runtime.deadline import CALLS_PER_KEPT_OBJECT, Deadline
from lambdas.shaping.event import Message, RejectedEvent, id_tag

if TYPE_CHECKING:
    from lambdas.delivering.dedupe import Claims

MAX_IDS = 5
"""Ids of events sent before that a preview shows."""

_Action = Callable[[str, dict[str, Any], Request, frozenset[int]], dict[str, Any]]


class Reprocessor:
    """Previews or sends the events of rejected objects."""

    def __init__(
        self,
        source: Source,
        outbox: Outbox,
        kept_bucket: KeptBucket,
        log: Callable[..., None],
        claims: Claims | None = None,
        deadline: Deadline | None = None,
        make_delivery: type[Delivery] = Delivery,
    ) -> None:
        """`log` is called for each object with its counts and the id of its request."""
        self._log = log
        self._kept_bucket = kept_bucket
        self._deadline = deadline or Deadline()
        self._delivery = make_delivery(source, outbox, kept_bucket, claims)
        self._source = self._delivery.source
        self._read = body_reader(self._source.events)
        self._masks = masked_fields(self._source)

    def preview(self, keys: Iterable[str]) -> list[dict[str, Any]]:
        """Return what each object would become, without sending or writing anything."""
        return [self._process(key, self._preview) for key in keys]

    def send(self, keys: Iterable[str]) -> list[dict[str, Any]]:
        """Send what can be sent now; delete an object once all its events are sent, and keep those that fail again."""
        return [self._process(key, self._send) for key in keys]

    def _process(self, key: str, action: _Action) -> dict[str, Any]:
        if not self._deadline.allows(CALLS_PER_KEPT_OBJECT):
            return {"key": key, "left": True}
        content = self._kept_bucket.get(key)
        if content is None:
            return {"key": key, "gone": True}
        try:
            envelope = parse_envelope(content)
            request, indexes = request_from_envelope(envelope, self._read), rejected_indexes(envelope)
            envelope_split(envelope, self._source.events.split)
        except ENVELOPE_ERRORS:
            return {"key": key, "foreign": True}
        # A body that could not be parsed when it came was kept without masks.
        if self._masks:
            request.mask(self._masks)
        return {"key": key, **action(key, envelope, request, indexes)}

    def _preview(
        self, _key: str, envelope: dict[str, Any], request: Request, indexes: frozenset[int]
    ) -> dict[str, Any]:
        messages, rejected_events, _ = self._shape(envelope, request, indexes)
        already_sent = self._delivery.already_sent(messages)
        passing = [message for index, message in enumerate(messages) if index not in already_sent]
        return {
            "passes": len(passing),
            "messages": [shown_fields(message) for message in passing[:MAX_SHOWN]],
            "fails": report_reasons(count_reasons(rejected_events)),
            **({"duplicates": len(already_sent), "skipped": _ids(messages, already_sent)} if already_sent else {}),
        }

    def _send(self, key: str, envelope: dict[str, Any], request: Request, indexes: frozenset[int]) -> dict[str, Any]:
        messages, rejected_events, split = self._shape(envelope, request, indexes)
        delivered = self._delivery.send(request, messages, calls_after=_calls_to_store(rejected_events))
        rejected_events += delivered.rejected_events
        if not delivered.pending:  # else the object stays whole: whoever is sending some of it may fail
            self._store_remaining(key, envelope, rejected_events, split)
        dedupe_counts = {name: getattr(delivered, name) for name in ("duplicates", "unclaimed", "pending")}
        counts = {
            "sent": delivered.sent,
            "unsent": delivered.unsent,
            **{name: count for name, count in dedupe_counts.items() if count},
        }
        self._log("redriven", requestId=request.id, kept=len(rejected_events), **counts)
        return {**counts, "fails": report_reasons(count_reasons(rejected_events))}

    def _shape(
        self, envelope: Mapping[str, Any], request: Request, indexes: frozenset[int]
    ) -> tuple[list[Message], list[RejectedEvent], str | None]:
        """Shape only the rejected events: the others of the body were sent when it came.

        Return messages, rejected events, and the `split` that the indexes of the rejected events count by.
        """
        new_split = self._source.events.split
        old_split = envelope_split(envelope, new_split)
        if (relocated := relocate(request, indexes, old_split, new_split)) is None:
            reason = str(envelope["reason"])
            detail = "`split` has changed since, and these events can't be identified any more"
            return [], [RejectedEvent(index, reason, detail) for index in sorted(indexes)], old_split
        if WHOLE_BODY in relocated:
            return *self._delivery.shape(request, tags=REPLAYED), new_split
        messages, rejected_events = self._delivery.shape(request, relocated, REPLAYED)
        if any(rejected.event_index == WHOLE_BODY for rejected in rejected_events):
            # The body as a whole is rejected now, but its other events have been sent.
            rejected_events = [
                rejected._replace(event_index=index) for rejected in rejected_events for index in sorted(relocated)
            ]
        return messages, rejected_events, new_split

    def _store_remaining(
        self, key: str, envelope: Mapping[str, Any], rejected_events: list[RejectedEvent], split: str | None
    ) -> None:
        """Store the events that still fail by their current reasons, one attempt more; then delete the old object."""
        events_by_reason: dict[str, list[dict[str, Any]]] = {}
        for rejected in rejected_events:
            event = {"index": rejected.event_index, "detail": rejected.detail}
            events_by_reason.setdefault(rejected.reason, []).append(event)
        day, name, is_replaced = envelope["time"].partition("T")[0], key.rpartition("/")[2], False
        remaining = {**envelope, "split": split, "attempts": _attempts(envelope) + 1}
        # The old object's reason last: until then it has all events, should the function die in between.
        for reason, events in sorted(events_by_reason.items(), key=lambda entry: entry[0] == envelope["reason"]):
            target_key, target = f"rejected/{day}/{reason}/{name}", {**remaining, "reason": reason, "events": events}
            if target_key == key:
                is_replaced = True
            else:
                target_key, target = self._merge_with_existing(target_key, target)
            self._kept_bucket.put(target_key, json.dumps(target).encode())
        if not is_replaced:
            self._kept_bucket.delete(key)

    def _merge_with_existing(self, key: str, envelope: dict[str, Any]) -> tuple[str, dict[str, Any]]:
        """Return the key and envelope to store, merged with an object of the same body and reason, if there is one.

        An object whose indexes count by another `split` is left alone: the key becomes another.
        """
        existing = self._existing_envelope(key)
        if existing and existing.get("split") != envelope["split"]:
            folder, _, name = key.rpartition("/")
            digest = hashlib.sha256(json.dumps([name, envelope["split"]]).encode()).hexdigest()
            key = f"{folder}/{digest}.json"
            existing = self._existing_envelope(key)
        return key, _merge_envelopes(existing, envelope) if existing else envelope

    def _existing_envelope(self, key: str) -> dict[str, Any] | None:
        """Return the envelope at a key; None for none or another's object, which the bucket's versions preserve."""
        try:
            content = self._kept_bucket.get(key)
            envelope = parse_envelope(content) if content else None
            return envelope if envelope and rejected_indexes(envelope) else None
        except ENVELOPE_ERRORS:
            return None


def _calls_to_store(rejected_events: Iterable[RejectedEvent]) -> int:
    """Return the calls after sending: a get and a put for each reason and for "queue", and one deletion."""
    return 2 * len({"queue", *(rejected.reason for rejected in rejected_events)}) + 1


def _attempts(envelope: Mapping[str, Any]) -> int:
    attempts = envelope.get("attempts")
    return attempts if isinstance(attempts, int) else 0


def _merge_envelopes(existing: Mapping[str, Any], added: Mapping[str, Any]) -> dict[str, Any]:
    by_index = {event["index"]: event for event in (*existing["events"], *added["events"])}
    events = [by_index[index] for index in sorted(by_index)]
    return {**existing, "events": events, "attempts": max(_attempts(existing), added["attempts"])}


def _ids(messages: Sequence[Message], indexes: Iterable[int]) -> list[str]:
    ids = [messages[index].id for index in sorted(indexes)]
    return list(dict.fromkeys(id_tag(id_) for id_ in ids if id_ is not None))[:MAX_IDS]
