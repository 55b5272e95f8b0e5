"""What a request shows of how it was signed, for each type: what was read, what is expected, what was seen."""

from __future__ import annotations

from typing import NamedTuple

_UNITS = (("days", 172_800, 86_400), ("hours", 7_200, 3_600), ("minutes", 600, 60))


class Fact(NamedTuple):
    """A line of what was found; without a label, it goes on where the one before it ended."""

    label: str
    text: str


def format_age(age: float) -> str:
    """How old something is, in seconds and, where that is many, in what people think in."""
    more = next((f" ({abs(age) / size:,.0f} {name})" for name, least, size in _UNITS if abs(age) >= least), "")
    return f"{abs(age):,.0f} s{more} {'old' if age >= 0 else 'in the future'}"
