"""A host on this machine that speaks HTTPS, and plays a script for each request."""

from __future__ import annotations

import re
import socket
import ssl
import threading
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from lambdas.runtime import lookup, streams
from tests.issuers import ec_key

HOST = "api.example.com"
CHUNKED = "Transfer-Encoding: chunked"
SOON, LATER = 0.3, 20.0
"""Seconds: of a deadline that passes in the test, and of one that does not."""
Script = Callable[[ssl.SSLSocket], object]
real_context = streams._context.__wrapped__


class HttpsHost:
    """Plays `script` for every request, and `handshake`, if there is one, for every connection."""

    def __init__(self, certificate: Path, address: str = "127.0.0.1") -> None:
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(certificate)
        self.script: Script = lambda _stream: None
        self.handshake: Callable[[socket.socket], object] | None = None
        self.keeps_open = True
        """Whether it waits for a further request on a connection."""
        self.requests: list[bytes] = []
        self.connections = 0
        self.closed_one = threading.Event()
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        self._listener = socket.create_server((address, 0), family=family)
        self.address = (family, self._listener.getsockname())
        self._closed = threading.Event()
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    def close(self) -> None:
        self._closed.set()
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join()

    def trust(self, patched: pytest.MonkeyPatch, certificate: Path) -> None:
        """Have this process take its address for a public one, and its certificate for one of an authority."""
        context = real_context()
        context.load_verify_locations(certificate)
        patched.setattr(streams, "_context", lambda: context)
        patched.setattr(lookup, "_resolve", lambda *_: [self.address])
        patched.setattr(lookup, "address_kind", lambda _address: "public")

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
            self.connections += 1
            with suppress(OSError), connection:
                connection.settimeout(LATER)
                if self.handshake:
                    self.handshake(connection)
                else:
                    with self.context.wrap_socket(connection, server_side=True) as stream:
                        self.answer(stream)
            self.closed_one.set()

    def answer(self, stream: ssl.SSLSocket) -> None:
        """Play the script for each request that comes."""
        while request := receive(stream):
            self.requests.append(request)
            self.script(stream)
            if not self.keeps_open:
                return


def receive(stream: socket.socket) -> bytes:
    """A request with its body, or nothing where the client has closed the connection."""
    request = b""
    while b"\r\n\r\n" not in request or len(request) < request.index(b"\r\n\r\n") + 4 + body_length(request):
        if not (received := stream.recv(65_536)):
            return b""
        request += received
    return request


def body_length(request: bytes) -> int:
    found = re.search(rb"content-length: *(\d+)", request.partition(b"\r\n\r\n")[0], re.IGNORECASE)
    return int(found[1]) if found else 0


def self_signed(folder: Path, name: str = HOST) -> Path:
    """Write the key and the certificate of a host, signed by itself."""
    subject, key = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)]), ec_key("host")
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    now = datetime.now(UTC)
    builder = x509.CertificateBuilder(
        subject, subject, key.public_key(), x509.random_serial_number(), now - timedelta(1), now + timedelta(1)
    ).add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
    form = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    file = folder / "host.pem"
    pem = builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
    file.write_bytes(key.private_bytes(serialization.Encoding.PEM, *form) + pem)
    return file


def answering(content: bytes) -> Script:
    """Sends this, and that it is the end."""

    def script(stream: ssl.SSLSocket) -> None:
        stream.sendall(content)
        stream.unwrap()

    return script


def sending(content: bytes) -> Script:
    """Sends this, and leaves the connection open."""
    return lambda stream: stream.sendall(content)


def response(*headers: str, content: bytes = b"", status: str = "200 OK") -> bytes:
    return "\r\n".join([f"HTTP/1.1 {status}", *headers, "", ""]).encode() + content


def whole(content: bytes, *headers: str, status: str = "200 OK") -> bytes:
    """A response that says its length."""
    return response(*headers, f"Content-Length: {len(content)}", content=content, status=status)


Resolved = list[tuple[socket.AddressFamily, socket.SocketKind, int, str, tuple[Any, ...]]]


def resolved(*addresses: str) -> Resolved:
    """What getaddrinfo() says."""
    return [
        (socket.AF_INET6, socket.SOCK_STREAM, 6, "", (address, 443, 0, 0))
        if ":" in address
        else (socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 443))
        for address in addresses
    ]
