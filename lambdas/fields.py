"""Fields of a body: names with dots between them, and `[]` for every item of a list."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import cache
from typing import TYPE_CHECKING, Any

from lambdas.paths import Functions, compiled

if TYPE_CHECKING:
    from lambdas.request import Request

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


def found(value: Any, field: str, request: Request) -> Any:
    """What is at a field; None where nothing is."""
    return compiled(_path(field))(value, Functions(request, value))


@cache
def _path(field: str) -> str:
    """A field as a path: its names in double quotes, since `@odata.type` and `client-state` are none in JMESPath."""
    names = ((name.removesuffix("[]"), "[]" if name.endswith("[]") else "") for name in field.split("."))
    return ".".join(f'"{name}"{items}' if name else items for name, items in names)


@cache
def _putter(field: str) -> Callable[[Any, Any], int]:
    *above, last = [name for name in field.replace("[]", ".[]").split(".") if name]
    return _everywhere(above, last) if "[]" in (*above, last) else _there(above, last)


def _there(above: list[str], last: str) -> Callable[[Any, Any], int]:
    """One place: what most fields are, in a fifth of the time. Without it, an event of Zoom's takes 5 % longer."""
    wherever = _everywhere(above, last)

    def put_there(value: Any, new: Any) -> int:
        below = value
        for name in above:
            if not isinstance(below, dict):
                return wherever(value, new) if isinstance(below, list) else 0
            below = below.get(name)
        if isinstance(below, list):
            return wherever(value, new)
        if not isinstance(below, dict) or below.get(last) is None:
            return 0
        below[last] = new
        return 1

    return put_there


def _everywhere(above: list[str], last: str) -> Callable[[Any, Any], int]:
    """Every place. A list is looked through wherever it stands: what splits a body may do so too."""

    def put_everywhere(value: Any, new: Any) -> int:
        places = [value]
        for name in above:
            if name != "[]":
                places = [one[name] for one in _members(places) if name in one]
        if last == "[]":
            return sum(_filled(one, new) for one in places)
        found = [one for one in _members(places) if one.get(last) is not None]
        for one in found:
            one[last] = new
        return len(found)

    return put_everywhere


def _filled(value: Any, new: Any) -> int:
    if not isinstance(value, list):
        return 0
    value[:] = [new] * len(value)
    return len(value)


def _members(places: Iterable[Any]) -> Iterator[dict[str, Any]]:
    """The objects in these places, and in lists there, and in lists of those."""
    for one in places:
        if isinstance(one, dict):
            yield one
        elif isinstance(one, list):
            yield from _members(one)
