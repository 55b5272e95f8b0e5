"""Check a path (JMESPath) or a text with `{path}` in it at build time, and list the functions that it calls."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator
from functools import cache
from typing import Any

import jmespath
from jmespath.exceptions import JMESPathError

from lambdas.model_pull import HASH_ID
from lambdas.reading.paths import Functions
from lambdas.reading.text_templates import template_parts
from lambdas.receiving.challenges import ReplyFunctions

_UNQUOTED = re.compile(r"(?<![\w@:-])(?=[\w@:-]*[^\W\d_])[\w@:-]+")
QUOTED_NAME = "goes in double quotes"
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*|[0-9-]+")
_QUOTED = re.compile(r"""'[^']*'|"[^"]*"|`[^`]*`""")
_NUMBER = re.compile(r"(?:[=!]=|[<>]=?)\s*(-?\d+(?:\.\d+)?)(?![\w.])")
_NEGATED = re.compile(r"!\s*(\w+(?:\[\d+\])?\.[\w.\[\]]*\w)")
_BELOW = frozenset(("subexpression", "projection", "value_projection", "filter_projection", "flatten"))
_BRACED = re.compile(r"\{([A-Za-z_][\w.]*)\}")
Node = dict[str, Any]
MAX_LENGTH = 4_000
NO_ARGUMENT = ("stream", "parent", "hash")
LITERAL_ARGUMENT = ("header", "query", "root")
REPLY_ONLY = frozenset(ReplyFunctions.FUNCTION_TABLE) - frozenset(Functions.FUNCTION_TABLE)


def path_problem(path: str) -> str | None:
    """Return what is wrong with a path, or None."""
    if not path.strip():
        return "is empty; write a path, or leave the key out"
    if len(path) > MAX_LENGTH:
        return f"has {len(path):,} characters; a path has at most {MAX_LENGTH:,}"
    try:
        tree = jmespath.compile(path).parsed
    except JMESPathError as error:
        if "==" not in path and "=" in path:
            return f"{path} is not a path; compare with =="
        if path.startswith("$"):
            return (
                f"{path} is not a path; a path begins with a name: write it without {'$.' if path[1:2] == '.' else '$'}"
            )
        if braced := _BRACED.fullmatch(path):
            return f"{path} is not a path; here a path stands without braces: {braced[1]}"
        if number := _NUMBER.search(_QUOTED.sub("", path)):
            return f"{path} is not a path; a number goes in backticks: `{number[1]}`"
        if problem := _quotes_problem(path):
            return problem
        return f"{path} is not a path: {_syntax_error(error)}"
    except (ValueError, RecursionError):
        return f"{path[:80]} is not a path"
    problems = (_node_problem(path, node, parent) for node, parent in _nodes(tree))
    return next(filter(None, problems), None)


def _quotes_problem(path: str) -> str | None:
    """Return which name of a path needs quotes: any but of ASCII letters, digits and _, or that begins with a digit."""
    names = (match[0] for match in _UNQUOTED.finditer(_QUOTED.sub("", path)))
    name = next((name for name in names if not _NAME.fullmatch(name)), None)
    if name is None:
        return None
    odd = next((char for char in name if not _NAME.fullmatch(f"a{char}")), None)
    which = f"a name with {odd} in it" if odd else "a name that begins with a digit"
    return f'{path} is not a path; {which} {QUOTED_NAME}: "{name}"'


