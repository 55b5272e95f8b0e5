"""A JSON Web Token in a header, signed by an issuer who publishes its keys: Google Pub/Sub, OpenID Connect.

Signed with RS256 it is verified by the HTTP API itself, else here with PyJWT. Issuer, audience, times and claims are
checked here in both cases. https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-jwt-authorizer.html
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import urlsplit

from lambdas.auth_type import OutgoingRequest, SecretLookup, Unauthenticated
from lambdas.model import Header, HttpsUrl
from lambdas.runtime.fetch import fetch_from_vendor
from lambdas.runtime.https_url import FetchRefused
from lambdas.runtime.secrets import SecretsUnavailable
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

    issuer: HttpsUrl
    """Who must have issued it: the claim `iss`."""
    audience: tuple[str, ...]
    """For whom it must be: one of the claim `aud`."""
    claims: Mapping[str, str] | None = None
    """Claims that it must have besides, such as `email`. An issuer signs for others too."""
    algorithms: tuple[Algorithm, ...] = ("RS256",)
    """How it may be signed. What names another, or none, is refused."""
    jwks_url: HttpsUrl | None = None
    """Where the issuer's keys are. Without it, where its OpenID configuration says."""
    header: Header = Header("Authorization")
    """The header that carries it, after `Bearer `."""


def verified_by(settings: Settings) -> Literal["api", "authorizer"]:
    """The HTTP API knows RS256 alone, and asks the issuer where its keys are."""
    plain = settings.algorithms == ("RS256",) and settings.jwks_url is None
    return "api" if plain else "authorizer"


def wheels(_settings: Settings) -> tuple[str, ...]:
    return ("PyJWT", "cryptography")


def headers(settings: Settings) -> tuple[str, ...]:
    return (settings.header.lower(),)


def verify(settings: Settings, request: Request, _lookup_secret: SecretLookup, now: float) -> None:
    claims = _written_as_text(request.claims) if request.claims is not None else _decoded(settings, request)
    _check(settings, claims, now)


def _written_as_text(claims: Mapping[str, Any]) -> Mapping[str, Any]:
    """The claims of a token that the HTTP API has verified: it hands all of them over as text, a list as `[a b]`."""
    found = dict(claims)
    if isinstance(audience := found.get("aud"), str) and audience.startswith("["):
        found["aud"] = [audience, *audience.removeprefix("[").removesuffix("]").split()]
    for name in ("exp", "nbf"):
        with suppress(ValueError):
            found |= {name: float(found[name])} if isinstance(found.get(name), str) else {}
    return found


def _check(settings: Settings, claims: Mapping[str, Any], now: float) -> None:
    issuer = claims.get("iss")
    if issuer != settings.issuer and not (settings.issuer in _GOOGLE and issuer in _GOOGLE):
        raise Unauthenticated("iss is not the issuer")
    audience = claims.get("aud")
    if not any(one in settings.audience for one in (audience if isinstance(audience, list) else [audience])):
        raise Unauthenticated("aud is none of the audience")
    # Not the other way round: NaN is neither more nor less than anything.
    if not _number(claims, "exp", 0.0) > now - LEEWAY:
        raise Unauthenticated("exp is not there, or is past")
    if not _number(claims, "nbf", now) <= now + LEEWAY:
        raise Unauthenticated("nbf is to come")
    for name, value in (settings.claims or {}).items():
        if name not in claims or _text(claims[name]) != value:
            raise Unauthenticated(f"{name} is not what it must be")


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _number(claims: Mapping[str, Any], name: str, otherwise: float) -> float:
    value = claims.get(name, otherwise)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise Unauthenticated(f"{name} is no time")
    try:
        return float(value)
    except OverflowError:
        raise Unauthenticated(f"{name} is no time") from None


