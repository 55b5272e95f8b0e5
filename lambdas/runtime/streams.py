"""A TLS stream to a public address that ends at a deadline, or after a number of bytes."""

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
"""An address family, and the address that connect() takes in it."""
ATTEMPTS = 3
"""How many addresses of a host are tried. Each has a share of the time, since packets to one may be lost."""


class TooManyBytes(Exception):  # noqa: N818 - it names the outcome
    """The host sends more bytes than are allowed."""


class _Deadline:
    def __init__(self, seconds: float) -> None:
        self._end = monotonic() + seconds

    @property
    def left(self) -> float:
        """The seconds that are left; TimeoutError where none are."""
        left = self._end - monotonic()
        if left <= 0:
            raise TimeoutError
        return left


class Stream(ssl.SSLSocket):
    """A socket whose operations share one deadline: a socket's timeout alone begins anew with every byte.

    It also counts the bytes that it reads, since http.client takes any number of headers, and a chunk of -1 bytes.
    """

    deadline: _Deadline
    bytes_left: int
    ended = False

    def recv_into(self, *args: Any, **kwargs: Any) -> int:
        self.settimeout(self.deadline.left)
        received = super().recv_into(*args, **kwargs)
        self.ended = not received
        self.bytes_left -= received
        if self.bytes_left < 0:
            raise TooManyBytes
        return received

    def send(self, *args: Any, **kwargs: Any) -> int:
        self.settimeout(self.deadline.left)
        return super().send(*args, **kwargs)


def open_stream(host: str, port: int, seconds: float, max_bytes: int) -> Stream:
    """Connect to a host and check its certificate; FetchRefused unless all of the host's addresses are public.

    `seconds` are for everything from the lookup to the last byte. OSError or ValueError where the stream can't open.
    """
    deadline = _Deadline(seconds)
    # The stream takes over the connection. Where that fails, `with` closes the connection.
    with _connect(host, port, deadline) as connection:
        stream = _wrap_tls(connection, host, deadline)
    stream.deadline, stream.bytes_left = deadline, max_bytes
    return stream


def _connect(host: str, port: int, deadline: _Deadline) -> socket.socket:
    addresses = _resolve(host, port, deadline)
    if not all(is_public(address[0]) for _, address in addresses):
        raise FetchRefused(f"{host} has an address that is not public")
    attempts = _alternate_families(addresses)[:ATTEMPTS]
    failure = OSError("the host has no address")
    for index, address in enumerate(attempts):
        try:
            return _connect_to(address, deadline.left / (len(attempts) - index))
        except OSError as error:
            failure = error
    raise failure


def _resolve(host: str, port: int, deadline: _Deadline) -> list[_Address]:
    """Look a host up in a thread of its own: nothing can stop getaddrinfo(), and a late answer is dropped."""
    results: SimpleQueue[list[_Address] | Exception] = SimpleQueue()

    def look_up() -> None:
        try:
            entries = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
            results.put([(family, address) for family, _, _, _, address in entries])
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


def _alternate_families(addresses: list[_Address]) -> list[_Address]:
    """Alternate IPv6 and IPv4, beginning with what the resolver prefers: one of the two may lead nowhere."""
    preferred = [address for address in addresses if address[0] == addresses[0][0]]
    others = [address for address in addresses if address[0] != addresses[0][0]]
    return [address for pair in zip_longest(preferred, others) for address in pair if address]


def _connect_to(address: _Address, seconds: float) -> socket.socket:
    connection = socket.socket(address[0], socket.SOCK_STREAM)
    try:
        connection.settimeout(seconds)
        connection.connect(address[1])
    except OSError:
        connection.close()
        raise
    return connection


def _wrap_tls(connection: socket.socket, host: str, deadline: _Deadline) -> Stream:
    connection.settimeout(deadline.left)
    # With suppress_ragged_eofs, an attacker on the way could cut a response short, and it would count as complete.
    return cast("Stream", _context().wrap_socket(connection, server_hostname=host, suppress_ragged_eofs=False))


@cache
def _context() -> ssl.SSLContext:
    context = ssl.create_default_context()
    context.set_alpn_protocols(["http/1.1"])
    context.sslsocket_class = Stream
    return context
