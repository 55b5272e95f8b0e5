"""What becomes of an event before it is a message, in words for people."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from generator.definition.pull_words import counted_span
from generator.definition.words import listed
from lambdas.delivering.dedupe import MAX_HOURS
from lambdas.model import Source
from lambdas.model_events import Events


class Step(NamedTuple):
    """What happens to an event, or where a part of it is; `codes` are the paths or files that the definition has."""

    name: str
    text: str
    codes: tuple[str, ...] = ()


def event_places(source: Source) -> Iterator[Step]:
    """Yield where a source's events are, and their type and time."""
    return _of_streams(source, _places)


def event_steps(source: Source) -> Iterator[Step]:
    """Yield what a source does with an event."""
    yield from _of_streams(source, _checks)
    yield Step("Sent once", _sent_once(source))
    if source.drop:
        yield Step("Counted, and not sent", "an event where ", (source.drop,))
    if source.transform:
        yield Step("Code of the source's own", "transform.py, a Python file of the source's own")
    else:
        yield Step("Code of the source's own", "none: the definition has no code")


def masked_fields(source: Source) -> list[str]:
    """Return the fields that are masked before anything is sent or kept."""
    return list(dict.fromkeys(field for events in _events(source).values() for field in events.mask))


def _events(source: Source) -> dict[str, Events]:
    """Return where the parts of an event are, by stream."""
    return {name: each.events for name, each in source.pull.streams.items()} if source.pull else {"": source.events}


def _of_streams(source: Source, describe: Callable[[Events], Iterable[Step]]) -> Iterator[Step]:
    """Yield each step once, with the streams that it holds for where it is not all of them."""
    events = _events(source)
    streams: dict[Step, list[str]] = {}
    for stream, each in events.items():
        for step in describe(each):
            streams.setdefault(step, []).append(stream)
    for step, names in sorted(streams.items(), key=lambda item: _first(streams, item[0].name)):
        yield step if len(names) == len(events) else step._replace(name=f"{step.name}, of {listed(names)}")


def _first(streams: dict[Step, list[str]], name: str) -> int:
    return [step.name for step in streams].index(name)


def _places(events: Events) -> Iterator[Step]:
    if events.split:
        yield Step("List of events", "", (events.split,))
    if events.type:
        yield Step("Type", "", (events.type,))
    if events.time:
        yield Step("Time", "", (events.time, events.time_format))
    if not events.time or events.time_optional:
        yield Step("Time where it has none" if events.time else "Time", "that of receipt")


def _checks(events: Events) -> Iterator[Step]:
    if events.require:
        yield Step("Kept as rejected", "an event without ", events.require)
    if events.schemas:
        yield Step("Held against", f"JSON Schemas: {', '.join(events.schemas)}")
    yield Step("Its id", "", (events.id,)) if events.id else Step("Its id", "a hash of the event")


def _sent_once(source: Source) -> str:
    if source.dedupe or source.pull:
        hours = source.dedupe.window if source.dedupe else MAX_HOURS
        return f"an id is remembered for {counted_span(hours * 3_600)}"
    return "no: what the vendor sends again is a second message, with the same id"
