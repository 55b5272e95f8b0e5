"""Settings of a signature in a header: which header, what is signed, when it was signed; and checks between them.

The auth types hmac, digest, rsa, ed25519 and ecdsa share these settings.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from lambdas.model_types import Header, Path, SettingText, SignedText, UrlBase
from lambdas.runtime.times import TimeFormat

Encoding = Literal["hex", "base64", "base64url"]
UrlVariant = Literal["no_port", "default_port", "quoted", "unquoted", "recoded"]

PIECE = re.compile(r"\{(\w+)(?:\('([^'{}]*)'\))?\}")
"""A piece in a signed text, such as `{body}`, and its argument: `{header('x-name')}`."""
_COVERING = frozenset({"body", "form_sorted", "body_sha256", "body_sha256_base64", "body_sha256_base64url"})
_OF_URL = frozenset({"url", "url_sha256"})


@dataclass(frozen=True, slots=True)
class Signature:
    """Where the signature is."""

    header: tuple[Header, ...]
    """The header that carries it, or several, any of which may; `X-Name-*` stands for `X-Name-1`, `X-Name-2` …"""
    prefix: str = ""
    """What stands before it, such as `sha256=`."""
    encoding: Encoding = "hex"
    """How its bytes are written."""
    split: str = ""
    """What stands between several signatures in the header, any of which may match. Needs `prefix`."""


@dataclass(frozen=True, slots=True)
class Timestamp:
    """Where the time of signing is: in a header, or in the body."""

    header: Header | None = None
    """The header that carries it."""
    prefix: str = ""
    """What stands before it, such as `t=`."""
    split: str = ""
    """What stands between the parts of the header, where it has others. Needs `prefix`."""
    path: Path | None = None
    """Where it is in a body that is signed as a whole."""
    format: TimeFormat = "unix"
    """How it is written: `unix` (seconds), `unix_ms` (milliseconds) or `rfc3339`. Never guessed."""
    tolerance: int = 300
    """Seconds that it may lie in the past: the replay window."""
    future: int | None = None
    """Seconds that it may lie in the future. Without it, as many as in the past."""


@dataclass(frozen=True, slots=True)
class MessageId:
    """Where the delivery's id is, when it is part of what is signed."""

    header: Header
    """The header that carries it."""


@dataclass(frozen=True, slots=True)
class Url:
    """The URL as the vendor saw it, with its query as it was sent."""

    base: UrlBase | None = None
    """What the vendor was told, where that is not the endpoint's own URL: behind a custom domain, or a proxy."""
    variants: tuple[UrlVariant, ...] = ()
    """How the vendor may have written it else: without or with the port 443, or with other escapes in the query."""


@dataclass(frozen=True, slots=True)
class BodyHash:
    """The body's SHA-256 in hex, in a part of the request that is signed."""

    query: str | None = None
    """The query parameter that carries it; `signed` must have `{url}`."""
    header: Header | None = None
    """The header that carries it; `signed` must have `{header('…')}` of it."""


@dataclass(frozen=True, slots=True)
class SignatureSettings:
    """A signature in a header, over pieces of the request."""

    signature: Signature
    """Where the signature is."""
    timestamp: Timestamp | None = None
    """Where the time of signing is; without it there is no replay window."""
    id: MessageId | None = None
    """Where the delivery's id is."""
    signed: SignedText = SignedText("{body}")
    """What is signed. It must cover the body."""
    url: Url | None = None
    """How `{url}` in `signed` is made. Without it, it is the endpoint's own."""
    body_hash: BodyHash | None = None
    """Where the body's hash is, when that is signed in the body's stead."""
    require: Mapping[Header, SettingText] | None = None
    """Headers that must have this value, such as a version of the scheme."""


def signature_problems(settings: SignatureSettings) -> Iterator[tuple[str, str]]:
    """Yield the mistakes that show only between keys, each with its key: a part of the request that is not signed."""
    used = [(name, argument) for name, argument in PIECE.findall(settings.signed)]
    names = {name for name, _ in used}
    stamp, signature = settings.timestamp, settings.signature
    if not names & _COVERING and not settings.body_hash:
        yield "signed", "does not cover the body, so anyone could change it; it must have {body}"
    if "timestamp" in names and not (stamp and stamp.header):
        yield "signed", "has {timestamp}, but no key `timestamp` says which header that is"
    if "id" in names and not settings.id:
        yield "signed", "has {id}, but no key `id` says which header that is"
    if settings.id and "id" not in names:
        yield "id", "is not part of what is signed; take it out, or add {id} to `signed`"
    if settings.url and not names & _OF_URL:
        yield "url", "says how {url} is made, and `signed` has none"
    if not signature.header:
        yield "signature.header", "names no header"
    if signature.split and not signature.prefix:
        yield "signature.split", "needs `prefix`, or parts of other kinds would be taken for signatures"
    if stamp:
        yield from _stamp_problems(stamp, names, signature)
    if settings.body_hash:
        yield from _hash_problems(settings.body_hash, used)


def _stamp_problems(stamp: Timestamp, names: set[str], signature: Signature) -> Iterator[tuple[str, str]]:
    if (stamp.header is None) == (stamp.path is None):
        yield "timestamp", "must have either `header` or `path`"
    elif stamp.header and "timestamp" not in names:
        yield (
            "timestamp",
            "is not part of what is signed, so its window stops no replay; take it out, or add {timestamp} to `signed`",
        )
    elif stamp.path and "body" not in names:
        yield "timestamp.path", "is in the body, and `signed` does not have {body}, so anyone could change it"
    if stamp.split and not stamp.prefix:
        yield "timestamp.split", "needs `prefix`, which says which part is the time"
    shared = stamp.header and stamp.header.lower() in set(map(str.lower, signature.header))
    if shared and not (stamp.prefix and signature.prefix and stamp.split and stamp.split == signature.split):
        yield "timestamp", "is in the signature's header: both need `prefix`, and the same `split`"
    if not 0 < stamp.tolerance <= 86_400:
        yield "timestamp.tolerance", "must be 1 to 86400 seconds"
    if stamp.future is not None and not 0 <= stamp.future <= 86_400:
        yield "timestamp.future", "must be 0 to 86400 seconds"


def _hash_problems(body_hash: BodyHash, used: list[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    if (body_hash.query is None) == (body_hash.header is None):
        yield "body_hash", "must have either `query` or `header`"
    elif body_hash.query and not {("url", ""), ("query", body_hash.query)} & set(used):
        yield "body_hash.query", "is not part of what is signed; `signed` must have {url}"
    elif body_hash.header and ("header", body_hash.header.lower()) not in {
        (name, argument.lower()) for name, argument in used
    }:
        yield "body_hash.header", f"is not part of what is signed; `signed` must have {{header('{body_hash.header}')}}"
