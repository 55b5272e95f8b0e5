"""Compile paths: JMESPath (https://jmespath.org) with the functions header(), query() and root()."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING, Any, Protocol

import jmespath
from jmespath import functions
from jmespath.exceptions import JMESPathError

from lambdas.model import message_texts
from lambdas.reading.body import Rejected

if TYPE_CHECKING:
    from lambdas.model import Path, Source

# JMESPath raises its own errors and lets some of Python's through, as for contains('text', `1`).
_INAPPLICABLE = (JMESPathError, ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError)
CompiledPath = Callable[[Any, "Functions"], Any]


_CALL = re.compile(r"""\b(header|query)\(\s*(?:\\?'([^'\\]*)\\?'|`\s*"([^"`]*)"\s*`)\s*\)""")


def header_names(text: str) -> list[str]:
    """Return the headers that a path, or a text with paths, reads, in lower case."""
    return [name.lower() for name in _call_arguments(text, "header")]


def _call_arguments(text: str, function: str) -> list[str]:
    """Return the arguments of a function's calls: text in single quotes, also within root(), or a JSON literal."""
    return [quoted or literal for name, quoted, literal in _CALL.findall(text) if name == function]


def event_inputs(source: Source, function: str) -> tuple[str, ...]:
    """Return the headers, or the query parameters, that the mapping of a source reads (`header` or `query`)."""
    events = source.events
    texts: list[str | None] = [events.split, events.id, events.type, events.time, *events.require]
    texts += [text for _, text in message_texts(source)]
    names = [name for text in texts if text for name in _call_arguments(text, function)]
    return tuple(dict.fromkeys(map(str.lower, names) if function == "header" else names))


class Lookups(Protocol):
    """What finds headers and query parameters by name: a Request or an Intake."""

    @property
    def header(self) -> Callable[[str], str | None]: ...

    @property
    def query(self) -> Callable[[str], str | None]: ...


class Functions(functions.Functions):  # type: ignore[misc]  # jmespath ships no types
    """The functions of a path: JMESPath's own, and those that read the request or the whole body."""

    def __init__(self, lookups: Lookups, root: Any = None) -> None:
        self._lookups = lookups
        self.root = root

    @functions.signature({"types": ["string"]})  # type: ignore[untyped-decorator]
    def _func_header(self, name: str) -> str | None:
        """A request header."""
        return self._lookups.header(name)

    @functions.signature({"types": ["string"]})  # type: ignore[untyped-decorator]
    def _func_query(self, name: str) -> str | None:
        """A query parameter, decoded."""
        return self._lookups.query(name)

    @functions.signature({"types": ["string"]})  # type: ignore[untyped-decorator]
    def _func_root(self, path: str) -> Any:
        """A path in the whole body, for an event that `split` found in it."""
        return compile_path(path)(self.root, self)


@cache
def compile_path(path: Path | str) -> CompiledPath:
    """Return the path as a function; it raises Rejected where the path can't be applied to the value."""
    expression = jmespath.compile(path)
    if simple := _compile_simple(expression.parsed):
        return simple

    def find(value: Any, functions: Functions) -> Any:
        try:
            return expression.search(value, jmespath.Options(custom_functions=functions))
        except _INAPPLICABLE as error:
            raise Rejected("path", f"{path} can't be applied: {type(error).__name__}") from None

    return find


def split_path(split: str | None) -> CompiledPath:
    """Compile `events.split`; without one, the body is the only event."""
    return compile_path(split) if split else _whole_body


def _whole_body(root: Any, _: Functions) -> list[Any]:
    return [root]


def _compile_simple(node: dict[str, Any]) -> CompiledPath | None:
    """Compile names, dots, `||` and `== 'text'`, of which most paths consist; None for a path with anything else.

    JMESPath's interpreter takes ten times as long. With it alone, an event takes a third more time; without `||` and
    `== 'text'` in this function, 13 % more. The budget is 8,000 events a second.
    """
    kind, children = node["type"], node["children"]
    if kind == "field":
        return _compile_names((node["value"],))
    if kind == "subexpression" and all(child["type"] == "field" for child in children):
        return _compile_names(tuple(child["value"] for child in children))
    if kind == "or_expression":
        first, second = _compile_simple(children[0]), _compile_simple(children[1])
        return _first_truthy(first, second) if first and second else None
    if kind == "comparator" and node["value"] == "eq" and children[1]["type"] == "literal":
        left, text = _compile_simple(children[0]), children[1]["value"]
        return (lambda value, functions: left(value, functions) == text) if left and isinstance(text, str) else None
    return None


def _compile_names(keys: tuple[str, ...]) -> CompiledPath:
    def find(value: Any, _: Functions) -> Any:
        for key in keys:
            if not isinstance(value, dict):
                return None
            value = value.get(key)
        return value

    return find


def _first_truthy(first: CompiledPath, second: CompiledPath) -> CompiledPath:
    def find(value: Any, functions: Functions) -> Any:
        preferred = first(value, functions)
        # To JMESPath 0 is true; an empty text, list or object, false and null are false.
        truthy = preferred or (preferred == 0 and preferred is not False)
        return preferred if truthy else second(value, functions)

    return find
