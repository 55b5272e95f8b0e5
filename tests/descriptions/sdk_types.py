"""Descriptions made of the types in vendors' SDKs for Python, which are generated from the vendors' own descriptions.

They have the fields of an event, and some have the parameters of a request. What they lack is left open: the path, the
headers, and what is around the list of events.
"""

from __future__ import annotations

import importlib
import warnings
from dataclasses import dataclass
from typing import Any

from pydantic import TypeAdapter

from tests.descriptions.documents import ANY_QUERY, Node


@dataclass(frozen=True)
class SdkTypes:
    """An operation, and its types, each as `module:Name`."""

    server: str
    path: str
    event: str
    events: str | None = None
    """The field of the answer that has the list of events; by default the answer is the list."""
    query: str | None = None

    def document(self) -> Node:
        """Return the types as OpenAPI."""
        definitions: Node = {}
        answer: Node = {"type": "array", "items": _schema(self.event, definitions)}
        if self.events:
            answer = {"type": "object", "additionalProperties": True, "properties": {self.events: answer}}
        operation: Node = {"responses": {"200": {"content": {"application/json": {"schema": answer}}}}}
        if self.query:
            operation["parameters"] = _parameters(self.query, self.path, definitions)
        else:
            operation[ANY_QUERY] = True
        return {
            "openapi": "3.1.0",
            "servers": [{"url": self.server}],
            "paths": {self.path: {"get": operation}},
            "components": {"schemas": definitions},
        }


def _schema(name: str, definitions: Node) -> Node:
    module, _, type_name = name.partition(":")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of SDKs that name a field as pydantic names a function
        adapter: TypeAdapter[Any] = TypeAdapter(getattr(importlib.import_module(module), type_name))
        schema = adapter.json_schema(ref_template="#/components/schemas/{model}")
    definitions.update(schema.pop("$defs", {}))
    for node in (schema, *definitions.values()):
        # An SDK takes fields that it does not know; here they are to be found.
        if node.get("properties") and node.get("additionalProperties") is True:
            del node["additionalProperties"]
    return schema


def _parameters(name: str, path: str, definitions: Node) -> list[Node]:
    schema = _schema(name, definitions)
    required = schema.get("required", [])
    return [
        {"name": key, "in": "path" if f"{{{key}}}" in path else "query", "required": key in required, "schema": value}
        for key, value in schema["properties"].items()
    ]
