"""Read a kept object: its envelope, the request in it, and which of its events were rejected."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from lambdas.reading.body import parse
from lambdas.reading.paths import compile_path
from lambdas.reading.request import Request
from lambdas.runtime.times import unix_seconds

ENVELOPE_VERSION = 1
"""The version of what `kept_bucket` and `archive` write, and the only one that is read."""
ARCHIVE_PREFIX = "accepted"
"""The prefix of the archive's keys; day and hour of receipt, in UTC, come next."""
OBJECTS_PREFIX = "events"
"""The prefix of objects of messages; the source's name and the hour come next."""
MAX_MARKS = 4_000_000
"""Commas and brackets in an object: beyond what we write, and what is between them within a function's memory."""
WHOLE_BODY = -1
"""The index that stands for a body that could not be split into events."""
ENVELOPE_ERRORS = (ValueError, KeyError, TypeError, AttributeError, RecursionError, OverflowError)
"""What the functions of this module raise for an object that the framework did not write."""


def headers_without_credentials(headers: Mapping[str, str], secret_headers: Iterable[str]) -> dict[str, str]:
    """Return the headers that may be stored: none that a source's sender is verified by, and none that logs in."""
    never_stored = {*secret_headers, "authorization", "cookie"}
    return {name: value for name, value in headers.items() if name not in never_stored}


def parse_envelope(content: bytes) -> dict[str, Any]:
    """Return the envelope in an object's content; one of ENVELOPE_ERRORS for anything else, or another version."""
    if sum(map(content.count, (b",", b"[", b"{"))) > MAX_MARKS:
        raise ValueError("more than we write")
    envelope: dict[str, Any] = json.loads(content)
    if envelope["version"] != ENVELOPE_VERSION:
        raise ValueError("another version")
    return envelope


def request_from_envelope(envelope: Mapping[str, Any], read: Callable[[Request], Any]) -> Request:
    """Return the request in an envelope, whose body `read` parses; one of ENVELOPE_ERRORS where there is none.

    A masked body was kept as JSON, whatever format it came in. The archive has a body in UTF-8 as `text`.
    """
    text = envelope.get("text")
    return Request(
        method=str(envelope["method"]),
        headers={name: str(value) for name, value in envelope["headers"].items()},
        body=base64.b64decode(envelope["body"], validate=True) if text is None else text.encode(),
        raw_query=str(envelope["query"]),
        id=str(envelope["requestId"]),
        time=unix_seconds(envelope["time"], "rfc3339"),
        read_body=_read_masked if envelope.get("masked") else read,
        masked=bool(envelope.get("masked")),
    )


def _read_masked(request: Request) -> Any:
    return parse(request.body)


def rejected_indexes(envelope: Mapping[str, Any]) -> frozenset[int]:
    """Return the indexes of the rejected events, WHOLE_BODY among them where the body could not be split.

    One of ENVELOPE_ERRORS where there are none, or no reason: nothing is kept as rejected without both.
    """
    indexes = frozenset(int(event["index"]) for event in envelope["events"])
    if not indexes or not envelope["reason"]:
        raise ValueError("no events, or no reason")
    return indexes


def envelope_split(envelope: Mapping[str, Any], current_split: str | None) -> str | None:
    """Return the `split` that the envelope's indexes count by, by default the current one.

    One of ENVELOPE_ERRORS where it is no path that compiles.
    """
    split: str | None = envelope.get("split", current_split)
    if split is not None:
        compile_path(split)
    return split
