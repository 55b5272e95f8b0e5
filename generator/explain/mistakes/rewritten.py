"""Variants of a body that was parsed and written again: the same JSON or form in other bytes."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
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
_ESCAPE = re.compile(r"\\u([0-9a-f]{4})")
# https://pkg.go.dev/encoding/json#HTMLEscape
_HTML_SAFE = {ord(mark): f"\\u{ord(mark):04x}" for mark in "<>&\u2028\u2029"}
# https://learn.microsoft.com/dotnet/standard/serialization/system-text-json/character-encoding
_DOT_NET = {ord(mark): f"\\u{ord(mark):04X}" for mark in "<>&'+`"}
_SPACE = re.compile(r"[ \t\r\n]*")
Variant = tuple[bytes, str, str]


def rewritten_json(body: bytes) -> Iterator[Variant]:
    """Yield the same JSON, or JSON lines, as other programs write it; each with a final line break and without."""
    yield from _rewritten(body, _styles)


def rarely_rewritten_json(body: bytes) -> Iterator[Variant]:
    """Yield the same JSON as Go and .NET write it, which escape what means something in HTML, and with tabs."""
    yield from _rewritten(body, _rare_styles)


def _rewritten(body: bytes, styles: Callable[[list[Any]], Iterator[tuple[str, str]]]) -> Iterator[Variant]:
    try:
        text = body.decode()
        read = [
            (_values(text, json.JSONDecoder()), ""),
            (_values(text, json.JSONDecoder(parse_float=_number)), ", numbers as JavaScript writes them"),
        ]
    except (ValueError, RecursionError):
        return
    for values, numbers in read:
        subject = "the same lines of JSON" if len(values) > 1 else "the same JSON"
        for rewritten, style in styles(values):
            content, diagnosis = rewritten.encode("utf-8", "surrogatepass"), f"{subject} {style}{numbers}"
            yield content, diagnosis, REWRITTEN_ADVICE
            yield content + b"\n", f"{diagnosis}, with a line break (LF) at its end", REWRITTEN_ADVICE


def _values(text: str, decoder: json.JSONDecoder) -> list[Any]:
    """Return the value of a body, or the values of its lines."""
    values: list[Any] = []
    offset, end = _skip_space(text, 0), len(text)
    while offset < end:
        value, offset = decoder.raw_decode(text, offset)
        values.append(value)
        offset = _skip_space(text, offset)
    return values


def _skip_space(text: str, offset: int) -> int:
    """Return the offset after the white space that begins here."""
    return _SPACE.match(text, offset).end()  # type: ignore[union-attr]  # it matches an empty text too


def _styles(values: list[Any]) -> Iterator[tuple[str, str]]:
    for sort_keys, order in ((False, ""), (True, ", keys sorted")):
        for spacing, options in _SPACING if len(values) == 1 else _OF_LINES:
            for ascii_only, escapes in ((False, ""), (True, ", with \\u escapes")):
                lines = (json.dumps(value, ensure_ascii=ascii_only, sort_keys=sort_keys, **options) for value in values)
                text, style = "\n".join(lines), f"{spacing}{order}{escapes}"
                yield text, style
                yield text.replace("/", "\\/"), f"{style}, with \\/ as PHP writes it"


def _rare_styles(values: list[Any]) -> Iterator[tuple[str, str]]:
    for text, style in _styles(values):
        yield text.translate(_HTML_SAFE), f"{style}, with \\u003c for < as Go writes it"
        capitals = _ESCAPE.sub(lambda match: f"\\u{match[1].upper()}", text)
        yield capitals, f"{style} in capitals"
        yield capitals.translate(_DOT_NET), f"{style} in capitals, and \\u003C for < as .NET writes it"
    if len(values) == 1:
        for ascii_only, escapes in ((False, ""), (True, ", with \\u escapes")):
            yield json.dumps(values[0], ensure_ascii=ascii_only, indent="\t"), f"indented by a tab{escapes}"


def _number(text: str) -> int | float:
    value = float(text)
    return int(value) if value.is_integer() and abs(value) < 1e21 else value


def rewritten_forms(body: bytes) -> Iterator[Variant]:
    """Yield the same form as other programs write it."""
    try:
        pairs = parse_qsl(body.decode(), keep_blank_values=True, errors="strict")
    except ValueError:
        return
    for fields, order in ((pairs, ""), (sorted(pairs), ", fields sorted")):
        for quoted, space in ((quote_plus, "+"), (quote, "%20")):
            content = urlencode(fields, quote_via=quoted).encode()
            yield content, f"the same form with {space} for a space{order}", REWRITTEN_ADVICE
    yield from _unescaped_forms(body.decode())


def _unescaped_forms(text: str) -> Iterator[Variant]:
    """Yield the forms of which a text has lost the escapes, all or only those of a plus."""
    advice = "pass on what was sent: the form was decoded, by what stands before the endpoint or what captured it"
    yield text.replace("+", "%2B").encode(), "the same form with %2B for each +", advice
    yield re.sub(r"(?<==)\+", "%2B", text).encode(), "the same form with %2B for the + before a value", advice
    pairs = [(name, value) for name, _, value in (part.partition("=") for part in text.split("&"))]
    for quoted, space in ((quote_plus, "+"), (quote, "%20")):
        content = urlencode(pairs, quote_via=quoted, safe="").encode()
        yield content, f"the same form with escapes, and {space} for a space", advice
