"""A request that somebody has captured, from a file: raw HTTP, or JSON.

JSON is an event as API Gateway hands it over (payload format 2.0), or an object with `method`, `url`, `headers` and
`body`. `warnings` say what is uncertain about the bytes of the body, since a signature covers every one of them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from generator.errors import GeneratorError
from generator.files import regular_file
from generator.samples import captured_json
from lambdas.auth_type import OutgoingRequest
from lambdas.reading.request import lower_case_headers

_REQUEST_LINE = re.compile(rf"({captured_json.TOKEN})[ \t]+(\S+)(?:[ \t]+HTTP/[0-9.]+)?[ \t]*")
_HEADER = re.compile(rf"({captured_json.TOKEN}):(.*)")
_CHUNK, _BREAK = re.compile(rb"([0-9a-fA-F]{1,8})(?:;[^\r\n]*)?\r?\n"), re.compile(rb"\r?\n")
_LENGTH, _ABSOLUTE = re.compile("[0-9]{1,12}"), re.compile("https?://", re.IGNORECASE)
_FORMS = "raw HTTP (POST /path HTTP/1.1, headers, an empty line, the body) or JSON"


@dataclass(frozen=True)
class Captured:
    """A request: headers in their order and spelling, repeated ones included; `body` as sent."""

    method: str
    url: str
    headers: tuple[tuple[str, str], ...]
    body: bytes
    warnings: tuple[str, ...] = ()
    trailing_newline: bytes = b""
    """The line break at the end of the file, which is not in `body`: an editor may have put it there."""

    @cached_property
    def headers_by_name(self) -> dict[str, str]:
        """Return the headers by lower-case name; repeated ones are joined with a comma, as API Gateway does."""
        return lower_case_headers(self.headers)

    @property
    def request(self) -> OutgoingRequest:
        """Return the request as the auth types take it."""
        return OutgoingRequest(self.method, self.url, self.headers_by_name, self.body)


def read_captured(file: Path) -> Captured:
    """Return the request in a file; GeneratorError with the line that can't be read."""
    try:
        content = regular_file.read(file, regular_file.MAX_REQUEST_BYTES)
    except OSError as error:
        raise GeneratorError(f"{file}: can't be read: {error.strerror}") from None
    content = content.removeprefix(b"\xef\xbb\xbf")
    if not content.strip():
        raise GeneratorError(f"{file}: is empty; it must be {_FORMS}")
    if content.lstrip()[:1] not in (b"{", b"["):
        return _from_http(file, content)
    method, url, headers, body, warnings = captured_json.read_json(file, content)
    return Captured(method.upper(), _absolute_url(url, headers), headers, body, warnings)


def _from_http(file: Path, content: bytes) -> Captured:
    lines, rest = _head(file, content)
    (start, first), *after = lines
    request_line = _REQUEST_LINE.fullmatch(first)
    if not request_line:
        raise GeneratorError(f"{file}:{start}: is not the first line of a request; it must be {_FORMS}")
    pairs = []
    for number, line in after:
        if not (header := _HEADER.fullmatch(line)):
            message = "is no header (Name: value, on one line), and no empty line stands before it to end the headers"
            raise GeneratorError(f"{file}:{number}: {message}")
        pairs.append((header[1], header[2].strip(" \t")))
    headers = tuple(pairs)
    body, trailing_newline, warnings = _split_body(file, rest, lower_case_headers(headers))
    return Captured(
        request_line[1].upper(), _absolute_url(request_line[2], headers), headers, body, warnings, trailing_newline
    )


def _head(file: Path, content: bytes) -> tuple[list[tuple[int, str]], bytes]:
    """Return the numbered lines before the first empty one, and the bytes after it."""
    lines: list[tuple[int, str]] = []
    offset = number = 0
    while offset < len(content):
        number += 1
        raw, _, _ = content[offset : content.find(b"\n", offset) + 1 or len(content)].partition(b"\n")
        offset += len(raw) + 1
        if not (raw := raw.removesuffix(b"\r")).strip():
            if lines:
                break
            continue
        try:
            lines.append((number, raw.decode()))
        except UnicodeDecodeError:
            raise GeneratorError(f"{file}:{number}: is not UTF-8; the file must be {_FORMS}") from None
    return lines, content[offset:]


def _split_body(file: Path, body: bytes, headers: dict[str, str]) -> tuple[bytes, bytes, tuple[str, ...]]:
    """Return the body without a line break that an editor may have added, that line break, and warnings."""
    if headers.get("transfer-encoding", "").lower() == "chunked" and (joined_chunks := _unchunked(body)) is not None:
        return joined_chunks, b"", ()
    stripped = body.rstrip(b"\r\n")
    length = headers.get("content-length", "")
    is_number = _LENGTH.fullmatch(length)
    if is_number and len(stripped) <= int(length) <= len(body):
        return body[: int(length)], b"", ()
    trailing_newline = next((end for end in (b"\r\n", b"\n") if body.endswith(end)), b"")
    body = body.removesuffix(trailing_newline)
    if not is_number:
        return body, trailing_newline, ()
    sizes = f"Content-Length says that the body has {length} bytes, and it has {len(body)}"
    warning = f"{file}: {sizes}: it is not as it was sent"
    return body, trailing_newline, (warning,)


def _unchunked(body: bytes) -> bytes | None:
    """Return the content of a chunked body (RFC 9112, 7.1); None where it is not chunked: many tools undo that."""
    chunks: list[bytes] = []
    offset = 0
    while head := _CHUNK.match(body, offset):
        start, size = head.end(), int(head[1], 16)
        if not size:
            return b"".join(chunks)
        if not (line_break := _BREAK.match(body, start + size)):
            return None
        chunks.append(body[start : start + size])
        offset = line_break.end()
    return None


def _absolute_url(target: str, headers: tuple[tuple[str, str], ...]) -> str:
    """Return the URL that was called: a request line has its path, and the Host header the rest."""
    host = lower_case_headers(headers).get("host")
    return target if _ABSOLUTE.match(target) or not host else f"https://{host}{target}"
