"""What the settings of a webhook mean, in words for people; what stands between backticks is code."""

from __future__ import annotations

from generator.definition.words import listed
from lambdas.model import Challenge, Webhook, verified_by

_VERIFIER = {
    "handler": "the function `Webhook`, before it reads the body as an event",
    "authorizer": "the function `Verify`, which the HTTP API asks first; then `Webhook` verifies the request again",
    "api": "the HTTP API itself; then `Webhook` checks what the token says",
}
_REFUSAL = {"handler": "401", "authorizer": "401 or 403", "api": "401"}


def verifier_text(webhook: Webhook) -> str:
    """Write who verifies the sender."""
    return _VERIFIER[verified_by(webhook)]


def refusal_text(webhook: Webhook) -> str:
    """Write how a request is answered whose sender is not verified: "401 or 403"."""
    return _REFUSAL[verified_by(webhook)]


def limits_text(webhook: Webhook) -> str:
    """Write how many requests the endpoint takes, and how large they may be."""
    throttle = webhook.throttle
    at_once = (
        f"{webhook.concurrency} requests are handled at once" if webhook.concurrency else "no reserved concurrency"
    )
    return f"{throttle.rate:,} requests a second, {throttle.burst:,} at once; {at_once}; a body has at most 6 MB"


def challenge_check_text(challenge: Challenge) -> str:
    """Write how the sender of a handshake is verified."""
    if challenge.unauthenticated:
        return "no: the answer is bounded, and signs nothing that could be an event"
    if challenge.auth:
        return challenge.auth.type.describe(challenge.auth.settings)
    return "as an event is"


def challenge_effect_text(challenge: Challenge) -> str:
    """Write what a handshake leads to."""
    if challenge.store_secret:
        return "the secret in it is stored, if none is stored yet: the first such request is believed"
    if challenge.confirm:
        return f"a URL in it is called, at {listed(challenge.confirm.hosts)} alone"
    return "it is answered"
