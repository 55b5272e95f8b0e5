"""Paths: JMESPath (https://jmespath.org), with functions that look at the request."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING, Any

import jmespath
from jmespath import functions
from jmespath.exceptions import JMESPathError

from lambdas.body import Rejected

if TYPE_CHECKING:
    from lambdas.model import Path
    from lambdas.request import Request

Find = Callable[[Any, "Functions"], Any]
_PLAIN = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)*", re.ASCII)


class Functions(functions.Functions):  # type: ignore[misc]  # jmespath ships no types
    """What a path may call beside JMESPath's own functions."""

    def __init__(self, request: Request, root: Any = None) -> None:
        self.request = request
        self.root = root

    @functions.signature({"types": ["string"]})  # type: ignore[untyped-decorator]
    def _func_header(self, name: str) -> str | None:
        """A request header."""
        return self.request.headers.get(name.lower())

    @functions.signature({"types": ["string"]})  # type: ignore[untyped-decorator]
    def _func_query(self, name: str) -> str | None:
        """A query parameter, decoded."""
        return self.request.query(name)

    @functions.signature({"types": ["string"]})  # type: ignore[untyped-decorator]
    def _func_root(self, path: str) -> Any:
        """A path in the whole body, once an item was split off."""
        return compiled(path)(self.root, self)


@cache
def compiled(path: Path | str) -> Find:
    """The path as a function; it raises Rejected where the path can't be applied to the value."""
    if _PLAIN.fullmatch(path):
        return _plain(tuple(path.split(".")))
    expression = jmespath.compile(path)

    def find(value: Any, functions: Functions) -> Any:
        try:
            return expression.search(value, jmespath.Options(custom_functions=functions))
        except JMESPathError as error:
            raise Rejected("path", f"{path} can't be applied: {type(error).__name__}") from None

    return find


def _plain(keys: tuple[str, ...]) -> Find:
    """Most paths are names and dots; the general interpreter takes ten times as long for them."""

    def find(value: Any, _: Functions) -> Any:
        for key in keys:
            if not isinstance(value, dict):
                return None
            value = value.get(key)
        return value

    return find
