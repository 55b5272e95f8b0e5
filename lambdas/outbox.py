"""The way to the Events queue."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

from lambdas.faults import FAULTS, told
from lambdas.oversize import MAX_MESSAGE

MAX_ENTRIES = 10
PAUSES = (0.05, 0.2)
"""Seconds before each further try of what the queue would not take; boto3 has tried twice before."""

_CONTENT = ("InvalidMessageContents", "AWS.SimpleQueueService.BatchRequestTooLong", "BatchRequestTooLong")
"""What SQS says of a request that it will never take: to try it again is to try it for ever."""


class QueueDown(Exception):  # noqa: N818 - it names the outcome
    """The queue did not take everything, and may later."""


class Left(NamedTuple):
    """The places of messages that the queue did not take, and may later; and why it did not."""

    places: list[int]
    why: str = ""


class Outbox:
    """Sends messages in as few calls as SQS allows."""

    def __init__(self, queue_url: str, client: Any, sleep: Callable[[float], None] = time.sleep) -> None:
        self._queue_url = queue_url
        self._client = client
        self._sleep = sleep

    def send(self, bodies: Sequence[bytes]) -> tuple[dict[int, str], Left]:
        """Send all; return the places of those that SQS will never take, with its code, and of those it may take later.

        A call may succeed in part: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessageBatch.html
        """
        refused: dict[int, str] = {}
        done: set[int] = set()
        for batch in batches(bodies):
            try:
                self._send(bodies, batch, refused, done)
            except QueueDown as down:
                places = [place for place in range(len(bodies)) if place not in done and place not in refused]
                return refused, Left(places, str(down))
        return refused, Left([])

    def _send(self, bodies: Sequence[bytes], batch: list[int], refused: dict[int, str], done: set[int]) -> None:
        waiting = batch
        for pause in (*PAUSES, None):
            waiting = self._try(bodies, waiting, refused, done)
            if not waiting:
                return
            if pause is None:
                raise QueueDown(f"{len(waiting)} messages were not taken")
            self._sleep(pause)

    def _try(self, bodies: Sequence[bytes], places: list[int], refused: dict[int, str], done: set[int]) -> list[int]:
        entries = [{"Id": str(place), "MessageBody": bodies[place].decode()} for place in places]
        try:
            result = self._client.send_message_batch(QueueUrl=self._queue_url, Entries=entries)
        except FAULTS as error:
            if told(error) not in _CONTENT:
                raise QueueDown(told(error)) from error
            if len(places) > 1:
                # One of them is what SQS refuses: each for itself, and the others arrive.
                return [left for place in places for left in self._try(bodies, [place], refused, done)]
            refused[places[0]] = told(error)
            return []
        again = []
        for failed in result.get("Failed", ()):
            if failed.get("SenderFault"):
                refused[int(failed["Id"])] = str(failed.get("Code"))
            else:
                again.append(int(failed["Id"]))
        done.update(place for place in places if place not in again and place not in refused)
        return again


def batches(bodies: Sequence[bytes]) -> Iterator[list[int]]:
    """The places of the bodies, in runs of at most 10 entries and 1 MiB."""
    batch: list[int] = []
    size = 0
    for place, body in enumerate(bodies):
        if batch and (len(batch) == MAX_ENTRIES or size + len(body) > MAX_MESSAGE):
            yield batch
            batch, size = [], 0
        batch.append(place)
        size += len(body)
    if batch:
        yield batch
