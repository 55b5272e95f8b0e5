"""Rewrite a JSON Schema so that an unknown field refuses nothing: unknown fields are drift."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from generator.definition.schemas.document import Document, child_pointer
from generator.definition.schemas.keyword_values import RULES
from generator.definition.schemas.known_fields import is_open
from generator.definition.schemas.structure import (
    SCHEMA_KEYS,
    SCHEMA_LIST_KEYS,
    SCHEMA_MAP_KEYS,
    is_name_list,
    reachable_schemas,
    ref_target,
    subschemas,
)

_UNKNOWN_FIELD_KEYWORDS = ("additionalProperties", "maxProperties", "propertyNames")


def lenient_schema(document: Document) -> dict[str, Any]:
    """Return the schema in draft-07 with only the keywords that can refuse; each `$ref` leads to a numbered definition.

    A `oneOf` whose branches differ in the fields that they allow becomes an `anyOf`: once these rules are gone, several
    branches may fit. Below a `not` everything stays as it is, since lenience there would refuse more.
    """
    return _LenientCopy(document).root()


class _LenientCopy:
    def __init__(self, document: Document) -> None:
        self._document = document
        self._definitions: dict[tuple[str, bool], dict[str, Any] | None] = {}

    def root(self) -> dict[str, Any]:
        copy = self._schema("", keep_closed=False)
        definitions = {str(number): schema for number, schema in enumerate(self._definitions.values()) if schema}
        return {"$schema": "http://json-schema.org/draft-07/schema#", **copy, "definitions": definitions}

    def _schema(self, pointer: str, *, keep_closed: bool) -> dict[str, Any]:
        schema = self._document.at(pointer)
        if isinstance(schema, bool):
            return {} if schema else {"not": {}}
        if (referenced := ref_target(self._document, schema)) is not None:
            return self._reference(referenced, keep_closed=keep_closed)
        copy = {key: self._rule(pointer, key, keep_closed=keep_closed) for key in schema if key in RULES}
        if not keep_closed:
            self._loosen(pointer, schema, copy)
        for limit, exclusive in (("minimum", "exclusiveMinimum"), ("maximum", "exclusiveMaximum")):
            # In draft-04, a boolean says whether the limit itself is excluded.
            if isinstance(schema.get(exclusive), bool):
                del copy[exclusive]
                if schema[exclusive] and limit in copy:
                    copy[exclusive] = copy.pop(limit)
        return _without_empty(copy)

    def _reference(self, pointer: str, *, keep_closed: bool) -> dict[str, Any]:
        key = (pointer, keep_closed)
        if key not in self._definitions:
            self._definitions[key] = None  # the schema may lead back to itself
            self._definitions[key] = self._schema(pointer, keep_closed=keep_closed)
        number = list(self._definitions).index(key)
        return {} if self._definitions[key] == {} else {"$ref": f"#/definitions/{number}"}

    def _rule(self, pointer: str, key: str, *, keep_closed: bool) -> Any:
        value, member = self._document.at(pointer)[key], child_pointer(pointer, key)
        keep_closed = keep_closed or key == "not"
        if isinstance(value, list) and key in (*SCHEMA_LIST_KEYS, "items"):
            return [self._schema(child_pointer(member, index), keep_closed=keep_closed) for index in range(len(value))]
        if key in SCHEMA_MAP_KEYS:
            return {
                name: schema
                if is_name_list(key, schema)
                else self._schema(child_pointer(member, name), keep_closed=keep_closed)
                for name, schema in value.items()
            }
        return self._schema(member, keep_closed=keep_closed) if key in (*SCHEMA_KEYS, "items") else value

    def _loosen(self, pointer: str, schema: dict[str, Any], copy: dict[str, Any]) -> None:
        """Remove from the copy what an unknown field alone would violate."""
        if not is_open([schema]):
            for key in _UNKNOWN_FIELD_KEYWORDS:
                copy.pop(key, None)
        elif schema.get("additionalProperties") is False:
            del copy["additionalProperties"]
        if "oneOf" in copy and self._refuses_unknown(subschemas(pointer, schema, ["oneOf"])):
            copy["allOf"] = [*copy.get("allOf", ()), {"anyOf": copy.pop("oneOf")}]

    def _refuses_unknown(self, pointers: Iterable[str]) -> bool:
        """Return whether these schemas, or any that they lead to, refuse an unknown field."""
        for pointer in reachable_schemas(self._document, pointers):
            schema = self._document.at(pointer)
            if isinstance(schema, dict) and "$ref" not in schema:
                closed = schema.get("additionalProperties") is False
                if closed or (not is_open([schema]) and set(_UNKNOWN_FIELD_KEYWORDS) & set(schema)):
                    return True
        return False


def _without_empty(schema: dict[str, Any]) -> dict[str, Any]:
    """Remove the schemas that allow anything, which need no code."""
    if "additionalProperties" not in schema and "properties" in schema:
        schema["properties"] = {name: member for name, member in schema["properties"].items() if member}
    return {key: value for key, value in schema.items() if value != {} or key not in ("properties", "items")}
