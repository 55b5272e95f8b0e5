"""The text that a vendor signs, joined from pieces of the request as they were sent: body, time, URL, headers …."""

from __future__ import annotations

import base64
import hashlib
import zlib
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, parse_qsl, urlsplit

from lambdas.auth_type import Unauthenticated
from lambdas.reading.body import Rejected
from lambdas.reading.formats import media_type
from lambdas.reading.paths import Functions, compile_path
from lambdas.reading.request import FORM
from lambdas.reading.unverified_request import single_form_field, single_query_parameter
from lambdas.signatures.signature_settings import PIECE, SignatureSettings, Timestamp, Url
from lambdas.signatures.value_parts import after_prefix, split_parts

if TYPE_CHECKING:
    from lambdas.reading.request import Request

_MAX_FIELDS, _MAX_FORM = 1_000, 262_144
Parts = tuple[tuple[str, str, bytes], ...]


def signed_texts(settings: SignatureSettings, request: Request, secret: bytes = b"") -> list[bytes]:
    """Return the texts that the vendor may have signed: one, or one for each variant of the URL."""
    parts, with_url = parse_signed_template(settings.signed)
    if settings.signature.query:
        request = _without_parameter(request, settings.signature.query)
    if not with_url:
        return [b"".join([part[2] or _part(*part, settings, request, secret) for part in parts])]
    # Few vendors sign the URL, and every import lengthens a cold start.
    from lambdas.signatures.public_url import url_variants

    # The other pieces are read once, however many variants the URL has.
    pieces = [b"" if part[0] in OF_URL else _part(*part, settings, request, secret) for part in parts]
    of_url = [(index, OF_URL[name], argument) for index, (name, argument, _) in enumerate(parts) if name in OF_URL]
    texts = []
    for url in url_variants(settings.url or Url(), request):
        for index, read, argument in of_url:
            pieces[index] = read(url, argument)
        texts.append(b"".join(pieces))
    return texts


@cache
def parse_signed_template(text: str) -> tuple[Parts, bool]:
    """Split the text into (piece, argument, b"") and ("", "", literal); also return whether the URL is in it."""
    parts, end = [], 0
    for match in PIECE.finditer(text):
        if match.start() > end:
            parts.append(("", "", text[end : match.start()].encode()))
        parts.append((match[1], match[2] or "", b""))
        end = match.end()
    if end < len(text):
        parts.append(("", "", text[end:].encode()))
    return tuple(parts), any(name in OF_URL for name, _, _ in parts)


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
    if settings.signed_headers and name in ("headers", "header_names"):
        from lambdas.signatures.signed_headers import header_names, signed_headers

        text = signed_headers(settings, request) if name == "headers" else header_names(settings, request)
        return _bytes(text)
    return secret if name == "secret" else _PIECES[name](request, argument)


def _without_parameter(request: Request, name: str) -> Request:
    """Return the request as it was before the signature was put into its query."""
    query = request.without_query([name]).raw_query
    before = request.url.partition("?")[0]
    return replace(request, raw_query=query, url=f"{before}?{query}" if query else before)


def _form_sorted(request: Request) -> bytes:
    """Return a form's fields sorted by name, each name followed by its values, equal values once.

    https://www.twilio.com/docs/usage/security
    """
    # A POST without a body is a form only if its content-type says so: its URL may be signed with the hash of a body.
    if media_type(request.headers) != FORM and (request.body or request.method == "POST"):
        raise Unauthenticated("the body is not a form")
    if "content-encoding" in request.headers:
        raise Unauthenticated("the form is compressed")
    # The sender is not known yet, so the work of parsing is bounded.
    if len(request.body) > _MAX_FORM:
        raise Unauthenticated(f"the form has more than {_MAX_FORM:,} bytes")
    try:
        fields = parse_qs(request.body.decode(), keep_blank_values=True, max_num_fields=_MAX_FIELDS)
    except ValueError:
        raise Unauthenticated("the body is not a form") from None
    return _bytes("".join(f"{name}{value}" for name in sorted(fields) for value in sorted(set(fields[name]))))


def _sha256(request: Request) -> bytes:
    return hashlib.sha256(request.body).digest()


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def _query_sorted(url: str, end: str) -> bytes:
    """Return the query's parameters by name, decoded; after them the end, unless there are none."""
    pairs = sorted(parse_qsl(url.partition("?")[2], keep_blank_values=True))
    return _bytes("&".join(f"{name}={value}" for name, value in pairs) + (end if pairs else ""))


OF_URL: dict[str, Callable[[str, str], bytes]] = {
    "url": lambda url, _: _bytes(url),
    "url_sha256": lambda url, _: hashlib.sha256(_bytes(url)).hexdigest().encode(),
    "endpoint": lambda url, _: _bytes(url.partition("?")[0]),
    "path": lambda url, _: _bytes(urlsplit(url).path),
    "query_sorted": _query_sorted,
}
"""Pieces that are made of the URL, so that there is one for each way of writing it."""
_PIECES: dict[str, Callable[[Request, str], bytes]] = {
    "method": lambda request, _: request.method.encode(),
    "header": lambda request, name: _header(name, request),
    "query": lambda request, name: _bytes(single_query_parameter(request, name)),
    "form": lambda request, name: _bytes(single_form_field(request, name)),
    "form_sorted": lambda request, _: _form_sorted(request),
    "body_sha256": lambda request, _: _sha256(request).hex().encode(),
    "body_sha256_base64": lambda request, _: base64.b64encode(_sha256(request)),
    "body_sha256_base64url": lambda request, _: base64.urlsafe_b64encode(_sha256(request)).rstrip(b"="),
    "body_crc32": lambda request, _: str(zlib.crc32(request.body)).encode(),
}


def signed_time(stamp: Timestamp, request: Request) -> str:
    """Return the time of signing as the request has it; Unauthenticated where it has none."""
    if stamp.path:
        try:
            root = request.json
            time = compile_path(stamp.path)(root, Functions(request, root))
        except Rejected:
            time = None
        if isinstance(time, bool) or not isinstance(time, str | int):
            raise Unauthenticated(f"{stamp.path} is not there, and should be a time as {stamp.format} writes it")
        return str(time)
    assert stamp.header  # noqa: S101 - one of the two
    value = request.headers.get(stamp.header.lower())
    if value is None:
        raise Unauthenticated(f"{stamp.header.lower()} is not there, and should be a time as {stamp.format} writes it")
    if not stamp.prefix and not stamp.part:
        return value
    parts = split_parts(value, stamp.split)
    if stamp.part:
        parts = parts[stamp.part - 1 : stamp.part]
    for part in parts:
        if (time := after_prefix(part, stamp.prefix)) is not None:
            return time
    raise Unauthenticated(f"{stamp.header.lower()} has no {stamp.prefix or f'part {stamp.part}'}")


def _header(name: str, request: Request) -> bytes:
    try:
        return _bytes(request.headers[name.lower()])
    except KeyError:
        raise Unauthenticated(f"no {name.lower()} header") from None
