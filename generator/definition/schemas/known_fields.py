"""List the fields that a JSON Schema knows, at each level of an event: any other field of an event is drift."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from generator.definition.schemas.document import Document, child_pointer
from generator.definition.schemas.structure import same_value_schemas, subschemas
from lambdas.reading.validation import SchemaNode


def add_known_fields(document: Document, nodes: list[SchemaNode]) -> int:
    """Append the nodes of a schema to `nodes`, and return the index of its first.

    All schemas about a value are taken together: a field that one of them names is known, whichever of several branches
    an event is of. Where any field may be, as in a mapping, none is unknown.
    """
    indexes: dict[frozenset[str], int] = {}
    waiting: list[frozenset[str]] = []

    def index_of(pointers: Iterable[str]) -> int:
        schemas = _schemas_of_value(document, pointers)
        group = frozenset(schemas)
        if group not in indexes:
            if not any(_FIELD_KEYWORDS & set(schema) or _is_closed(schema) for schema in schemas.values()):
                return 0
            indexes[group] = len(nodes)
            nodes.append((None, {}, 0))
            waiting.append(group)
        return indexes[group]

    first = index_of([""])
    while waiting:
        group = waiting.pop()
        schemas = {pointer: document.at(pointer) for pointer in sorted(group)}
        fields: dict[str, list[str]] = {}
        for pointer, schema in schemas.items():
            for name in schema.get("properties", ()):
                fields.setdefault(name, []).append(child_pointer(child_pointer(pointer, "properties"), name))
        members = {name: index for name, pointers in sorted(fields.items()) if (index := index_of(pointers))}
        items = index_of(item for pointer, schema in schemas.items() for item in subschemas(pointer, schema, _ITEMS))
        names = None if is_open(schemas.values()) else frozenset(fields)
        nodes[indexes[group]] = (names, members, items)
    return first


_ITEMS = ("items", "additionalItems")
_FIELD_KEYWORDS = {"properties", *_ITEMS}


def is_open(schemas: Any) -> bool:
    """Return whether these schemas together let an object have any field."""
    takes_any = any(
        "patternProperties" in schema or schema.get("additionalProperties", False) is not False for schema in schemas
    )
    return takes_any or not any("properties" in schema or _is_closed(schema) for schema in schemas)


def _is_closed(schema: Any) -> bool:
    return schema.get("additionalProperties") is False


def _schemas_of_value(document: Document, pointers: Iterable[str]) -> dict[str, dict[str, Any]]:
    """Return these schemas and all others about the same value, without those that are a `$ref` or true or false."""
    schemas: dict[str, dict[str, Any]] = {}
    waiting, seen = list(pointers), set()
    while waiting:
        if (pointer := waiting.pop()) in seen:
            continue
        seen.add(pointer)
        schema = document.at(pointer)
        if isinstance(schema, dict) and "$ref" not in schema:
            schemas[pointer] = schema
        waiting += same_value_schemas(document, pointer)
    return schemas
