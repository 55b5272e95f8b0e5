"""Read a stream from its position to the present, and store the position after each page that is delivered."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from lambdas.model_pull import Stream
from lambdas.model_request_types import Duration
from lambdas.pulling.cursor_reader import ELSEWHERE, TOO_LATE, CursorReader, check_token
from lambdas.pulling.outcomes import StreamFailed, StreamSkipped, TokenRefused
from lambdas.pulling.page_delivery import PageDelivery
from lambdas.pulling.page_reader import PageReader
from lambdas.pulling.position_table import PositionTable
from lambdas.pulling.stored_positions import read_time_position, time_position_fields
from lambdas.pulling.windows import (
    DAY,
    TimePosition,
    after_page,
    after_sweep,
    first_position,
    is_at_goal,
    is_shortest,
    latest,
    next_slice,
    not_ahead,
    position_fields,
    restarted,
    retained,
    write_time,
)

_ENDLESS = Duration(10**10)
_AHEAD = "its position was in the future, from a clock that was ahead: reading goes on a little before the present"


class StreamReader:
    """Reads a stream in one run."""

    def __init__(
        self,
        stream: Stream,
        pages: PageReader,
        delivery: PageDelivery,
        table: PositionTable,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._stream = stream
        # Without an end in the request, a second slice would read once more what the first has read.
        self._window = stream.window if pages.asks_until() else replace(stream.window, longest=_ENDLESS)
        self._pages = pages
        self._delivery = delivery
        self._table = table
        self._clock = clock
        self._reached = 0
        self._stored_token: str | None = None
        """The token of an earlier run that is not refused yet: it may be refused for its age alone."""
        self.behind: float | None = None
        """Seconds from what is read to now; None before anything was read."""
        self.forgotten: str = ""
        """Why reading began anew, where it did."""

    def read(self, name: str) -> None:
        """Read to the present from the position of this name: one sweep, or the vendor's own cursor to its end."""
        if self._stream.resume == "paging":
            self._follow(name)
            return
        fields, version = self._table.position(name)
        position = self._live_position(fields)
        is_between_sweeps = fields is not None and position.goal is None
        self._reached = position.start + (self._window.overlap if is_between_sweeps else 0)
        try:
            self._sweep(name, position, version, lambda end: position_fields(after_sweep(end, self._window)))
        except StreamSkipped:
            self._reached = int(self._clock())  # nothing of it is there to read
            raise
        finally:
            self.behind = float(max(0, latest(self._window, self._clock()) - self._reached))

    def _follow(self, name: str) -> None:
        reader = CursorReader(self._stream, self._pages, self._delivery, self._table, self._clock)
        try:
            reader.read(name)
        finally:
            self.behind, self.forgotten = reader.behind, reader.forgotten

    def _live_position(self, fields: Mapping[str, Any] | None) -> TimePosition:
        """Return where reading goes on, or begins; `forgotten` says why it begins anew."""
        window, now = self._window, self._clock()
        if fields is None:
            return first_position(window, now)
        stored = read_time_position(fields, self._stream)
        position = not_ahead(stored, window, now)
        if position != stored:
            self.forgotten = _AHEAD
        if position != (position := retained(position, window, now)):
            self.forgotten = TOO_LATE
        # Whatever an old sweep wanted, this one goes to the present.
        return replace(position, goal=None) if is_at_goal(position) else position

    def look_again(self, name: str, live_name: str) -> None:
        """Once a day, read again what may have come late by days: up to where the live position is."""
        if self._window.again is None or self._stream.resume == "paging":
            return
        live, _ = self._table.position(live_name)
        if live is None:
            return
        now, live_start = int(self._clock()), read_time_position(live, self._stream).start
        fields, version = self._table.position(name)
        looked, position = int((fields or {}).get("looked", now)), self._position(fields, live_start)
        if position.goal is None:
            if fields is None:
                self._table.write_position(name, {"start": live_start, "looked": now}, version)
            if now - looked < DAY:
                return
            position = TimePosition(position.start - self._window.again, goal=live_start)
        # While a look is not at its goal, it is the one that began then.
        self._sweep(name, position, version, lambda end: {"start": end.start, "looked": now}, looked=looked)

    def backfill(self, name: str, start: int, goal: int) -> None:
        """Read a time that people ask for, unless that is done."""
        fields, version = self._table.position(name)
        position = self._position(fields, start, goal)
        if not (fields and fields.get("done")):
            self._sweep(name, position, version, lambda end: {"start": end.start, "done": 1}, done=0)

    def _position(self, fields: Mapping[str, Any] | None, start: int, goal: int | None = None) -> TimePosition:
        return read_time_position(fields, self._stream) if fields else TimePosition(start, goal)

    def _sweep(
        self, name: str, position: TimePosition, version: int, at_goal: Callable[[TimePosition], Any], **more: int
    ) -> None:
        """Read slice after slice to the goal, at which `at_goal` says what is stored; `more` is stored until then."""
        if position.page and not self._pages.can_follow(position.page):
            self.forgotten = ELSEWHERE
            position = replace(position, page=None, counts=None)
        self._delivery.begin_slice(position.counts or {})
        self._stored_token = position.page
        tokens: set[str] = set()
        position = retained(position, self._window, self._clock())
        if is_at_goal(position):  # the vendor has nothing of it any more
            self._table.write_position(name, at_goal(position), version)
        while (time_slice := next_slice(position, self._window, self._clock())) is not None:
            position = retained(self._read_page(time_slice, tokens), self._window, self._clock())
            ended = is_at_goal(position)
            fields = at_goal(position) if ended else {**time_position_fields(position, self._stream), **more}
            version = self._table.write_position(name, fields, version)
            self._reached = position.start
            if ended:
                return
            if position.end is None:
                tokens.clear()
                self._delivery.begin_slice({})

    def _read_page(self, time_slice: TimePosition, tokens: set[str]) -> TimePosition:
        assert time_slice.end is not None  # noqa: S101 - next_slice() has set it
        times = {
            "from": write_time(time_slice.start, self._window.format),
            "to": write_time(time_slice.end, self._window.format),
        }
        if time_slice.page:
            tokens.add(time_slice.page)
        try:
            progress = self._pages.read(times, time_slice.page)
        except TokenRefused as refused:
            stored, self._stored_token = self._stored_token, None
            if not time_slice.page or (time_slice.page != stored and is_shortest(time_slice, self._window)):
                raise StreamFailed(str(refused)) from None
            return restarted(time_slice, self._window)
        check_token(progress.next_token, tokens)
        return after_page(time_slice, progress.next_token, self._window, self._page_counts())

    def _page_counts(self) -> Mapping[str, int]:
        """Return what the next page must know of equal events: nothing where it has those of its first second again."""
        counts = self._delivery.page_counts()
        if not getattr(self._stream.paging.settings, "inclusive", False):
            return counts
        self._delivery.begin_slice({})
        return {}
