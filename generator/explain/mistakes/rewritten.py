"""A body that was parsed and written anew: the same values, in other bytes."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qsl, quote, quote_plus, urlencode

REWRITTEN_ADVICE = (
    "pass on what was sent: the body was parsed and written anew, by a proxy, by a framework that parses it first, or "
    "by the tool that captured it"
)
_SPACING: tuple[tuple[str, dict[str, Any]], ...] = (
    ("without spaces", {"separators": (",", ":")}),
    ("with a space after each comma and colon", {}),
    ("indented by 2", {"indent": 2}),
    ("indented by 4", {"indent": 4}),
)
_OF_LINES = _SPACING[:2]
_SPACE = re.compile(r"[ \t\r\n]*")
Variant = tuple[bytes, str, str]


def rewritten_json(body: bytes) -> Iterator[Variant]:
    """The same JSON, or the same lines of it, as other programs write them; with a final line break, and without."""
    try:
        text = body.decode()
        read = [
            (_values(text, json.JSONDecoder()), ""),
            (_values(text, json.JSONDecoder(parse_float=_number)), ", numbers as JavaScript writes them"),
        ]
    except (ValueError, RecursionError):
        return
    for values, numbers in read:
        what = "the same lines of JSON" if len(values) > 1 else "the same JSON"
        for made, how in _written(values):
            content = made.encode("utf-8", "surrogatepass")
            yield content, f"{what} {how}{numbers}", REWRITTEN_ADVICE
            yield content + b"\n", f"{what} {how}{numbers}, with a line break (LF) at its end", REWRITTEN_ADVICE


def _values(text: str, decoder: json.JSONDecoder) -> list[Any]:
    """The value of a body, or those of its lines."""
    found: list[Any] = []
    at, end = _after(text, 0), len(text)
    while at < end:
        value, at = decoder.raw_decode(text, at)
        found.append(value)
        at = _after(text, at)
    return found


def _after(text: str, at: int) -> int:
    """Where the white space ends that begins here."""
    return _SPACE.match(text, at).end()  # type: ignore[union-attr]  # it matches nothing too


def _written(values: list[Any]) -> Iterator[tuple[str, str]]:
    for ordered, order in ((False, ""), (True, ", keys sorted")):
        for spacing, how in _SPACING if len(values) == 1 else _OF_LINES:
            for ascii_only, escapes in ((False, ""), (True, ", with \\u escapes")):
                each = (json.dumps(one, ensure_ascii=ascii_only, sort_keys=ordered, **how) for one in values)
                made, said = "\n".join(each), f"{spacing}{order}{escapes}"
                yield made, said
                yield made.replace("/", "\\/"), f"{said}, with \\/ as PHP writes it"


def _number(text: str) -> int | float:
    value = float(text)
    return int(value) if value.is_integer() and abs(value) < 1e21 else value


def rewritten_forms(body: bytes) -> Iterator[Variant]:
    """The same form, as other programs write it."""
    try:
        pairs = parse_qsl(body.decode(), keep_blank_values=True, errors="strict")
    except ValueError:
        return
    for fields, order in ((pairs, ""), (sorted(pairs), ", fields sorted")):
        for quoted, space in ((quote_plus, "+"), (quote, "%20")):
            made = urlencode(fields, quote_via=quoted).encode()
            yield made, f"the same form with {space} for a space{order}", REWRITTEN_ADVICE
