"""Causes that make every request fail: a secret that is not a key."""

from __future__ import annotations

import base64

from generator.explain.mistakes import VerificationAttempt
from lambdas.signatures.keys import KeyEncoding, key_bytes

_ED25519_BYTES = 32
Flaw = tuple[str, str]
"""A diagnosis, and advice."""


def unusable_secret(attempt: VerificationAttempt) -> Flaw | None:
    """Return why none of the secrets is a key as the definition describes it; None where one is."""
    flaws = [_flaw(attempt, secret) for secret in attempt.secrets]
    return next((flaw for flaw in flaws if flaw), None) if all(flaws) else None


def _flaw(attempt: VerificationAttempt, secret: str) -> Flaw | None:
    key, advice = getattr(attempt.settings, "key", None), "copy it once more, or change `key`"
    if isinstance(key, KeyEncoding):
        if (content := key_bytes(key, secret)) is None:
            return f"the secret is not written in {key.encoding}, as `key` says", advice
        if attempt.type_name == "ed25519" and len(content) != _ED25519_BYTES:
            return f"the public key has {len(content)} bytes in {key.encoding}, and must have {_ED25519_BYTES}", advice
    if attempt.type_name in ("ecdsa", "rsa") and not _is_der(secret):
        return "the public key is neither PEM nor DER in base64", "copy it once more, as the vendor shows it"
    return None


def _is_der(stored: str) -> bool:
    """Whether a text is a public key in PEM (`-----BEGIN PUBLIC KEY-----`), or only the lines within."""
    lines = [line for line in stored.split("\n") if not line.startswith("-----")]
    try:
        # Every public key of this kind is an ASN.1 sequence.
        return base64.b64decode("".join("".join(lines).split()), validate=True).startswith(b"\x30")
    except ValueError:
        return False
