"""An assertion that is signed here and exchanged for an access token (RFC 7523, 2.1).

Google's service accounts, also for a user of the domain: https://developers.google.com/identity/protocols/oauth2/service-account
Box: https://developer.box.com/guides/authentication/jwt/without-sdk
Salesforce: https://help.salesforce.com/s/articleView?id=sf.remoteaccess_oauth_jwt_flow.htm
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from lambdas.credential_type import CredentialContext, Token
from lambdas.model_types import SecretName, ServiceUrl, SettingText
from lambdas.runtime.http_types import HttpRequest
from lambdas.runtime.secrets import UnusableSecret
from lambdas.tokens import requests
from lambdas.tokens.assertions import Algorithm, key_problem, signed_assertion, usable_key
from lambdas.tokens.key_files import read_key_file

GRANT_TYPE = "urn:ietf:params:oauth:grant-type:jwt-bearer"
RS256: Algorithm = "RS256"
_NO_ISSUER = "is a key alone, which does not say who signs: name `issuer` in the definition, or store the vendor's file"
_OWN_CLAIMS = {"iss": "issuer", "sub": "subject", "aud": "audience", "iat": "", "exp": "", "jti": ""}


@dataclass(frozen=True, slots=True)
class Settings:
    """An access token for an assertion that is signed with a stored key."""

    url: ServiceUrl
    """The token endpoint."""
    issuer: SettingText | None = None
    """The claim `iss`: who signs. Without it, the client_email or clientID of a stored key file."""
    subject: SettingText | None = None
    """The claim `sub`: for whom the token is, such as an administrator. Without it, the enterpriseID of Box's file."""
    audience: SettingText | None = None
    """The claim `aud`; without it, the token endpoint."""
    scope: SettingText | None = None
    """The claim `scope`, where the vendor wants it, as Google does; several with spaces between them."""
    claims: Mapping[str, SettingText] | None = None
    """Further claims, such as Box's `box_sub_type`."""
    fields: Mapping[str, SettingText] | None = None
    """Further fields of the token request."""
    algorithm: Algorithm = RS256
    """How the assertion is signed."""
    key_id: SettingText | None = None
    """The key's id at the vendor, the header `kid`. Without it, what a stored key file says."""
    private_key: SecretName = SecretName("private_key")
    """Name of the parameter that holds the private key: PEM, the JSON file of Google or Box, or a JWK."""


def token_url(settings: Settings) -> str:
    return settings.url


def wheels(_settings: Settings) -> tuple[str, ...]:
    return ("cryptography",)


def secret_names(settings: Settings) -> tuple[str, ...]:
    return (settings.private_key,)


def authorize(settings: Settings, request: HttpRequest, context: CredentialContext) -> HttpRequest:
    return requests.with_access_token(request, context, lambda: _new_token(settings, context))


def _new_token(settings: Settings, context: CredentialContext) -> Token:
    key = usable_key(context, settings.private_key, settings.algorithm)
    issuer = settings.issuer or key.file.issuer
    if not issuer:
        raise UnusableSecret(f"the secret {settings.private_key} {_NO_ISSUER}")
    claims = {"iss": issuer, "sub": settings.subject or key.file.subject, "aud": settings.audience or settings.url}
    claims |= {"scope": settings.scope, **(settings.claims or {})}
    stated_claims = {name: value for name, value in claims.items() if value is not None}
    form: dict[str, str | None] = {"client_id": key.file.client_id, "client_secret": key.file.client_secret}
    form |= {**(settings.fields or {}), "grant_type": GRANT_TYPE}
    form["assertion"] = signed_assertion(key, settings.algorithm, stated_claims, context.now(), settings.key_id)
    return requests.ask_for_grant(context, settings.url, form).token


def forget(_settings: Settings, context: CredentialContext) -> bool:
    return requests.forget_access_token(context)


def check_secret(settings: Settings, _name: str, value: str) -> str | None:
    if problem := key_problem(value, settings.algorithm):
        return problem
    return None if settings.issuer or read_key_file(value).issuer else _NO_ISSUER


def describe(settings: Settings) -> str:
    return f"an access token for an assertion signed with {settings.algorithm}"


def problems(settings: Settings) -> Iterator[tuple[str, str]]:
    if problem := requests.url_problem(settings.url):
        yield "url", problem
    yield from requests.field_problems(settings.fields, {}, {"assertion": "private_key"})
    for name in settings.claims or {}:
        if name in _OWN_CLAIMS:
            key = _OWN_CLAIMS[name]
            yield f"claims.{name}", f"has a key of its own, `{key}`" if key else "is written for each assertion anyway"
