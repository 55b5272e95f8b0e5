"""Where a request goes: to an address that was looked up once, and checked."""

from __future__ import annotations

import re
import socket
import threading
from typing import Any

import pytest

from lambdas.runtime import lookup, streams
from lambdas.runtime.fetch import fetch
from lambdas.runtime.http_types import FetchFailed, FetchRefused, HttpRequest
from lambdas.runtime.origin import Origin
from tests.https_host import HOST, LATER, SOON, HttpsHost, Resolved, answering, resolved, sending, whole

pytestmark = pytest.mark.slow

GET = HttpRequest("GET", f"https://{HOST}/events", {})
REAL_RESOLVE, REAL_KIND = lookup._resolve, lookup.address_kind

NEVER = {
    "127.0.0.1": "loopback",
    "127.9.9.9": "loopback",
    "::1": "loopback",
    "169.254.169.254": "link-local",
    "169.254.170.23": "link-local",
    "fe80::1%1": "link-local",
    "fd00:ec2::254": "link-local",
    "224.0.0.1": "multicast",
    "ff02::1": "multicast",
    "0.0.0.0": "unspecified",  # noqa: S104
    "::": "unspecified",
    "2001:0:808:808::1": "Teredo",
    "255.255.255.255": "reserved",
    "192.0.2.1": "reserved",
    "::8.8.8.8": "reserved",
    "::ffff:127.0.0.1": "loopback",
    "64:ff9b::a9fe:a9fe": "link-local",
    "64:ff9b:1::7f00:1": "loopback",
    "2002:7f00:1::": "loopback",
}
PRIVATE = ["10.0.0.1", "172.16.0.1", "192.168.0.1", "100.64.0.1", "fd12:3456::1", "::ffff:10.0.0.1", "64:ff9b::a00:1"]
PRIVATE += ["64:ff9b:1::a00:1", "2002:a00:1::1"]


def refuses(monkeypatch: pytest.MonkeyPatch, *addresses: str, private: bool) -> str:
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: resolved(*addresses))
    monkeypatch.setattr(streams, "_connect_to", lambda *_: pytest.fail("it was connected to"))
    with pytest.raises(FetchRefused) as raised:
        fetch(GET, LATER, 100, private=private)
    return str(raised.value)


