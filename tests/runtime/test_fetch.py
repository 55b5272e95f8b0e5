"""The way out: whole answers alone, all of it within a deadline and a number of bytes, and failures in words."""

from __future__ import annotations

import re
import socket
import ssl
import threading
from pathlib import Path

import pytest

from lambdas.runtime import lookup, streams
from lambdas.runtime.fetch import fetch
from lambdas.runtime.http_types import FetchFailed, FetchRefused, HttpAnswer, HttpRequest
from lambdas.runtime.origin import Origin
from tests.https_host import (
    CHUNKED,
    HOST,
    LATER,
    SOON,
    HttpsHost,
    answering,
    real_context,
    response,
    self_signed,
    sending,
    whole,
)

pytestmark = pytest.mark.slow

URL = f"https://{HOST}/events"
GET = HttpRequest("GET", URL, {})
BROKEN_OFF = f"^{HOST} breaks its answer off$"
TIMED_OUT = f"^{HOST} sends no complete answer within 0.3 s$"
TOO_MANY = f"^{HOST} sends more than 1,000 bytes$"


@pytest.mark.parametrize(
    ("sent", "status", "body"),
    [
        (whole(b"keys"), 200, b"keys"),
        (response("Content-Length: 4", content=b"keys and more"), 200, b"keys"),
        (whole(b""), 200, b""),
        (response(CHUNKED, content=b"2\r\nke\r\n2;a=b\r\nys\r\n0\r\n\r\n"), 200, b"keys"),
        (response(CHUNKED, content=b"0\r\n\r\n"), 200, b""),
        (response(content=b"keys"), 200, b"keys"),
        (response(content=b"x" * 100), 200, b"x" * 100),
        (response("Content-Encoding: GZIP", content=b"x"), 200, b"x"),
        (response(status="204 No Content"), 204, b""),
        (response(status="304 Not Modified"), 304, b""),
        (whole(b"no", status="404 Not Found"), 404, b"no"),
        (whole(b"", status="503 Down"), 503, b""),
        (response(status="100 Continue") + whole(b"keys"), 200, b"keys"),
    ],
)
def test_complete_answer_is_handed_over_whatever_its_status(
    host: HttpsHost, sent: bytes, status: int, body: bytes
) -> None:
    host.script = answering(sent)
    answer = fetch(GET, LATER, 100)
    assert (answer.status, answer.body) == (status, body)
    assert len(host.requests) == 1


def test_redirect_is_an_answer_and_is_not_followed(host: HttpsHost) -> None:
    host.script = answering(whole(b"", f"Location: {URL}/elsewhere", status="302 Found"))
    answer = fetch(GET, LATER, 100)
    assert (answer.status, answer.header("Location"), len(host.requests)) == (302, f"{URL}/elsewhere", 1)


def test_headers_are_found_in_any_case_and_repeated_ones_are_joined(host: HttpsHost) -> None:
    links = '<https://a/>; rel="self"', '<https://b/>; rel="next"'
    host.script = answering(whole(b"", *(f"LINK: {link}" for link in links), "Retry-after:  5 ", "X-Empty:"))
    answer = fetch(GET, LATER, 100)
    assert answer == HttpAnswer(
        200, {"link": ", ".join(links), "retry-after": "5", "x-empty": "", "content-length": "0"}, b""
    )
    assert [answer.header(name) for name in ("Link", "RETRY-AFTER", "absent")] == [", ".join(links), "5", None]
    with Origin(GET.url) as origin, origin.stream(GET, LATER, 100) as streamed:
        assert streamed.headers == answer.headers


def test_plain_request_is_sent(host: HttpsHost) -> None:
    host.script = answering(whole(b""))
    fetch(HttpRequest("GET", f"https://{HOST}/a/b?c=d%20e#f", {}), LATER, 100)
    fetch(HttpRequest("GET", f"https://{HOST}:443", {}), LATER, 100)
    (first, second) = (request.decode().split("\r\n") for request in host.requests)
    assert first[0] == "GET /a/b?c=d%20e HTTP/1.1"
    assert second[0] == "GET / HTTP/1.1"
    for request in (first, second):
        assert sorted(request[1:]) == [
            "",
            "",
            f"Host: {HOST}",
            "accept-encoding: gzip",
            "connection: close",
            "user-agent: MozDef-Event-Framework/0.1.0",
        ]


