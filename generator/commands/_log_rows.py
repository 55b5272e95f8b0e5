"""A line of a function's log as a row for people: its level, its text, and whether it is worth a row at all."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple, get_args

from generator.commands._follow import describe_log_line
from generator.operate.function_logs import ACCESS_LOG, LogRecord
from lambdas.runtime.log import Level

LEVELS = get_args(Level)
_COLORS = {"INFO": "default", "WARN": "yellow", "ERROR": "red"}
# What describe_log_line shows, or what says nothing to people; names of metrics begin with a capital.
_NOT_SHOWN = {
    *("timestamp", "level", "message", "version", "source", "requestId", "status", "why", "error", "where"),
    *("sent", "kept", "left", "unsendable", "foreign", "unsent", "unclaimed", "pending", "duplicates", "drift", "_aws"),
}
# Lines of Lambda itself, as text where the format is not JSON:
# https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-logformat.html
_PLATFORM_TEXT = re.compile(r"(START|END|REPORT) RequestId: |(INIT|RESTORE)_(START|REPORT)")
_ENDED_BADLY = re.compile(r"Status: (timeout|error|failure)")
_ERROR_TEXT = re.compile(r"Traceback|[Ee]rror\b|ERROR|timed out")


class Row(NamedTuple):
    """What a row shows beside the time and the function."""

    level: str
    text: str
    color: str
    request_id: str = ""


def log_row(record: LogRecord) -> Row | None:
    """Return a line as a row; None where it is a line of Lambda itself that says nothing but that all is well."""
    try:
        line = json.loads(record.message)
        if isinstance(line, dict):
            return _json_row(line, record.function)
    except (ValueError, TypeError, LookupError, AttributeError, RecursionError):
        pass  # a source's own code may print anything, also JSON with other types than those of our fields
    return _text_row(record.message)


def _json_row(line: Mapping[str, Any], function: str) -> Row | None:
    if str(line.get("type", "")).startswith("platform."):
        return _platform_row(line)
    if function == ACCESS_LOG:
        return _access_row(line)
    if "errorType" in line or "errorMessage" in line:
        return _failure_row(line)
    return _own_row(line)


def _text_row(message: str) -> Row | None:
    if _PLATFORM_TEXT.match(message):
        return _row("ERROR", message) if _ENDED_BADLY.search(message) else None
    return _row("ERROR" if _ERROR_TEXT.search(message) else "INFO", message)


def _row(level: str, text: str, request_id: object = "") -> Row:
    return Row(level, text, _COLORS[level], str(request_id))


def _platform_row(line: Mapping[str, Any]) -> Row | None:
    """Return the row of an invocation, or of a start, that did not end well.

    https://docs.aws.amazon.com/lambda/latest/dg/telemetry-schema-reference.html
    """
    record = line.get("record")
    if line["type"] not in ("platform.report", "platform.initReport") or not isinstance(record, dict):
        return None
    status = record.get("status", "success")
    if status == "success":
        return None
    what = "start" if line["type"] == "platform.initReport" else "invocation"
    metrics = record.get("metrics", {})
    after = f" after {metrics['durationMs'] / 1_000:,.1f} s" if "durationMs" in metrics else ""
    memory = f", {metrics['maxMemoryUsedMB']} of {metrics['memorySizeMB']} MB" if "memorySizeMB" in metrics else ""
    why = f": {record['errorType']}" if record.get("errorType") else ""
    return _row("ERROR", f"Lambda ended the {what}: {status}{why}{after}{memory}")


def _access_row(line: Mapping[str, Any]) -> Row:
    status = str(line.get("status", ""))
    level = {"4": "WARN", "5": "ERROR"}.get(status[:1], "INFO")
    errors = [
        str(line[name]) for name in ("integrationError", "authorizerError") if line.get(name, "-") not in ("-", "")
    ]
    request = f"{line.get('method', '')} {line.get('path', '')} from {line.get('ip', '')}"
    return _row(
        level, ", ".join([f"{status} {request}", f"{line.get('ms', '')} ms", *errors]), line.get("requestId", "")
    )


def _failure_row(line: Mapping[str, Any]) -> Row:
    """Return the row of an exception that a function did not catch."""
    trace = [str(entry).strip() for entry in line.get("stackTrace") or ()]
    where = f", {trace[-1].splitlines()[0]}" if trace else ""
    # The id that Lambda gives here is the invocation's, not the request's.
    return _row("ERROR", f"{line.get('errorType', 'Error')}: {line.get('errorMessage', '')}{where}")


def _own_row(line: Mapping[str, Any]) -> Row:
    level = str(line.get("level") or line.get("log_level") or "INFO")
    status, text, color = describe_log_line({**line, "message": str(line.get("message", ""))})
    text = ", ".join([f"{status} {text}" if status else text, *_other_fields(line)])
    if level not in LEVELS:
        level = {"WARNING": "WARN", "CRITICAL": "ERROR", "FATAL": "ERROR"}.get(level, "INFO")
    return Row(level, text, color if level == "INFO" else _COLORS[level], str(line.get("requestId", "")))


def _other_fields(line: Mapping[str, Any]) -> Iterator[str]:
    """Yield the fields that the text does not have yet."""
    if "error" in line:
        yield f"{line['error']} at {line.get('where', '?')}"
    for name, value in line.items():
        if name in _NOT_SHOWN or name[:1].isupper() or value in (None, "", [], {}):
            continue
        yield f"{name} {_value_text(value)}"


def _value_text(value: object) -> str:
    if isinstance(value, dict):
        return "; ".join(f"{key}: {_value_text(each)}" for key, each in value.items())
    if isinstance(value, list):
        return "; ".join(map(_value_text, value))
    return str(value)
