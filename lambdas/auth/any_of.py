"""Several auth types, one of which is enough: a vendor changes its scheme, or signs forms differently."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from lambdas.auth import credential_headers as headers_of
from lambdas.auth import secret_names
from lambdas.auth_type import OutgoingRequest, SecretLookup, Unauthenticated
from lambdas.model import Auth
from lambdas.runtime.secrets import NoSecret, SecretsUnavailable, UnusableSecret

if TYPE_CHECKING:
    from lambdas.reading.request import Request


@dataclass(frozen=True, slots=True)
class Settings:
    """A list of types, one of which is enough."""

    of: tuple[Auth, ...]
    """The types, in the order in which they are tried."""


def verified_by(_settings: Settings) -> Literal["handler"]:
    """An authorizer sees one header only, which requests of the other types may lack."""
    return "handler"


def headers(settings: Settings) -> tuple[str, ...]:
    return headers_of(settings.of)


def verify(settings: Settings, request: Request, lookup_secret: SecretLookup, now: float) -> None:
    """A type whose secret is not stored is not in use; while the store is down, it may hold the secret that matters."""
    reasons: list[str] = []
    store_errors: list[SecretsUnavailable] = []
    for auth in settings.of:
        try:
            auth.type.verify(auth.settings, request, lookup_secret, now)
        except Unauthenticated as error:
            reasons.append(str(error))
        except SecretsUnavailable as error:
            store_errors.append(error)
        else:
            return
    none_stored = all(isinstance(error, NoSecret) for error in store_errors)
    if store_errors and (not reasons or not none_stored or not _in_use(settings, lookup_secret)):
        raise store_errors[-1]
    raise Unauthenticated("; ".join(reasons))


def _in_use(settings: Settings, lookup_secret: SecretLookup) -> bool:
    """Whether a secret is stored for one of the types; if none is, the fault is ours and not the sender's."""
    for auth in settings.of:
        try:
            for name in secret_names(auth):
                lookup_secret(name)
        except NoSecret:
            continue
        return True
    return False


def sign(
    settings: Settings, outgoing: OutgoingRequest, lookup_secret: SecretLookup, now: float
) -> OutgoingRequest | None:
    """Sign with the first type that can sign the request."""
    flaw: UnusableSecret | None = None
    for auth in settings.of:
        try:
            if signed := auth.type.sign(auth.settings, outgoing, lookup_secret, now):
                return signed
        except Unauthenticated:
            continue
        except UnusableSecret as error:
            flaw = flaw or error
    if flaw:
        raise flaw
    return None


def describe(settings: Settings) -> str:
    return "; or ".join(auth.type.describe(auth.settings) for auth in settings.of)


def problems(settings: Settings) -> Iterator[tuple[str, str]]:
    if len(settings.of) < 2:
        yield "", "must be a list of two types, or more"