def test_method_headers_body_and_port_are_sent_as_they_are(host: HttpsHost) -> None:
    host.script = answering(whole(b""))
    headers = {"Authorization": "Bearer s3cret", "User-Agent": "mine", "ACCEPT-ENCODING": "identity"}
    fetch(HttpRequest("POST", f"https://{HOST}:8443/graphql", headers, b'{"query": "\xc3\xa9"}'), LATER, 100)
    fetch(HttpRequest("DELETE", URL, {}), LATER, 100)
    (post, delete) = host.requests
    head, _, body = post.partition(b"\r\n\r\n")
    assert body == b'{"query": "\xc3\xa9"}'
    assert head.decode().split("\r\n")[0] == "POST /graphql HTTP/1.1"
    assert sorted(head.decode().split("\r\n")[1:]) == [
        "Content-Length: 15",
        f"Host: {HOST}:8443",
        "accept-encoding: identity",
        "authorization: Bearer s3cret",
        "connection: close",
        "user-agent: mine",
    ]
    assert delete.startswith(b"DELETE /events HTTP/1.1\r\n")


def test_answer_to_head_has_no_body(host: HttpsHost) -> None:
    host.script = answering(response("Content-Length: 5000"))
    assert fetch(HttpRequest("HEAD", URL, {}), LATER, 100).body == b""


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
        b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n",
        response(status="103 Early Hints") + whole(b"keys"),
        b"",
    ],
)
def test_answer_that_breaks_off_does_not_count(host: HttpsHost, sent: bytes) -> None:
    host.script = answering(sent)
    with pytest.raises(FetchFailed, match=BROKEN_OFF):
        fetch(GET, LATER, 100)


@pytest.mark.parametrize("sent", [b"keys", b"HTTP/1.1 OK\r\n\r\n", b"SSH-2.0-OpenSSH\r\n", b"HTTP/3.0 200 OK\r\n\r\n"])
def test_answer_that_is_not_http_does_not_count(host: HttpsHost, sent: bytes) -> None:
    host.script = answering(sent)
    with pytest.raises(FetchFailed, match=f"^{HOST} sends an answer that is not valid HTTP$"):
        fetch(GET, LATER, 100)


@pytest.mark.parametrize("sent", [response(*["a: b"] * 101), response(f"a: {'b' * 70_000}"), b"H" * 70_000])
def test_answer_refused_by_http_client_is_no_answer(host: HttpsHost, sent: bytes) -> None:
    host.script = answering(sent)
    with pytest.raises(FetchFailed, match=f"^{HOST} sends an answer that is not valid HTTP$"):
        fetch(GET, LATER, 100_000)


def test_answer_ended_early_on_the_way_does_not_count(host: HttpsHost) -> None:
    host.script, host.keeps_open = sending(response(content=b"keys")), False  # without the end that TLS signs
    with pytest.raises(FetchFailed, match=BROKEN_OFF):
        fetch(GET, LATER, 100)


def test_host_that_closes_before_its_answer_does_not_answer(host: HttpsHost) -> None:
    host.keeps_open = False
    with pytest.raises(FetchFailed, match=BROKEN_OFF):
        fetch(GET, LATER, 100)
    host.handshake = lambda connection: connection.recv(1)
    with pytest.raises(FetchFailed, match=BROKEN_OFF):
        fetch(GET, LATER, 100)
    assert len(host.requests) == 1


DRIPPED = {
    "the status": (b"", response(status=f"200 {'O' * 100}")),
    "a header": (b"HTTP/1.1 200 OK\r\n", f"X-A: {'a' * 100}\r\n\r\n".encode()),
    "headers": (b"HTTP/1.1 200 OK\r\n", b"a:\r\n" * 30 + b"\r\n"),
    "provisional answers": (b"", response(status="100 Continue") * 5 + whole(b"")),
    "content": (response("Content-Length: 100"), b"x" * 100),
    "content until its end": (response(), b"x" * 100),
    "chunks": (response(CHUNKED), b"1\r\nx\r\n" * 20 + b"0\r\n\r\n"),
    "a chunk": (response(CHUNKED, content=b"50\r\n"), b"x" * 80 + b"\r\n0\r\n\r\n"),
    "what follows the chunks": (response(CHUNKED, content=b"0\r\n"), b"a:\r\n" * 30 + b"\r\n"),
    "gzip": (response(), b"\x1f\x8b\x08\x10" + b"\0" * 6 + b"a name " * 20),
}


@pytest.mark.parametrize(("at_once", "dripped"), DRIPPED.values(), ids=DRIPPED)
def test_a_byte_at_a_time_does_not_put_the_end_off(host: HttpsHost, at_once: bytes, dripped: bytes) -> None:
    def script(connection: ssl.SSLSocket) -> None:
        connection.sendall(at_once)
        host.drip(connection, dripped)
        connection.unwrap()

    host.script = script
    with pytest.raises(FetchFailed, match=TIMED_OUT):
        fetch(GET, SOON, 1_000)


