"""The Kept bucket: what is not, or not whole, on the queue."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable, Iterable
from typing import Any

from lambdas.message import Refusal
from lambdas.request import Request
from lambdas.when import iso


class Kept:
    """Puts objects; every key holds a hash of the content, so that a retry overwrites and never adds."""

    def __init__(self, bucket: str, client: Callable[[], Any]) -> None:
        self.bucket = bucket
        self._client = client

    def reject(
        self,
        source: str,
        request: Request,
        secret_headers: tuple[str, ...],
        refusals: Iterable[Refusal],
        told: str = "",
    ) -> None:
        """Keep a request once for each reason for which events of it were refused, as sent and naming these events.

        `index` counts the events of the body from 0; -1 is the body as a whole. `told` is what headers say of the
        event: two events may have the same body, and differ in these alone.
        """
        by_reason: dict[str, list[Refusal]] = {}
        for refusal in refusals:
            by_reason.setdefault(refusal.reason, []).append(refusal)
        never_kept = {*secret_headers, "authorization", "cookie"}
        body, headers = request.to_keep()
        digest = hashlib.sha256(body).hexdigest()
        name = hashlib.sha256(body + told.encode("utf-8", "surrogatepass")).hexdigest()
        for reason, refused in by_reason.items():
            envelope = {
                "version": 1,
                "source": source,
                "reason": reason,
                "time": iso(request.time),
                "requestId": request.id,
                "sha256": digest,
                "events": [{"index": one.place, "detail": one.detail} for one in refused],
                "method": request.method,
                "query": request.raw_query,
                "headers": {name: value for name, value in headers.items() if name not in never_kept},
                "body": base64.b64encode(body).decode(),
            }
            self.put(f"rejected/{_day(request)}/{reason}/{name}.json", json.dumps(envelope).encode())

    def oversize(self, request: Request, event: bytes) -> str:
        """Keep an event as it is, and return its key."""
        key = f"oversize/{_day(request)}/{hashlib.sha256(event).hexdigest()}.json"
        self.put(key, event)
        return key

    def put(self, key: str, body: bytes) -> None:
        self._client().put_object(Bucket=self.bucket, Key=key, Body=body, ContentType="application/json")


def _day(request: Request) -> str:
    return iso(request.time).partition("T")[0]
