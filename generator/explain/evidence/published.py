"""Facts about what is signed with published keys: an issuer's token (JWT), a message of SNS."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from generator.explain.evidence import Fact, format_age
from generator.explain.mistakes import VerificationAttempt
from generator.explain.redaction import visible
from lambdas.auth import sns
from lambdas.reading.body import Rejected
from lambdas.runtime.times import iso_time
from lambdas.signatures.token_claims import expected_texts


def jwt_facts(attempt: VerificationAttempt) -> Iterator[Fact]:
    """Yield the token's header and claims, unverified."""
    settings = attempt.settings
    name = settings.header.lower()
    value = attempt.request.headers.get(name)
    yield Fact("header", f"{name}: {'is not there' if value is None else f'{len(value)} characters'}")
    if (token := decode_token(attempt)) is None:
        return
    head, claims = token
    yield Fact("alg", f"{_shown(head.get('alg'))}; {', '.join(settings.algorithms)} is allowed")
    yield Fact("kid", _shown(head.get("kid")))
    if settings.issuer:
        yield Fact("iss", f"{_shown(claims.get('iss'))}; must be {settings.issuer}")
    if settings.audience:
        yield Fact("aud", f"{_shown(claims.get('aud'))}; must be {' or '.join(settings.audience)}")
    for claim, text in (settings.claims or {}).items():
        yield Fact(claim, f"{_shown(claims.get(claim))}; must be {_expected(text, attempt)}")
    for claim in ("iat", "nbf", "exp"):
        if isinstance(time := claims.get(claim), int | float) and 0 <= time < 10**11:
            yield Fact(claim, f"{iso_time(time)[:19]}Z, {format_age(attempt.now - time)}")


def _expected(text: str, attempt: VerificationAttempt) -> str:
    """Return what a claim must be: its text and, where pieces of the request are in it, what these come to."""
    [first, *_] = expected_texts(text, attempt.settings.url, attempt.request)
    return text if first == text else f"{first}, {text}"


def decode_token(attempt: VerificationAttempt) -> tuple[dict[str, Any], dict[str, Any]] | None:
    """Return a token's header and claims, unverified; None where the request has no token."""
    import jwt

    value = attempt.request.headers.get(attempt.settings.header.lower(), "")[len(attempt.settings.prefix) :]
    try:
        token = jwt.decode_complete(value, options={"verify_signature": False})
    except (jwt.PyJWTError, ValueError):
        return None
    return dict(token["header"]), dict(token["payload"])


def _shown(value: Any) -> str:
    return "is not there" if value is None else visible(str(value)[:200])


def sns_message(attempt: VerificationAttempt) -> dict[str, Any]:
    """Return the message of SNS; empty where the body is not one."""
    try:
        message = attempt.request.json
    except Rejected:
        return {}
    return message if isinstance(message, dict) else {}


def sns_facts(attempt: VerificationAttempt) -> Iterator[Fact]:
    """Yield what the message says about itself, unverified."""
    message = sns_message(attempt)
    yield Fact("topic", f"{_shown(message.get('TopicArn'))}; {' or '.join(attempt.settings.topics)} is allowed")
    yield Fact("version", _shown(message.get("SignatureVersion")))
    yield Fact(
        "key", f"{_shown(message.get('SigningCertURL', message.get('SigningCertUrl')))}; of {' or '.join(sns.HOSTS)}"
    )
    if "Type" in message:
        yield Fact(
            "signed", f"what a {_shown(message['Type'])} has of Message, Subject, Timestamp, TopicArn and others"
        )
