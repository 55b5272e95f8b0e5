"""What is wrong with a path or a text, before it ever meets an event."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from typing import Any

import jmespath
from jmespath.exceptions import JMESPathError

from lambdas.challenges import ReplyFunctions
from lambdas.paths import Functions
from lambdas.text import pieces

REPLY_ONLY = frozenset(ReplyFunctions.FUNCTION_TABLE) - frozenset(Functions.FUNCTION_TABLE)


def path_problem(path: str) -> str | None:
    """What is wrong with a path; None where nothing is."""
    if not path.strip():
        return "is empty; without the key, there is no such path"
    try:
        tree = jmespath.compile(path).parsed
    except JMESPathError as error:
        if "==" not in path and "=" in path:
            return f"{path} is not a path: two things are compared with =="
        return f"{path} is not a path: {_where(error)}"
    for node in _nodes(tree):
        if node["type"] == "comparator":
            left, right = node["children"]
            if right["type"] in ("field", "subexpression") and left["type"] in ("field", "subexpression"):
                text = path.partition(node_sign(node))[2].strip().strip('"')
                return f"{path} compares two paths; text goes in single quotes: '{text}'"
        elif node["type"] == "function_expression" and node["value"] not in ReplyFunctions.FUNCTION_TABLE:
            near = difflib.get_close_matches(node["value"], ReplyFunctions.FUNCTION_TABLE, n=1)
            return f"{path} calls {node['value']}(), which does not exist" + (
                f"; did you mean {near[0]}()?" if near else ""
            )
    return None


def node_sign(node: dict[str, Any]) -> str:
    """How a comparison is written."""
    return {"eq": "==", "ne": "!=", "lt": "<", "lte": "<=", "gt": ">", "gte": ">="}[node["value"]]


def text_problem(text: str) -> str | None:
    """What is wrong with a text or with a path in it; None where nothing is."""
    try:
        for kind, part in pieces(text):
            if kind == "path" and (said := path_problem(part)):
                return said
    except ValueError as error:
        return str(error)
    return None


def calls(path: str) -> set[str]:
    """The functions that a path calls."""
    return {node["value"] for node in _nodes(jmespath.compile(path).parsed) if node["type"] == "function_expression"}


def _nodes(tree: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield tree
    for child in tree.get("children", ()):
        if isinstance(child, dict):
            yield from _nodes(child)


def _where(error: JMESPathError) -> str:
    """What the parser stumbled over; its own words name its grammar's."""
    token, place = getattr(error, "token_value", None), getattr(error, "lex_position", 0) + 1
    if str(token).startswith("'") or str(token).startswith('"'):
        return f"the {str(token)[0]} at character {place} is never closed"
    return f"{token} at character {place} is out of place" if token else "it ends too early"
