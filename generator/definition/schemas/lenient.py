"""A JSON Schema as though the fields that it does not know were not there: these are drift, and no refusal."""

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

_OF_UNKNOWN = ("additionalProperties", "maxProperties", "propertyNames")


def lenient_schema(document: Document) -> dict[str, Any]:
    """The schema in draft-07, with what can refuse something and nothing else; each `$ref` leads to a number.

    A `oneOf` whose branches differ in the fields that they allow becomes an `anyOf`: without the others, several may
    fit. What stands below a `not` stays as it is, since to be lenient there would be to refuse more.
    """
    return _Copy(document).whole()


class _Copy:
    def __init__(self, document: Document) -> None:
        self._document = document
        self._definitions: dict[tuple[str, bool], dict[str, Any] | None] = {}

    def whole(self) -> dict[str, Any]:
        made = self._schema("", strict=False)
        definitions = {str(number): one for number, one in enumerate(self._definitions.values()) if one}
        return {"$schema": "http://json-schema.org/draft-07/schema#", **made, "definitions": definitions}

    def _schema(self, pointer: str, *, strict: bool) -> dict[str, Any]:
        schema = self._document.at(pointer)
        if isinstance(schema, bool):
            return {} if schema else {"not": {}}
        if (to := ref_target(self._document, schema)) is not None:
            return self._reference(to, strict=strict)
        made = {key: self._rule(pointer, key, strict=strict) for key in schema if key in RULES}
        if not strict:
            self._loosen(pointer, schema, made)
        for limit, exclusive in (("minimum", "exclusiveMinimum"), ("maximum", "exclusiveMaximum")):
            # Draft-04 says whether the limit is one of them.
            if isinstance(schema.get(exclusive), bool):
                del made[exclusive]
                if schema[exclusive] and limit in made:
                    made[exclusive] = made.pop(limit)
        return _needed(made)

    def _reference(self, pointer: str, *, strict: bool) -> dict[str, Any]:
        key = (pointer, strict)
        if key not in self._definitions:
            self._definitions[key] = None  # it may lead back to itself
            self._definitions[key] = self._schema(pointer, strict=strict)
        number = list(self._definitions).index(key)
        return {} if self._definitions[key] == {} else {"$ref": f"#/definitions/{number}"}

    def _rule(self, pointer: str, key: str, *, strict: bool) -> Any:
        value, place = self._document.at(pointer)[key], child_pointer(pointer, key)
        strict = strict or key == "not"
        if isinstance(value, list) and key in (*SCHEMA_LIST_KEYS, "items"):
            return [self._schema(child_pointer(place, index), strict=strict) for index in range(len(value))]
        if key in SCHEMA_MAP_KEYS:
            return {
                name: one if is_name_list(key, one) else self._schema(child_pointer(place, name), strict=strict)
                for name, one in value.items()
            }
        return self._schema(place, strict=strict) if key in (*SCHEMA_KEYS, "items") else value

    def _loosen(self, pointer: str, schema: dict[str, Any], made: dict[str, Any]) -> None:
        """Take out what an unknown field alone would fail."""
        if not is_open([schema]):
            for key in _OF_UNKNOWN:
                made.pop(key, None)
        elif schema.get("additionalProperties") is False:
            del made["additionalProperties"]
        if "oneOf" in made and self._is_about_unknown(subschemas(pointer, schema, ["oneOf"])):
            made["allOf"] = [*made.get("allOf", ()), {"anyOf": made.pop("oneOf")}]

    def _is_about_unknown(self, pointers: Iterable[str]) -> bool:
        """Whether these, or any schema that they lead to, refuse an unknown field."""
        for place in reachable_schemas(self._document, pointers):
            schema = self._document.at(place)
            if isinstance(schema, dict) and "$ref" not in schema:
                closed = schema.get("additionalProperties") is False
                if closed or (not is_open([schema]) and set(_OF_UNKNOWN) & set(schema)):
                    return True
        return False


def _needed(schema: dict[str, Any]) -> dict[str, Any]:
    """Without what takes anything, for which there need be no code."""
    if "additionalProperties" not in schema and "properties" in schema:
        schema["properties"] = {name: one for name, one in schema["properties"].items() if one}
    return {key: value for key, value in schema.items() if value != {} or key not in ("properties", "items")}
