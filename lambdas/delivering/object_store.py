"""Objects of a bucket in S3: put, get, list and delete them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from botocore.exceptions import ClientError

from lambdas.runtime.aws_errors import Unconfirmed, call_aws, error_code, required_field
from lambdas.runtime.deadline import Deadline

MAX_OBJECT = 48 * 1_048_576
"""Bytes that are read of an object: more than we write, and within a function's memory."""


class ObjectStore:
    """A bucket. No call begins unless it ends in time."""

    def __init__(self, bucket: str, client: Callable[[], Any], deadline: Deadline | None = None) -> None:
        self.bucket = bucket
        self._client = client
        self._deadline = deadline or Deadline()

    def keys(self, prefix: str) -> Iterator[str]:
        """Yield the keys below a prefix, the oldest day first."""
        for page in self._client().get_paginator("list_objects_v2").paginate(Bucket=self.bucket, Prefix=prefix):
            yield from (entry["Key"] for entry in page.get("Contents", ()))

    def get(self, key: str) -> bytes | None:
        """Return an object's content; None where there is no object, or it is gone.

        Unconfirmed where the connection ends before the content does: botocore returns what came until then.
        """
        self._deadline.require(1)
        try:
            answer = call_aws(self._client().get_object, Bucket=self.bucket, Key=key)
            required_field(answer, "ETag")
            content: bytes = answer["Body"].read(MAX_OBJECT)
            if len(content) < min(required_field(answer, "ContentLength"), MAX_OBJECT):
                raise Unconfirmed
        except ClientError as error:
            if error_code(error) in ("NoSuchKey", "404"):
                return None
            raise
        return content

    def delete(self, key: str) -> None:
        """Delete an object; the bucket has versions, so it can be restored for a month."""
        self._deadline.require(1)
        call_aws(self._client().delete_object, Bucket=self.bucket, Key=key)

    def put(self, key: str, body: bytes, content_type: str = "application/json") -> None:
        """Store an object; one of AWS_ERRORS where it may not have been stored, or there might not be time for it."""
        self._deadline.require(1)
        put = self._client().put_object
        required_field(call_aws(put, Bucket=self.bucket, Key=key, Body=body, ContentType=content_type), "ETag")
