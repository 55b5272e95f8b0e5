"""An HMAC over the raw body, in a header: Zoom, Slack, GitHub, Shopify, Bitbucket, Jira and most others."""

from __future__ import annotations

import base64
import binascii
import hmac
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Literal
from uuid import uuid4

from lambdas.auth import Unauthenticated
from lambdas.model import Header, SecretName, SignedText, TimeFormat
from lambdas.when import seconds, timestamp

if TYPE_CHECKING:
    from lambdas.request import Request

MAX_SIGNATURES = 20
"""Signatures of a header that are looked at: vendors send one for each secret."""
_PIECE = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True, slots=True)
class Signature:
    """Where the signature is."""

    header: Header
    """The header that carries it."""
    prefix: str = ""
    """What stands before it, such as `sha256=`."""
    encoding: Literal["hex", "base64"] = "hex"
    """How its bytes are written."""
    split: str = ""
    """What stands between several signatures in the header, any of which may match. Needs `prefix`."""


@dataclass(frozen=True, slots=True)
class Timestamp:
    """Where the time of signing is."""

    header: Header
    """The header that carries it."""
    format: TimeFormat = "unix"
    """How it is written: `unix` (seconds), `unix_ms` (milliseconds) or `rfc3339`. Never guessed."""
    tolerance: int = 300
    """Seconds that it may differ from now, in the past and in the future: the replay window."""


@dataclass(frozen=True, slots=True)
class MessageId:
    """Where the delivery's id is, when it is part of what is signed."""

    header: Header
    """The header that carries it."""


@dataclass(frozen=True, slots=True)
class Settings:
    """An HMAC in a header."""

    signature: Signature
    """Where the signature is."""
    timestamp: Timestamp | None = None
    """Where the time of signing is; without it there is no replay window."""
    id: MessageId | None = None
    """Where the delivery's id is."""
    signed: SignedText = SignedText("{body}")
    """What is signed. It must cover `{body}`."""
    algorithm: Literal["sha256", "sha1", "sha512"] = "sha256"
    """The hash function."""
    secret: SecretName = SecretName("auth_token")
    """Name of the parameter that holds the key. It is used as its UTF-8 bytes."""


def where(_settings: Settings) -> Literal["handler"]:
    """Authorizers never see the body."""
    return "handler"


def headers(settings: Settings) -> tuple[str, ...]:
    return (settings.signature.header.lower(),)


def verify(settings: Settings, request: Request, secrets: tuple[str, ...], now: float) -> None:
    header = settings.signature.header.lower()
    if not (carried := request.headers.get(header)):
        raise Unauthenticated(f"no {header} header")
    if settings.timestamp:
        _check_window(settings.timestamp, request, now)
    seen = list(_signatures(settings.signature, carried))
    text = signed(settings, request)
    right = [hmac.digest(secret.encode(), text, settings.algorithm) for secret in secrets if secret]
    # Every pair is compared, whatever the first says: the time taken tells nothing.
    same = [hmac.compare_digest(one, digest) for one in right for digest in seen]
    if not any(same):
        raise Unauthenticated(f"no signature in {header} is one of this body with the secret")


def signed(settings: Settings, request: Request) -> bytes:
    pieces = {"body": request.body, "method": request.method.encode()}
    if settings.timestamp:
        pieces["timestamp"] = _header(settings.timestamp.header, request)
    if settings.id:
        pieces["id"] = _header(settings.id.header, request)
    return _template(settings.signed)(pieces)


def sign(settings: Settings, body: bytes, secret: str, now: float) -> Mapping[str, str]:
    made: dict[str, str] = {}
    pieces = {"body": body, "method": b"POST"}
    if settings.timestamp:
        made[settings.timestamp.header] = timestamp(now, settings.timestamp.format)
        pieces["timestamp"] = made[settings.timestamp.header].encode()
    if settings.id:
        made[settings.id.header] = str(uuid4())
        pieces["id"] = made[settings.id.header].encode()
    digest = hmac.digest(secret.encode(), _template(settings.signed)(pieces), settings.algorithm)
    encoded = digest.hex() if settings.signature.encoding == "hex" else base64.b64encode(digest).decode()
    return {**made, settings.signature.header: settings.signature.prefix + encoded}


def describe(settings: Settings) -> str:
    window = f", at most {settings.timestamp.tolerance} s old" if settings.timestamp else ""
    return f'HMAC-{settings.algorithm.upper()} of "{settings.signed}" in {settings.signature.header}{window}'


def problems(settings: Settings) -> Iterator[tuple[str, str]]:
    used = set(_PIECE.findall(settings.signed))
    if "body" not in used:
        yield "signed", "does not cover the body, so anyone could change it; it must have {body}"
    if "timestamp" in used and not settings.timestamp:
        yield "signed", "has {timestamp}, but no key `timestamp` says which header that is"
    if settings.timestamp and "timestamp" not in used:
        yield (
            "timestamp",
            "is not part of what is signed, so its window stops no replay; take it out, or add {timestamp} to `signed`",
        )
    if "id" in used and not settings.id:
        yield "signed", "has {id}, but no key `id` says which header that is"
    if settings.signature.split and not settings.signature.prefix:
        yield "signature.split", "needs `prefix`, or parts of other kinds would be taken for signatures"
    if settings.timestamp and not 0 < settings.timestamp.tolerance <= 86_400:
        yield "timestamp.tolerance", "must be 1 to 86400 seconds"


def _header(name: str, request: Request) -> bytes:
    try:
        return request.headers[name.lower()].encode("utf-8", "surrogatepass")
    except KeyError:
        raise Unauthenticated(f"no {name.lower()} header") from None


def _check_window(settings: Timestamp, request: Request, now: float) -> None:
    header = settings.header.lower()
    try:
        age = now - seconds(request.headers.get(header), settings.format)
    except ValueError:
        said = "is not a time" if header in request.headers else "is not there, and should be a time"
        raise Unauthenticated(f"{header} {said} as {settings.format} writes it") from None
    if abs(age) > settings.tolerance:
        raise Unauthenticated(f"{header} is {age:+.0f} s old; {settings.tolerance} are allowed")


def _signatures(settings: Signature, carried: str) -> Iterator[bytes]:
    decode: Callable[[bytes], bytes] = binascii.unhexlify if settings.encoding == "hex" else _base64
    for part in carried.split(settings.split)[:MAX_SIGNATURES] if settings.split else [carried]:
        if (part := part.strip(" ")).startswith(settings.prefix):
            try:
                yield decode(part.removeprefix(settings.prefix).encode("ascii"))
            except ValueError:
                continue


def _base64(text: bytes) -> bytes:
    return base64.b64decode(text, validate=True)


@cache
def _template(template: str) -> Callable[[Mapping[str, bytes]], bytes]:
    """The template as a function from pieces to bytes: split once, joined for every request."""
    parts = [
        (part.encode(), "") if index % 2 == 0 else (b"", part) for index, part in enumerate(_PIECE.split(template))
    ]
    return lambda pieces: b"".join(pieces[name] if name else literal for literal, name in parts)
