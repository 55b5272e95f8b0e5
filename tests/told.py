"""What a message says of an event, for tables of vendors' events: the line that an analyst reads, and facts by name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from generator.testing import Sample
from tests.definitions import SOURCES


def messages(source: str, body: Any, **request: Any) -> list[dict[str, Any]]:
    """Return the messages that the handler makes of a request of a shipped source."""
    return Sample(source, body, sources=SOURCES, **request).messages()


def told(source: str, body: Any, facts: Mapping[str, Any], **request: Any) -> dict[str, Any]:
    """Return the only message's summary and severity, and those of its `details` that `facts` names."""
    (message,) = messages(source, body, **request)
    details = {name: message["details"].get(name) for name in facts}
    return {**details, **{name: message[name] for name in ("summary", "severity") if name in facts}}
