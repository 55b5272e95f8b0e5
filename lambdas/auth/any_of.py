"""Several ways, one of which is enough: a vendor goes from one scheme to the next, or signs forms in another way."""

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
    """An authorizer answers for one header, which the others may not have."""
    return "handler"


def headers(settings: Settings) -> tuple[str, ...]:
    return headers_of(settings.of)


def verify(settings: Settings, request: Request, lookup_secret: SecretLookup, now: float) -> None:
    """A way whose secret is not stored is not in use; a store that is down may hold the one that is."""
    why: list[str] = []
    down: list[SecretsUnavailable] = []
    for one in settings.of:
        try:
            one.type.verify(one.settings, request, lookup_secret, now)
        except Unauthenticated as refused:
            why.append(str(refused))
        except SecretsUnavailable as error:
            down.append(error)
        else:
            return
    if down and (not why or not all(isinstance(one, NoSecret) for one in down) or not _in_use(settings, lookup_secret)):
        raise down[-1]
    raise Unauthenticated("; ".join(why))


def _in_use(settings: Settings, lookup_secret: SecretLookup) -> bool:
    """Whether there is a secret for one of the ways: without any, it is our fault that nothing verifies."""
    for one in settings.of:
        try:
            for name in secret_names(one):
                lookup_secret(name)
        except NoSecret:
            continue
        return True
    return False


def sign(
    settings: Settings, outgoing: OutgoingRequest, lookup_secret: SecretLookup, now: float
) -> OutgoingRequest | None:
    """The first way in which the request can be signed."""
    flaw: UnusableSecret | None = None
    for one in settings.of:
        try:
            if made := one.type.sign(one.settings, outgoing, lookup_secret, now):
                return made
        except Unauthenticated:
            continue
        except UnusableSecret as unusable:
            flaw = flaw or unusable
    if flaw:
        raise flaw
    return None


def describe(settings: Settings) -> str:
    return "; or ".join(one.type.describe(one.settings) for one in settings.of)


def problems(settings: Settings) -> Iterator[tuple[str, str]]:
    if len(settings.of) < 2:
        yield "", "must be a list of two types, or more"
