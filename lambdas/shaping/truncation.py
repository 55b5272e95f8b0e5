"""Truncate an event that is too large for the queue, so that what is left of it tells what it was."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from lambdas.shaping.event import encode_json

_LIMITS = (1_024, 128, 16, 4)
"""Characters of a text and members of a list or an object, tried in this order until the event is short enough."""
_MAX_BYTES = 65_535
"""Bytes of the truncated event: as many as a text of OCSF has, https://schema.ocsf.io/1.3.0/data_types."""
_TOP_LEVEL_TEXT = 128
"""Characters of a text at the top level, and of a key, that always stay."""


def truncate(event: Mapping[str, Any], first: Iterable[str]) -> dict[str, Any]:
    """Return an event with its texts, lists and objects shortened.

    Values keep their types, so that a field that an index knows as an object stays one. Short texts of the top level
    stay whole, since a truncated address is no address. The keys in `first` stay, whatever else has no room.
    """
    ordered = {**{name: event[name] for name in first if name in event}, **event}
    for limit in _LIMITS:
        truncated = {name: _shortened(value, max(limit, _TOP_LEVEL_TEXT), limit) for name, value in ordered.items()}
        if len(encode_json(truncated)) <= _MAX_BYTES:
            return truncated
    return _first_members(truncated)


def _first_members(event: Mapping[str, Any]) -> dict[str, Any]:
    """Return the members of an event that fit, their lists and objects empty."""
    members: dict[str, Any] = {}
    size = len(b"{}")
    for name, value in event.items():
        member = {name[:_TOP_LEVEL_TEXT]: type(value)() if isinstance(value, dict | list) else value}
        size += len(encode_json(member)) - len(b"{}") + len(b",")
        if size > _MAX_BYTES:
            break
        members |= member
    return members


def _shortened(value: Any, characters: int, members: int) -> Any:
    """Return the value with at most so many characters in a text, and members in a list or an object."""
    if isinstance(value, str):
        return value if len(value) <= characters else value[:characters] + "…"
    if isinstance(value, dict):
        return {
            name[:_TOP_LEVEL_TEXT]: _shortened(member, members, members)
            for name, member in list(value.items())[:members]
        }
    if isinstance(value, list):
        return [_shortened(member, members, members) for member in value[:members]]
    return value
