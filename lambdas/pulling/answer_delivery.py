"""Deliver the events of a stream's answers: of a whole answer at once, of NDJSON and CSV as their rows come."""

from __future__ import annotations

import hashlib
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import replace
from itertools import chain
from typing import Any

from lambdas.delivering.dedupe import ClaimsUnavailable
from lambdas.delivering.outbox import QueueUnavailable
from lambdas.delivering.result import Delivered, EventsInFlight, KeptBucketUnavailable
from lambdas.model import Source
from lambdas.model_pull import Stream
from lambdas.pulling.answers import AnswerPage
from lambdas.pulling.outcomes import RunEnds, StreamFailed
from lambdas.pulling.page_delivery import PageDelivery
from lambdas.pulling.parts import StreamKey, cut
from lambdas.pulling.rated_sender import DELIVERY_SECONDS
from lambdas.reading.body import Rejected
from lambdas.reading.intake import Intake
from lambdas.reading.masking import mask_fields
from lambdas.reading.paths import CompiledPath, Functions, compile_path
from lambdas.reading.request import Request
from lambdas.runtime.deadline import Deadline

_UNDELIVERED = (ClaimsUnavailable, EventsInFlight, KeptBucketUnavailable, QueueUnavailable)


class AnswerDelivery:
    """Delivers the events of a stream, or of a value of its `for`, in one run. RunEnds where its time is over."""

    def __init__(
        self,
        source: Source,
        stream: Stream,
        key: StreamKey,
        delivery: PageDelivery,
        deadline: Deadline,
        run: str,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._stream = stream
        self._key = key
        self._delivery = delivery
        self._deadline = deadline
        self._run = run
        self._clock = clock
        self._split = compile_path(stream.events.split or "@")
        self._drop = compile_path(source.drop) if source.drop else None
        self.counts: Counter[str] = Counter()
        """What became of the events: sent, unsent, kept, duplicates, dropped; and parts that were known."""

    def is_done(self, name: str) -> bool:
        """Return whether something was marked as done within the time for which claims are kept."""
        with _undelivered_fails():
            return self._delivery.is_done(name)

    def mark_done(self, name: str) -> None:
        """Mark something as done."""
        with _undelivered_fails():
            self._delivery.mark_done(name)

    def begin_answer(self) -> None:
        """Number equal events that have no id anew."""
        self._delivery.begin_slice({})

    def items(self, root: Any, path: str | None = None) -> list[Any]:
        """Return the list of events, or that at a path. An answer without it is no page, however well it is meant."""
        items = self.find(self._split if path is None else compile_path(path), root)
        if not isinstance(items, list):
            raise StreamFailed(f"the answer has no list at {path or self._stream.events.split}")
        return items

    def find(self, find: CompiledPath, value: Any) -> Any:
        """Return what a path finds; None where it can't be applied."""
        try:
            return find(value, Functions(Intake(value, 0.0, stream=self._key.name), value))
        except Rejected:
            return None

    def mask(self, root: Any) -> None:
        """Mask what is secret in an answer, in place."""
        mask_fields(root, self._stream.events.mask)

    def deliver(self, root: Any, parent: Any = None) -> None:
        """Deliver the events of an answer that was read as a whole."""
        items = self.items(root)
        self.mask(root)
        for part in self._cut(items, parent):
            self._deliver_part(part)

    def deliver_rows(self, answer: AnswerPage, seed: str, parent: Any = None) -> tuple[AnswerPage, int]:
        """Deliver rows as they come; return the answer with its first row and its last, and how many there are.

        `seed` says of which answer they are. The parts that an earlier run delivered, which had no time for them all,
        are known by a hash of everything up to their end.
        """
        content = hashlib.sha256(f"{self._key} {seed}".encode("utf-8", "surrogatepass"))
        first: list[Any] = []
        last: list[Any] = []
        size = 0
        for rows in chain([answer.root], answer.parts):
            size += len(rows)
            # Copies, since what is in the rows is masked before it is delivered.
            first, last = first or deepcopy(rows[:1]), deepcopy(rows[-1:])
            self.mask(rows)
            for part in self._cut(self._row_events(rows), parent):
                content.update(part.body)
                self._deliver_once(part, f"{self._key}#part:{content.hexdigest()}")
        return replace(answer, root=[*first, *last][:size]), size

    def _row_events(self, rows: list[Any]) -> list[Any]:
        """Return the events of rows: `split` sees a list of each row alone, since nobody has the list of all."""
        if self._stream.events.split in (None, "@"):
            return rows
        return [event for row in rows for event in self.items([row])]

    def _cut(self, items: Sequence[Any], parent: Any) -> Iterator[Request]:
        kept = [item for item in items if not self._is_dropped(item)]
        self.counts["dropped"] += len(items) - len(kept)
        for part in cut(self._key, kept, parent, self._run, self._clock()):
            if not self._deadline.allows_seconds(DELIVERY_SECONDS):
                raise RunEnds("its time is over")
            yield part

    def _deliver_once(self, part: Request, name: str) -> None:
        with _undelivered_fails():
            is_known = self._delivery.skip_part(name, self._key, part)
        if is_known:
            self.counts["parts_known"] += 1
        else:
            self._deliver_part(part)
            with _undelivered_fails():
                self._delivery.mark_part_done(name)

    def _deliver_part(self, part: Request) -> None:
        with _undelivered_fails():
            for delivered in self._delivery.deliver_part(part):
                self._count(delivered)

    def _count(self, delivered: Delivered) -> None:
        self.counts.update(
            sent=delivered.sent,
            unsent=delivered.unsent,
            kept=len(delivered.rejected_events),
            duplicates=delivered.duplicates,
            unarchived=delivered.unarchived,
        )
        if delivered.unclaimed:
            raise StreamFailed(f"the claims of {delivered.unclaimed} events were not written")

    def _is_dropped(self, item: Any) -> bool:
        return self._drop is not None and bool(self.find(self._drop, item))


@contextmanager
def _undelivered_fails() -> Iterator[None]:
    try:
        yield
    except _UNDELIVERED as error:
        raise StreamFailed(f"{type(error).__name__}: {error}") from error
