"""The way out: public addresses alone, whole answers alone, all of it within a deadline."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from lambdas.runtime import streams
from lambdas.runtime.https import HttpResponse, NoResponse, get
from lambdas.runtime.https_url import FetchRefused
from lambdas.runtime.streams import Stream
from tests.issuers import ec_key

pytestmark = pytest.mark.slow

HOST = "keys.example.com"
URL = f"https://{HOST}/keys.json"
SOON, LATER = 0.3, 20.0
"""Seconds: of a deadline that passes in the test, and of one that does not."""
Script = Callable[[ssl.SSLSocket], object]
real_context = streams._context.__wrapped__


class StandIn:
    """A host on this machine, which plays a script for everyone who connects."""

    def __init__(self, certificate: Path) -> None:
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(certificate)
        self.script: Script = lambda _stream: None
        self.handshake: Callable[[socket.socket], object] | None = None
        self.requests: list[bytes] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.address = (socket.AF_INET, self._listener.getsockname())
        self._closed = threading.Event()
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    def close(self) -> None:
        self._closed.set()
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join()

    def pause(self) -> None:
        """For as long as somebody who drips waits between two bytes."""
        if self._closed.wait(0.02):
            raise OSError

    def drip(self, stream: socket.socket, content: bytes) -> None:
        """Send a byte at a time, each in time."""
        for byte in content:
            stream.sendall(bytes([byte]))
            self.pause()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            with suppress(OSError), connection:
                connection.settimeout(LATER)
                if self.handshake:
                    self.handshake(connection)
                else:
                    with self.context.wrap_socket(connection, server_side=True) as stream:
                        self._answer(stream)

    def _answer(self, stream: ssl.SSLSocket) -> None:
        request = stream.recv(65_536)
        self.requests.append(request)
        self.script(stream)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The key and the certificate of the host, signed by itself."""
    name, key = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, HOST)]), ec_key("host")
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    now = datetime.now(UTC)
    builder = x509.CertificateBuilder(
        name, name, key.public_key(), x509.random_serial_number(), now - timedelta(1), now + timedelta(1)
    ).add_extension(x509.SubjectAlternativeName([x509.DNSName(HOST)]), critical=False)
    form = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    file = tmp_path_factory.mktemp("host") / "host.pem"
    pem = builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
    file.write_bytes(key.private_bytes(serialization.Encoding.PEM, *form) + pem)
    return file


