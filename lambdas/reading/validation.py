"""Validate events against the JSON Schemas of their source, and list the fields that no schema knows.

A build compiles the schemas into `lambdas/schemas.py`: functions that raise SchemaViolation, and a table of the fields
that each schema knows.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any

from lambdas.model import Check
from lambdas.model_types import Path
from lambdas.reading.body import MAX_VALUES, Rejected
from lambdas.reading.paths import CompiledPath, Functions, compile_path

MAX_LISTED = 20
"""The most unknown fields and kinds that are listed for an event, and in a line of the log."""

MAX_PATH = 100
"""Characters of a path that is listed."""
_NAME = re.compile(r"[A-Za-z0-9_.\[\]-]{0,99}[A-Za-z0-9_-]")

Validate = Callable[[Any, str], object]
SchemaNode = tuple[frozenset[str] | None, Mapping[str, int], int]
"""The known fields of an object, or None where any field may be; by name, the indexes of its fields' nodes; and the
index of the node of a list's items. Node 0 is the wildcard: every field in it is known."""


class SchemaViolation(Exception):  # noqa: N818 - it names the outcome
    """A value does not satisfy a rule: the path to the value, and the rule. It holds nothing of the value."""

    def __init__(self, path: str, rule: str) -> None:
        super().__init__(path, rule)
        self.path = path
        self.rule = rule


class TooManySteps(Exception):  # noqa: N818 - it names the outcome
    """An event takes too many steps: they double with each of its levels where a schema refers to itself twice."""


class _StepBudget:
    left = 0


def count_step() -> None:
    """Count a step into a definition of a schema; TooManySteps after more of them than a body may have values."""
    _StepBudget.left -= 1
    if _StepBudget.left < 0:
        raise TooManySteps


def missing_required(path: str, value: Collection[str], required: Sequence[str]) -> SchemaViolation:
    """Return the violation for the first required field that an object lacks."""
    return SchemaViolation(f"{path}.{next(name for name in required if name not in value)}", "required")


def make_check(schemas: Mapping[str, tuple[Validate, int]], nodes: Sequence[SchemaNode], kind: Path | None) -> Check:
    """Return a function that validates an event by the schema of its kind, or else by that for `*`.

    The function raises Rejected where the event does not satisfy its schema, and returns the paths of unknown fields,
    or the kind that has no schema.
    """
    fallback = schemas.get("*")
    find = compile_path(kind) if kind else None

    def check(event: Any, functions: Functions) -> tuple[str, ...]:
        name = _event_kind(find, event, functions) if find else ""
        schema = schemas.get(name, fallback)
        if schema is None:
            return (f"type {_loggable(name) or '?'}",)
        validate, node_index = schema
        _StepBudget.left = MAX_VALUES
        try:
            validate(event, "")
        except TooManySteps:
            raise Rejected("schema", f"the event: more than {MAX_VALUES:,} steps through the schema") from None
        except SchemaViolation as violation:
            raise Rejected("schema", f"{violation.path.lstrip('.') or 'the event'}: {violation.rule}") from None
        unknown: dict[str, None] = {}
        _collect_unknown(event, nodes, node_index, "", unknown)
        return tuple(unknown)

    return check


def list_unknown(drift: Iterable[tuple[str, ...]]) -> list[str]:
    """Return what is unknown in several events, each field or kind once."""
    return list(dict.fromkeys(unknown for of_event in drift for unknown in of_event))[:MAX_LISTED]


def _event_kind(find: CompiledPath, event: Any, functions: Functions) -> str:
    """Return the kind of an event, empty where the path can't find one: that alone rejects no event."""
    try:
        kind = find(event, functions)
    except Rejected:
        return ""
    return kind if isinstance(kind, str) else ""


def _loggable(text: str) -> str | None:
    """Return a sender's text where it looks like names and may be logged; None else."""
    return text if _NAME.fullmatch(text) else None


def _collect_unknown(value: Any, nodes: Sequence[SchemaNode], index: int, path: str, unknown: dict[str, None]) -> None:
    """Add the paths of unknown fields to `unknown`; those of a list's items only once."""
    names, children, items = nodes[index]
    if isinstance(value, dict):
        if names is not None and not value.keys() <= names:
            for name in value:
                if name not in names and len(unknown) < MAX_LISTED:
                    unknown[_loggable(f"{path}{name}") or f"{path}?"[-MAX_PATH:]] = None
        for name, child in children.items():
            if name in value:
                _collect_unknown(value[name], nodes, child, f"{path}{name}.", unknown)
    elif items and isinstance(value, list):
        path = f"{path.removesuffix('.')}[]."
        for member in value:
            _collect_unknown(member, nodes, items, path, unknown)
