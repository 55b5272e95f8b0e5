"""What becomes of an authentic request: messages on the queue, or objects in the bucket with the reason why not."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from lambdas.shaping.message import RejectedEvent


class KeptBucketUnavailable(Exception):  # noqa: N818 - it names the outcome
    """The Kept bucket did not take what had to be kept."""


class EventsInFlight(Exception):  # noqa: N818 - it names the outcome
    """Another request is sending the same events, and may fail: the vendor is to ask again."""

    def __init__(self, why: str, delivered: Delivered) -> None:
        super().__init__(why)
        self.delivered = delivered


class Delivered(NamedTuple):
    """How many messages are on the queue, how many wait in the bucket until it takes them, and which can be none."""

    sent: int
    unsent: int
    refusals: list[RejectedEvent]
    lag: float = 0.0
    """Seconds from the oldest event to its receipt, where it came late."""
    drift: Sequence[tuple[str, ...]] = ()
    """What the source's JSON Schemas do not know of events that became messages, of each that has such."""
    duplicates: int = 0
    """Messages that had been sent before, and were not sent again."""
    unclaimed: int = 0
    """Messages of which the table of `dedupe` does not know that they were sent."""
    pending: int = 0
    """Messages that another request is sending."""
