"""What becomes of an authentic request: messages on the queue, or objects in the bucket with the reason why not."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from lambdas.auth import credential_headers
from lambdas.delivering.kept_bucket import KeptBucket
from lambdas.delivering.outbox import Outbox, QueueUnavailable
from lambdas.delivering.oversize import MAX_MESSAGE, truncate
from lambdas.model import Source, auths
from lambdas.reading.body import Rejected
from lambdas.reading.paths import event_inputs, header_names
from lambdas.reading.request import Request
from lambdas.runtime.aws_errors import AWS_ERRORS, error_code
from lambdas.runtime.deadline import Deadline
from lambdas.shaping.message import Message, RejectedEvent, Shaper, encode_json

if TYPE_CHECKING:
    from lambdas.delivering.dedupe import Claims

from lambdas.delivering.result import Delivered, EventsInFlight, KeptBucketUnavailable

T = TypeVar("T")


MAX_PART = 16 * 1_048_576
"""Bytes of messages in one object that waits for the queue."""

LATE = 60.0
"""Seconds from which on it is counted how late an event came."""


def load_claims(source: Source, deadline: Deadline) -> Claims | None:
    """What makes `dedupe` of a source; None where it has none."""
    if source.dedupe is None:
        return None
    # Few have it, and each import is a part of a cold start.
    from lambdas.delivering.dedupe import claims_from_environ

    return claims_from_environ(source, deadline)


class Delivery:
    """A source's way from requests to messages."""

    def __init__(self, source: Source, outbox: Outbox, kept: KeptBucket, claims: Claims | None = None) -> None:
        self._source = source
        learned = (one.store_secret for one in source.webhook.challenges if one.store_secret)
        handed_over = (name for path in learned for name in header_names(path))
        self._secret_headers = (*credential_headers(auths(source.webhook)), *handed_over)
        self._telling, self._asked = event_inputs(source, "header"), event_inputs(source, "query")
        self._shaper = Shaper(source)
        self._outbox = outbox
        self._kept = kept
        self._claims = claims

    def shape(self, request: Request, only: Collection[int] = ()) -> tuple[list[Message], list[RejectedEvent]]:
        """The messages of a request, and what can be none; of the events at some places only, where they are named."""
        messages: list[Message] = []
        refusals: list[RejectedEvent] = []
        try:
            for one in self._shaper.shape(request):
                if only and one.event_index not in only:
                    continue
                if isinstance(one, RejectedEvent):
                    refusals.append(one)
                else:
                    messages.append(one)
        except Rejected as rejected:
            return [], [RejectedEvent(-1, rejected.reason, rejected.detail)]
        return messages, refusals

    def deliver(self, request: Request) -> Delivered:
        """Send what can be sent, and keep the rest; KeptBucketUnavailable where an event is neither sent nor kept.

        EventsInFlight where another request is sending some of it; all else is sent, or kept.
        """
        messages, refusals = self.shape(request)
        # The bucket first: should what follows fail, a retry overwrites what was kept and adds nothing.
        self.reject(request, refusals)
        delivered = self.send(request, messages)
        self.reject(request, delivered.refusals)
        refusals += delivered.refusals
        if delivered.pending:
            why = f"another request is sending {delivered.pending} of {len(messages)} messages"
            raise EventsInFlight(why, delivered._replace(refusals=refusals))
        lag = request.time - min([message.at for message in messages]) if messages else 0.0
        drift = [message.drift for message in messages if message.drift]
        if not (refusals or lag >= LATE or drift):
            return delivered
        return delivered._replace(refusals=refusals, lag=lag if lag >= LATE else 0.0, drift=drift)

    def send(self, request: Request, messages: Sequence[Message], after: int = 0) -> Delivered:
        """Send messages, where the source has `dedupe` those that nobody has sent.

        What the queue never takes the caller has to keep; QueueUnavailable where neither queue nor bucket takes one.
        There is time left for so many calls `after` it.
        """
        # A canary is the same sample each time.
        if self._claims is None or request.canary:
            return self._send(request, messages, after)
        return self._claims.send_unclaimed(messages, lambda fresh, done: self._send(request, fresh, after, done), after)

    def already_sent(self, messages: Sequence[Message]) -> set[int]:
        """The places of messages that were sent before, and would not be sent again."""
        return self._claims.already_sent(messages) if self._claims else set()

    def _send(
        self, request: Request, messages: Sequence[Message], after: int, done: set[int] | None = None
    ) -> Delivered:
        """Add to `done` the places of what is on the queue, or kept for it, also where it ends with an error."""
        bounded = [self._within_bounds(message, request) for message in messages]
        parts = sum(1 for _ in _parts(range(len(bounded)), bounded))
        refused, left = self._outbox.send([message.body for message in bounded], keeping=parts + after)
        if done is not None:
            done.update(range(len(bounded)))
            done.difference_update(refused, left.places)
        faulty = [RejectedEvent(bounded[place].event_index, "queue", f"SQS: {code}") for place, code in refused.items()]
        if left.places:
            try:
                for part, some in enumerate(_parts(left.places, bounded)):
                    waiting = [bounded[place].body for place in some]
                    self._keep_unsent(request, waiting, part)
                    if done is not None:
                        done.update(some)
            except KeptBucketUnavailable as down:
                raise QueueUnavailable(f"{left.why}; {down}") from down
        return Delivered(len(bounded) - len(faulty) - len(left.places), len(left.places), faulty)

    def reject(self, request: Request, refusals: Sequence[RejectedEvent]) -> None:
        """Keep what can be no message, with the reasons why."""
        if refusals:
            split = self._source.events.split
            said = [request.headers.get(name) for name in self._telling] + [request.query(name) for name in self._asked]
            told = "\n".join(one or "" for one in said)
            self._keep(
                lambda: self._kept.keep_rejected(
                    self._source.name, request, self._secret_headers, refusals, told, split
                )
            )

    def _within_bounds(self, message: Message, request: Request) -> Message:
        if len(message.body) <= MAX_MESSAGE:
            return message
        details = message.fields["details"]
        event = request.body if _is_sent_as_it_is(details, request) else encode_json(details)
        key = self._keep(lambda: self._kept.keep_oversize(request, event))
        return truncate(message, self._kept.bucket, key, event, first=self._source.events.require)

    def _keep_unsent(self, request: Request, waiting: Sequence[bytes], part: int) -> None:
        self._keep(lambda: self._kept.keep_unsent(self._source.name, request, waiting, part))

    def _keep(self, put: Callable[[], T]) -> T:
        try:
            return put()
        except AWS_ERRORS as error:
            raise KeptBucketUnavailable(error_code(error)) from error


def _is_sent_as_it_is(event: Any, request: Request) -> bool:
    """Whether the body is this event's JSON: not compressed, no form, nothing masked, and nothing added."""
    plain = "content-encoding" not in request.headers and request.body.startswith(b"{")
    return plain and not request.masked and event is request.json


def _parts(places: Sequence[int], messages: Sequence[Message]) -> Iterator[list[int]]:
    """Places of messages that fit into an object together: what is read of one is bounded, and so is memory."""
    part: list[int] = []
    size = 0
    for place in places:
        if part and size + len(messages[place].body) > MAX_PART:
            yield part
            part, size = [], 0
        part.append(place)
        size += len(messages[place].body)
    if part:
        yield part
