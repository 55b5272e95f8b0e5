"""HTTP Basic authentication (RFC 7617): a user name and a password, or a token in the place of the user name.

Zendesk (`ADDRESS/token` and an API token), Jira and Confluence (address and token); Tailscale (a key, no password).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from lambdas.credential_type import CredentialContext
from lambdas.model_types import SecretName
from lambdas.runtime.http_types import HttpRequest
from lambdas.runtime.secrets import UnusableSecret
from lambdas.tokens.secret_values import basic_header, read_again, text_problem, usable_secret, with_header


@dataclass(frozen=True, slots=True)
class Settings:
    """User and password in the header Authorization."""

    user: SecretName = SecretName("user")
    """Name of the parameter that holds the user name, or the token that stands in its place."""
    password: SecretName | None = SecretName("password")
    """Name of the parameter that holds the password. `null`: it stays empty, as where a token is the user."""


def secret_names(settings: Settings) -> tuple[str, ...]:
    return (settings.user, settings.password) if settings.password else (settings.user,)


def authorize(settings: Settings, request: HttpRequest, context: CredentialContext) -> HttpRequest:
    user = usable_secret(context, settings.user)
    if problem := check_secret(settings, settings.user, user):
        raise UnusableSecret(f"the secret {settings.user} {problem}")
    password = usable_secret(context, settings.password) if settings.password else ""
    return with_header(request, "Authorization", basic_header(user, password))


def forget(settings: Settings, context: CredentialContext) -> bool:
    return read_again(context, secret_names(settings))


def check_secret(settings: Settings, name: str, value: str) -> str | None:
    if name == settings.user and ":" in value:
        part = f"the password is a secret of its own, {settings.password}" if settings.password else "leave that out"
        return f"has a colon in it, which ends a user name: {part}"
    return text_problem(value)


def describe(settings: Settings) -> str:
    return f"{'user and password' if settings.password else 'a token as user'} in Authorization (HTTP Basic)"


def problems(settings: Settings) -> Iterator[tuple[str, str]]:
    if settings.user == settings.password:
        yield "password", "is the parameter of `user` too; each is a secret of its own"
