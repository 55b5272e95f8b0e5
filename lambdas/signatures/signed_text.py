"""The text that a vendor signs, from the pieces of a request, as they were sent."""

from __future__ import annotations

import base64
import hashlib
import zlib
from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

from lambdas.auth_type import Unauthenticated
from lambdas.reading.body import Rejected
from lambdas.reading.formats import media_type
from lambdas.reading.paths import Functions, compile_path
from lambdas.reading.request import FORM
from lambdas.reading.unverified_request import single_query_parameter
from lambdas.signatures.signature_settings import PIECE, SignatureSettings, Timestamp, Url

if TYPE_CHECKING:
    from lambdas.reading.request import Request

_MAX_FIELDS, _MAX_FORM = 1_000, 262_144
Parts = tuple[tuple[str, str, bytes], ...]


def signed_texts(settings: SignatureSettings, request: Request, secret: bytes = b"") -> list[bytes]:
    """What may be signed: one text, or one for each way in which the vendor may have written the URL."""
    parts, with_url = parse_signed_template(settings.signed)
    if not with_url:
        return [b"".join([one[2] or _part(*one, settings, request, secret) for one in parts])]
    # Few vendors sign it, and each import is a part of a cold start.
    from lambdas.signatures.public_url import url_variants

    # All but the URL once, however many ways there are to write it.
    found = [
        b"" if name == "url" else _part(name, argument, literal, settings, request, secret)
        for name, argument, literal in parts
    ]
    places = [place for place, (name, _, _) in enumerate(parts) if name == "url"]
    made = []
    for url in url_variants(settings.url or Url(), request):
        for place in places:
            found[place] = _bytes(url)
        made.append(b"".join(found))
    return made


@cache
def parse_signed_template(text: str) -> tuple[Parts, bool]:
    """The text as (piece, its argument, b"") and ("", "", literal), and whether the URL is in it: split once."""
    found, at = [], 0
    for match in PIECE.finditer(text):
        if match.start() > at:
            found.append(("", "", text[at : match.start()].encode()))
        found.append((match[1], match[2] or "", b""))
        at = match.end()
    if at < len(text):
        found.append(("", "", text[at:].encode()))
    return tuple(found), any(name == "url" for name, _, _ in found)


def _part(
    name: str, argument: str, literal: bytes, settings: SignatureSettings, request: Request, secret: bytes
) -> bytes:
    if name == "body":
        return request.body
    if not name:
        return literal
    if name == "timestamp" and settings.timestamp:
        return _bytes(signed_time(settings.timestamp, request))
    if name == "id" and settings.id:
        return _header(settings.id.header, request)
    return secret if name == "secret" else _PIECES[name](request, argument)


def _form_sorted(request: Request) -> bytes:
    """A form's fields by name, each with its values, every value once.

    https://www.twilio.com/docs/usage/security
    """
    # A POST without a body is a form only where it says so: its URL may have been signed with the hash of a body.
    if media_type(request.headers) != FORM and (request.body or request.method == "POST"):
        raise Unauthenticated("the body is not a form")
    if "content-encoding" in request.headers:
        raise Unauthenticated("the form is compressed")
    # It is taken apart for anyone: what that takes is bounded.
    if len(request.body) > _MAX_FORM:
        raise Unauthenticated(f"the form has more than {_MAX_FORM:,} bytes")
    try:
        fields = parse_qs(request.body.decode(), keep_blank_values=True, max_num_fields=_MAX_FIELDS)
    except ValueError:
        raise Unauthenticated("the body is not a form") from None
    return _bytes("".join(f"{name}{value}" for name in sorted(fields) for value in sorted(set(fields[name]))))


def _sha256(request: Request) -> bytes:
    return hashlib.sha256(request.body).digest()


_PIECES: dict[str, Callable[[Request, str], bytes]] = {
    "method": lambda request, _: request.method.encode(),
    "header": lambda request, name: _header(name, request),
    "query": lambda request, name: _bytes(single_query_parameter(request, name)),
    "form_sorted": lambda request, _: _form_sorted(request),
    "body_sha256": lambda request, _: _sha256(request).hex().encode(),
    "body_sha256_base64": lambda request, _: base64.b64encode(_sha256(request)),
    "body_crc32": lambda request, _: str(zlib.crc32(request.body)).encode(),
}


def signed_time(stamp: Timestamp, request: Request) -> str:
    """The time of signing as it is written; Unauthenticated where there is none."""
    if stamp.path:
        try:
            root = request.json
            found = compile_path(stamp.path)(root, Functions(request, root))
        except Rejected:
            found = None
        if isinstance(found, bool) or not isinstance(found, str | int):
            raise Unauthenticated(f"{stamp.path} is not there, and should be a time as {stamp.format} writes it")
        return str(found)
    assert stamp.header  # noqa: S101 - one of the two
    value = request.headers.get(stamp.header.lower())
    if value is None:
        raise Unauthenticated(f"{stamp.header.lower()} is not there, and should be a time as {stamp.format} writes it")
    if not stamp.prefix:
        return value
    for part in value.split(stamp.split) if stamp.split else [value]:
        if (part := part.strip(" ")).startswith(stamp.prefix):
            return part.removeprefix(stamp.prefix)
    raise Unauthenticated(f"{stamp.header.lower()} has no {stamp.prefix}")


def _header(name: str, request: Request) -> bytes:
    try:
        return _bytes(request.headers[name.lower()])
    except KeyError:
        raise Unauthenticated(f"no {name.lower()} header") from None


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")
