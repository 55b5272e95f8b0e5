"""A key in a header of the vendor's own, or in the query.

Okta (`SSWS `), PagerDuty (`Token token=`), Snyk (`token `), Anthropic (`x-api-key`), GitLab (`private-token`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import quote, unquote_plus, urlsplit, urlunsplit

from lambdas.credential_type import CredentialContext
from lambdas.model_types import Header, SecretName
from lambdas.runtime.http_types import HttpRequest
from lambdas.tokens.secret_values import read_again, text_problem, token_problem, usable_secret, with_header


@dataclass(frozen=True, slots=True)
class Settings:
    """A key in a header, or in the query."""

    header: Header | None = None
    """The header that carries the key."""
    query: str | None = None
    """The query parameter that carries it, where no header does."""
    prefix: str = ""
    """What stands before the key, such as `SSWS ` with its space."""
    api_key: SecretName = SecretName("api_key")
    """Name of the parameter that holds the key, without the prefix."""


def secret_names(settings: Settings) -> tuple[str, ...]:
    return (settings.api_key,)


def authorize(settings: Settings, request: HttpRequest, context: CredentialContext) -> HttpRequest:
    value = settings.prefix + usable_secret(context, settings.api_key, in_header=settings.header is not None)
    if settings.header:
        return with_header(request, settings.header, value)
    return request._replace(url=_with_parameter(request.url, str(settings.query), value))


def without_credential(settings: Settings, url: str) -> str:
    return urlunsplit(urlsplit(url)._replace(query=_others(url, settings.query))) if settings.query else url


def _with_parameter(url: str, name: str, value: str) -> str:
    """Return the URL with a query parameter, which takes the place of any of this name: some vendors' links have it."""
    query = "&".join(filter(None, [_others(url, name), f"{quote(name, safe='')}={quote(value, safe='')}"]))
    return urlunsplit(urlsplit(url)._replace(query=query))


def _others(url: str, name: str) -> str:
    """Return the query of a URL without a parameter."""
    pairs = urlsplit(url).query.split("&")
    return "&".join(pair for pair in pairs if pair and unquote_plus(pair.partition("=")[0]) != name)


def forget(settings: Settings, context: CredentialContext) -> bool:
    return read_again(context, secret_names(settings))


def check_secret(settings: Settings, _name: str, value: str) -> str | None:
    return token_problem(value, settings.prefix) if settings.header else text_problem(value)


def describe(settings: Settings) -> str:
    before = f", after {settings.prefix!r}" if settings.prefix else ""
    return f"a key in {f'the header {settings.header}' if settings.header else f'the query, {settings.query}'}{before}"


def problems(settings: Settings) -> Iterator[tuple[str, str]]:
    if (settings.header is None) == (settings.query is None):
        yield "header", "must have either `header` or `query`"
    if not settings.prefix.isascii() or not (settings.prefix or "x").isprintable():
        yield "prefix", "has a character in it that no header has"
    if settings.prefix[-1:].isalnum():
        yield "prefix", f'lacks the space that ends it, in quotes: "{settings.prefix} "'
    if settings.query == "":
        yield "query", "is empty; name the query parameter that carries the key"
    if (settings.header or "").lower() == "authorization" and settings.prefix.lower() in ("bearer ", "bearer"):
        yield "prefix", "is what `bearer: {}` is for; write that"
