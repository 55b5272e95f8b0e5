"""What the JSON Schemas of a source say of its samples, with the file that says it."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator
from typing import Any

from lambdas.model import Source
from lambdas.reading.body import Rejected
from lambdas.reading.paths import Functions, compile_path

Items = Iterable[tuple[Any, Functions]]
"""The events of a sample, and what a path may call beside each."""
_NEAR = 0.85


def refusing_files(source: Source, items: Items) -> list[str]:
    """The files of the schemas that events do not satisfy, each once."""
    return list(dict.fromkeys(file for _, file, unknown in _held(source, items) if unknown is None))


def sample_notes(source: Source, items: Items) -> Iterator[str]:
    """What no schema knows of events, and what would be right; none of it refuses one."""
    schemas = source.events.schemas or {}
    for kind, file, unknown in dict.fromkeys(_held(source, items)):
        near = [] if kind in schemas else difflib.get_close_matches(kind, schemas, n=1, cutoff=_NEAR)
        if near:
            yield f"is of type {kind}, which `events.schemas` does not have; did you mean {near[0]} there?"
        if unknown and file:
            yield f"has what its schema does not know: {', '.join(unknown)}; name it in {file}"
        elif unknown and not near:
            yield f"has no schema: {', '.join(unknown)}; name one for it in `events.schemas`"


def _held(source: Source, items: Items) -> Iterator[tuple[str, str, tuple[str, ...] | None]]:
    """Of each event its kind, the file of its schema, if it has one, and what is unknown; None where it is refused."""
    schemas = source.events.schemas or {}
    for item, functions in items:
        kind = _kind(source, item, functions)
        file = schemas.get(kind, schemas.get("*", ""))
        try:
            yield kind, file, source.check(item, functions) if source.check else ()
        except Rejected:
            yield kind, file, None


def _kind(source: Source, item: Any, functions: Functions) -> str:
    try:
        found = compile_path(source.events.type)(item, functions) if source.events.type else ""
    except Rejected:
        return ""
    return found if isinstance(found, str) else ""
