"""Ask a vendor for a page of a stream from this machine, with the puller's own code and AWS in memory: `try`."""

from __future__ import annotations

import json
import math
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from types import SimpleNamespace
from typing import Any, Literal, NamedTuple

from generator.explain.trial_stores import KeptReasons, Positions
from generator.explain.watched_vendor import EnoughRead, WatchedVendor
from generator.samples.fake_aws import Queue, Store
from lambdas.credential_type import Token
from lambdas.delivering.dedupe import Claims
from lambdas.delivering.kept_bucket import KeptBucket
from lambdas.delivering.outbox import Outbox
from lambdas.model import Source
from lambdas.model_pull import Pull, Stream
from lambdas.paging_style import Page, PagingError
from lambdas.pulling.answers import AnswerUnreadable, all_rows, read_answer
from lambdas.pulling.api_client import ApiClient, Send, SendStream
from lambdas.pulling.outcomes import Refused, RunEnds, StreamFailed, StreamSkipped
from lambdas.pulling.page_delivery import PageDelivery
from lambdas.pulling.page_reader import PageReader
from lambdas.pulling.parts import StreamKey
from lambdas.pulling.position_table import PositionTable
from lambdas.pulling.rate import RequestLog
from lambdas.pulling.stream_reader import StreamReader
from lambdas.pulling.windows import first_position, next_slice, position_fields
from lambdas.runtime.deadline import Deadline
from lambdas.runtime.rotated_secrets import RotatedSecrets

_SECONDS = 300.0
"""How long a try may take: the time of a run in AWS."""

Outcome = Literal["read", "skipped", "refused", "failed", "waits"]


@dataclass(frozen=True)
class PageTrial:
    """What came of asking for the first page of a stream."""

    key: StreamKey
    before: Mapping[str, Any]
    """The position before: where a first run would begin."""
    slice: tuple[int, int | None]
    """The time that was asked for, in Unix seconds; no end where the vendor's own cursor has none."""
    outcome: Outcome
    words: str
    """Why no page was read, or why not all of it."""
    vendor: WatchedVendor
    """What was asked and answered, in its order."""
    messages: tuple[dict[str, Any], ...] = ()
    refused: tuple[str, ...] = ()
    """Why events became no message."""
    dropped: int = 0
    after: Mapping[str, Any] | None = None
    """The position after the page; None where it stays."""
    next_token: str | None = None
    """With what the next page would be asked; None where this was the last, or none was read."""
    items: int = 0
    """Events of the page, or items of `each`."""


class VendorAsker:
    """Asks a vendor with credentials that somebody has typed; tokens last from one stream to the next."""

    def __init__(
        self,
        source: Source,
        credentials: Mapping[str, str],
        send: Send,
        stream: SendStream,
        clock: Callable[[], float] = time.time,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        assert source.pull is not None  # noqa: S101 - no other source has a vendor to ask
        self._source = source
        self._pull: Pull = source.pull
        self._secrets = RotatedSecrets("/try", lambda: Store(lambda name: (credentials[name],)))
        self._send = send
        self._stream = stream
        self._clock = clock
        self._sleep = sleep
        self._requests = RequestLog(source.pull.rate)
        self.tokens: dict[str, Token] = {}
        """What the vendor has handed out for the credentials."""

    def ask(self, key: StreamKey, stream: Stream) -> PageTrial:
        """Ask for the first page that a first run would ask for, and for some of its items' answers."""
        now = math.floor(self._clock())
        queue, bucket, stored = Queue(), KeptReasons(), Positions()
        vendor = WatchedVendor(self._pull.credentials.type, self._send, self._stream, lambda: stored.after is not None)
        deadline = Deadline()
        deadline.begin(SimpleNamespace(get_remaining_time_in_millis=lambda: _SECONDS * 1_000))
        client = self._client(vendor, deadline)
        claims = Claims(self._source, "positions", stored.table, _SECONDS, lambda: now, deadline, required=True)
        delivery = PageDelivery(self._source, Outbox("queue", queue), KeptBucket("kept", lambda: bucket), claims)
        pages = PageReader(self._source, self._pull, key, client, delivery, deadline, "try", lambda: now)
        table = PositionTable("positions", stored.table, "try", lambda: now)
        before, time_range = _first_position(stream, now)
        table.write_position(f"position#{key}", before, 0)
        stored.after = None
        outcome, words = _read(
            StreamReader(stream, pages, delivery, table, lambda: now), f"position#{key}", vendor, pages
        )
        decision = _decision(stream, vendor) if outcome == "read" else _Decision(None, 0)
        return PageTrial(
            key,
            before,
            time_range,
            outcome,
            words,
            vendor,
            tuple(json.loads(body) for body in queue.bodies),
            tuple(bucket.reasons),
            pages.counts["dropped"],
            stored.after,
            *decision,
        )

    def _client(self, vendor: WatchedVendor, deadline: Deadline) -> ApiClient:
        return ApiClient(
            vendor.credentials(self._pull.credentials.settings),
            self._pull.errors,
            self._secrets,
            vendor.send,
            self._requests,
            deadline,
            self.tokens,
            self._clock,
            self._sleep,
            vendor.stream,
        )


class _Decision(NamedTuple):
    next_token: str | None
    items: int


def _first_position(stream: Stream, now: int) -> tuple[dict[str, Any], tuple[int, int | None]]:
    """Return the position from which a first run reads a stream, and the time that it asks for."""
    if stream.resume == "paging":
        since = now - stream.window.first
        return {"since": since}, (since, None)
    position = first_position(stream.window, now)
    time_slice = next_slice(position, stream.window, now)
    return position_fields(position), (position.start, time_slice.end if time_slice else None)


def _read(reader: StreamReader, name: str, vendor: WatchedVendor, pages: PageReader) -> tuple[Outcome, str]:
    """Read a page, and return what came of it, and why it was no more."""
    try:
        vendor.begin_preparing()
        pages.prepare()
        vendor.begin_page()
        reader.read(name)
    except EnoughRead as enough:
        return "read", str(enough)
    except RunEnds as ends:
        return "waits", str(ends)
    except StreamSkipped as skipped:
        return "skipped", str(skipped)
    except Refused as refused:
        return "refused", str(refused)
    except StreamFailed as failed:
        return "failed", str(failed)
    return "read", ""


def _decision(stream: Stream, vendor: WatchedVendor) -> _Decision:
    """Return where the next page is, by the page that was read, and how much is in it."""
    pages = vendor.answered("page")
    if not pages or pages[-1].answer is None:
        return _Decision(None, 0)
    request, style, settings = pages[-1].request, stream.paging.style, stream.paging.settings
    try:
        page = read_answer(pages[-1].answer, stream.format)
        root = page if stream.format == "json" else replace(page, root=all_rows(page))
        items = root.find(str(stream.each.of if stream.each else stream.events.split or "@"))
        size = len(items) if isinstance(items, list) else 0
        return _Decision(style.next_token(settings, Page(request.url, page.find, page.header, size, None)), size)
    except (AnswerUnreadable, PagingError):  # a rule says that it means that nothing is there
        return _Decision(None, 0)
