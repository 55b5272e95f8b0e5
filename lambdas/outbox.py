"""The way to the Events queue."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from lambdas.faults import FAULTS, told
from lambdas.oversize import MAX_MESSAGE

MAX_ENTRIES = 10
PAUSES = (0.05, 0.2)
"""Seconds before each further try of what the queue would not take; boto3 has tried twice before."""

_CONTENT = ("InvalidMessageContents", "AWS.SimpleQueueService.BatchRequestTooLong", "BatchRequestTooLong")
"""What SQS says of a request that it will never take: to try it again is to try it for ever."""


class QueueDown(Exception):  # noqa: N818 - it names the outcome
    """The queue did not take everything, and may later."""


class Outbox:
    """Sends messages in as few calls as SQS allows."""

    def __init__(self, queue_url: str, client: Any, sleep: Callable[[float], None] = time.sleep) -> None:
        self._queue_url = queue_url
        self._client = client
        self._sleep = sleep

    def send(self, bodies: Sequence[bytes]) -> dict[int, str]:
        """Send all; return the places of those that SQS will never take, with its code. QueueDown for the rest.

        A call may succeed in part: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessageBatch.html
        """
        refused: dict[int, str] = {}
        for batch in batches(bodies):
            waiting = batch
            for pause in (*PAUSES, None):
                waiting = self._try(bodies, waiting, refused)
                if not waiting:
                    break
                if pause is None:
                    raise QueueDown(f"{len(waiting)} messages were not taken")
                self._sleep(pause)
        return refused

    def _try(self, bodies: Sequence[bytes], places: list[int], refused: dict[int, str]) -> list[int]:
        entries = [{"Id": str(place), "MessageBody": bodies[place].decode()} for place in places]
        try:
            result = self._client.send_message_batch(QueueUrl=self._queue_url, Entries=entries)
        except FAULTS as error:
            if told(error) not in _CONTENT:
                raise QueueDown(told(error)) from error
            if len(places) > 1:
                # One of them is what SQS refuses: each for itself, and the others arrive.
                return [left for place in places for left in self._try(bodies, [place], refused)]
            refused[places[0]] = told(error)
            return []
        again = []
        for failed in result.get("Failed", ()):
            if failed.get("SenderFault"):
                refused[int(failed["Id"])] = str(failed.get("Code"))
            else:
                again.append(int(failed["Id"]))
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
