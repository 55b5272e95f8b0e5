"""Which schemas stand in a JSON Schema, and which it leads to."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import unquote

from generator.definition.schemas.document import Document, child_pointer

SCHEMA_KEYS = ("not", "if", "then", "else", "contains", "propertyNames", "additionalProperties", "additionalItems")
SCHEMA_LIST_KEYS = ("allOf", "anyOf", "oneOf")
SCHEMA_MAP_KEYS = ("properties", "patternProperties", "dependencies", "definitions", "$defs")
SAME_VALUE_KEYS = ("allOf", "anyOf", "oneOf", "if", "then", "else", "dependencies")
"""Whose schemas say something of the same value as the one that they stand in; so does `not`, of what it is not."""
_REF = re.compile(r"#(/.*)?")


def subschemas(pointer: str, schema: Any, keys: Iterable[str] | None = None) -> Iterator[str]:
    """The places of the schemas that stand in a schema, or below some of its keywords; beside a `$ref`, none count."""
    if not isinstance(schema, dict) or "$ref" in schema:
        return
    for key in schema if keys is None else keys:
        value, place = schema.get(key), child_pointer(pointer, key)
        if key not in schema:
            continue
        if isinstance(value, list) and key in (*SCHEMA_LIST_KEYS, "items"):
            yield from (child_pointer(place, index) for index in range(len(value)))
        elif isinstance(value, dict) and key in SCHEMA_MAP_KEYS:
            yield from (child_pointer(place, name) for name, one in value.items() if not is_name_list(key, one))
        elif key in (*SCHEMA_KEYS, "items"):
            yield place


def is_name_list(key: str, value: Any) -> bool:
    """Whether a dependency is a list of names, and no schema."""
    return key == "dependencies" and isinstance(value, list)


def ref_target(document: Document, schema: Any) -> str | None:
    """The place where a `$ref` leads, if it leads to one."""
    to = schema.get("$ref") if isinstance(schema, dict) else None
    if not isinstance(to, str) or not _REF.fullmatch(to):
        return None
    try:
        document.at(found := unquote(to[1:]))
    except (LookupError, ValueError, TypeError):
        return None
    return found


def same_value_schemas(document: Document, pointer: str, keys: Iterable[str] | None = SAME_VALUE_KEYS) -> list[str]:
    """The schemas that say something of the same value as this one does."""
    schema = document.at(pointer)
    to = ref_target(document, schema)
    return [*subschemas(pointer, schema, keys), *([] if to is None else [to])]


def reachable_schemas(document: Document, starts: Iterable[str]) -> list[str]:
    """The places of these schemas, and of all that they lead to."""
    found = dict.fromkeys(starts)
    waiting = list(found)
    for pointer in waiting:  # which grows
        more = [one for one in same_value_schemas(document, pointer, None) if one not in found]
        found.update(dict.fromkeys(more))
        waiting += more
    return waiting
