"""An RSA signature in a header: Wise, Bunq, Fireblocks. The stored secret is the vendor's public key."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Literal

from lambdas.auth_type import OutgoingRequest, SecretLookup, Unauthenticated
from lambdas.model_types import SecretName
from lambdas.runtime.secrets import UnusableSecret
from lambdas.signatures import public_keys, signature_check
from lambdas.signatures.keys import usable_keys
from lambdas.signatures.signature_settings import SignatureSettings

if TYPE_CHECKING:
    from lambdas.reading.request import Request

headers, masked_fields = signature_check.signature_headers, signature_check.masked_fields
MIN_BITS, MAX_BITS = 2_048, 8_192
"""Shorter keys can be factored, and NIST has disallowed them: https://doi.org/10.6028/NIST.SP.800-131Ar2. With longer
ones, a forged signature costs more and more time."""


@dataclass(frozen=True, slots=True)
class Settings(SignatureSettings):
    """An RSA signature in a header."""

    algorithm: Literal["sha256", "sha384", "sha512"] = "sha256"
    """The hash function."""
    padding: Literal["pkcs1", "pss"] = "pkcs1"
    """The padding: PKCS#1 v1.5, or PSS with a salt of any length."""
    secret: SecretName = SecretName("auth_token")
    """Name of the parameter that holds the vendor's public key or certificate: PEM, or DER in base64."""


def verified_by(_settings: Settings) -> Literal["handler"]:
    """Authorizers never see the body."""
    return "handler"


def wheels(_settings: Settings) -> tuple[str, ...]:
    return ("cryptography",)


def read_secret(_settings: Settings, stored: str) -> tuple[Any, ...]:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

    key = public_keys.load_public_key(stored)
    if not isinstance(key, RSAPublicKey):
        raise UnusableSecret("is no public key of RSA, neither in PEM nor as DER in base64")
    if not MIN_BITS <= key.key_size <= MAX_BITS:
        raise UnusableSecret(f"is a public key of {key.key_size} bits, and must have {MIN_BITS:,} to {MAX_BITS:,}")
    return (key,)


def verify(settings: Settings, request: Request, lookup_secret: SecretLookup, now: float) -> None:
    usable = usable_keys(settings, lookup_secret, read_secret)
    hashed = public_keys.hash_function(settings.algorithm)
    verifiers = (partial(key.verify, padding=_padding(settings), algorithm=hashed) for key in usable.keys)
    try:
        public_keys.verify(settings, request, now, verifiers)
    except Unauthenticated as error:
        raise usable.refusal(str(error)) from None


def _padding(settings: Settings) -> Any:
    from cryptography.hazmat.primitives.asymmetric.padding import MGF1, PSS, PKCS1v15

    if settings.padding == "pkcs1":
        return PKCS1v15()
    return PSS(MGF1(public_keys.hash_function(settings.algorithm)), PSS.AUTO)


def sign(
    settings: Settings, outgoing: OutgoingRequest, lookup_secret: SecretLookup, now: float
) -> OutgoingRequest | None:
    from cryptography.hazmat.primitives.asymmetric.padding import MGF1, PSS

    from lambdas.signatures.signature_make import sign_request

    if (key := public_keys.load_private_key(lookup_secret(settings.secret)[0])) is None:
        return None
    hashed = public_keys.hash_function(settings.algorithm)
    padding = _padding(settings) if settings.padding == "pkcs1" else PSS(MGF1(hashed), PSS.DIGEST_LENGTH)
    return sign_request(settings, outgoing, now, lambda text: key.sign(text, padding, hashed))


def key_pair(_settings: Settings) -> tuple[str, str]:
    """Return a public key as it is stored, and the private key with which `sign` signs."""
    from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key

    return public_keys.stored_pair(generate_private_key(65_537, MIN_BITS))


def describe(settings: Settings) -> str:
    from lambdas.signatures.signature_make import describe_signature

    padding = "PKCS#1 v1.5" if settings.padding == "pkcs1" else "PSS"
    return f"RSA-{settings.algorithm.upper()} signature ({padding}) {describe_signature(settings)}"


def problems(settings: Settings) -> Iterator[tuple[str, str]]:
    from lambdas.signatures.signature_problems import signature_problems

    yield from signature_problems(settings)
    if "{secret}" in settings.signed:
        yield "signed", "has {secret}, which only `digest` has in its text"
