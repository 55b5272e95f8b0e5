"""How vendors write the bytes of a signature: in hex, base64 or base64url."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable

from lambdas.signatures.signature_settings import Encoding


def decode_text(text: str, encoding: Encoding) -> bytes:
    """Decode a text that a vendor wrote in an encoding; ValueError where it is not written in it."""
    return _DECODERS[encoding](text.encode("ascii"))


def _base64(text: bytes) -> bytes:
    return _exact(text, base64.b64decode(text, validate=True))


def _base64url(text: bytes) -> bytes:
    padded = text + b"=" * (-len(text) % 4)
    return _exact(padded, base64.b64decode(padded, altchars=b"-_", validate=True), altchars=b"-_")


def _exact(text: bytes, content: bytes, altchars: bytes | None = None) -> bytes:
    """Return the bytes if the text is how base64 writes them: its last character may have bits that stand for nothing.

    https://datatracker.ietf.org/doc/html/rfc4648#section-3.5
    """
    if base64.b64encode(content, altchars) != text:
        raise ValueError("not as base64 is written")
    return content


_DECODERS: dict[str, Callable[[bytes], bytes]] = {
    "hex": binascii.unhexlify,
    "base64": _base64,
    "base64url": _base64url,
}


def encode_bytes(content: bytes, encoding: Encoding) -> str:
    """Encode bytes as a vendor writes them."""
    if encoding == "hex":
        return content.hex()
    text = base64.b64encode(content) if encoding == "base64" else base64.urlsafe_b64encode(content).rstrip(b"=")
    return text.decode()
