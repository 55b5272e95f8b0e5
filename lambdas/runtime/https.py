"""One GET over TLS, answered within a deadline: the only way that a function reaches a host other than AWS.

`fetch` imports this module when it first fetches, because its own imports are slow.
"""

from __future__ import annotations

from http.client import HTTPException, HTTPSConnection, IncompleteRead
from typing import NamedTuple
from urllib.parse import SplitResult

from lambdas import VERSION
from lambdas.runtime.https_url import FetchRefused, split_https_url
from lambdas.runtime.streams import Stream, TooManyBytes, open_stream

MAX_HEAD = 65_536
"""Bytes of a response beside its content: headers, and the sizes of chunks."""
_HEADERS = {"User-Agent": f"MozDef-Event-Framework/{VERSION}", "Connection": "close"}


class NoResponse(Exception):  # noqa: N818 - it names the outcome
    """The host can't be reached, or sends no complete response in time."""


class HttpResponse(NamedTuple):
    """The response of a host, whatever its status: a redirect is a response too, and is not followed."""

    status: int
    encoding: str
    content: bytes


def get(url: str, seconds: float, max_bytes: int) -> HttpResponse:
    """GET a URL; FetchRefused where it is not allowed or sends more, NoResponse where none comes in time, complete."""
    parts = split_https_url(url)
    host = str(parts.hostname)
    try:
        with open_stream(host, parts.port or 443, seconds, max_bytes + MAX_HEAD) as stream:
            return _request(stream, parts, max_bytes)
    except TooManyBytes:
        raise FetchRefused(f"{host} sends more than {max_bytes:,} bytes") from None
    except (OSError, ValueError, HTTPException) as error:
        raise NoResponse(f"{host}: {type(error).__name__}") from None


def _request(stream: Stream, parts: SplitResult, max_bytes: int) -> HttpResponse:
    connection = HTTPSConnection(str(parts.hostname), parts.port, context=stream.context)
    connection.sock = stream
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    connection.request("GET", target, headers=_HEADERS)
    with connection.getresponse() as response:
        # http.client takes an end of the stream within the headers for the end of the headers,
        if stream.ended:
            raise IncompleteRead(b"")
        content = response.read(max_bytes + 1)
        if len(content) > max_bytes:
            raise TooManyBytes
        # and reports missing content only where it is read without a limit.
        if response.length:
            raise IncompleteRead(content, response.length)
        return HttpResponse(response.status, response.getheader("content-encoding", "identity").lower(), content)
