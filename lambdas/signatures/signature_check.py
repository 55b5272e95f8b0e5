"""A request with a signature: what it carries, whether that is of now, and how a vendor would make it."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from collections.abc import Callable, Mapping
from functools import cache
from typing import TYPE_CHECKING

from lambdas.auth_type import Unauthenticated
from lambdas.model import Header
from lambdas.reading.formats import media_type
from lambdas.reading.request import FORM
from lambdas.reading.unverified_request import single_query_parameter
from lambdas.runtime.times import unix_seconds
from lambdas.signatures.signature_settings import BodyHash, Encoding, Signature, SignatureSettings, Timestamp
from lambdas.signatures.signed_text import signed_time

if TYPE_CHECKING:
    from lambdas.reading.request import Request


MAX_SIGNATURES = 20
"""Signatures of a header that are looked at: vendors send one for each secret."""
MAX_FAMILY = 100
"""Headers of a family such as X-Signature-1, X-Signature-2 …: https://developers.docusign.com/platform/webhooks/connect/hmac/"""
FAMILY = "-*"
"""Ends the name of such a family."""


def signature_headers(settings: SignatureSettings) -> tuple[str, ...]:
    """The headers that carry signatures, lower case."""
    return _names(settings.signature.header)


@cache
def _names(written_names: tuple[str, ...]) -> tuple[str, ...]:
    found: list[str] = []
    for name in (one.lower() for one in written_names):
        if name.endswith(FAMILY):
            found += [f"{name[:-1]}{number}" for number in range(1, MAX_FAMILY + 1)]
        else:
            found.append(name)
    return tuple(found)


def received_signatures(settings: SignatureSettings, request: Request, now: float) -> list[bytes]:
    """The signatures of a request, decoded.

    Unauthenticated where there is none, or where the headers say that they are for another version of the scheme, or
    of a time outside the window.
    """
    signature = settings.signature
    values = [value for name in _names(signature.header) if (value := request.headers.get(name))]
    if not values:
        raise Unauthenticated(f"no {' or '.join(signature.header).lower()} header")
    if settings.require:
        _check_required(settings.require, request)
    if settings.timestamp and settings.timestamp.header:
        _check_window(settings.timestamp, request, now)
    return [one for value in values for one in _signatures(signature, value)]


def _check_required(required: Mapping[Header, str], request: Request) -> None:
    for name, value in required.items():
        if request.headers.get(name.lower()) != value:
            raise Unauthenticated(f"{name.lower()} is not {value}")


def check_signed_claims(settings: SignatureSettings, request: Request, now: float) -> None:
    """What is signed says that it is of now, and of this body: looked at only once it is known to be signed."""
    if settings.timestamp and settings.timestamp.path:
        _check_window(settings.timestamp, request, now)
    if settings.body_hash:
        _check_hash(settings.body_hash, request)


def _check_window(stamp: Timestamp, request: Request, now: float) -> None:
    said = signed_time(stamp, request)
    try:
        age = now - unix_seconds(said, stamp.format)
    except ValueError:
        raise Unauthenticated(f"{_place(stamp)} is not a time as {stamp.format} writes it") from None
    ahead = stamp.tolerance if stamp.future is None else stamp.future
    if not -ahead <= age <= stamp.tolerance:
        allowed = f"{stamp.tolerance} are allowed" if ahead == stamp.tolerance else f"-{ahead} to {stamp.tolerance} are"
        raise Unauthenticated(f"{_place(stamp)} is {age:+.0f} s old; {allowed}")


def decode_text(text: str, encoding: Encoding) -> bytes:
    """What a vendor wrote as bytes; ValueError where it is no such text."""
    return _DECODERS[encoding](text.encode("ascii"))


def _base64(text: bytes) -> bytes:
    return base64.b64decode(text, validate=True)


def _base64url(text: bytes) -> bytes:
    return base64.b64decode(text + b"=" * (-len(text) % 4), altchars=b"-_", validate=True)


_DECODERS: dict[str, Callable[[bytes], bytes]] = {
    "hex": binascii.unhexlify,
    "base64": _base64,
    "base64url": _base64url,
}


def _signatures(settings: Signature, value: str) -> list[bytes]:
    parts = [part.strip(" ") for part in (value.split(settings.split) if settings.split else (value,))]
    found = []
    for part in [one for one in parts if one.startswith(settings.prefix)][:MAX_SIGNATURES]:
        try:
            found.append(decode_text(part.removeprefix(settings.prefix), settings.encoding))
        except ValueError:
            continue
    return found


def _place(stamp: Timestamp) -> str:
    return stamp.header.lower() if stamp.header else str(stamp.path)


def _check_hash(where: BodyHash, request: Request) -> None:
    if where.query:
        said = single_query_parameter(request, where.query)
        # Last, and named nowhere else: text that somebody wrote into a signed form could stand for it in the middle.
        named = any(where.query in text for each in request.query_parameters[:-1] for text in each)
        if named or media_type(request.headers) == FORM:
            raise Unauthenticated(f"{where.query} is not the last query parameter of a body that is not a form")
    else:
        said = request.headers.get((where.header or "").lower(), "")
    right = hashlib.sha256(request.body).hexdigest()
    if not hmac.compare_digest(said.lower().encode("utf-8", "surrogatepass"), right.encode()):
        raise Unauthenticated(f"{where.query or where.header} is not the hash of this body")
