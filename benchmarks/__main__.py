"""`python -m benchmarks [NAME…]`: run the measurements, and print one table."""

from __future__ import annotations

import importlib
import platform
import sys

from benchmarks.row import HEADS, Row, cells

MEASUREMENTS = ("build", "many", "start", "size", "events", "pulling", "schemas", "merge", "dollars")
BY_NAME = ("pullers",)
"""Measurements that run only where they are named: they install what others made, from PyPI."""


def main(names: list[str]) -> int:
    """Run these measurements, or all; return 2 where a name is unknown."""
    if unknown := [name for name in names if name not in MEASUREMENTS + BY_NAME]:
        print(f"no measurement {', '.join(unknown)}; there are {', '.join(MEASUREMENTS + BY_NAME)}", file=sys.stderr)
        return 2
    rows: list[Row] = []
    for name in names or MEASUREMENTS:
        print(f"measuring {name} …", file=sys.stderr)
        rows += importlib.import_module(f"benchmarks.{name}").measure()
    print(f"Python {platform.python_version()}, {platform.system()} {platform.machine()}\n")
    _table([HEADS, *(cells(row) for row in rows)])
    for note in dict.fromkeys(row.note for row in rows if row.note):
        print(f"\n{note}")
    return 0


def _table(rows: list[tuple[str, ...]]) -> None:
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEADS))]
    for row in rows:
        words = [
            word.ljust(width) if column == 0 else word.rjust(width)
            for column, (word, width) in enumerate(zip(row, widths, strict=True))
        ]
        print("  ".join(words).rstrip())


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
