"""Parse JSON of a vendor's answer so that no value in a single event makes the whole page unreadable.

A page that can't be read is asked for again and again. So what MozDef could not take becomes text: integers beyond
64 bits, numbers beyond a double, NaN, and what is nested too deep.
"""

from __future__ import annotations

import json
import math
import re
from typing import Any

from lambdas.reading.body import MAX_DEPTH, is_deeper_than

MAX_VALUES = 1_000_000
"""Values in an answer: each takes some 100 bytes of memory once it is parsed."""
_INT64 = 2**63
_ALWAYS_FITS = 18
"""Characters: an integer this short always fits into 64 bits."""
# A text that never ends goes to the end of the answer: else each of its quotes would be tried as the first of a text.
_TEXT_OR_BRACKET = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"?|[\[\]{}]', re.DOTALL)


class AnswerUnreadable(Exception):  # noqa: N818 - it names the outcome
    """An answer is not what the definition says, or is too large. The message holds nothing of it."""


def parse_json(text: str) -> Any:
    """Parse JSON; AnswerUnreadable where it is none, or has too many values."""
    if len(text) > MAX_VALUES and sum(map(text.count, ",[{")) > MAX_VALUES:
        raise AnswerUnreadable(f"it has more than {MAX_VALUES:,} values: ask for smaller pages")
    if text.lstrip()[:1] == "<":
        raise AnswerUnreadable("it is HTML or XML, such as a page to sign in, or an error of a proxy")
    try:
        return _decode(text)
    except json.JSONDecodeError as error:
        raise AnswerUnreadable(f"it is not JSON: {error.msg} at character {error.pos}") from None
    except RecursionError:
        raise AnswerUnreadable("it is not JSON: its brackets are never closed") from None


def _decode(text: str) -> Any:
    try:
        value = _DECODER.decode(text)
        if not is_deeper_than(value, MAX_DEPTH):
            return value
    except RecursionError:
        pass
    return _DECODER.decode(_with_deep_values_as_text(text))


def _with_deep_values_as_text(text: str) -> str:
    """Return the JSON with every list and object below the deepest allowed level as a text, which has its JSON."""
    parts: list[str] = []
    depth = begin = copied = 0
    for token in _TEXT_OR_BRACKET.finditer(text):
        if token[0] in "[{":
            depth += 1
            begin = token.start() if depth == MAX_DEPTH + 1 else begin
        elif token[0] in "]}":
            if depth == MAX_DEPTH + 1:
                parts += text[copied:begin], json.dumps(text[begin : token.end()])
                copied = token.end()
            depth -= 1
    return "".join([*parts, text[copied:]])


def _integer(text: str) -> int | str:
    if len(text) <= _ALWAYS_FITS or (len(text) <= 20 and -_INT64 <= int(text) < _INT64):
        return int(text)
    return text


def _float(text: str) -> float | str:
    return value if math.isfinite(value := float(text)) else text


_DECODER = json.JSONDecoder(parse_int=_integer, parse_float=_float, parse_constant=str)
