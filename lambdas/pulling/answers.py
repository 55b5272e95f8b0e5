"""A vendor's answer as values: JSON, NDJSON or CSV."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import chain
from typing import Any, TypeAlias

from lambdas.model_pull import PullFormat
from lambdas.paging_style import PagingError
from lambdas.pulling.answer_rows import rows
from lambdas.pulling.answer_values import MAX_VALUES, AnswerUnreadable, parse_json
from lambdas.reading.body import Rejected
from lambdas.reading.intake import Intake
from lambdas.reading.paths import Functions, compile_path
from lambdas.runtime.http_stream import HttpStream
from lambdas.runtime.http_types import HttpAnswer

__all__ = ["Answer", "AnswerPage", "AnswerUnreadable", "all_rows", "read_answer"]

Answer: TypeAlias = HttpAnswer | HttpStream
MAX_BYTES = 16 * 1_048_576
"""Bytes of an answer that is read as a whole."""


@dataclass(frozen=True, slots=True)
class AnswerPage:
    """An answer that is read."""

    root: Any
    """Its JSON; for NDJSON and CSV, the list of its first rows."""
    headers: Mapping[str, str]
    """Names in lower case."""
    parts: Iterable[list[Any]] = ()
    """Its further rows, which are read as they are taken. AnswerUnreadable as in `read_answer`."""

    def header(self, name: str) -> str | None:
        """Find a header by its name, in any case."""
        return self.headers.get(name.lower())

    def find(self, path: str) -> Any:
        """Find a path in the answer; PagingError where it can't be applied: that is no sign of the last page."""
        functions = Functions(Intake(self.root, 0.0, header=self.header), self.root)
        try:
            return compile_path(path)(self.root, functions)
        except Rejected as error:
            raise PagingError(f"in the answer, {error.detail}") from None


def read_answer(answer: Answer, answer_format: PullFormat) -> AnswerPage:
    """Read an answer, whatever its content type says; AnswerUnreadable where it is not in the format, or too large.

    NDJSON and CSV are read part by part. What is no page of events is JSON, if anything.
    """
    if answer_format == "json" or not 200 <= answer.status < 300:
        return AnswerPage(_parse_whole(answer), answer.headers)
    parts = rows(_blocks(answer), answer_format)
    return AnswerPage(next(parts, []), answer.headers, parts)


def all_rows(page: AnswerPage) -> list[Any]:
    """Return all rows of an answer; AnswerUnreadable where they are too many to be read as a whole."""
    whole: list[Any] = []
    values = 0
    for part in chain([page.root], page.parts):
        whole += part
        values += sum(1 + len(row) if isinstance(row, dict | list) else 1 for row in part)
        if values > MAX_VALUES:
            raise AnswerUnreadable(f"it has more than {MAX_VALUES:,} values: ask for smaller pages")
    return whole


def _parse_whole(answer: Answer) -> Any:
    body = bytearray()
    for block in _blocks(answer):
        body += block
        if len(body) > MAX_BYTES:
            raise AnswerUnreadable(f"it has more than {MAX_BYTES:,} bytes: ask for smaller pages")
    if not body.strip():
        raise AnswerUnreadable("it is empty")
    # A name that a vendor cuts within a character must not make its whole page unreadable.
    return parse_json(body.decode("utf-8-sig", "replace"))


def _blocks(answer: Answer) -> Iterable[bytes]:
    return [answer.body] if isinstance(answer, HttpAnswer) else answer.blocks
