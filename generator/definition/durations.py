"""Durations as a definition writes them: 30s, 5m, 24h, 7d."""

from __future__ import annotations

import re

DURATION = re.compile(r"([0-9]{1,5})([smhd])")
UNITS = {"s": 1, "m": 60, "h": 3_600, "d": 86_400}
WELL_FORMED = "must be a time with its unit, such as 30s, 5m, 24h or 7d"


def duration_seconds(text: str) -> int | None:
    """Read a duration; None where the text is none."""
    match = DURATION.fullmatch(text)
    return int(match[1]) * UNITS[match[2]] if match else None


def duration_text(seconds: int) -> str:
    """Write a duration as a definition has it, in the largest unit that is exact."""
    unit, size = next((unit, size) for unit, size in reversed(UNITS.items()) if seconds % size == 0)
    return f"{seconds // size}{unit}"
