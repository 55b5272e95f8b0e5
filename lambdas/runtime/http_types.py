"""A request to a host that is not AWS's, its answer, and why there is none."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple


class FetchFailed(Exception):  # noqa: N818 - it names the outcome
    """There is no complete answer. The text names the host, and holds nothing else of the request or the answer."""


class FetchRefused(FetchFailed):
    """The request may not be sent, or its answer is not what may be read: asking again changes nothing."""


class HttpRequest(NamedTuple):
    """A request: its URL is https, without userinfo."""

    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes = b""


class HttpAnswer(NamedTuple):
    """An answer, whatever its status: a redirect is one too, and is not followed."""

    status: int
    headers: Mapping[str, str]
    """Names in lower case; of a header that comes several times, the values with `, ` between them."""
    body: bytes
    """The body, inflated."""

    def header(self, name: str) -> str | None:
        """Return a header's value, by its name in any case."""
        return self.headers.get(name.lower())
