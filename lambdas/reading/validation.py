"""Events beside the JSON Schemas of their source: what refuses them, and what the schemas do not know.

A build compiles the schemas into `lambdas/schemas.py`: functions that raise SchemaViolation, and a table of the fields
that each schema knows.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any

from lambdas.model import Check, Path
from lambdas.reading.body import MAX_VALUES, Rejected
from lambdas.reading.paths import CompiledPath, Functions, compile_path

MAX_LISTED = 20
"""Unknown fields and kinds that are listed, of an event and in a line of the log."""

MAX_PATH = 100
"""Characters of a path that are listed."""
_NAME = re.compile(r"[A-Za-z0-9_.\[\]-]{0,99}[A-Za-z0-9_-]")

Validate = Callable[[Any, str], object]
SchemaNode = tuple[frozenset[str] | None, Mapping[str, int], int]
"""The fields that are known at a place, or None where any may be; the places of those that are looked into, and the
place of a list's items. 0 is a place of which nothing is known."""


class SchemaViolation(Exception):  # noqa: N818 - it names the outcome
    """A value that does not satisfy a rule: the path to it, and the rule. Nothing of the value is in it."""

    def __init__(self, path: str, rule: str) -> None:
        super().__init__(path, rule)
        self.path = path
        self.rule = rule


class TooManySteps(Exception):  # noqa: N818 - it names the outcome
    """A schema that leads back to itself in more ways than one doubles its questions with each level of an event."""


_left = [0]


def count_step() -> None:
    """Count one more question of a definition; Endless where an event has had more of them than a body has values."""
    _left[0] -= 1
    if _left[0] < 0:
        raise TooManySteps


def missing_required(path: str, value: Collection[str], required: Sequence[str]) -> SchemaViolation:
    """The first of the required fields that an object does not have."""
    return SchemaViolation(f"{path}.{next(name for name in required if name not in value)}", "required")


def make_check(schemas: Mapping[str, tuple[Validate, int]], places: Sequence[SchemaNode], kind: Path | None) -> Check:
    """What validates an event by the schema of its kind, or by that for `*`, and finds what no schema knows.

    It raises Rejected where the event does not satisfy its schema, and returns the paths of unknown fields, or the kind
    that has no schema.
    """
    other = schemas.get("*")
    find = compile_path(kind) if kind else None

    def check(event: Any, functions: Functions) -> tuple[str, ...]:
        found = _event_kind(find, event, functions) if find else ""
        schema = schemas.get(found, other)
        if schema is None:
            return (f"type {_loggable(found) or '?'}",)
        validate, place = schema
        _left[0] = MAX_VALUES
        try:
            validate(event, "")
        except TooManySteps:
            raise Rejected("schema", f"the event: more than {MAX_VALUES:,} steps through the schema") from None
        except SchemaViolation as unfit:
            raise Rejected("schema", f"{unfit.path.lstrip('.') or 'the event'}: {unfit.rule}") from None
        unknown: dict[str, None] = {}
        _collect_unknown(event, places, place, "", unknown)
        return tuple(unknown)

    return check


def list_unknown(drift: Iterable[tuple[str, ...]]) -> list[str]:
    """What is unknown in several events, each once."""
    return list(dict.fromkeys(one for found in drift for one in found))[:MAX_LISTED]


def _event_kind(find: CompiledPath, event: Any, functions: Functions) -> str:
    """Nobody is refused for a kind that can't be found."""
    try:
        found = find(event, functions)
    except Rejected:
        return ""
    return found if isinstance(found, str) else ""


def _loggable(words: str) -> str | None:
    """A sender's words, where they look like names."""
    return words if _NAME.fullmatch(words) else None


def _collect_unknown(value: Any, places: Sequence[SchemaNode], place: int, path: str, found: dict[str, None]) -> None:
    """Find the fields that are not known; of a list, one for all of its items."""
    names, deeper, items = places[place]
    if isinstance(value, dict):
        if names is not None and not value.keys() <= names:
            for name in value:
                if name not in names and len(found) < MAX_LISTED:
                    found[_loggable(f"{path}{name}") or f"{path}?"[-MAX_PATH:]] = None
        for name, below in deeper.items():
            if name in value:
                _collect_unknown(value[name], places, below, f"{path}{name}.", found)
    elif items and isinstance(value, list):
        path = f"{path.removesuffix('.')}[]."
        for one in value:
            _collect_unknown(one, places, items, path, found)
