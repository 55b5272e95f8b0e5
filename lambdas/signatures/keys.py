"""Stored secrets as keys, and what becomes of a request while one can't be used."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Generic, Literal, TypeVar

from lambdas.auth_type import SecretLookup, Unauthenticated
from lambdas.runtime.secrets import UnusableSecret

K = TypeVar("K")


@dataclass(frozen=True, slots=True)
class KeyEncoding:
    """How the stored secret becomes a key."""

    encoding: Literal["utf8", "hex", "base64"] = "utf8"
    """`utf8`: it is used as it is, whatever it looks like. `hex`, `base64`: it is the key's bytes, written so."""
    strip: str = ""
    """What stands before it and is no part of it, such as `whsec_`. Where it is not there, nothing is stripped."""


@dataclass(frozen=True, slots=True)
class UsableKeys(Generic[K]):
    """The keys that are stored, the current one first; `flaw` says why the current secret is none of them."""

    keys: tuple[K, ...]
    flaw: str | None = None

    @property
    def current(self) -> K:
        """The key to sign with; UnusableSecret where there is none."""
        if self.flaw:
            raise UnusableSecret(self.flaw)
        return self.keys[0]

    def refusal(self, why: str) -> Exception:
        """What to raise for a request that none of the keys verifies.

        The vendor may have made it with the secret that we can't use, so it is not told that it is a forgery.
        """
        return UnusableSecret(self.flaw) if self.flaw else Unauthenticated(why)


def usable_keys(
    settings: Any, lookup_secret: SecretLookup, read_secret: Callable[[Any, str], tuple[K, ...]]
) -> UsableKeys[K]:
    """The stored secrets, read as a type reads them. A previous one that can't be used is as good as none."""
    found: list[K] = []
    flaw = None
    for place, stored in enumerate(lookup_secret(settings.secret)):
        try:
            found += read_secret(settings, stored)
        except UnusableSecret as error:
            flaw = flaw if place else f"{settings.secret} {error}"
    return UsableKeys(tuple(found), flaw)


def secret_texts(stored: str) -> tuple[str, ...]:
    """The secret as it is stored and, where white space is around it, without: UnusableSecret where it is blank.

    AWS's console adds a line break easily, and no type of key that is a text says that it can't be a part of it.
    """
    if not (bare := stored.strip()):
        raise UnusableSecret("is blank")
    return (bare,) if bare == stored else (stored, bare)


def read_key(settings: KeyEncoding, stored: str) -> tuple[bytes, ...]:
    """The key, once or twice as `texts_of` has it; UnusableSecret where the secret is none."""
    found = (key_bytes(settings, text) for text in secret_texts(stored))
    if keys := tuple(dict.fromkeys(key for key in found if key)):
        return keys
    raise UnusableSecret(f"is no key written in {settings.encoding}, which the definition says that it is")


def key_bytes(settings: KeyEncoding, secret: str) -> bytes | None:
    """The key; None where the secret is no such text, or empty."""
    if settings.encoding == "utf8":
        key = secret.removeprefix(settings.strip) if settings.strip else secret
        return key.encode() if key.strip() else None
    return _decoded(settings, secret)


@lru_cache(64)
def _decoded(settings: KeyEncoding, secret: str) -> bytes | None:
    text = secret.strip().removeprefix(settings.strip)
    try:
        if settings.encoding == "hex":
            return binascii.unhexlify(text) or None
        # Vendors leave the padding out, or write it for URLs.
        plain = text.rstrip("=").replace("-", "+").replace("_", "/")
        return base64.b64decode(plain + "=" * (-len(plain) % 4), validate=True) or None
    except ValueError:
        return None
