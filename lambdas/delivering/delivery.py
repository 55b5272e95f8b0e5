"""Deliver an authentic request: its messages to the queue, and what can't go there to the bucket with the reason."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Collection, Iterator, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from lambdas.auth import credential_headers
from lambdas.delivering.envelope import WHOLE_BODY
from lambdas.delivering.kept_bucket import KeptBucket
from lambdas.delivering.outbox import Outbox, QueueUnavailable
from lambdas.delivering.result import Delivered, EventsInFlight, KeptBucketUnavailable
from lambdas.model import Source, auths
from lambdas.reading.body import Rejected
from lambdas.reading.intake import Intake, request_intake
from lambdas.reading.paths import event_inputs, header_names
from lambdas.reading.request import Request
from lambdas.runtime.aws_errors import AWS_ERRORS, error_code
from lambdas.runtime.batches import in_sized_batches
from lambdas.runtime.deadline import Deadline
from lambdas.shaping.event import MAX_MESSAGE, Message, RejectedEvent, encode_json
from lambdas.shaping.shaper import Shaper

if TYPE_CHECKING:
    from lambdas.delivering.archive import ArchiveWriter
    from lambdas.delivering.dedupe import Claims

T = TypeVar("T")
MAX_PART = 16 * 1_048_576
"""Bytes of messages in one object of unsent messages."""
LATE = 60.0
"""Seconds from an event to its receipt, from which on its lag is reported."""


def load_outbox(source: Source, deadline: Deadline) -> Outbox:
    """Return what sends a source's messages: onto its queue, or with `delivery: {s3: …}` into its stream."""
    # Imported late, as claims are, and for builds, which make no client.
    from lambdas.runtime.aws import client

    if source.delivery.s3 is None:
        return Outbox(os.environ["EVENTS_QUEUE_URL"], client("sqs"), deadline=deadline)
    from lambdas.delivering.stream_outbox import stream_outbox_from_environ

    return stream_outbox_from_environ(source, deadline)


def load_claims(source: Source, deadline: Deadline) -> Claims | None:
    """Return the claims of a source with `dedupe`, or that is pulled; None for any other."""
    if source.dedupe is None and source.pull is None:
        return None
    # Imported late, since few sources have it, and each import lengthens a cold start.
    from lambdas.delivering.dedupe import claims_from_environ

    return claims_from_environ(source, deadline)


def load_archive(source: Source, deadline: Deadline) -> ArchiveWriter | None:
    """Return the archive of a source; None for one without."""
    if source.archive is None:
        return None
    # Imported late, as claims are.
    from lambdas.delivering.archive import archive_from_environ

    return archive_from_environ(source, secret_headers(source), deadline)


def secret_headers(source: Source) -> tuple[str, ...]:
    """Return the headers of a source that hold a credential, or a new secret."""
    if source.webhook is None:
        return ()
    secret_paths = (challenge.store_secret for challenge in source.endpoint.challenges if challenge.store_secret)
    new_secret_headers = (name for path in secret_paths for name in header_names(path))
    return (*credential_headers(auths(source.webhook)), *new_secret_headers)


