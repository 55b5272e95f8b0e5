"""Facts to show for each auth type: what was received, what is expected, which text is signed."""

from __future__ import annotations

from typing import NamedTuple

_UNITS = (("days", 172_800, 86_400), ("hours", 7_200, 3_600), ("minutes", 600, 60))


class Fact(NamedTuple):
    """A label and a text; a fact without a label continues the one before."""

    label: str
    text: str


def format_age(age: float) -> str:
    """Return an age in seconds and, where that is many, also in minutes, hours or days."""
    larger_unit = next((f" ({abs(age) / size:,.0f} {name})" for name, least, size in _UNITS if abs(age) >= least), "")
    return f"{abs(age):,.0f} s{larger_unit} {'old' if age >= 0 else 'in the future'}"
