"""Several ways, all of which must hold, such as a signature and HTTP Basic."""

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
    """The types, in the order in which they are looked at."""


def verified_by(_settings: Settings) -> Literal["handler"]:
    """An authorizer answers for one header, and the others look elsewhere."""
    return "handler"


def headers(settings: Settings) -> tuple[str, ...]:
    return headers_of(settings.of)


def verify(settings: Settings, request: Request, lookup_secret: SecretLookup, now: float) -> None:
    """One that refuses is enough, even where another can't be asked: nothing could make the request authentic."""
    down: SecretsUnavailable | None = None
    for one in settings.of:
        try:
            one.type.verify(one.settings, request, lookup_secret, now)
        except SecretsUnavailable as error:
            down = down or error
    if down:
        raise down


def sign(
    settings: Settings, outgoing: OutgoingRequest, lookup_secret: SecretLookup, now: float
) -> OutgoingRequest | None:
    """Signed in every way, one after the other; None where one of them is the vendor's alone."""
    made: OutgoingRequest | None = outgoing
    for one in settings.of:
        made = one.type.sign(one.settings, made, lookup_secret, now) if made else None
    return made


def describe(settings: Settings) -> str:
    return "; and ".join(one.type.describe(one.settings) for one in settings.of)


def problems(settings: Settings) -> Iterator[tuple[str, str]]:
    if len(settings.of) < 2:
        yield "", "must be a list of two types, or more"
