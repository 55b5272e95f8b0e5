"""A host that is asked several times, over a connection that is kept, and whose bodies may be read as they come."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPException, HTTPResponse
from typing import Self

from lambdas.runtime.fetch import blocks_of, headers_of, origin_of, send
from lambdas.runtime.fetch_failures import fetch_failures
from lambdas.runtime.http_stream import HttpStream
from lambdas.runtime.http_types import FetchRefused, HttpAnswer, HttpRequest
from lambdas.runtime.streams import Stream, StreamDeadline, open_stream

_REPEATABLE = ("GET", "HEAD")
"""Methods of requests that are sent again where a host has just closed the connection that was kept."""


class Origin:
    """A host and a port, with a connection that is kept for the next request. It is for one thread.

    A connection should not outlive the invocation: in a function that is frozen it may die without a sign.
    """

    def __init__(self, url: str, *, private: bool = False) -> None:
        """Take the origin of a URL; FetchRefused where that is not a plain https URL.

        With `private`, the host's addresses may also be private ones.
        """
        self._host, self._port = origin_of(url)
        self._private = private
        self._stream: Stream | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connection."""
        if self._stream:
            self._stream.close()
        self._stream = None

    def fetch(self, request: HttpRequest, seconds: float, limit: int) -> HttpAnswer:
        """Return the whole answer to a request of this origin; all else is as in `fetch.fetch`."""
        with self.stream(request, seconds, limit) as answer:
            return HttpAnswer(answer.status, answer.headers, b"".join(answer.blocks))

    @contextmanager
    def stream(self, request: HttpRequest, seconds: float, limit: int) -> Iterator[HttpStream]:
        """Give the answer to a request of this origin before its body has come; all else is as in `fetch.fetch`.

        `seconds` pass also while the caller works on a block, unless it renews them. A body that is not read to its end
        costs the connection.
        """
        if origin_of(request.url) != (self._host, self._port):
            raise FetchRefused(f"it is not at {self._host}, port {self._port}")
        response, reusable = None, False
        try:
            with fetch_failures(self._host, seconds, limit):
                deadline = StreamDeadline(seconds)
                response = self._exchange(request, deadline, limit)
            blocks = self._blocks(response, seconds, limit)
            yield HttpStream(response.status, headers_of(response), blocks, deadline.renew)
            reusable = response.isclosed() and not response.will_close
        finally:
            if response:
                response.close()
            if not reusable:
                self.close()

    def _exchange(self, request: HttpRequest, deadline: StreamDeadline, limit: int) -> HTTPResponse:
        if self._stream and self._stream.is_idle():
            try:
                return send(request, self._stream, deadline, limit)
            except (OSError, HTTPException):
                if self._stream.received or request.method not in _REPEATABLE:
                    raise
        self.close()
        self._stream = open_stream(self._host, self._port, deadline, private=self._private)
        return send(request, self._stream, deadline, limit)

    def _blocks(self, response: HTTPResponse, seconds: float, limit: int) -> Iterator[bytes]:
        with fetch_failures(self._host, seconds, limit):
            yield from blocks_of(response, limit)
