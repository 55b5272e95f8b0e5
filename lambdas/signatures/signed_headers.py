"""The headers that a request itself says are signed, as they are part of the text: Hook0, Contentful."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from lambdas.auth_type import Unauthenticated
from lambdas.signatures.signature_settings import SignatureSettings, SignedHeaders
from lambdas.signatures.value_parts import after_prefix, split_parts

if TYPE_CHECKING:
    from lambdas.reading.request import Request

MAX_HEADERS = 50
_NAME_OR_VALUE = re.compile(r"\{(name|value)\}")


def header_names(settings: SignatureSettings, request: Request) -> str:
    """Return the names of the headers that are signed, as one text."""
    named = settings.signed_headers
    assert named  # noqa: S101 - else there is no such piece
    return named.separator.join(_names(named, request))


def signed_headers(settings: SignatureSettings, request: Request) -> str:
    """Return the headers that the request names; Unauthenticated where one is absent, or the time is not among them."""
    named, stamp = settings.signed_headers, settings.timestamp
    assert named  # noqa: S101 - else there is no such piece
    names = _names(named, request)
    if stamp and stamp.header and "{timestamp}" not in settings.signed and stamp.header.lower() not in names:
        raise Unauthenticated(f"{stamp.header.lower()} is none of the headers that are signed")
    return named.join.join(_written(named, name, request) for name in names)


def _written(named: SignedHeaders, name: str, request: Request) -> str:
    if name not in request.headers:
        raise Unauthenticated(f"no {name} header, which is signed")
    values = {"name": name, "value": request.headers[name].strip()}
    return _NAME_OR_VALUE.sub(lambda piece: values[piece[1]], named.each)


def _names(named: SignedHeaders, request: Request) -> list[str]:
    """Return the headers that the request says are signed, in lower case."""
    value = request.headers.get(named.header.lower())
    texts = [after_prefix(part, named.prefix) for part in split_parts(value or "", named.split)]
    listed = next((text for text in texts if text is not None), "")
    names = [name.strip().lower() for name in listed.split(named.separator)]
    if not all(names) or len(names) > MAX_HEADERS:
        raise Unauthenticated(f"{named.header.lower()} names no headers, or more than {MAX_HEADERS}")
    return names
