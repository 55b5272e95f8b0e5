"""What a body says, however it is written: JSON, lines of it, or a form; compressed or not."""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from lambdas.model import Events, Format
from lambdas.reading.body import MAX_VALUES, Rejected, parse, parse_lines
from lambdas.reading.request import FORM

if TYPE_CHECKING:
    from lambdas.reading.request import Request

MAX_DECOMPRESSED = 16 * 1_048_576
"""Bytes of a body once it is no more compressed: a thousandth of it may have been sent."""
_TYPES: dict[str, Format] = {
    FORM: "form",
    "application/json": "json",
    "application/x-ndjson": "ndjson",
    "application/ndjson": "ndjson",
    "application/jsonl": "ndjson",
    "application/x-jsonlines": "ndjson",
}
# https://docs.python.org/3/library/zlib.html#zlib.decompressobj: gzip's head, and a window of any size
_GZIP, _ZLIB, _RAW = 16 + zlib.MAX_WBITS, zlib.MAX_WBITS, -zlib.MAX_WBITS
# Bytes at a time: what comes after the end of one gzip file is copied, and there may be a hundred thousand of them.
_STEP = 4_096
_ESCAPE = re.compile("%([0-9A-Fa-f]{2})")


def body_reader(events: Events) -> Callable[[Request], Any]:
    """What reads the bodies of a source."""
    return _read_json if events.format == ("json",) else partial(_read_as, events.format, events.payload)


def _read_json(request: Request) -> Any:
    """As most bodies are written."""
    return parse(decompress(request.body, request.headers) if "content-encoding" in request.headers else request.body)


def _read_as(formats: tuple[Format, ...], payload: str | None, request: Request) -> Any:
    body = decompress(request.body, request.headers)
    written = formats[0]
    if len(formats) > 1:
        kind = _TYPES.get(media_type(request.headers))
        written = kind if kind in formats else written
    if written == "form":
        return _parse_form(body, payload)
    return parse(body) if written == "json" else parse_lines(body)


def media_type(headers: Mapping[str, str]) -> str:
    """The content type without its parameters, lower case."""
    return headers.get("content-type", "").partition(";")[0].strip().lower()


def decompress(body: bytes, headers: Mapping[str, str]) -> bytes:
    """The body as it was before it was compressed, which is the last thing that is done to it; Rejected else."""
    coding = headers.get("content-encoding")
    if not coding or (coding := coding.strip().lower()) == "identity":
        return body
    if coding in ("gzip", "x-gzip"):
        return _decompress_with(body, _GZIP)
    if coding == "deflate":
        # RFC 9110 means zlib's format; some send the bare one.
        return _decompress_with(body, _ZLIB if body[:1] and body[0] & 0x0F == 8 else _RAW)
    raise Rejected("encoding", "its content-encoding is neither gzip nor deflate")


def _decompress_with(body: bytes, window: int) -> bytes:
    found: list[bytes] = []
    one, at, room = zlib.decompressobj(window), 0, MAX_DECOMPRESSED
    try:
        while at < len(body) and not (one.eof and window != _GZIP):
            # A gzip file may be several, one after the other.
            one = zlib.decompressobj(window) if one.eof else one
            part = body[at : at + _STEP]
            found.append(one.decompress(part, room + 1))
            room -= len(found[-1])
            if room < 0:
                raise Rejected("encoding", f"it has more than {MAX_DECOMPRESSED:,} bytes once it is decompressed")
            at += len(part) - len(one.unused_data)
    except zlib.error:
        raise Rejected("encoding", "it is not compressed as its content-encoding says") from None
    if body and not one.eof:
        raise Rejected("encoding", "it is cut short")
    if at < len(body):
        raise Rejected("encoding", "something follows the end of what is compressed")
    return b"".join(found)


def _parse_form(body: bytes, payload: str | None) -> Any:
    if body.count(b"&") >= MAX_VALUES:
        raise Rejected("too-many", f"more than {MAX_VALUES:,} fields in a form")
    fields: dict[str, Any] = {}
    try:
        for name, value in _form_fields(body):
            before = fields.get(name)
            if isinstance(before, list):
                before.append(value)
            else:
                fields[name] = value if before is None else [before, value]
    except UnicodeDecodeError:
        raise Rejected("not-form", "the body is not UTF-8") from None
    # A form without the field is an event of its own: Slack's slash commands, beside its interactive payloads.
    if payload is None or payload not in fields:
        return fields
    if isinstance(fields[payload], list):
        raise Rejected("not-form", f"the form has more than one field {payload}")
    return parse(fields[payload].encode())


def _form_fields(body: bytes) -> Iterator[tuple[str, str]]:
    """The fields of a form, as urllib.parse.parse_qsl finds them; that takes some hundred bytes for each escape."""
    for field in filter(None, body.split(b"&")):
        name, _, value = field.partition(b"=")
        yield _unescape(name), _unescape(value)


def _unescape(written: bytes) -> str:
    # In Latin-1 each byte is a character, and there is one object for all that are the same.
    text = _ESCAPE.sub(lambda escape: chr(int(escape[1], 16)), written.replace(b"+", b" ").decode("latin-1"))
    return text.encode("latin-1").decode()
