"""The event as the vendor sent it, beside what is known of it: for a SIEM that reads the vendor's own fields."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lambdas.model import Source
from lambdas.model_types import Text
from lambdas.runtime.times import iso_time
from lambdas.shaping.event import ShapedEvent, encode_json
from lambdas.shaping.facts import compile_line
from lambdas.shaping.truncation import truncate

PLACES = {"summary": "meta.type", "severity": "", "time": "meta.time", "id": "meta.id", "tags": "meta.tags"}


class MessageOutput:
    """Makes messages of the event and its `meta`."""

    def __init__(self, source: Source) -> None:
        self._name, self._bases, self._first_keys = source.name, source.bases, source.events.require
        event_type = source.events.type
        self._find_type = compile_line(Text(f"{{{event_type}}}")) if event_type else None

    def message(self, event: ShapedEvent) -> bytes:
        """Return the message of an event."""
        return encode_json({"event": event.content, "meta": self._meta(event)})

    def short_message(self, event: ShapedEvent, reference: Mapping[str, Any]) -> bytes:
        """Return the message of an event that is too large for the queue: `meta` has its facts and the reference."""
        facts = event.facts
        all_facts = {"summary": facts.summary, "severity": facts.severity, **facts.words, **facts.extra}
        meta = {**self._meta(event, "oversize"), "facts": all_facts, "oversize": dict(reference)}
        return encode_json({"event": truncate(event.content, self._first_keys), "meta": meta})

    def _meta(self, event: ShapedEvent, *tags: str) -> dict[str, Any]:
        return {
            "source": self._name,
            "type": self._find_type(event.content, event.functions) if self._find_type else None,
            "id": event.tag.removeprefix("id:"),
            "time": iso_time(event.at),
            "received": iso_time(event.intake.time),
            "request": event.intake.id,
            "tags": list(dict.fromkeys([self._name, *self._bases, *tags, *event.intake.tags])),
        }
