"""The only way out to hosts that are not AWS's: HTTPS to checked addresses, within a time and a number of bytes.

Its own imports are slow: what fetches seldom imports it when it first fetches.
"""

from __future__ import annotations

from collections.abc import Iterator
from http.client import HTTPConnection, HTTPResponse, IncompleteRead

from lambdas import VERSION
from lambdas.runtime.fetch_failures import fetch_failures
from lambdas.runtime.http_types import FetchRefused, HttpAnswer, HttpRequest
from lambdas.runtime.https_url import split_https_url
from lambdas.runtime.inflate import inflate
from lambdas.runtime.streams import Stream, StreamDeadline, TooManyBytes, open_stream

BLOCK = 65_536
"""Bytes that are read of a body at once."""
HEAD_BYTES = 65_536
"""Bytes that may come beside a body, for headers and for sizes of chunks; an eighth of the body's limit is added."""
_DEFAULT_HEADERS = {"user-agent": f"MozDef-Event-Framework/{VERSION}", "accept-encoding": "gzip"}


def fetch(request: HttpRequest, seconds: float, limit: int, *, private: bool = False) -> HttpAnswer:
    """Return the whole answer to a request; FetchFailed where none comes, complete, in time and within the limit.

    `seconds` are for everything, from the lookup of the host's name to the last byte. `limit` is how many bytes the
    body may have, once inflated. With `private`, the host's addresses may also be private ones. Redirects are not
    followed.
    """
    host, port = origin_of(request.url)
    closing = request._replace(headers={**request.headers, "connection": "close"})
    deadline = StreamDeadline(seconds)
    with (
        fetch_failures(host, seconds, limit),
        open_stream(host, port, deadline, private=private) as stream,
        send(closing, stream, deadline, limit) as response,
    ):
        return HttpAnswer(response.status, headers_of(response), b"".join(blocks_of(response, limit)))


def origin_of(url: str) -> tuple[str, int]:
    """Return the host and the port of a URL; FetchRefused unless it is a plain https URL."""
    parts = split_https_url(url)
    return str(parts.hostname), parts.port or 443


def send(request: HttpRequest, stream: Stream, deadline: StreamDeadline, limit: int) -> HTTPResponse:
    """Send a request over a stream, and return its answer, of which the headers are read."""
    stream.begin(deadline, limit + limit // 8 + HEAD_BYTES)
    parts = split_https_url(request.url)
    connection = _Connection(str(parts.hostname), parts.port)
    connection.sock = stream
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    headers = _DEFAULT_HEADERS | {name.lower(): value for name, value in request.headers.items()}
    try:
        connection.request(request.method, target, request.body or None, headers)
    except ValueError:
        # http.client's own text has the value, which may be a secret.
        raise FetchRefused("its method or one of its headers has a character that HTTP does not allow") from None
    response = connection.getresponse()
    # http.client takes an end of the stream within the headers for the end of the headers,
    # and does not wait for what follows a provisional answer other than 100.
    if stream.ended or response.status < 200:
        response.close()
        raise IncompleteRead(b"")
    return response


class _Connection(HTTPConnection):
    """http.client's connection over a stream that is open: it must not connect by itself to unchecked addresses."""

    default_port = 443
    auto_open = 0


def headers_of(response: HTTPResponse) -> dict[str, str]:
    """Return an answer's headers, as `HttpAnswer` has them."""
    names = dict.fromkeys(name.lower() for name in response.headers)
    return {name: ", ".join(value.strip() for value in response.headers.get_all(name, ())) for name in names}


def blocks_of(response: HTTPResponse, limit: int) -> Iterator[bytes]:
    """Yield an answer's body, inflated; TooManyBytes beyond the limit."""
    total = 0
    for block in inflate(_read(response, limit), response.headers.get("content-encoding", "")):
        total += len(block)
        if total > limit:
            raise TooManyBytes
        yield block


def _read(response: HTTPResponse, limit: int) -> Iterator[bytes]:
    """Yield the body as it comes. http.client reports missing bytes only where it reads without a limit."""
    if (response.length or 0) > limit:
        raise TooManyBytes
    while block := response.read(BLOCK):
        yield block
    if response.length:
        raise IncompleteRead(b"", response.length)
