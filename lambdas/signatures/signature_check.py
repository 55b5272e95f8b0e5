"""Checking a request with a signature beside its body: which signatures it carries, its timestamp and its body hash."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Any, Protocol

from lambdas.auth_type import Unauthenticated
from lambdas.model_types import Header
from lambdas.reading.formats import media_type
from lambdas.reading.request import FORM
from lambdas.reading.unverified_request import single_form_field, single_query_parameter
from lambdas.runtime.times import TimeFormat, unix_seconds
from lambdas.signatures.encodings import decode_text
from lambdas.signatures.signature_settings import BodyHash, Encoding, Signature, SignatureSettings, Timestamp
from lambdas.signatures.signed_text import signed_time
from lambdas.signatures.value_parts import after_prefix, split_parts

if TYPE_CHECKING:
    from lambdas.reading.request import Request


class Carried(Protocol):
    """How signatures are written in what carries them."""

    @property
    def prefix(self) -> str: ...

    @property
    def encoding(self) -> Encoding: ...

    @property
    def split(self) -> str: ...

    @property
    def part(self) -> int | None: ...


class Window(Protocol):
    """A replay window: how its time is written, and how far it may lie in the past and in the future."""

    @property
    def format(self) -> TimeFormat: ...

    @property
    def tolerance(self) -> int: ...

    @property
    def future(self) -> int | None: ...


MAX_SIGNATURES = 20
"""The most signatures of a header that are verified: vendors send one for each secret."""
MAX_FAMILY = 100
"""The most headers of a family such as X-Signature-1, X-Signature-2 …:
https://developers.docusign.com/platform/webhooks/connect/hmac/"""
FAMILY = "-*"
"""The end of the name of a family of headers."""


def signature_headers(settings: SignatureSettings) -> tuple[str, ...]:
    """Return the headers that carry signatures, lower case."""
    return _names(settings.signature.header)


@cache
def _names(headers: tuple[str, ...]) -> tuple[str, ...]:
    names: list[str] = []
    for name in map(str.lower, headers):
        if name.endswith(FAMILY):
            names += [f"{name[:-1]}{number}" for number in range(1, MAX_FAMILY + 1)]
        else:
            names.append(name)
    return tuple(names)


def received_signatures(settings: SignatureSettings, request: Request, now: float) -> list[bytes]:
    """Return the request's signatures, decoded.

    Unauthenticated where there is no header, a required header differs (another version of the scheme), or the time
    in a header is outside the replay window.
    """
    signature = settings.signature
    values = carried_values(signature, request)
    if settings.require:
        _check_required(settings.require, request)
    if settings.timestamp and settings.timestamp.header:
        _check_window(settings.timestamp, request, now)
    return [decoded for value in values for decoded in decoded_signatures(signature, value)]


def carried_values(signature: Signature, request: Request) -> list[str]:
    """Return the values that carry signatures, as they were sent; Unauthenticated where there is none."""
    if signature.query:
        return [single_query_parameter(request, signature.query)]
    if signature.form:
        return [single_form_field(request, signature.form)]
    values = [value for name in _names(signature.header) if (value := request.headers.get(name))]
    if not values:
        raise Unauthenticated(f"no {' or '.join(signature.header).lower()} header")
    return values


def carrier(signature: Signature) -> str:
    """Return where the signature is, in a few words."""
    if signature.query:
        return f"query parameter {signature.query}"
    return f"form field {signature.form}" if signature.form else " or ".join(signature.header).lower()


def masked_fields(settings: SignatureSettings) -> tuple[str, ...]:
    """Return the field of a form that carries the signature: of a form without `payload`, it is part of the event."""
    return (settings.signature.form,) if settings.signature.form else ()


def _check_required(required: Mapping[Header, str], request: Request) -> None:
    for name, value in required.items():
        if request.headers.get(name.lower()) != value:
            raise Unauthenticated(f"{name.lower()} is not {value}")


def check_signed_claims(settings: SignatureSettings, request: Request, now: float) -> None:
    """Check the timestamp and the body hash that a signature covers; call it after the signature is verified."""
    if settings.timestamp and settings.timestamp.path:
        _check_window(settings.timestamp, request, now)
    if settings.body_hash:
        _check_hash(settings.body_hash, request)


def _check_window(stamp: Timestamp, request: Request, now: float) -> None:
    name = stamp.header.lower() if stamp.header else str(stamp.path)
    check_age(signed_time(stamp, request), name, stamp, now)


def check_age(written: Any, name: str, stamp: Window, now: float) -> None:
    """Raise Unauthenticated unless a time is one, and within the replay window."""
    try:
        age = now - unix_seconds(written, stamp.format)
    except ValueError:
        raise Unauthenticated(f"{name} is not a time as {stamp.format} writes it") from None
    ahead = stamp.tolerance if stamp.future is None else stamp.future
    if not -ahead <= age <= stamp.tolerance:
        allowed = f"{stamp.tolerance} are allowed" if ahead == stamp.tolerance else f"-{ahead} to {stamp.tolerance} are"
        raise Unauthenticated(f"{name} is {age:+.0f} s old; {allowed}")


def signature_texts(signature: Carried, value: str) -> list[str]:
    """Return the signatures in a value, as they are written: those after the prefix, or from a number on."""
    if not signature.split:
        text = after_prefix(value.strip(" "), signature.prefix)
        return [] if text is None else [text]
    parts = split_parts(value, signature.split)
    if signature.part:
        parts = parts[signature.part - 1 :]
    texts = [after_prefix(part, signature.prefix) for part in parts]
    return [text for text in texts if text is not None][:MAX_SIGNATURES]


def decoded_signatures(signature: Carried, value: str) -> list[bytes]:
    """Return the signatures in a value, decoded; what is not written in the encoding is none."""
    signatures = []
    for text in signature_texts(signature, value):
        try:
            signatures.append(decode_text(text, signature.encoding))
        except ValueError:
            continue
    return signatures


def _check_hash(body_hash: BodyHash, request: Request) -> None:
    if body_hash.query:
        received = single_query_parameter(request, body_hash.query)
        # It must be the last parameter, and named nowhere else: otherwise text that somebody wrote into a signed form
        # could pass for it.
        named = any(body_hash.query in text for each in request.query_parameters[:-1] for text in each)
        if named or media_type(request.headers) == FORM:
            raise Unauthenticated(f"{body_hash.query} is not the last query parameter of a body that is not a form")
    else:
        received = request.headers.get((body_hash.header or "").lower(), "")
    expected = hashlib.sha256(request.body).hexdigest()
    if not hmac.compare_digest(received.lower().encode("utf-8", "surrogatepass"), expected.encode()):
        raise Unauthenticated(f"{body_hash.query or body_hash.header} is not the hash of this body")
