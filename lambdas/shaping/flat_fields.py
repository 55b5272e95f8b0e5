"""Write an event as a bounded list of `path=value` texts, which can be searched whatever the event's shape is."""

from __future__ import annotations

from typing import Any

from lambdas.reading.masking import MASK

MAX_PATH = 300
"""Characters of a path; of a longer path, its end stays."""
MAX_ENTRY = 1_000
"""Characters of an entry."""
MAX_ENTRIES = 1_000
MAX_CHARACTERS = 64_000
"""Characters of all entries: what is searched, beside the event itself."""


def flat_fields(event: Any) -> tuple[list[str], int]:
    """Return the entries of an event, sorted, and how many values had no room.

    The event is walked breadth first, so that the deepest values go first where there is no room for all. Keys have
    dots between them, and lists add nothing to a path. Null, empty texts and masked values are left out.
    """
    entries: set[str] = set()
    left, omitted = MAX_CHARACTERS, 0
    level: list[tuple[str | None, Any]] = [(None, event)]
    while level:
        below: list[tuple[str | None, Any]] = []
        for path, container in level:
            for whole_path, value in _members(path, container):
                member_path = whole_path if len(whole_path) <= MAX_PATH else "…" + whole_path[1 - MAX_PATH :]
                if isinstance(value, dict | list):
                    below.append((member_path, value))
                elif value is None or value in ("", MASK):
                    pass
                elif len(entries) >= MAX_ENTRIES:
                    omitted += 1
                else:
                    entry = f"{member_path}={_scalar(value)}"
                    entry = entry if len(entry) <= MAX_ENTRY else entry[: MAX_ENTRY - 1] + "…"
                    if entry in entries:
                        pass
                    elif len(entry) > left:
                        omitted += 1
                    else:
                        entries.add(entry)
                        left -= len(entry)
        level = below
    return sorted(entries), omitted


def _members(path: str | None, container: Any) -> list[tuple[str, Any]]:
    """Return the values of an object or a list with their paths; the event itself has none."""
    if isinstance(container, list):
        return [(path or "", item) for item in container]
    if path is None:
        return list(container.items())
    return [(f"{path}.{key}", value) for key, value in container.items()]


def _scalar(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    return repr(value)
