"""The intake: what receiving and pulling hand to shaping, a parsed body or page and where it is from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from lambdas.reading.request import Request


def _find_nothing(_name: str) -> None:
    return None


@dataclass(frozen=True, slots=True)
class Intake:
    """A body or page of events. Shaping knows nothing else of where the events are from."""

    root: Any
    """The body, parsed; fields that hold a secret are masked."""
    time: float
    """When it was received, in Unix seconds."""
    id: str = "-"
    """An id for the logs."""
    header: Callable[[str], str | None] = _find_nothing
    """Find a header by its name, in any case."""
    query: Callable[[str], str | None] = _find_nothing
    """Find a query parameter, decoded, by its name."""
    content: bytes | None = None
    """The bytes of the body as sent; None where fields of it are masked."""
    tags: tuple[str, ...] = ()
    """Tags of every message: `canary` or `replayed`."""
    request: Any = None
    """What a source's transform() is given beside the event."""
    stream: str = ""
    """The stream that a page is of, where a source is pulled."""
    parent: Any = None
    """The item whose further request found the events, where a stream has `each`."""


def request_intake(request: Request, *tags: str) -> Intake:
    """Return the intake of a request; Rejected where its body can't be read."""
    return Intake(
        root=request.json,
        time=request.time,
        id=request.id,
        header=request.header,
        query=request.query,
        # A hash of the unmasked body would reveal a short secret, such as a PIN, to anyone who tries them all.
        content=None if request.masked else request.body,
        tags=("canary", *tags) if request.canary else tags,
        request=request,
    )
