"""What happens to a request: challenges, verification, shaping, sending, the answer.

In the order of `Receiver._answer`. Every authentic event is on the queue, or in the bucket with the reason why not,
before the answer is a 2xx; what the queue does not take waits in the bucket. Where neither takes it, the answer is
503: some vendors never retry a 4xx.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from lambdas.auth import (
    credential_queries,
    current_secret,
    hmac_texts,
    masked_fields,
    secret_names,
    verify_or_reread_secrets,
)
from lambdas.auth_type import Unauthenticated
from lambdas.delivering.delivery import Delivery
from lambdas.delivering.kept_bucket import KeptBucket
from lambdas.delivering.outbox import Outbox, QueueUnavailable
from lambdas.delivering.result import EventsInFlight, KeptBucketUnavailable
from lambdas.model import Challenge, Reply, Source, auths, verified_by
from lambdas.reading.body import Rejected
from lambdas.reading.formats import body_reader
from lambdas.reading.paths import Functions
from lambdas.reading.request import Request
from lambdas.reading.text_templates import template_paths
from lambdas.receiving.challenges import (
    HttpReply,
    InputOutOfBounds,
    answer_challenge,
    could_sign,
    matching_challenge,
    render_reply,
    reply_texts,
    signs_with_secret,
)
from lambdas.receiving.request_log import UNVERIFIABLE, Outcome, format_reasons, log_request
from lambdas.runtime.secrets import NoSecret, Secrets, SecretsUnavailable, UnusableSecret

if TYPE_CHECKING:
    from lambdas.delivering.dedupe import Claims
    from lambdas.receiving.effects import Fetch

MAX_BODY = 6 * 1_048_576
"""Bytes: Lambda takes no more, https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html"""

MAX_HANDSHAKE = 16 * 1_024
"""Bytes of a body that is read before its sender is known."""


class Receiver:
    """A source's endpoint."""

    def __init__(
        self,
        source: Source,
        secrets: Secrets,
        outbox: Outbox,
        kept: KeptBucket,
        clock: Callable[[], float] = time.time,
        fetch: Fetch | None = None,
        stack: str = "",
        claims: Claims | None = None,
    ) -> None:
        self._source = source
        self._auth = source.webhook.auth
        self._where = verified_by(source.webhook)
        challenges = source.webhook.challenges
        self._unauthenticated = tuple(one for one in challenges if one.unauthenticated)
        self._otherwise = tuple(one for one in challenges if one.auth)
        self._authenticated = tuple(one for one in challenges if not one.unauthenticated and not one.auth)
        self._signing = tuple(one for one in challenges if signs_with_secret(one))
        self._secret_names = secret_names(self._auth)
        every = auths(source.webhook)
        self._masks = masked_fields(source)
        self._queries = tuple(name for auth in every for name in credential_queries(auth))
        self._accepted = source.webhook.answer or Reply()
        # Most answers are always the same.
        self._answer_made = (
            None if any(template_paths(one) for one in reply_texts(self._accepted)) else _static(self._accepted)
        )
        self._refusal_headers = tuple((source.webhook.refusal_headers or {}).items())
        self._read = body_reader(source.events)
        self._delivery = Delivery(source, outbox, kept, claims)
        self._secrets = secrets
        self._clock = clock
        self._fetch = fetch
        self._stack = stack

    def respond(self, event: Mapping[str, Any]) -> dict[str, Any]:
        """The answer to an event of payload format 2.0, in the shape that API Gateway takes."""
        now = self._clock()
        try:
            request = Request.from_event(event, now, self._read)
        except ValueError:
            request = Request.from_event({**event, "body": None}, now)
            outcome = Outcome(HttpReply(400), "malformed", "the body is not base64")
        else:
            outcome = self._outcome(request)
        log_request(request, outcome, self._source.name, self._stack)
        if 400 <= outcome.reply.status < 500:
            outcome = outcome._replace(reply=outcome.reply._replace(headers=self._refusal_headers))
        return _response(outcome.reply)

    def _outcome(self, request: Request) -> Outcome:
        try:
            return self._answer(request)
        except Unauthenticated as refused:
            return Outcome(HttpReply(401), "unauthenticated", str(refused))
        except InputOutOfBounds:
            return Outcome(HttpReply(400), "challenge refused", "it would have signed a text outside its bounds")
        except Rejected as rejected:
            return Outcome(HttpReply(400), "challenge refused", str(rejected))
        except EventsInFlight as pending:
            return Outcome(HttpReply(503), "unavailable", f"Pending: {pending}", pending.delivered)
        except (NoSecret, UnusableSecret) as missing:
            return Outcome(HttpReply(503), UNVERIFIABLE, f"{type(missing).__name__}: {missing}")
        except (SecretsUnavailable, QueueUnavailable, KeptBucketUnavailable) as down:
            return Outcome(HttpReply(503), "unavailable", f"{type(down).__name__}: {down}")

    def _answer(self, request: Request) -> Outcome:
        if len(request.body) > MAX_BODY:
            return Outcome(HttpReply(413), "too large")
        # Nobody has said who this is: no more than a handshake is taken apart for them.
        if len(request.body) <= MAX_HANDSHAKE and "content-encoding" not in request.headers:
            if challenge := matching_challenge(self._unauthenticated, request):
                return self._answered(challenge, request)
            if self._otherwise and (challenge := matching_challenge(self._otherwise, request)):
                self._verify_otherwise(challenge, request)
                return self._answered(challenge, request)
        self._verify(request)
        # No challenge signs a brace, so what looks like an event need not be asked.
        if self._signing and request.body[:1] not in (b"{", b"[") and self._could_have_been_signed(request):
            raise Unauthenticated("a challenge would have signed this for anyone")
        if self._authenticated and (challenge := matching_challenge(self._authenticated, request)):
            return self._answered(challenge, request)
        if request.method != "POST":
            return Outcome(HttpReply(405), "no challenge", f"{request.method} fits no challenge")
        if not request.body:
            return Outcome(HttpReply(400), "empty")
        return self._deliver(self._masked(request))

    def _answered(self, challenge: Challenge, request: Request) -> Outcome:
        if challenge.store_secret or challenge.confirm:
            # Few have an effect, and each import is a part of a cold start.
            from lambdas.receiving.effects import take_effect

            take_effect(challenge, request, self._secrets, self._secret_names, self._fetch)
        return Outcome(answer_challenge(challenge, request, self._secret), "challenge answered")

    def _could_have_been_signed(self, request: Request) -> bool:
        return any(could_sign(self._signing, text) for text in hmac_texts(self._auth, request))

    def _verify(self, request: Request) -> None:
        if request.by_iam:
            return
        if self._where == "api" and request.claims is None:
            raise Unauthenticated("the API has verified no token")
        # Behind an authorizer too: whoever could change this API might have another authorizer let anybody in.
        verify_or_reread_secrets(self._auth, request, self._secrets)

    def _verify_otherwise(self, challenge: Challenge, request: Request) -> None:
        if challenge.auth and not request.by_iam:
            verify_or_reread_secrets(challenge.auth, request, self._secrets)

    def _masked(self, request: Request) -> Request:
        request = request.without_query(self._queries) if self._queries else request
        if self._masks:
            request.mask(self._masks)
        return request

    def _deliver(self, request: Request) -> Outcome:
        delivered = self._delivery.deliver(request)
        why = format_reasons(delivered.refusals) if delivered.refusals else None
        return Outcome(self._accept(request), "accepted", why, delivered)

    def _accept(self, request: Request) -> HttpReply:
        """What this vendor wants to be answered, whatever became of the events: they are all somewhere."""
        if self._answer_made:
            return self._answer_made
        try:
            root = request.json
            return render_reply(self._accepted, root, Functions(request, root))
        except (Rejected, InputOutOfBounds):
            return HttpReply(self._accepted.status)

    def _secret(self) -> str:
        return current_secret(self._auth, self._secrets.get)


def _static(reply: Reply) -> HttpReply:
    return render_reply(reply, None, Functions(Request(""), None))


def _response(answer: HttpReply) -> dict[str, Any]:
    headers = dict(answer.headers)
    if answer.body:
        headers = {"content-type": answer.content_type, "x-content-type-options": "nosniff", **headers}
    return {"statusCode": answer.status, "headers": headers, "body": answer.body}
