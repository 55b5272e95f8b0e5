"""An event on its way to a message: its facts, its id and its time; and why an event becomes no message."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from json import JSONEncoder
from typing import Any, NamedTuple

from lambdas.reading.body import Rejected
from lambdas.reading.intake import Intake
from lambdas.reading.paths import Functions
from lambdas.reading.text_templates import as_text
from lambdas.shaping.facts import EventFacts

MAX_MESSAGE = 1_048_576
"""Bytes of a message, and of a batch: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html"""
MAX_ID = 256
"""Characters of a vendor's id in a tag; of a longer id, the tag has a hash."""

_encode = JSONEncoder(ensure_ascii=False, allow_nan=False, check_circular=False, separators=(",", ":")).encode


@dataclass(slots=True, eq=False)
class ShapedEvent:
    """An event with all that an output needs of it."""

    index: int
    """Its index among the events of the body."""
    content: dict[str, Any]
    facts: EventFacts
    tag: str
    """`id:` and the vendor's id, or a hash of the event where it has none."""
    at: float
    """When it happened, in Unix seconds."""
    functions: Functions
    """The functions of paths, for texts of an output's own."""
    intake: Intake


class Message(NamedTuple):
    """A message, as the queue gets it, and the event that it is from."""

    event: ShapedEvent
    body: bytes
    id: str | int | None = None
    """The vendor's id of the event, where it has one."""
    drift: tuple[str, ...] = ()
    """What the source's JSON Schemas do not know of the event."""


class RejectedEvent(NamedTuple):
    """Why the event at this index in the body becomes no message."""

    event_index: int
    reason: str
    detail: str


def event_id(value: Any) -> str | int | None:
    """Return a value that can be the id of an event, a text or an integer; None for any other.

    Different events share a boolean or a blank text, and different numbers with a fraction may be read as one double.
    """
    if isinstance(value, str):
        return value if value.strip() else None
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def id_tag(id_: str | int) -> str:
    """Return the tag of a vendor's id: a hash where the id is long."""
    text = as_text(id_)
    return f"id:{text}" if len(text) <= MAX_ID else content_tag(text.encode("utf-8", "surrogatepass"))


def content_tag(content: bytes) -> str:
    """Return the tag of an event without an id: a hash of its bytes."""
    return f"id:sha256:{hashlib.sha256(content).hexdigest()[:40]}"


def encode_text(value: Any) -> str:
    """Encode a value as compact JSON, its characters as they are; Rejected where JSON has no form for it."""
    try:
        return _encode(value)
    except (TypeError, ValueError) as error:
        raise Rejected("number", f"something that JSON has no form for: {type(error).__name__}") from None


def encode_json(value: Any) -> bytes:
    """Encode a value as compact JSON in UTF-8, with escapes for the characters that SQS refuses.

    https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html
    """
    text = encode_text(value)
    try:
        body = text.encode()
    except UnicodeEncodeError:
        raise Rejected("text", "a lone surrogate, which is no character") from None
    return body if text.isascii() else body.replace(b"\xef\xbf\xbe", b"\\ufffe").replace(b"\xef\xbf\xbf", b"\\uffff")
