"""One row of the table: a figure, its reference and its budget."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

HEADS = ("what", "measured", "reference", "ratio", "budget", "within")


@dataclass(frozen=True)
class Row:
    """A figure in its unit, its reference, and its budget, which limits the ratio or the figure itself."""

    label: str
    measured: float
    unit: str
    reference: float | None = None
    budget: float | None = None
    budget_on: Literal["ratio", "measured"] = "ratio"
    at_least: bool = False
    note: str = ""
    """Printed once under the table."""

    @property
    def ratio(self) -> float | None:
        """The figure divided by its reference."""
        return self.measured / self.reference if self.reference else None

    @property
    def within(self) -> bool | None:
        """Whether the figure keeps its budget; None where it has none."""
        value = self.ratio if self.budget_on == "ratio" else self.measured
        if self.budget is None or value is None:
            return None
        return value >= self.budget if self.at_least else value <= self.budget


def cells(row: Row) -> tuple[str, ...]:
    """Return the cells of a row as text, in the order of HEADS."""
    sign = "≥" if row.at_least else "≤"
    return (
        row.label,
        f"{_number(row.measured)} {row.unit}",
        "" if row.reference is None else f"{_number(row.reference)} {row.unit}",
        "" if row.ratio is None else f"{row.ratio:.2f}",
        ""
        if row.budget is None
        else (f"ratio {sign} {row.budget:g}" if row.budget_on == "ratio" else f"{sign} {row.budget:,g} {row.unit}"),
        {True: "yes", False: "NO", None: ""}[row.within],
    )


def _number(value: float) -> str:
    return f"{value:.3g}" if value < 1_000 else f"{value:,.0f}"