class Delivery:
    """Shapes a source's requests and delivers their messages."""

    def __init__(
        self,
        source: Source,
        outbox: Outbox,
        kept_bucket: KeptBucket,
        claims: Claims | None = None,
        archive: ArchiveWriter | None = None,
    ) -> None:
        self.source = source
        self._secret_headers = secret_headers(source)
        self._event_headers, self._event_queries = event_inputs(source, "header"), event_inputs(source, "query")
        self._shaper = Shaper(source)
        self._outbox = outbox
        self._kept_bucket = kept_bucket
        self._claims = claims
        self._archive = archive

    def intake(self, request: Request, *tags: str) -> Intake:
        """Return a request as shaping takes it; Rejected where its body can't be read."""
        return request_intake(request, *tags)

    def shaper(self, _request: Request) -> Shaper:
        """Return what shapes a request."""
        return self._shaper

    def shape(
        self, request: Request, indexes: Collection[int] = (), tags: tuple[str, ...] = ()
    ) -> tuple[list[Message], list[RejectedEvent]]:
        """Return a request's messages and its rejected events; of the events at `indexes` only, unless empty.

        `tags` are added to those of each message.
        """
        messages: list[Message] = []
        rejected_events: list[RejectedEvent] = []
        if self.source.transform and request.masked:
            _ = request.as_kept  # fixes what may have to be kept, before transform() can change it
        try:
            for shaped in self.shaper(request).shape(self.intake(request, *tags)):
                if isinstance(shaped, RejectedEvent):
                    if not indexes or shaped.event_index in indexes:
                        rejected_events.append(shaped)
                elif not indexes or shaped.event.index in indexes:
                    messages.append(shaped)
        except Rejected as rejected:
            return [], [RejectedEvent(WHOLE_BODY, rejected.reason, rejected.detail)]
        return messages, rejected_events

    def deliver(self, request: Request) -> Delivered:
        """Send what can be sent, and keep the rest.

        KeptBucketUnavailable or QueueUnavailable where an event is neither sent nor kept. EventsInFlight where another
        request is sending some of the events; all others are sent or kept.
        """
        messages, rejected_events = self.shape(request)
        # The bucket first: should a later step fail, a retry overwrites what was kept and adds nothing.
        rejected_events = self.keep_rejected(request, rejected_events)
        # The archive's stream is asked for a second at most, and its bucket in what is left of that call's time.
        delivered = self.send(request, messages, calls_after=1 if self._archive else 0)
        rejected_events += self.keep_rejected(request, delivered.rejected_events)
        # A canary is a sample, and no event.
        if self._archive and not request.canary:
            delivered = self._archive.add(self.to_archive(request), delivered, rejected_events)
        if delivered.pending:
            reason = f"another request is sending {delivered.pending} of {len(messages)} messages"
            raise EventsInFlight(reason, delivered._replace(rejected_events=rejected_events))
        lag = request.time - min([message.event.at for message in messages]) if messages else 0.0
        drift = [message.drift for message in messages if message.drift]
        if not (rejected_events or lag >= LATE or drift):
            return delivered
        return delivered._replace(rejected_events=rejected_events, lag=lag if lag >= LATE else 0.0, drift=drift)

    def send(self, request: Request, messages: Sequence[Message], calls_after: int = 0) -> Delivered:
        """Send the messages; where the source has `dedupe`, only those that nobody has sent.

        The caller has to keep the messages that SQS never takes. QueueUnavailable where neither queue nor bucket takes
        a message. There is time left for `calls_after` calls to AWS.
        """
        # A canary is the same sample each time.
        if self._claims is None or request.canary:
            return self._send(request, messages, calls_after)
        return self._claims.send_unclaimed(
            messages,
            lambda unclaimed, settled: self._send(request, unclaimed, calls_after, settled),
            calls_after,
        )

    def already_sent(self, messages: Sequence[Message]) -> set[int]:
        """Return the indexes of messages that were sent before, and would not be sent again."""
        return self._claims.already_sent(messages) if self._claims else set()

    def _send(
        self, request: Request, messages: Sequence[Message], calls_after: int, settled: set[int] | None = None
    ) -> Delivered:
        """Send the messages; add the indexes of those on the queue, or kept for it, to `settled`, even if it fails."""
        bounded = [self._within_bounds(message, request) for message in messages]
        part_count = sum(1 for _ in _parts(range(len(bounded)), bounded))
        bodies = [message.body for message in bounded]
        rejected_by_sqs, undelivered = self._outbox.send(bodies, calls_after=part_count + calls_after)
        if settled is not None:
            settled.update(range(len(bounded)))
            settled.difference_update(rejected_by_sqs, undelivered.indexes)
        rejected_events = [
            RejectedEvent(bounded[index].event.index, "queue", f"SQS: {code}")
            for index, code in rejected_by_sqs.items()
        ]
        unsent = len(undelivered.indexes)
        if unsent:
            try:
                for part_number, part in enumerate(_parts(undelivered.indexes, bounded)):
                    self._keep_unsent(request, [bodies[index] for index in part], part_number)
                    if settled is not None:
                        settled.update(part)
            except KeptBucketUnavailable as error:
                raise QueueUnavailable(f"{undelivered.reason}; {error}") from error
        return Delivered(len(bounded) - len(rejected_events) - unsent, unsent, rejected_events)

    def to_archive(self, request: Request) -> Request:
        """Return what the archive is to have of a request."""
        return request

    def keep_rejected(self, request: Request, rejected_events: Sequence[RejectedEvent]) -> list[RejectedEvent]:
        """Keep the events that can't become messages, with the reasons; return those that were not kept before."""
        if rejected_events:
            split, source = self.source.events.split, self.source.name
            identity_values = [request.headers.get(name) for name in self._event_headers]
            identity_values += [request.query(name) for name in self._event_queries]
            identity = "\n".join(value or "" for value in identity_values)
            self._keep(
                lambda: self._kept_bucket.keep_rejected(
                    source, request, self._secret_headers, rejected_events, identity, split
                )
            )
        return list(rejected_events)

    def _within_bounds(self, message: Message, request: Request) -> Message:
        if len(message.body) <= MAX_MESSAGE:
            return message
        content = message.event.content
        event = request.body if _is_body(content, request) else encode_json(content)
        key = self._keep(lambda: self._kept_bucket.keep_oversize(request, event))
        digest = hashlib.sha256(event).hexdigest()
        reference = {"bucket": self._kept_bucket.bucket, "key": key, "sha256": digest, "bytes": len(event)}
        return self.shaper(request).shorten(message, reference)

    def _keep_unsent(self, request: Request, bodies: Sequence[bytes], part_number: int) -> None:
        self._keep(lambda: self._kept_bucket.keep_unsent(self.source.name, request, bodies, part_number))

    def _keep(self, put: Callable[[], T]) -> T:
        try:
            return put()
        except AWS_ERRORS as error:
            raise KeptBucketUnavailable(error_code(error)) from error


def _is_body(event: Any, request: Request) -> bool:
    """Return whether the body is this event's JSON: not compressed, no form, nothing masked, and nothing added."""
    plain = "content-encoding" not in request.headers and request.body.startswith(b"{")
    return plain and not request.masked and event is request.json


def _parts(indexes: Sequence[int], messages: Sequence[Message]) -> Iterator[list[int]]:
    """Yield the indexes of messages that fit into one object: what is read of one is bounded, and so is memory."""
    return in_sized_batches(indexes, None, max_size=MAX_PART, size=lambda index: len(messages[index].body))