@pytest.mark.parametrize("private", [False, True])
@pytest.mark.parametrize(("address", "kind"), NEVER.items(), ids=NEVER)
def test_special_address_is_refused_always(
    address: str, kind: str, private: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    why = f"the name {HOST} resolves to the {kind} address {address}"
    assert refuses(monkeypatch, address, private=private) == why
    assert refuses(monkeypatch, "8.8.8.8", "10.0.0.1" if private else "2600::1", address, private=private) == why


@pytest.mark.parametrize("address", PRIVATE)
def test_private_address_is_refused_unless_the_caller_allows_it(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    why = f"the name {HOST} resolves to the private address {address}"
    assert refuses(monkeypatch, address, private=False) == why
    assert refuses(monkeypatch, "8.8.8.8", address, private=False) == why
    monkeypatch.setattr(streams, "_connect_to", connection_refused)
    with pytest.raises(FetchFailed, match=f"^{HOST} refuses the connection$"):
        fetch(GET, LATER, 100, private=True)
    with Origin(GET.url, private=True) as allowing, Origin(GET.url) as refusing:
        with pytest.raises(FetchFailed, match=f"^{HOST} refuses the connection$"):
            allowing.fetch(GET, LATER, 100)
        with pytest.raises(FetchRefused, match=f"^{re.escape(why)}$"):
            refusing.fetch(GET, LATER, 100)


def connection_refused(*_: object) -> socket.socket:
    raise ConnectionRefusedError


@pytest.mark.parametrize("written", ["127.0.0.1", "0x7f.1", "2130706433", "0"])
def test_special_address_is_refused_in_every_notation(written: str) -> None:
    with pytest.raises(FetchRefused, match=r" resolves to the (loopback|unspecified) address "):
        fetch(HttpRequest("GET", f"https://{written}/", {}), LATER, 100, private=True)


class Rebinding:
    """A name server whose first answer is a public address, and each later one a private one."""

    def __init__(self, host: HttpsHost, patched: pytest.MonkeyPatch) -> None:
        self.lookups = 0
        self.connected: list[str] = []
        connect_to = streams._connect_to

        def connect(address: lookup.Address, seconds: float) -> socket.socket:
            self.connected.append(address[1][0])
            return connect_to(host.address, seconds)

        patched.setattr(lookup, "_resolve", REAL_RESOLVE)
        patched.setattr(lookup, "address_kind", REAL_KIND)
        patched.setattr(socket, "getaddrinfo", self.getaddrinfo)
        patched.setattr(streams, "_connect_to", connect)

    def getaddrinfo(self, *_: Any, **__: Any) -> Resolved:
        self.lookups += 1
        return resolved("8.8.8.8" if self.lookups == 1 else "10.0.0.1")


def test_address_that_was_checked_is_connected_to_without_a_second_lookup(
    host: HttpsHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    name_server = Rebinding(host, monkeypatch)
    host.script = answering(whole(b"keys"))
    assert fetch(GET, LATER, 100).body == b"keys"
    assert (name_server.lookups, name_server.connected) == (1, ["8.8.8.8"])


@pytest.mark.parametrize("closes", [False, True], ids=["before", "while it is asked"])
def test_new_connection_to_a_kept_origin_is_checked_anew(
    host: HttpsHost, monkeypatch: pytest.MonkeyPatch, closes: bool
) -> None:
    name_server = Rebinding(host, monkeypatch)
    host.script = answer = sending(whole(b"keys"))
    with Origin(GET.url) as origin:
        assert origin.fetch(GET, LATER, 100).body == b"keys"
        assert origin.fetch(GET, LATER, 100).body == b"keys"
        assert name_server.lookups == 1
        if closes:
            host.script, host.keeps_open = lambda _connection: None, False
        else:
            origin.close()
        with pytest.raises(FetchRefused, match=f"^the name {HOST} resolves to the private address 10.0.0.1$"):
            origin.fetch(GET, LATER, 100)
        host.script = answer
    assert (name_server.lookups, name_server.connected) == (2, ["8.8.8.8"])


def test_unanswering_address_is_followed_by_others_of_both_families(monkeypatch: pytest.MonkeyPatch) -> None:
    tried: list[object] = []

    def connection(address: lookup.Address, _seconds: float) -> socket.socket:
        tried.append(address[1][0])
        raise ConnectionRefusedError

    addresses = "2600::1", "2600::2", "2600::3", "8.8.8.8", "8.8.4.4"
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: resolved(*addresses))
    monkeypatch.setattr(streams, "_connect_to", connection)
    with pytest.raises(FetchFailed, match=f"^{HOST} refuses the connection$"):
        fetch(GET, LATER, 100)
    assert tried == ["2600::1", "8.8.8.8", "2600::2"]


def test_refusing_address_is_followed_by_the_next(host: HttpsHost, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        closed = (socket.AF_INET, server.getsockname())
    monkeypatch.setattr(lookup, "_resolve", lambda *_: [closed, host.address])
    host.script = answering(whole(b""))
    assert fetch(GET, LATER, 100).status == 200


def test_silent_address_leaves_time_for_the_next(host: HttpsHost, monkeypatch: pytest.MonkeyPatch) -> None:
    shares: list[float] = []
    connection = streams._connect_to

    def silent(address: lookup.Address, seconds: float) -> socket.socket:
        shares.append(seconds)
        if len(shares) < 3:
            raise TimeoutError
        return connection(address, seconds)

    monkeypatch.setattr(streams, "_connect_to", silent)
    monkeypatch.setattr(lookup, "_resolve", lambda *_: [host.address] * 5)
    host.script = answering(whole(b""))
    assert fetch(GET, LATER, 100).status == 200
    assert [round(LATER / share) for share in shares] == [3, 2, 1]


def test_silent_name_server_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    over, late = threading.Event(), threading.Event()

    def hanging(*_: object, **__: object) -> Resolved:
        over.wait(LATER)
        late.set()
        return resolved("8.8.8.8")

    monkeypatch.setattr(socket, "getaddrinfo", hanging)
    with pytest.raises(FetchFailed, match=f"^{HOST} sends no complete answer within 0.3 s$"):
        fetch(GET, SOON, 100)
    assert not late.is_set()
    over.set()


def test_host_without_an_address_does_not_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_: object, **__: object) -> Resolved:
        raise socket.gaierror

    with pytest.raises(FetchFailed, match=r"^a+\.com is not a valid name of a host$"):
        fetch(HttpRequest("GET", f"https://{'a' * 64}.com/", {}), LATER, 100)
    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    with pytest.raises(FetchFailed, match=f"^the name {HOST} can't be resolved$"):
        fetch(GET, LATER, 100)
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: [])
    with pytest.raises(FetchFailed, match=f"^the name {HOST} can't be resolved$"):
        fetch(GET, LATER, 100)


def test_unreachable_host_is_told_of(monkeypatch: pytest.MonkeyPatch) -> None:
    def unreachable(*_: object) -> socket.socket:
        raise OSError(101, "Network is unreachable")

    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: resolved("8.8.8.8"))
    monkeypatch.setattr(streams, "_connect_to", unreachable)
    with pytest.raises(FetchFailed, match=f"^{HOST} can't be reached: Network is unreachable$"):
        fetch(GET, LATER, 100)
