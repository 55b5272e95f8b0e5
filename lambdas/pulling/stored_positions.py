"""Read a stored position by the definition as it is now, which may ask otherwise than when the position was stored."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from lambdas.model_pull import Stream
from lambdas.pulling.windows import FIELDS, TimePosition, position_fields

_SLICE_FIELDS = ("end", "page", "counts")
"""What holds only for the request that was asked: another one has other pages."""


def request_mark(stream: Stream) -> str:
    """Return a hash of what a stream asks, which is stored beside the token of a page."""
    request = (stream.get, stream.post, stream.query, stream.json, stream.form, stream.graphql, stream.variables)
    pages = (stream.then, stream.each, stream.events.split, stream.window.format, stream.paging.settings)
    return hashlib.sha256(repr((request, pages, _style(stream))).encode()).hexdigest()[:12]


def cursor_mark(stream: Stream) -> str:
    """Return a hash of where the vendor's own cursor is of use: another limit of the request takes it, too."""
    then = stream.then and (stream.then.get, stream.then.post)
    return hashlib.sha256(repr((stream.get, stream.post, then, _style(stream))).encode()).hexdigest()[:12]


def read_time_position(fields: Mapping[str, Any], stream: Stream) -> TimePosition:
    """Return a stored position by time.

    Of a slice that was asked for otherwise, only its beginning counts. A position by the vendor's cursor counts as the
    time up to which that was read.
    """
    if "start" not in fields:
        return TimePosition(int(fields.get("at", fields["since"])) - stream.window.overlap)
    is_same_request = fields.get("of") == request_mark(stream)
    names = [name for name in FIELDS if name in fields and (is_same_request or name not in _SLICE_FIELDS)]
    return TimePosition(**{name: fields[name] for name in names})


def time_position_fields(position: TimePosition, stream: Stream) -> dict[str, Any]:
    """Return a position by time as what is stored."""
    fields = position_fields(position)
    return {**fields, "of": request_mark(stream)} if position.page else fields


def read_cursor_fields(fields: Mapping[str, Any], stream: Stream) -> dict[str, Any]:
    """Return what is stored of a position by the vendor's cursor: `since`, `at`, and `token` and `counts` if of use."""
    if "start" in fields:
        return {"since": fields["start"]}
    if fields.get("token") and fields.get("of") != cursor_mark(stream):
        return {"since": int(fields.get("at", fields["since"])) - stream.window.overlap}
    return dict(fields)


def _style(stream: Stream) -> str:
    return str(getattr(stream.paging.style, "__name__", ""))
