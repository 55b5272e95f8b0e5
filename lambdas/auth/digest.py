"""A plain hash of the secret and the request: HubSpot's first versions, Lark, Cloudinary. Newer schemes use an HMAC."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING, Literal

from lambdas.auth_type import OutgoingRequest, SecretLookup
from lambdas.model_types import SecretName
from lambdas.signatures import signature_check
from lambdas.signatures.keys import secret_texts, usable_keys
from lambdas.signatures.signature_settings import SignatureSettings
from lambdas.signatures.signed_text import signed_texts

if TYPE_CHECKING:
    from lambdas.reading.request import Request

headers, masked_fields = signature_check.signature_headers, signature_check.masked_fields


@dataclass(frozen=True, slots=True)
class Settings(SignatureSettings):
    """A hash of the secret and the request. `signed` must have `{secret}`."""

    algorithm: Literal["sha256", "sha1", "sha384", "sha512"] = "sha256"
    """The hash function; `sha1` only where the vendor has no other."""
    secret: SecretName = SecretName("auth_token")
    """Name of the parameter that holds the secret."""


def verified_by(_settings: Settings) -> Literal["handler"]:
    """Authorizers never see the body."""
    return "handler"


def read_secret(_settings: Settings, stored: str) -> tuple[bytes, ...]:
    return tuple(text.encode() for text in secret_texts(stored))


def verify(settings: Settings, request: Request, lookup_secret: SecretLookup, now: float) -> None:
    received = signature_check.received_signatures(settings, request, now)
    usable = usable_keys(settings, lookup_secret, read_secret)
    texts = [text for secret in usable.keys for text in signed_texts(settings, request, secret)]
    expected = [hashlib.new(settings.algorithm, text).digest() for text in texts]
    # Every pair is compared, also after a match, so that the time taken reveals nothing.
    matches = [hmac.compare_digest(*pair) for pair in product(expected, received)]
    if not any(matches):
        carrier = signature_check.carrier(settings.signature)
        raise usable.refusal(f"no hash in {carrier} is one of the secret and this request")
    signature_check.check_signed_claims(settings, request, now)


def sign(settings: Settings, outgoing: OutgoingRequest, lookup_secret: SecretLookup, now: float) -> OutgoingRequest:
    from lambdas.signatures.signature_make import sign_request

    secret = usable_keys(settings, lookup_secret, read_secret).current
    return sign_request(settings, outgoing, now, lambda text: hashlib.new(settings.algorithm, text).digest(), secret)


def describe(settings: Settings) -> str:
    from lambdas.signatures.signature_make import describe_signature

    return f"{settings.algorithm.upper()} {describe_signature(settings)}"


def problems(settings: Settings) -> Iterator[tuple[str, str]]:
    from lambdas.signatures.signature_problems import signature_problems

    yield from signature_problems(settings)
    if "{secret}" not in settings.signed:
        yield "signed", "must have {secret}, or anyone could make the hash"
