"""Schemas of a description: the forms that a value may have, what lies below them, and whether a value is valid."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote

from jsonschema.exceptions import ValidationError, best_match
from openapi_schema_validator import (
    OAS30ReadValidator,
    OAS31Validator,
    oas30_format_checker,
    oas31_format_checker,
)

from tests.descriptions.documents import Node

ANY: Node = {}
"""The schema of a value of which nothing is known."""
_LENGTH = 160
_REFERRED_TO = ("components", "definitions", "schemas", "paths")
_COMBINED = ("allOf", "anyOf", "oneOf")
_NOTHING: Node = {"type": "object", "nullable": True}
"""Beside another form: how Microsoft says that a value may be null. It leaves no fields open."""


class Schemas:
    """The schemas of one description, which refer to each other."""

    def __init__(self, document: Node) -> None:
        self._document = document
        # References are resolved in the schema itself, so it carries all that they may refer to.
        self._referred_to = {key: document[key] for key in _REFERRED_TO if key in document}
        old = document["openapi"].startswith("3.0")
        self._validator = OAS30ReadValidator if old else OAS31Validator
        self._formats = oas30_format_checker if old else oas31_format_checker

    def resolved(self, node: Node) -> Node:
        """Return what a node refers to, or the node itself."""
        while "$ref" in node:
            target: Any = self._document
            for name in node["$ref"].removeprefix("#/").split("/"):
                key = unquote(name).replace("~1", "/").replace("~0", "~")
                target = target[int(key) if isinstance(target, list) else key]
            node = target
        return node

    def problems(self, schema: Node, value: Any, where: str) -> Iterator[str]:
        """Yield why a value is not valid, with the place in it."""
        whole = {**self._referred_to, "allOf": [schema]}
        validator = self._validator(whole, format_checker=self._formats)
        for error in validator.iter_errors(value):
            if _cause(error).instance is not None:  # few descriptions say where null may be
                yield f"{where}{_path(error)}: {_message(error)}"

    def unknown_fields(self, schema: Node, value: Any, where: str) -> Iterator[str]:
        """Yield the fields of a value that the description does not know."""
        if isinstance(value, dict):
            for name, below in value.items():
                forms = self.below(schema, name)
                if not forms:
                    yield f"{where}.{name}: no such field"
                else:
                    yield from self.unknown_fields(_one_of(forms), below, f"{where}.{name}")
        elif isinstance(value, list):
            for item in value:
                yield from self.unknown_fields(self.item(schema), item, f"{where}[]")

    def below(self, schema: Node, name: str) -> list[Node]:
        """Return the forms of a field; none where no form of the schema has such a field."""
        forms = list(self._forms(schema))
        named = [form["properties"][name] for form in forms if name in form.get("properties", {})]
        return named or [_others(form) for form in forms if _is_open(form)]

    def item(self, schema: Node) -> Node:
        """Return the schema of the items of a list."""
        return _one_of([form["items"] for form in self._forms(schema) if "items" in form])

    def flat_item(self, schema: Node) -> Node:
        """Return the schema of the items of a list of which each item that is a list is replaced by its items."""
        return _one_of([form.get("items", form) for form in self._forms(self.item(schema))])

    def values(self, schema: Node) -> Node:
        """Return the schema of the values of an object's fields."""
        forms = list(self._forms(schema))
        named = [below for form in forms for below in form.get("properties", {}).values()]
        return _one_of([*named, *(_others(form) for form in forms if _is_open(form))])

    def _forms(self, schema: Node, depth: int = 12) -> Iterator[Node]:
        """Yield the schemas of which a schema is composed, without references."""
        schema = self.resolved(schema)
        combined = [below for key in _COMBINED for below in schema.get(key, []) if below != _NOTHING]
        if not combined or "properties" in schema or "items" in schema:
            yield schema
        for below in combined if depth else ():
            yield from self._forms(below, depth - 1)


def _others(form: Node) -> Node:
    others = form.get("additionalProperties")
    return others if isinstance(others, dict) else ANY


def _is_open(form: Node) -> bool:
    """Return whether a schema leaves open which fields there are: it names none, or says that there are others."""
    kinds = form.get("type", "object")
    if "object" not in (kinds if isinstance(kinds, list) else [kinds]) or form.get("enum"):
        return False
    others = form.get("additionalProperties")
    return others not in (None, False) or (others is None and not form.get("properties"))


def _one_of(forms: list[Node]) -> Node:
    return forms[0] if len(forms) == 1 else {"anyOf": forms} if forms else ANY


def _path(error: ValidationError) -> str:
    return "".join("[]" if isinstance(part, int) else f".{part}" for part in _cause(error).absolute_path)


def _message(error: ValidationError) -> str:
    message = _cause(error).message
    return message if len(message) <= _LENGTH else f"{message[:_LENGTH]}…"


def _cause(error: ValidationError) -> ValidationError:
    """Return the error of the form that fits best, where a value fits none of several."""
    return best_match([error]) or error
