"""How a source's sender is verified, and how its requests are answered: tables of its page, from its definition."""

from __future__ import annotations

from collections.abc import Iterator

from generator.definition.auth_types import auth_type_name
from generator.definition.pull_words import counted_span
from generator.definition.secret_names import stored_names
from generator.definition.secret_origin import secret_origin
from generator.definition.webhook_words import challenge_check_text, challenge_effect_text, limits_text, verifier_text
from generator.definition.words import counted, listed
from generator.reference.markdown import code, codes, plain, table
from lambdas.auth import leaves
from lambdas.model import Auth, Challenge, Source, Webhook, methods, verified_by
from lambdas.signatures.keys import KeyEncoding
from lambdas.signatures.signature_make import describe_signature
from lambdas.signatures.signature_settings import SignatureSettings, Timestamp

_HOW_TO = "../../docs/how-to"
_UNITS = {"unix": "in Unix seconds", "unix_ms": "in Unix milliseconds", "rfc3339": "as RFC 3339 has it"}
_SEVERAL = {"any_of": "one of these ways is enough", "all_of": "each of these ways is needed"}

Row = tuple[str, str]


def verified(source: Source) -> Iterator[str]:
    """Yield what is verified of a request, and the vendor's handshakes."""
    webhook = source.endpoint
    auths = list(leaves(webhook.auth))
    yield table(("", ""), [*_endpoint(source, auths), *_vendor(source)])
    for auth in auths if len(auths) > 1 else ():
        if isinstance(auth.settings, SignatureSettings):
            yield f"*{_name(auth)}*"
        yield table(("", ""), _check(auth))
    if webhook.challenges:
        yield table(("handshake", "verified", "what it leads to"), map(_handshake, webhook.challenges))


def _handshake(challenge: Challenge) -> tuple[str, str, str]:
    request = f"{challenge.method} where {code(challenge.when)}"
    return request, plain(challenge_check_text(challenge)), challenge_effect_text(challenge)


def _vendor(source: Source) -> Iterator[Row]:
    if vendor := source.vendor:
        if vendor.deadline:
            yield "The vendor waits", counted(vendor.deadline, "second")
        yield "The vendor sends again", plain(vendor.retries)
        yield "The vendor's page", f"<{vendor.docs}>"


def _endpoint(source: Source, auths: list[Auth]) -> Iterator[Row]:
    webhook = source.endpoint
    yield "Endpoint", code(listed(f"{method} {webhook.path}" for method in methods(webhook)))
    yield "Verified by", verifier_text(webhook)
    if len(auths) == 1:
        yield from _check(auths[0])
    else:
        yield "Check", f"{_SEVERAL[auth_type_name(webhook.auth)]}; see below"
    if names := stored_names(webhook):
        later = " and 6 minutes more" if verified_by(webhook) == "authorizer" else ""
        previous = f"the one before is good until [`--drop-previous`]({_HOW_TO}/rotate.md){later}"
        yield "Stored in Parameter Store", f"{codes(names)}; {previous}"
        yield "The secret", secret_origin(source)
    else:
        yield "Stored", "nothing: the sender's public keys are fetched"
    yield "Limits", limits_text(webhook)


def _name(auth: Auth) -> str:
    text = auth.type.describe(auth.settings)
    return _algorithm(auth.settings, text) if isinstance(auth.settings, SignatureSettings) else text


def _algorithm(settings: SignatureSettings, text: str) -> str:
    return text.removesuffix(describe_signature(settings)).strip()


