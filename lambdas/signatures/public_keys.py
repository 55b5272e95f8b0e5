"""Public keys as they are stored, and verifying a signature with them: what the types rsa, ed25519 and ecdsa share."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterable
from functools import lru_cache
from itertools import product
from typing import TYPE_CHECKING, Any

from lambdas.auth_type import Unauthenticated
from lambdas.signatures import signature_check
from lambdas.signatures.signature_settings import SignatureSettings
from lambdas.signatures.signed_text import signed_texts

if TYPE_CHECKING:
    from lambdas.reading.request import Request

PRIVATE = "private:"
"""What stands before a private key, which only a sender of samples has."""


def verify(
    settings: SignatureSettings, request: Request, now: float, verifiers: Iterable[Callable[[bytes, bytes], object]]
) -> None:
    """Raise Unauthenticated unless one of the public keys verifies one of the signatures.

    A key is a function of a signature and a text, and raises InvalidSignature.
    """
    from cryptography.exceptions import InvalidSignature

    signatures, texts = signature_check.received_signatures(settings, request, now), signed_texts(settings, request)
    for verify_signature in verifiers:
        for signature, text in product(signatures[: signature_check.MAX_SIGNATURES], texts):
            try:
                verify_signature(signature, text)
            except InvalidSignature:
                continue
            signature_check.check_signed_claims(settings, request, now)
            return
    carrier = signature_check.carrier(settings.signature)
    raise Unauthenticated(f"no signature in {carrier} is one of this body with the private key")


@lru_cache(8)
def load_public_key(stored: str) -> Any:
    """Return a public key, SPKI or an X.509 certificate in PEM or as DER in base64; None where the text is neither.

    Of a certificate only the key counts: whoever stores it trusts it, as with a bare key.
    """
    body = "".join(line for line in stored.split("\n") if not line.startswith("-----"))
    try:
        content = base64.b64decode("".join(body.split()), validate=True)
    except ValueError:
        return None
    return _key_or_none(_load_spki, content) or _key_or_none(_load_certificate, content)


def _key_or_none(load: Callable[[bytes], Any], content: bytes) -> Any:
    from cryptography.exceptions import UnsupportedAlgorithm

    try:
        return load(content)
    except (ValueError, UnsupportedAlgorithm):
        return None


def _load_spki(content: bytes) -> Any:
    from cryptography.hazmat.primitives.serialization import load_der_public_key

    return load_der_public_key(content)


def _load_certificate(content: bytes) -> Any:
    # Few vendors hand out a certificate, and every import lengthens a cold start.
    from cryptography.x509 import load_der_x509_certificate

    return load_der_x509_certificate(content).public_key()


def hash_function(name: str) -> Any:
    """Return the hash function of this name, such as `sha256`."""
    from cryptography.hazmat.primitives import hashes

    functions: dict[str, Callable[[], Any]] = {
        "sha256": hashes.SHA256,
        "sha384": hashes.SHA384,
        "sha512": hashes.SHA512,
    }
    return functions[name]()


def stored_pair(private_key: Any) -> tuple[str, str]:
    """Return the public key as it is stored, and the private key as `private_key` reads it."""
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

    public = private_key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    private = private_key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    return base64.b64encode(public).decode(), PRIVATE + base64.b64encode(private).decode()


def load_private_key(stored: str) -> Any:
    """Return the private key of a pair; None where the stored text is a public key, which can't sign."""
    from cryptography.hazmat.primitives.serialization import load_der_private_key

    if not stored.startswith(PRIVATE):
        return None
    return load_der_private_key(base64.b64decode(stored.removeprefix(PRIVATE)), password=None)
