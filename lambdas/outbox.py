"""The way to the Events queue."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from lambdas.batches import batches
from lambdas.deadline import Deadline
from lambdas.faults import FAULTS, Unconfirmed, call, entries, told
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

    def __init__(
        self,
        queue_url: str,
        client: Any,
        sleep: Callable[[float], None] = time.sleep,
        deadline: Deadline | None = None,
    ) -> None:
        self._queue_url = queue_url
        self._client = client
        self._sleep = sleep
        self._deadline = deadline or Deadline()

    def send(self, bodies: Sequence[bytes], keeping: int = 1) -> tuple[dict[int, str], Left]:
        """Send all; return the places of those that SQS will never take, with its code, and of those it may take later.

        No call is begun that might leave no time for `keeping` more, which store what the queue has not.
        """
        sending = _Sending(bodies, keeping)
        for batch in batches(range(len(bodies)), MAX_ENTRIES, room=MAX_MESSAGE, size=lambda place: len(bodies[place])):
            try:
                self._send(sending, batch)
            except QueueDown as down:
                return sending.refused, Left(sending.left(range(len(bodies))), str(down))
        return sending.refused, Left([])

    def _send(self, sending: _Sending, batch: list[int]) -> None:
        for pause in (*PAUSES, None):
            self._try(sending, batch)
            if not (batch := sending.left(batch)):
                return
            if pause is None:
                raise QueueDown(f"{len(batch)} messages were not taken")
            self._sleep(pause)

    def _try(self, sending: _Sending, places: list[int]) -> None:
        batch = [{"Id": str(place), "MessageBody": sending.bodies[place].decode()} for place in places]
        try:
            # What SQS never takes is kept apart from what waits: by another call.
            self._deadline.require(1 + sending.keeping + bool(sending.refused))
            sending.settle(places, call(self._client.send_message_batch, QueueUrl=self._queue_url, Entries=batch))
        except FAULTS as error:
            if told(error) not in _CONTENT:
                raise QueueDown(told(error)) from error
            if len(places) == 1:
                sending.refused[places[0]] = told(error)
                return
            # One of them is what SQS refuses: each for itself, and the others arrive.
            for place in places:
                self._try(sending, [place])


class _Sending:
    """What has become of the messages of a `send` so far."""

    def __init__(self, bodies: Sequence[bytes], keeping: int) -> None:
        self.bodies = bodies
        self.keeping = keeping
        self.refused: dict[int, str] = {}
        self._sent: set[int] = set()

    def left(self, places: Iterable[int]) -> list[int]:
        """Those of the places whose messages are neither on the queue nor refused for good."""
        return [place for place in places if place not in self._sent and place not in self.refused]

    def settle(self, places: Sequence[int], result: Mapping[str, Any]) -> None:
        """Take note of an answer: only what it names as successful was sent, and once alone.

        A call may succeed in part; Unconfirmed where nothing is known of some: to try again might send these twice.
        https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessageBatch.html
        """
        successful = Counter(str(entry.get("Id")) for entry in entries(result, "Successful"))
        failed = {str(entry.get("Id")): entry for entry in entries(result, "Failed")}
        for place in places:
            if fault := failed.get(str(place)):
                if fault.get("SenderFault"):
                    self.refused[place] = str(fault.get("Code"))
            elif successful[str(place)] == 1:
                self._sent.add(place)
        if any(str(place) not in failed for place in self.left(places)):
            raise Unconfirmed