def test_bytes_of_a_tls_record_do_not_put_the_end_off_either(host: HttpsHost) -> None:
    """A record is read as a whole, and its bytes come one at a time."""

    def drip_record(connection: socket.socket) -> None:
        near, far = socket.socketpair()
        with near, far:
            server = threading.Thread(target=play, args=(near,))
            server.start()
            upwards = threading.Thread(target=pump, args=(connection, far))
            upwards.start()
            try:
                while received := far.recv(65_536):
                    if host.requests:
                        host.drip(connection, received)
                    else:
                        connection.sendall(received)
            finally:
                connection.shutdown(socket.SHUT_RDWR)
                far.shutdown(socket.SHUT_RDWR)
                server.join()
                upwards.join()

    def play(near: socket.socket) -> None:
        try:
            with host.context.wrap_socket(near, server_side=True) as secured:
                host.answer(secured)
        except OSError:
            pass

    def pump(connection: socket.socket, far: socket.socket) -> None:
        try:
            while received := connection.recv(65_536):
                far.sendall(received)
        except OSError:
            pass

    host.handshake = drip_record
    host.script = sending(whole(b"x" * 500))
    with pytest.raises(FetchFailed, match=TIMED_OUT):
        fetch(GET, SOON, 1_000)
    assert len(host.requests) == 1


def test_a_handshake_has_an_end_too(host: HttpsHost) -> None:
    """A record of TLS, a byte at a time."""
    host.handshake = lambda connection: host.drip(connection, b"\x16\x03\x03\x01\x00" + b"\x02" * 256)
    with pytest.raises(FetchFailed, match=TIMED_OUT):
        fetch(GET, SOON, 1_000)


def test_slowly_read_request_times_out(host: HttpsHost) -> None:
    read: list[int] = []

    def read_slowly(connection: socket.socket) -> None:
        with host.context.wrap_socket(connection, server_side=True) as secured:
            while received := len(secured.recv(65_536)):
                read.append(received)
                host.pause()

    host.handshake = read_slowly
    with pytest.raises(FetchFailed, match=TIMED_OUT):
        fetch(HttpRequest("POST", URL, {}, b"a" * 20_000_000), SOON, 1_000)
    assert sum(read) < 2_000_000


def test_time_passes_also_while_the_caller_works_on_a_block(host: HttpsHost, monkeypatch: pytest.MonkeyPatch) -> None:
    now = [0.0]
    monkeypatch.setattr(streams, "monotonic", lambda: now[0])
    host.script = answering(whole(b"x" * 1_000_000))
    with Origin(GET.url) as origin, origin.stream(GET, 5, 1_000_000) as answer:
        assert next(answer.blocks)
        now[0] = 6
        with pytest.raises(FetchFailed, match=f"^{HOST} sends no complete answer within 5 s$"):
            list(answer.blocks)


ENDLESS = {
    "content": response("Content-Length: 10000000", content=b"x" * 200_000),
    "content until its end": response(content=b"x" * 200_000),
    "a byte too many": whole(b"x" * 1_001),
    "chunks": response(CHUNKED, content=b"400\r\n" + b"x" * 1_024 + b"\r\n0\r\n\r\n"),
    "a chunk of fewer than none": response(CHUNKED, content=b"-1\r\n" + b"x" * 200_000),
    "small chunks": response(CHUNKED, content=b"1;" + b"a" * 1_000 + b"\r\nx\r\n") + 200 * b"0001\r\nx\r\n" * 50,
    "what follows the chunks": response(CHUNKED, content=b"0\r\n" + b"a: b\r\n" * 30_000 + b"\r\n"),
    "headers": response(*[f"a: {'b' * 60_000}"] * 99, "Content-Length: 0"),
    "provisional answers": response(*["a: b"] * 99, status="100 Continue") * 500 + whole(b""),
}


@pytest.mark.parametrize("sent", ENDLESS.values(), ids=ENDLESS)
def test_no_more_is_read_than_may_come(host: HttpsHost, sent: bytes) -> None:
    host.script = answering(sent)
    with pytest.raises(FetchRefused, match=TOO_MANY):
        fetch(GET, LATER, 1_000)


def test_endless_body_is_read_up_to_the_limit(host: HttpsHost) -> None:
    def script(connection: ssl.SSLSocket) -> None:
        connection.sendall(response(CHUNKED))
        while True:
            connection.sendall(b"4000\r\n" + b"x" * 0x4000 + b"\r\n")

    host.script = script
    read: list[bytes] = []
    with (
        Origin(GET.url) as origin,
        origin.stream(GET, LATER, 1_000_000) as answer,
        pytest.raises(FetchRefused, match=" sends more than 1,000,000 bytes"),
    ):
        read.extend(answer.blocks)
    assert 1_000_000 - 65_536 < sum(map(len, read)) <= 1_000_000


