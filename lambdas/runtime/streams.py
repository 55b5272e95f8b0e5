"""A TLS stream to a checked address that ends at a deadline, or after a number of bytes."""

from __future__ import annotations

import socket
import ssl
from functools import cache
from time import monotonic
from typing import Any, cast

from lambdas.runtime.lookup import Address, look_up

ATTEMPTS = 3
"""How many addresses of a host are tried. Each has a share of the time, since packets to one may be lost."""


class TooManyBytes(Exception):  # noqa: N818 - it names the outcome
    """The host sends more bytes than are allowed."""


class StreamDeadline:
    """When an exchange ends."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self.renew()

    def renew(self) -> None:
        """Give the exchange all its seconds once more, for what is still to come."""
        self._end = monotonic() + self._seconds

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

    deadline: StreamDeadline
    max_bytes: int
    received: int
    """The bytes that came since the exchange began."""
    ended = False
    """Whether the host has ended the stream."""

    def begin(self, deadline: StreamDeadline, max_bytes: int) -> None:
        """Begin an exchange."""
        self.deadline, self.max_bytes, self.received = deadline, max_bytes, 0

    def recv_into(self, *args: Any, **kwargs: Any) -> int:
        self.settimeout(self.deadline.left)
        received = super().recv_into(*args, **kwargs)
        self.ended = not received
        self.received += received
        if self.received > self.max_bytes:
            raise TooManyBytes
        return received

    def send(self, *args: Any, **kwargs: Any) -> int:
        self.settimeout(self.deadline.left)
        return super().send(*args, **kwargs)

    def is_idle(self) -> bool:
        """Return whether a request may be sent: the host has neither closed the stream nor sent more."""
        self.settimeout(0)
        try:
            self.recv(1)
        except ssl.SSLWantReadError:
            return True
        except OSError:
            pass
        return False


def open_stream(host: str, port: int, deadline: StreamDeadline, *, private: bool) -> Stream:
    """Connect to an address of a host that was checked, and check the host's certificate.

    FetchRefused where the host has an address to which no request may go. OSError or ValueError where the stream
    can't open.
    """
    # The stream takes over the connection. Where that fails, `with` closes the connection.
    with _connect(host, port, deadline, private=private) as connection:
        connection.settimeout(deadline.left)
        # With suppress_ragged_eofs, an attacker on the way could cut a response short, and it would count as complete.
        stream = _context().wrap_socket(connection, server_hostname=host, suppress_ragged_eofs=False)
    return cast("Stream", stream)


def _connect(host: str, port: int, deadline: StreamDeadline, *, private: bool) -> socket.socket:
    addresses = look_up(host, port, deadline.left, private=private)[:ATTEMPTS]
    failure: OSError = socket.gaierror()
    for index, address in enumerate(addresses):
        try:
            return _connect_to(address, deadline.left / (len(addresses) - index))
        except OSError as error:
            failure = error
    raise failure


def _connect_to(address: Address, seconds: float) -> socket.socket:
    connection = socket.socket(address[0], socket.SOCK_STREAM)
    try:
        connection.settimeout(seconds)
        connection.connect(address[1])
    except OSError:
        connection.close()
        raise
    return connection


@cache
def _context() -> ssl.SSLContext:
    context = ssl.create_default_context()
    context.set_alpn_protocols(["http/1.1"])
    context.sslsocket_class = Stream
    return context
