"""Verifying a signature in a header with public keys: the loop that the types ed25519 and ecdsa share."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import product
from typing import TYPE_CHECKING

from lambdas.auth_type import Unauthenticated
from lambdas.signatures import signature_check
from lambdas.signatures.signature_settings import SignatureSettings
from lambdas.signatures.signed_text import signed_texts

if TYPE_CHECKING:
    from lambdas.reading.request import Request


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
    header_names = " or ".join(settings.signature.header).lower()
    raise Unauthenticated(f"no signature in {header_names} is one of this body with the private key")
