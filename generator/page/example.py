"""The section of a page with an event as the vendor has it, and the message that it becomes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any
from xml.etree import ElementTree as ET

from generator.definition.words import counted, reader
from generator.page.built_source import BuiltSource
from generator.page.html import Child, element, paragraph, section
from generator.samples.example import MAX_LINES, Example, find_example, json_lines

MAX_REQUESTS = 8


def example_section(built: BuiltSource) -> ET.Element:
    """Return a sample that becomes a message, beside its message."""
    example = find_example(built.definition)
    if example is None:
        return section("example", "An event and its message", paragraph("The source has no sample of an event."))
    return section(
        "example",
        "An event and its message",
        paragraph(f"The sample {example.sample}, whose data are made up. {example.position}"),
        *_request(example),
        element(
            "div",
            _side("The event, as the vendor has it", example.event),
            _side(f"The message that {reader(built.source)} gets", example.message),
            class_="sides",
        ),
    )


def _request(example: Example) -> Iterator[Child]:
    """Yield the headers with which an event comes, or the requests that bring it."""
    if example.requests:
        yield paragraph("The requests that bring it, without the credential:")
        yield element("pre", "\n".join(_shown(example.requests, MAX_REQUESTS)))
    if example.headers:
        yield paragraph("Its headers, without the credential:")
        yield element("pre", "\n".join(example.headers))


def _side(title: str, value: Any) -> ET.Element:
    return element("div", element("h3", title), element("pre", "\n".join(_shown(json_lines(value), MAX_LINES))))


def _shown(lines: Sequence[str], limit: int) -> list[str]:
    """Return the first lines, and how many more there are."""
    more = len(lines) - limit
    return [*lines[:limit], f"… and {counted(more, 'more line')}"] if more > 0 else list(lines)
