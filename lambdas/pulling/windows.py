"""Which times are asked for: a sweep goes from where the last ended to the present, in slices, each page by page.

Times are whole Unix seconds. The goal of a sweep is fixed when it begins, so that it ends however many events come
while it is read; its slices lie end to end. Only at the goal does the next sweep go back, by the overlap.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime
from typing import Any

from lambdas.model_pull import Window

DAY = 86_400
_UNITS = {"rfc3339": 1, "unix": 1, "unix_ms": 1, "date": DAY}
_DIRECTIVES = (("%S", 1), ("%s", 1), ("%f", 1), ("%T", 1), ("%X", 1), ("%c", 1), ("%M", 60), ("%H", 3_600))
_SHORTER, _LONGER = 0.5, 1.25
RETENTION_MARGIN = 600
"""Seconds by which a request stays within what the vendor keeps: pages are asked for a while, by the vendor's clock."""


@dataclass(frozen=True, slots=True)
class TimePosition:
    """How far a stream is read: everything before `start`, and of the slice from there what `page` says."""

    start: int
    """Where the slice begins, or the next sweep."""
    goal: int | None = None
    """Where the sweep ends; None between two sweeps."""
    end: int | None = None
    """Where the slice ends; None before its first request."""
    page: str | None = None
    """The token of the slice's next page; None for its first."""
    length: int | None = None
    """Seconds of a slice, where a vendor's tokens did not last for longer ones."""
    counts: Mapping[str, int] | None = None
    """How often each event of the last page that has no id was in it, by its hash."""


FIELDS = tuple(field.name for field in fields(TimePosition))


def unit(time_format: str) -> int:
    """Return the seconds that a format can tell apart."""
    seconds = _UNITS.get(time_format)
    return seconds or next((length for directive, length in _DIRECTIVES if directive in time_format), DAY)


def write_time(at: int, time_format: str) -> str:
    """Write a time in the format of a request."""
    moment = datetime.fromtimestamp(at, UTC)
    if time_format == "unix":
        return str(at)
    if time_format == "unix_ms":
        return str(at * 1_000)
    return moment.strftime({"rfc3339": "%Y-%m-%dT%H:%M:%SZ", "date": "%Y-%m-%d"}.get(time_format, time_format))


def first_position(window: Window, now: float) -> TimePosition:
    """Return the position of a stream that was never read: at least a unit of the format is there to ask for."""
    start = min(now - window.first, now - window.lag - unit(window.format))
    return retained(TimePosition(_whole(start, window)), window, now)


def latest(window: Window, now: float) -> int:
    """Return up to when events may be asked for."""
    return _whole(now - window.lag, window)


def next_slice(position: TimePosition, window: Window, now: float) -> TimePosition | None:
    """Return the position with a slice to ask for; None where the stream is read up to the present.

    The goal is never later than now less the lag: a clock that was ahead must not move a position into the future.
    """
    goal = latest(window, now)
    if position.goal is not None:
        goal = min(goal, position.goal)
    if position.end is None and goal <= position.start:
        return None
    if position.end is not None:
        return replace(position, goal=goal)
    end = min(goal, position.start + (position.length or window.longest))
    return replace(position, goal=goal, end=end)


def after_page(position: TimePosition, token: str | None, window: Window, counts: Mapping[str, int]) -> TimePosition:
    """Return the position after a page whose events are on the queue or kept; `token` is that of the next page."""
    if token is not None:
        return replace(position, page=token, counts=counts or None)
    assert position.end is not None  # noqa: S101 - a page was asked for, so there is a slice
    step = unit(window.format)
    # At least by a unit, or a slice of a second would never grow.
    length = position.length and max(position.length + step, int(position.length * _LONGER)) // step * step
    if length and length >= window.longest:
        length = None
    return TimePosition(_next_start(position, position.end, step), position.goal, length=length)


def _next_start(position: TimePosition, end: int, step: int) -> int:
    """Return where the next slice begins: a unit before the end of this one, since some vendors leave out both bounds.

    Not at the goal, from which the overlap goes back; and not by a day, for which no vendor has such bounds.
    """
    is_last = position.goal is not None and end >= position.goal
    return end if is_last or step == DAY or end - step <= position.start else end - step


def is_at_goal(position: TimePosition) -> bool:
    """Return whether a sweep has no slice left."""
    return position.goal is not None and position.end is None and position.start >= position.goal


def after_sweep(position: TimePosition, window: Window) -> TimePosition:
    """Return the position of the next sweep, behind the goal of the last by the overlap."""
    return TimePosition(_whole(position.start - window.overlap, window), length=position.length)


def is_shortest(position: TimePosition, window: Window) -> bool:
    """Return whether a slice is as short as the format can say."""
    assert position.end is not None  # noqa: S101 - a token is that of a slice
    return position.end - position.start < 2 * unit(window.format)


def restarted(position: TimePosition, window: Window) -> TimePosition:
    """Return the position with the slice begun anew at half its length, since the vendor refuses its token."""
    assert position.end is not None  # noqa: S101 - a token is that of a slice
    step = unit(window.format)
    length = max(int((position.end - position.start) * _SHORTER) // step, 1) * step
    return TimePosition(position.start, position.goal, length=length)


def retained(position: TimePosition, window: Window, now: float) -> TimePosition:
    """Return the position, no older than what the vendor still has.

    A slice that is read in part is read on with its token. Should the vendor refuse that, it begins anew, and later.
    """
    if window.retention is None:
        return position
    margin = min(RETENTION_MARGIN, window.retention // 10)
    oldest = _whole(now - window.retention + margin, window)
    if position.start >= oldest or (position.page and position.end and position.end > oldest):
        return position
    return TimePosition(oldest, position.goal and max(position.goal, oldest), length=position.length)


def not_ahead(position: TimePosition, window: Window, now: float) -> TimePosition:
    """Return the position, not in the future: there it is from a clock that was ahead, and would wait for its time."""
    return position if position.start <= now else after_sweep(TimePosition(latest(window, now)), window)


def position_fields(position: TimePosition) -> dict[str, Any]:
    """Return a position as what is stored."""
    return {name: value for name in FIELDS if (value := getattr(position, name)) is not None}


def _whole(at: float, window: Window) -> int:
    """Return a time that the format can say, not after it."""
    step = unit(window.format)
    return int(at) // step * step
