"""The tables in docs/reference/facts.md of the facts that each source fills, made from their definitions.

And of the names that facts of a definition's own can't have, in docs/reference/definition/facts.md.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable

from generator.definition.message_checks import REFUSED_EXTRA
from generator.definition.read import Definition
from generator.reference.markdown import table
from lambdas.model import Source
from lambdas.model_facts import KINDS, Facts

_ALWAYS = ("summary", "severity")
"""Facts that each event has, whatever its definition says."""
_FACTS = tuple(field.name for field in dataclasses.fields(Facts) if field.name not in (*_ALWAYS, "extra"))
_FILLED = "●"


def facts_table(definitions: Iterable[Definition], folder: str) -> str:
    """Return the table in Markdown; `folder` is the path from the page to the folder of the sources."""
    head = ("source", *(f"`{name}`" for name in _FACTS), "`extra`")
    return table(head, (_row(definition.source, folder) for definition in definitions))


def kinds_table(definitions: Iterable[Definition]) -> str:
    """Return the table of the kinds of events, and which sources can have them."""
    sources = [definition.source for definition in definitions]
    names = {kind: [source.name for source in sources if kind in _kinds(source)] for kind in KINDS}
    return table(("kind", "sources"), ((f"`{kind}`", ", ".join(names[kind])) for kind in KINDS if names[kind]))


def refused_names_table() -> str:
    """Return the table of the names that facts of a definition's own can't have."""
    rows = ((", ".join(f"`{name}`" for name in sorted(names)), reason) for reason, names in REFUSED_EXTRA.items())
    return table(("names", "why not"), rows)


def _kinds(source: Source) -> Iterable[str]:
    return source.facts.kind.words if source.facts.kind else ()


def _row(source: Source, folder: str) -> tuple[str, ...]:
    return (
        f"[{source.name}]({folder}/{source.name}/README.md)",
        *(_FILLED if _is_filled(source, name) else "" for name in _FACTS),
        ", ".join(f"`{name}`" for name in source.facts.extra or {}),
    )


def _is_filled(source: Source, fact: str) -> bool:
    has_default = fact == "action" and source.events.type is not None
    return has_default or getattr(source.facts, fact) is not None
