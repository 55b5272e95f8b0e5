"""Send each event once: claims in a DynamoDB table that the functions of a source share.

Whatever is wrong with the table, events go through: one that comes twice is better than one that never does.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from lambdas.delivering.claim_names import claim_names
from lambdas.delivering.claim_table import (
    MAX_CLAIMS,
    MAX_READS,
    MAX_WRITES,
    QUICK,
    ClaimTable,
    PendingClaim,
    completion,
    held_by_others,
    release,
)
from lambdas.delivering.result import Delivered
from lambdas.model import Source
from lambdas.runtime.aws import client
from lambdas.runtime.aws_errors import AWS_ERRORS, error_code
from lambdas.runtime.batches import in_batches
from lambdas.runtime.deadline import Deadline
from lambdas.runtime.log import log
from lambdas.shaping.event import Message

MAX_HOURS = 168
"""Hours for which the claims of a pulled source are kept: so long, no event that is read again is sent again."""


class ClaimsUnavailable(Exception):  # noqa: N818 - it names the outcome
    """The table can't say what was sent, and events of a pulled source wait for it: nobody else waits for them."""


_Send = Callable[[Sequence[Message], set[int]], Delivered]


class _ClaimResult(NamedTuple):
    """The names that are claimed now, and those that others hold: True where the message is sent."""

    claimed: set[str]
    held_by_others: dict[str, bool]


class Claims:
    """The claims of a source's events."""

    def __init__(
        self,
        source: Source,
        table: str,
        dynamodb: Any,
        lease: float,
        clock: Callable[[], float] = time.time,
        deadline: Deadline | None = None,
        *,
        required: bool = False,
    ) -> None:
        """`lease` is in seconds, and longer than a function may run: the holder of an older claim is dead.

        `required`: no event goes through unclaimed, ClaimsUnavailable instead; and claims are read before they are
        written, which costs a tenth where most events were sent before.
        """
        self._transform_may_multiply = source.transform is not None
        self._window = (source.dedupe.window if source.dedupe else MAX_HOURS) * 3_600
        self._required = required
        self._table = ClaimTable(table, dynamodb, deadline or Deadline())
        self._lease = lease
        self._clock = clock

    def send_unclaimed(self, messages: Sequence[Message], send: _Send, calls_after: int = 0) -> Delivered:
        """Send the messages that nobody has sent and nobody else is sending.

        `send` adds the indexes of its messages that are on the queue, or kept for it, to the set that it gets. The
        claims of all others are released, even if it fails. There is time left for `calls_after` calls to AWS.
        """
        names = self._names(messages)
        first_index: dict[str, int] = {}
        for index, name in enumerate(names):
            first_index.setdefault(name, index)
        # Claim only while there is time to send, to store what the queue does not take, and for the calls after.
        calls_after += 1
        sent_before = self.done([name for name in first_index if name]) if self._required else set()
        claimed, held_by_others = self._claim(
            [name for name in first_index if name and name not in sent_before], calls_after
        )
        held_by_others.update(dict.fromkeys(sent_before, True))
        unclaimed = [
            index
            for index, name in enumerate(names)
            if not name or (first_index[name] == index and name not in held_by_others)
        ]
        settled: set[int] = set()
        try:
            delivered = send([messages[index] for index in unclaimed], settled)
        finally:
            is_sent = {
                names[index]: position in settled for position, index in enumerate(unclaimed) if names[index] in claimed
            }
            uncompleted = self._complete_or_release(is_sent, calls_after)
        pending = sum(not held_by_others.get(name, True) for name in names)
        return delivered._replace(
            duplicates=len(messages) - len(unclaimed) - pending,
            unclaimed=sum(bool(names[index]) for index in unclaimed) - len(is_sent) + uncompleted,
            pending=pending,
        )

    def already_sent(self, messages: Sequence[Message]) -> set[int]:
        """Return the indexes of messages that have been sent, without claiming any."""
        names = self._names(messages)
        sent_names = self.done([name for name in names if name])
        return {index for index, name in enumerate(names) if name in sent_names}

    def done(self, names: Iterable[str]) -> set[str]:
        """Return those of the names whose claims are done, without claiming any."""
        done_names: set[str] = set()
        try:
            for batch in in_batches(sorted(set(names)), MAX_READS):
                items = self._table.read(batch)
                done = {item["id"]["S"]: float(item["expires"]["N"]) for item in items if self._is_done(item)}
                done_names.update(done)
                if self._required:
                    self._prolong(done)
        except AWS_ERRORS as error:
            self._fail(error)
        return done_names

    def _prolong(self, expires: Mapping[str, float]) -> None:
        """Prolong claims that end soon: what is read again and again must not be sent again once a week.

        What fails is prolonged when it is read again.
        """
        soon = self._clock() + self._window / 2
        self._complete_or_release({name: True for name, at in expires.items() if at < soon}, calls_after=0)

    def mark_done(self, names: Iterable[str]) -> None:
        """Write claims that are done at once; ClaimsUnavailable where that fails."""
        if self._complete_or_release(dict.fromkeys(names, True), calls_after=0):
            raise ClaimsUnavailable("not every claim was written")

    def _names(self, messages: Sequence[Message]) -> list[str]:
        return list(claim_names(messages, transform_may_multiply=self._transform_may_multiply))

    def _is_done(self, item: Mapping[str, Any]) -> bool:
        return "held_until" not in item and float(item["expires"]["N"]) >= self._clock()

    def _claim(self, names: Sequence[str], calls_after: int) -> _ClaimResult:
        """Claim as many names as possible; after a fault no more are claimed, and their events go through unclaimed."""
        result = _ClaimResult(set(), {})
        holder = os.urandom(16).hex()
        for batch in in_batches(names, MAX_CLAIMS):
            remaining = batch
            while remaining:
                try:
                    now = self._clock()
                    pending = PendingClaim(holder, now + self._lease, now + self._window)
                    self._table.claim(remaining, pending, now, calls_after)
                except AWS_ERRORS as error:
                    held = held_by_others(error, remaining)
                    if not held:
                        self._fail(error)
                        return result
                    # A transaction claims all or none, so claim the others without those that are held.
                    result.held_by_others.update(held)
                    remaining = [name for name in remaining if name not in held]
                else:
                    result.claimed.update(remaining)
                    break
        return result

    def _complete_or_release(self, is_sent: Mapping[str, bool], calls_after: int) -> int:
        """Complete the claims of sent messages and release the others; return how many may have failed.

        Those remain ours until their lease ends.
        """
        expires = self._clock() + self._window
        writes = [completion(name, expires) if sent else release(name) for name, sent in is_sent.items()]
        remaining = len(writes)
        try:
            for batch in in_batches(writes, MAX_WRITES):
                if not self._table.write(batch, calls_after):
                    break
                remaining -= len(batch)
        except AWS_ERRORS as error:
            self._log_failure(error)
        return remaining

    def _fail(self, error: Exception) -> None:
        self._log_failure(error)
        if self._required:
            raise ClaimsUnavailable(error_code(error)) from error

    def _log_failure(self, error: Exception) -> None:
        log("WARN", "the table of dedupe failed", self._clock(), why=error_code(error))


def claims_from_environ(source: Source, deadline: Deadline, environ: Mapping[str, str] = os.environ) -> Claims:
    """Return the claims of a source in the table of its stack."""
    table, lease = environ["DEDUPE_TABLE"], float(environ["DEDUPE_LEASE"])
    return Claims(source, table, client("dynamodb", QUICK), lease, deadline=deadline)
