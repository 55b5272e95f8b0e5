"""The message that a shipped source makes of an event, for tables of vendors' events."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from generator.samples.pulled_files import PullSample
from generator.samples.run import shape
from generator.testing import Sample
from lambdas.pulling.parts import StreamKey
from lambdas.runtime.http_types import HttpAnswer
from tests.definitions import SOURCES, bundled_source


def messages_of(source: str, body: Any, **request: Any) -> list[dict[str, Any]]:
    """Return the messages that the handler makes of a request of a shipped source."""
    return Sample(source, body, sources=SOURCES, **request).messages()


def facts_of(source: str, body: Any, facts: Mapping[str, Any], **request: Any) -> dict[str, Any]:
    """Return the only message's summary and severity, and those of its `details` that `facts` names."""
    (message,) = messages_of(source, body, **request)
    details = {name: message["details"].get(name) for name in facts}
    return {**details, **{name: message[name] for name in ("summary", "severity") if name in facts}}


def only_message(source: str, body: Any, headers: dict[str, str] | None = None) -> dict[str, Any]:
    """Return the message that a shipped source makes of a request with one event."""
    (message,) = Sample(source, body, headers=headers or {}, sources=SOURCES).messages()
    return message


def line(message: dict[str, Any]) -> str:
    """Return a message's severity, kind and summary as a line of a table."""
    return f"{message['severity']} {message['details'].get('kind')} | {message['summary']}"


def details(message: dict[str, Any], names: dict[str, Any]) -> dict[str, Any]:
    """Return those details of a message that a row of a table names; a row says None of what must be absent."""
    return {name: message["details"].get(name) for name in names}


def pulled_messages(
    source: str, stream: str, answer: Any, child: bytes | None = None, *, last: Any = None
) -> list[dict[str, Any]]:
    """Return the messages of an answer of a stream, or `stream.value`; `child` is the answer of its only item.

    `last` is the answer to the request for the next page, where an API leads from every page to another.
    """
    name, _, value = stream.partition(".")
    pages = tuple(HttpAnswer(200, {}, json.dumps(body).encode()) for body in (answer, last) if body is not None)
    children = {} if child is None else {1: (HttpAnswer(200, {}, child),)}
    definition = bundled_source(source)
    folder, key = definition.folders[0] / "samples", StreamKey(name, value)
    sample = PullSample("made-up", folder, "GET", {}, {}, pages[0].body, lambda _: answer, key, pages, children)
    shaped = shape(definition.source, sample)
    assert not shaped.problems, shaped.problems
    return shaped.messages


def pulled_line(source: str, stream: str, answer: Any, child: bytes | None = None) -> str:
    """Return the only message of an answer as `line` does."""
    (message,) = pulled_messages(source, stream, answer, child)
    return line(message)
