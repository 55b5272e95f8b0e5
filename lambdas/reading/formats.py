"""Read a body in the format of its source: JSON, NDJSON or a form, compressed with gzip, deflate or not at all."""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from lambdas.model_events import Events
from lambdas.model_types import Format
from lambdas.reading.body import MAX_VALUES, Rejected, parse, parse_lines
from lambdas.reading.request import FORM, MULTIPART

if TYPE_CHECKING:
    from lambdas.reading.request import Request

MAX_DECOMPRESSED = 16 * 1_048_576
"""Bytes of a decompressed body: it may be a thousand times as large as what was sent."""
_TYPES: dict[str, Format] = {
    FORM: "form",
    MULTIPART: "form",
    "application/json": "json",
    "application/x-ndjson": "ndjson",
    "application/ndjson": "ndjson",
    "application/jsonl": "ndjson",
    "application/x-jsonlines": "ndjson",
}
# https://docs.python.org/3/library/zlib.html#zlib.decompressobj: which header to expect, and a window of any size
_GZIP, _ZLIB, _RAW = 16 + zlib.MAX_WBITS, zlib.MAX_WBITS, -zlib.MAX_WBITS
# Bytes at a time: the rest after the end of each gzip member is copied, and there may be a hundred thousand members.
_STEP = 4_096
_ESCAPE = re.compile("%([0-9A-Fa-f]{2})")


def body_reader(events: Events) -> Callable[[Request], Any]:
    """Return the function that reads the bodies of a source."""
    return _read_json if events.format == ("json",) else partial(_read_as, events.format, events.payload)


def _read_json(request: Request) -> Any:
    """Read a body as JSON, the format of most sources."""
    return parse(decompress(request.body, request.headers) if "content-encoding" in request.headers else request.body)


def _read_as(formats: tuple[Format, ...], payload: str | None, request: Request) -> Any:
    body = decompress(request.body, request.headers)
    body_format = formats[0]
    if len(formats) > 1:
        by_type = _TYPES.get(media_type(request.headers))
        body_format = by_type if by_type in formats else body_format
    if body_format == "form":
        return _parse_form(form_fields(body, request.headers), payload)
    return parse(body) if body_format == "json" else parse_lines(body)


def media_type(headers: Mapping[str, str]) -> str:
    """Return the content type without its parameters, in lower case."""
    return headers.get("content-type", "").partition(";")[0].strip().lower()


def decompress(body: bytes, headers: Mapping[str, str]) -> bytes:
    """Decompress a body by its content-encoding; Rejected where unsupported, truncated or too large."""
    coding = headers.get("content-encoding")
    if not coding or (coding := coding.strip().lower()) == "identity":
        return body
    if coding in ("gzip", "x-gzip"):
        return _decompress_with(body, _GZIP)
    if coding == "deflate":
        # RFC 9110 means the zlib format; some senders send the raw one.
        return _decompress_with(body, _ZLIB if body[:1] and body[0] & 0x0F == 8 else _RAW)
    raise Rejected("encoding", "its content-encoding is neither gzip nor deflate")


def _decompress_with(body: bytes, window: int) -> bytes:
    parts: list[bytes] = []
    decompressor, offset, remaining = zlib.decompressobj(window), 0, MAX_DECOMPRESSED
    try:
        while offset < len(body) and not (decompressor.eof and window != _GZIP):
            # A gzip file may have several members, one after the other.
            decompressor = zlib.decompressobj(window) if decompressor.eof else decompressor
            chunk = body[offset : offset + _STEP]
            parts.append(decompressor.decompress(chunk, remaining + 1))
            remaining -= len(parts[-1])
            if remaining < 0:
                raise Rejected("encoding", f"it has more than {MAX_DECOMPRESSED:,} bytes once it is decompressed")
            offset += len(chunk) - len(decompressor.unused_data)
    except zlib.error:
        raise Rejected("encoding", "it is not compressed as its content-encoding says") from None
    if body and not decompressor.eof:
        raise Rejected("encoding", "it is cut short")
    if offset < len(body):
        raise Rejected("encoding", "something follows the end of what is compressed")
    return b"".join(parts)


def form_fields(body: bytes, headers: Mapping[str, str]) -> Iterator[tuple[str, Any]]:
    """Yield the fields of a form by name: texts, and of a file what describes it; Rejected where it is no form."""
    if media_type(headers) == MULTIPART:
        # Few vendors send such forms, and every import lengthens a cold start.
        from lambdas.reading.multipart import multipart_fields

        return multipart_fields(body, headers["content-type"])
    if body.count(b"&") >= MAX_VALUES:
        raise Rejected("too-many", f"more than {MAX_VALUES:,} fields in a form")
    return _urlencoded_fields(body)


def _parse_form(pairs: Iterable[tuple[str, Any]], payload: str | None) -> Any:
    fields: dict[str, Any] = {}
    try:
        for name, value in pairs:
            earlier = fields.get(name)
            if isinstance(earlier, list):
                earlier.append(value)
            else:
                fields[name] = value if earlier is None else [earlier, value]
    except UnicodeDecodeError:
        raise Rejected("not-form", "the body is not UTF-8") from None
    # A form without the field is an event of its own: Slack's slash commands, beside its interactive payloads.
    if payload is None or payload not in fields:
        return fields
    if not isinstance(fields[payload], str):
        raise Rejected("not-form", f"the form has more than one field {payload}, or it is a file")
    return parse(fields[payload].encode())


def _urlencoded_fields(body: bytes) -> Iterator[tuple[str, str]]:
    """Yield the fields of a form as urllib.parse.parse_qsl does, which takes some hundred bytes for each escape."""
    for field in filter(None, body.split(b"&")):
        name, _, value = field.partition(b"=")
        yield _unescape(name), _unescape(value)


def _unescape(escaped: bytes) -> str:
    # In Latin-1 each byte is a character, and Python keeps one object for each of the 256.
    text = _ESCAPE.sub(lambda escape: chr(int(escape[1], 16)), escaped.replace(b"+", b" ").decode("latin-1"))
    return text.encode("latin-1").decode()
