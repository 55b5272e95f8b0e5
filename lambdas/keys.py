"""A stored secret as the bytes of a key."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from lambdas.auth import Unauthenticated


@dataclass(frozen=True, slots=True)
class Key:
    """How the stored secret becomes a key."""

    encoding: Literal["utf8", "hex", "base64"] = "utf8"
    """`utf8`: it is used as it is, whatever it looks like. `hex`, `base64`: it is the key's bytes, written so."""
    strip: str = ""
    """What stands before it and is no part of it, such as `whsec_`. Where it is not there, nothing is stripped."""


def key_bytes(settings: Key, secret: str) -> bytes | None:
    """The key; None where the secret is no such text, or empty: it verifies nothing."""
    if settings.encoding == "utf8":
        return (secret.removeprefix(settings.strip) if settings.strip else secret).encode() or None
    return _decoded(settings, secret)


@lru_cache(64)
def _decoded(settings: Key, secret: str) -> bytes | None:
    text = secret.removeprefix(settings.strip)
    try:
        if settings.encoding == "hex":
            return binascii.unhexlify(text) or None
        # Vendors leave the padding out, or write it for URLs.
        plain = text.rstrip("=").replace("-", "+").replace("_", "/")
        return base64.b64decode(plain + "=" * (-len(plain) % 4), validate=True) or None
    except ValueError:
        return None


def usable(settings: Key, secret: str) -> bytes:
    """The key to sign with; Unauthenticated where the secret is none."""
    if (key := key_bytes(settings, secret)) is None:
        raise Unauthenticated(f"what is stored is no key written in {settings.encoding}")
    return key
