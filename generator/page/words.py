"""Numbers, times and lists in words."""

from __future__ import annotations

from collections.abc import Iterable

from generator.definition.pull_words import counted_span


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


def days(number: int) -> str:
    """Return "1 day", "30 days"."""
    return counted(number, "day")


def rate_words(expression: str) -> str:
    """Return a schedule's `rate(5 minutes)` as "every 5 minutes", and `rate(1 minute)` as "every minute"."""
    interval = expression.removeprefix("rate(").removesuffix(")")
    return f"every {interval.removeprefix('1 ')}"


def span(seconds: int) -> str:
    """Return a time with its number: "1 minute", "6 hours"."""
    return counted_span(seconds)


def dollars(amount: float) -> str:
    """Return "$0.42", "$1,234.50"."""
    return f"${amount:,.2f}"
