"""An ECDSA signature in a header: SendGrid. The stored secret is the vendor's public key, of P-256 or P-384."""

from __future__ import annotations

from collections.abc import Callable, Iterator
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


@dataclass(frozen=True, slots=True)
class Settings(SignatureSettings):
    """An ECDSA signature in a header, in DER or as r and s one after the other. The key says which curve it is of."""

    algorithm: Literal["sha256", "sha384", "sha512"] = "sha256"
    """The hash function."""
    secret: SecretName = SecretName("auth_token")
    """Name of the parameter that holds the vendor's public key (P-256, P-384) or certificate: PEM, or DER in base64."""


def verified_by(_settings: Settings) -> Literal["handler"]:
    """Authorizers never see the body."""
    return "handler"


def wheels(_settings: Settings) -> tuple[str, ...]:
    return ("cryptography",)


def read_secret(_settings: Settings, stored: str) -> tuple[Any, ...]:
    from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, SECP384R1, EllipticCurvePublicKey

    key = public_keys.load_public_key(stored)
    if not isinstance(key, EllipticCurvePublicKey) or not isinstance(key.curve, SECP256R1 | SECP384R1):
        raise UnusableSecret("is no public key of P-256 or P-384, neither in PEM nor as DER in base64")
    return (key,)


def verify(settings: Settings, request: Request, lookup_secret: SecretLookup, now: float) -> None:
    usable = usable_keys(settings, lookup_secret, read_secret)
    verifiers = (_verifier(settings, key) for key in usable.keys)
    try:
        public_keys.verify(settings, request, now, verifiers)
    except Unauthenticated as error:
        raise usable.refusal(str(error)) from None


def _verifier(settings: Settings, key: Any) -> Callable[[bytes, bytes], object]:
    from cryptography.hazmat.primitives.asymmetric.ec import ECDSA

    verify_der = partial(key.verify, signature_algorithm=ECDSA(public_keys.hash_function(settings.algorithm)))
    size = key.curve.key_size // 8

    def verify_either(signature: bytes, text: bytes) -> None:
        from cryptography.exceptions import InvalidSignature

        try:
            verify_der(signature, text)
        except InvalidSignature:
            # DER of this very length would have r and s with some zero bytes before them, and has failed.
            if len(signature) != 2 * size:
                raise
            verify_der(_as_der(signature, size), text)

    return verify_either


def _as_der(signature: bytes, size: int) -> bytes:
    """Return a signature that is r and s one after the other as DER.

    https://datatracker.ietf.org/doc/html/rfc7518#section-3.4
    """
    from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

    return encode_dss_signature(*(int.from_bytes(half, "big") for half in (signature[:size], signature[size:])))


def sign(
    settings: Settings, outgoing: OutgoingRequest, lookup_secret: SecretLookup, now: float
) -> OutgoingRequest | None:
    from cryptography.hazmat.primitives.asymmetric.ec import ECDSA

    from lambdas.signatures.signature_make import sign_request

    if (key := public_keys.load_private_key(lookup_secret(settings.secret)[0])) is None:
        return None
    algorithm = ECDSA(public_keys.hash_function(settings.algorithm))
    return sign_request(settings, outgoing, now, lambda text: key.sign(text, algorithm))


def key_pair(settings: Settings) -> tuple[str, str]:
    """Return a public key as it is stored, and the private key with which `sign` signs."""
    from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, SECP384R1, generate_private_key

    curve = SECP256R1() if settings.algorithm == "sha256" else SECP384R1()
    return public_keys.stored_pair(generate_private_key(curve))


def describe(settings: Settings) -> str:
    from lambdas.signatures.signature_make import describe_signature

    return f"ECDSA-{settings.algorithm.upper()} signature {describe_signature(settings)}"


def problems(settings: Settings) -> Iterator[tuple[str, str]]:
    from lambdas.signatures.signature_problems import signature_problems

    yield from signature_problems(settings)
    if "{secret}" in settings.signed:
        yield "signed", "has {secret}, which only `digest` has in its text"
