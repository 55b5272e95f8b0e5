"""Compile the syntax tree of a JMESPath expression into Python functions.

The library's own interpreter looks up a node's method each time it comes to the node, and takes four times as long; an
event has some 15 facts, and their paths were most of its time. Parser and functions are the library's. Each function
of this module does what the method of the same name does in the library's interpreter, to which a test compares it:
https://github.com/jmespath/jmespath.py/blob/1.0.1/jmespath/visitor.py
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from typing import Any

Node = Mapping[str, Any]
Find = Callable[[Any, Any], Any]
"""Takes a value and the functions that a path may call."""


def compile_node(node: Node) -> Find:
    """Return the function that finds what a node of the syntax tree stands for."""
    return _COMPILERS[node["type"]](node)


def _children(node: Node) -> list[Find]:
    return [compile_node(child) for child in node["children"]]


def _is_false(value: Any) -> bool:
    """Return whether JMESPath takes a value for false: 0 is true; empty texts, lists and objects are false."""
    return not value and (value is None or value is False or not isinstance(value, int | float))


def _identity(_node: Node) -> Find:
    return lambda value, _functions: value


def _literal(node: Node) -> Find:
    literal = node["value"]
    return lambda _value, _functions: literal


def _field(node: Node) -> Find:
    return _names((node["value"],))


def _names(names: tuple[str, ...]) -> Find:
    def find(value: Any, _functions: Any) -> Any:
        for name in names:
            if not isinstance(value, dict):
                return None
            value = value.get(name)
        return value

    return find


def _chain(node: Node) -> Find:
    """Compile what is applied one after the other: names with dots, an index, or a pipe."""
    if all(child["type"] == "field" for child in node["children"]):
        return _names(tuple(child["value"] for child in node["children"]))
    steps = _children(node)

    def find(value: Any, functions: Any) -> Any:
        for step in steps:
            value = step(value, functions)
        return value

    return find


def _index(node: Node) -> Find:
    index = node["value"]

    def find(value: Any, _functions: Any) -> Any:
        return value[index] if isinstance(value, list) and -len(value) <= index < len(value) else None

    return find


def _slice(node: Node) -> Find:
    part = slice(*node["children"])
    return lambda value, _functions: value[part] if isinstance(value, list) else None


def _or(node: Node) -> Find:
    first, second = _children(node)

    def find(value: Any, functions: Any) -> Any:
        preferred = first(value, functions)
        return second(value, functions) if _is_false(preferred) else preferred

    return find


def _and(node: Node) -> Find:
    first, second = _children(node)

    def find(value: Any, functions: Any) -> Any:
        condition = first(value, functions)
        return condition if _is_false(condition) else second(value, functions)

    return find


def _not(node: Node) -> Find:
    (negated,) = _children(node)
    return lambda value, functions: _is_false(negated(value, functions))


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _equal(left: Any, right: Any) -> bool:
    """Compare as JSON does: to Python, 1 is True and 0 is False."""
    return bool(left == right) and isinstance(left, bool) is isinstance(right, bool)


def _unequal(left: Any, right: Any) -> bool:
    return not _equal(left, right)


_ORDERS = {"lt": operator.lt, "lte": operator.le, "gt": operator.gt, "gte": operator.ge}


def _comparator(node: Node) -> Find:
    left, right = _children(node)
    if node["value"] in ("eq", "ne"):
        compare = _equal if node["value"] == "eq" else _unequal
        return lambda value, functions: compare(left(value, functions), right(value, functions))
    order = _ORDERS[node["value"]]

    def find(value: Any, functions: Any) -> Any:
        pair = left(value, functions), right(value, functions)
        return order(*pair) if all(isinstance(side, str) or _is_number(side) for side in pair) else None

    return find


def _multi_select_list(node: Node) -> Find:
    members = _children(node)
    return lambda value, functions: None if value is None else [member(value, functions) for member in members]


def _multi_select_dict(node: Node) -> Find:
    members = [(pair["value"], compile_node(pair["children"][0])) for pair in node["children"]]
    return lambda value, functions: (
        None if value is None else {name: member(value, functions) for name, member in members}
    )


def _projection(node: Node) -> Find:
    base, each = _children(node)

    def find(value: Any, functions: Any) -> Any:
        items = base(value, functions)
        return _present([each(item, functions) for item in items]) if isinstance(items, list) else None

    return find


def _value_projection(node: Node) -> Find:
    base, each = _children(node)

    def find(value: Any, functions: Any) -> Any:
        items = base(value, functions)
        return _present([each(item, functions) for item in items.values()]) if isinstance(items, dict) else None

    return find


def _filter_projection(node: Node) -> Find:
    base, each, condition = _children(node)

    def find(value: Any, functions: Any) -> Any:
        items = base(value, functions)
        if not isinstance(items, list):
            return None
        return _present([each(item, functions) for item in items if not _is_false(condition(item, functions))])

    return find


def _present(values: list[Any]) -> list[Any]:
    return [value for value in values if value is not None]


def _flatten(node: Node) -> Find:
    (base,) = _children(node)

    def find(value: Any, functions: Any) -> Any:
        items = base(value, functions)
        if not isinstance(items, list):
            return None
        flat: list[Any] = []
        for item in items:
            if isinstance(item, list):
                flat.extend(item)
            else:
                flat.append(item)
        return flat

    return find


class _Expression:
    """What `&path` is to a function such as sort_by(): the library's functions know it by its class's name."""

    def __init__(self, find: Find, functions: Any) -> None:
        self.expression = find
        self._functions = functions

    def visit(self, find: Find, value: Any) -> Any:
        return find(value, self._functions)


def _expref(node: Node) -> Find:
    (find,) = _children(node)
    return lambda _value, functions: _Expression(find, functions)


def _function_expression(node: Node) -> Find:
    name, arguments = node["value"], _children(node)

    def find(value: Any, functions: Any) -> Any:
        return functions.call_function(name, [argument(value, functions) for argument in arguments])

    return find


_COMPILERS: dict[str, Callable[[Node], Find]] = {
    "and_expression": _and,
    "comparator": _comparator,
    "current": _identity,
    "expref": _expref,
    "field": _field,
    "filter_projection": _filter_projection,
    "flatten": _flatten,
    "function_expression": _function_expression,
    "identity": _identity,
    "index": _index,
    "index_expression": _chain,
    "literal": _literal,
    "multi_select_dict": _multi_select_dict,
    "multi_select_list": _multi_select_list,
    "not_expression": _not,
    "or_expression": _or,
    "pipe": _chain,
    "projection": _projection,
    "slice": _slice,
    "subexpression": _chain,
    "value_projection": _value_projection,
}
