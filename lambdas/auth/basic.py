"""HTTP Basic authentication, RFC 7617: a user name and a password, stored as one secret."""

from __future__ import annotations

import base64
import hmac
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from lambdas.auth_type import OutgoingRequest, SecretLookup, Unauthenticated
from lambdas.model import SecretName
from lambdas.runtime.secrets import UnusableSecret
from lambdas.signatures.keys import secret_texts, usable_keys

if TYPE_CHECKING:
    from lambdas.reading.request import Request


@dataclass(frozen=True, slots=True)
class Settings:
    """HTTP Basic authentication. What is stored is `user:password`."""

    secret: SecretName = SecretName("auth_token")
    """Name of the parameter that holds `user:password`."""


def verified_by(_settings: Settings) -> Literal["authorizer"]:
    """An authorizer sees headers, and the credential is all in one."""
    return "authorizer"


def headers(_settings: Settings) -> tuple[str, ...]:
    return ("authorization",)


def read_secret(_settings: Settings, stored: str) -> tuple[bytes, ...]:
    if ":" not in stored:
        raise UnusableSecret("is not `user:password`: it has no colon")
    if stored.strip() == ":":
        raise UnusableSecret("is not `user:password`: both are blank")
    return tuple(text.encode() for text in secret_texts(stored))


def verify(settings: Settings, request: Request, lookup_secret: SecretLookup, _now: float) -> None:
    scheme, _, written = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "basic":
        raise Unauthenticated("no authorization header with the scheme Basic")
    try:
        seen = base64.b64decode(written.strip(" "), validate=True)
    except ValueError:
        raise Unauthenticated("what stands in authorization after Basic is not base64") from None
    held = usable_keys(settings, lookup_secret, read_secret)
    # Every secret is compared, whatever the first says: the time taken tells nothing.
    same = [hmac.compare_digest(seen, secret) for secret in held.keys]
    if not any(same):
        raise held.refusal("user and password in authorization are not those of the secret")


def sign(settings: Settings, outgoing: OutgoingRequest, lookup_secret: SecretLookup, _now: float) -> OutgoingRequest:
    written = base64.b64encode(lookup_secret(settings.secret)[0].encode()).decode()
    return outgoing._replace(headers={**outgoing.headers, "Authorization": f"Basic {written}"})


def describe(_settings: Settings) -> str:
    return "user and password in Authorization (HTTP Basic)"


def problems(_settings: Settings) -> Iterator[tuple[str, str]]:
    yield from ()
