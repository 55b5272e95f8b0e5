"""HTTP Basic authentication (RFC 7617): a user name and a password, stored as one secret."""

from __future__ import annotations

import base64
import hmac
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from lambdas.auth_type import OutgoingRequest, SecretLookup, Unauthenticated
from lambdas.model_types import SecretName
from lambdas.runtime.secrets import UnusableSecret
from lambdas.signatures.keys import secret_texts, usable_keys

if TYPE_CHECKING:
    from lambdas.reading.request import Request


@dataclass(frozen=True, slots=True)
class Settings:
    """HTTP Basic authentication. The stored secret is `user:password`."""

    secret: SecretName = SecretName("auth_token")
    """Name of the parameter that holds `user:password`."""


def verified_by(_settings: Settings) -> Literal["authorizer"]:
    """An authorizer sees headers, and the whole credential is in one."""
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
    scheme, _, encoded = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "basic":
        raise Unauthenticated("no authorization header with the scheme Basic")
    try:
        received = base64.b64decode(encoded.strip(" "), validate=True)
    except ValueError:
        raise Unauthenticated("what stands in authorization after Basic is not base64") from None
    usable = usable_keys(settings, lookup_secret, read_secret)
    # Every secret is compared, also after a match, so that the time taken reveals nothing.
    matches = [hmac.compare_digest(received, secret) for secret in usable.keys]
    if not any(matches):
        raise usable.refusal("user and password in authorization are not those of the secret")


def sign(settings: Settings, outgoing: OutgoingRequest, lookup_secret: SecretLookup, _now: float) -> OutgoingRequest:
    encoded = base64.b64encode(lookup_secret(settings.secret)[0].encode()).decode()
    return outgoing._replace(headers={**outgoing.headers, "Authorization": f"Basic {encoded}"})


def describe(_settings: Settings) -> str:
    return "user and password in Authorization (HTTP Basic)"


def problems(_settings: Settings) -> Iterator[tuple[str, str]]:
    yield from ()
