"""Stored secrets as keys, one or several in one, and what happens to a request while a secret can't be used."""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import product
from typing import Any, Generic, Literal, TypeVar

from lambdas.auth_type import SecretLookup, Unauthenticated
from lambdas.model_types import KeyText
from lambdas.runtime.secrets import UnusableSecret

K = TypeVar("K")
WHOLE = KeyText("{secret}")
_SECRET = re.compile(r"\{secret(?:\('([a-z0-9_]+)'\))?\}")


@dataclass(frozen=True, slots=True)
class KeyEncoding:
    """How the stored secret becomes a key."""

    encoding: Literal["utf8", "hex", "base64"] = "utf8"
    """`utf8`: the secret's text is the key, whatever it looks like. `hex`, `base64`: the secret is decoded."""
    strip: str = ""
    """Text before the secret that is no part of it, such as `whsec_`. Where it is absent, nothing is stripped."""
    text: KeyText = WHOLE
    """What the key is made of: `{secret}`, further stored secrets, `{secret('client_id')}`, and what is around them."""
    hash: Literal["sha1", "sha256"] | None = None
    """The key is this hash of it, as bytes."""

    @property
    def other_secrets(self) -> tuple[str, ...]:
        """The names of the further stored secrets in `text`."""
        return tuple(dict.fromkeys(name for name in _SECRET.findall(self.text) if name))


@dataclass(frozen=True, slots=True)
class UsableKeys(Generic[K]):
    """The stored keys, the current one first; `flaw` says why the current secret is not among them."""

    keys: tuple[K, ...]
    flaw: str | None = None

    @property
    def current(self) -> K:
        """The key to sign with; UnusableSecret where the current secret is not a key."""
        if self.flaw:
            raise UnusableSecret(self.flaw)
        return self.keys[0]

    def refusal(self, reason: str) -> Exception:
        """Return the exception for a request that none of the keys verifies.

        While the current secret is unusable, the vendor may have signed with it: the request may not be a forgery.
        """
        return UnusableSecret(self.flaw) if self.flaw else Unauthenticated(reason)


def usable_keys(
    settings: Any, lookup_secret: SecretLookup, read_secret: Callable[[Any, str], tuple[K, ...]]
) -> UsableKeys[K]:
    """Read the stored secrets as a type does. A previous secret that can't be used counts as absent."""
    keys: list[K] = []
    flaw = None
    for index, stored in enumerate(_stored_texts(settings, lookup_secret)):
        try:
            keys += read_secret(settings, stored)
        except UnusableSecret as error:
            flaw = flaw if index else f"{settings.secret} {error}"
    return UsableKeys(tuple(keys), flaw)


def _stored_texts(settings: Any, lookup_secret: SecretLookup) -> Iterable[str]:
    """Return the stored texts of the secret, the current one first; where `key.text` says so, put together."""
    key = getattr(settings, "key", None)
    if not isinstance(key, KeyEncoding) or key.text == WHOLE:
        return lookup_secret(settings.secret)
    names = ("", *key.other_secrets)
    stored = [[text.strip() for text in lookup_secret(name or settings.secret)] for name in names]
    if not all(text for texts in stored for text in texts[:1]):
        return ("",)  # which is no key
    # Without its secret, what is around it would be a key that anyone knows: a blank previous secret makes none.
    return [_filled(key.text, dict(zip(names, texts, strict=True))) for texts in product(*stored) if all(texts)]


def _filled(text: str, values: Mapping[str, str]) -> str:
    return _SECRET.sub(lambda piece: values[piece[1] or ""], text)


def secret_texts(stored: str) -> tuple[str, ...]:
    """Return the secret as stored and, if white space surrounds it, also stripped; UnusableSecret if it is blank.

    AWS's console easily adds a line break, and in a key that is a text, white space may be meant.
    """
    if not (bare := stored.strip()):
        raise UnusableSecret("is blank")
    return (bare,) if bare == stored else (stored, bare)


def read_key(settings: KeyEncoding, stored: str) -> tuple[bytes, ...]:
    """Return the keys of a secret, one for each of its `secret_texts`; UnusableSecret where none is a key."""
    decoded = (key_bytes(settings, text) for text in _key_texts(stored))
    if keys := tuple(dict.fromkeys(key for key in decoded if key)):
        return keys
    raise UnusableSecret(f"is no key written in {settings.encoding}, which the definition says that it is")


def _key_texts(stored: str) -> tuple[str, ...]:
    """Return a secret's texts; where it has an accent, also with that as a character of its own (NFKD).

    EasyPost signs so: https://github.com/EasyPost/easypost-python/blob/master/easypost/util.py
    """
    texts = secret_texts(stored)
    if stored.isascii():
        return texts
    from unicodedata import normalize

    return (*texts, *(normalize("NFKD", text) for text in texts))


def key_bytes(settings: KeyEncoding, secret: str) -> bytes | None:
    """Return the key; None where the secret is empty or not written in the encoding."""
    if settings.encoding == "utf8":
        text = secret.removeprefix(settings.strip) if settings.strip else secret
        key = text.encode() if text.strip() else None
    else:
        key = _decoded(settings, secret)
    return hashlib.new(settings.hash, key).digest() if key and settings.hash else key


@lru_cache(64)
def _decoded(settings: KeyEncoding, secret: str) -> bytes | None:
    text = secret.strip().removeprefix(settings.strip)
    try:
        if settings.encoding == "hex":
            return binascii.unhexlify(text) or None
        # Vendors leave the padding out, or use the alphabet for URLs.
        standard = text.rstrip("=").replace("-", "+").replace("_", "/")
        return base64.b64decode(standard + "=" * (-len(standard) % 4), validate=True) or None
    except ValueError:
        return None


def key_problems(key: KeyEncoding) -> Iterator[tuple[str, str]]:
    """Yield what is wrong with what a key is made of."""
    if "{secret}" not in key.text:
        yield "key.text", "must have {secret}, or the key would be known"
