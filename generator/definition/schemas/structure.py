"""Which schemas stand in a JSON Schema, and which it leads to."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import unquote

from generator.definition.schemas.document import Document, below

ONE = ("not", "if", "then", "else", "contains", "propertyNames", "additionalProperties", "additionalItems")
LISTED = ("allOf", "anyOf", "oneOf")
NAMED = ("properties", "patternProperties", "dependencies", "definitions", "$defs")
IN_PLACE = ("allOf", "anyOf", "oneOf", "if", "then", "else", "dependencies")
"""Whose schemas say something of the same value as the one that they stand in; so does `not`, of what it is not."""
_REF = re.compile(r"#(/.*)?")


def subschemas(pointer: str, schema: Any, keys: Iterable[str] | None = None) -> Iterator[str]:
    """The places of the schemas that stand in a schema, or below some of its keywords; beside a `$ref`, none count."""
    if not isinstance(schema, dict) or "$ref" in schema:
        return
    for key in schema if keys is None else keys:
        value, place = schema.get(key), below(pointer, key)
        if key not in schema:
            continue
        if isinstance(value, list) and key in (*LISTED, "items"):
            yield from (below(place, index) for index in range(len(value)))
        elif isinstance(value, dict) and key in NAMED:
            yield from (below(place, name) for name, one in value.items() if not is_names(key, one))
        elif key in (*ONE, "items"):
            yield place


def is_names(key: str, value: Any) -> bool:
    """Whether a dependency is a list of names, and no schema."""
    return key == "dependencies" and isinstance(value, list)


def target(document: Document, schema: Any) -> str | None:
    """The place where a `$ref` leads, if it leads to one."""
    to = schema.get("$ref") if isinstance(schema, dict) else None
    if not isinstance(to, str) or not _REF.fullmatch(to):
        return None
    try:
        document.at(found := unquote(to[1:]))
    except (LookupError, ValueError, TypeError):
        return None
    return found


def same_value(document: Document, pointer: str, keys: Iterable[str] | None = IN_PLACE) -> list[str]:
    """The schemas that say something of the same value as this one does."""
    schema = document.at(pointer)
    to = target(document, schema)
    return [*subschemas(pointer, schema, keys), *([] if to is None else [to])]


def reached(document: Document, starts: Iterable[str]) -> list[str]:
    """The places of these schemas, and of all that they lead to."""
    found = dict.fromkeys(starts)
    waiting = list(found)
    for pointer in waiting:  # which grows
        more = [one for one in same_value(document, pointer, None) if one not in found]
        found.update(dict.fromkeys(more))
        waiting += more
    return waiting