def _decoded(settings: Settings, request: Request) -> Mapping[str, Any]:
    import jwt

    header = settings.header.lower()
    scheme, _, token = request.headers.get(header, "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise Unauthenticated(f"no {header} header with the scheme Bearer")
    try:
        named = jwt.get_unverified_header(token)
        algorithm = named.get("alg")
        # Before any key is looked at: the token does not choose how it is verified.
        if algorithm not in settings.algorithms:
            raise Unauthenticated("alg is none of those that are allowed")
        key = _key(settings, named.get("kid"), algorithm)
        if key is None:
            raise Unauthenticated("kid is none of the issuer's keys")
        unchecked: Any = {f"verify_{one}": False for one in ("aud", "iss", "exp", "nbf", "iat", "sub", "jti")}
        claims: Mapping[str, Any] = jwt.decode(token, key, algorithms=[algorithm], options=unchecked)
    except jwt.PyJWTError as error:
        raise Unauthenticated(f"the token in {header} is not good: {type(error).__name__}") from None
    return claims


def _keys(content: bytes) -> list[Any]:
    from jwt import PyJWK
    from jwt.exceptions import PyJWTError

    said = json.loads(content)
    if not isinstance(said, dict) or not isinstance(said.get("keys"), list):
        raise ValueError("it is no JSON Web Key Set")  # noqa: TRY004 - as what is no JSON at all
    keys = []
    for one in said["keys"]:
        try:
            if _verifies(one):
                keys.append(PyJWK(one))
        except (PyJWTError, ValueError, TypeError, AttributeError, KeyError):
            continue  # of a kind that we have no use for
    return keys


def _verifies(key: Any) -> bool:
    """Whether the key is meant for signatures.

    https://datatracker.ietf.org/doc/html/rfc7517#section-4.2
    """
    return key.get("use") in (None, "sig") and "verify" in (key.get("key_ops") or ["verify"])


def _fitting(keys: list[Any], kid: Any, algorithm: str) -> Any:
    """A key says itself for which algorithm it is: an EC key never verifies RS256."""
    fit = [one for one in keys if (kid is None or one.key_id == kid) and one.key_type in _TYPES[algorithm[:2]]]
    return fit[0].key if len(fit) == 1 else None


_TYPES = {"RS": ("RSA",), "PS": ("RSA",), "ES": ("EC",), "Ed": ("OKP",)}


def _ask(url: str) -> bytes:
    return fetch_from_vendor(url, [urlsplit(url).hostname or ""])


def _place(content: bytes) -> str:
    """Where an issuer's keys are, as its configuration says.

    https://openid.net/specs/openid-connect-discovery-1_0.html#ProviderConfig
    """
    configuration = json.loads(content)
    if not isinstance(configuration, dict) or not isinstance(configuration.get("jwks_uri"), str):
        raise ValueError("it does not say where its keys are")  # noqa: TRY004 - as what is no JSON at all
    return str(configuration["jwks_uri"])


KEY_SETS = FetchCache(_keys, _ask)
PLACES = FetchCache(_place, _ask)


def _key(settings: Settings, kid: Any, algorithm: str) -> Any:
    """The key with this id, or the only one; None where there is none."""
    try:
        url = settings.jwks_url or PLACES.get(f"{settings.issuer.rstrip('/')}/.well-known/openid-configuration")
        found = _fitting(KEY_SETS.get(url), kid, algorithm)
        if found is None:  # It may be new. Who makes up keys does not have the set read for each.
            found = _fitting(KEY_SETS.get(url, REREAD), kid, algorithm)
    except FetchRefused as error:
        raise SecretsUnavailable(f"no keys of {settings.issuer}: {error}") from None
    return found


def sign(_settings: Settings, _outgoing: OutgoingRequest, _lookup_secret: SecretLookup, _now: float) -> None:
    """The issuer alone has the key."""


def describe(settings: Settings) -> str:
    more = "".join(f", {name} {value}" for name, value in (settings.claims or {}).items())
    return f"a token of {settings.issuer} for {' or '.join(settings.audience)}{more} in {settings.header}"


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
