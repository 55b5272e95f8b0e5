"""A request that somebody has captured, from a file: raw HTTP, or JSON.

JSON is an event as API Gateway hands it over (payload format 2.0), or an object with `method`, `url`, `headers` and
`body`. What is not certain about the bytes of the body is said in `doubts`: a signature is over every one of them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from generator import captured_json, regular_file
from generator.errors import GeneratorError
from lambdas.auth import Sent
from lambdas.request import lower_case

_REQUEST_LINE = re.compile(rf"({captured_json.TOKEN})[ \t]+(\S+)(?:[ \t]+HTTP/[0-9.]+)?[ \t]*")
_HEADER = re.compile(rf"({captured_json.TOKEN}):(.*)")
_CHUNK, _BREAK = re.compile(rb"([0-9a-fA-F]{1,8})(?:;[^\r\n]*)?\r?\n"), re.compile(rb"\r?\n")
_LENGTH, _ABSOLUTE = re.compile("[0-9]{1,12}"), re.compile("https?://", re.IGNORECASE)
_FORMS = "raw HTTP (POST /path HTTP/1.1, headers, an empty line, the body) or JSON"


@dataclass(frozen=True)
class Captured:
    """One request: headers in their order, as written, one that was sent twice is here twice; `body` as sent."""

    method: str
    url: str
    headers: tuple[tuple[str, str], ...]
    body: bytes
    doubts: tuple[str, ...] = ()
    cut: bytes = b""
    """What stood at the end of the file and is not in `body`: a line break that an editor may have put there."""

    @cached_property
    def joined(self) -> dict[str, str]:
        """The headers by lower-case name; what stands twice is joined with a comma, as API Gateway does."""
        return lower_case(self.headers)

    @property
    def sent(self) -> Sent:
        """The request as whatever verifies it takes it."""
        return Sent(self.method, self.url, self.joined, self.body)


def read(file: Path) -> Captured:
    """The request in a file; GeneratorError with the place of what can't be read."""
    try:
        content = regular_file.read(file, regular_file.MAX_REQUEST)
    except OSError as error:
        raise GeneratorError(f"{file}: can't be read: {error.strerror}") from None
    content = content.removeprefix(b"\xef\xbb\xbf")
    if not content.strip():
        raise GeneratorError(f"{file}: is empty; it must be {_FORMS}")
    if content.lstrip()[:1] not in (b"{", b"["):
        return _from_http(file, content)
    method, url, headers, body, doubts = captured_json.parts(file, content)
    return Captured(method.upper(), _whole(url, headers), headers, body, doubts)


def _from_http(file: Path, content: bytes) -> Captured:
    lines, rest = _head(file, content)
    (start, first), *after = lines
    found = _REQUEST_LINE.fullmatch(first)
    if not found:
        raise GeneratorError(f"{file}:{start}: is not the first line of a request; it must be {_FORMS}")
    pairs = []
    for number, line in after:
        if not (named := _HEADER.fullmatch(line)):
            said = "is no header (Name: value, on one line), and no empty line stands before it to end the headers"
            raise GeneratorError(f"{file}:{number}: {said}")
        pairs.append((named[1], named[2].strip(" \t")))
    headers = tuple(pairs)
    body, cut, doubts = _framed(file, rest, lower_case(headers))
    return Captured(found[1].upper(), _whole(found[2], headers), headers, body, doubts, cut)


def _head(file: Path, content: bytes) -> tuple[list[tuple[int, str]], bytes]:
    """The lines before the first empty one, with their numbers, and what comes after it."""
    lines: list[tuple[int, str]] = []
    at = number = 0
    while at < len(content):
        number += 1
        raw, _, _ = content[at : content.find(b"\n", at) + 1 or len(content)].partition(b"\n")
        at += len(raw) + 1
        if not (raw := raw.removesuffix(b"\r")).strip():
            if lines:
                break
            continue
        try:
            lines.append((number, raw.decode()))
        except UnicodeDecodeError:
            raise GeneratorError(f"{file}:{number}: is not UTF-8; the file must be {_FORMS}") from None
    return lines, content[at:]


def _framed(file: Path, body: bytes, headers: dict[str, str]) -> tuple[bytes, bytes, tuple[str, ...]]:
    """The body without what an editor may have put behind it, that, and what is doubtful."""
    if headers.get("transfer-encoding", "").lower() == "chunked" and (whole := _unchunked(body)) is not None:
        return whole, b"", ()
    bare = body.rstrip(b"\r\n")
    said = headers.get("content-length", "")
    known = _LENGTH.fullmatch(said)
    if known and len(bare) <= int(said) <= len(body):
        return body[: int(said)], b"", ()
    last = next((end for end in (b"\r\n", b"\n") if body.endswith(end)), b"")
    body = body.removesuffix(last)
    if not known:
        return body, last, ()
    doubt = (
        f"{file}: Content-Length says that the body has {said} bytes, and it has {len(body)}: it is not as it was sent"
    )
    return body, last, (doubt,)


def _unchunked(body: bytes) -> bytes | None:
    """What chunks hold (RFC 9112, 7.1); None where it is not in chunks, since many tools undo them."""
    found: list[bytes] = []
    at = 0
    while head := _CHUNK.match(body, at):
        start, size = head.end(), int(head[1], 16)
        if not size:
            return b"".join(found)
        if not (after := _BREAK.match(body, start + size)):
            return None
        found.append(body[start : start + size])
        at = after.end()
    return None


def _whole(target: str, headers: tuple[tuple[str, str], ...]) -> str:
    """The URL that was called: of the path in a first line, the Host header has the rest."""
    host = lower_case(headers).get("host")
    return target if _ABSOLUTE.match(target) or not host else f"https://{host}{target}"
