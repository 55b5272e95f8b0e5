"""Which names a path reads of the value that it starts from."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import jmespath

Node = dict[str, Any]
WHOLE = "@"
_ONE_AFTER_THE_OTHER = frozenset(
    ("subexpression", "index_expression", "pipe", "projection", "value_projection", "filter_projection", "flatten")
)


def root_names(path: str) -> set[str]:
    """Return the names that a path looks up first; `@` is among them where it reads the value as a whole."""
    return set(_names(jmespath.compile(path).parsed))


def _names(node: Node) -> Iterator[str]:
    kind, children = node["type"], node.get("children", [])
    if kind == "field":
        yield node["value"]
    elif kind in ("current", "identity"):
        yield WHOLE
    elif kind in _ONE_AFTER_THE_OTHER:
        yield from _names(children[0])
    elif kind != "expref":  # which is applied to the items of a list
        for child in children:
            yield from _names(child)
