"""Connections to a vendor's API, and to its token endpoint, which last as long as a run."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from lambdas.pulling import answer_rows
from lambdas.pulling.answers import MAX_BYTES
from lambdas.pulling.outcomes import NoAnswer, StreamFailed
from lambdas.runtime.fetch import origin_of
from lambdas.runtime.http_stream import HttpStream
from lambdas.runtime.http_types import FetchFailed, FetchRefused, HttpAnswer, HttpRequest
from lambdas.runtime.origin import Origin


class Connections:
    """Sends requests, each over the connection to its origin."""

    def __init__(self, *, private: bool = False) -> None:
        """With `private`, the addresses of a host may also be private ones."""
        self._private = private
        self._origins: dict[tuple[str, int], Origin] = {}
        self._streamed = ExitStack()

    def send(self, request: HttpRequest, seconds: float) -> HttpAnswer:
        """Return the answer to a request; NoAnswer where none comes, complete, within so many seconds.

        StreamFailed where asking again would change nothing.
        """
        with _no_answer():
            return self._origin(request).fetch(request, seconds, MAX_BYTES)

    def stream(self, request: HttpRequest, seconds: float) -> HttpStream:
        """Return the answer to a request before its body has come; it ends with the next request of any kind."""
        with _no_answer():
            origin = self._origin(request)
            answer = self._streamed.enter_context(origin.stream(request, seconds, answer_rows.MAX_BYTES))
        return answer._replace(blocks=_blocks(answer))

    def _origin(self, request: HttpRequest) -> Origin:
        self._streamed.close()
        place = origin_of(request.url)
        if place not in self._origins:
            self._origins[place] = Origin(request.url, private=self._private)
        return self._origins[place]

    def close(self) -> None:
        """Close all connections: in a function that is frozen they may die without a sign."""
        self._streamed.close()
        for origin in self._origins.values():
            origin.close()
        self._origins.clear()


def _blocks(answer: HttpStream) -> Iterator[bytes]:
    with _no_answer():
        yield from answer.blocks


@contextmanager
def _no_answer() -> Iterator[None]:
    try:
        yield
    except FetchRefused as error:
        raise StreamFailed(str(error)) from None
    except FetchFailed as error:
        raise NoAnswer(str(error)) from None
