"""JSON from bytes: what MozDef or Elasticsearch could not take is rejected, with the reason."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable
from typing import Any, NoReturn

MAX_DEPTH = 64
MAX_VALUES = 250_000
"""Values in a body: each takes some 100 bytes of memory once it is parsed."""
_INT64 = 2**63
_ALWAYS_FITS = 18
"""Characters: an integer this short always fits into 64 bits, so its value need not be compared."""
_SPACE = re.compile(r"[ \t\r\n]*")


class Rejected(Exception):  # noqa: N818 - it names the outcome
    """An authentic event that can't become a message: kept with its reason, never dropped.

    `reason` is a word from a short list; `detail` is a sentence for people, and holds nothing of the event.
    """

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(f"{reason}: {detail}")
        self.reason = reason
        self.detail = detail


def parse(body: bytes) -> Any:
    """Parse a body as JSON; Rejected where MozDef or Elasticsearch could not take a value in it.

    Python's decoder takes NaN and 1e400, which are not JSON: https://docs.python.org/3/library/json.html
    """
    return _decode(body, _DECODER.decode)


def parse_lines(body: bytes) -> list[Any]:
    """Parse a body of JSON values one after the other, such as NDJSON; Rejected as `parse` does."""
    values: list[Any] = _decode(body, _parse_values)
    return values


def _parse_each_line(text: str) -> list[Any]:
    """Parse line by line. A line that is not JSON becomes its text, so that it alone is rejected as no event."""
    values: list[Any] = []
    for line in filter(str.strip, text.split("\n")):
        try:
            values.append(_DECODER.decode(line))
        except json.JSONDecodeError:
            values.append(line)
    return values


def _decode(body: bytes, decode: Callable[[str], Any]) -> Any:
    try:
        text = body.decode().removeprefix("\ufeff")
        if len(text) > MAX_VALUES and sum(map(text.count, ",[{")) > MAX_VALUES:
            raise Rejected("too-many", f"more than {MAX_VALUES:,} values in one body")
        value = decode(text)
    except UnicodeDecodeError:
        raise Rejected("not-json", "the body is not UTF-8") from None
    except json.JSONDecodeError as error:
        raise Rejected("not-json", f"the body is not JSON: {error.msg} at character {error.pos}") from None
    except RecursionError:
        raise Rejected("depth", f"nested deeper than {MAX_DEPTH}") from None
    # Text with fewer brackets than levels allowed, the usual case, can't be nested too deep.
    if text.count("{") + text.count("[") > MAX_DEPTH and is_deeper_than(value, MAX_DEPTH):
        raise Rejected("depth", f"nested deeper than {MAX_DEPTH}")
    return value


def _parse_values(text: str) -> list[Any]:
    try:
        return _parse_concatenated(text)
    except json.JSONDecodeError:
        if "\n" not in text.strip():
            raise
        return _parse_each_line(text)


def _parse_concatenated(text: str) -> list[Any]:
    values: list[Any] = []
    offset = _SPACE.match(text).end()  # type: ignore[union-attr]  # it always matches, if only the empty text
    while offset < len(text):
        value, end = _DECODER.raw_decode(text, offset)
        values.append(value)
        if len(values) > MAX_VALUES:
            raise Rejected("too-many", f"more than {MAX_VALUES:,} values in one body")
        offset = _SPACE.match(text, end).end()  # type: ignore[union-attr]  # as above
    return values


def is_deeper_than(value: Any, limit: int) -> bool:
    """Return whether lists and objects in a value are nested deeper than the limit."""
    level = [value]
    for _ in range(limit):
        below: list[Any] = []
        for nested in level:
            if isinstance(nested, dict):
                below.extend(nested.values())
            elif isinstance(nested, list):
                below.extend(nested)
        if not below:
            return False
        level = below
    return any(isinstance(nested, dict | list) for nested in level)


def _integer(text: str) -> int:
    # Elasticsearch's `long` ends at 64 bits; MozDef deletes a message that fails there.
    if len(text) <= _ALWAYS_FITS:
        return int(text)
    if len(text) > 20 or not -_INT64 <= (value := int(text)) < _INT64:
        raise Rejected("number", "an integer beyond 64 bits")
    return value


def _float(text: str) -> float:
    if not math.isfinite(value := float(text)):
        raise Rejected("number", "a number beyond what a double holds")
    return value


def _constant(name: str) -> NoReturn:
    raise Rejected("number", f"{name} is not JSON")


_DECODER = json.JSONDecoder(parse_int=_integer, parse_float=_float, parse_constant=_constant)