def _node_problem(path: str, node: Node, parent: Node | None) -> str | None:
    if node["type"] == "comparator":
        left, right = node["children"]
        if right.get("value") in ("true", "false", "null") and right["type"] == "field":
            return f"{path} compares with a path; {right['value']} goes in backticks: `{right['value']}`"
        if right["type"] in ("field", "subexpression") and left["type"] in ("field", "subexpression"):
            text = path.partition(_comparison_sign(node))[2].strip().strip('"')
            return f"{path} compares two paths; text goes in single quotes: '{text}'"
    elif node["type"] == "function_expression":
        return _call_problem(path, node)
    elif node["type"] in _BELOW and node["children"][0]["type"] == "not_expression":
        negated = _NEGATED.search(path)
        return (
            f"{path} finds nothing, since ! negates the first name alone; put what it negates in brackets: "
            f"!({negated[1] if negated else 'a.b'})"
        )
    elif node["type"] == "expref" and (parent is None or parent["type"] != "function_expression"):
        return f"{path} has &, which is allowed only in a function such as sort_by()"
    return None


def _call_problem(path: str, node: Node) -> str | None:
    name = node["value"]
    if name in NO_ARGUMENT and node["children"]:
        return f"{path}: {name}() takes nothing between its brackets"
    if name == "hash":
        return None if path.strip() == HASH_ID else f"{path}: hash() stands alone, as the whole of `events.id`"
    if name not in ReplyFunctions.FUNCTION_TABLE:
        similar = difflib.get_close_matches(name, ReplyFunctions.FUNCTION_TABLE, n=1)
        hint = f"; did you mean {similar[0]}()?" if similar else ""
        return f"{path} calls {name}(), which does not exist{hint}"
    if name in LITERAL_ARGUMENT:
        # An argument from the event would let the sender choose the header, or the path that runs.
        argument = node["children"][0] if node["children"] else None
        if argument is None or argument["type"] != "literal" or not isinstance(argument["value"], str):
            return f"{path}: {name}() takes text in single quotes, such as {name}('x')"
        if name == "root":
            return path_problem(argument["value"]) or _reply_functions_inside_root(argument["value"])
    return None


def _reply_functions_inside_root(inner: str) -> str | None:
    """What a reply signs must be visible in the reply itself, not inside the text of root()."""
    names = ", ".join(f"{name}()" for name in sorted(called_functions(inner) & REPLY_ONLY))
    return f"{names} can't stand inside root()" if names else None


def _comparison_sign(node: Node) -> str:
    """Return a comparison's operator as it is written."""
    return {"eq": "==", "ne": "!=", "lt": "<", "lte": "<=", "gt": ">", "gte": ">="}[node["value"]]


def text_problem(text: str) -> str | None:
    """Return what is wrong with a text or with a path in it, or None."""
    try:
        for kind, part in template_parts(text):
            if kind == "path" and (problem := path_problem(part)):
                return problem
    except ValueError as error:
        return str(error)
    return None


def called_functions(path: str) -> set[str]:
    """Return the functions that a path calls, with those that a path inside root('…') calls."""
    return {name for name, _ in _calls(path)}


def alternatives(path: str) -> list[str]:
    """Return the parts of a path between `||`; the whole path where a `||` is nested in something else."""
    parts = [part.strip() for part in path.split("||")]
    return parts if all(path_problem(part) is None for part in parts) else [path]


def ignores_request(path: str) -> bool:
    """Return whether a path finds the same in every request, or anything at all in it."""
    tree = jmespath.compile(path).parsed
    return not any(node["type"] in ("field", "function_expression", "index", "slice") for node, _ in _nodes(tree))


@cache
def call_arguments(path: str, function: str) -> frozenset[str]:
    """Return the arguments of a function's calls in a path; the names of headers in lower case.

    To recognize a request, the paths of every source are read. JMESPath itself remembers 128 of them.
    """
    return frozenset(
        argument.lower() if name == "header" else argument for name, argument in _calls(path) if name == function
    )


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


def _syntax_error(error: JMESPathError) -> str:
    """Return which character is wrong; the parser's own message names tokens of its grammar."""
    token, position = getattr(error, "token_value", None), getattr(error, "lex_position", 0) + 1
    if str(token).startswith("'") or str(token).startswith('"'):
        return f"the {str(token)[0]} at character {position} is never closed"
    return f"{token} at character {position} is out of place" if token else "it ends too early"
