"""The contract of an output: a module in `outputs/`, by its name, with PLACES and a class MessageOutput.

Of all of them, a zip has only that of its source.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol, TypedDict

from lambdas.shaping.event import ShapedEvent


class Places(TypedDict):
    """Where a message has what people look for: keys with dots between them, or an empty text where it has none."""

    summary: str
    severity: str
    time: str
    id: str
    """The event's id: the vendor's, or a hash. Where it is a tag, `id:` stands before it."""
    tags: str
    """A list with the source's name, and with `canary`, `replayed` and `oversize` where the message is that."""


class MessageOutput(Protocol):
    """Makes the messages of a source; what it needs of the definition, it prepares once."""

    def message(self, event: ShapedEvent) -> bytes:
        """Return the message of an event, as the queue gets it; Rejected where its reader would lose it."""

    def short_message(self, event: ShapedEvent, reference: Mapping[str, Any]) -> bytes:
        """Return the message of an event that is too large for the queue.

        It has all facts, what is left of the event, and where the whole event is: `bucket`, `key`, `sha256` and
        `bytes`.
        """
