"""The table in docs/reference/mozdef-message.md of the keys that facts have in a message of MozDef's."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

from generator.reference.definition_keys import field_descriptions
from lambdas.model_facts import Facts
from lambdas.shaping.mozdef_names import DETAIL_NAMES

_TOP_LEVEL = ("summary", "severity")
_FURTHER = {"user": "email", "source_ip": "sourceipv6address"}
"""Keys that some texts of a fact have in addition, or fill instead."""


def message_table() -> str:
    """Return the table in Markdown: every fact, its key, and what it is."""
    return "\n".join(("| fact | key | what |", "|---|---|---|", *_rows()))


def _rows() -> Iterator[str]:
    descriptions = field_descriptions(Facts)
    for field in dataclasses.fields(Facts):
        yield f"| `facts.{field.name}` | {_key(field.name)} | {descriptions[field.name].replace('|', chr(92) + '|')} |"


def _key(fact: str) -> str:
    if fact in _TOP_LEVEL:
        return f"`{fact}`, at the top level"
    if fact == "extra":
        return "`details.` and each name"
    key = f"`details.{DETAIL_NAMES.get(fact, fact)}`"
    return f"{key}, `details.{_FURTHER[fact]}`" if fact in _FURTHER else key
