"""Read NDJSON and CSV row by row, in parts of bounded size, as they come: a file may have a gigabyte."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator
from typing import Any, Literal

from lambdas.pulling.answer_values import AnswerUnreadable, parse_json

PART_ROWS = 1_000
PART_CHARACTERS = 2 * 1_048_576
"""Rows, and characters, after which a part ends."""
MAX_ROW = 16 * 1_048_576
"""Characters of a row."""
MAX_COLUMNS = 10_000
MAX_BYTES = 1_073_741_824
"""Bytes of a file."""
_JSON = re.compile(r"""\s*(\{|\[\s*([\[\]{"]|$))""")
"""How JSON begins; a column may well be called `[Date]`."""
_BLANK = object()
"""A line, or several within quotes, that is no row."""
csv.field_size_limit(MAX_ROW)  # its default, 131,072 characters, is less than some vendors' queries have


def rows(blocks: Iterable[bytes], answer_format: Literal["ndjson", "csv"]) -> Iterator[list[Any]]:
    """Yield the rows of an answer in parts; AnswerUnreadable where it is too large or no such file.

    A row of CSV is an object of texts. A row that does not fit its file, a line that is not JSON or one with too few
    columns, is a text or a list, so that it alone is rejected as no event. Of many blank lines, a part is empty: what
    is read for a part is bounded.
    """
    # Within quotes, CSV keeps line breaks as they are; JSON has none within a value.
    newline = "" if answer_format == "csv" else "\n"
    file = io.BufferedReader(_Blocks(blocks), 65_536)
    lines = _Lines(io.TextIOWrapper(file, "utf-8-sig", errors="replace", newline=newline))
    part: list[Any] = []
    for row in _csv_rows(lines) if answer_format == "csv" else _json_rows(lines):
        if row is not _BLANK:
            part.append(row)
        lines.end_row()
        if len(part) == PART_ROWS or lines.in_part >= PART_CHARACTERS:
            yield part
            part, lines.in_part = [], 0
    if part:
        yield part


def _json_rows(lines: Iterator[str]) -> Iterator[Any]:
    is_first = True
    for line in lines:
        if not line.strip():
            yield _BLANK
            continue
        try:
            yield parse_json(line)
        except AnswerUnreadable:
            # A file of JSON begins with JSON; what is broken further down is that line's own affair.
            if is_first:
                raise
            yield line
        is_first = False


def _csv_rows(lines: Iterator[str]) -> Iterator[Any]:
    reader = csv.reader(lines)
    try:
        names: list[str] = []
        while not names and (row := next(reader, None)) is not None:
            names = row
            yield _BLANK
        if names and names[0].lstrip().startswith("<"):
            raise AnswerUnreadable("it is HTML or XML, such as a page to sign in, or an error of a proxy")
        if names and _JSON.match(names[0]):
            raise AnswerUnreadable("it is JSON, such as a message of an error, and not CSV")
        if len(names) > MAX_COLUMNS or len(set(names)) < len(names):
            raise AnswerUnreadable(f"it has more than {MAX_COLUMNS:,} columns, or two of the same name")
        for row in reader:
            yield dict(zip(names, row, strict=True)) if len(row) == len(names) else row or _BLANK
    except csv.Error as error:
        raise AnswerUnreadable(f"it is not CSV: {error}") from None


class _Lines:
    """Lines of a text, which are counted: a row, of one line or many within quotes, has an end."""

    def __init__(self, text: io.TextIOWrapper) -> None:
        self._text = text
        self._in_row = 0
        self.in_part = 0

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        if not (line := self._text.readline(MAX_ROW + 1)):
            raise StopIteration
        self._in_row += len(line)
        self.in_part += len(line)
        if self._in_row > MAX_ROW:
            raise AnswerUnreadable(f"a row of it has more than {MAX_ROW:,} characters")
        return line

    def end_row(self) -> None:
        self._in_row = 0


class _Blocks(io.RawIOBase):
    """Blocks of bytes as a file."""

    def __init__(self, blocks: Iterable[bytes]) -> None:
        self._blocks = iter(blocks)
        self._rest = memoryview(b"")
        self._read = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while not self._rest:
            if (block := next(self._blocks, None)) is None:
                return 0
            self._rest = memoryview(block)
            self._read += len(block)
            if self._read > MAX_BYTES:
                raise AnswerUnreadable(f"it has more than {MAX_BYTES:,} bytes")
        target = memoryview(buffer).cast("B")
        count = min(len(target), len(self._rest))
        target[:count], self._rest = self._rest[:count], self._rest[count:]
        return count
