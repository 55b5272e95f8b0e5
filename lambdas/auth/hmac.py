"""An HMAC over the raw body, in a header: Zoom, Slack, GitHub, Stripe, Shopify, Twilio and most others."""

from __future__ import annotations

import hmac
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from lambdas.auth_type import Keys, Sent
from lambdas.model import SecretName
from lambdas.signatures import signature_check, signature_make
from lambdas.signatures.keys import Key, read_key, usable
from lambdas.signatures.signature_settings import Signed
from lambdas.signatures.signature_settings import problems as problems_of
from lambdas.signatures.signed_text import texts

if TYPE_CHECKING:
    from lambdas.reading.request import Request

headers = signature_check.headers
PLAIN = Key()


@dataclass(frozen=True, slots=True)
class Settings(Signed):
    """An HMAC in a header."""

    algorithm: Literal["sha256", "sha1", "sha512"] = "sha256"
    """The hash function."""
    key: Key = PLAIN
    """How the stored secret becomes the key. Without it, its UTF-8 bytes are."""
    secret: SecretName = SecretName("auth_token")
    """Name of the parameter that holds the secret."""


def where(_settings: Settings) -> Literal["handler"]:
    """Authorizers never see the body."""
    return "handler"


def read_secret(settings: Settings, stored: str) -> tuple[bytes, ...]:
    return read_key(settings.key, stored)


def verify(settings: Settings, request: Request, keys: Keys, now: float) -> None:
    seen = signature_check.carried(settings, request, now)
    held = usable(settings, keys, read_secret)
    right = [hmac.digest(key, text, settings.algorithm) for text in texts(settings, request) for key in held.keys]
    # Every pair is compared, whatever the first says: the time taken tells nothing.
    same = [hmac.compare_digest(one, digest) for one in right for digest in seen]
    if not any(same):
        where = " or ".join(settings.signature.header).lower()
        raise held.refusal(f"no signature in {where} is one of this body with the secret")
    signature_check.check(settings, request, now)


def signed(settings: Settings, request: Request) -> list[bytes]:
    return texts(settings, request)


def sign(settings: Settings, sent: Sent, keys: Keys, now: float) -> Sent:
    key = usable(settings, keys, read_secret).current
    return signature_make.dressed(settings, sent, now, lambda text: hmac.digest(key, text, settings.algorithm))


def describe(settings: Settings) -> str:
    return f"HMAC-{settings.algorithm.upper()} {signature_make.described(settings)}"


def problems(settings: Settings) -> Iterator[tuple[str, str]]:
    yield from problems_of(settings)
    if "{secret}" in settings.signed:
        yield "signed", "has {secret}, which is the key; only `digest` has it in its text"
