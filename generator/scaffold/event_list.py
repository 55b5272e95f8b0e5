"""Find the list of events in the body of a captured request: the key `events.split`."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, NamedTuple

from generator.scaffold.answer_values import Value, event_lists
from generator.scaffold.first_sample import Body

_LIKELY = re.compile(
    r"notifications?|notificationitems|values?|records|entr(y|ies)|items|alerts|messages|results|data|logs"
)
_NEAR = 2
"""How deep in the body a list of events is at the most, as in `data.events`."""


class EventList(NamedTuple):
    """Where the events are, None where the body is the only event; the events; and what of that is to be checked."""

    path: str | None
    items: list[Any]
    to_check: tuple[str, ...] = ()


def find_event_list(body: Body, is_event: Callable[[Any], bool]) -> EventList:
    """Return the events of a body; `is_event` says of a value whether it has the type or the time of an event."""
    root = body.value
    if isinstance(root, list):
        return EventList("[]" if body.format == "ndjson" else "@", root)
    lists = [candidate for candidate in event_lists(root) if len(candidate.names) <= _NEAR]
    for candidate in lists:
        if candidate.word == "events":
            return _unwrapped(candidate)
    for candidate in lists if not is_event(root) else ():
        if candidate.value and _LIKELY.fullmatch(candidate.word):
            path, items, _ = _unwrapped(candidate)
            return EventList(path, items, (f"that each item of `{candidate.path}` is an event of its own (`split`)",))
    return EventList(None, [root])


def _unwrapped(candidate: Value) -> EventList:
    """Return the items of a list, or what they hold where each is an object with a single key, as Adyen's are."""
    keys = {tuple(item) for item in candidate.value}
    if (
        len(keys) == 1
        and len(names := keys.pop()) == 1
        and all(isinstance(item[names[0]], dict) for item in candidate.value)
    ):
        return EventList(f"{candidate.path}[].{names[0]}", [item[names[0]] for item in candidate.value])
    return EventList(candidate.path, candidate.value)
