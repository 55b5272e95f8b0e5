"""A stream over TLS to an address that is public, with an end: a deadline, and a number of bytes."""

from __future__ import annotations

import socket
import ssl
from functools import cache
from itertools import zip_longest
from queue import Empty, SimpleQueue
from threading import Thread
from time import monotonic
from typing import Any, cast

from lambdas.runtime.addresses import is_public
from lambdas.runtime.https_url import FetchRefused

_Address = tuple[socket.AddressFamily, Any]
"""A family, and what connect() takes in it."""
ATTEMPTS = 3
"""Addresses of a host that are tried. Each has its share of the time, since packets to one may be lost."""


class TooManyBytes(Exception):  # noqa: N818 - it names the outcome
    """More came than may come."""


class _Deadline:
    def __init__(self, seconds: float) -> None:
        self._end = monotonic() + seconds

    @property
    def left(self) -> float:
        """The seconds that are left; TimeoutError where there are none."""
        left = self._end - monotonic()
        if left <= 0:
            raise TimeoutError
        return left


class Stream(ssl.SSLSocket):
    """Each operation has the time that is left for all of them: a timeout alone begins anew with every byte.

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
            raise TooManyBytes
        return received

    def send(self, *args: Any, **kwargs: Any) -> int:
        self.settimeout(self.deadline.left)
        return super().send(*args, **kwargs)


def open_stream(host: str, port: int, seconds: float, max_bytes: int) -> Stream:
    """Connect to a host, whose name its certificate must have; Refused unless all of its addresses are public.

    `seconds` are for all that happens to the stream from now on. OSError and ValueError where it can't be opened.
    """
    deadline = _Deadline(seconds)
    # The stream takes over the connection; it is closed here where that fails.
    with _connected(host, port, deadline) as connection:
        stream = _secured(connection, host, deadline)
    stream.deadline, stream.room = deadline, max_bytes
    return stream


def _connected(host: str, port: int, deadline: _Deadline) -> socket.socket:
    addresses = _resolved(host, port, deadline)
    if not all(is_public(address[0]) for _, address in addresses):
        raise FetchRefused(f"{host} has an address that is not public")
    attempts = _in_turns(addresses)[:ATTEMPTS]
    failure = OSError("it has no address")
    for place, address in enumerate(attempts):
        try:
            return _connection(address, deadline.left / (len(attempts) - place))
        except OSError as error:
            failure = error
    raise failure


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


def _connection(address: _Address, seconds: float) -> socket.socket:
    connection = socket.socket(address[0], socket.SOCK_STREAM)
    try:
        connection.settimeout(seconds)
        connection.connect(address[1])
    except OSError:
        connection.close()
        raise
    return connection


def _secured(connection: socket.socket, host: str, deadline: _Deadline) -> Stream:
    connection.settimeout(deadline.left)
    # Without suppress_ragged_eofs, somebody between could end an answer early, and it would count as whole.
    return cast("Stream", _context().wrap_socket(connection, server_hostname=host, suppress_ragged_eofs=False))


@cache
def _context() -> ssl.SSLContext:
    context = ssl.create_default_context()
    context.set_alpn_protocols(["http/1.1"])
    context.sslsocket_class = Stream
    return context
