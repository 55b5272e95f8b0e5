"""Making a JSON Web Token as a vendor would, for samples, the canary and `send`; and describing one in words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lambdas.auth_type import OutgoingRequest
from lambdas.reading.request import Request
from lambdas.signatures.hmac_tokens import signed_token
from lambdas.signatures.token_claims import covers_body, expected_texts

if TYPE_CHECKING:
    from lambdas.auth.jwt import Settings

_LIFETIME = 300
"""Seconds for which a token is good."""


def sign_token(settings: Settings, outgoing: OutgoingRequest, key: bytes, now: float) -> OutgoingRequest:
    """Return the request with a token under the stored secret; used by builds and senders, never in AWS."""
    request = Request.from_outgoing(outgoing, now)
    claims: dict[str, Any] = {"iat": int(now), "exp": int(now) + _LIFETIME}
    claims |= {"iss": settings.issuer} if settings.issuer else {}
    claims |= {"aud": settings.audience[0]} if settings.audience else {}
    for name, text in (settings.claims or {}).items():
        claims[name] = expected_texts(text, settings.url, request)[0]
    token = signed_token(claims, key, settings.algorithms[0])
    return outgoing._replace(headers={**outgoing.headers, settings.header: f"{settings.prefix}{token}"})


def describe_token(settings: Settings) -> str:
    """Describe in a few words whose token it is, and what it covers."""
    of = f" of {settings.issuer or settings.jwks_url}" if not settings.secret else f" ({'/'.join(settings.algorithms)})"
    audience = f" for {' or '.join(settings.audience)}" if settings.audience else ""
    claims = "".join(f", {name} {value}" for name, value in (settings.claims or {}).items())
    uncovered = "" if covers_body(settings.claims) else "; not covered: the body"
    return f"a token{of}{audience}{claims} in {settings.header}{uncovered}"
