"""A part of a page: some of its events as a body of our own, which is shaped, kept and archived as a request is.

The body says what the events are part of: `{"stream": …, "value": …, "parent": …, "events": […]}`. So what is kept or
archived can be shaped again by the mapping of its stream. A kept event without an id has `before` too, where it is not
the first of equal ones.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from lambdas.model import Source
from lambdas.model_events import Events
from lambdas.model_pull import HASH_ID, Stream
from lambdas.model_types import Path
from lambdas.reading.intake import Intake, request_intake
from lambdas.reading.request import Request

MAX_EVENTS = 500
MAX_BYTES = 4 * 1_048_576
"""Bytes of a part: in base64, and beside its messages, within a function's memory."""


@dataclass(frozen=True, slots=True)
class StreamKey:
    """A stream, and the value of its `for` where it has one: what is read with a position of its own."""

    name: str
    value: str = ""

    def __str__(self) -> str:
        return f"{self.name}[{self.value}]" if self.value else self.name


def parts_source(source: Source) -> Source:
    """Return a source as its parts are read: each a body of JSON, whose secrets are masked already."""
    return replace(source, events=Events(split=Path("events")))


def stream_source(source: Source, stream: Stream) -> Source:
    """Return a source as the parts of a stream are shaped by it.

    An old event must not get the time of now, also where the webhook allows that whose definition is extended.
    """
    events = replace(stream.events, time_optional=False)
    vendor_id = None if events.id == HASH_ID else events.id
    return replace(source, events=replace(events, split=Path("events"), id=vendor_id, mask=(), format=("json",)))


def cut(key: StreamKey, items: Sequence[Any], parent: Any, run: str, now: float) -> Iterator[Request]:
    """Yield the events of a page as parts, each within the limits; an event beyond them is a part of its own."""
    encoded = [encode_event(item) for item in items]
    first, size = 0, 0
    for index, text in enumerate(encoded):
        if index > first and (index - first == MAX_EVENTS or size + len(text) > MAX_BYTES):
            yield part_request(key, encoded[first:index], parent, run, now)
            first, size = index, 0
        size += len(text)
    if encoded:
        yield part_request(key, encoded[first:], parent, run, now)


def part_request(
    key: StreamKey, events: Sequence[bytes], parent: Any, run: str, now: float, before: int = 0
) -> Request:
    """Return a part as a request: `events` are JSON; `before`, how many equal ones came before the only one."""
    number = {"before": before} if before else {}
    head = encode_event({"stream": key.name, "value": key.value, "parent": parent, **number})[:-1]
    body = head + b',"events":[' + b",".join(events) + b"]}"
    return Request("POST", {"content-type": "application/json"}, body, id=run, time=now)


def part_intake(request: Request, *tags: str) -> Intake:
    """Return a part as shaping takes it, with what its events are part of."""
    part = request.json
    parent = part.get("parent") if isinstance(part, dict) else None
    return replace(request_intake(request, *tags), stream=key_of(part).name, parent=parent)


def key_of(part: Any) -> StreamKey:
    """Return what the events of a part's body are of; a stream without a name for anything else."""
    if not isinstance(part, dict):
        return StreamKey("")
    return StreamKey(str(part.get("stream", "")), str(part.get("value") or ""))


def encode_event(value: Any) -> bytes:
    """Return a value as JSON in UTF-8; with escapes where it has a character that is none."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    try:
        return text.encode()
    except UnicodeEncodeError:
        return json.dumps(value, separators=(",", ":")).encode()
