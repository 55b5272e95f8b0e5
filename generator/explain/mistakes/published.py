"""Mistakes in what is signed with published keys: a token's issuer, audience, time and claims; a topic of SNS."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from generator.explain.evidence import format_age
from generator.explain.evidence.published import decode_token, sns_message
from generator.explain.mistakes import VerificationAttempt, rewritten
from generator.explain.redaction import visible
from lambdas.signatures.token_claims import expected_texts

Diagnosis = tuple[str, str, bool]
"""A diagnosis, advice, and whether it is proven."""
_AT = "--at request verifies it as of its own time"


def jwt_findings(attempt: VerificationAttempt, *, as_of_now: bool) -> Iterator[Diagnosis]:
    """Yield what is wrong with a token, other than its signature."""
    settings, token = attempt.settings, decode_token(attempt)
    if token is None:
        advice = "capture the header too; a proxy, or the tool that captured it, may have taken it away"
        after = f" after {settings.prefix.strip()}" if settings.prefix else ""
        yield f"{settings.header.lower()} has no token{after}", advice, False
        return
    head, claims = token
    if (algorithm := head.get("alg")) not in settings.algorithms:
        advice = "have the issuer sign with another, or name it in `algorithms`"
        yield f"alg is {_shown(algorithm)}, and the definition allows {', '.join(settings.algorithms)}", advice, True
    for name in dict.fromkeys(("iss", "aud", "exp", "nbf", "iat", *(settings.claims or {}))):
        if not _holds(name, claims, attempt):
            yield (*_claim(name, claims.get(name), attempt, as_of_now=as_of_now), True)


def _holds(name: str, claims: dict[str, Any], attempt: VerificationAttempt) -> bool:
    """Whether a claim is valid, judged with valid values for all others."""
    settings = attempt.settings
    valid: dict[str, Any] = {"exp": attempt.now + 1, "iat": attempt.now}
    valid |= {"iss": settings.issuer} if settings.issuer else {}
    valid |= {"aud": settings.audience[0]} if settings.audience else {}
    for claim, text in (settings.claims or {}).items():
        valid[claim] = expected_texts(text, settings.url, attempt.request)[0]
    valid.pop(name, None)
    return attempt.with_request(claims={**valid, **({name: claims[name]} if name in claims else {})}).verifies


def _claim(name: str, value: Any, attempt: VerificationAttempt, *, as_of_now: bool) -> tuple[str, str]:
    settings = attempt.settings
    if name == "iss":
        return f"iss is {_shown(value)}, and must be {settings.issuer}", "it is of another issuer, or `issuer` is wrong"
    if name == "aud":
        advice = "set the audience at the vendor, or `audience` in the definition, so that they are the same"
        return f"aud is {_shown(value)}, and must be {' or '.join(settings.audience)}", advice
    if name in ("exp", "nbf", "iat"):
        if not isinstance(value, int | float):
            return f"{name} is {_shown(value)}", "have the issuer send a time"
        state = "has not begun" if name == "nbf" or value > attempt.now else "is over"
        diagnosis = f"its time {state}: {name} is {format_age(attempt.now - value)}"
        return diagnosis, _AT if as_of_now else "compare the clocks, and have the vendor send a token of now"
    text = settings.claims[name]
    [expected, *_] = expected_texts(text, settings.url, attempt.request)
    if expected == text:
        return f"{name} is {_shown(value)}, and must be {expected}", "it is made for another, or `claims` is wrong"
    if "{url" in text:
        advice = "--url tries another one; in the definition, it is `url: {base: …}`"
        return f"{name} is {_shown(value)}, and {text} of this URL is {expected}", advice
    return f"{name} is {_shown(value)}, and {text} of this body is {expected}", rewritten.REWRITTEN_ADVICE


def _shown(value: Any) -> str:
    return "not there" if value is None else visible(str(value)[:200])


def sns_findings(attempt: VerificationAttempt) -> Iterator[Diagnosis]:
    """Yield what is wrong with a message of SNS, other than its signature."""
    message = sns_message(attempt)
    if attempt.request.headers.get("x-amz-sns-rawdelivery") == "true" or "Type" not in message:
        advice = "switch raw message delivery off: what is delivered so has no signature"
        yield "it is not a message of SNS, but what was published", advice, True
    elif message.get("TopicArn") not in attempt.settings.topics:
        yield f"its topic is {_shown(message.get('TopicArn'))}", "if it is yours, add it to `topics`", True