def test_body_is_streamed_in_blocks(host: HttpsHost) -> None:
    lines = b"".join(b'{"id": %d}\n' % number for number in range(30_000))
    chunks = b"".join(
        b"%x\r\n%b\r\n" % (len(line), line) for line in (lines[at : at + 100] for at in range(0, len(lines), 100))
    )
    host.script = answering(response(CHUNKED, content=chunks + b"0\r\n\r\n"))
    with Origin(GET.url) as origin, origin.stream(GET, LATER, len(lines)) as answer:
        blocks = list(answer.blocks)
    assert b"".join(blocks) == lines
    assert max(map(len, blocks)) <= 65_536


def test_error_of_the_caller_stays_what_it_is(host: HttpsHost) -> None:
    host.script = answering(whole(b"x"))

    def work() -> None:
        with Origin(GET.url) as origin, origin.stream(GET, LATER, 100) as answer:
            assert next(answer.blocks)
            raise OSError("mine")

    with pytest.raises(OSError, match=r"^mine$"):
        work()


def test_a_certificate_has_to_be_of_the_host_and_of_an_authority(
    host: HttpsHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    host.script = answering(whole(b""))
    why = "Hostname mismatch, certificate is not valid for 'other.example.com'"
    with pytest.raises(FetchFailed, match=f"^the certificate of other.example.com is not accepted: {why}$"):
        fetch(HttpRequest("GET", "https://other.example.com/", {}), LATER, 100)
    monkeypatch.setattr(streams, "_context", real_context)
    with pytest.raises(FetchFailed, match=f"^the certificate of {HOST} is not accepted: self-signed certificate$"):
        fetch(GET, LATER, 100)
    assert host.requests == []


def test_host_without_tls_is_told_of(host: HttpsHost) -> None:
    host.handshake = sending_plain
    with pytest.raises(FetchFailed, match=f"^no TLS with {HOST}: [A-Z_]+$"):
        fetch(GET, LATER, 100)


def sending_plain(connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n" * 100)
    connection.recv(65_536)


def test_ipv6_is_spoken(certificate: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    host = HttpsHost(certificate, "::1")
    host.trust(monkeypatch, certificate)
    host.script = answering(whole(b"keys"))
    try:
        assert fetch(GET, LATER, 100).body == b"keys"
    finally:
        host.close()


def test_name_is_sent_to_hosts_with_several_certificates(host: HttpsHost, tmp_path: Path) -> None:
    other = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    other.load_cert_chain(self_signed(tmp_path, "other.example.com"))
    names: list[str] = []

    def choose(connection: ssl.SSLObject, name: str, _context: ssl.SSLContext) -> None:
        names.append(name)
        if name != HOST:
            connection.context = other

    host.context.sni_callback = choose
    host.script = answering(whole(b""))
    assert fetch(GET, LATER, 100).status == 200
    assert names == [HOST]


SECRET = "s3cret"
HIDING = {
    "a header with a line break": HttpRequest("GET", URL, {"Authorization": f"Bearer {SECRET}\n"}),
    "a header beyond Latin-1": HttpRequest("GET", URL, {"Authorization": f"Bearer {SECRET}\u20ac"}),
    "a header's name": HttpRequest("GET", URL, {f"{SECRET}: a": "b"}),
    "a method": HttpRequest(f"GET\n{SECRET}", URL, {}),
    "a user": HttpRequest("GET", f"https://user:{SECRET}@{HOST}/", {}),
    "a query": HttpRequest("GET", f"{URL}?key={SECRET} ", {}),
}


@pytest.mark.parametrize("request_", HIDING.values(), ids=HIDING)
def test_refused_request_is_not_sent_and_its_secrets_are_not_told(host: HttpsHost, request_: HttpRequest) -> None:
    with pytest.raises(FetchRefused) as raised:
        fetch(request_, LATER, 100)
    assert re.fullmatch(r"it is not a plain https URL|its method or one of its headers has .+", str(raised.value))
    assert raised.value.__context__ is None or raised.value.__suppress_context__
    assert host.requests == []


@pytest.mark.parametrize("sent", [b"", b"x", whole(b"x" * 101), whole(b"\x1f\x8bx"), response("Content-Length: 5")])
def test_failure_tells_nothing_of_request_and_answer(host: HttpsHost, sent: bytes) -> None:
    host.script = answering(sent.replace(b"x", SECRET.encode() * 20))
    headers = {"Authorization": SECRET}
    with pytest.raises(FetchFailed) as raised:
        fetch(HttpRequest("POST", f"{URL}?key={SECRET}", headers, SECRET.encode()), LATER, 100)
    assert SECRET not in str(raised.value)


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
        "https://\uff41pi.example.com/",
        "https://api%2eexample.com/",
        "https://[::1]/",
        "https://[::1",
        "https:///keys.json",
        "",
    ],
)
def test_ambiguous_url_is_not_requested(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lookup, "_resolve", lambda *_: pytest.fail("it was looked up"))
    with pytest.raises(FetchRefused, match=r"^it is not a (URL|plain https URL)$"):
        fetch(HttpRequest("GET", url, {}), LATER, 100)
