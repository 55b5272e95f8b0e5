"""What can't verify anything, whatever the request: a secret that is no key, a definition that is not filled in."""

from __future__ import annotations

import base64
from collections.abc import Iterator

from generator.definition.placeholders import PLACEHOLDER, placeholder_keys
from generator.explain.captured_case import CapturedCase
from generator.explain.mistakes import VerificationAttempt
from lambdas.auth import jwt
from lambdas.model import Auth
from lambdas.signatures.keys import KeyEncoding, key_bytes

_ED25519_BYTES = 32
Said = tuple[str, str]


def unset_placeholders(case: CapturedCase) -> Iterator[Said]:
    """What the definition leaves to its user, and has not been filled in, of how the sender is verified."""
    for key in placeholder_keys(case.source):
        if key.startswith("webhook."):
            todo = f"put yours for {PLACEHOLDER}: until then nothing verifies, and deploy refuses it"
            yield f"{key} is still a placeholder", todo


def unset_issuer(auth: Auth) -> str | None:
    """Why nobody can be asked for keys; None where somebody can."""
    settings = auth.settings
    if isinstance(settings, jwt.Settings) and PLACEHOLDER in (settings.jwks_url or settings.issuer):
        return f"{'jwks_url' if settings.jwks_url else 'issuer'} is still a placeholder, so nobody has the keys"
    return None


def unusable_secret(attempt: VerificationAttempt) -> Said | None:
    """Why nothing that is stored is a key, as the definition has it; None where something is."""
    found = [_no_key(attempt, secret) for secret in attempt.secrets]
    return next((one for one in found if one), None) if all(found) else None


def _no_key(attempt: VerificationAttempt, secret: str) -> Said | None:
    key, again = getattr(attempt.settings, "key", None), "copy it once more, or change `key`"
    if isinstance(key, KeyEncoding):
        if (content := key_bytes(key, secret)) is None:
            return f"the secret is not written in {key.encoding}, as `key` says", again
        if attempt.type_name == "ed25519" and len(content) != _ED25519_BYTES:
            return f"the public key has {len(content)} bytes in {key.encoding}, and must have {_ED25519_BYTES}", again
    if attempt.type_name == "ecdsa" and not _is_der(secret):
        return "the public key is neither PEM nor DER in base64", "copy it once more, as the vendor shows it"
    return None


def _is_der(stored: str) -> bool:
    """Whether it is written as a public key is: `-----BEGIN PUBLIC KEY-----`, or what stands below that."""
    lines = [line for line in stored.split("\n") if not line.startswith("-----")]
    try:
        # Each key of the kind is a sequence in ASN.1.
        return base64.b64decode("".join("".join(lines).split()), validate=True).startswith(b"\x30")
    except ValueError:
        return False
