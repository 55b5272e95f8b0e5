"""The message that a shipped source makes of an event, for tables of vendors' events."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from generator.testing import Sample
from tests.definitions import SOURCES


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
