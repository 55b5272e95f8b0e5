"""Simulate the handler on a request whose sender counts as verified: a challenge's reply, or the messages."""

from __future__ import annotations

import contextlib
import io
import json
from dataclasses import dataclass, replace
from typing import Any

from jmespath.functions import signature

from generator.explain.captured_case import CapturedCase
from generator.samples import gateway
from generator.samples.fake_aws import Bucket, Queue, Store
from lambdas.auth_type import OutgoingRequest
from lambdas.delivering.kept_bucket import KeptBucket
from lambdas.delivering.outbox import Outbox
from lambdas.model import Auth, Challenge, Source, methods, verified_by
from lambdas.reading.body import Rejected
from lambdas.reading.formats import body_reader
from lambdas.reading.request import BY_IAM, Request
from lambdas.receiving.challenges import InputOutOfBounds, ReplyFunctions, matching_challenge, render_reply
from lambdas.receiving.receive import MAX_HANDSHAKE, Receiver
from lambdas.runtime.secrets import Secrets

SIGNED_MARK = "[made with the secret]"


@dataclass(frozen=True)
class SimulatedOutcome:
    """The reply, the reason for it, and the messages that are on the queue before the reply is sent."""

    status: int
    body: str = ""
    reason: str | None = None
    messages: tuple[dict[str, Any], ...] = ()


NO_ROUTE = SimulatedOutcome(
    404, '{"message":"Not Found"}', "the API itself answers where it has no route: nothing else sees it"
)
"""The outcome of a request whose method has no route.

https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-routes.html
"""


def has_no_route(source: Source, request: Request) -> bool:
    """Whether the request's method has no route."""
    return request.method not in methods(source.endpoint)


def received_request(source: Source, outgoing: OutgoingRequest, now: float) -> Request:
    """Return the request as the handler sees it."""
    event = gateway.event(outgoing.method, outgoing.headers, outgoing.body, url=outgoing.url, binary=True)
    return Request.from_event(event, now, body_reader(source.events))


def challenge_and_auth(source: Source, request: Request) -> tuple[Challenge | None, Auth | None]:
    """Return the challenge that the request is, and the auth that verifies its sender, in the handler's order."""
    challenges = source.endpoint.challenges
    if len(request.body) <= MAX_HANDSHAKE and "content-encoding" not in request.headers:
        if match := matching_challenge(tuple(each for each in challenges if each.unauthenticated), request):
            return match, None
        if (match := matching_challenge(tuple(each for each in challenges if each.auth), request)) and match.auth:
            return match, match.auth
    verified = tuple(each for each in challenges if not each.unauthenticated and not each.auth)
    return matching_challenge(verified, request), source.endpoint.auth


def refusal_status(source: Source, auth: Auth, request: Request) -> int:
    """Return the HTTP status for a request that does not verify: 403 from an authorizer, 401 from the handler."""
    names = auth.type.headers(auth.settings)
    behind_authorizer = verified_by(source.endpoint) == "authorizer" and auth == source.endpoint.auth
    return 403 if behind_authorizer and any(name in request.headers for name in names) else 401


class _WithoutSecret(ReplyFunctions):
    """The functions that a reply may call, with a mark instead of what needs the secret."""

    @signature({"types": []})  # type: ignore[untyped-decorator]
    def _func_hmac_hex(self, text: Any) -> str:
        self._bounded(text)
        return SIGNED_MARK

    @signature({"types": []})  # type: ignore[untyped-decorator]
    def _func_hmac_base64(self, text: Any) -> str:
        self._bounded(text)
        return SIGNED_MARK

    @signature({"types": []})  # type: ignore[untyped-decorator]
    def _func_keyed_sha256_hex(self, text: Any) -> str:
        self._bounded(text)
        return SIGNED_MARK


def simulate_challenge(challenge: Challenge, request: Request) -> SimulatedOutcome:
    """Return the outcome of a challenge. Nothing is stored or called."""
    try:
        body = request.json if request.body else None
    except Rejected:
        body = None
    try:
        reply = render_reply(challenge.reply, body, _WithoutSecret(request, challenge, str))
    except InputOutOfBounds:
        return SimulatedOutcome(400, reason="it would have signed a text outside its bounds")
    except Rejected as rejected:
        return SimulatedOutcome(400, reason=str(rejected))
    headers = "".join(f"{name}: {value}\n" for name, value in reply.headers)
    return SimulatedOutcome(reply.status, f"{headers}{reply.body}".strip())


def simulate_event(case: CapturedCase, outgoing: OutgoingRequest) -> SimulatedOutcome:
    """Run the handler's own code on an event whose sender counts as verified, with a queue and a bucket in memory."""
    source, now = case.source, case.now
    without_effects = replace(source, webhook=replace(source.endpoint, challenges=_without_effects(source)))
    queue = Queue()
    secrets = Secrets("", lambda: Store(lambda name: case.secrets.get(name, ())))
    receiver = Receiver(without_effects, secrets, Outbox("queue", queue), KeptBucket("kept", Bucket), clock=lambda: now)
    event = gateway.event(outgoing.method, outgoing.headers, outgoing.body, url=outgoing.url, binary=True)
    event[BY_IAM] = True
    with contextlib.redirect_stdout(io.StringIO()) as log:
        response = receiver.respond(event)
    log_line = json.loads(log.getvalue().splitlines()[-1])
    messages = tuple(json.loads(body) for body in queue.bodies)
    reason = log_line.get("why") or (log_line["message"] if response["statusCode"] >= 300 else None)
    return SimulatedOutcome(response["statusCode"], response["body"], reason, messages)


def _without_effects(source: Source) -> tuple[Challenge, ...]:
    return tuple(replace(each, confirm=None, store_secret=None) for each in source.endpoint.challenges)
