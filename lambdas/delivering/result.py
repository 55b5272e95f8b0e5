"""What a delivery returns or raises: counts of messages, or that an event is in flight or could not be kept."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from lambdas.shaping.event import RejectedEvent


class KeptBucketUnavailable(Exception):  # noqa: N818 - it names the outcome
    """The Kept bucket did not take an object that had to be kept."""


class EventsInFlight(Exception):  # noqa: N818 - it names the outcome
    """Another request is sending the same events, and may fail: the vendor has to send them again."""

    def __init__(self, reason: str, delivered: Delivered) -> None:
        super().__init__(reason)
        self.delivered = delivered


class Delivered(NamedTuple):
    """How many messages are on the queue, how many wait for it in the bucket, and which events were rejected."""

    sent: int
    unsent: int
    rejected_events: list[RejectedEvent]
    lag: float = 0.0
    """Seconds from the oldest event to its receipt, where it came late."""
    drift: Sequence[tuple[str, ...]] = ()
    """For each event that became a message and has any: its fields and values that the JSON Schemas do not know."""
    duplicates: int = 0
    """Messages that had been sent before, and were not sent again."""
    unclaimed: int = 0
    """Messages that were sent without a claim in the table of `dedupe`, or whose claim is not marked as done."""
    unarchived: int = 0
    """Requests of which the archive has no copy: this one, or none."""
    pending: int = 0
    """Messages that another request is sending."""
