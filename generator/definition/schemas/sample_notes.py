"""Compare a source's samples with its JSON Schemas: which file refuses one, and which fields are unknown."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator
from typing import Any

from lambdas.model import Source
from lambdas.reading.body import Rejected
from lambdas.reading.paths import Functions, compile_path

Items = Iterable[tuple[Any, Functions]]
"""The events of a sample, and what a path may call beside each."""
_SIMILAR = 0.85


def refusing_files(source: Source, items: Items) -> list[str]:
    """Return the files of the schemas that refuse an event, each once."""
    return list(dict.fromkeys(file for _, file, unknown in _checked(source, items) if unknown is None))


def sample_notes(source: Source, items: Items) -> Iterator[str]:
    """Yield the fields and types of events that no schema knows, and what to add; none of them refuses an event."""
    schemas = source.events.schemas or {}
    for kind, file, unknown in dict.fromkeys(_checked(source, items)):
        similar = [] if kind in schemas else difflib.get_close_matches(kind, schemas, n=1, cutoff=_SIMILAR)
        if similar:
            yield f"is of type {kind}, which `events.schemas` does not have; did you mean {similar[0]} there?"
        if unknown and file:
            yield f"has what its schema does not know: {', '.join(unknown)}; name it in {file}"
        elif unknown and not similar:
            yield f"has no schema: {', '.join(unknown)}; name one for it in `events.schemas`"


def _checked(source: Source, items: Items) -> Iterator[tuple[str, str, tuple[str, ...] | None]]:
    """Yield each event's type, its schema's file or an empty text, and its unknown fields; None where it is refused."""
    schemas = source.events.schemas or {}
    for item, functions in items:
        kind = _event_type(source, item, functions)
        file = schemas.get(kind, schemas.get("*", ""))
        try:
            yield kind, file, source.check(item, functions) if source.check else ()
        except Rejected:
            yield kind, file, None


def _event_type(source: Source, item: Any, functions: Functions) -> str:
    try:
        kind = compile_path(source.events.type)(item, functions) if source.events.type else ""
    except Rejected:
        return ""
    return kind if isinstance(kind, str) else ""
