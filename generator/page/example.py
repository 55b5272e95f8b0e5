"""The section of a page with an event as the vendor has it, and the message that it becomes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from xml.etree import ElementTree as ET

from generator.page.built_source import BuiltSource
from generator.page.html import Child, element, paragraph, section
from generator.page.words import counted
from generator.samples.files import load_samples
from generator.samples.run import Shaped, sample_events, shape
from generator.samples.sample import Sample
from lambdas.model import Source

MAX_LINES, MAX_REQUESTS = 60, 8
_USUAL = ("accept", "content-type", "content-encoding", "user-agent")


def example_section(built: BuiltSource) -> ET.Element:
    """Return a sample that becomes a message, beside its message."""
    shaped = _fitting(built)
    if shaped is None:
        return section("example", "An event and its message", paragraph("The source has no sample of an event."))
    source = built.definition.source
    event, position = _event(source, shaped)
    return section(
        "example",
        "An event and its message",
        paragraph(f"The sample {shaped.sample.name}, whose data are made up. {position}"),
        *_request(shaped),
        element(
            "div",
            _side("The event, as the vendor has it", event),
            _side("The message that MozDef gets", shaped.messages[0]),
            class_="sides",
        ),
    )


def _fitting(built: BuiltSource) -> Shaped | None:
    samples, _ = load_samples(built.definition)
    for sample in sorted(samples, key=_order):
        shaped = shape(built.definition.source, sample)
        if shaped.messages and not shaped.problems:
            return shaped
    return None


def _order(sample: Sample) -> tuple[int, int, str]:
    """Return the order in which samples are tried: the largest that is shown whole, then the smallest, then no JSON."""
    try:
        lines = len(_lines(json.loads(sample.body)))
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


def _request(shaped: Shaped) -> Iterator[Child]:
    """Yield the headers with which an event comes, or the requests that bring it."""
    if shaped.requests:
        yield paragraph("The requests that bring it, without the credential:")
        yield element("pre", "\n".join(_shown(shaped.requests.splitlines(), MAX_REQUESTS)))
    lines = [f"{name}: {value}" for name, value in shaped.sample.headers.items() if name not in _USUAL]
    if lines:
        yield paragraph("Its headers, without the credential:")
        yield element("pre", "\n".join(lines))


def _side(title: str, value: Any) -> ET.Element:
    return element("div", element("h3", title), element("pre", "\n".join(_shown(_lines(value), MAX_LINES))))


def _shown(lines: list[str], limit: int) -> list[str]:
    """Return the first lines, and how many more there are."""
    more = len(lines) - limit
    return [*lines[:limit], f"… and {counted(more, 'more line')}"] if more > 0 else lines


def _lines(value: Any) -> list[str]:
    return json.dumps(value, indent=2, ensure_ascii=False).split("\n")
