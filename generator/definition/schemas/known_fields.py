"""The fields that a JSON Schema knows, place by place: what else an event has is drift."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from generator.definition.schemas.document import Document, child_pointer
from generator.definition.schemas.structure import same_value_schemas, subschemas
from lambdas.reading.validation import SchemaNode


def add_known_fields(document: Document, known: list[SchemaNode]) -> int:
    """Add what a schema knows to the places, and return the first of its own.

    All schemas that say something of a value are taken together: a field that one of them names is known, whichever of
    several branches an event is of. Where any field may be, as in a mapping, none is unknown.
    """
    numbers: dict[frozenset[str], int] = {}
    waiting: list[frozenset[str]] = []

    def number(pointers: Iterable[str]) -> int:
        schemas = _together(document, pointers)
        together = frozenset(schemas)
        if together not in numbers:
            if not any(_TELLING & set(one) or _is_closed(one) for one in schemas.values()):
                return 0
            numbers[together] = len(known)
            known.append((None, {}, 0))
            waiting.append(together)
        return numbers[together]

    first = number([""])
    while waiting:
        together = waiting.pop()
        schemas = {pointer: document.at(pointer) for pointer in sorted(together)}
        fields: dict[str, list[str]] = {}
        for pointer, schema in schemas.items():
            for name in schema.get("properties", ()):
                fields.setdefault(name, []).append(child_pointer(child_pointer(pointer, "properties"), name))
        deeper = {name: place for name, of in sorted(fields.items()) if (place := number(of))}
        items = number(one for at, schema in schemas.items() for one in subschemas(at, schema, _ITEMS))
        names = None if is_open(schemas.values()) else frozenset(fields)
        known[numbers[together]] = (names, deeper, items)
    return first


_ITEMS = ("items", "additionalItems")
_TELLING = {"properties", *_ITEMS}


def is_open(schemas: Any) -> bool:
    """Whether an object may have any field, by what these say of it together."""
    takes_any = any(
        "patternProperties" in one or one.get("additionalProperties", False) is not False for one in schemas
    )
    return takes_any or not any("properties" in one or _is_closed(one) for one in schemas)


def _is_closed(schema: Any) -> bool:
    return schema.get("additionalProperties") is False


def _together(document: Document, pointers: Iterable[str]) -> dict[str, dict[str, Any]]:
    """These schemas and all that say something of the same value, but for those that are a `$ref` or true or false."""
    found: dict[str, dict[str, Any]] = {}
    waiting, seen = list(pointers), set()
    while waiting:
        if (pointer := waiting.pop()) in seen:
            continue
        seen.add(pointer)
        schema = document.at(pointer)
        if isinstance(schema, dict) and "$ref" not in schema:
            found[pointer] = schema
        waiting += same_value_schemas(document, pointer)
    return found
