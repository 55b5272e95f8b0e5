"""The claims of a JSON Web Token: who made it, for whom, for how long, and what of the request it names."""

from __future__ import annotations

import hmac
import json
import re
from collections.abc import Iterable, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from lambdas.auth_type import Unauthenticated

if TYPE_CHECKING:
    from lambdas.auth.jwt import Settings
    from lambdas.reading.request import Request
    from lambdas.signatures.signature_settings import Url

LEEWAY = 60
"""Seconds that the issuer's clock may differ from ours."""
GOOGLE = ("https://accounts.google.com", "accounts.google.com")
_PIECE_OF_REQUEST = re.compile(r"(?<!\$)\{\w")
"""A piece, and no parameter: `${Name}` is what people read of it, and holds nothing of a request."""


def typed_claims(texts: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the claims that the HTTP API verified, with types: it hands each over as text, a list as `[a b]`."""
    claims = dict(texts)
    if isinstance(audience := claims.get("aud"), str) and audience.startswith("["):
        claims["aud"] = [audience, *audience.removeprefix("[").removesuffix("]").split()]
    for name in ("exp", "nbf", "iat"):
        with suppress(ValueError):
            claims |= {name: float(claims[name])} if isinstance(claims.get(name), str) else {}
    return claims


def check_claims(settings: Settings, claims: Mapping[str, Any], request: Request, now: float) -> None:
    """Raise Unauthenticated unless the claims are for us, of now, and of this request."""
    issuer = claims.get("iss")
    if settings.issuer and issuer != settings.issuer and not (settings.issuer in GOOGLE and issuer in GOOGLE):
        raise Unauthenticated("iss is not the issuer")
    audience = claims.get("aud")
    names = audience if isinstance(audience, list) else [audience]
    if settings.audience and not any(name in settings.audience for name in names):
        raise Unauthenticated("aud is none of the audience")
    _check_times(settings, claims, now)
    for name, text in (settings.claims or {}).items():
        if name not in claims or not _is_one_of(_text(claims[name]), expected_texts(text, settings.url, request)):
            raise Unauthenticated(f"{name} is not what it must be")


def _check_times(settings: Settings, claims: Mapping[str, Any], now: float) -> None:
    # A token of which neither is asked may be sent again at any time, as any signature without a time may be.
    expires = "exp" in claims or not (settings.tolerance or covers_body(settings.claims))
    # Negated on purpose: every comparison with NaN is false, so NaN is refused.
    if expires and not _number(claims, "exp", 0.0) > now - LEEWAY:
        raise Unauthenticated("exp is not there, or is past")
    if not _number(claims, "nbf", now) <= now + LEEWAY:
        raise Unauthenticated("nbf is to come")
    if settings.tolerance and not -LEEWAY <= now - _number(claims, "iat", 0.0) <= settings.tolerance:
        raise Unauthenticated(f"iat is not there, or is not within {settings.tolerance} s")


def covers_body(claims: Mapping[str, str] | None) -> bool:
    """Return whether a claim holds a hash of the body."""
    return any("{body_sha256" in text for text in (claims or {}).values())


def reads_request(claims: Mapping[str, str] | None) -> bool:
    """Return whether a claim holds something of the request, so that the token is good for no other."""
    return any(_PIECE_OF_REQUEST.search(text) for text in (claims or {}).values())


def expected_texts(text: str, url: Url | None, request: Request) -> list[str]:
    """Return what a claim may be: its text, with the pieces of this request in it."""
    if not _PIECE_OF_REQUEST.search(text):
        return [text]
    # Few tokens name something of the request, and every import lengthens a cold start.
    from lambdas.signatures.signature_settings import Signature, SignatureSettings
    from lambdas.signatures.signed_text import signed_texts

    template: Any = SignatureSettings(Signature(), signed=text, url=url)  # type: ignore[arg-type]  # as `signed` is
    return [content.decode("utf-8", "surrogatepass") for content in signed_texts(template, request)]


def _is_one_of(text: str, expected: Iterable[str]) -> bool:
    received = text.encode("utf-8", "surrogatepass")
    # Every text is compared, also after a match, so that the time taken reveals nothing.
    matches = [hmac.compare_digest(received, each.encode("utf-8", "surrogatepass")) for each in expected]
    return any(matches)


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _number(claims: Mapping[str, Any], name: str, default: float) -> float:
    value = claims.get(name, default)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise Unauthenticated(f"{name} is no time")
    try:
        return float(value)
    except OverflowError:
        raise Unauthenticated(f"{name} is no time") from None
