"""Archive accepted requests: a copy of each, through a Firehose stream into the bucket of the archive.

By then the events of a request are on the queue, or kept. Whatever is wrong with the archive, the answer is the same:
a request that has no copy is counted, and the log says why.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from botocore.config import Config

from lambdas.delivering.envelope import ARCHIVE_PREFIX, ENVELOPE_VERSION, WHOLE_BODY, headers_without_credentials
from lambdas.delivering.object_store import ObjectStore
from lambdas.delivering.result import Delivered
from lambdas.model import Source
from lambdas.reading.request import Request
from lambdas.runtime.aws import client
from lambdas.runtime.aws_errors import AWS_ERRORS, Unconfirmed, call_aws, error_code, list_field
from lambdas.runtime.deadline import Deadline
from lambdas.runtime.log import log
from lambdas.runtime.times import iso_time
from lambdas.shaping.event import RejectedEvent

MAX_RECORD = 1_000 * 1_024
"""Bytes of a record: https://docs.aws.amazon.com/firehose/latest/dev/limits.html"""
# A vendor waits some 3 seconds for the whole answer. What the stream does not take at once, the bucket does.
QUICK = Config(connect_timeout=0.5, read_timeout=0.5, retries={"mode": "standard", "total_max_attempts": 1})
PAUSE = 60.0
"""Seconds for which a stream that failed is not asked again."""


class ArchiveWriter:
    """Archives the requests of a source."""

    def __init__(
        self,
        source: str,
        secret_headers: Iterable[str],
        stream: str,
        firehose: Any,
        bucket: ObjectStore,
        deadline: Deadline | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._source = source
        self._secret_headers = tuple(secret_headers)
        self._stream = stream
        self._firehose = firehose
        self._bucket = bucket
        self._deadline = deadline or Deadline()
        self._clock = clock
        self._pause_ends = 0.0

    def add(self, request: Request, delivered: Delivered, rejected_events: Sequence[RejectedEvent]) -> Delivered:
        """Archive a request once what it brought is delivered; return what was delivered, with the count of no copy.

        There is a copy in the bucket of what is kept for a body that can't be read. Of a request that brought nothing
        new, the request that did has a copy.
        """
        unreadable = any(rejected.event_index == WHOLE_BODY for rejected in rejected_events)
        if unreadable or not (delivered.sent or delivered.unsent or rejected_events):
            return delivered
        record = encode_record(self._source, request, self._secret_headers)
        if self._put_record(record) or self._put_object(record, request.time):
            return delivered
        return delivered._replace(unarchived=1)

    def _put_record(self, record: bytes) -> bool:
        if len(record) > MAX_RECORD or self._clock() < self._pause_ends:
            return False
        try:
            self._deadline.require(1)
            put = self._firehose.put_record_batch
            answer = call_aws(put, DeliveryStreamName=self._stream, Records=[{"Data": record}])
            _require_taken(answer)
        except AWS_ERRORS as error:
            self._pause_ends = self._clock() + PAUSE
            self._log("the stream of the archive failed", error)
            return False
        return True

    def _put_object(self, record: bytes, received: float) -> bool:
        day, _, time_of_day = iso_time(received).partition("T")
        name = hashlib.sha256(record).hexdigest()
        try:
            self._bucket.put(f"{ARCHIVE_PREFIX}/{day}/{time_of_day[:2]}/{name}.json", record)
        except AWS_ERRORS as error:
            self._log("the archive failed", error)
            return False
        return True

    def _log(self, message: str, error: Exception) -> None:
        log("WARN", message, self._clock(), why=error_code(error))


def encode_record(source: str, request: Request, secret_headers: Iterable[str]) -> bytes:
    """Return a request as it may be stored, in one line; its body is text where it is UTF-8 and not large."""
    body, headers = request.as_kept
    envelope = {
        "version": ENVELOPE_VERSION,
        "source": source,
        "time": iso_time(request.time),
        "requestId": request.id,
        "method": request.method,
        "query": request.raw_query,
        "headers": headers_without_credentials(headers, secret_headers),
        "masked": request.masked,
        **_encode_body(body),
    }
    # Headers may have lone surrogates, which no other encoding takes.
    text = json.dumps(envelope, ensure_ascii=False, separators=(",", ":"))
    return text.encode("utf-8", "surrogatepass") + b"\n"


def _encode_body(body: bytes) -> dict[str, str]:
    # Of a larger body the text may take four bytes a character, and the function has no memory for that.
    if len(body) <= MAX_RECORD:
        try:
            return {"text": body.decode()}
        except UnicodeDecodeError:
            pass
    return {"body": base64.b64encode(body).decode()}


def _require_taken(answer: Mapping[str, Any]) -> None:
    """Raise Unconfirmed unless the answer names the record as taken.

    https://docs.aws.amazon.com/firehose/latest/APIReference/API_PutRecordBatch.html
    """
    responses = list_field(answer, "RequestResponses")
    if answer.get("FailedPutCount") != 0 or not all(response.get("RecordId") for response in responses or ({},)):
        raise Unconfirmed


def archive_from_environ(
    source: Source, secret_headers: Iterable[str], deadline: Deadline, environ: Mapping[str, str] = os.environ
) -> ArchiveWriter:
    """Return the archive of a source in its stack's stream and bucket."""
    bucket = ObjectStore(environ["ARCHIVE_BUCKET"], lambda: client("s3"), deadline)
    stream = environ["ARCHIVE_STREAM"]
    # Made at the start, unlike that of S3: almost every request needs it.
    return ArchiveWriter(source.name, secret_headers, stream, client("firehose", QUICK), bucket, deadline)
