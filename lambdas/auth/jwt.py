"""A JSON Web Token in a header, signed by an issuer who publishes its keys: Google Pub/Sub, OpenID Connect.

The HTTP API itself verifies the signature of RS256; this module verifies others, with PyJWT. It checks issuer,
audience, times and claims in both cases.
https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-jwt-authorizer.html
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import urlsplit

from lambdas.auth_type import OutgoingRequest, SecretLookup, Unauthenticated
from lambdas.model_types import Header, ServiceUrl, SettingText
from lambdas.runtime.http_types import FetchRefused
from lambdas.runtime.secrets import SecretsUnavailable
from lambdas.runtime.vendor_fetch import fetch_from_vendor
from lambdas.signatures.published_keys import REREAD, FetchCache

if TYPE_CHECKING:
    from lambdas.reading.request import Request

LEEWAY = 60
"""Seconds that the issuer's clock may differ from ours."""
Algorithm = Literal["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"]
_GOOGLE = ("https://accounts.google.com", "accounts.google.com")


@dataclass(frozen=True, slots=True)
class Settings:
    """A JSON Web Token. Nothing is stored: the issuer's public keys are fetched, and remembered."""

    issuer: ServiceUrl
    """Who must have issued it: the claim `iss`."""
    audience: tuple[SettingText, ...]
    """For whom it must be: one of the claim `aud`."""
    claims: Mapping[str, SettingText] | None = None
    """Claims that it must have besides, such as `email`. An issuer signs for others too."""
    algorithms: tuple[Algorithm, ...] = ("RS256",)
    """How it may be signed. What names another, or none, is refused."""
    jwks_url: ServiceUrl | None = None
    """Where the issuer's keys are. Without it, where its OpenID configuration says."""
    header: Header = Header("Authorization")
    """The header that carries it, after `Bearer `."""


def verified_by(settings: Settings) -> Literal["api", "authorizer"]:
    """The HTTP API knows only RS256, and asks the issuer where its keys are."""
    api_can_verify = settings.algorithms == ("RS256",) and settings.jwks_url is None
    return "api" if api_can_verify else "authorizer"


def wheels(_settings: Settings) -> tuple[str, ...]:
    return ("PyJWT", "cryptography")


def headers(settings: Settings) -> tuple[str, ...]:
    return (settings.header.lower(),)


def verify(settings: Settings, request: Request, _lookup_secret: SecretLookup, now: float) -> None:
    claims = _typed_claims(request.claims) if request.claims is not None else _verified_claims(settings, request)
    _check_claims(settings, claims, now)


