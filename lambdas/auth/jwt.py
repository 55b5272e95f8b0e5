"""A JSON Web Token in a header, signed by an issuer who publishes its keys, or with a stored secret.

The HTTP API itself verifies the signature of RS256; this module verifies others. It checks issuer, audience, times and
claims in both cases.
https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-jwt-authorizer.html
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from lambdas.auth_type import OutgoingRequest, SecretLookup, Unauthenticated
from lambdas.model_types import ClaimText, Header, SecretName, ServiceUrl, SettingText
from lambdas.signatures import token_claims

if TYPE_CHECKING:
    from lambdas.reading.request import Request
    from lambdas.signatures.keys import KeyEncoding
    from lambdas.signatures.signature_settings import Url

PublicAlgorithm = Literal["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"]
Algorithm = Literal[PublicAlgorithm, "HS256", "HS384", "HS512"]
BEARER = "Bearer "


@dataclass(frozen=True, slots=True)
class Settings:
    """A JSON Web Token. With `issuer`, nothing is stored: its public keys are fetched, and remembered."""

    issuer: ServiceUrl | None = None
    """Who must have issued it: the claim `iss`."""
    audience: tuple[SettingText, ...] = ()
    """For whom it must be: one of the claim `aud`."""
    claims: Mapping[str, ClaimText] | None = None
    """Claims that it must have besides, such as `email`, or a hash of the body: `payload_hash: "{body_sha256}"`."""
    algorithms: tuple[Algorithm, ...] = ("RS256",)
    """How it may be signed. What names another, or none, is refused."""
    jwks_url: ServiceUrl | None = None
    """Where the issuer's keys are. Without it, where its OpenID configuration says."""
    secret: SecretName | None = None
    """Name of the parameter that holds the secret, of HS256, HS384 and HS512. The issuer then needs no keys."""
    key: KeyEncoding | None = None
    """How the stored secret becomes the key. Without it, its UTF-8 bytes are."""
    tolerance: int | None = None
    """Seconds that its time of issue, `iat`, may lie in the past: the replay window of a token that does not expire."""
    url: Url | None = None
    """How the URL in `{url_sha256}` is made. Without it, it is the endpoint's own."""
    header: Header = Header("Authorization")
    """The header that carries it."""
    prefix: str = BEARER
    """What stands before it there; `""` where it stands alone."""


def verified_by(settings: Settings) -> Literal["api", "authorizer", "handler"]:
    """The HTTP API knows only RS256, and asks the issuer where its keys are. Only the handler sees the request."""
    if token_claims.reads_request(settings.claims):
        return "handler"
    api_can_verify = settings.algorithms == ("RS256",) and settings.jwks_url is None and settings.prefix == BEARER
    return "api" if api_can_verify and not settings.tolerance else "authorizer"


def wheels(settings: Settings) -> tuple[str, ...]:
    return () if settings.secret else ("PyJWT", "cryptography")


def headers(settings: Settings) -> tuple[str, ...]:
    return (settings.header.lower(),)


def read_secret(settings: Settings, stored: str) -> tuple[bytes, ...]:
    from lambdas.signatures.keys import KeyEncoding, read_key

    return read_key(settings.key or KeyEncoding(), stored)


def verify(settings: Settings, request: Request, lookup_secret: SecretLookup, now: float) -> None:
    if request.claims is not None:
        claims = token_claims.typed_claims(request.claims)
    elif settings.secret:
        claims = _claims_under_secret(settings, request, lookup_secret)
    else:
        claims = _claims_of_issuer(settings, request)
    token_claims.check_claims(settings, claims, request, now)


def _claims_under_secret(settings: Settings, request: Request, lookup_secret: SecretLookup) -> Mapping[str, Any]:
    # Most issuers publish their keys, and every import lengthens a cold start.
    from lambdas.signatures.hmac_tokens import verified_claims
    from lambdas.signatures.keys import usable_keys

    usable = usable_keys(settings, lookup_secret, read_secret)
    claims = verified_claims(_token(settings, request), usable.keys, settings.algorithms)
    if claims is None:
        raise usable.refusal(f"the token in {settings.header.lower()} is not signed with the secret")
    return claims


def _token(settings: Settings, request: Request) -> str:
    header, prefix = settings.header.lower(), settings.prefix
    value = request.headers.get(header, "")
    # The name of a scheme may have any case: https://datatracker.ietf.org/doc/html/rfc9110#section-11.1
    if value[: len(prefix)].lower() != prefix.lower() or not value[len(prefix) :]:
        scheme = f" with the scheme {prefix.strip()}" if prefix else ""
        raise Unauthenticated(f"no {header} header{scheme}")
    return value[len(prefix) :]


def _claims_of_issuer(settings: Settings, request: Request) -> Mapping[str, Any]:
    import jwt

    from lambdas.signatures.issuer_keys import issuer_key

    token = _token(settings, request)
    try:
        token_header = jwt.get_unverified_header(token)
        algorithm = token_header.get("alg")
        # Checked before any key is looked up: the token does not choose how it is verified.
        if algorithm not in settings.algorithms:
            raise Unauthenticated("alg is none of those that are allowed")
        key = issuer_key(settings.issuer, settings.jwks_url, token_header.get("kid"), algorithm)
        if key is None:
            raise Unauthenticated("kid is none of the issuer's keys")
        no_checks: Any = {f"verify_{claim}": False for claim in ("aud", "iss", "exp", "nbf", "iat", "sub", "jti")}
        claims: Mapping[str, Any] = jwt.decode(token, key, algorithms=[algorithm], options=no_checks)
    except jwt.PyJWTError as error:
        header = settings.header.lower()
        raise Unauthenticated(f"the token in {header} is not good: {type(error).__name__}") from None
    return claims


def sign(
    settings: Settings, outgoing: OutgoingRequest, lookup_secret: SecretLookup, now: float
) -> OutgoingRequest | None:
    if not settings.secret:
        return None
    from lambdas.signatures.keys import usable_keys
    from lambdas.signatures.token_make import sign_token

    return sign_token(settings, outgoing, usable_keys(settings, lookup_secret, read_secret).current, now)


def describe(settings: Settings) -> str:
    from lambdas.signatures.token_make import describe_token

    return describe_token(settings)


def problems(settings: Settings) -> Iterator[tuple[str, str]]:
    from lambdas.signatures.token_problems import token_problems

    yield from token_problems(settings)
