"""The message that a shipped source makes of an event, for tables of vendors' events."""

from __future__ import annotations

from typing import Any

from generator.testing import Sample
from tests.definitions import SOURCES


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
