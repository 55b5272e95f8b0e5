"""OAuth 2.0 client credentials (RFC 6749, 4.4), with a secret or with a signed assertion (RFC 7523, 2.2).

Microsoft Entra, CrowdStrike, Wiz, Auth0, Box, OneLogin, Salesforce, Tailscale, Okta's service apps; and Zoom, whose
grant is called account_credentials: https://developers.zoom.us/docs/internal-apps/s2s-oauth/
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from lambdas.credential_type import CredentialContext, Token
from lambdas.model_types import SecretName, ServiceUrl, SettingText
from lambdas.runtime.http_types import HttpRequest
from lambdas.tokens import requests
from lambdas.tokens.assertions import Algorithm, key_problem, signed_assertion, usable_key
from lambdas.tokens.secret_values import text_problem, usable_secret

# https://datatracker.ietf.org/doc/html/rfc7523#section-2.2
ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
RS256: Algorithm = "RS256"


@dataclass(frozen=True, slots=True)
class Settings:
    """An access token for a client of the vendor's, asked for with its id and its secret or key."""

    url: ServiceUrl
    """The token endpoint."""
    send: Literal["basic", "body", "private_key_jwt"] = "basic"
    """How the client proves itself: its secret in Authorization or in the form, or a signed assertion."""
    format: Literal["form", "json"] = "form"
    """How the token request is written: `json` where the vendor wants that, as OneLogin does."""
    scope: SettingText | None = None
    """What the token is for, as the vendor names it; several with spaces between them."""
    audience: SettingText | None = None
    """For which API the token is, where the vendor wants the field `audience`."""
    resource: SettingText | None = None
    """For which API the token is, where the vendor wants the field `resource` (RFC 8707)."""
    fields: Mapping[str, SettingText] | None = None
    """Further fields of the request, such as `account_id`; `grant_type` may be among them."""
    client_id: SecretName = SecretName("client_id")
    """Name of the parameter that holds the client's id."""
    client_secret: SecretName = SecretName("client_secret")
    """Name of the parameter that holds the client's secret, unless an assertion is sent."""
    private_key: SecretName = SecretName("private_key")
    """Name of the parameter that holds the private key with which assertions are signed."""
    algorithm: Algorithm = RS256
    """How assertions are signed."""
    key_id: SettingText | None = None
    """The key's id at the vendor, the header `kid` of assertions; without it, what a stored JWK says."""
    assertion_audience: SettingText | None = None
    """The claim `aud` of assertions; without it, the token endpoint."""


def token_url(settings: Settings) -> str:
    return settings.url


def wheels(settings: Settings) -> tuple[str, ...]:
    return ("cryptography",) if settings.send == "private_key_jwt" else ()


def secret_names(settings: Settings) -> tuple[str, ...]:
    proof = settings.private_key if settings.send == "private_key_jwt" else settings.client_secret
    return (settings.client_id, proof)


def authorize(settings: Settings, request: HttpRequest, context: CredentialContext) -> HttpRequest:
    return requests.with_access_token(request, context, lambda: _new_token(settings, context))


def _new_token(settings: Settings, context: CredentialContext) -> Token:
    client_id = usable_secret(context, settings.client_id)
    form: dict[str, str | None] = {"grant_type": "client_credentials"}
    form |= {"scope": settings.scope, "audience": settings.audience, "resource": settings.resource}
    form |= settings.fields or {}
    basic = None
    if settings.send == "private_key_jwt":
        form |= {"client_id": client_id, "client_assertion_type": ASSERTION_TYPE}
        form["client_assertion"] = _assertion(settings, client_id, context)
    elif settings.send == "body":
        form |= {"client_id": client_id, "client_secret": usable_secret(context, settings.client_secret)}
    else:
        basic = (client_id, usable_secret(context, settings.client_secret))
    return requests.ask_for_grant(context, settings.url, form, basic, as_json=settings.format == "json").token


def _assertion(settings: Settings, client_id: str, context: CredentialContext) -> str:
    key = usable_key(context, settings.private_key, settings.algorithm)
    claims = {"iss": client_id, "sub": client_id, "aud": settings.assertion_audience or settings.url}
    return signed_assertion(key, settings.algorithm, claims, context.now(), settings.key_id)


def forget(_settings: Settings, context: CredentialContext) -> bool:
    return requests.forget_access_token(context)


def check_secret(settings: Settings, name: str, value: str) -> str | None:
    if name == settings.private_key and settings.send == "private_key_jwt":
        return key_problem(value, settings.algorithm)
    return text_problem(value)


def describe(settings: Settings) -> str:
    proofs = {"basic": "by its secret in Authorization", "body": "by its secret in the form"}
    proof = proofs.get(settings.send, f"by an assertion signed with {settings.algorithm}")
    return f"an access token for a client (OAuth 2.0), which proves itself {proof}"


def problems(settings: Settings) -> Iterator[tuple[str, str]]:
    if problem := requests.url_problem(settings.url):
        yield "url", problem
    own = {"scope": settings.scope, "audience": settings.audience, "resource": settings.resource}
    yield from requests.field_problems(settings.fields, own, {"client_secret": "client_secret"})
    if "client_id" in (settings.fields or {}):
        yield "fields.client_id", "is sent anyway: store it under the name in `client_id`"
    if settings.send != "private_key_jwt":
        defaults = {"algorithm": "RS256", "key_id": None, "assertion_audience": None}
        for name, default in defaults.items():
            if getattr(settings, name) != default:
                yield name, "is of an assertion, which only `send: private_key_jwt` sends"
    first, second = secret_names(settings)
    if first == second:
        yield "client_id", f"is the parameter {first}, which holds another secret too"
