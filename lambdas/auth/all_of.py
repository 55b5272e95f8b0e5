"""Several auth types, all of which must verify the request, such as a signature and HTTP Basic."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from lambdas.auth import credential_headers as headers_of
from lambdas.auth_type import OutgoingRequest, SecretLookup
from lambdas.model import Auth
from lambdas.runtime.secrets import SecretsUnavailable

if TYPE_CHECKING:
    from lambdas.reading.request import Request


@dataclass(frozen=True, slots=True)
class Settings:
    """A list of types, all of which must hold."""

    of: tuple[Auth, ...]
    """The types, in the order in which they are checked."""


def verified_by(_settings: Settings) -> Literal["handler"]:
    """An authorizer sees one header only, and the other types need more of the request."""
    return "handler"


def headers(settings: Settings) -> tuple[str, ...]:
    return headers_of(settings.of)


def verify(settings: Settings, request: Request, lookup_secret: SecretLookup, now: float) -> None:
    """One refusal is enough, even while another type's secrets are unavailable: no answer could save the request."""
    store_error: SecretsUnavailable | None = None
    for auth in settings.of:
        try:
            auth.type.verify(auth.settings, request, lookup_secret, now)
        except SecretsUnavailable as error:
            store_error = store_error or error
    if store_error:
        raise store_error


def sign(
    settings: Settings, outgoing: OutgoingRequest, lookup_secret: SecretLookup, now: float
) -> OutgoingRequest | None:
    """Sign with every type, one after the other; None where only the vendor can sign with one of them."""
    signed: OutgoingRequest | None = outgoing
    for auth in settings.of:
        signed = auth.type.sign(auth.settings, signed, lookup_secret, now) if signed else None
    return signed


def describe(settings: Settings) -> str:
    return "; and ".join(auth.type.describe(auth.settings) for auth in settings.of)


def problems(settings: Settings) -> Iterator[tuple[str, str]]:
    if len(settings.of) < 2:
        yield "", "must be a list of two types, or more"
