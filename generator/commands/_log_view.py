"""Print lines of functions' logs, as rows or as JSON."""

from __future__ import annotations

import json
import textwrap
from datetime import UTC, datetime

import click
from rich.text import Text

from generator.commands import _console
from generator.commands._log_rows import LEVELS, Row, log_row
from generator.operate.function_logs import LogRecord

MIN_TEXT_WIDTH = 30


class LogView:
    """Prints records, as rows or as JSON, and leaves out what was not asked for."""

    def __init__(self, level: str, request_id: str | None, width: int, *, as_json: bool) -> None:
        self._least, self._request_id, self._width, self._as_json = LEVELS.index(level), request_id, width, as_json
        self._out = _console.console()

    def show(self, record: LogRecord) -> bool:
        """Print a record; return whether it was one to print."""
        if self._request_id and self._request_id not in record.message:
            return False
        row = log_row(record)
        if self._as_json:
            if self._least and (row is None or LEVELS.index(row.level) < self._least):
                return False
            click.echo(_json_line(record))
            return True
        if row is None or LEVELS.index(row.level) < self._least:
            return False
        self._print(record, row)
        return True

    def _print(self, record: LogRecord, row: Row) -> None:
        """Print a row; a terminal breaks it between words, and indents what follows."""
        at = datetime.fromtimestamp(record.at / 1_000, UTC)
        begin = f"{at:%Y-%m-%d %H:%M:%S} {record.function:<{self._width}} {row.level:<5} "
        text, request = (_console.printable(each).replace("\n", "\\u000a") for each in (row.text, row.request_id))
        body = f"{text}  {request}" if request else text
        if self._out.is_terminal and len(begin) + len(body) > self._out.width:
            room = max(self._out.width - len(begin), MIN_TEXT_WIDTH)
            body = f"\n{' ' * len(begin)}".join(
                textwrap.wrap(body, room, break_long_words=False, break_on_hyphens=False)
            )
        before = body.removesuffix(request)
        self._out.print(Text.assemble((begin, "dim"), (before, row.color), (body[len(before) :], "dim")))


def _json_line(record: LogRecord) -> str:
    """Return the record as the function wrote it; a text that is no JSON object as one."""
    try:
        if isinstance(json.loads(record.message), dict):
            return record.message.replace("\n", "")
    except (ValueError, RecursionError):
        pass
    at = datetime.fromtimestamp(record.at / 1_000, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return json.dumps({"timestamp": at, "function": record.function, "message": record.message}, ensure_ascii=False)
