"""What becomes of a request once its sender is verified: a challenge that is answered, or messages."""

from __future__ import annotations

import contextlib
import io
import json
from collections.abc import Mapping
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
Keys = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class SimulatedOutcome:
    """The answer, why it is that one, and the messages that are on the queue before it is given."""

    status: int
    body: str = ""
    why: str | None = None
    messages: tuple[dict[str, Any], ...] = ()


NO_ROUTE = SimulatedOutcome(
    404, '{"message":"Not Found"}', "the API itself answers where it has no route: nothing else sees it"
)
"""What becomes of a request whose method has no route.

https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-routes.html
"""


def has_no_route(source: Source, request: Request) -> bool:
    """Whether the request's method has no route."""
    return request.method not in methods(source.webhook)


def received_request(source: Source, sent: OutgoingRequest, now: float) -> Request:
    """The request as the handler sees it."""
    event = gateway.event(sent.method, sent.headers, sent.body, url=sent.url, binary=True)
    return Request.from_event(event, now, body_reader(source.events))


def challenge_and_auth(source: Source, request: Request) -> tuple[Challenge | None, Auth | None]:
    """The challenge that it is, and how its sender is verified; in the order in which the handler looks."""
    challenges = source.webhook.challenges
    if len(request.body) <= MAX_HANDSHAKE and "content-encoding" not in request.headers:
        if found := matching_challenge(tuple(one for one in challenges if one.unauthenticated), request):
            return found, None
        if (found := matching_challenge(tuple(one for one in challenges if one.auth), request)) and found.auth:
            return found, found.auth
    plain = tuple(one for one in challenges if not one.unauthenticated and not one.auth)
    return matching_challenge(plain, request), source.webhook.auth


def refusal_status(source: Source, auth: Auth, request: Request) -> int:
    """The status with which a sender who does not verify is answered."""
    names = auth.type.headers(auth.settings)
    behind = verified_by(source.webhook) == "authorizer" and auth == source.webhook.auth
    return 403 if behind and any(name in request.headers for name in names) else 401


class _Shown(ReplyFunctions):
    """What a reply may call, with a mark for what only who has the secret can make."""

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
    """The answer to a challenge. Nothing is stored or called."""
    try:
        body = request.json if request.body else None
    except Rejected:
        body = None
    try:
        answer = render_reply(challenge.reply, body, _Shown(request, challenge, str))
    except InputOutOfBounds:
        return SimulatedOutcome(400, why="it would have signed a text outside its bounds")
    except Rejected as rejected:
        return SimulatedOutcome(400, why=str(rejected))
    headers = "".join(f"{name}: {value}\n" for name, value in answer.headers)
    return SimulatedOutcome(answer.status, f"{headers}{answer.body}".strip())


def simulate_event(case: CapturedCase, sent: OutgoingRequest) -> SimulatedOutcome:
    """What the handler itself makes of an event whose sender is verified, with a queue and a bucket in memory."""
    source, now = case.source, case.now
    bare = replace(source, webhook=replace(source.webhook, challenges=_without_effects(source)))
    queue = Queue()
    secrets = Secrets("", lambda: Store(lambda name: case.secrets.get(name, ())))
    receiver = Receiver(bare, secrets, Outbox("queue", queue), KeptBucket("kept", Bucket), clock=lambda: now)
    event = gateway.event(sent.method, sent.headers, sent.body, url=sent.url, binary=True)
    event[BY_IAM] = True
    with contextlib.redirect_stdout(io.StringIO()) as log:
        response = receiver.respond(event)
    said = json.loads(log.getvalue().splitlines()[-1])
    messages = tuple(json.loads(body) for body in queue.bodies)
    why = said.get("why") or (said["message"] if response["statusCode"] >= 300 else None)
    return SimulatedOutcome(response["statusCode"], response["body"], why, messages)


def _without_effects(source: Source) -> tuple[Challenge, ...]:
    return tuple(replace(one, confirm=None, store_secret=None) for one in source.webhook.challenges)
