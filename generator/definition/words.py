"""Numbers and lists in words, and who reads a queue."""

from __future__ import annotations

from collections.abc import Iterable

from lambdas.model import Source


def capitalized(text: str) -> str:
    """Return a text with a capital at its beginning, and the rest as it is."""
    return f"{text[:1].upper()}{text[1:]}"


def listed(texts: Iterable[str]) -> str:
    """Return "a", "a and b" or "a, b and c"."""
    *first, last = list(texts) or [""]
    return f"{', '.join(first)} and {last}" if first else last


def counted(number: int, noun: str) -> str:
    """Return "1 alarm", "2 alarms"."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def reader(source: Source) -> str:
    """Return who reads a source's events: MozDef, or whichever SIEM it is where it needs another output, or objects."""
    return "MozDef" if source.output == "mozdef" and source.delivery.s3 is None else "your SIEM"
