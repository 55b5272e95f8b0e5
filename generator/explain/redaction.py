"""What of a request may be shown: shortened, with nothing unseen in it, and without what would be good for a replay."""

from __future__ import annotations

import json
from collections.abc import Iterable
from urllib.parse import quote, quote_plus

HEAD, TAIL = 72, 24
MARK = "[hidden]"
_FEW = 4
_PICTURES = {**{code: chr(0x2400 + code) for code in range(0x20)}, 0x7F: "\u2421"}


class Redactor:
    """What is never shown, in every way in which a request may write it."""

    def __init__(self, values: Iterable[str]) -> None:
        found = {way for value in values for way in _ways(value) if len(way) >= _FEW}
        self._values = sorted(found, key=len, reverse=True)

    def __call__(self, text: str) -> str:
        for value in self._values:
            text = text.replace(value, MARK)
        return text


def _ways(value: str) -> set[str]:
    escaped = {json.dumps(value)[1:-1], json.dumps(value, ensure_ascii=False)[1:-1]}
    written = value.encode("utf-8", "surrogatepass")
    escaped |= {one.replace("/", "\\/") for one in escaped}
    return {value, value.strip(), quote(written, safe=""), quote_plus(written), *escaped}


def visible(text: str) -> str:
    """A text with pictures in the place of control characters, and names for what else is not seen."""
    pictured = text.translate(_PICTURES)
    return "".join(char if char.isprintable() else f"<U+{ord(char):04X}>" for char in pictured)


def shorten(content: bytes, hidden: Redactor) -> str:
    """Bytes as text, without its middle where it is long."""
    try:
        text = hidden(content.decode())
    except UnicodeDecodeError:
        return f"{content[:24].hex(' ')}{' …' if len(content) > 24 else ''} (not UTF-8)"
    if len(text) > HEAD + TAIL + 1:
        return f"{visible(text[:HEAD])} … {visible(text[-TAIL:])}"
    return visible(text)


def signature_start(value: str, before: str = "") -> str:
    """The first characters of a signature, after what stands before it: enough to compare, and nothing to send."""
    rest = value.removeprefix(before)
    return f"{visible(before if value != rest else '')}{visible(rest[: min(8, len(rest) // 3)])}…"
