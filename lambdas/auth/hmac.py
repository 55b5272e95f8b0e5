"""An HMAC over the raw body, in a header: Zoom, Slack, GitHub, Stripe, Shopify, Twilio and most others."""

from __future__ import annotations

import hmac
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING, Literal

from lambdas.auth_type import OutgoingRequest, SecretLookup
from lambdas.model_types import SecretName
from lambdas.signatures import signature_check
from lambdas.signatures.keys import KeyEncoding, key_problems, read_key, usable_keys
from lambdas.signatures.signature_settings import SignatureSettings
from lambdas.signatures.signed_text import signed_texts

if TYPE_CHECKING:
    from lambdas.reading.request import Request

headers, masked_fields = signature_check.signature_headers, signature_check.masked_fields
PLAIN = KeyEncoding()


@dataclass(frozen=True, slots=True)
class Settings(SignatureSettings):
    """An HMAC in a header."""

    algorithm: Literal["sha256", "sha1", "sha384", "sha512"] = "sha256"
    """The hash function."""
    key: KeyEncoding = PLAIN
    """How the stored secret becomes the key. Without it, its UTF-8 bytes are."""
    secret: SecretName = SecretName("auth_token")
    """Name of the parameter that holds the secret."""


def verified_by(_settings: Settings) -> Literal["handler"]:
    """Authorizers never see the body."""
    return "handler"


def read_secret(settings: Settings, stored: str) -> tuple[bytes, ...]:
    return read_key(settings.key, stored)


def verify(settings: Settings, request: Request, lookup_secret: SecretLookup, now: float) -> None:
    received = signature_check.received_signatures(settings, request, now)
    usable = usable_keys(settings, lookup_secret, read_secret)
    expected = [
        hmac.digest(key, text, settings.algorithm) for text in signed_texts(settings, request) for key in usable.keys
    ]
    # Every pair is compared, also after a match, so that the time taken reveals nothing.
    matches = [hmac.compare_digest(*pair) for pair in product(expected, received)]
    if not any(matches):
        carrier = signature_check.carrier(settings.signature)
        raise usable.refusal(f"no signature in {carrier} is one of this body with the secret")
    signature_check.check_signed_claims(settings, request, now)


def hmac_texts(settings: Settings, request: Request) -> list[bytes]:
    return signed_texts(settings, request)


def sign(settings: Settings, outgoing: OutgoingRequest, lookup_secret: SecretLookup, now: float) -> OutgoingRequest:
    from lambdas.signatures.signature_make import sign_request

    key = usable_keys(settings, lookup_secret, read_secret).current
    return sign_request(settings, outgoing, now, lambda text: hmac.digest(key, text, settings.algorithm))


def describe(settings: Settings) -> str:
    from lambdas.signatures.signature_make import describe_signature

    return f"HMAC-{settings.algorithm.upper()} {describe_signature(settings)}"


def problems(settings: Settings) -> Iterator[tuple[str, str]]:
    from lambdas.signatures.signature_problems import signature_problems

    yield from signature_problems(settings)
    yield from key_problems(settings.key)
    if "{secret}" in settings.signed:
        yield "signed", "has {secret}, which is the key; only `digest` has it in its text"
