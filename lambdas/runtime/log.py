"""Log lines: one JSON object each. Lambda passes such a line on as it is, and filters by its `level`.

https://docs.aws.amazon.com/lambda/latest/dg/python-logging.html
"""

from __future__ import annotations

import sys
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
