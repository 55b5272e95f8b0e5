"""Fields of a body: names with dots between them, and `[]` for every item of a list."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

MASK = "[masked]"


def put(value: Any, field: str, new: Any) -> int:
    """Replace what is at a field, wherever it is there; how many times it was."""
    *above, last = [name for name in field.replace("[]", ".[]").split(".") if name]
    places = [value]
    for name in above:
        places = list(_below(places, name))
    found = 0
    for one in places:
        if last == "[]" and isinstance(one, list):
            found += len(one)
            one[:] = [new] * len(one)
        elif isinstance(one, dict) and one.get(last) is not None:
            one[last] = new
            found += 1
    return found


def mask(value: Any, fields: Iterable[str]) -> int:
    """Replace what is at these fields by a mark; how many times one was there."""
    return sum([put(value, field, MASK) for field in fields])


def _below(places: Iterable[Any], name: str) -> Iterator[Any]:
    for one in places:
        if name == "[]":
            if isinstance(one, list):
                yield from one
        elif isinstance(one, dict) and name in one:
            yield one[name]
