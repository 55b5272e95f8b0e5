"""Showing parts of a request safely: credentials hidden, control characters made visible, long texts shortened."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from urllib.parse import quote, quote_plus

HEAD, TAIL = 72, 24
MARK = "[hidden]"
_MIN_LENGTH = 4
_LONG_RUN = re.compile(r"[A-Za-z0-9+/_=-]{20,}")
_PICTURES = {**{code: chr(0x2400 + code) for code in range(0x20)}, 0x7F: "\u2421"}


class Redactor:
    """Replaces credentials in a text with a mark, however a request may write them."""

    def __init__(self, values: Iterable[str]) -> None:
        spellings = {text for value in values for text in _spellings(value) if len(text) >= _MIN_LENGTH}
        self._values = sorted(spellings, key=len, reverse=True)

    def __call__(self, text: str) -> str:
        for value in self._values:
            text = text.replace(value, MARK)
        return text


def _spellings(value: str) -> set[str]:
    escaped = {json.dumps(value)[1:-1], json.dumps(value, ensure_ascii=False)[1:-1]}
    content = value.encode("utf-8", "surrogatepass")
    escaped |= {text.replace("/", "\\/") for text in escaped}
    return {value, value.strip(), quote(content, safe=""), quote_plus(content), *escaped}


def visible(text: str) -> str:
    """Return the text with pictures for control characters, and code points for other invisible characters."""
    pictured = text.translate(_PICTURES)
    return "".join(char if char.isprintable() else f"<U+{ord(char):04X}>" for char in pictured)


def shorten(content: bytes, redact: Redactor) -> str:
    """Return bytes as text, without the middle of a long text."""
    try:
        text = redact(content.decode())
    except UnicodeDecodeError:
        return f"{content[:24].hex(' ')}{' …' if len(content) > 24 else ''} (not UTF-8)"
    if len(text) > HEAD + TAIL + 1:
        return f"{visible(text[:HEAD])} … {visible(text[-TAIL:])}"
    return visible(text)


def time_text(text: str) -> str:
    """Return what stands where a time should, without what may be a signature: a time has no long run of letters."""
    return visible(_LONG_RUN.sub(lambda match: f"{match[0][:8]}…", text)[:40])


def signature_start(value: str, prefix: str = "") -> str:
    """Return a signature's prefix and its first characters: enough to compare, too little to replay."""
    rest = value.removeprefix(prefix)
    return f"{visible(prefix if value != rest else '')}{visible(rest[: min(8, len(rest) // 3)])}…"
