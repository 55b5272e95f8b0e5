"""Make payloads of the webhooks that an OpenAPI description has: each text is the path at which it stands."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

DEPTH = 6
"""Levels of a payload: below them, objects are empty."""


class Webhooks:
    """The webhooks of an OpenAPI description, as GitHub publishes it."""

    def __init__(self, file: Path) -> None:
        description = json.loads(file.read_bytes())
        self._webhooks = description["webhooks"]
        self._schemas = description["components"]["schemas"]

    def payloads(self) -> Iterator[tuple[str, dict[str, Any]]]:
        """Yield an event and a payload of it, one for each webhook, and one for each form that it has."""
        for webhook in self._webhooks.values():
            operation = webhook["post"]
            event = operation["x-github"]["subcategory"].replace("-", "_")
            schema = self._resolved(next(iter(operation["requestBody"]["content"].values()))["schema"])
            for form in schema.get("oneOf") or schema.get("anyOf") or [schema]:
                yield event, self._value(form, (), DEPTH)

    def _resolved(self, schema: dict[str, Any]) -> dict[str, Any]:
        while "$ref" in schema:
            schema = self._schemas[schema["$ref"].rpartition("/")[2]]
        return schema

    def _value(self, schema: dict[str, Any], path: tuple[str, ...], depth: int) -> Any:
        schema = self._resolved(schema)
        if "allOf" in schema:
            parts = [self._value(part, path, depth) for part in schema["allOf"]]
            return {name: value for part in parts for name, value in part.items()}
        forms = schema.get("oneOf") or schema.get("anyOf")
        if forms and "properties" not in schema:
            resolved = [self._resolved(form) for form in forms]
            return self._value(
                next((form for form in resolved if form.get("type") != "null"), resolved[0]), path, depth
            )
        if "enum" in schema:
            return next((value for value in schema["enum"] if value is not None), None)
        types = schema.get("type", "object")
        kind = types if isinstance(types, str) else next((name for name in types if name != "null"), "null")
        if kind == "object":
            properties = schema.get("properties", {}) if depth else {}
            return {name: self._value(below, (*path, name), depth - 1) for name, below in properties.items()}
        if kind == "array":
            return [self._value(schema["items"], path, depth)] if depth else []
        if kind == "string":
            return "https://github.com/" + "/".join(path) if schema.get("format") == "uri" else ".".join(path)
        return {"integer": 7, "number": 7, "boolean": True}.get(kind)
