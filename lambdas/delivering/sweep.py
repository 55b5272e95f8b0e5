"""Messages that waited for the queue, sent once it takes them."""

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
        self, outbox: Outbox, kept: KeptBucket, tell: Callable[..., None], deadline: Deadline | None = None
    ) -> None:
        """`tell` is given what became of each object, for the log: counts, and the id of its request."""
        self._outbox = outbox
        self._kept = kept
        self._tell = tell
        self._deadline = deadline or Deadline()

    def sweep(self) -> dict[str, int]:
        """Send what the queue did not take before, as long as there is time; the next sweep goes on.

        It goes from the bucket once it is on the queue: a death in between sends it twice, with the same id.
        """
        swept: Counter[str] = Counter(sent=0, left=0)
        for key in self._kept.keys("unsent/"):
            if swept["left"] or not self._deadline.allows(CALLS_PER_KEPT_OBJECT):
                break  # where the queue is down still, the others wait with it
            if (content := self._kept.get(key)) is None:
                continue
            try:
                envelope, bodies = _waiting(content)
            except ENVELOPE_ERRORS:
                self._tell("swept", key=key, foreign=1)
                swept["foreign"] += 1
                continue
            counts = self._sweep(key, envelope, bodies)
            self._tell("swept", requestId=envelope["requestId"], **counts)
            swept.update(counts)
        return dict(swept)

    def _sweep(self, key: str, envelope: Mapping[str, Any], bodies: list[bytes]) -> dict[str, int]:
        refused, still = self._outbox.send(bodies)
        if refused:
            self._set_aside(key, envelope, [(bodies[place], code) for place, code in refused.items()])
        if still.places:
            waiting = [_text(bodies[place]) for place in still.places]
            self._kept.put(key, json.dumps({**envelope, "messages": waiting}).encode())
        else:
            self._kept.delete(key)
        left, never = len(still.places), len(refused)
        return {"sent": len(bodies) - left - never, "left": left, **({"unsendable": never} if never else {})}

    def _set_aside(self, key: str, envelope: Mapping[str, Any], refused: list[tuple[bytes, str]]) -> None:
        """What SQS never takes, which shows only once it is up: people are to look at it.

        The rest of its object may go on waiting, and be refused another time: the key has a hash of what is in it.
        """
        never = [{"code": code, "message": _text(body)} for body, code in refused]
        day, digest = key.split("/")[1], hashlib.sha256(b"".join(body for body, _ in refused)).hexdigest()
        self._kept.put(f"unsendable/{day}/{digest}.json", json.dumps({**envelope, "messages": never}).encode())


def _waiting(content: bytes) -> tuple[dict[str, Any], list[bytes]]:
    """An envelope of what waits for the queue, and its messages; one of ENVELOPE_ERRORS where it is none."""
    envelope = parse_envelope(content)
    bodies = [base64.b64decode(one, validate=True) for one in envelope["messages"]]
    if not all(isinstance(json.loads(body.decode()), dict) for body in bodies):
        raise ValueError("no message")
    return {**envelope, "requestId": str(envelope["requestId"])}, bodies


def _text(body: bytes) -> str:
    return base64.b64encode(body).decode()
