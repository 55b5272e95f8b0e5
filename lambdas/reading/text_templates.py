"""Texts in which paths are filled in."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Any

from lambdas.reading.body import Rejected
from lambdas.reading.paths import CompiledPath, Functions, compile_path

CompiledTemplate = Callable[[Any, Functions], Any]


def template_parts(text: str) -> Iterator[tuple[str, str]]:
    """The text as ("literal", …) and ("path", …); ValueError where braces or quotes don't balance."""
    literal, at = "", 0
    while at < len(text):
        two, one = text[at : at + 2], text[at]
        if two in ("{{", "}}"):
            literal, at = literal + one, at + 2
        elif one == "}":
            raise ValueError(f"a lone }} at character {at + 1}; write }}}} for a brace")
        elif one == "{":
            if literal:
                yield "literal", literal
                literal = ""
            end = _closing_brace(text, at)
            if not (path := text[at + 1 : end].strip()):
                raise ValueError("nothing between { and }; write {{ and }} for braces")
            yield "path", path
            at = end + 1
        else:
            literal, at = literal + one, at + 1
    if literal:
        yield "literal", literal


def template_paths(text: str) -> list[str]:
    """The paths in a text."""
    return [part for kind, part in template_parts(text) if kind == "path"]


def _closing_brace(text: str, start: int) -> int:
    """Where the brace at `start` is closed; braces in quotes, and pairs of them, belong to the path."""
    depth, quote, at = 0, "", start
    while at < len(text):
        char = text[at]
        if quote:
            at += char == "\\"
            quote = "" if char == quote else quote
        elif char in "'\"`":
            quote = char
        elif char in "{}":
            depth += 1 if char == "{" else -1
            if depth == 0:
                return at
        at += 1
    raise ValueError(f"the {quote or '{'} at character {start + 1} is never closed")


@cache
def compile_template(text: str) -> CompiledTemplate:
    """The text as a function from a value to what it says about it."""
    parts = list(template_parts(text))
    if len(parts) == 1 and parts[0][0] == "path":
        return compile_path(parts[0][1])
    if all(kind == "literal" for kind, _ in parts):
        whole = "".join(part for _, part in parts)
        return lambda _value, _functions: whole
    finders: list[tuple[str, CompiledPath | None]] = [
        (part, None) if kind == "literal" else ("", compile_path(part)) for kind, part in parts
    ]

    return lambda value, functions: "".join(
        [literal if find is None else as_text(find(value, functions)) for literal, find in finders]
    )


def compile_json_template(template: Any) -> CompiledTemplate:
    """JSON with texts in it as a function from a value to the JSON filled in. Keys stay as they are."""
    if isinstance(template, str):
        return compile_template(template)
    if isinstance(template, Mapping):
        members = {key: compile_json_template(below) for key, below in template.items()}
        return lambda value, functions: {key: fill(value, functions) for key, fill in members.items()}
    if isinstance(template, list | tuple):
        items = [compile_json_template(below) for below in template]
        return lambda value, functions: [fill(value, functions) for fill in items]
    return lambda _value, _functions: template


def as_text(value: Any) -> str:
    """A value inside a text: what is absent shows as `-`, as it does in access logs."""
    if isinstance(value, str):
        return value
    if value is None:
        return "-"
    try:
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    except (TypeError, ValueError) as error:
        # A path can compute what no JSON is, such as &a, or a number of 5,000 digits.
        raise Rejected("path", f"a path finds what can't be written: {type(error).__name__}") from None
