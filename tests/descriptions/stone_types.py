"""Dropbox's description of its API, which is written in Stone: its SDK for Python has it whole, as classes.

How values are written in JSON: https://github.com/dropbox/stone/blob/main/docs/json_serializer.rst
"""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from typing import Any

from tests.descriptions.documents import Node


@dataclass(frozen=True)
class StoneTypes:
    """A namespace of the API with its routes."""

    server: str
    namespace: str

    def document(self) -> Node:
        """Return the routes of the namespace as OpenAPI."""
        module = importlib.import_module(f"dropbox.{self.namespace}")
        types = _Types()
        paths = {}
        for route in module.ROUTES.values():
            body = {"application/json": {"schema": types.schema(route.arg_type)}}
            answer = {"application/json": {"schema": types.schema(route.result_type)}}
            operation = {"requestBody": {"content": body}, "responses": {"200": {"content": answer}}}
            paths[f"/{self.namespace}/{route.name}"] = {"post": operation}
        return {
            "openapi": "3.1.0",
            "servers": [{"url": self.server}],
            "paths": paths,
            "components": {"schemas": types.schemas},
        }


class _Types:
    """The schemas of Stone's types, by the names of their classes."""

    def __init__(self) -> None:
        self.schemas: Node = {}
        validators = importlib.import_module("stone.backends.python_rsrc.stone_validators")
        self._plain: dict[type, Node] = {
            validators.Boolean: {"type": "boolean"},
            validators.Integer: {"type": "integer"},
            validators.Real: {"type": "number"},
            validators.Timestamp: {"type": "string", "format": "date-time"},
            validators.String: {"type": "string"},
        }
        self._types = validators

    def schema(self, validator: Any) -> Node:
        """Return the schema of a type; that of a structure or a union is a reference."""
        if isinstance(validator, self._types.Nullable):
            return self.schema(validator.validator)
        if isinstance(validator, self._types.List):
            return {"type": "array", "items": self.schema(validator.item_validator)}
        if isinstance(validator, (self._types.Struct, self._types.Union)):
            return self._reference(validator.definition)
        return next((schema for kind, schema in self._plain.items() if isinstance(validator, kind)), {})

    def _reference(self, definition: Any) -> Node:
        name = definition.__name__
        if name not in self.schemas:
            self.schemas[name] = {}  # so that a type may hold itself
            self.schemas[name] = self._union(definition) if hasattr(definition, "_tagmap") else self._struct(definition)
        return {"$ref": f"#/components/schemas/{name}"}

    def _struct(self, definition: Any) -> Node:
        # A subtype inherits the list of its parent's subtypes.
        if subtypes := vars(definition).get("_tag_to_subtype_"):
            return {"anyOf": [self._tagged(tags[-1], self._struct(kind.definition)) for tags, kind in subtypes.items()]}
        fields = {name: self.schema(validator) for name, validator in definition._all_fields_}
        return {"type": "object", "properties": fields}

    def _union(self, definition: Any) -> Node:
        forms = []
        for tag, validator in definition._tagmap.items():
            kind = validator.validator if isinstance(validator, self._types.Nullable) else validator
            if isinstance(kind, self._types.Void):
                value: Node = {"properties": {}}
            elif isinstance(kind, self._types.Struct):
                value = self._struct(kind.definition)
            else:
                value = {"properties": {tag: self.schema(kind)}}
            forms.append(self._tagged(tag, value))
        return {"anyOf": forms}

    def _tagged(self, tag: str, value: Node) -> Node:
        if "anyOf" in value:  # what has subtypes has their tag as well, and Stone nests it
            return {"type": "object", "required": [".tag"], "properties": {".tag": {"const": tag}, tag: value}}
        return {
            "type": "object",
            "required": [".tag"],
            "properties": {".tag": {"const": tag}, **value["properties"]},
        }
