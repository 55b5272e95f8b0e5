"""Find the rejected events of a kept body again after the source's `split` has changed."""

from __future__ import annotations

from typing import Any

from lambdas.delivering.envelope import WHOLE_BODY
from lambdas.reading.body import Rejected
from lambdas.reading.paths import Functions, split_path
from lambdas.reading.request import Request


def relocate(
    request: Request, indexes: frozenset[int], old_split: str | None, new_split: str | None
) -> frozenset[int] | None:
    """Return the indexes in `new_split` of the events that have these indexes in `old_split`.

    None where that can't be told: a guess would send events twice and lose others. A path returns the objects of the
    body themselves, so an event is the same where it is the same object.
    """
    if old_split == new_split or WHOLE_BODY in indexes:
        return indexes
    if old_split is None:
        return frozenset((WHOLE_BODY,))  # the body was the event
    try:
        old_events, new_events = _events(request, old_split), _events(request, new_split)
        rejected_ids = {id(old_events[index]) for index in indexes}
    except (Rejected, IndexError):
        return None
    relocated = frozenset(index for index, event in enumerate(new_events) if id(event) in rejected_ids)
    return relocated if len(relocated) == len(indexes) else None


def _events(request: Request, split: str | None) -> list[Any]:
    root = request.json
    events = split_path(split)(root, Functions(request, root))
    return events if isinstance(events, list) else []
