"""Find values by plain paths such as `log.items.0.name`, for code that looks at very many of them."""

from __future__ import annotations

from functools import cache
from typing import Any


def value_at(value: Any, path: str) -> Any:
    """Return what is at a path: dots between keys, and numbers for items of lists; None where nothing is."""
    return _walk(value, *_keys_of(path))


def first_scalar(value: Any, paths: str) -> str | int | float | None:
    """Return the first text that is not empty, or number, at one of the paths, which have blanks between them."""
    for keys in _keys_of(paths):
        scalar = _walk(value, keys)
        if isinstance(scalar, str | int | float) and scalar != "":
            return scalar
    return None


def _walk(value: Any, keys: tuple[str, ...]) -> Any:
    for key in keys:
        if isinstance(value, dict):
            value = value.get(key)
        elif isinstance(value, list) and key.isdecimal() and int(key) < len(value):
            value = value[int(key)]
        else:
            return None
    return value


@cache
def _keys_of(paths: str) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(path.split(".")) for path in paths.split())
