"""Signatures that a public key verifies."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from lambdas.auth_type import Unauthenticated
from lambdas.signatures import signature_check
from lambdas.signatures.signature_settings import SignatureSettings
from lambdas.signatures.signed_text import signed_texts

if TYPE_CHECKING:
    from lambdas.reading.request import Request


def verify(
    settings: SignatureSettings, request: Request, now: float, keys: Iterable[Callable[[bytes, bytes], object]]
) -> None:
    """Unauthenticated unless one of the public keys verifies one of the signatures.

    A key is a function of a signature and a text, which raises InvalidSignature.
    """
    from cryptography.exceptions import InvalidSignature

    seen, found = signature_check.received_signatures(settings, request, now), signed_texts(settings, request)
    for good in keys:
        for signature, text in ((one, text) for one in seen[: signature_check.MAX_SIGNATURES] for text in found):
            try:
                good(signature, text)
            except InvalidSignature:
                continue
            signature_check.check_signed_claims(settings, request, now)
            return
    where = " or ".join(settings.signature.header).lower()
    raise Unauthenticated(f"no signature in {where} is one of this body with the private key")
