"""What is signed by keys that its sender publishes: a token of an issuer, a message of SNS."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from generator.explain.evidence import Fact, format_age
from generator.explain.mistakes import VerificationAttempt
from generator.explain.redaction import visible
from lambdas.auth import sns
from lambdas.reading.body import Rejected
from lambdas.runtime.times import iso_time


def jwt_facts(attempt: VerificationAttempt) -> Iterator[Fact]:
    """What the token says of itself, which is no more than it says until the signature is verified."""
    settings = attempt.settings
    name = settings.header.lower()
    value = attempt.request.headers.get(name)
    yield Fact("header", f"{name}: {'is not there' if value is None else f'{len(value)} characters'}")
    if (said := decode_token(attempt)) is None:
        return
    head, claims = said
    yield Fact("alg", f"{_shown(head.get('alg'))}; {', '.join(settings.algorithms)} is allowed")
    yield Fact("kid", _shown(head.get("kid")))
    yield Fact("iss", f"{_shown(claims.get('iss'))}; must be {settings.issuer}")
    yield Fact("aud", f"{_shown(claims.get('aud'))}; must be {' or '.join(settings.audience)}")
    for claim, wanted in (settings.claims or {}).items():
        yield Fact(claim, f"{_shown(claims.get(claim))}; must be {wanted}")
    for claim in ("iat", "nbf", "exp"):
        if isinstance(at := claims.get(claim), int | float) and 0 <= at < 10**11:
            yield Fact(claim, f"{iso_time(at)[:19]}Z, {format_age(attempt.now - at)}")


def decode_token(attempt: VerificationAttempt) -> tuple[dict[str, Any], dict[str, Any]] | None:
    """A token's header and claims, as they stand there; None where there is none."""
    import jwt

    value = attempt.request.headers.get(attempt.settings.header.lower(), "").partition(" ")[2]
    try:
        whole = jwt.decode_complete(value, options={"verify_signature": False})
    except (jwt.PyJWTError, ValueError):
        return None
    return dict(whole["header"]), dict(whole["payload"])


def _shown(value: Any) -> str:
    return "is not there" if value is None else visible(str(value)[:200])


def sns_message(attempt: VerificationAttempt) -> dict[str, Any]:
    """A message of SNS; empty where the body is none."""
    try:
        found = attempt.request.json
    except Rejected:
        return {}
    return found if isinstance(found, dict) else {}


def sns_facts(attempt: VerificationAttempt) -> Iterator[Fact]:
    """What the message says of itself."""
    found = sns_message(attempt)
    yield Fact("topic", f"{_shown(found.get('TopicArn'))}; {' or '.join(attempt.settings.topics)} is allowed")
    yield Fact("version", _shown(found.get("SignatureVersion")))
    yield Fact(
        "key", f"{_shown(found.get('SigningCertURL', found.get('SigningCertUrl')))}; of {' or '.join(sns.HOSTS)}"
    )
    if "Type" in found:
        yield Fact("signed", f"what a {_shown(found['Type'])} has of Message, Subject, Timestamp, TopicArn and others")
