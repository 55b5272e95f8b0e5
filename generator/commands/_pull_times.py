"""Times as `pull` takes them, a day, a minute, RFC 3339, or how long ago, and as commands print them."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import click

_AGO = re.compile(r"([0-9]{1,5})([mhd])")
_FIRST = 946_684_800
"""The year 2000: a year with a digit too few would be read for ever."""
_SECONDS = {"m": 60, "h": 3_600, "d": 86_400}


def parse_time(text: str, now: float) -> int:
    """Return a time in Unix seconds; without a zone it is in UTC. UsageError for another text, and for the future."""
    seconds = _seconds(text, now)
    if seconds > now:
        raise click.UsageError(f"{text}: is in the future")
    if seconds < _FIRST:
        raise click.UsageError(f"{text}: is before the year 2000; is a digit missing, or one too many?")
    return int(seconds)


def time_text(at: float) -> str:
    """Return a time in Unix seconds as people write it, in UTC."""
    return f"{datetime.fromtimestamp(at, UTC):%Y-%m-%d %H:%M:%S}Z"


def _seconds(text: str, now: float) -> float:
    if match := _AGO.fullmatch(text):
        return int(now) - int(match[1]) * _SECONDS[match[2]]
    try:
        at = datetime.fromisoformat(text)
        return (at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError):
        raise click.UsageError(
            f"{text}: is no time such as 2026-03-01, 2026-03-01T14:30 (in UTC), 2026-03-01T14:30:00+02:00, or 6h for "
            "six hours ago"
        ) from None
