"""An answer of a vendor's API that somebody captured, from a file: its body, perhaps with headers as `curl -i` has."""

from __future__ import annotations

import re
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from generator.errors import GeneratorError
from generator.files import regular_file
from lambdas.model_pull import PullFormat
from lambdas.pulling.answers import AnswerPage, AnswerUnreadable, all_rows, read_answer
from lambdas.runtime.http_types import HttpAnswer
from lambdas.runtime.inflate import NotInflated, inflate

FORMS = "JSON, lines of JSON, or CSV, perhaps with the headers that `curl -i` writes before it"
_STATUS = re.compile(rb"HTTP/[0-9.]+ ([0-9]{3})[^\r\n]*\r?\n")
_HEADER = re.compile(r"([!#$%&'*+.^_`|~0-9A-Za-z-]+):(.*)")
_HEAD_END = re.compile(rb"\r?\n\r?\n")


@dataclass(frozen=True)
class CapturedAnswer:
    """A page as the vendor answered it."""

    file: Path
    answer: HttpAnswer
    has_head: bool
    """Whether the file has the answer's status and headers."""
    format: PullFormat
    root: Any
    """What the body says."""

    @property
    def page(self) -> AnswerPage:
        """Return the answer as the puller reads it."""
        return AnswerPage(self.root, self.answer.headers)


def read_answer_file(file: Path) -> CapturedAnswer:
    """Return the answer in a file; GeneratorError where it is no answer with events."""
    try:
        content = regular_file.read(file, regular_file.MAX_REQUEST_BYTES)
    except OSError as error:
        raise GeneratorError(f"{file}: can't be read: {error.strerror}") from None
    status, headers, body = _split_head(file, content.removeprefix(b"\xef\xbb\xbf"))
    if not 200 <= status < 300:
        raise GeneratorError(f"{file}: is an answer with status {status}, which has no events; capture one with 200")
    try:
        # What the header says is of no use: `curl --compressed` inflates the body and keeps the header.
        body = b"".join(inflate(iter([body]), ""))
    except (NotInflated, zlib.error):
        raise GeneratorError(f"{file}: its body can't be inflated; capture it with `curl --compressed`") from None
    if not body.strip():
        raise GeneratorError(f"{file}: has no body; it must be {FORMS}")
    answer = HttpAnswer(status, headers, body)
    answer_format, root = _parse(file, answer)
    return CapturedAnswer(file, answer, has_head=bool(headers), format=answer_format, root=root)


def _split_head(file: Path, content: bytes) -> tuple[int, dict[str, str], bytes]:
    """Return status, headers and body; of several heads the last, as a proxy and `100 Continue` have their own."""
    status, headers = 200, {}
    while match := _STATUS.match(content):
        end = _HEAD_END.search(content, match.end() - 2)
        head = content[match.end() : end.start() if end else None]
        status, headers = int(match[1]), _headers(file, head.decode("utf-8", "replace"))
        content = content[end.end() :] if end else b""
    return status, headers, content


def _headers(file: Path, head: str) -> dict[str, str]:
    headers: dict[str, str] = {}
    for number, line in enumerate(head.splitlines(), 2):
        if not line.strip():
            continue
        if not (match := _HEADER.fullmatch(line.strip())):
            raise GeneratorError(f"{file}:{number}: is no header (Name: value), and no empty line ends the headers")
        name, value = match[1].lower(), match[2].strip()
        headers[name] = f"{headers[name]}, {value}" if name in headers else value
    return headers


def _parse(file: Path, answer: HttpAnswer) -> tuple[PullFormat, Any]:
    """Return the format of a body, told by its content, and what it says."""
    try:
        return "json", read_answer(answer, "json").root
    except AnswerUnreadable as error:
        why = str(error)
    if "HTML" in why:
        raise GeneratorError(f"{file}: {why}; capture the answer to a request that carries the credential")
    lines = answer.body.decode("utf-8-sig", "replace").splitlines()
    candidates: tuple[PullFormat, ...] = ("ndjson",) if lines[0].lstrip().startswith(("{", "[")) else ("csv",)
    for answer_format in candidates:
        try:
            rows = all_rows(read_answer(answer, answer_format))
        except AnswerUnreadable:
            continue
        whole = [row for row in rows if isinstance(row, dict)]
        if len(whole) == len(rows) and (answer_format == "ndjson" or "," in lines[0]):
            return answer_format, rows
    raise GeneratorError(f"{file}: {why}; it must be {FORMS}")
