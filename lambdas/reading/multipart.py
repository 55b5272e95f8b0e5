"""Bodies of multipart/form-data (RFC 7578), taken apart strictly: what could be read in two ways is no form."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from typing import Any

from lambdas.reading.body import Rejected

MAX_PARTS = 1_000
_BOUNDARY = re.compile(r"""boundary=(?:"([^"\r\n]{1,70})"|([^\s;,"]{1,70}))\s*(?:;|$)""", re.IGNORECASE)
_PARAMETER = re.compile(r""";[ \t]*([A-Za-z0-9*_-]+)=("(?:[^"\\]|\\.)*"|[^\s;"]*)[ \t]*""")
_ESCAPED = re.compile(r"\\(.)|%(0D|0A|22)", re.IGNORECASE)
_CHARSETS = {"utf-8": "utf-8", "us-ascii": "ascii", "iso-8859-1": "latin-1", "windows-1252": "cp1252"}


def multipart_fields(body: bytes, content_type: str) -> Iterator[tuple[str, Any]]:
    """Yield the fields of a form: a text, or of a file its name, type, size and hash; Rejected where it is no form."""
    boundary = _BOUNDARY.search(content_type)
    if not boundary:
        raise Rejected("not-form", "its content type names no boundary")
    # The line break before a boundary belongs to the boundary: https://datatracker.ietf.org/doc/html/rfc2046#section-5.1.1
    delimiter = b"\r\n--" + (boundary[1] or boundary[2]).encode("utf-8", "surrogatepass")
    if body.count(delimiter) > MAX_PARTS:
        raise Rejected("too-many", f"more than {MAX_PARTS:,} parts in a form")
    _, *parts = (b"\r\n" + body).split(delimiter)
    if not parts or not parts[-1].startswith(b"--"):
        raise Rejected("not-form", "the form has no end")
    for part in parts[:-1]:
        head, end, content = part.partition(b"\r\n\r\n")
        if not end or not head.startswith(b"\r\n"):
            raise Rejected("not-form", "a part of the form has no headers")
        yield _field(head.decode("utf-8", "replace"), content)


def _field(head: str, content: bytes) -> tuple[str, Any]:
    headers = dict(_headers(head))
    kind, parameters = _parameters(headers.get("content-disposition", ""))
    if kind != "form-data" or "name" not in parameters:
        raise Rejected("not-form", "a part of the form has no name")
    if headers.get("content-transfer-encoding", "binary").lower() not in ("binary", "8bit", "7bit"):
        raise Rejected("not-form", "a part of the form has a content-transfer-encoding")
    content_type = headers.get("content-type", "text/plain")
    if "filename" in parameters or "filename*" in parameters:
        return parameters["name"], {
            "filename": parameters.get("filename", ""),
            "type": content_type,
            "size": len(content),
            "sha256": hashlib.sha256(content).hexdigest(),
        }
    return parameters["name"], _text(content, _parameters(content_type)[1].get("charset", "utf-8"))


def _headers(head: str) -> Iterator[tuple[str, str]]:
    seen: set[str] = set()
    for line in head.strip("\r\n").split("\r\n"):
        name, colon, value = line.partition(":")
        if not colon or (name := name.strip().lower()) in seen:
            raise Rejected("not-form", "a part of the form has a header twice, or one without a colon")
        seen.add(name)
        yield name, value.strip()


def _parameters(value: str) -> tuple[str, dict[str, str]]:
    """Return a header's value without its parameters, and those by name; Rejected where one stands twice."""
    kind, semicolon, rest = value.partition(";")
    parameters: dict[str, str] = {}
    if _PARAMETER.sub("", semicolon + rest).strip("; \t"):
        raise Rejected("not-form", "a part of the form has a header that can't be read")
    for name, text in _PARAMETER.findall(semicolon + rest):
        if name.lower() in parameters:
            raise Rejected("not-form", "a part of the form has a parameter twice")
        parameters[name.lower()] = _unquoted(text)
    return kind.strip().lower(), parameters


def _unquoted(text: str) -> str:
    if not text.startswith('"'):
        return text
    # Browsers write `%22` for a quote, others a backslash before it.
    return _ESCAPED.sub(lambda escape: escape[1] or chr(int(escape[2], 16)), text[1:-1])


def _text(content: bytes, charset: str) -> str:
    try:
        return content.decode(_CHARSETS[charset.lower()])
    except LookupError:
        raise Rejected("not-form", "a part of the form has a charset that is not known") from None
    except UnicodeDecodeError:
        raise Rejected(
            "not-form", "a part of the form is not written in its charset, UTF-8 where it names none"
        ) from None
