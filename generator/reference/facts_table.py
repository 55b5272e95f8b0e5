"""The table in docs/sources.md of the facts that each source fills, made from their definitions."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable

from generator.definition.read import Definition
from lambdas.model import Facts, Source

_ALWAYS = ("summary", "severity")
"""Facts that each event has, whatever its definition says."""
_FACTS = tuple(field.name for field in dataclasses.fields(Facts) if field.name not in (*_ALWAYS, "extra"))
_FILLED = "●"


def facts_table(definitions: Iterable[Definition], folder: str) -> str:
    """Return the table in Markdown; `folder` is the path from the page to the folder of the sources."""
    head = ("source", *(f"`{name}`" for name in _FACTS), "`extra`")
    rows = [head, ("---",) * len(head), *(_row(definition.source, folder) for definition in definitions)]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def _row(source: Source, folder: str) -> tuple[str, ...]:
    return (
        f"[{source.name}]({folder}/{source.name}/README.md)",
        *(_FILLED if _is_filled(source, name) else "" for name in _FACTS),
        ", ".join(f"`{name}`" for name in source.facts.extra or {}),
    )


def _is_filled(source: Source, fact: str) -> bool:
    has_default = fact == "action" and source.events.type is not None
    return has_default or getattr(source.facts, fact) is not None
