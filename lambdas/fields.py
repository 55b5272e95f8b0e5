"""Fields of a body: names with dots between them, and `[]` for every item of a list."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import cache
from typing import Any

MASK = "[masked]"


def put(value: Any, field: str, new: Any) -> int:
    """Replace what is at a field, wherever it is there; how many times it was."""
    return _putter(field)(value, new)


def mask(value: Any, fields: Iterable[str]) -> int:
    """Replace what is at these fields by a mark; how many times one was there."""
    found = 0
    for field in fields:
        found += _putter(field)(value, MASK)
    return found


@cache
def path(field: str) -> str:
    """A field as a path: its names in double quotes, since `@odata.type` and `client-state` are none in JMESPath."""
    names = ((name.removesuffix("[]"), "[]" if name.endswith("[]") else "") for name in field.split("."))
    return ".".join(f'"{name}"{items}' if name else items for name, items in names)


@cache
def _putter(field: str) -> Callable[[Any, Any], int]:
    *above, last = [name for name in field.replace("[]", ".[]").split(".") if name]
    return _everywhere(above, last) if "[]" in (*above, last) else _there(above, last)


def _there(above: list[str], last: str) -> Callable[[Any, Any], int]:
    """One place: what most fields are, in a fifth of the time."""

    def put_there(value: Any, new: Any) -> int:
        for name in above:
            if not isinstance(value, dict):
                return 0
            value = value.get(name)
        if not isinstance(value, dict) or value.get(last) is None:
            return 0
        value[last] = new
        return 1

    return put_there


def _everywhere(above: list[str], last: str) -> Callable[[Any, Any], int]:
    def put_everywhere(value: Any, new: Any) -> int:
        places = [value]
        for name in above:
            if not (places := list(_below(places, name))):
                return 0
        found = 0
        for one in places:
            if last == "[]" and isinstance(one, list):
                found += len(one)
                one[:] = [new] * len(one)
            elif isinstance(one, dict) and one.get(last) is not None:
                one[last] = new
                found += 1
        return found

    return put_everywhere


def _below(places: Iterable[Any], name: str) -> Iterator[Any]:
    for one in places:
        if name == "[]":
            if isinstance(one, list):
                yield from one
        elif isinstance(one, dict) and name in one:
            yield one[name]
