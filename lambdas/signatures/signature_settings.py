"""Settings of a signature in a header: which header, what is signed, when it was signed.

The auth types hmac, digest, rsa, ed25519 and ecdsa share these settings.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from lambdas.model_types import Header, Path, SettingText, SignedText, UrlBase
from lambdas.runtime.times import TimeFormat

Encoding = Literal["hex", "base64", "base64url"]
UrlVariant = Literal["no_port", "default_port", "quoted", "unquoted", "recoded"]

PIECE = re.compile(r"\{(\w+)(?:\('([^'{}]*)'\))?\}")
"""A piece in a signed text, such as `{body}`, and its argument: `{header('x-name')}`."""


@dataclass(frozen=True, slots=True)
class Signature:
    """Where the signature is: in a header, in the query, or in a field of a form."""

    header: tuple[Header, ...] = ()
    """The header that carries it, or several, any of which may; `X-Name-*` stands for `X-Name-1`, `X-Name-2` …"""
    query: str | None = None
    """The query parameter that carries it, where no header does; it is no part of the URL that is signed."""
    form: str | None = None
    """The field of a form that carries it, where neither does."""
    prefix: str = ""
    """What stands before it, such as `sha256=`. A `*` in it stands for any text, such as a key's id: `*|`."""
    encoding: Encoding = "hex"
    """How its bytes are written."""
    split: str = ""
    """What stands between several signatures there, any of which may match. Needs `prefix` or `part`."""
    part: int | None = None
    """The number of the first part that is a signature, where parts have no prefix; those after it are some too."""


@dataclass(frozen=True, slots=True)
class Timestamp:
    """Where the time of signing is: in a header, or in the body."""

    header: Header | None = None
    """The header that carries it."""
    prefix: str = ""
    """What stands before it, such as `t=`."""
    split: str = ""
    """What stands between the parts of the header, where it has others. Needs `prefix` or `part`."""
    part: int | None = None
    """The number of the part that is the time, where parts have no prefix."""
    path: Path | None = None
    """Where it is in a body that is signed as a whole."""
    format: TimeFormat = "unix"
    """How it is written: `unix` (seconds), `unix_ms` (milliseconds), `rfc3339` or `http_date`. Never guessed."""
    tolerance: int = 300
    """Seconds that it may lie in the past: the replay window."""
    future: int | None = None
    """Seconds that it may lie in the future. Without it, as many as in the past."""


@dataclass(frozen=True, slots=True)
class SignedHeaders:
    """The headers that `{headers}` in `signed` stands for, where the request itself names them."""

    header: Header
    """The header that names them."""
    prefix: str = ""
    """What stands before the names, such as `h=`."""
    split: str = ""
    """What stands between the parts of that header, where it has others. Needs `prefix`."""
    separator: str = ","
    """What stands between the names."""
    each: str = "{value}"
    """How each is written: `{name}` in lower case, and `{value}`."""
    join: str = ","
    """What stands between them."""


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
    """A signature beside the body, over pieces of the request."""

    signature: Signature
    """Where the signature is."""
    timestamp: Timestamp | None = None
    """Where the time of signing is; without it there is no replay window."""
    id: MessageId | None = None
    """Where the delivery's id is."""
    signed: SignedText = SignedText("{body}")
    """What is signed. It must cover the body."""
    signed_headers: SignedHeaders | None = None
    """Which headers are signed, where the request itself says so."""
    url: Url | None = None
    """How `{url}` in `signed`, or a part of it such as `{path}`, is made. Without it, it is the endpoint's own."""
    body_hash: BodyHash | None = None
    """Where the body's hash is, when that is signed in the body's stead."""
    require: Mapping[Header, SettingText] | None = None
    """Headers that must have this value, such as a version of the scheme."""
