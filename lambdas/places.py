"""Which events of a kept body were refused, and where these are now."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lambdas.body import Rejected
from lambdas.paths import Functions, compiled, splitter
from lambdas.request import Request

WHOLE = -1
"""The place of a body that could not be taken apart."""


def refused_at(envelope: Mapping[str, Any]) -> frozenset[int]:
    """The places of those that were refused: some, and for a reason, since it would not be kept else.

    KeyError or ValueError where there are none.
    """
    places = frozenset(int(one["index"]) for one in envelope["events"])
    if not places or not envelope["reason"]:
        raise ValueError("no events, or no reason")
    return places


def split_of(envelope: Mapping[str, Any], now: str | None) -> str | None:
    """The `split` that these places are of; what compiling it raises, where it is no path: then it is not ours."""
    split: str | None = envelope.get("split", now)
    if split is not None:
        compiled(split)
    return split


def moved(request: Request, places: frozenset[int], then: str | None, now: str | None) -> frozenset[int] | None:
    """Where the events stand that `split` had at these places then, now that it is another.

    None where that can't be told: to guess would be to send what was sent before, and to lose what was not. A path
    finds the objects of the body themselves, so an event is the same where it is the same object.
    """
    if then == now or WHOLE in places:
        return places
    if then is None:
        return frozenset((WHOLE,))  # the body was the event
    try:
        before, after = _events(request, then), _events(request, now)
        wanted = {id(before[place]) for place in places}
    except (Rejected, IndexError):
        return None
    found = frozenset(place for place, event in enumerate(after) if id(event) in wanted)
    return found if len(found) == len(places) else None


def _events(request: Request, split: str | None) -> list[Any]:
    root = request.json
    found = splitter(split)(root, Functions(request, root))
    return found if isinstance(found, list) else []
