"""Look up the addresses of a host that a request may go to."""

from __future__ import annotations

import socket
from itertools import zip_longest
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Any

from lambdas.runtime.addresses import PRIVATE, PUBLIC, address_kind
from lambdas.runtime.http_types import FetchRefused

Address = tuple[socket.AddressFamily, Any]
"""An address family, and the address that connect() takes in it."""


def look_up(host: str, port: int, seconds: float, *, private: bool) -> list[Address]:
    """Return a host's addresses, in the order to try them.

    FetchRefused unless all of them are public, or private where that is allowed. OSError or ValueError where it has
    none, TimeoutError where no name server answers.
    """
    addresses = _resolve(host, port, seconds)
    allowed = (PUBLIC, PRIVATE) if private else (PUBLIC,)
    for _, (address, *_rest) in addresses:
        if (kind := address_kind(address)) not in allowed:
            raise FetchRefused(f"the name {host} resolves to the {kind} address {address}")
    return _alternate_families(addresses)


def _resolve(host: str, port: int, seconds: float) -> list[Address]:
    """Look a host up in a thread of its own: nothing can stop getaddrinfo(), and a late answer is dropped."""
    results: SimpleQueue[list[Address] | Exception] = SimpleQueue()

    def resolve() -> None:
        try:
            entries = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
            results.put([(family, address) for family, _, _, _, address in entries])
        except (OSError, ValueError) as error:
            results.put(error)

    Thread(target=resolve, daemon=True).start()
    try:
        result = results.get(timeout=seconds)
    except Empty:
        raise TimeoutError from None
    if isinstance(result, Exception):
        raise result
    return result


def _alternate_families(addresses: list[Address]) -> list[Address]:
    """Alternate IPv6 and IPv4, beginning with what the resolver prefers: one of the two may lead nowhere."""
    preferred = [address for address in addresses if address[0] == addresses[0][0]]
    others = [address for address in addresses if address[0] != addresses[0][0]]
    return [address for pair in zip_longest(preferred, others) for address in pair if address]
