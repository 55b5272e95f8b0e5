"""A request with a signature: what it carries, whether that is of now, and how a vendor would make it."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
from collections.abc import Callable, Mapping
from functools import cache
from typing import TYPE_CHECKING

from lambdas.auth import Sent, Unauthenticated, parameter
from lambdas.formats import media_type
from lambdas.model import Header
from lambdas.pieces import texts, written
from lambdas.request import FORM
from lambdas.signed import BodyHash, Encoding, Signature, Signed, Timestamp
from lambdas.when import seconds, timestamp

if TYPE_CHECKING:
    from lambdas.request import Request

MAX_SIGNATURES = 20
"""Signatures of a header that are looked at: vendors send one for each secret."""
MAX_FAMILY = 100
"""Headers of a family such as X-Signature-1, X-Signature-2 …: https://developers.docusign.com/platform/webhooks/connect/hmac/"""
FAMILY = "-*"
"""Ends the name of such a family."""


def headers(settings: Signed) -> tuple[str, ...]:
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


def carried(settings: Signed, request: Request, now: float) -> list[bytes]:
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


def check(settings: Signed, request: Request, now: float) -> None:
    """What is signed says that it is of now, and of this body: looked at only once it is known to be signed."""
    if settings.timestamp and settings.timestamp.path:
        _check_window(settings.timestamp, request, now)
    if settings.body_hash:
        _check_hash(settings.body_hash, request)


def _check_window(stamp: Timestamp, request: Request, now: float) -> None:
    said = written(stamp, request)
    try:
        age = now - seconds(said, stamp.format)
    except ValueError:
        raise Unauthenticated(f"{_place(stamp)} is not a time as {stamp.format} writes it") from None
    ahead = stamp.tolerance if stamp.future is None else stamp.future
    if not -ahead <= age <= stamp.tolerance:
        allowed = f"{stamp.tolerance} are allowed" if ahead == stamp.tolerance else f"-{ahead} to {stamp.tolerance} are"
        raise Unauthenticated(f"{_place(stamp)} is {age:+.0f} s old; {allowed}")


def dressed(settings: Signed, sent: Sent, now: float, make: Callable[[bytes], bytes], secret: bytes = b"") -> Sent:
    """The request as the vendor would send it; `make` signs a text. No function does that."""
    from secrets import token_hex

    from lambdas.public_url import with_query

    made: dict[str, str] = {str(name): value for name, value in (settings.require or {}).items()}
    stamp, name = settings.timestamp, settings.signature.header[0].replace(FAMILY, "-1")
    before = ""
    if stamp and stamp.path:
        sent = sent._replace(body=_stamped(sent.body, stamp, now))
    elif stamp and stamp.header:
        value = f"{stamp.prefix}{timestamp(now, stamp.format)}"
        made[stamp.header] = value
        if stamp.header.lower() == name.lower():
            before = f"{value}{stamp.split or settings.signature.split}"
    if settings.id and settings.id.header.lower() not in {one.lower() for one in sent.headers}:
        made[settings.id.header] = f"msg_{token_hex(16)}"
    if settings.body_hash:
        digest = hashlib.sha256(sent.body).hexdigest()
        if settings.body_hash.query:
            sent = sent._replace(url=with_query(sent.url, settings.body_hash.query, digest))
        elif settings.body_hash.header:
            made[settings.body_hash.header] = digest
    sent = sent._replace(headers={**sent.headers, **made})
    digest_of = make(texts(settings, sent.request(now), secret)[0])
    value = f"{before}{settings.signature.prefix}{encoded(digest_of, settings.signature.encoding)}"
    return sent._replace(headers={**sent.headers, name: value})


def described(settings: Signed) -> str:
    """What is signed and where, in a few words."""
    where = " or ".join(settings.signature.header)
    stamp = settings.timestamp
    window = f", at most {stamp.tolerance} s old" if stamp else ""
    text = settings.signed.replace("\n", "␊").replace("\r", "␍")
    return f'of "{text}" in {where}{window}'


def encoded(content: bytes, encoding: Encoding) -> str:
    """Bytes as a vendor writes them."""
    if encoding == "hex":
        return content.hex()
    text = base64.b64encode(content) if encoding == "base64" else base64.urlsafe_b64encode(content).rstrip(b"=")
    return text.decode()


def decoded(text: str, encoding: Encoding) -> bytes:
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
            found.append(decoded(part.removeprefix(settings.prefix), settings.encoding))
        except ValueError:
            continue
    return found


def _stamped(body: bytes, stamp: Timestamp, now: float) -> bytes:
    """The body with this time in it, where its place is a mere name."""
    fields = json.loads(body)
    said = timestamp(now, stamp.format)
    fields[str(stamp.path)] = said if stamp.format == "rfc3339" else int(said)
    return json.dumps(fields).encode()


def _place(stamp: Timestamp) -> str:
    return stamp.header.lower() if stamp.header else str(stamp.path)


def _check_hash(where: BodyHash, request: Request) -> None:
    if where.query:
        said = parameter(request, where.query)
        # Last, and named nowhere else: text that somebody wrote into a signed form could stand for it in the middle.
        named = any(where.query in text for each in request.parameters[:-1] for text in each)
        if named or media_type(request.headers) == FORM:
            raise Unauthenticated(f"{where.query} is not the last query parameter of a body that is not a form")
    else:
        said = request.headers.get((where.header or "").lower(), "")
    right = hashlib.sha256(request.body).hexdigest()
    if not hmac.compare_digest(said.lower().encode("utf-8", "surrogatepass"), right.encode()):
        raise Unauthenticated(f"{where.query or where.header} is not the hash of this body")
