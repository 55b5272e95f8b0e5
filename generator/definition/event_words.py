"""What becomes of an event before it is a message, in words for people."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from generator.definition.pull_words import counted_span
from lambdas.delivering.dedupe import MAX_HOURS
from lambdas.model import Source


class Step(NamedTuple):
    """What happens to an event: a name, what it means, and the paths or files that the definition has for it."""

    name: str
    text: str
    codes: tuple[str, ...] = ()


def event_steps(source: Source) -> Iterator[Step]:
    """Yield what a source does with an event."""
    events = source.events
    if events.require:
        yield Step("Kept as rejected", "an event without ", events.require)
    if events.schemas:
        yield Step("Held against", f"JSON Schemas: {', '.join(events.schemas)}")
    yield Step("Its id", "", (events.id,)) if events.id else Step("Its id", "a hash of the event")
    yield Step("Sent once", _sent_once(source))
    if source.drop:
        yield Step("Counted, and not sent", "an event where ", (source.drop,))
    if source.transform:
        yield Step("Code of the source's own", "transform.py, a Python file of the source's own")
    else:
        yield Step("Code of the source's own", "none: the definition has no code")


def _sent_once(source: Source) -> str:
    if source.dedupe or source.pull:
        hours = source.dedupe.window if source.dedupe else MAX_HOURS
        return f"an id is remembered for {counted_span(hours * 3_600)}"
    return "no: what the vendor sends again is a second message, with the same id"
