"""A sample that shows what a source does: an event as the vendor has it, and the message that it becomes."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from generator.definition.read import Definition
from generator.samples.files import load_samples
from generator.samples.run import Shaped, sample_events, shape
from generator.samples.sample import Sample
from lambdas.model import Source

MAX_LINES = 60
_USUAL = ("accept", "content-type", "content-encoding", "user-agent")


@dataclass(frozen=True)
class Example:
    """An event beside its message."""

    sample: str
    """The sample's name."""
    event: Any
    """The event, or all of the request where it can't be told which event the message is of."""
    message: dict[str, Any]
    position: str
    """Which of several events or messages it is, as a sentence; empty where there is one of each."""
    headers: tuple[str, ...]
    """The headers with which it comes, without the credential and the usual ones."""
    requests: tuple[str, ...]
    """The requests that bring it, where the source is pulled."""


def find_example(definition: Definition) -> Example | None:
    """Return the sample that shows most and is shown whole; None where no sample becomes a message."""
    samples, _ = load_samples(definition)
    for sample in sorted(samples, key=_order):
        shaped = shape(definition.source, sample)
        if shaped.messages and not shaped.problems:
            event, position = _event(definition.source, shaped)
            headers = tuple(f"{name}: {value}" for name, value in sample.headers.items() if name not in _USUAL)
            requests = tuple((shaped.requests or "").splitlines())
            return Example(sample.name, event, shaped.messages[0], position, headers, requests)
    return None


def json_lines(value: Any) -> list[str]:
    """Return a value as lines of JSON."""
    return json.dumps(value, indent=2, ensure_ascii=False).split("\n")


def _order(sample: Sample) -> tuple[int, int, str]:
    """Return the order in which samples are tried: the largest that is shown whole, then the smallest, then no JSON."""
    try:
        lines = len(json_lines(json.loads(sample.body)))
    except ValueError:
        return 2, len(sample.body), sample.name
    return (1, lines, sample.name) if lines > MAX_LINES else (0, -lines, sample.name)


def _event(source: Source, shaped: Shaped) -> tuple[Any, str]:
    """Return the event of the first message, or all that came where it can't be told which that is."""
    events = [event for event, _ in sample_events(source, shaped.sample)]
    if len(events) == len(shaped.messages):
        return events[0], f"It has {len(events)} events, of which this is the first." if len(events) > 1 else ""
    if len(events) == 1:
        return events[0], f"It becomes {len(shaped.messages)} messages, of which this is the first."
    return events, "It has several events; this is the first message."
