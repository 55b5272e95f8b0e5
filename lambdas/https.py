"""The only way out to a host that is not AWS: one request over TLS and its answer, all of it within a deadline.

`fetch` imports it late, because what it imports is heavy.
"""

from __future__ import annotations

import socket
import ssl
from functools import cache
from http.client import HTTPException, HTTPSConnection, IncompleteRead
from itertools import zip_longest
from queue import Empty, SimpleQueue
from threading import Thread
from time import monotonic
from typing import Any, NamedTuple, cast
from urllib.parse import SplitResult

from lambdas import VERSION
from lambdas.addresses import public
from lambdas.fetch import Refused, split

_Address = tuple[socket.AddressFamily, Any]
"""A family, and what connect() takes in it."""
ATTEMPTS = 3
"""Addresses of a host that are tried. Each has its share of the time, since packets to one may be lost."""
MAX_HEAD = 65_536
"""Bytes of an answer beside its content: its headers, and the sizes of its chunks."""
_HEADERS = {"User-Agent": f"MozDef-Event-Framework/{VERSION}", "Connection": "close"}


class Unanswered(Exception):  # noqa: N818 - it names the outcome
    """The host can't be reached, or sends no whole answer in time."""


class Answer(NamedTuple):
    """What the host answers, whatever its status: a redirect is an answer too, and nobody follows it."""

    status: int
    encoding: str
    content: bytes


def exchange(url: str, seconds: float, max_bytes: int) -> Answer:
    """GET a URL; Refused where it may not be asked or sends more, Unanswered where no whole answer comes in time."""
    parts = split(url)
    deadline = _Deadline(seconds)
    try:
        with _connected(parts, deadline) as connection, _secured(connection, parts, deadline) as stream:
            stream.room = max_bytes + MAX_HEAD
            return _answer(stream, parts, max_bytes)
    except _TooMuch:
        raise Refused(f"{parts.hostname} sends more than {max_bytes:,} bytes") from None
    except (OSError, ValueError, HTTPException) as error:
        raise Unanswered(f"{parts.hostname}: {type(error).__name__}") from None


class _TooMuch(Exception):  # noqa: N818 - it names the outcome
    """The answer is larger than it may be."""


class _Deadline:
    """The end of an exchange, name server and handshake included."""

    def __init__(self, seconds: float) -> None:
        self._end = monotonic() + seconds

    @property
    def left(self) -> float:
        """The seconds that are left; TimeoutError where there are none."""
        left = self._end - monotonic()
        if left <= 0:
            raise TimeoutError
        return left


class _Stream(ssl.SSLSocket):
    """Each operation has the time that is left for all of them: a timeout alone bounds none that gets a byte at a time.

    It counts what it reads as well, since http.client takes any number of headers, and a chunk of -1 bytes.
    """

    deadline: _Deadline
    room: int
    ended = False

    def recv_into(self, *args: Any, **kwargs: Any) -> int:
        self.settimeout(self.deadline.left)
        received = super().recv_into(*args, **kwargs)
        self.ended = not received
        self.room -= received
        if self.room < 0:
            raise _TooMuch
        return received

    def send(self, *args: Any, **kwargs: Any) -> int:
        self.settimeout(self.deadline.left)
        return super().send(*args, **kwargs)


@cache
def _context() -> ssl.SSLContext:
    context = ssl.create_default_context()
    context.set_alpn_protocols(["http/1.1"])
    context.sslsocket_class = _Stream
    return context


def _connected(parts: SplitResult, deadline: _Deadline) -> socket.socket:
    """Connect to an address of the host; Refused unless all that it has are public."""
    addresses = _resolved(str(parts.hostname), parts.port or 443, deadline)
    if not all(public(address[0]) for _, address in addresses):
        raise Refused(f"{parts.hostname} has an address that is not public")
    attempts = _in_turns(addresses)[:ATTEMPTS]
    failure = OSError("it has no address")
    for place, address in enumerate(attempts):
        try:
            return _connection(address, deadline.left / (len(attempts) - place))
        except OSError as error:
            failure = error
    raise failure


def _connection(address: _Address, seconds: float) -> socket.socket:
    connection = socket.socket(address[0], socket.SOCK_STREAM)
    try:
        connection.settimeout(seconds)
        connection.connect(address[1])
    except OSError:
        connection.close()
        raise
    return connection


def _resolved(host: str, port: int, deadline: _Deadline) -> list[_Address]:
    """Look a host up, in a thread of its own: nothing can end getaddrinfo(), and what it finds too late is dropped."""
    results: SimpleQueue[list[_Address] | Exception] = SimpleQueue()

    def look_up() -> None:
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
            results.put([(family, address) for family, _, _, _, address in found])
        except (OSError, ValueError) as error:
            results.put(error)

    Thread(target=look_up, daemon=True).start()
    try:
        result = results.get(timeout=deadline.left)
    except Empty:
        raise TimeoutError from None
    if isinstance(result, Exception):
        raise result
    return result


def _in_turns(addresses: list[_Address]) -> list[_Address]:
    """IPv6 and IPv4 in turns, beginning with what the resolver prefers: one of the two may lead nowhere."""
    preferred = [address for address in addresses if address[0] == addresses[0][0]]
    others = [address for address in addresses if address[0] != addresses[0][0]]
    return [address for turn in zip_longest(preferred, others) for address in turn if address]


def _secured(connection: socket.socket, parts: SplitResult, deadline: _Deadline) -> _Stream:
    """Shake hands as TLS does: the certificate has to be the host's."""
    connection.settimeout(deadline.left)
    # Without suppress_ragged_eofs, somebody between could end an answer early, and it would count as whole.
    stream: Any = _context().wrap_socket(connection, server_hostname=parts.hostname, suppress_ragged_eofs=False)
    stream.deadline = deadline
    return cast("_Stream", stream)


def _answer(stream: _Stream, parts: SplitResult, max_bytes: int) -> Answer:
    connection = HTTPSConnection(str(parts.hostname), parts.port, context=_context())
    connection.sock = stream
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    connection.request("GET", target, headers=_HEADERS)
    with connection.getresponse() as response:
        # http.client takes an end within the headers for the end of the headers,
        if stream.ended:
            raise IncompleteRead(b"")
        content = response.read(max_bytes + 1)
        if len(content) > max_bytes:
            raise _TooMuch
        # and says that content is missing only to those who read without a limit.
        if response.length:
            raise IncompleteRead(content, response.length)
        return Answer(response.status, response.getheader("content-encoding", "identity").lower(), content)
