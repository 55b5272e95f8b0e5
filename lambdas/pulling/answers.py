"""A vendor's answer as values: JSON, NDJSON or CSV."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from lambdas.model_pull import PullFormat
from lambdas.paging_style import PagingError
from lambdas.pulling.answer_rows import rows
from lambdas.pulling.answer_values import MAX_VALUES, AnswerUnreadable, parse_json
from lambdas.reading.body import Rejected
from lambdas.reading.intake import Intake
from lambdas.reading.paths import Functions, compile_path
from lambdas.runtime.http_types import HttpAnswer

__all__ = ["AnswerPage", "AnswerUnreadable", "parse_answer", "read_answer"]

MAX_BYTES = 16 * 1_048_576
"""Bytes of an answer that is read as a whole."""


@dataclass(frozen=True, slots=True)
class AnswerPage:
    """An answer that is read."""

    root: Any
    """Its JSON; for NDJSON and CSV, the list of its rows."""
    headers: Mapping[str, str]
    """Names in lower case."""

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


def read_answer(answer: HttpAnswer, answer_format: PullFormat) -> AnswerPage:
    """Read an answer; AnswerUnreadable where it is not in the format, or too large."""
    return AnswerPage(parse_answer(answer, answer_format), answer.headers)


def parse_answer(answer: HttpAnswer, answer_format: PullFormat) -> Any:
    """Parse the body of an answer, whatever its content type says; AnswerUnreadable as in `read_answer`."""
    if len(answer.body) > MAX_BYTES:
        raise AnswerUnreadable(f"it has more than {MAX_BYTES:,} bytes: ask for smaller pages")
    if answer_format != "json":
        return _all_rows(answer.body, answer_format)
    if not answer.body.strip():
        raise AnswerUnreadable("it is empty")
    # A name that a vendor cuts within a character must not make its whole page unreadable.
    return parse_json(answer.body.decode("utf-8-sig", "replace"))


def _all_rows(body: bytes, answer_format: Literal["ndjson", "csv"]) -> list[Any]:
    found: list[Any] = []
    values = 0
    for part in rows([body], answer_format):
        found += part
        values += sum(1 + len(row) if isinstance(row, dict | list) else 1 for row in part)
        if values > MAX_VALUES:
            raise AnswerUnreadable(f"it has more than {MAX_VALUES:,} values: ask for smaller pages")
    return found
