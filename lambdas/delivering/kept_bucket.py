"""Write to the Kept bucket, and read from it: rejected requests, oversize events, unsent messages."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from botocore.exceptions import ClientError

from lambdas.delivering.envelope import ENVELOPE_VERSION
from lambdas.reading.request import Request
from lambdas.runtime.aws_errors import call_aws, error_code, required_field
from lambdas.runtime.deadline import Deadline
from lambdas.runtime.times import iso_time
from lambdas.shaping.event import RejectedEvent

MAX_OBJECT = 48 * 1_048_576
"""Bytes that are read of an object: more than we write, and within a function's memory."""


class KeptBucket:
    """The Kept bucket. Every key holds a hash of the content, so that a retry overwrites and never adds."""

    def __init__(self, bucket: str, client: Callable[[], Any], deadline: Deadline | None = None) -> None:
        self.bucket = bucket
        self._client = client
        self._deadline = deadline or Deadline()

    def keep_rejected(
        self,
        source: str,
        request: Request,
        secret_headers: tuple[str, ...],
        rejected_events: Iterable[RejectedEvent],
        identity: str = "",
        split: str | None = None,
    ) -> None:
        """Keep a request once for each reason for which events of it were rejected, with the indexes of these events.

        `index` counts the events that `split` finds, from 0; -1 is the body as a whole. `identity`: header and query
        values that the mapping uses; part of the object's name, since equal bodies may differ in them.
        """
        by_reason: dict[str, list[RejectedEvent]] = {}
        for event in rejected_events:
            by_reason.setdefault(event.reason, []).append(event)
        never_kept = {*secret_headers, "authorization", "cookie"}
        body, headers = request.as_kept
        body_base64 = base64.b64encode(body).decode()
        digest = hashlib.sha256(body).hexdigest()
        for reason, rejected in by_reason.items():
            envelope = {
                "version": ENVELOPE_VERSION,
                "source": source,
                "reason": reason,
                "time": iso_time(request.time),
                "requestId": request.id,
                "sha256": digest,
                "events": [{"index": event.event_index, "detail": event.detail} for event in rejected],
                "method": request.method,
                "query": request.raw_query,
                "headers": {name: value for name, value in headers.items() if name not in never_kept},
                "body": body_base64,
                "masked": request.masked,
                "split": split,
            }
            # Another mapping may reject fewer events of the same body, and must not overwrite what this one keeps.
            indexes = json.dumps([split, sorted(event.event_index for event in rejected)]) if split else ""
            name = hashlib.sha256(body + f"{identity}{indexes}".encode("utf-8", "surrogatepass")).hexdigest()
            self.put(f"rejected/{_day(request)}/{reason}/{name}.json", json.dumps(envelope).encode())

    def keep_oversize(self, request: Request, event: bytes) -> str:
        """Keep an event as it is, and return its key."""
        key = f"oversize/{_day(request)}/{hashlib.sha256(event).hexdigest()}.json"
        self.put(key, event)
        return key

    def keep_unsent(self, source: str, request: Request, messages: Iterable[bytes], part: int = 0) -> None:
        """Keep messages that the queue did not take, for the sweep to send. Parts of a request may be equal."""
        encoded = [base64.b64encode(message).decode() for message in messages]
        digest = hashlib.sha256((f"{part}," * (part > 0) + "".join(encoded)).encode()).hexdigest()
        envelope = {
            "version": ENVELOPE_VERSION,
            "source": source,
            "time": iso_time(request.time),
            "requestId": request.id,
            "messages": encoded,
        }
        self.put(f"unsent/{_day(request)}/{digest}.json", json.dumps(envelope).encode())

    def keys(self, prefix: str) -> Iterator[str]:
        """Yield the keys below a prefix, the oldest day first."""
        for page in self._client().get_paginator("list_objects_v2").paginate(Bucket=self.bucket, Prefix=prefix):
            yield from (entry["Key"] for entry in page.get("Contents", ()))

    def get(self, key: str) -> bytes | None:
        """Return an object's content; None where there is no object, or it is gone."""
        self._deadline.require(1)
        try:
            answer = call_aws(self._client().get_object, Bucket=self.bucket, Key=key)
            required_field(answer, "ETag")
            content: bytes = answer["Body"].read(MAX_OBJECT)
        except ClientError as error:
            if error_code(error) in ("NoSuchKey", "404"):
                return None
            raise
        return content

    def delete(self, key: str) -> None:
        """Delete an object; the bucket has versions, so it can be restored for a month."""
        self._deadline.require(1)
        call_aws(self._client().delete_object, Bucket=self.bucket, Key=key)

    def put(self, key: str, body: bytes) -> None:
        """Store an object; one of AWS_ERRORS where it may not have been stored, or there might not be time for it."""
        self._deadline.require(1)
        put = self._client().put_object
        required_field(call_aws(put, Bucket=self.bucket, Key=key, Body=body, ContentType="application/json"), "ETag")


def _day(request: Request) -> str:
    return iso_time(request.time).partition("T")[0]
