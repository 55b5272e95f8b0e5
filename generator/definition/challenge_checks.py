"""Checks of a challenge and of replies across keys: what it matches, what it does, and what its reply may sign."""

from __future__ import annotations

from generator.definition.jmespath_checks import REPLY_ONLY, called_functions, ignores_request
from generator.definition.path_checks import Mistakes, reply_functions
from lambdas.model import Challenge, Inputs, Reply
from lambdas.reading.text_templates import template_paths
from lambdas.receiving.challenges import NEVER_SIGNED, reply_texts


def challenge_mistakes(challenge: Challenge) -> Mistakes:
    """Yield what is wrong with a challenge; the keys are those below it."""
    reply = challenge.reply
    for key, message in reply_mistakes(reply):
        yield f"reply.{key}", message
    if challenge.method == "POST" and ignores_request(challenge.when):
        yield "when", "matches every request, so none would become an event; compare a field"
    if message := reply_functions(challenge.when):
        yield "when", message
    if challenge.unauthenticated and challenge.auth:
        yield "auth", "contradicts `unauthenticated: true`; leave one of them out"
    yield from _effects(challenge)
    if challenge.inputs:
        yield from _inputs(challenge.inputs)
        if not any(called_functions(path) & REPLY_ONLY for text in reply_texts(reply) for path in template_paths(text)):
            yield "inputs", "has no effect, since the reply signs nothing; leave it out"


def _effects(challenge: Challenge) -> Mistakes:
    """Yield what is wrong with `store_secret` and `confirm`: what a challenge does besides its reply."""
    url = challenge.confirm.url if challenge.confirm else None
    for key, path in (("store_secret", challenge.store_secret), ("confirm.url", url)):
        if path and (message := reply_functions(path)):
            yield key, message
    if challenge.store_secret and not challenge.unauthenticated:
        message = "needs `unauthenticated: true`, since the request comes before there is a secret to verify it with"
        yield "store_secret", message
    if challenge.confirm and challenge.unauthenticated:
        yield "confirm", "calls a URL for anyone; leave `unauthenticated` out, so that it does so for the vendor alone"
    if url and called_functions(url) & {"header", "query"}:
        yield "confirm.url", "is not in the body, which alone is signed, so anyone could choose it"
    if challenge.confirm and not challenge.confirm.hosts:
        yield "confirm.hosts", "names no host"


def reply_mistakes(reply: Reply) -> Mistakes:
    """Yield what is wrong with a reply; the keys are those below it."""
    if not 200 <= reply.status <= 299:
        yield "status", "must be 200 to 299"
    if reply.json is not None and reply.text is not None:
        yield "text", "can't stand beside `json`, since a reply has one body; leave one out"
    if reply.status == 204 and (reply.json is not None or reply.text is not None):
        yield "status", "204 has no body; use 200"


def _inputs(inputs: Inputs) -> Mistakes:
    if not inputs.reason.strip():
        yield "inputs.reason", "is empty; say why the vendor's challenge needs it"
    if forbidden := sorted(set(inputs.also) & NEVER_SIGNED):
        shown = " ".join(repr(character)[1:-1] for character in forbidden)
        yield "inputs.also", f"must not have {shown}: with it an answer could be the signature of an event"
    if not 1 <= inputs.length <= 1024:
        yield "inputs.length", "must be 1 to 1024"
