"""What a value in a request looks like: a signature, a time, a secret."""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass
from typing import get_args

from lambdas.runtime.times import TimeFormat, unix_seconds
from lambdas.signatures.signature_check import decode_text
from lambdas.signatures.signature_settings import Encoding

HASH_BY_SIZE = {20: "sha1", 32: "sha256", 64: "sha512"}
"""By the bytes of what they make."""
RSA_SIGNATURE_BYTES = (128, 256, 384, 512)
_BEFORE = re.compile(r"([A-Za-z][A-Za-z0-9_.-]{0,15}=)(.+)")
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
# 2001 to 2096: a number of this length is a time, and one that is shorter may be anything.
_EARLIEST, _LATEST = 1_000_000_000, 4_000_000_000


@dataclass(frozen=True)
class HeaderSignature:
    """A signature as a header carries it; `stamp` is what stands before the time in the same header."""

    header: str
    prefix: str
    encoding: Encoding
    content: bytes
    split: str = ""
    time_prefix: str = ""
    format: TimeFormat = "unix"

    @property
    def is_der(self) -> bool:
        """Whether it is an ECDSA signature of P-256: two numbers of at most 33 bytes, with their lengths."""
        return 68 <= len(self.content) <= 72 and self.content[0] == 0x30 and self.content[1] == len(self.content) - 2


def read_header_signature(header: str, value: str) -> HeaderSignature | None:
    """The signature in a header, where its value is one."""
    for separator in (",", ";", " "):
        parts = [part.strip(" ") for part in value.split(separator)]
        named = [found for part in parts if (found := _BEFORE.fullmatch(part))]
        if len(parts) > 1 and len(named) == len(parts):
            return _of_parts(header, separator, [(one[1], one[2]) for one in named])
    if versioned := _VERSIONED.match(value):
        whole = _signature(versioned[2])
        return HeaderSignature(header, versioned[1], *whole, split=" ") if whole else None
    if whole := _signature(value):
        return HeaderSignature(header, "", *whole)
    one = _BEFORE.fullmatch(value)
    return HeaderSignature(header, one[1], *whole) if one and (whole := _signature(one[2])) else None


def _of_parts(header: str, split: str, parts: list[tuple[str, str]]) -> HeaderSignature | None:
    stamps = [(before, written) for before, text in parts if (written := time_format(text))]
    # v0 is Stripe's mark of test events, which prove nothing: any other is better.
    signatures = sorted((before == "v0=", before, whole) for before, text in parts if (whole := _signature(text)))
    if not signatures:
        return None
    _, before, whole = signatures[0]
    stamp = stamps[0] if stamps else ("", "unix")
    return HeaderSignature(header, before, *whole, split, *stamp)


def _signature(text: str) -> tuple[Encoding, bytes] | None:
    """How a signature is written, and its bytes."""
    for encoding in get_args(Encoding):
        try:
            content = decode_text(text, encoding)
        except (ValueError, binascii.Error):
            continue
        one = HeaderSignature("", "", encoding, content)
        if (
            len(content) in HASH_BY_SIZE
            or one.is_der
            or (len(content) in RSA_SIGNATURE_BYTES and encoding != "base64url")
        ):
            return encoding, content
    return None


def time_format(text: str) -> TimeFormat | None:
    """How a time is written; None where the text is none."""
    for written in get_args(TimeFormat):
        try:
            at = unix_seconds(text, written)
        except ValueError:
            continue
        if _EARLIEST <= at <= _LATEST:
            found: TimeFormat = written
            return found
    return None


def is_secret(name: str, value: str) -> bool:
    """Whether a header or a parameter may hold a secret: by its name, or by what it has in it."""
    if _SCHEME.fullmatch(value):
        return True
    if _tells_no_secret(name) or _UUID.fullmatch(value):
        return False
    is_opaque = _OPAQUE.fullmatch(value) or _HAS_JWT.search(value)
    return bool(_SECRET.search(name) or _SIGNATURE.search(name) or is_opaque)


def is_secret_name(name: str) -> bool:
    """Whether a field of a body is called as secrets are."""
    return bool(_SECRET.search(name)) and not _tells_no_secret(name)


def _tells_no_secret(name: str) -> bool:
    # No pattern such as expir\w*$: searching for it takes the square of a name's length.
    return bool(_NO_SECRET.search(name)) or "expir" in re.split(r"\W", name.lower())[-1]


def json_of_jwt(text: str, part: int) -> bytes | None:
    """The header (0) or the claims (1) of a JSON Web Token, which anyone can read; None where the text is none."""
    parts = text.split(".")
    if len(parts) != 3 or not text.startswith("eyJ"):
        return None
    try:
        return base64.urlsafe_b64decode(parts[part] + "=" * (-len(parts[part]) % 4))
    except ValueError:
        return None