def _typed_claims(texts: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the claims that the HTTP API verified, with types: it hands each over as text, a list as `[a b]`."""
    claims = dict(texts)
    if isinstance(audience := claims.get("aud"), str) and audience.startswith("["):
        claims["aud"] = [audience, *audience.removeprefix("[").removesuffix("]").split()]
    for name in ("exp", "nbf"):
        with suppress(ValueError):
            claims |= {name: float(claims[name])} if isinstance(claims.get(name), str) else {}
    return claims


def _check_claims(settings: Settings, claims: Mapping[str, Any], now: float) -> None:
    issuer = claims.get("iss")
    if issuer != settings.issuer and not (settings.issuer in _GOOGLE and issuer in _GOOGLE):
        raise Unauthenticated("iss is not the issuer")
    audience = claims.get("aud")
    if not any(name in settings.audience for name in (audience if isinstance(audience, list) else [audience])):
        raise Unauthenticated("aud is none of the audience")
    # Negated on purpose: every comparison with NaN is false, so NaN is refused.
    if not _number(claims, "exp", 0.0) > now - LEEWAY:
        raise Unauthenticated("exp is not there, or is past")
    if not _number(claims, "nbf", now) <= now + LEEWAY:
        raise Unauthenticated("nbf is to come")
    for name, value in (settings.claims or {}).items():
        if name not in claims or _text(claims[name]) != value:
            raise Unauthenticated(f"{name} is not what it must be")


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


def _verified_claims(settings: Settings, request: Request) -> Mapping[str, Any]:
    import jwt

    header = settings.header.lower()
    scheme, _, token = request.headers.get(header, "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise Unauthenticated(f"no {header} header with the scheme Bearer")
    try:
        token_header = jwt.get_unverified_header(token)
        algorithm = token_header.get("alg")
        # Checked before any key is looked up: the token does not choose how it is verified.
        if algorithm not in settings.algorithms:
            raise Unauthenticated("alg is none of those that are allowed")
        key = _issuer_key(settings, token_header.get("kid"), algorithm)
        if key is None:
            raise Unauthenticated("kid is none of the issuer's keys")
        no_checks: Any = {f"verify_{claim}": False for claim in ("aud", "iss", "exp", "nbf", "iat", "sub", "jti")}
        claims: Mapping[str, Any] = jwt.decode(token, key, algorithms=[algorithm], options=no_checks)
    except jwt.PyJWTError as error:
        raise Unauthenticated(f"the token in {header} is not good: {type(error).__name__}") from None
    return claims


def _parse_key_set(content: bytes) -> list[Any]:
    from jwt import PyJWK
    from jwt.exceptions import PyJWTError

    key_set = json.loads(content)
    if not isinstance(key_set, dict) or not isinstance(key_set.get("keys"), list):
        raise ValueError("it is no JSON Web Key Set")  # noqa: TRY004 - the same error as for a text that is not JSON
    keys = []
    for key in key_set["keys"]:
        try:
            if _is_for_signatures(key):
                keys.append(PyJWK(key))
        except (PyJWTError, ValueError, TypeError, AttributeError, KeyError):
            continue  # a kind of key that PyJWT does not know
    return keys


def _is_for_signatures(key: Any) -> bool:
    """Whether the key is meant for signatures.

    https://datatracker.ietf.org/doc/html/rfc7517#section-4.2
    """
    return key.get("use") in (None, "sig") and "verify" in (key.get("key_ops") or ["verify"])


def _matching_key(keys: list[Any], kid: Any, algorithm: str) -> Any:
    """Return the only key with this id and of the algorithm's type, or None: an EC key never verifies RS256."""
    matches = [key for key in keys if (kid is None or key.key_id == kid) and key.key_type in _KEY_TYPES[algorithm[:2]]]
    return matches[0].key if len(matches) == 1 else None


_KEY_TYPES = {"RS": ("RSA",), "PS": ("RSA",), "ES": ("EC",), "Ed": ("OKP",)}


def _fetch(url: str) -> bytes:
    return fetch_from_vendor(url, [urlsplit(url).hostname or ""])


def _parse_jwks_uri(content: bytes) -> str:
    """Return the URL of the issuer's keys from its OpenID configuration.

    https://openid.net/specs/openid-connect-discovery-1_0.html#ProviderConfig
    """
    configuration = json.loads(content)
    if not isinstance(configuration, dict) or not isinstance(configuration.get("jwks_uri"), str):
        raise ValueError("it does not say where its keys are")  # noqa: TRY004 - the same error as for a text that is not JSON
    return str(configuration["jwks_uri"])


KEY_SETS = FetchCache(_parse_key_set, _fetch)
KEY_SET_URLS = FetchCache(_parse_jwks_uri, _fetch)


def _issuer_key(settings: Settings, kid: Any, algorithm: str) -> Any:
    """Return the issuer's key with this id, or its only key; None where there is none."""
    try:
        url = settings.jwks_url or KEY_SET_URLS.get(f"{settings.issuer.rstrip('/')}/.well-known/openid-configuration")
        key = _matching_key(KEY_SETS.get(url), kid, algorithm)
        if key is None:  # It may be new; REREAD keeps made-up key ids from having the set read each time.
            key = _matching_key(KEY_SETS.get(url, REREAD), kid, algorithm)
    except FetchRefused as error:
        raise SecretsUnavailable(f"no keys of {settings.issuer}: {error}") from None
    return key


def sign(_settings: Settings, _outgoing: OutgoingRequest, _lookup_secret: SecretLookup, _now: float) -> None:
    """Return None: only the issuer has the private key."""


def describe(settings: Settings) -> str:
    claims = "".join(f", {name} {value}" for name, value in (settings.claims or {}).items())
    return f"a token of {settings.issuer} for {' or '.join(settings.audience)}{claims} in {settings.header}"


def problems(settings: Settings) -> Iterator[tuple[str, str]]:
    if not all(settings.audience) or not settings.audience:
        yield "audience", "names nobody: a token that the issuer made for another would be taken"
    if not settings.algorithms:
        yield "algorithms", "names none"
    if settings.issuer in _GOOGLE and "email" not in (settings.claims or {}):
        yield (
            "claims",
            "must have `email`, the service account of your subscription: anyone can have Google sign a token "
            "for any audience",
        )
