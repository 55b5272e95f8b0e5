"""Send messages into the Firehose stream that writes them as lines into objects of a bucket: `delivery: {s3: …}`.

Firehose puts what came in a minute, or 16 MB of it, into one object, compressed. A record that it does not take is put
as an object of its own.
"""

from __future__ import annotations

import gzip
import hashlib
import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from lambdas.delivering.envelope import OBJECTS_PREFIX
from lambdas.delivering.object_store import ObjectStore
from lambdas.delivering.outbox import Outbox, Progress, QueueUnavailable
from lambdas.model import Source
from lambdas.runtime.aws import client
from lambdas.runtime.aws_errors import AWS_ERRORS, Unconfirmed, call_aws, error_code, list_field
from lambdas.runtime.batches import in_sized_batches
from lambdas.runtime.deadline import Deadline

# https://docs.aws.amazon.com/firehose/latest/APIReference/API_PutRecordBatch.html
MAX_RECORDS, MAX_CALL = 500, 4 * 1_048_576
MAX_RECORD = 1_000 * 1_024
"""Bytes of a record: https://docs.aws.amazon.com/firehose/latest/dev/limits.html"""
GZIP_TYPE = "application/gzip"


class StreamOutbox(Outbox):
    """Sends messages in as few calls as Firehose allows, one record for each."""

    def __init__(
        self,
        source: str,
        stream: str,
        client: Any,
        bucket: ObjectStore,
        sleep: Callable[[float], None] = time.sleep,
        deadline: Deadline | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        super().__init__(stream, client, sleep, deadline)
        self._source = source
        self._bucket = bucket
        self._clock = clock

    def takes_others(self, undelivered: Sequence[bytes]) -> bool:
        """Return whether the stream may take messages: it is not asked about those that are too large for it."""
        return all(_is_too_large(body) for body in undelivered)

    def _batches(self, bodies: Sequence[bytes]) -> Iterator[list[int]]:
        """Yield what goes into the stream first, so that nothing in it waits for an object that S3 does not take."""
        too_large = [index for index, body in enumerate(bodies) if _is_too_large(body)]
        records = [index for index, body in enumerate(bodies) if not _is_too_large(body)]
        yield from in_sized_batches(records, MAX_RECORDS, max_size=MAX_CALL, size=lambda index: len(bodies[index]) + 1)
        yield from ([index] for index in too_large)

    def _send_batch(self, progress: Progress, indexes: list[int]) -> None:
        lines = {index: progress.bodies[index] + b"\n" for index in indexes}
        try:
            self._deadline.require(1 + progress.calls_after)
            if _is_too_large(progress.bodies[indexes[0]]):
                self._put_object(progress, *lines.popitem())
            else:
                self._put_records(progress, lines)
        except AWS_ERRORS as error:
            raise QueueUnavailable(error_code(error)) from error

    def _put_object(self, progress: Progress, index: int, line: bytes) -> None:
        self._bucket.put(self._key(line), gzip.compress(line, mtime=0), GZIP_TYPE)
        progress.delivered.add(index)

    def _put_records(self, progress: Progress, records: Mapping[int, bytes]) -> None:
        """Hand records to the stream; a call may succeed in part, and its answer has a result for each record.

        Unconfirmed where the answer omits some: another try might write these twice.
        """
        put, data = self._client.put_record_batch, [{"Data": record} for record in records.values()]
        results = list_field(call_aws(put, DeliveryStreamName=self._destination, Records=data), "RequestResponses")
        if len(results) != len(records):
            raise Unconfirmed
        for index, result in zip(records, results, strict=True):
            if result.get("RecordId") and not result.get("ErrorCode"):
                progress.delivered.add(index)
        if not all(result.get("RecordId") or result.get("ErrorCode") for result in results):
            raise Unconfirmed

    def _key(self, line: bytes) -> str:
        hour = time.strftime("%Y/%m/%d/%H", time.gmtime(self._clock()))
        return f"{OBJECTS_PREFIX}/{self._source}/{hour}/{hashlib.sha256(line).hexdigest()}.json.gz"


def _is_too_large(body: bytes) -> bool:
    return len(body) + 1 > MAX_RECORD


def stream_outbox_from_environ(
    source: Source, deadline: Deadline, environ: Mapping[str, str] = os.environ
) -> StreamOutbox:
    """Return the outbox of a source in its stack's stream and bucket."""
    bucket = ObjectStore(environ["OBJECTS_BUCKET"], lambda: client("s3"), deadline)
    return StreamOutbox(source.name, environ["EVENTS_STREAM"], client("firehose"), bucket, deadline=deadline)
