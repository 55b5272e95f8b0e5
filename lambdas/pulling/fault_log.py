"""The log line of a fault of the framework's own."""

from __future__ import annotations

import traceback

from lambdas.runtime.log import log


def log_fault(error: BaseException, at: float) -> None:
    """Write where a fault of the framework's own arose; never the error's text, which may quote an event."""
    frames = traceback.extract_tb(error.__traceback__)[-8:]
    where = [f"{frame.filename.rpartition('/')[2]}:{frame.lineno} {frame.name}" for frame in frames]
    log("ERROR", "fault", at, error=type(error).__name__, where=where)
