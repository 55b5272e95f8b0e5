"""Times: as vendors write them, and as MozDef reads them."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, Literal

TimeFormat = Literal["rfc3339", "unix", "unix_ms"]
_DIGITS = re.compile(r"[0-9]{1,14}(\.[0-9]{1,9})?")
_RFC3339 = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?([Zz]|[+-][0-9]{2}:?[0-9]{2})"
)
_LAST_SECOND = 253_402_300_799  # of the year 9999


def unix_seconds(value: Any, written: TimeFormat) -> float:
    """Unix seconds of a time as a vendor writes it; ValueError where it is none, or is before 1970 or after 9999.

    A time without a zone is refused: MozDef would take it in its own zone.
    """
    if written == "rfc3339":
        if not isinstance(value, str) or not _RFC3339.fullmatch(value):
            raise ValueError("not a time with a zone")
        at = datetime.fromisoformat(value.upper()).timestamp()
    else:
        if isinstance(value, str) and _DIGITS.fullmatch(value):
            value = float(value)
        if not isinstance(value, int | float) or isinstance(value, bool):
            raise ValueError("not a number")
        try:
            at = value / 1000 if written == "unix_ms" else float(value)
        except OverflowError:
            raise ValueError("out of range") from None
    if not 0 <= at < _LAST_SECOND:
        raise ValueError("out of range")
    return at


def format_time(at: float, written: TimeFormat) -> str:
    """Unix seconds, as a vendor would write them."""
    if written == "rfc3339":
        return iso_time(at)
    return str(int(at * 1000)) if written == "unix_ms" else str(int(at))


def iso_time(at: float) -> str:
    """Unix seconds as ISO 8601 in UTC with milliseconds, the form that MozDef takes without a doubt."""
    second, microsecond = divmod(round(at * 1_000_000), 1_000_000)
    return f"{_second(second)}.{microsecond // 1_000:03d}+00:00"


@lru_cache(64)
def _second(at: int) -> str:
    """Most events, and all lines of a busy log, are of a second that was written before."""
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%S")
