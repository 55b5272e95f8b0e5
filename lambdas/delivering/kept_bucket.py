"""Write to the Kept bucket: rejected requests, oversize events, unsent messages."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterable

from lambdas.delivering.envelope import ENVELOPE_VERSION, headers_without_credentials
from lambdas.delivering.object_store import ObjectStore
from lambdas.reading.request import Request
from lambdas.runtime.times import iso_time
from lambdas.shaping.event import RejectedEvent


class KeptBucket(ObjectStore):
    """The Kept bucket. Every key holds a hash of the content, so that a retry overwrites and never adds."""

    def keep_rejected(
        self,
        source: str,
        request: Request,
        secret_headers: Iterable[str],
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
                "headers": headers_without_credentials(headers, secret_headers),
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


def _day(request: Request) -> str:
    return iso_time(request.time).partition("T")[0]
