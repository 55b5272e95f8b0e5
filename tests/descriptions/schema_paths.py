"""Whether what a JMESPath expression reads exists in a schema: the expression is applied to the schema."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import jmespath

from tests.descriptions.documents import Node
from tests.descriptions.schemas import ANY, Schemas

_SAME_LIST = frozenset(("sort", "sort_by", "reverse"))
_ONE_ITEM = frozenset(("min_by", "max_by"))


def _list_of(item: Node) -> Node:
    return {"type": "array", "items": item}


class SchemaPaths:
    """Applies expressions to a schema; what they read and it lacks is in `missing`."""

    def __init__(self, schemas: Schemas) -> None:
        self._schemas = schemas
        self.missing: list[str] = []

    def find(self, path: str, schema: Node) -> Node:
        """Return the schema of what a path finds."""
        return self._find(jmespath.compile(path).parsed, schema)

    def _find(self, node: Node, schema: Node) -> Node:
        applied: Callable[[Node, list[Any], Node], Node] | None = getattr(self, f"_{node['type']}", None)
        return applied(node, node.get("children", []), schema) if applied else ANY

    def _current(self, _node: Node, _children: list[Node], schema: Node) -> Node:
        return schema

    _identity = _current
    _slice = _current

    def _field(self, node: Node, _children: list[Node], schema: Node) -> Node:
        forms = self._schemas.below(schema, node["value"])
        if not forms:
            self.missing.append(node["value"])
        return {"anyOf": forms} if forms else ANY

    def _subexpression(self, _node: Node, children: list[Node], schema: Node) -> Node:
        for child in children:
            schema = self._find(child, schema)
        return schema

    _pipe = _subexpression
    _index_expression = _subexpression

    def _index(self, _node: Node, _children: list[Node], schema: Node) -> Node:
        return self._schemas.item(schema)

    def _projection(self, _node: Node, children: list[Node], schema: Node) -> Node:
        return _list_of(self._find(children[1], self._schemas.item(self._find(children[0], schema))))

    def _filter_projection(self, _node: Node, children: list[Node], schema: Node) -> Node:
        item = self._schemas.item(self._find(children[0], schema))
        self._find(children[2], item)
        return _list_of(self._find(children[1], item))

    def _value_projection(self, _node: Node, children: list[Node], schema: Node) -> Node:
        return _list_of(self._find(children[1], self._schemas.values(self._find(children[0], schema))))

    def _flatten(self, _node: Node, children: list[Node], schema: Node) -> Node:
        return _list_of(self._schemas.flat_item(self._find(children[0], schema)))

    def _or_expression(self, _node: Node, children: list[Node], schema: Node) -> Node:
        return {"anyOf": [self._find(child, schema) for child in children]}

    def _and_expression(self, _node: Node, children: list[Node], schema: Node) -> Node:
        return [self._find(child, schema) for child in children][-1]

    def _comparator(self, _node: Node, children: list[Node], schema: Node) -> Node:
        for child in children:
            self._find(child, schema)
        return ANY

    _not_expression = _comparator

    def _multi_select_list(self, _node: Node, children: list[Node], schema: Node) -> Node:
        return _list_of({"anyOf": [self._find(child, schema) for child in children]})

    def _multi_select_dict(self, _node: Node, children: list[Node], schema: Node) -> Node:
        fields = {child["value"]: self._find(child["children"][0], schema) for child in children}
        return {"type": "object", "properties": fields}

    def _function_expression(self, node: Node, children: list[Node], schema: Node) -> Node:
        operands = [self._find(child, schema) for child in children if child["type"] != "expref"]
        item = self._schemas.item(operands[0]) if operands else ANY
        for child in children:
            if child["type"] == "expref":
                self._find(child["children"][0], item)
        if node["value"] in _SAME_LIST:
            return operands[0]
        if node["value"] == "not_null":
            return {"anyOf": operands}
        return item if node["value"] in _ONE_ITEM else ANY
