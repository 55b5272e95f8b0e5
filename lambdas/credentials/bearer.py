"""A token after `Bearer` in the header Authorization (RFC 6750, 2.1), which an administrator makes once.

Asana, Atlassian, Cloudflare, 1Password, OpenAI, Slack, and GitHub's and Bitbucket's personal tokens.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from lambdas.credential_type import CredentialContext
from lambdas.model_types import SecretName
from lambdas.runtime.http_types import HttpRequest
from lambdas.tokens.secret_values import read_again, token_problem, usable_secret, with_header

PREFIX = "Bearer "


@dataclass(frozen=True, slots=True)
class Settings:
    """A token after `Bearer` in the header Authorization."""

    token: SecretName = SecretName("token")
    """Name of the parameter that holds the token, without `Bearer`."""


def secret_names(settings: Settings) -> tuple[str, ...]:
    return (settings.token,)


def authorize(settings: Settings, request: HttpRequest, context: CredentialContext) -> HttpRequest:
    return with_header(request, "Authorization", PREFIX + usable_secret(context, settings.token, in_header=True))


def forget(settings: Settings, context: CredentialContext) -> bool:
    return read_again(context, secret_names(settings))


def check_secret(_settings: Settings, _name: str, value: str) -> str | None:
    return token_problem(value, PREFIX)


def describe(_settings: Settings) -> str:
    return "a token in Authorization, after Bearer"


def problems(_settings: Settings) -> Iterator[tuple[str, str]]:
    yield from ()
