"""A GitHub App: a JSON Web Token of the app's, exchanged for a token of its installation.

https://docs.github.com/en/apps/creating-github-apps/authenticating-with-a-github-app/generating-a-json-web-token-jwt-for-a-github-app
https://docs.github.com/en/rest/apps/apps#create-an-installation-access-token-for-an-app
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote

from lambdas.credential_type import CredentialContext, Token
from lambdas.model_request_types import UrlOrigin
from lambdas.model_types import SecretName, SettingText
from lambdas.runtime.http_types import HttpRequest
from lambdas.tokens import requests
from lambdas.tokens.answers import is_token, read_document, refusal, renewal_time
from lambdas.tokens.assertions import Algorithm, key_problem, sign_jwt, usable_key

ALGORITHM: Algorithm = "RS256"
CLOCK_DRIFT = 60
"""Seconds that a JWT is dated back, as GitHub advises."""
LIFETIME = 300
"""Seconds from now at which a JWT ends; GitHub takes no more than 600."""
UNSTATED_LIFETIME = 3_600.0
VERSION = "2022-11-28"


@dataclass(frozen=True, slots=True)
class Settings:
    """A token of a GitHub App's installation."""

    app: SettingText
    """The app's client id, or its App ID in quotes."""
    installation: SettingText
    """The installation's id, in quotes: the number at the end of the URL of its settings page."""
    url: UrlOrigin = UrlOrigin("https://api.github.com")
    """Where the API is; for a server of your own, `https://HOST/api/v3`."""
    private_key: SecretName = SecretName("private_key")
    """Name of the parameter that holds the app's private key, the .pem file."""


def token_url(settings: Settings) -> str:
    return f"{settings.url}/app/installations/{quote(settings.installation, safe='')}/access_tokens"


def wheels(_settings: Settings) -> tuple[str, ...]:
    return ("cryptography",)


def secret_names(settings: Settings) -> tuple[str, ...]:
    return (settings.private_key,)


def authorize(settings: Settings, request: HttpRequest, context: CredentialContext) -> HttpRequest:
    return requests.with_access_token(request, context, lambda: _new_token(settings, context))


def _new_token(settings: Settings, context: CredentialContext) -> Token:
    now = context.now()
    key = usable_key(context, settings.private_key, ALGORITHM).key
    claims = {"iat": int(now) - CLOCK_DRIFT, "exp": int(now) + LIFETIME, "iss": settings.app}
    proof = sign_jwt(key, {"alg": ALGORITHM, "typ": "JWT"}, claims)
    headers = {"Accept": "application/vnd.github+json", "Authorization": f"Bearer {proof}"}
    request = HttpRequest("POST", token_url(settings), {**headers, "X-GitHub-Api-Version": VERSION})
    answer = context.ask(request)
    document = read_document(request, answer, [proof])
    if not is_token(value := document.get("token")):
        raise refusal(request, answer, [proof], "no token of which a header could be made")
    return Token(str(value), renewal_time(now, _lifetime(document.get("expires_at"), now)))


def _lifetime(expires_at: object, now: float) -> float:
    try:
        lifetime = datetime.fromisoformat(str(expires_at)).timestamp() - now
    except (ValueError, OverflowError):
        return UNSTATED_LIFETIME
    return lifetime if lifetime > 0 else UNSTATED_LIFETIME


def forget(_settings: Settings, context: CredentialContext) -> bool:
    return requests.forget_access_token(context)


def check_secret(_settings: Settings, _name: str, value: str) -> str | None:
    return key_problem(value, ALGORITHM)


def describe(settings: Settings) -> str:
    return f"a token of the GitHub App {settings.app}, for its installation {settings.installation}"


def problems(settings: Settings) -> Iterator[tuple[str, str]]:
    if problem := requests.url_problem(token_url(settings)):
        yield "url", problem
    if not re.fullmatch(r"[0-9]+|[A-Za-z0-9.]+", settings.app):
        yield "app", "must be the app's client id, such as Iv23liABCDEFGHIJKLMN, or its App ID, such as 123456"
    if not re.fullmatch("[0-9]+", settings.installation):
        yield "installation", "must be a number, such as 12345678: the end of the installation's URL"
