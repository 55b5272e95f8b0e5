"""Compile texts with paths in braces, such as `login by {user}`, into functions that fill them in."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Any

from lambdas.reading.body import Rejected
from lambdas.reading.paths import CompiledPath, Functions, compile_path

CompiledTemplate = Callable[[Any, Functions], Any]


def template_parts(text: str) -> Iterator[tuple[str, str]]:
    """Yield the parts of a text as ("literal", …) and ("path", …); ValueError where braces or quotes don't balance."""
    literal, offset = "", 0
    while offset < len(text):
        char = text[offset]
        if text[offset : offset + 2] in ("{{", "}}"):
            literal, offset = literal + char, offset + 2
        elif char == "}":
            raise ValueError(f"a lone }} at character {offset + 1}; write }}}} for a brace")
        elif char == "{":
            if literal:
                yield "literal", literal
                literal = ""
            end = _closing_brace(text, offset)
            if not (path := text[offset + 1 : end].strip()):
                raise ValueError("nothing between { and }; write {{ and }} for braces")
            yield "path", path
            offset = end + 1
        else:
            literal, offset = literal + char, offset + 1
    if literal:
        yield "literal", literal


def template_paths(text: str) -> list[str]:
    """Return the paths in a text."""
    return [part for kind, part in template_parts(text) if kind == "path"]


def _closing_brace(text: str, start: int) -> int:
    """Return the offset of the brace that closes the one at `start`; braces in quotes, and pairs, are in the path."""
    depth, quote, offset = 0, "", start
    while offset < len(text):
        char = text[offset]
        if quote:
            offset += char == "\\"
            quote = "" if char == quote else quote
        elif char in "'\"`":
            quote = char
        elif char in "{}":
            depth += 1 if char == "{" else -1
            if depth == 0:
                return offset
        offset += 1
    raise ValueError(f"the {quote or '{'} at character {start + 1} is never closed")


@cache
def compile_template(text: str) -> CompiledTemplate:
    """Return a function that fills a text in; for a text that is a sole path, one that returns what the path finds."""
    parts = list(template_parts(text))
    if len(parts) == 1 and parts[0][0] == "path":
        return compile_path(parts[0][1])
    if all(kind == "literal" for kind, _ in parts):
        constant = "".join(part for _, part in parts)
        return lambda _value, _functions: constant
    finders: list[tuple[str, CompiledPath | None]] = [
        (part, None) if kind == "literal" else ("", compile_path(part)) for kind, part in parts
    ]

    return lambda value, functions: "".join(
        [literal if find is None else as_text(find(value, functions)) for literal, find in finders]
    )


def compile_json_template(template: Any) -> CompiledTemplate:
    """Return a function that fills in the texts of a JSON value. Its keys stay as they are."""
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
    """Write a value within a text: an absent one as `-`, as in access logs."""
    if isinstance(value, str):
        return value
    if value is None:
        return "-"
    try:
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    except (TypeError, ValueError) as error:
        # A path can compute what JSON can't write, such as &a, or a number of 5,000 digits.
        raise Rejected("path", f"a path finds what can't be written: {type(error).__name__}") from None
