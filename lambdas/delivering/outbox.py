"""Send messages to the Events queue: in batches, with retries, and with a record of what SQS did not take."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from lambdas.runtime.aws_errors import AWS_ERRORS, Unconfirmed, call_aws, error_code, list_field
from lambdas.runtime.batches import in_sized_batches
from lambdas.runtime.deadline import Deadline
from lambdas.shaping.event import MAX_MESSAGE

MAX_ENTRIES = 10
PAUSES = (0.05, 0.2)
"""Seconds before each further try of what the queue did not take; boto3 has tried twice before."""

_CONTENT_ERRORS = ("InvalidMessageContents", "AWS.SimpleQueueService.BatchRequestTooLong", "BatchRequestTooLong")
"""SQS's codes for a request that it will never take: no retry can help."""


class QueueUnavailable(Exception):  # noqa: N818 - it names the outcome
    """The queue, or the stream in its place, did not take every message, and may later."""


class Undelivered(NamedTuple):
    """The indexes of messages that the queue did not take and may take later, and the reason."""

    indexes: list[int]
    reason: str = ""


class Outbox:
    """Sends messages in as few calls as SQS allows."""

    def __init__(
        self,
        destination: str,
        client: Any,
        sleep: Callable[[float], None] = time.sleep,
        deadline: Deadline | None = None,
    ) -> None:
        self._destination = destination
        self._client = client
        self._sleep = sleep
        self._deadline = deadline or Deadline()

    def send(self, bodies: Sequence[bytes], calls_after: int = 1) -> tuple[dict[int, str], Undelivered]:
        """Send all messages; return those that SQS never takes, by index with SQS's code, and those it may take later.

        No call begins unless there is time for `calls_after` more, which store what the queue did not take.
        """
        progress = Progress(bodies, calls_after)
        for batch in self._batches(bodies):
            try:
                self._send(progress, batch)
            except QueueUnavailable as error:
                return progress.rejected_by_sqs, Undelivered(progress.undelivered(range(len(bodies))), str(error))
        return progress.rejected_by_sqs, Undelivered([])

    def takes_others(self, undelivered: Sequence[bytes]) -> bool:
        """Return whether other messages may be delivered now, where these are not."""
        return not undelivered

    def _batches(self, bodies: Sequence[bytes]) -> Iterator[list[int]]:
        """Yield the indexes of the messages that fit into one call."""
        indexes = range(len(bodies))
        return in_sized_batches(indexes, MAX_ENTRIES, max_size=MAX_MESSAGE, size=lambda index: len(bodies[index]))

    def _send(self, progress: Progress, batch: list[int]) -> None:
        for pause in (*PAUSES, None):
            self._send_batch(progress, batch)
            if not (batch := progress.undelivered(batch)):
                return
            if pause is None:
                raise QueueUnavailable(f"{len(batch)} message{'s were' if len(batch) > 1 else ' was'} not taken")
            self._sleep(pause)

    def _send_batch(self, progress: Progress, indexes: list[int]) -> None:
        batch = [{"Id": str(index), "MessageBody": progress.bodies[index].decode()} for index in indexes]
        try:
            # What SQS never takes is kept apart from what waits, which takes another call.
            self._deadline.require(1 + progress.calls_after + bool(progress.rejected_by_sqs))
            answer = call_aws(self._client.send_message_batch, QueueUrl=self._destination, Entries=batch)
            _record(progress, indexes, answer)
        except AWS_ERRORS as error:
            if error_code(error) not in _CONTENT_ERRORS:
                raise QueueUnavailable(error_code(error)) from error
            if len(indexes) == 1:
                progress.rejected_by_sqs[indexes[0]] = error_code(error)
                return
            # SQS rejects the batch for one message: sent one by one, the others arrive.
            for index in indexes:
                self._send_batch(progress, [index])


class Progress:
    """Which messages of a `send` are delivered, and which SQS rejected for good."""

    def __init__(self, bodies: Sequence[bytes], calls_after: int) -> None:
        self.bodies = bodies
        self.calls_after = calls_after
        self.rejected_by_sqs: dict[int, str] = {}
        self.delivered: set[int] = set()

    def undelivered(self, indexes: Iterable[int]) -> list[int]:
        """Return the indexes whose messages are neither on the queue nor rejected for good."""
        return [index for index in indexes if index not in self.delivered and index not in self.rejected_by_sqs]


def _record(progress: Progress, indexes: Sequence[int], answer: Mapping[str, Any]) -> None:
    """Record an answer: only a message that it names as successful, exactly once, was delivered.

    A call may succeed in part. Unconfirmed where the answer omits some: another try might send these twice.
    https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessageBatch.html
    """
    successful = Counter(str(entry.get("Id")) for entry in list_field(answer, "Successful"))
    failed = {str(entry.get("Id")): entry for entry in list_field(answer, "Failed")}
    for index in indexes:
        if failure := failed.get(str(index)):
            if failure.get("SenderFault"):
                progress.rejected_by_sqs[index] = str(failure.get("Code"))
        elif successful[str(index)] == 1:
            progress.delivered.add(index)
    if any(str(index) not in failed for index in progress.undelivered(indexes)):
        raise Unconfirmed
