"""A run of the puller: take the lease, read each stream as far as there is time and rate, and say how it went."""

from __future__ import annotations

import os
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from typing import Any, NamedTuple

from lambdas.credential_type import Token
from lambdas.model import Source
from lambdas.model_pull import Pull, Stream
from lambdas.pulling.api_client import ApiClient, Send, SendStream
from lambdas.pulling.fault_log import log_fault
from lambdas.pulling.outcomes import Refused, RunEnds, StreamFailed, StreamSkipped
from lambdas.pulling.page_delivery import PageDelivery
from lambdas.pulling.page_reader import PageReader
from lambdas.pulling.parts import StreamKey
from lambdas.pulling.position_table import LeaseHeld, PositionMoved, PositionTable, TableUnavailable
from lambdas.pulling.rate import RequestLog
from lambdas.pulling.rated_sender import MAX_WAIT
from lambdas.pulling.stream_reader import StreamReader
from lambdas.pulling.trial import TrialDelivery, TrialEnds, TrialTable
from lambdas.runtime.deadline import Deadline
from lambdas.runtime.rotated_secrets import RotatedSecrets

_TABLE = "the table"
"""What the failures of a run call the table, beside its streams."""
MAX_NOT_BEFORE = 2 * MAX_WAIT
"""Seconds of a wait that an earlier run asked for; a longer one is from a clock that was ahead."""


class RunReport(NamedTuple):
    """How a run went: `asked`, `failed`, `paused`, `waiting` for the vendor, or `busy` with another run."""

    outcome: str
    requests: int
    counts: Counter[str]
    failures: dict[str, str]
    """What went wrong, by stream."""
    behind: float
    """Seconds from what is read to now, of the stream that is furthest behind."""
    remaining: int | None
    """Requests that the vendor says are left."""
    notes: dict[str, str]
    """What people should know that is no failure, by stream."""
    refused: frozenset[str] = frozenset()
    """The streams among the failures to which the vendor did answer, and refused until somebody mends something."""
    tried: Mapping[str, int] | None = None
    """Of a trial, the events that a page had, by stream."""
    ended: str = ""
    """Why it ended before all was read."""


def _random_owner() -> str:
    return os.urandom(8).hex()


class Runner:
    """Runs of one function: tokens last from one to the next."""

    def __init__(
        self,
        source: Source,
        secrets: RotatedSecrets,
        send: Send,
        delivery: PageDelivery,
        table: Callable[[str], PositionTable],
        deadline: Deadline,
        clock: Callable[[], float] = time.time,
        sleep: Callable[[float], None] = time.sleep,
        make_owner: Callable[[], str] = _random_owner,
        stream: SendStream | None = None,
    ) -> None:
        """`table` makes a table for a run, by the name of its owner, which is also the `processid` of messages.

        Without `stream`, every answer is read as a whole.
        """
        assert source.pull is not None  # noqa: S101 - a puller is built for no other
        self._source = source
        self._pull: Pull = source.pull
        self._secrets = secrets
        self._send = send
        self._stream = stream
        self._delivery = delivery
        self._make_table = table
        self._deadline = deadline
        self._clock = clock
        self._sleep = sleep
        self._make_owner = make_owner
        self._tokens: dict[str, Token] = {}

    def run(self, seconds: float, *, trial: bool = False) -> RunReport:
        """Ask the vendor, within `seconds`, which are those of the function; as a `trial`, for a page of each stream.

        Of a trial, nothing is sent, and no position moves.
        """
        owner = self._make_owner()
        table = self._make_table(owner)
        try:
            lease = table.take_lease(seconds)
        except LeaseHeld:
            return _no_run("busy")
        except TableUnavailable as error:
            return _no_run("failed")._replace(failures={_TABLE: str(error)})
        now = self._clock()
        spent = [(int(lease.ended), self._pull.rate.requests)] if lease.spent is None else lease.spent
        requests = RequestLog(self._pull.rate, spent, now)
        client = self._client(requests)
        delivery, positions = (TrialDelivery(), TrialTable(table)) if trial else (self._delivery, table)
        run = _Run(self._source, self._pull, client, delivery, positions, self._deadline, owner, self._clock)
        outcome, not_before, ended = "", 0.0, ""
        try:
            control = table.control()
            if control.get("paused"):
                outcome = "paused"
            elif now < lease.not_before <= now + MAX_NOT_BEFORE:
                outcome, not_before = "waiting", lease.not_before
            elif isinstance(delivery, TrialDelivery):
                run.try_all(delivery)
            else:
                run.read_all(lease.turn, control.get("backfills") or [])
        except RunEnds as ends:
            not_before, ended = ends.not_before, str(ends)
        except Exception as error:  # noqa: BLE001 - a run that ends otherwise would be neither logged nor counted
            run.fail(_TABLE, error)
        try:
            table.release_lease(requests.spent(self._clock()), not_before)
        except TableUnavailable as error:
            run.fail(_TABLE, error)
        return run.report(requests, outcome)._replace(ended=ended)

    def _client(self, requests: RequestLog) -> ApiClient:
        pull = self._pull
        return ApiClient(
            pull.credentials,
            pull.errors,
            self._secrets,
            self._send,
            requests,
            self._deadline,
            self._tokens,
            self._clock,
            self._sleep,
            self._stream,
        )


