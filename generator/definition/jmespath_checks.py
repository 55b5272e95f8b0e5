"""What is wrong with a path or a text, before it ever meets an event."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from typing import Any

import jmespath
from jmespath.exceptions import JMESPathError

from lambdas.reading.paths import Functions
from lambdas.reading.text_templates import template_parts
from lambdas.receiving.challenges import ReplyFunctions

Node = dict[str, Any]
MAX_LENGTH = 1_000
LITERAL_ARGUMENT = ("header", "query", "root")
REPLY_ONLY = frozenset(ReplyFunctions.FUNCTION_TABLE) - frozenset(Functions.FUNCTION_TABLE)


def path_problem(path: str) -> str | None:
    """What is wrong with a path; None where nothing is."""
    if not path.strip():
        return "is empty; without the key, there is no such path"
    if len(path) > MAX_LENGTH:
        return f"has {len(path):,} characters; a path has at most {MAX_LENGTH:,}"
    try:
        tree = jmespath.compile(path).parsed
    except JMESPathError as error:
        if "==" not in path and "=" in path:
            return f"{path} is not a path: two things are compared with =="
        return f"{path} is not a path: {_where(error)}"
    except (ValueError, RecursionError):
        return f"{path[:80]} is not a path"
    return next((said for node, parent in _nodes(tree) if (said := _node_problem(path, node, parent))), None)


def _node_problem(path: str, node: Node, parent: Node | None) -> str | None:
    if node["type"] == "comparator":
        left, right = node["children"]
        if right["type"] in ("field", "subexpression") and left["type"] in ("field", "subexpression"):
            text = path.partition(_comparison_sign(node))[2].strip().strip('"')
            return f"{path} compares two paths; text goes in single quotes: '{text}'"
    elif node["type"] == "function_expression":
        return _call_problem(path, node)
    elif node["type"] == "expref" and (parent is None or parent["type"] != "function_expression"):
        return f"{path} has &, which belongs into a function such as sort_by()"
    return None


def _call_problem(path: str, node: Node) -> str | None:
    name = node["value"]
    if name not in ReplyFunctions.FUNCTION_TABLE:
        near = difflib.get_close_matches(name, ReplyFunctions.FUNCTION_TABLE, n=1)
        return f"{path} calls {name}(), which does not exist" + (f"; did you mean {near[0]}()?" if near else "")
    if name in LITERAL_ARGUMENT:
        # What a sender might choose would look wherever he likes, and a path of his would be ours to run.
        argument = node["children"][0] if node["children"] else None
        if argument is None or argument["type"] != "literal" or not isinstance(argument["value"], str):
            return f"{path}: {name}() takes text in single quotes, such as {name}('x')"
        if name == "root":
            return path_problem(argument["value"]) or _hidden(argument["value"])
    return None


def _hidden(inner: str) -> str | None:
    """What a reply signs stands in the reply itself, where it is seen."""
    called = ", ".join(f"{name}()" for name in sorted(called_functions(inner) & REPLY_ONLY))
    return f"{called} can't stand inside root()" if called else None


def _comparison_sign(node: Node) -> str:
    """How a comparison is written."""
    return {"eq": "==", "ne": "!=", "lt": "<", "lte": "<=", "gt": ">", "gte": ">="}[node["value"]]


def text_problem(text: str) -> str | None:
    """What is wrong with a text or with a path in it; None where nothing is."""
    try:
        for kind, part in template_parts(text):
            if kind == "path" and (said := path_problem(part)):
                return said
    except ValueError as error:
        return str(error)
    return None


def called_functions(path: str) -> set[str]:
    """The functions that a path calls, and those that a path inside root('…') does."""
    return {name for name, _ in _calls(path)}


def alternatives(path: str) -> list[str]:
    """What stands between the `||` of a path; the path itself where they stand in something else."""
    parts = [part.strip() for part in path.split("||")]
    return parts if all(path_problem(part) is None for part in parts) else [path]


def ignores_request(path: str) -> bool:
    """Whether a path finds the same whatever the request is, or anything at all in it."""
    tree = jmespath.compile(path).parsed
    return not any(node["type"] in ("field", "function_expression", "index", "slice") for node, _ in _nodes(tree))


def call_arguments(path: str, function: str) -> set[str]:
    """What a path calls a function with, such as the headers that it looks at, lower case."""
    return {argument.lower() if name == "header" else argument for name, argument in _calls(path) if name == function}


def _calls(path: str) -> Iterator[tuple[str, str]]:
    for node, _ in _nodes(jmespath.compile(path).parsed):
        if node["type"] == "function_expression":
            argument = str(node["children"][0].get("value")) if node["children"] else ""
            yield node["value"], argument
            if node["value"] == "root":
                yield from _calls(argument)


def _nodes(tree: Node, parent: Node | None = None) -> Iterator[tuple[Node, Node | None]]:
    yield tree, parent
    for child in tree.get("children", ()):
        if isinstance(child, dict):
            yield from _nodes(child, tree)


def _where(error: JMESPathError) -> str:
    """What the parser stumbled over; its own words name its grammar's."""
    token, place = getattr(error, "token_value", None), getattr(error, "lex_position", 0) + 1
    if str(token).startswith("'") or str(token).startswith('"'):
        return f"the {str(token)[0]} at character {place} is never closed"
    return f"{token} at character {place} is out of place" if token else "it ends too early"
