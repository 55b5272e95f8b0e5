"""What is asked of a vendor's API, and what its answers lead to, in words for people."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from generator.definition.pull_words import counted_span
from lambdas.model_pull import ErrorAction, Stream

ACTION_TEXTS: Mapping[ErrorAction, str] = {
    "retry": "asks again",
    "wait": "waits until the vendor allows more",
    "restart": "begins the slice again",
    "empty": "takes it for an answer without events",
    "skip_stream": "leaves the stream out",
    "stop": "ends the run with an error, of which an alarm tells",
}
"""What the puller does, by the action of a rule."""


class StreamRequest(NamedTuple):
    """A request of a stream: its method and path, for which values it is sent, and what it is for."""

    request: str
    for_each: str
    purpose: str


def stream_requests(stream: Stream) -> Iterator[StreamRequest]:
    """Yield the requests of a stream, in the order in which they are sent."""
    if stream.prepare:
        yield StreamRequest(f"POST {stream.prepare.post}", "", "before the first request of a run")
    values = next(iter((stream.for_ or {}).values()), None)
    for_each = f", for each of {', '.join(values)}" if values else ""
    request = f"GET {stream.get}" if stream.get else f"POST {stream.post}"
    yield StreamRequest(request, for_each, resume_text(stream))
    if stream.each:
        yield StreamRequest(f"GET {stream.each.get}", "", "for each item of a page, whose answer has the events")


def paging_name(stream: Stream) -> str:
    """Return a stream's paging style as it is called in a definition."""
    return str(getattr(stream.paging.style, "__name__", "")).rpartition(".")[2]


def resume_text(stream: Stream) -> str:
    """Write where reading begins and goes on, in two or three short sentences."""
    window = stream.window
    if stream.resume == "paging":
        text = f"goes on at the vendor's own cursor; begins {counted_span(window.first)} back"
    else:
        text = (
            f"goes on by time, {counted_span(window.overlap)} again; begins {counted_span(window.first)} back; "
            f"at most {counted_span(window.longest)} a request, up to {counted_span(window.lag)} ago"
        )
    if window.again:
        text += f"; once a day {counted_span(window.again)} again"
    if window.retention:
        text += f"; the vendor keeps {counted_span(window.retention)}"
    return text
