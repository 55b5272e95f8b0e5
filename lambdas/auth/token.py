"""A static token in a header: Okta event hooks, Auth0 log streams, GitLab, Cloudflare, any `Bearer`."""

from __future__ import annotations

import hmac
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from lambdas.auth import Unauthenticated
from lambdas.model import Header, SecretName

if TYPE_CHECKING:
    from lambdas.request import Request


@dataclass(frozen=True, slots=True)
class Settings:
    """A static token in a header."""

    header: Header
    """The header that carries the token."""
    prefix: str = ""
    """What stands before the token, such as `Bearer ` with its space."""
    secret: SecretName = SecretName("auth_token")
    """Name of the parameter that holds the token."""


def where(_settings: Settings) -> Literal["authorizer"]:
    """An authorizer sees headers, and a token is all in one."""
    return "authorizer"


def headers(settings: Settings) -> tuple[str, ...]:
    return (settings.header.lower(),)


def verify(settings: Settings, request: Request, secrets: tuple[str, ...], _now: float) -> None:
    header = settings.header.lower()
    if header not in request.headers:
        raise Unauthenticated(f"no {header} header")
    seen = request.headers[header].encode("utf-8", "surrogatepass")
    # Every secret is compared, whatever the first says: the time taken tells nothing.
    same = [hmac.compare_digest(seen, f"{settings.prefix}{secret}".encode()) for secret in secrets if secret]
    if not any(same):
        raise Unauthenticated(f"the token in {header} is not the secret")


def signed(_settings: Settings, _request: Request) -> bytes:
    return b""


def sign(settings: Settings, _body: bytes, secret: str, _now: float) -> Mapping[str, str]:
    return {settings.header: f"{settings.prefix}{secret}"}


def describe(settings: Settings) -> str:
    before = f" after {settings.prefix!r}" if settings.prefix else ""
    return f"a token in {settings.header}{before}"


def problems(_settings: Settings) -> Iterator[tuple[str, str]]:
    yield from ()
