"""Tell from a value in a request whether it is a signature, a time, a secret or a JSON Web Token."""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass
from typing import get_args

from lambdas.runtime.times import TimeFormat, unix_seconds
from lambdas.signatures.encodings import decode_text
from lambdas.signatures.signature_settings import Encoding
from lambdas.signatures.value_parts import after_prefix

HASH_BY_SIZE = {20: "sha1", 32: "sha256", 48: "sha384", 64: "sha512"}
"""Hash functions by the bytes of a hash."""
RSA_SIGNATURE_BYTES, WEAK_RSA_BYTES = (256, 384, 512, 1024), (128,)
P384_BYTES = (96, *range(100, 105))
"""Bytes of an ECDSA signature with P-384, as r and s or in DER."""
_PREFIXED = re.compile(r"([A-Za-z][A-Za-z0-9_.-]{0,15}=)(.+)")
_VERSIONED = re.compile(r"(v[0-9]+[a-z]?,)(\S+)")
_SECRET = re.compile(
    r"secret|token|passw|passcode|passphrase|credential|authori[sz]|authent|cookie|jwt|"
    r"(^|[-_])(auth|session|otp|apikey)($|[-_])|(api|access|auth|private|shared|signing|webhook)[-_]?key",
    re.IGNORECASE,
)
_SIGNATURE = re.compile(r"signature|hmac|(^|[-_])sig($|[-_])", re.IGNORECASE)
_NO_SECRET = re.compile(r"token[-_]?type|(id|uuid|name|type|count|version)$", re.IGNORECASE)
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_OPAQUE = re.compile(r"(?=.*[0-9])(?=.*[A-Za-z])[A-Za-z0-9+/_=.-]{32,}")
_HAS_JWT = re.compile(r"\beyJ[A-Za-z0-9_-]{8}")
_SCHEME = re.compile(r"(bearer|basic|digest|token|apikey|negotiate) +\S+", re.IGNORECASE)
# 2001 to 2096: a number of this length is a time; a shorter number may be anything.
_EARLIEST, _LATEST = 1_000_000_000, 4_000_000_000


@dataclass(frozen=True)
class HeaderSignature:
    """A signature as a header carries it; `time_prefix` stands before the time in the same header."""

    header: str
    prefix: str
    encoding: Encoding
    content: bytes
    split: str = ""
    time_prefix: str = ""
    format: TimeFormat = "unix"
    part: int = 0
    """The number of the first part that is a signature, where parts have no prefix."""
    time_part: int = 0
    parts: tuple[tuple[str, str], ...] = ()
    """The prefixes and the texts of a header that has several."""

    @property
    def is_ecdsa(self) -> bool:
        """Return whether it is an ECDSA signature: in DER two numbers with their lengths, or those of P-384 alone."""
        size = len(self.content)
        is_der = self.content[:2] == bytes([0x30, size - 2 & 0xFF]) and (68 <= size <= 72 or 100 <= size <= 104)
        return is_der or size == P384_BYTES[0]


def read_header_signature(header: str, value: str) -> HeaderSignature | None:
    """Return the signature in a header, or None."""
    for separator in (",", ";", " "):
        parts = [part.strip(" ") for part in value.split(separator)]
        matches = [match for part in parts if (match := _PREFIXED.fullmatch(part))]
        if len(parts) > 1 and len(matches) == len(parts):
            return _from_parts(header, separator, [(match[1], after_prefix(match[2], "") or "") for match in matches])
        if len(parts) > 1 and (listed := _from_list(header, separator, parts)):
            return listed
    if versioned := _VERSIONED.match(value):
        decoded = decode_signature(versioned[2])
        return HeaderSignature(header, versioned[1], *decoded, split=" ") if decoded else None
    if decoded := decode_signature(value):
        return HeaderSignature(header, "", *decoded)
    prefixed = _PREFIXED.fullmatch(value)
    decoded = decode_signature(prefixed[2]) if prefixed else None
    return HeaderSignature(header, prefixed[1], *decoded) if prefixed and decoded else None


def _from_list(header: str, split: str, parts: list[str]) -> HeaderSignature | None:
    """Return the signature of a header without prefixes: signatures alone, or a time before them, as Recurly has it."""
    format_of_time = time_format(parts[0])
    decoded = [decode_signature(part) for part in parts[1 if format_of_time else 0 :]]
    if not decoded or not decoded[0] or not all(decoded):
        return None
    place = {"part": 2, "time_part": 1, "format": format_of_time} if format_of_time else {"part": 1}
    return HeaderSignature(header, "", *decoded[0], split, **place)


def _from_parts(header: str, split: str, parts: list[tuple[str, str]]) -> HeaderSignature | None:
    """Return the signature of a header such as `t=…,v1=…`; each part is a prefix with its text."""
    times = [(prefix, format_of_time) for prefix, text in parts if (format_of_time := time_format(text))]
    # v0 is Stripe's mark of test events, which prove nothing: any other is better.
    signatures = sorted(
        (prefix == "v0=", prefix, decoded) for prefix, text in parts if (decoded := decode_signature(text))
    )
    if not signatures:
        return None
    _, prefix, decoded = signatures[0]
    time = times[0] if times else ("", "unix")
    return HeaderSignature(header, prefix, *decoded, split, *time, parts=tuple(parts))


def decode_signature(text: str) -> tuple[Encoding, bytes] | None:
    """Return a signature's encoding and bytes, or None."""
    for encoding in get_args(Encoding):
        try:
            content = decode_text(text, encoding)
        except (ValueError, binascii.Error):
            continue
        signature = HeaderSignature("", "", encoding, content)
        if (
            # In base64, 48 bytes are 64 characters without padding, as many a token has them.
            (len(content) in HASH_BY_SIZE and (len(content) != 48 or encoding == "hex"))
            or signature.is_ecdsa
            or (len(content) in (*RSA_SIGNATURE_BYTES, *WEAK_RSA_BYTES) and encoding != "base64url")
        ):
            return encoding, content
    return None


def time_format(text: str) -> TimeFormat | None:
    """Return the format of a time, or None."""
    for candidate in get_args(TimeFormat):
        try:
            time = unix_seconds(text, candidate)
        except ValueError:
            continue
        if _EARLIEST <= time <= _LATEST:
            format_of_time: TimeFormat = candidate
            return format_of_time
    return None


def is_secret(name: str, value: str) -> bool:
    """Return whether a header or parameter may hold a secret, by its name or its value."""
    if _SCHEME.fullmatch(value):
        return True
    if _is_harmless_name(name) or _UUID.fullmatch(value):
        return False
    is_opaque = _OPAQUE.fullmatch(value) or _HAS_JWT.search(value)
    return bool(_SECRET.search(name) or _SIGNATURE.search(name) or is_opaque)


def is_secret_name(name: str) -> bool:
    """Return whether a field of a body has the name of a secret."""
    return bool(_SECRET.search(name)) and not _is_harmless_name(name)


def _is_harmless_name(name: str) -> bool:
    # No pattern such as expir\w*$: searching for it takes the square of a name's length.
    return bool(_NO_SECRET.search(name)) or "expir" in re.split(r"\W", name.lower())[-1]


def json_of_jwt(text: str, part: int) -> bytes | None:
    """Return the header (0) or the claims (1) of a JSON Web Token, which anyone can read; None for another text."""
    parts = text.split(".")
    if len(parts) != 3 or not text.startswith("eyJ"):
        return None
    try:
        return base64.urlsafe_b64decode(parts[part] + "=" * (-len(parts[part]) % 4))
    except ValueError:
        return None
