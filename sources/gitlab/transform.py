"""Times, written one way: GitLab has `2026-03-02 09:10:02 UTC` in some kinds of event, and RFC 3339 in others.

Elasticsearch makes a date of a field whose first value that day is one, and drops messages with another form in it.
"""

from __future__ import annotations

import re
from typing import Any

from lambdas.transforming import Request

_UTC = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2}) ([0-9]{2}:[0-9]{2}:[0-9]{2}) UTC")


def transform(event: dict[str, Any], _request: Request) -> list[dict[str, Any]]:
    return [_mended(event)]


def _mended(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _mended(below) for key, below in value.items()}
    if isinstance(value, list):
        return [_mended(below) for below in value]
    if isinstance(value, str) and (match := _UTC.fullmatch(value)):
        return f"{match[1]}T{match[2]}Z"
    return value
