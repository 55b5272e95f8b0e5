"""A refresh token, which an administrator's consent gave once (RFC 6749, 6): Dropbox, HubSpot, Xero.

A vendor may answer with another refresh token and end the one that was sent. So the new one is stored before the access
token is used. An answer without one keeps the old. https://datatracker.ietf.org/doc/html/rfc9700#section-4.14.2
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from lambdas.credential_type import CredentialContext, CredentialRefused, Token
from lambdas.model_types import SecretName, ServiceUrl, SettingText
from lambdas.runtime.http_types import HttpRequest
from lambdas.tokens import requests
from lambdas.tokens.secret_values import text_problem, usable_secret

_ROTATED = "rotated"
"""The name in memory of a refresh token that could not be stored yet, with the one that it replaces."""


@dataclass(frozen=True, slots=True)
class Settings:
    """An access token, asked for with a refresh token. The function may overwrite the stored refresh token."""

    url: ServiceUrl
    """The token endpoint."""
    send: Literal["basic", "body", "none"] = "basic"
    """How the client proves itself: its secret in Authorization or in the form, or `none` if it has no secret."""
    scope: SettingText | None = None
    """What the token is for, where the vendor wants it said again."""
    fields: Mapping[str, SettingText] | None = None
    """Further fields of the request."""
    client_id: SecretName = SecretName("client_id")
    """Name of the parameter that holds the client's id."""
    client_secret: SecretName = SecretName("client_secret")
    """Name of the parameter that holds the client's secret, unless it has none."""
    refresh_token: SecretName = SecretName("refresh_token")
    """Name of the parameter that holds the refresh token. Nothing else may use this token: it would end here."""


def token_url(settings: Settings) -> str:
    return settings.url


def secret_names(settings: Settings) -> tuple[str, ...]:
    client = (settings.client_id,) if settings.send == "none" else (settings.client_id, settings.client_secret)
    return (*client, settings.refresh_token)


def replaced_secrets(settings: Settings) -> tuple[str, ...]:
    return (settings.refresh_token,)


def authorize(settings: Settings, request: HttpRequest, context: CredentialContext) -> HttpRequest:
    _store_rotated(settings, context)
    return requests.with_access_token(request, context, lambda: _new_token(settings, context))


def _new_token(settings: Settings, context: CredentialContext) -> Token:
    # Never the remembered one: another process may have replaced it, and a vendor that sees an old one ends them all.
    refresh_token = context.fresh_secret(settings.refresh_token)
    client_id = usable_secret(context, settings.client_id)
    form: dict[str, str | None] = {"grant_type": "refresh_token", "refresh_token": refresh_token}
    form |= {"scope": settings.scope, **(settings.fields or {})}
    basic = None
    if settings.send == "basic":
        basic = (client_id, usable_secret(context, settings.client_secret))
    else:
        secret = usable_secret(context, settings.client_secret) if settings.send == "body" else None
        form |= {"client_id": client_id, "client_secret": secret}
    try:
        grant = requests.ask_for_grant(context, settings.url, form, basic)
    except CredentialRefused as error:
        if "invalid_grant" not in str(error):
            raise
        raise CredentialRefused(f"{error}. Give consent again, and store the new refresh token") from None
    if grant.refresh_token and grant.refresh_token != refresh_token:
        context.tokens[_ROTATED] = Token(json.dumps([refresh_token, grant.refresh_token]), math.inf)
        _store_rotated(settings, context)
    return grant.token


def _store_rotated(settings: Settings, context: CredentialContext) -> None:
    """Store a new refresh token that is only in memory, unless somebody stored another in the meantime."""
    if rotated := context.tokens.get(_ROTATED):
        before, after = json.loads(rotated.value)
        if context.fresh_secret(settings.refresh_token) == before:
            context.replace_secret(settings.refresh_token, after)
        del context.tokens[_ROTATED]


def forget(_settings: Settings, context: CredentialContext) -> bool:
    return requests.forget_access_token(context)


def check_secret(_settings: Settings, _name: str, value: str) -> str | None:
    return text_problem(value)


def describe(settings: Settings) -> str:
    return f"an access token, renewed with the refresh token of {settings.refresh_token} (OAuth 2.0)"


def problems(settings: Settings) -> Iterator[tuple[str, str]]:
    if problem := requests.url_problem(settings.url):
        yield "url", problem
    secret_keys = {"client_secret": "client_secret", "refresh_token": "refresh_token"}
    yield from requests.field_problems(settings.fields, {"scope": settings.scope}, secret_keys)
    names = secret_names(settings)
    if len(set(names)) < len(names):
        yield "refresh_token", "must be the name of a parameter of its own, as each secret"
