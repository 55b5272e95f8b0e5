"""Times: read them as vendors write them (RFC 3339, Unix, the dates of HTTP), write them as MozDef reads them."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, Literal

TimeFormat = Literal["rfc3339", "unix", "unix_ms", "http_date"]
_DIGITS = re.compile(r"[0-9]{1,14}(\.[0-9]{1,9})?")
_RFC3339 = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?([Zz]|[+-][0-9]{2}:?[0-9]{2})"
)
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_HTTP_DATE = re.compile(
    rf"(?:(?:{'|'.join(_DAYS)}),? )?([0-9]{{1,2}}) ({'|'.join(_MONTHS)}) ([0-9]{{4}}) "
    r"([0-9]{2}):([0-9]{2}):([0-9]{2}) (?:GMT|UTC|\+0000)"
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
    elif time_format == "http_date":
        at = _http_seconds(value)
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


def _http_seconds(value: Any) -> float:
    """Read `Tue, 15 Nov 1994 08:12:31 GMT` as Unix seconds; the comma may be missing, as Scalr leaves it out.

    https://datatracker.ietf.org/doc/html/rfc9110#section-5.6.7
    """
    match = _HTTP_DATE.fullmatch(value) if isinstance(value, str) else None
    if not match:
        raise ValueError("not a date of HTTP")
    day, month, *rest = match.groups()
    year, hour, minute, second = map(int, rest)
    return datetime(year, _MONTHS.index(month) + 1, int(day), hour, minute, second, tzinfo=UTC).timestamp()


def format_time(at: float, time_format: TimeFormat) -> str:
    """Write Unix seconds in a vendor's format."""
    if time_format == "rfc3339":
        return iso_time(at)
    if time_format == "http_date":
        # Not with %a and %b, which are of the machine's language.
        moment = datetime.fromtimestamp(int(at), UTC)
        return moment.strftime(f"{_DAYS[moment.weekday()]}, %d {_MONTHS[moment.month - 1]} %Y %H:%M:%S GMT")
    return str(int(at * 1000)) if time_format == "unix_ms" else str(int(at))


def iso_time(at: float) -> str:
    """Write Unix seconds as ISO 8601 in UTC with milliseconds, the format that MozDef reads unambiguously."""
    second, microsecond = divmod(round(at * 1_000_000), 1_000_000)
    return f"{_format_second(second)}.{microsecond // 1_000:03d}+00:00"


@lru_cache(64)
def _format_second(second: int) -> str:
    """Write a second; cached, since most events and log lines share one with those before them."""
    return datetime.fromtimestamp(second, UTC).strftime("%Y-%m-%dT%H:%M:%S")
