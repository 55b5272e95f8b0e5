"""Connections to a vendor's API, and to its token endpoint, which last as long as a run."""

from __future__ import annotations

from lambdas.pulling.answers import MAX_BYTES
from lambdas.pulling.outcomes import NoAnswer
from lambdas.runtime.fetch import origin_of
from lambdas.runtime.http_types import FetchFailed, HttpAnswer, HttpRequest
from lambdas.runtime.origin import Origin


class Connections:
    """Sends requests, each over the connection to its origin."""

    def __init__(self, *, private: bool = False) -> None:
        """With `private`, the addresses of a host may also be private ones."""
        self._private = private
        self._origins: dict[tuple[str, int], Origin] = {}

    def send(self, request: HttpRequest, seconds: float) -> HttpAnswer:
        """Return the answer to a request; NoAnswer where none comes, complete, within so many seconds."""
        try:
            place = origin_of(request.url)
            if place not in self._origins:
                self._origins[place] = Origin(request.url, private=self._private)
            return self._origins[place].fetch(request, seconds, MAX_BYTES)
        except FetchFailed as error:
            raise NoAnswer(str(error)) from None

    def close(self) -> None:
        """Close all connections: in a function that is frozen they may die without a sign."""
        for origin in self._origins.values():
            origin.close()
        self._origins.clear()
