"""What becomes of an authentic request: messages on the queue, or objects in the bucket with the reason why not."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from lambdas.auth import headers
from lambdas.batches import batches
from lambdas.body import Rejected
from lambdas.deadline import Deadline
from lambdas.faults import FAULTS, told
from lambdas.kept import Kept
from lambdas.message import Message, Refusal, Shaper, encoded
from lambdas.model import Source, auths
from lambdas.outbox import Outbox, QueueDown
from lambdas.oversize import MAX_MESSAGE, pointer
from lambdas.paths import looked_at, telling
from lambdas.request import Request

if TYPE_CHECKING:
    from lambdas.dedupe import Claims

T = TypeVar("T")


MAX_PART = 16 * 1_048_576
"""Bytes of messages in one object that waits for the queue."""

LATE = 60.0
"""Seconds from which on it is counted how late an event came."""


class StorageDown(Exception):  # noqa: N818 - it names the outcome
    """The Kept bucket did not take what had to be kept."""


class Pending(Exception):  # noqa: N818 - it names the outcome
    """Another request is sending the same events, and may fail: the vendor is to ask again."""

    def __init__(self, why: str, delivered: Delivered) -> None:
        super().__init__(why)
        self.delivered = delivered


class Delivered(NamedTuple):
    """How many messages are on the queue, how many wait in the bucket until it takes them, and which can be none."""

    sent: int
    unsent: int
    refusals: list[Refusal]
    lag: float = 0.0
    """Seconds from the oldest event to its receipt, where it came late."""
    drift: Sequence[tuple[str, ...]] = ()
    """What the source's JSON Schemas do not know of events that became messages, of each that has such."""
    duplicates: int = 0
    """Messages that had been sent before, and were not sent again."""
    unclaimed: int = 0
    """Messages of which the table of `dedupe` does not know that they were sent."""
    pending: int = 0
    """Messages that another request is sending."""


def claims_of(source: Source, deadline: Deadline) -> Claims | None:
    """What makes `dedupe` of a source; None where it has none."""
    if source.dedupe is None:
        return None
    # Few have it, and each import is a part of a cold start.
    from lambdas.dedupe import claims

    return claims(source, deadline)


class Delivery:
    """A source's way from requests to messages."""

    def __init__(self, source: Source, outbox: Outbox, kept: Kept, claims: Claims | None = None) -> None:
        self._source = source
        learned = (one.store_secret for one in source.webhook.challenges if one.store_secret)
        handed_over = (name for path in learned for name in looked_at(path))
        self._secret_headers = (*headers(auths(source.webhook)), *handed_over)
        self._telling, self._asked = telling(source, "header"), telling(source, "query")
        self._shaper = Shaper(source)
        self._outbox = outbox
        self._kept = kept
        self._claims = claims

    def shaped(self, request: Request, only: Collection[int] = ()) -> tuple[list[Message], list[Refusal]]:
        """The messages of a request, and what can be none; of the events at some places only, where they are named."""
        messages: list[Message] = []
        refusals: list[Refusal] = []
        try:
            for one in self._shaper.shape(request):
                if only and one.place not in only:
                    continue
                if isinstance(one, Refusal):
                    refusals.append(one)
                else:
                    messages.append(one)
        except Rejected as rejected:
            return [], [Refusal(-1, rejected.reason, rejected.detail)]
        return messages, refusals

    def deliver(self, request: Request) -> Delivered:
        """Send what can be sent, and keep the rest; StorageDown where neither can be done: then nobody has it.

        Pending where another request is sending some of it; all else is sent, or kept.
        """
        messages, refusals = self.shaped(request)
        # The bucket first: should what follows fail, a retry overwrites what was kept and adds nothing.
        self.reject(request, refusals)
        delivered = self.send(request, messages)
        self.reject(request, delivered.refusals)
        refusals += delivered.refusals
        if delivered.pending:
            why = f"another request is sending {delivered.pending} of {len(messages)} messages"
            raise Pending(why, delivered._replace(refusals=refusals))
        lag = request.time - min([message.at for message in messages]) if messages else 0.0
        drift = [message.drift for message in messages if message.drift]
        if not (refusals or lag >= LATE or drift):
            return delivered
        return delivered._replace(refusals=refusals, lag=lag if lag >= LATE else 0.0, drift=drift)

    def send(self, request: Request, messages: Sequence[Message], after: int = 0) -> Delivered:
        """Send messages, where the source has `dedupe` those that nobody has sent.

        What the queue never takes is for who asks to keep; QueueDown where neither the queue nor the bucket takes one.
        There is time left for so many calls `after` it.
        """
        # A canary is the same sample each time.
        if self._claims is None or request.canary:
            return self._send(request, messages, after)
        return self._claims.once(messages, lambda fresh, done: self._send(request, fresh, after, done), after)

    def sent_before(self, messages: Sequence[Message]) -> set[int]:
        """The places of messages that were sent before, and would not be sent again."""
        return self._claims.done(messages) if self._claims else set()

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
        faulty = [Refusal(bounded[place].place, "queue", f"SQS: {code}") for place, code in refused.items()]
        if left.places:
            try:
                for part, some in enumerate(_parts(left.places, bounded)):
                    waiting = [bounded[place].body for place in some]
                    self._keep_unsent(request, waiting, part)
                    if done is not None:
                        done.update(some)
            except StorageDown as down:
                raise QueueDown(f"{left.why}; {down}") from down
        return Delivered(len(bounded) - len(faulty) - len(left.places), len(left.places), faulty)

    def reject(self, request: Request, refusals: Sequence[Refusal]) -> None:
        """Keep what can be no message, with the reasons why."""
        if refusals:
            split = self._source.events.split
            said = [request.headers.get(name) for name in self._telling] + [request.query(name) for name in self._asked]
            told = "\n".join(one or "" for one in said)
            self._keep(
                lambda: self._kept.reject(self._source.name, request, self._secret_headers, refusals, told, split)
            )

    def _within_bounds(self, message: Message, request: Request) -> Message:
        if len(message.body) <= MAX_MESSAGE:
            return message
        details = message.fields["details"]
        event = request.body if _is_sent_as_it_is(details, request) else encoded(details)
        key = self._keep(lambda: self._kept.oversize(request, event))
        return pointer(message, self._kept.bucket, key, event, first=self._source.events.require)

    def _keep_unsent(self, request: Request, waiting: Sequence[bytes], part: int) -> None:
        self._keep(lambda: self._kept.unsent(self._source.name, request, waiting, part))

    def _keep(self, put: Callable[[], T]) -> T:
        try:
            return put()
        except FAULTS as error:
            raise StorageDown(told(error)) from error


def _is_sent_as_it_is(event: Any, request: Request) -> bool:
    """Whether the body is this event's JSON: not compressed, no form, nothing masked, and nothing added."""
    plain = "content-encoding" not in request.headers and request.body.startswith(b"{")
    return plain and not request.masked and event is request.json


def _parts(places: Sequence[int], messages: Sequence[Message]) -> Iterator[list[int]]:
    """Places of messages that fit into an object together: what is read of one is bounded, and so is memory."""
    return batches(places, room=MAX_PART, size=lambda place: len(messages[place].body))
