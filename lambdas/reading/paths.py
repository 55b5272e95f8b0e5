"""Compile paths: JMESPath (https://jmespath.org) with functions that read more than the event."""

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
from lambdas.reading.path_nodes import compile_node

if TYPE_CHECKING:
    from lambdas.model import Source
    from lambdas.model_types import Path

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

    @functions.signature()  # type: ignore[untyped-decorator]
    def _func_stream(self) -> str | None:
        """The name of the stream that the event is of, where the source is pulled."""
        return getattr(self._lookups, "stream", None)

    @functions.signature()  # type: ignore[untyped-decorator]
    def _func_parent(self) -> Any:
        """The item whose further request found the event, where the stream has `each`."""
        return getattr(self._lookups, "parent", None)

    @functions.signature({"types": ["string", "null"]}, {"types": ["string"]})  # type: ignore[untyped-decorator]
    def _func_remove_prefix(self, text: str | None, prefix: str) -> str | None:
        """A text without its beginning, where that is the prefix: `main` of `refs/heads/main`."""
        return text and text.removeprefix(prefix)

    @functions.signature({"types": ["string", "null"]}, {"types": ["string"]})  # type: ignore[untyped-decorator]
    def _func_remove_suffix(self, text: str | None, suffix: str) -> str | None:
        """A text without its end, where that is the suffix: `a` of `a.`."""
        return text and text.removesuffix(suffix)

    @functions.signature({"types": ["string"]})  # type: ignore[untyped-decorator]
    def _func_root(self, path: str) -> Any:
        """A path in the whole body, for an event that `split` found in it."""
        return compile_path(path)(self.root, self)


@cache
def compile_path(path: Path | str) -> CompiledPath:
    """Return the path as a function; it raises Rejected where the path can't be applied to the value."""
    node = jmespath.compile(path).parsed
    find_unchecked = compile_node(node)
    if node["type"] in ("field", "literal") or (
        node["type"] == "subexpression" and all(child["type"] == "field" for child in node["children"])
    ):
        return find_unchecked  # which can always be applied

    def find(value: Any, functions: Functions) -> Any:
        try:
            return find_unchecked(value, functions)
        except _INAPPLICABLE as error:
            raise Rejected("path", f"{path} can't be applied: {type(error).__name__}") from None

    return find


def split_path(split: str | None) -> CompiledPath:
    """Compile `events.split`; without one, the body is the only event."""
    return compile_path(split) if split else _whole_body


def _whole_body(root: Any, _: Functions) -> list[Any]:
    return [root]
