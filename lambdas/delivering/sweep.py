"""Send the messages that wait in the bucket for the queue, on a schedule."""

from __future__ import annotations

import base64
import hashlib
import json
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

from lambdas.delivering.envelope import ENVELOPE_ERRORS, parse_envelope
from lambdas.delivering.kept_bucket import KeptBucket
from lambdas.delivering.outbox import Outbox
from lambdas.runtime.deadline import CALLS_PER_KEPT_OBJECT, Deadline


class Sweeper:
    """Sends what the queue did not take before."""

    def __init__(
        self, outbox: Outbox, kept_bucket: KeptBucket, log: Callable[..., None], deadline: Deadline | None = None
    ) -> None:
        """`log` is called for each object with its counts and the id of its request."""
        self._outbox = outbox
        self._kept_bucket = kept_bucket
        self._log = log
        self._deadline = deadline or Deadline()

    def sweep(self) -> dict[str, int]:
        """Send what the queue did not take before, as long as there is time; the next sweep goes on.

        An object is deleted once its messages are on the queue: a function that dies in between sends them twice, with
        the same ids.
        """
        swept: Counter[str] = Counter(sent=0, left=0)
        for key in self._kept_bucket.keys("unsent/"):
            if not self._deadline.allows(CALLS_PER_KEPT_OBJECT):
                break
            if (content := self._kept_bucket.get(key)) is None:
                continue
            try:
                envelope, bodies = _unsent_messages(content)
            except ENVELOPE_ERRORS:
                self._log("swept", key=key, foreign=1)
                swept["foreign"] += 1
                continue
            counts, left = self._sweep_object(key, envelope, bodies)
            self._log("swept", requestId=envelope["requestId"], **counts)
            swept.update(counts)
            if not self._outbox.takes_others(left):
                break  # the other objects have to wait too
        return dict(swept)

    def _sweep_object(
        self, key: str, envelope: Mapping[str, Any], bodies: list[bytes]
    ) -> tuple[dict[str, int], list[bytes]]:
        """Send messages; return their counts, and those that are left."""
        rejected_by_sqs, undelivered = self._outbox.send(bodies)
        if rejected_by_sqs:
            self._keep_unsendable(key, envelope, [(bodies[index], code) for index, code in rejected_by_sqs.items()])
        left, unsendable = [bodies[index] for index in undelivered.indexes], len(rejected_by_sqs)
        if not left:
            self._kept_bucket.delete(key)
        elif len(left) < len(bodies):
            content = {**envelope, "messages": [_base64(body) for body in left]}
            self._kept_bucket.put(key, json.dumps(content).encode())
        counts = {"sent": len(bodies) - len(left) - unsendable, "left": len(left)}
        return {**counts, "unsendable": unsendable} if unsendable else counts, left

    def _keep_unsendable(self, key: str, envelope: Mapping[str, Any], rejected: list[tuple[bytes, str]]) -> None:
        """Keep messages that SQS never takes, with SQS's codes, for people to look at.

        The rest of their object may wait on, and be rejected another time: the key has a hash of the messages.
        """
        messages = [{"code": code, "message": _base64(body)} for body, code in rejected]
        day, digest = key.split("/")[1], hashlib.sha256(b"".join(body for body, _ in rejected)).hexdigest()
        content = json.dumps({**envelope, "messages": messages}).encode()
        self._kept_bucket.put(f"unsendable/{day}/{digest}.json", content)


def _unsent_messages(content: bytes) -> tuple[dict[str, Any], list[bytes]]:
    """Return the envelope of unsent messages, and the messages; one of ENVELOPE_ERRORS for any other content."""
    envelope = parse_envelope(content)
    bodies = [base64.b64decode(message, validate=True) for message in envelope["messages"]]
    if not all(isinstance(json.loads(body.decode()), dict) for body in bodies):
        raise ValueError("no message")
    return {**envelope, "requestId": str(envelope["requestId"])}, bodies


def _base64(body: bytes) -> str:
    return base64.b64encode(body).decode()
