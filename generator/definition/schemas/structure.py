"""Walk a JSON Schema: the schemas in it, those that a `$ref` leads to, and those about the same value."""

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
"""Keywords whose schemas are about the same value as the schema around them; so is `not`, about what it is not."""
_REF = re.compile(r"#(/.*)?")


def subschemas(pointer: str, schema: Any, keys: Iterable[str] | None = None) -> Iterator[str]:
    """Yield the pointers of the schemas in a schema, or below some of its keywords; none where it has a `$ref`."""
    if not isinstance(schema, dict) or "$ref" in schema:
        return
    for key in schema if keys is None else keys:
        value, member = schema.get(key), child_pointer(pointer, key)
        if key not in schema:
            continue
        if isinstance(value, list) and key in (*SCHEMA_LIST_KEYS, "items"):
            yield from (child_pointer(member, index) for index in range(len(value)))
        elif isinstance(value, dict) and key in SCHEMA_MAP_KEYS:
            yield from (child_pointer(member, name) for name, schema in value.items() if not is_name_list(key, schema))
        elif key in (*SCHEMA_KEYS, "items"):
            yield member


def is_name_list(key: str, value: Any) -> bool:
    """Return whether a dependency is a list of names instead of a schema."""
    return key == "dependencies" and isinstance(value, list)


def ref_target(document: Document, schema: Any) -> str | None:
    """Return the pointer to which a `$ref` leads, or None."""
    reference = schema.get("$ref") if isinstance(schema, dict) else None
    if not isinstance(reference, str) or not _REF.fullmatch(reference):
        return None
    try:
        document.at(pointer := unquote(reference[1:]))
    except (LookupError, ValueError, TypeError):
        return None
    return pointer


def same_value_schemas(document: Document, pointer: str, keys: Iterable[str] | None = SAME_VALUE_KEYS) -> list[str]:
    """Return the pointers of the schemas about the same value as this schema."""
    schema = document.at(pointer)
    referenced = ref_target(document, schema)
    return [*subschemas(pointer, schema, keys), *([] if referenced is None else [referenced])]


def reachable_schemas(document: Document, starts: Iterable[str]) -> list[str]:
    """Return the pointers of these schemas, and of all that they lead to."""
    seen = set(pointers := list(dict.fromkeys(starts)))
    for pointer in pointers:  # the loop appends to the list
        for reached in same_value_schemas(document, pointer, None):
            if reached not in seen:
                seen.add(reached)
                pointers.append(reached)
    return pointers
