"""Times, schedules and sums in words."""

from __future__ import annotations

from generator.definition.pull_words import counted_span
from generator.definition.words import counted


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