def _check(auth: Auth) -> Iterator[Row]:
    settings = auth.settings
    if not isinstance(settings, SignatureSettings):
        yield "Check", plain(auth.type.describe(settings))
        return
    signature = settings.signature
    text = f"{_name(auth)}, in {signature.encoding}{_after(signature.prefix)}"
    text += f", in {' or '.join(map(code, signature.header))}"
    if signature.split:
        text += f"; of several, with {_separator(signature.split)} between them, one must be right"
    yield "Signature", text
    yield "Signed text", code(settings.signed)
    yield "Time", _time(settings.timestamp) if settings.timestamp else "none is signed, so there is no replay window"
    if settings.id:
        yield "`{id}`", code(settings.id.header)
    if settings.url:
        base = f"below {code(settings.url.base)}" if settings.url.base else "the endpoint's own"
        variants = f"; also {', '.join(settings.url.variants)}" if settings.url.variants else ""
        yield "`{url}`", f"{base}{variants}"
    if settings.body_hash:
        place, name = (
            ("query", settings.body_hash.query) if settings.body_hash.query else ("header", settings.body_hash.header)
        )
        yield "The body's SHA-256", f"in the {place} {code(str(name))}"
    if settings.require:
        yield "Must be there", codes(f"{name}: {value}" for name, value in settings.require.items())
    key = getattr(settings, "key", None)
    if isinstance(key, KeyEncoding) and key != KeyEncoding():
        strip = f", without {code(key.strip)}" if key.strip else ""
        yield "Key", f"what is stored{strip}{'' if key.encoding == 'utf8' else f', as {key.encoding}'}"


def _separator(text: str) -> str:
    return "spaces" if text == " " else code(text)


def _after(prefix: str) -> str:
    return f" after {code(prefix)}" if prefix else ""


def _time(stamp: Timestamp) -> str:
    place = code(stamp.header) if stamp.header else f"{code(str(stamp.path))} in the body"
    future = stamp.tolerance if stamp.future is None else stamp.future
    return (
        f"{place}{_after(stamp.prefix)}, {_UNITS[stamp.format]}: at most {counted_span(stamp.tolerance)} old, "
        f"and {counted_span(future)} ahead"
    )


def answers(source: Source) -> str:
    """Return how requests are answered, and what to do about it."""
    webhook = source.endpoint
    return table(("answer", "what it means", "what to do"), _answers(source.name, webhook))


def _answers(name: str, webhook: Webhook) -> Iterator[tuple[str, str, str]]:
    yield _success(webhook), "each event is sent, or kept with the reason why not", "nothing"
    handshake = ", or a handshake asks for what it may not" if webhook.challenges else ""
    yield "400", f"the request has no body{handshake}", "nothing: no event is in it"
    yield from _refusals(webhook)
    path = code(webhook.path)
    yield "404", "another path or method; API Gateway answers by itself", f"give the vendor `EndpointUrl`, with {path}"
    if len(methods(webhook)) > 1:
        yield "405", f"{' or '.join(methods(webhook)[1:])} that is no handshake", "nothing"
    yield "413", "the body has more than 6 MB", f"[`TooLarge`]({_HOW_TO}/alarms.md#toolarge)"
    yield "429", "more requests than `webhook.throttle` lets through", f"[under a flood]({_HOW_TO}/flood.md)"
    stored = bool(stored_names(webhook))
    no_secret = f"[`NoSecret`]({_HOW_TO}/alarms.md#nosecret): `python -m generator secret {name}`"
    keys = "no secret is stored" if stored else "the sender's public keys can't be fetched"
    yield (
        "503",
        f"an event can be neither sent nor kept, too much came at once, or {keys}; what is sent again is taken",
        f"[`Answers5xx`]({_HOW_TO}/alarms.md#answers5xx){f'; {no_secret}' if stored else ''}",
    )


def _success(webhook: Webhook) -> str:
    reply = webhook.answer
    if reply is None:
        return "200, empty"
    body = f", {code(reply.text)}" if reply.text else ", JSON" if reply.json is not None else ", empty"
    return f"{reply.status}{body}"


def _refusals(webhook: Webhook) -> Iterator[tuple[str, str, str]]:
    why = f"[find out why]({_HOW_TO}/why-401.md)"
    if webhook.refusal_headers:
        why += f"; each 4xx has {codes(f'{name}: {value}' for name, value in webhook.refusal_headers.items())}"
    by = verified_by(webhook)
    if by == "handler":
        yield "401", "what is verified is missing or wrong; nothing of the request is stored", why
    elif by == "api":
        yield "401", "the token is missing, wrong or expired, or made for another; nothing is stored", why
    else:
        headers = " or ".join(code(name) for auth in leaves(webhook.auth) for name in auth.type.headers(auth.settings))
        yield "401", f"{headers} is missing. API Gateway answers by itself: only its access log has a line", why
        yield "403", "what is verified is wrong; nothing of the request is stored", why
