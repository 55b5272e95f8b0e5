"""Read a stream by the vendor's own cursor or link, which lasts over runs."""

from __future__ import annotations

import time
from collections.abc import Callable

from lambdas.model_pull import Stream
from lambdas.pulling.outcomes import StreamFailed, TokenRefused
from lambdas.pulling.page_delivery import PageDelivery
from lambdas.pulling.page_reader import PageReader
from lambdas.pulling.position_table import PositionTable
from lambdas.pulling.stored_positions import cursor_mark, read_cursor_fields
from lambdas.pulling.windows import TimePosition, after_sweep, first_position, latest, retained, write_time

TOO_LATE = "nobody asked for longer than the vendor keeps events: what is older can't be had any more"
ELSEWHERE = "its next page is at another origin than `url` is now"


class CursorReader:
    """Reads a stream in one run, page by page, to the vendor's last."""

    def __init__(
        self,
        stream: Stream,
        pages: PageReader,
        delivery: PageDelivery,
        table: PositionTable,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._stream = stream
        self._window = stream.window
        self._pages = pages
        self._delivery = delivery
        self._table = table
        self._clock = clock
        self.behind: float | None = None
        """Seconds from what is read to now; None before anything was read."""
        self.forgotten: str = ""
        """Why reading began anew, where it did."""

    def read(self, name: str) -> None:
        """Read from the position of this name to the end."""
        stored = self._table.position(name)
        fields, version = read_cursor_fields(stored.fields, self._stream) if stored.fields else {}, stored.version
        since = int(fields.get("since", first_position(self._window, self._clock()).start))
        token: str | None = fields.get("token")
        at = int(fields.get("at", since))
        if at < self._kept(at):
            self.forgotten = TOO_LATE
            token = None
        elif token and not self._pages.can_follow(token):
            self.forgotten = ELSEWHERE
            token, since = None, at - self._window.overlap
        self._delivery.begin_slice({} if self.forgotten else fields.get("counts") or {})
        tokens = {token} if token else set()
        times = {"from": write_time(self._kept(since), self._window.format)}
        while True:
            began = int(self._clock())
            try:
                progress = self._pages.read(times, token)
            except TokenRefused as refused:
                if token is None or self.forgotten:
                    raise StreamFailed(str(refused)) from None
                self.forgotten = f"the vendor does not know its cursor any more: {refused}"
                token, since = None, self._kept(at - self._window.overlap)
                times = {"from": write_time(since, self._window.format)}
                self._delivery.begin_slice({})
                continue
            check_token(progress.next_token, tokens)
            is_last = progress.next_token is None
            token = progress.kept_token or token if is_last else progress.next_token
            at = began if is_last else at
            if is_last and token is None:
                # No cursor says where to go on: what was read long ago must not be read for ever.
                since = max(since, after_sweep(TimePosition(latest(self._window, began)), self._window).start)
            state = {"since": since, "token": token, "at": at, "counts": self._delivery.page_counts()}
            state["of"] = token and cursor_mark(self._stream)
            version = self._table.write_position(name, {key: value for key, value in state.items() if value}, version)
            self.behind = float(int(self._clock()) - at)
            if is_last:
                return

    def _kept(self, at: int) -> int:
        """Return a time, no older than what the vendor still has."""
        return retained(TimePosition(at), self._window, self._clock()).start


def check_token(token: str | None, tokens: set[str]) -> None:
    """Refuse a token that came before: the vendor would be asked for the same pages without end."""
    if token is None:
        return
    if token in tokens:
        raise StreamFailed("the answer names a page as the next that was read already")
    tokens.add(token)