@pytest.fixture
def host(certificate: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[StandIn]:
    """The host, with its address taken for a public one, and its certificate for one that an authority has signed."""
    stand_in = StandIn(certificate)
    context = real_context()
    context.load_verify_locations(certificate)
    monkeypatch.setattr(streams, "_context", lambda: context)
    monkeypatch.setattr(streams, "_resolve", lambda *_: [stand_in.address])
    monkeypatch.setattr(streams, "is_public", lambda _address: True)
    yield stand_in
    stand_in.close()


def answering(content: bytes) -> Script:
    """Sends this, and says at the end that it is the end."""

    def script(stream: ssl.SSLSocket) -> None:
        stream.sendall(content)
        stream.unwrap()

    return script


def response(*headers: str, content: bytes = b"", status: str = "200 OK") -> bytes:
    return "\r\n".join([f"HTTP/1.1 {status}", *headers, "", ""]).encode() + content


CHUNKED = "Transfer-Encoding: chunked"


@pytest.mark.parametrize(
    ("sent", "answer"),
    [
        (response("Content-Length: 4", content=b"keys"), HttpResponse(200, "identity", b"keys")),
        (response("Content-Length: 4", content=b"keys and more"), HttpResponse(200, "identity", b"keys")),
        (response("Content-Length: 0"), HttpResponse(200, "identity", b"")),
        (response(CHUNKED, content=b"2\r\nke\r\n2;a=b\r\nys\r\n0\r\n\r\n"), HttpResponse(200, "identity", b"keys")),
        (response(content=b"keys"), HttpResponse(200, "identity", b"keys")),
        (response(content=b"x" * 100), HttpResponse(200, "identity", b"x" * 100)),
        (response("Content-Encoding: GZIP", content=b"x"), HttpResponse(200, "gzip", b"x")),
        (response(status="204 No Content"), HttpResponse(204, "identity", b"")),
        (response("Content-Length: 2", content=b"no", status="404 Not Found"), HttpResponse(404, "identity", b"no")),
        (response("Content-Length: 0", status="503 Down"), HttpResponse(503, "identity", b"")),
        (response("Location: /", "Content-Length: 0", status="302 Found"), HttpResponse(302, "identity", b"")),
        (response(status="100 Continue") + response("Content-Length: 0"), HttpResponse(200, "identity", b"")),
    ],
)
def test_complete_answer_is_handed_over_with_any_content(host: StandIn, sent: bytes, answer: HttpResponse) -> None:
    host.script = answering(sent)
    assert get(URL, LATER, 100) == answer
    assert len(host.requests) == 1


def test_single_plain_request_is_sent_without_asking_for_compression(host: StandIn) -> None:
    host.script = answering(response("Content-Length: 0"))
    get(f"https://{HOST}/a/b?c=d%20e#f", LATER, 100)
    get(f"https://{HOST}:443", LATER, 100)
    (first, second) = (request.decode().split("\r\n") for request in host.requests)
    assert first[0] == "GET /a/b?c=d%20e HTTP/1.1"
    assert second[0] == "GET / HTTP/1.1"
    for request in (first, second):
        assert sorted(request[1:]) == [
            "",
            "",
            "Accept-Encoding: identity",
            "Connection: close",
            f"Host: {HOST}",
            "User-Agent: MozDef-Event-Framework/0.1.0",
        ]


@pytest.mark.parametrize(
    "sent",
    [
        response("Content-Length: 5", content=b"keys"),
        response("Content-Length: 5"),
        response(CHUNKED, content=b"5\r\nkeys"),
        response(CHUNKED, content=b"4\r\nkeys\r\n"),
        response(CHUNKED, content=b"4\r\nkeys\r\nx\r\n"),
        response(CHUNKED),
        b"HTTP/1.1 200 OK\r\nContent-Le",
        b"HTTP/1.1 200",
        b"",
        b"keys",
        b"HTTP/1.1 OK\r\n\r\n",
        b"SSH-2.0-OpenSSH\r\n",
    ],
)
def test_truncated_or_malformed_answer_does_not_count(host: StandIn, sent: bytes) -> None:
    host.script = answering(sent)
    with pytest.raises(NoResponse):
        get(URL, LATER, 100)


def test_answer_ended_early_on_the_way_does_not_count(host: StandIn) -> None:
    host.script = lambda stream: stream.sendall(response(content=b"keys"))  # without the end that TLS signs
    with pytest.raises(NoResponse, match=f"^{HOST}: SSLEOFError$"):
        get(URL, LATER, 100)


DRIPPED = {
    "the status": (b"", response(status=f"200 {'O' * 100}")),
    "a header": (b"HTTP/1.1 200 OK\r\n", f"X-A: {'a' * 100}\r\n\r\n".encode()),
    "headers": (b"HTTP/1.1 200 OK\r\n", b"a:\r\n" * 30 + b"\r\n"),
    "provisional answers": (b"", response(status="100 Continue") * 5 + response("Content-Length: 0")),
    "content": (response("Content-Length: 100"), b"x" * 100),
    "content until its end": (response(), b"x" * 100),
    "chunks": (response(CHUNKED), b"1\r\nx\r\n" * 20 + b"0\r\n\r\n"),
    "a chunk": (response(CHUNKED, content=b"50\r\n"), b"x" * 80 + b"\r\n0\r\n\r\n"),
    "what follows the chunks": (response(CHUNKED, content=b"0\r\n"), b"a:\r\n" * 30 + b"\r\n"),
}


@pytest.mark.parametrize(("at_once", "dripped"), DRIPPED.values(), ids=DRIPPED)
def test_a_byte_at_a_time_does_not_put_the_end_off(host: StandIn, at_once: bytes, dripped: bytes) -> None:
    def script(stream: ssl.SSLSocket) -> None:
        stream.sendall(at_once)
        host.drip(stream, dripped)
        stream.unwrap()

    host.script = script
    with pytest.raises(NoResponse, match=f"^{HOST}: TimeoutError$"):
        get(URL, SOON, 1_000)


def test_a_handshake_has_an_end_too(host: StandIn, monkeypatch: pytest.MonkeyPatch) -> None:
    """A record of TLS, a byte at a time."""
    connection = streams._connect_to

    def without_a_timeout(address: tuple[socket.AddressFamily, object], seconds: float) -> socket.socket:
        connected = connection(address, seconds)
        connected.settimeout(None)
        return connected

    monkeypatch.setattr(streams, "_connect_to", without_a_timeout)
    host.handshake = lambda connection: host.drip(connection, b"\x16\x03\x03\x01\x00" + b"\x02" * 256)
    with pytest.raises(NoResponse, match=f"^{HOST}: TimeoutError$"):
        get(URL, SOON, 1_000)


def test_slowly_read_request_times_out(host: StandIn, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[int] = []
    secured = streams._wrap_tls

    def without_a_timeout(*args: Any) -> Stream:
        stream = secured(*args)
        stream.settimeout(None)
        return stream

    monkeypatch.setattr(streams, "_wrap_tls", without_a_timeout)

    def script(stream: ssl.SSLSocket) -> None:
        while received := len(stream.recv(65_536)):
            read.append(received)
            host.pause()

    host.script = script
    with pytest.raises(NoResponse, match=f"^{HOST}: TimeoutError$"):
        get(f"{URL}?{'a' * 20_000_000}", SOON, 1_000)
    assert sum(read) < 2_000_000


ENDLESS = {
    "content": response("Content-Length: 10000000", content=b"x" * 200_000),
    "content until its end": response(content=b"x" * 200_000),
    "a byte too many": response("Content-Length: 1001", content=b"x" * 1_001),
    "chunks": response(CHUNKED, content=b"400\r\n" + b"x" * 1_024 + b"\r\n0\r\n\r\n"),
    "a chunk of fewer than none": response(CHUNKED, content=b"-1\r\n" + b"x" * 200_000),
    "small chunks": response(CHUNKED, content=b"1;" + b"a" * 1_000 + b"\r\nx\r\n") + 200 * b"0001\r\nx\r\n" * 50,
    "what follows the chunks": response(CHUNKED, content=b"0\r\n" + b"a: b\r\n" * 30_000 + b"\r\n"),
    "headers": response(*[f"a: {'b' * 60_000}"] * 99, "Content-Length: 0"),
    "provisional answers": response(*["a: b"] * 99, status="100 Continue") * 500 + response("Content-Length: 0"),
}


@pytest.mark.parametrize("sent", ENDLESS.values(), ids=ENDLESS)
def test_no_more_is_read_than_may_come(host: StandIn, sent: bytes) -> None:
    host.script = answering(sent)
    with pytest.raises(FetchRefused, match=f"^{HOST} sends more than 1,000 bytes$"):
        get(URL, LATER, 1_000)


@pytest.mark.parametrize("sent", [response(*["a: b"] * 101), response(f"a: {'b' * 70_000}"), b"H" * 70_000])
def test_answer_refused_by_http_client_is_no_answer(host: StandIn, sent: bytes) -> None:
    host.script = answering(sent)
    with pytest.raises(NoResponse):
        get(URL, LATER, 100_000)


def test_a_certificate_has_to_be_of_the_host_and_of_an_authority(
    host: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    host.script = answering(response("Content-Length: 0"))
    with pytest.raises(NoResponse, match=r"^other\.example\.com: SSLCertVerificationError$"):
        get("https://other.example.com/", LATER, 100)
    monkeypatch.setattr(streams, "_context", real_context)
    with pytest.raises(NoResponse, match=f"^{HOST}: SSLCertVerificationError$"):
        get(URL, LATER, 100)
    assert host.requests == []


# Where it goes.


@pytest.mark.parametrize(
    "url",
    [
        f"http://{HOST}/",
        f"//{HOST}/",
        f"ftp://{HOST}/",
        "file:///etc/passwd",
        f"https://user@{HOST}/",
        f"https://user:password@{HOST}/",
        f"https://@{HOST}/",
        f"https://{HOST}:/",
        f"https://{HOST}:0443/",
        f"https://{HOST}:x/",
        f"https://{HOST}:99999/",
        f"https://{HOST}\\.example.org/",
        f"https://example.org\\@{HOST}/",
        f"https://{HOST}/ HTTP/1.1",
        f"https://{HOST}/\r\nX-More: 1",
        f"https://{HOST}/\u00e9",
        "https://\uff4beys.example.com/",
        "https://keys%2eexample.com/",
        "https://[::1]/",
        "https://[::1",
        "https:///keys.json",
        "",
    ],
)
def test_ambiguous_url_is_not_requested(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streams, "_resolve", lambda *_: pytest.fail("it was looked up"))
    with pytest.raises(FetchRefused, match=r"^it is not a (URL|plain https URL)$"):
        get(url, LATER, 100)


Resolved = list[tuple[socket.AddressFamily, socket.SocketKind, int, str, tuple[object, ...]]]


def resolved(*addresses: str) -> Resolved:
    """What getaddrinfo() says."""
    return [
        (socket.AF_INET6, socket.SOCK_STREAM, 6, "", (address, 443, 0, 0))
        if ":" in address
        else (socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 443))
        for address in addresses
    ]


@pytest.mark.parametrize(
    "addresses",
    [
        ["127.0.0.1"],
        ["::1"],
        ["169.254.169.254"],
        ["8.8.8.8", "10.0.0.1"],
        ["2600::1", "fd00:ec2::254"],
        ["8.8.8.8", "::ffff:127.0.0.1"],
        ["fe80::1%1"],
    ],
    ids=str,
)
def test_host_with_a_non_public_address_is_not_requested(addresses: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: resolved(*addresses))
    monkeypatch.setattr(streams, "_connect_to", lambda *_: pytest.fail("it was connected to"))
    with pytest.raises(FetchRefused, match=f"^{HOST} has an address that is not public$"):
        get(URL, LATER, 100)


@pytest.mark.parametrize("written", ["127.0.0.1", "0x7f.1", "2130706433", "0"])
def test_non_public_address_is_refused_in_every_notation(written: str) -> None:
    with pytest.raises(FetchRefused, match=r" has an address that is not public$"):
        get(f"https://{written}/", LATER, 100)


def test_unanswering_address_is_followed_by_others_of_both_families(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    tried: list[object] = []

    def connection(address: tuple[object, tuple[object, ...]], _seconds: float) -> socket.socket:
        tried.append(address[1][0])
        raise ConnectionRefusedError

    addresses = "2600::1", "2600::2", "2600::3", "8.8.8.8", "8.8.4.4"
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: resolved(*addresses))
    monkeypatch.setattr(streams, "_connect_to", connection)
    with pytest.raises(NoResponse, match=f"^{HOST}: ConnectionRefusedError$"):
        get(URL, LATER, 100)
    assert tried == ["2600::1", "8.8.8.8", "2600::2"]


def test_refusing_address_is_followed_by_the_next(host: StandIn, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        closed = (socket.AF_INET, server.getsockname())
    monkeypatch.setattr(streams, "_resolve", lambda *_: [closed, host.address])
    host.script = answering(response("Content-Length: 0"))
    assert get(URL, LATER, 100).status == 200


def test_silent_address_leaves_time_for_the_next(host: StandIn, monkeypatch: pytest.MonkeyPatch) -> None:
    shares: list[float] = []
    connection = streams._connect_to

    def silent(address: tuple[socket.AddressFamily, object], seconds: float) -> socket.socket:
        shares.append(seconds)
        if len(shares) < 3:
            raise TimeoutError
        return connection(address, seconds)

    monkeypatch.setattr(streams, "_connect_to", silent)
    monkeypatch.setattr(streams, "_resolve", lambda *_: [host.address] * 5)
    host.script = answering(response("Content-Length: 0"))
    assert get(URL, LATER, 100).status == 200
    assert [round(LATER / share) for share in shares] == [3, 2, 1]


def test_silent_name_server_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    over, late = threading.Event(), threading.Event()

    def hanging(*_: object, **__: object) -> Resolved:
        over.wait(LATER)
        late.set()
        return resolved("8.8.8.8")

    monkeypatch.setattr(socket, "getaddrinfo", hanging)
    with pytest.raises(NoResponse, match=f"^{HOST}: TimeoutError$"):
        get(URL, SOON, 100)
    assert not late.is_set()
    over.set()


def test_host_without_an_address_does_not_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_: object, **__: object) -> Resolved:
        raise socket.gaierror

    with pytest.raises(NoResponse, match=r"^a+\.com: UnicodeError$"):
        get(f"https://{'a' * 64}.com/", LATER, 100)
    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    with pytest.raises(NoResponse, match=f"^{HOST}: gaierror$"):
        get(URL, LATER, 100)
