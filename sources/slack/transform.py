"""Users and channels of an event, written one way: Slack sends an id in most kinds of event, and an object in others.

Elasticsearch takes a field as text or as an object, whichever comes first that day, and drops the other's messages.
"""

from __future__ import annotations

from typing import Any

from lambdas.transforming import Request


def transform(event: dict[str, Any], _request: Request) -> list[dict[str, Any]]:
    inner = event.get("event")
    if isinstance(inner, dict):
        inner |= {key: {"id": of} for key in ("user", "channel") if isinstance(of := inner.get(key), str)}
    return [event]
