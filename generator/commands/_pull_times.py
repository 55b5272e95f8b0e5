"""Times as `pull` takes them: a day, a minute, RFC 3339, or how long ago."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import click

_AGO = re.compile(r"([0-9]{1,5})([mhd])")
_SECONDS = {"m": 60, "h": 3_600, "d": 86_400}


def parse_time(text: str, now: float) -> int:
    """Return a time in Unix seconds; without a zone it is in UTC. UsageError for another text, and for the future."""
    if match := _AGO.fullmatch(text):
        return int(now) - int(match[1]) * _SECONDS[match[2]]
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise click.UsageError(
            f"{text}: is no time such as 2026-03-01, 2026-03-01T14:30 (in UTC), 2026-03-01T14:30:00+02:00, or 6h for "
            "six hours ago"
        ) from None
    seconds = (at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp()
    if seconds > now:
        raise click.UsageError(f"{text}: is in the future")
    return int(seconds)
