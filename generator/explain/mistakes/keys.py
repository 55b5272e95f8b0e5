"""Mistakes in the key: white space, quotes, a prefix, the case, another encoding, another of the source's secrets."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Literal

from generator.explain.mistakes import Mistake, VerificationAttempt, with_secrets, with_settings
from lambdas.signatures.keys import KeyEncoding, key_bytes

_PREFIX = re.compile(r"[A-Za-z][A-Za-z0-9]{1,9}_(?=.{16})")
_USUAL = ("whsec_", "whpk_")
_QUOTES = "\"'`"
_ASSIGNED = re.compile(r"[A-Za-z][A-Za-z0-9_-]{1,40}[=:]\s*(?=\S{8})")
HASHES: tuple[Literal["sha256", "sha1"], ...] = ("sha256", "sha1")
Encoding = Literal["utf8", "hex", "base64"]
Change = Callable[[str], str]


def key_mistakes(attempt: VerificationAttempt, others: Mapping[str, str]) -> Iterator[Mistake]:
    """Yield other secrets, and other encodings of the secret; `others` are the source's other secrets by name."""
    known = {attempt.secrets}
    for change, diagnosis, advice in _texts(attempt.secrets[0] if attempt.secrets else ""):
        changed = tuple(map(change, attempt.secrets))
        if changed not in known and all(changed):
            known.add(changed)
            yield Mistake("secret", diagnosis, advice, with_secrets(changed))
    for name, secret in others.items():
        if (secret,) not in known:
            diagnosis = f"it was made with the secret {name}"
            yield Mistake("secret", diagnosis, "exchange the two secrets", with_secrets((secret,)))
    if hasattr(attempt.settings, "key"):
        yield from _decodings(attempt)
    for secret, encoding in _encoded(attempt.secrets[0]) if attempt.secrets else ():
        advice = f"store the secret in {encoding}, as its sender takes it"
        diagnosis = f"the key is the secret written in {encoding}"
        yield Mistake("secret", diagnosis, advice, with_secrets((secret,)), in_pairs=False)


def _texts(secret: str) -> Iterator[tuple[Change, str, str]]:
    alone = "store the secret alone: it was copied with what stands around it"
    yield str.strip, "the key is the secret without the white space around it", alone
    yield lambda text: text.strip().strip(_QUOTES), "the key is the secret without the quotes around it", alone
    yield _without_space, "the key is the secret without the white space in it", alone
    yield lambda text: _ASSIGNED.sub("", text, count=1), "the key is the secret without the name before it", alone
    yield _once, "the key is the secret once, and it is stored twice in a row", "store the secret once"
    sender = "give the vendor the secret once more, alone: there, a line break is part of it"
    yield lambda text: f"{text}\n", "the key is the secret with a line break at its end", sender
    yield lambda text: f"{text}\r\n", "the key is the secret with a line break (CRLF) at its end", sender
    for before in dict.fromkeys([*_USUAL, *_PREFIX.findall(secret)]):
        whole = f"store the secret as the vendor shows it, with {before}"
        yield before.__add__, f"the key is the secret with {before} before it", whole
    yield str.lower, "the key is the secret in lower case", "store the secret as the vendor shows it"
    yield str.upper, "the key is the secret in upper case", "store the secret as the vendor shows it"


def _encoded(secret: str) -> Iterator[tuple[str, str]]:
    """Yield what some senders make of a secret before they take its characters for the key."""
    yield base64.b64encode(secret.encode()).decode(), "base64"
    yield secret.encode().hex(), "hex"


def _without_space(text: str) -> str:
    return "".join(text.split())


def _once(text: str) -> str:
    half = len(text) // 2
    return text[:half] if text[:half] == text[half:] else text


def _decodings(attempt: VerificationAttempt) -> Iterator[Mistake]:
    secret = attempt.secrets[0] if attempt.secrets else ""
    own: KeyEncoding = attempt.settings.key or KeyEncoding()
    known = {key_bytes(own, secret)}
    prefixes = dict.fromkeys([own.strip, "", *_PREFIX.findall(secret)])
    encodings: tuple[Encoding, ...] = ("utf8", "base64", "hex")
    decoded = [replace(own, encoding=encoding, strip=strip) for encoding in encodings for strip in prefixes]
    hashed = [replace(own, hash=name) for name in HASHES if name != own.hash]
    for key in (*decoded, *hashed):
        if (content := key_bytes(key, secret)) and content not in known:
            known.add(content)
            yield Mistake(
                "key",
                f"the key is {_describe(key, secret)}",
                f"in the definition, {_as_yaml(key)}",
                with_settings(key=key),
                in_pairs=not key.hash or own.hash is not None,
            )


def _describe(key: KeyEncoding, secret: str) -> str:
    if key.hash:
        return f"the {key.hash.upper()} of the secret"
    bare = f" without {key.strip}" if key.strip and secret.startswith(key.strip) else ""
    return (
        f"the secret{bare} as it is, not decoded"
        if key.encoding == "utf8"
        else f"the secret{bare} decoded from {key.encoding}"
    )


def _as_yaml(key: KeyEncoding) -> str:
    if key.hash:
        return f"`key: {{hash: {key.hash}}}`"
    if (key.encoding, key.strip) == ("utf8", ""):
        return "no `key`"
    return f"`key: {{encoding: {key.encoding}{f', strip: {key.strip}' if key.strip else ''}}}`"
