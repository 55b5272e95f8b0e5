"""Log lines: one JSON object each. Lambda passes such a line on as it is, and filters by its `level`.

https://docs.aws.amazon.com/lambda/latest/dg/python-logging.html
"""

from __future__ import annotations

import sys
import traceback
from json import JSONEncoder
from typing import Any, Literal

from lambdas import VERSION
from lambdas.runtime.times import iso_time

Level = Literal["INFO", "WARN", "ERROR"]
_encode = JSONEncoder(allow_nan=False, check_circular=False, separators=(",", ":")).encode


def log(level: Level, message: str, at: float, **fields: Any) -> None:
    """Write a line; `at` is in Unix seconds. Callers never pass a body, a header's value or a secret."""
    line = {"timestamp": iso_time(at), "level": level, "message": message, "version": VERSION, **fields}
    sys.stdout.write(f"{_encode(line)}\n")


def log_fault(error: BaseException, at: float) -> None:
    """Write where a fault of the framework's own arose; never the error's text, which may quote an event."""
    frames = traceback.extract_tb(error.__traceback__)[-8:]
    where = [f"{frame.filename.rpartition('/')[2]}:{frame.lineno} {frame.name}" for frame in frames]
    log("ERROR", "fault", at, error=type(error).__name__, where=where)
