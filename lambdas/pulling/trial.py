"""Try whether a vendor can be asked: the next page of each stream, of which nothing is sent, kept or remembered."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from lambdas.delivering.result import Delivered
from lambdas.pulling.page_delivery import PageDelivery
from lambdas.pulling.parts import StreamKey, key_of
from lambdas.pulling.position_table import PositionTable, Stored
from lambdas.reading.request import Request
from lambdas.runtime.log import log

if TYPE_CHECKING:
    from lambdas.pulling.runner import RunReport

MAX_EVENTS = 1_000
"""Events after which a page, which may be a file of a gigabyte, is read no further."""


class TrialEnds(Exception):  # noqa: N818 - it names the outcome
    """A page is read, or enough of it."""


class TrialDelivery(PageDelivery):
    """Counts the events that it is to deliver, by their stream. Of `each`, it wants the answer of one item."""

    def __init__(self) -> None:
        # Nothing of what the other has is here: neither a queue, nor a bucket, nor claims.
        self.events: Counter[str] = Counter()
        self._streams_with_items: set[str] = set()

    def begin_slice(self, counts: Mapping[str, int]) -> None:
        """Number nothing."""

    def page_counts(self) -> dict[str, int]:
        """Return nothing, since nothing is numbered."""
        return {}

    def deliver_part(self, request: Request) -> list[Delivered]:
        """Count the events of a part; TrialEnds where these are enough."""
        part = json.loads(request.body)
        key = str(key_of(part))
        self.events[key] += len(part["events"])
        if self.events[key] >= MAX_EVENTS:
            raise TrialEnds
        return []

    def skip_part(self, _name: str, _key: StreamKey, _request: Request) -> bool:
        """Return that no part is known."""
        return False

    def mark_part_done(self, _name: str) -> None:
        """Mark nothing."""

    def is_done(self, name: str) -> bool:
        """Return whether an item of the same stream was read before."""
        return name.partition("#each:")[0] in self._streams_with_items

    def mark_done(self, name: str) -> None:
        """Remember for this trial that an item of a stream was read."""
        self._streams_with_items.add(name.partition("#each:")[0])


class TrialTable(PositionTable):
    """Reads positions, and moves none: a stream that would be further now is done with."""

    def __init__(self, table: PositionTable) -> None:
        self._positions = table

    def position(self, name: str) -> Stored:
        """Return a position."""
        return self._positions.position(name)

    def write_position(self, _name: str, _fields: Mapping[str, Any], _version: int) -> int:
        """Raise TrialEnds."""
        raise TrialEnds


def trial_answer(report: RunReport) -> dict[str, Any]:
    """Return what a trial found, in counts and words alone."""
    return {
        "outcome": report.outcome,
        "requests": report.requests,
        "streams": dict(report.tried or {}),
        "failures": report.failures,
        "refused": sorted(report.refused),
        "notes": report.notes,
        "ended": report.ended,
    }


def log_trial(report: RunReport, source: str, now: float) -> None:
    """Write one line for a trial. It has no metrics: no alarm is about it."""
    fields = {name: value for name, value in trial_answer(report).items() if value}
    log("WARN" if report.failures else "INFO", "try", now, source=source, **fields)