class _Run:
    """One run: what it has read, and what went wrong."""

    def __init__(
        self,
        source: Source,
        pull: Pull,
        client: ApiClient,
        delivery: PageDelivery,
        table: PositionTable,
        deadline: Deadline,
        owner: str,
        clock: Callable[[], float],
    ) -> None:
        self._pull = pull
        self._client = client
        self._clock = clock
        self._failures: dict[str, str] = {}
        self._refused: set[str] = set()
        self._skipped: dict[str, str] = {}
        self._tried: dict[str, int] | None = None
        self._pages: dict[StreamKey, PageReader] = {}
        self._readers: dict[StreamKey, StreamReader] = {}
        for key, stream in stream_keys(pull):
            pages = PageReader(source, pull, key, client, delivery, deadline, owner, clock)
            self._pages[key] = pages
            self._readers[key] = StreamReader(stream, pages, delivery, table, clock)

    def read_all(self, turn: int, backfills: list[Any]) -> None:
        """Read each stream to the present, then what may have come late, then what people asked for."""
        keys = list(self._readers)
        first = turn % len(keys)
        keys = keys[first:] + keys[:first]  # so that none is always the last, for which there is no time
        for key in keys:
            self._try(key, StreamReader.read, f"position#{key}")
        for key in keys:
            self._try(key, StreamReader.look_again, f"again#{key}", f"position#{key}")
        for backfill in backfills:
            for key in keys:
                if backfill.get("stream") in (None, key.name, str(key)):
                    name = f"backfill#{backfill['id']}#{key}"
                    self._try(key, StreamReader.backfill, name, backfill["from"], backfill["to"])

    def try_all(self, delivery: TrialDelivery) -> None:
        """Ask for the next page of each stream."""
        self._tried = {}
        for key in self._readers:
            with suppress(TrialEnds):
                self._try(key, StreamReader.read, f"position#{key}")
            if str(key) not in self._failures and str(key) not in self._skipped:
                self._tried[str(key)] = delivery.events[str(key)] + self._pages[key].counts["dropped"]

    def _try(self, key: StreamKey, read: Callable[..., None], *arguments: Any) -> None:
        """Read something of a stream, unless that failed already in this run. A failure is none of other streams."""
        if str(key) in self._failures or str(key) in self._skipped:
            return
        try:
            read(self._readers[key], *arguments)
        except StreamSkipped as skipped:
            self._skipped[str(key)] = str(skipped)
        except (RunEnds, TrialEnds):
            raise
        except Exception as error:  # noqa: BLE001 - a fault of the framework's must not stop the other streams
            self.fail(str(key), error)

    def fail(self, name: str, error: Exception) -> None:
        """Report what went wrong with a stream, or with the table."""
        if isinstance(error, Refused):
            self._refused.add(name)
        if isinstance(error, PositionMoved):
            self._failures[name] = "somebody else has moved its position"
        elif isinstance(error, StreamFailed | TableUnavailable):
            self._failures[name] = str(error)
        else:
            self._failures[name] = f"a fault of the puller itself, {type(error).__name__}: its log says where"
            log_fault(error, self._clock())

    def report(self, requests: RequestLog, outcome: str = "") -> RunReport:
        """Return how it went; `outcome` says why nobody was asked."""
        counts: Counter[str] = Counter()
        for pages in self._pages.values():
            counts.update(pages.counts)
        behind = [reader.behind for reader in self._readers.values() if reader.behind is not None]
        forgotten = {str(key): reader.forgotten for key, reader in self._readers.items() if reader.forgotten}
        return RunReport(
            "failed" if self._failures else outcome or ("asked" if requests.total else "waiting"),
            requests.total,
            counts,
            self._failures,
            max(behind, default=0.0),
            self._client.remaining,
            {**self._skipped, **forgotten},
            frozenset(self._refused),
            self._tried,
        )


def stream_keys(pull: Pull) -> Iterator[tuple[StreamKey, Stream]]:
    """Yield what is read with a position of its own: each stream, or each value of its `for`."""
    for name, stream in pull.streams.items():
        for value in next(iter((stream.for_ or {"": ("",)}).values())):
            yield StreamKey(name, value), stream


def _no_run(outcome: str) -> RunReport:
    return RunReport(outcome, 0, Counter(), {}, 0.0, None, {})
