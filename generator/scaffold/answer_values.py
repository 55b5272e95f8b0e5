"""Walk a captured answer: its lists of events, and the single values in it, each with its path."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
MAX_DEPTH = 4


class Value(NamedTuple):
    """A value with its path, and the names of the keys on its way."""

    path: str
    names: tuple[str, ...]
    value: Any

    @property
    def word(self) -> str:
        """Return the last name in lower case, without what stands between its words."""
        return re.sub(r"[^a-z0-9]", "", self.names[-1].lower()) if self.names else ""


def scalars(root: Any, without: str | None = None, depth: int = MAX_DEPTH) -> Iterator[Value]:
    """Yield the values in an object that are no list and no object; `without` is a path that is left out."""
    for member in _members(root, "", (), depth):
        if member.path != without and not isinstance(member.value, dict | list):
            yield member


def event_lists(root: Any) -> list[Value]:
    """Return the lists in an answer whose items are all objects, empty ones too, outermost first."""
    if isinstance(root, list):
        return [Value("@", (), root)] if all(isinstance(item, dict) for item in root) else []
    lists = [member for member in _members(root, "", (), MAX_DEPTH) if isinstance(member.value, list)]
    return [member for member in lists if all(isinstance(item, dict) for item in member.value)]


def _members(value: Any, path: str, names: tuple[str, ...], depth: int) -> Iterator[Value]:
    if not isinstance(value, dict) or not depth:
        return
    members = [Value(joined(path, name), (*names, name), member) for name, member in value.items() if name]
    yield from members
    for member in members:
        yield from _members(member.value, member.path, member.names, depth - 1)


def joined(path: str, name: str) -> str:
    """Return the path of a member, with quotes where its name needs them."""
    quoted = name if _PLAIN.fullmatch(name) else '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return f"{path}.{quoted}" if path else quoted
