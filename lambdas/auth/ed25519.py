"""An Ed25519 signature in a header: Discord, Standard Webhooks' `v1a`. The stored secret is the vendor's public key."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from lambdas.auth_type import OutgoingRequest, SecretLookup, Unauthenticated
from lambdas.model_types import SecretName
from lambdas.runtime.secrets import UnusableSecret
from lambdas.signatures import public_keys, signature_check
from lambdas.signatures.encodings import encode_bytes
from lambdas.signatures.keys import WHOLE, KeyEncoding, read_key, usable_keys
from lambdas.signatures.signature_settings import SignatureSettings

if TYPE_CHECKING:
    from lambdas.reading.request import Request

headers, masked_fields = signature_check.signature_headers, signature_check.masked_fields
HEX = KeyEncoding("hex")
PUBLIC_KEY_BYTES = 32
_PRIVATE = "private:"


@dataclass(frozen=True, slots=True)
class Settings(SignatureSettings):
    """An Ed25519 signature in a header (RFC 8032)."""

    key: KeyEncoding = HEX
    """How the public key is written: 32 bytes, in `hex` or `base64`."""
    secret: SecretName = SecretName("auth_token")
    """Name of the parameter that holds the vendor's public key."""


def verified_by(_settings: Settings) -> Literal["handler"]:
    """Authorizers never see the body."""
    return "handler"


def wheels(_settings: Settings) -> tuple[str, ...]:
    return ("cryptography",)


def read_secret(settings: Settings, stored: str) -> tuple[Any, ...]:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    content = read_key(settings.key, stored)[0]
    if len(content) != PUBLIC_KEY_BYTES:
        raise UnusableSecret(f"is a public key of {len(content)} bytes, and must have {PUBLIC_KEY_BYTES}")
    return (Ed25519PublicKey.from_public_bytes(content),)


def verify(settings: Settings, request: Request, lookup_secret: SecretLookup, now: float) -> None:
    usable = usable_keys(settings, lookup_secret, read_secret)
    try:
        public_keys.verify(settings, request, now, (key.verify for key in usable.keys))
    except Unauthenticated as error:
        raise usable.refusal(str(error)) from None


def sign(
    settings: Settings, outgoing: OutgoingRequest, lookup_secret: SecretLookup, now: float
) -> OutgoingRequest | None:
    from lambdas.signatures.signature_make import sign_request

    stored = lookup_secret(settings.secret)[0]
    if not stored.startswith(_PRIVATE):
        return None
    return sign_request(settings, outgoing, now, _private(bytes.fromhex(stored.removeprefix(_PRIVATE))).sign)


def key_pair(settings: Settings) -> tuple[str, str]:
    """Return a public key as it is stored, and the private key with which `sign` signs."""
    from secrets import token_bytes

    seed = token_bytes(32)
    public = _private(seed).public_key().public_bytes_raw()
    encoded = public.hex() if settings.key.encoding == "hex" else encode_bytes(public, "base64")
    return settings.key.strip + encoded, _PRIVATE + seed.hex()


def _private(seed: bytes) -> Any:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    return Ed25519PrivateKey.from_private_bytes(seed)


def describe(settings: Settings) -> str:
    from lambdas.signatures.signature_make import describe_signature

    return f"Ed25519 signature {describe_signature(settings)}"


def problems(settings: Settings) -> Iterator[tuple[str, str]]:
    from lambdas.signatures.signature_problems import signature_problems

    yield from signature_problems(settings)
    if settings.key.hash or settings.key.text != WHOLE:
        yield "key", "is that of the vendor, as it is: it has neither `text` nor `hash`"
    if settings.key.encoding == "utf8":
        yield "key.encoding", "must be hex or base64: a public key is 32 bytes"
    if "{secret}" in settings.signed:
        yield "signed", "has {secret}, which only `digest` has in its text"
