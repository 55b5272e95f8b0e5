"""Times: read them as vendors write them (RFC 3339, Unix seconds or milliseconds), write them as MozDef reads them."""

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


def unix_seconds(value: Any, time_format: TimeFormat) -> float:
    """Read a time in a vendor's format as Unix seconds; ValueError where it is none, or before 1970 or after 9999.

    A time without a zone is refused: MozDef would read it in its own zone.
    """
    if time_format == "rfc3339":
        if not isinstance(value, str) or not _RFC3339.fullmatch(value):
            raise ValueError("not a time with a zone")
        at = datetime.fromisoformat(value.upper()).timestamp()
    else:
        if isinstance(value, str) and _DIGITS.fullmatch(value):
            value = float(value)
        if not isinstance(value, int | float) or isinstance(value, bool):
            raise ValueError("not a number")
        try:
            at = value / 1000 if time_format == "unix_ms" else float(value)
        except OverflowError:
            raise ValueError("out of range") from None
    if not 0 <= at < _LAST_SECOND:
        raise ValueError("out of range")
    return at


def format_time(at: float, time_format: TimeFormat) -> str:
    """Write Unix seconds in a vendor's format."""
    if time_format == "rfc3339":
        return iso_time(at)
    return str(int(at * 1000)) if time_format == "unix_ms" else str(int(at))


def iso_time(at: float) -> str:
    """Write Unix seconds as ISO 8601 in UTC with milliseconds, the format that MozDef reads unambiguously."""
    second, microsecond = divmod(round(at * 1_000_000), 1_000_000)
    return f"{_format_second(second)}.{microsecond // 1_000:03d}+00:00"


@lru_cache(64)
def _format_second(second: int) -> str:
    """Write a second; cached, since most events and log lines share one with those before them."""
    return datetime.fromtimestamp(second, UTC).strftime("%Y-%m-%dT%H:%M:%S")
