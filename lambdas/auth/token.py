"""A static token in a header, or in the query: Okta event hooks, Auth0 log streams, Cloudflare, any `Bearer`."""

from __future__ import annotations

import hmac
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from lambdas.auth_type import OutgoingRequest, SecretLookup, Unauthenticated
from lambdas.model_types import Header, SecretName
from lambdas.reading.unverified_request import single_query_parameter
from lambdas.runtime.secrets import UnusableSecret
from lambdas.signatures.keys import secret_texts, usable_keys

if TYPE_CHECKING:
    from lambdas.reading.request import Request


@dataclass(frozen=True, slots=True)
class Settings:
    """A static token in a header, or in the query."""

    header: Header | None = None
    """The header that carries the token."""
    query: str | None = None
    """The query parameter that carries it, where no header does."""
    prefix: str = ""
    """What stands before the token, such as `Bearer ` with its space."""
    secret: SecretName = SecretName("auth_token")
    """Name of the parameter that holds the token."""


def verified_by(settings: Settings) -> Literal["authorizer", "handler"]:
    """An authorizer sees headers, and the whole token is in one."""
    return "authorizer" if settings.header else "handler"


def headers(settings: Settings) -> tuple[str, ...]:
    return (settings.header.lower(),) if settings.header else ()


def read_secret(settings: Settings, stored: str) -> tuple[bytes, ...]:
    *as_stored, bare = secret_texts(stored)
    if settings.header and not bare.isprintable():
        raise UnusableSecret("has a character in it that no header has, such as a line break")
    # An HTTP server strips the white space around a header's value.
    texts = [bare] if settings.header else [*as_stored, bare]
    return tuple(f"{settings.prefix}{text}".encode() for text in texts)


def verify(settings: Settings, request: Request, lookup_secret: SecretLookup, _now: float) -> None:
    carrier, token = _received_token(settings, request)
    received = token.encode("utf-8", "surrogatepass")
    usable = usable_keys(settings, lookup_secret, read_secret)
    # Every secret is compared, also after a match, so that the time taken reveals nothing.
    matches = [hmac.compare_digest(received, expected) for expected in usable.keys]
    if not any(matches):
        raise usable.refusal(f"the token in {carrier} is not the secret")


def _received_token(settings: Settings, request: Request) -> tuple[str, str]:
    """Return the header or query parameter that carries the token, and its value."""
    if settings.query:
        return f"query parameter {settings.query}", single_query_parameter(request, settings.query)
    header = str(settings.header).lower()
    if header not in request.headers:
        raise Unauthenticated(f"no {header} header")
    return header, request.headers[header]


def sign(settings: Settings, outgoing: OutgoingRequest, lookup_secret: SecretLookup, _now: float) -> OutgoingRequest:
    token = usable_keys(settings, lookup_secret, read_secret).current.decode()
    if settings.header:
        return outgoing._replace(headers={**outgoing.headers, settings.header: token})
    from lambdas.signatures.public_url import with_query

    return outgoing._replace(url=with_query(outgoing.url, settings.query or "", token))


def describe(settings: Settings) -> str:
    before = f" after {settings.prefix!r}" if settings.prefix else ""
    return f"a token in {settings.header or f'the query, {settings.query}'}{before}"


def problems(settings: Settings) -> Iterator[tuple[str, str]]:
    if (settings.header is None) == (settings.query is None):
        yield "header", "must have either `header` or `query`"
