"""An ECDSA signature in a header, P-256 with SHA-256: SendGrid. The stored secret is the vendor's public key."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Any, Literal

from lambdas.auth_type import OutgoingRequest, SecretLookup, Unauthenticated
from lambdas.model_types import SecretName
from lambdas.runtime.secrets import UnusableSecret
from lambdas.signatures import public_keys, signature_check, signature_make
from lambdas.signatures.keys import usable_keys
from lambdas.signatures.signature_settings import SignatureSettings
from lambdas.signatures.signature_settings import signature_problems as problems_of

if TYPE_CHECKING:
    from lambdas.reading.request import Request

headers = signature_check.signature_headers
_PRIVATE = "private:"


@dataclass(frozen=True, slots=True)
class Settings(SignatureSettings):
    """An ECDSA signature in a header: P-256, SHA-256, in DER."""

    secret: SecretName = SecretName("auth_token")
    """Name of the parameter that holds the vendor's public key: SPKI in DER, written in base64, or PEM."""


def verified_by(_settings: Settings) -> Literal["handler"]:
    """Authorizers never see the body."""
    return "handler"


def wheels(_settings: Settings) -> tuple[str, ...]:
    return ("cryptography",)


def read_secret(_settings: Settings, stored: str) -> tuple[Any, ...]:
    if (key := _public(stored)) is None:
        raise UnusableSecret("is no public key of P-256, neither in PEM nor as DER in base64")
    return (key,)


def verify(settings: Settings, request: Request, lookup_secret: SecretLookup, now: float) -> None:
    from cryptography.hazmat.primitives.asymmetric.ec import ECDSA
    from cryptography.hazmat.primitives.hashes import SHA256

    usable, algorithm = usable_keys(settings, lookup_secret, read_secret), ECDSA(SHA256())
    verifiers = (partial(key.verify, signature_algorithm=algorithm) for key in usable.keys)
    try:
        public_keys.verify(settings, request, now, verifiers)
    except Unauthenticated as error:
        raise usable.refusal(str(error)) from None


@lru_cache(4)
def _public(stored: str) -> Any:
    """Return the public key; None where the stored text is not one of P-256."""
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePublicKey
    from cryptography.hazmat.primitives.serialization import load_der_public_key

    body = "".join(line for line in stored.split("\n") if not line.startswith("-----"))
    try:
        key = load_der_public_key(base64.b64decode("".join(body.split()), validate=True))
    except (ValueError, UnsupportedAlgorithm):
        return None
    return key if isinstance(key, EllipticCurvePublicKey) and isinstance(key.curve, SECP256R1) else None


def sign(
    settings: Settings, outgoing: OutgoingRequest, lookup_secret: SecretLookup, now: float
) -> OutgoingRequest | None:
    from cryptography.hazmat.primitives.asymmetric.ec import ECDSA
    from cryptography.hazmat.primitives.hashes import SHA256

    stored = lookup_secret(settings.secret)[0]
    if not stored.startswith(_PRIVATE):
        return None
    key = _private(stored)
    return signature_make.sign_request(settings, outgoing, now, lambda text: key.sign(text, ECDSA(SHA256())))


def key_pair(_settings: Settings) -> tuple[str, str]:
    """Return a public key as it is stored, and the private key with which `sign` signs."""
    from secrets import randbelow

    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    private = f"{_PRIVATE}{randbelow(2**255) + 1:x}"
    public = _private(private).public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return base64.b64encode(public).decode(), private


def _private(stored: str) -> Any:
    from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, derive_private_key

    return derive_private_key(int(stored.removeprefix(_PRIVATE), 16), SECP256R1())


def describe(settings: Settings) -> str:
    return f"ECDSA signature (P-256) {signature_make.describe_signature(settings)}"


def problems(settings: Settings) -> Iterator[tuple[str, str]]:
    yield from problems_of(settings)
    if "{secret}" in settings.signed:
        yield "signed", "has {secret}, which only `digest` has in its text"
