"""Handle a request in order: challenges, verification, shaping, sending, the reply.

`Receiver._handle` is that order. Before the reply is a 2xx, every authentic event is on the queue, or in the bucket
with the reason why not; what the queue does not take waits in the bucket. Where neither takes an event, the reply is
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
    from lambdas.delivering.archive import ArchiveWriter
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
        archive: ArchiveWriter | None = None,
    ) -> None:
        self._source = source
        self._auth = source.endpoint.auth
        self._verified_by = verified_by(source.endpoint)
        challenges = source.endpoint.challenges
        self._open_challenges = tuple(each for each in challenges if each.unauthenticated)
        self._own_auth_challenges = tuple(each for each in challenges if each.auth)
        self._verified_challenges = tuple(each for each in challenges if not each.unauthenticated and not each.auth)
        self._signing_challenges = tuple(each for each in challenges if signs_with_secret(each))
        self._secret_names = secret_names(self._auth)
        all_auths = auths(source.endpoint)
        self._masked_fields = masked_fields(source)
        self._credential_queries = tuple(name for auth in all_auths for name in credential_queries(auth))
        self._accepted_reply = source.endpoint.answer or Reply()
        # Most sources answer every event alike, so that reply is rendered once.
        self._static_reply = _render_if_static(self._accepted_reply)
        self._refusal_headers = tuple((source.endpoint.refusal_headers or {}).items())
        self._read = body_reader(source.events)
        self._delivery = Delivery(source, outbox, kept, claims, archive)
        self._secrets = secrets
        self._clock = clock
        self._fetch = fetch
        self._stack = stack

    def respond(self, event: Mapping[str, Any]) -> dict[str, Any]:
        """Return the response to an event of payload format 2.0, in the shape that API Gateway takes."""
        now = self._clock()
        try:
            request = Request.from_event(event, now, self._read)
        except ValueError:
            request = Request.from_event({**event, "body": None}, now)
            outcome = Outcome(HttpReply(400), "malformed", "the body is not base64")
        else:
            outcome = self._outcome_of(request)
        log_request(request, outcome, self._source.name, self._stack)
        if 400 <= outcome.reply.status < 500:
            outcome = outcome._replace(reply=outcome.reply._replace(headers=self._refusal_headers))
        return _response(outcome.reply)

    def _outcome_of(self, request: Request) -> Outcome:
        try:
            return self._handle(request)
        except Unauthenticated as error:
            return Outcome(HttpReply(401), "unauthenticated", str(error))
        except InputOutOfBounds:
            return Outcome(HttpReply(400), "challenge refused", "it would have signed a text outside its bounds")
        except Rejected as error:
            return Outcome(HttpReply(400), "challenge refused", str(error))
        except EventsInFlight as in_flight:
            return Outcome(HttpReply(503), "unavailable", f"Pending: {in_flight}", in_flight.delivered)
        except (NoSecret, UnusableSecret) as error:
            return Outcome(HttpReply(503), UNVERIFIABLE, f"{type(error).__name__}: {error}")
        except (SecretsUnavailable, QueueUnavailable, KeptBucketUnavailable) as error:
            return Outcome(HttpReply(503), "unavailable", f"{type(error).__name__}: {error}")

    def _handle(self, request: Request) -> Outcome:
        if len(request.body) > MAX_BODY:
            return Outcome(HttpReply(413), "too large")
        # The sender is not known yet, so only a body of a handshake's size is parsed for it.
        if len(request.body) <= MAX_HANDSHAKE and "content-encoding" not in request.headers:
            if challenge := matching_challenge(self._open_challenges, request):
                return self._answer_challenge(challenge, request)
            if self._own_auth_challenges and (challenge := matching_challenge(self._own_auth_challenges, request)):
                self._verify_with_own_auth(challenge, request)
                return self._answer_challenge(challenge, request)
        self._verify(request)
        # No challenge signs a brace or a bracket, so a body that looks like an event needs no check.
        if (
            self._signing_challenges
            and request.body[:1] not in (b"{", b"[")
            and self._could_be_challenge_answer(request)
        ):
            raise Unauthenticated("a challenge would have signed this for anyone")
        if self._verified_challenges and (challenge := matching_challenge(self._verified_challenges, request)):
            return self._answer_challenge(challenge, request)
        if request.method != "POST":
            return Outcome(HttpReply(405), "no challenge", f"{request.method} fits no challenge")
        if not request.body:
            return Outcome(HttpReply(400), "empty")
        return self._deliver(self._without_credentials(request))

    def _answer_challenge(self, challenge: Challenge, request: Request) -> Outcome:
        if challenge.store_secret or challenge.confirm:
            # Few challenges have an effect, and every import lengthens a cold start.
            from lambdas.receiving.effects import take_effect

            take_effect(challenge, request, self._secrets, self._secret_names, self._fetch)
        return Outcome(answer_challenge(challenge, request, self._secret), "challenge answered")

    def _could_be_challenge_answer(self, request: Request) -> bool:
        return any(could_sign(self._signing_challenges, text) for text in hmac_texts(self._auth, request))

    def _verify(self, request: Request) -> None:
        if request.by_iam:
            return
        if self._verified_by == "api" and request.claims is None:
            raise Unauthenticated("the API has verified no token")
        # Behind an authorizer too: somebody who can change this API could attach an authorizer that lets anybody in.
        verify_or_reread_secrets(self._auth, request, self._secrets)

    def _verify_with_own_auth(self, challenge: Challenge, request: Request) -> None:
        if challenge.auth and not request.by_iam:
            verify_or_reread_secrets(challenge.auth, request, self._secrets)

    def _without_credentials(self, request: Request) -> Request:
        request = request.without_query(self._credential_queries) if self._credential_queries else request
        if self._masked_fields:
            request.mask(self._masked_fields)
        return request

    def _deliver(self, request: Request) -> Outcome:
        delivered = self._delivery.deliver(request)
        reason = format_reasons(delivered.rejected_events) if delivered.rejected_events else None
        return Outcome(self._success_reply(request), "accepted", reason, delivered)

    def _success_reply(self, request: Request) -> HttpReply:
        """Return the configured success reply; by now every event is queued or kept."""
        if self._static_reply:
            return self._static_reply
        try:
            root = request.json
            return render_reply(self._accepted_reply, root, Functions(request, root))
        except (Rejected, InputOutOfBounds):
            return HttpReply(self._accepted_reply.status)

    def _secret(self) -> str:
        return current_secret(self._auth, self._secrets.get)


def _render_if_static(reply: Reply) -> HttpReply | None:
    """Render a reply that has no field of the event in it; None where it has one."""
    if any(template_paths(text) for text in reply_texts(reply)):
        return None
    return render_reply(reply, None, Functions(Request(""), None))


def _response(answer: HttpReply) -> dict[str, Any]:
    headers = dict(answer.headers)
    if answer.body:
        headers = {"content-type": answer.content_type, "x-content-type-options": "nosniff", **headers}
    return {"statusCode": answer.status, "headers": headers, "body": answer.body}
