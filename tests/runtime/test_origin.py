"""A connection that is kept: used again while it is good, replaced where it is not, and never for another origin."""

from __future__ import annotations

import gzip
import ssl
import time

import pytest

from lambdas.runtime.http_types import FetchFailed, FetchRefused, HttpRequest
from lambdas.runtime.origin import Origin
from tests.https_host import CHUNKED, HOST, LATER, SOON, HttpsHost, response, sending, whole

pytestmark = pytest.mark.slow

URL = f"https://{HOST}/events"
GET, POST = HttpRequest("GET", URL, {}), HttpRequest("POST", URL, {}, b"{}")


@pytest.mark.parametrize(
    "sent",
    [
        whole(b"keys"),
        response(CHUNKED, content=b"4\r\nkeys\r\n0\r\n\r\n"),
        whole(gzip.compress(b"keys", mtime=0)),
        whole(b"", status="302 Found"),
        response(status="204 No Content"),
    ],
)
def test_connection_is_used_again(host: HttpsHost, sent: bytes) -> None:
    host.script = sending(sent)
    with Origin(URL) as origin:
        answers = [origin.fetch(request, LATER, 100) for request in (GET, POST, GET)]
    assert answers[0] == answers[1] == answers[2]
    assert (len(host.requests), host.connections) == (3, 1)
    assert not any(b"connection: close" in request for request in host.requests)


def test_each_exchange_has_a_deadline_and_a_limit_of_its_own(host: HttpsHost) -> None:
    host.script = sending(whole(b"x" * 60_000))
    with Origin(URL) as origin:
        for _ in range(10):
            assert len(origin.fetch(GET, LATER, 60_000).body) == 60_000
        host.script = lambda connection: host.drip(connection, whole(b"x" * 100))
        with pytest.raises(FetchFailed, match=r" sends no complete answer within 0\.3 s$"):
            origin.fetch(GET, SOON, 60_000)
    assert host.connections == 1


def test_streamed_body_that_is_read_to_its_end_keeps_the_connection(host: HttpsHost) -> None:
    host.script = sending(whole(b"x" * 100_000))
    with Origin(URL) as origin:
        with origin.stream(GET, LATER, 100_000) as answer:
            assert sum(map(len, answer.blocks)) == 100_000
        assert origin.fetch(GET, LATER, 100_000).status == 200
        assert host.connections == 1
        with origin.stream(GET, LATER, 100_000) as answer:
            assert next(answer.blocks)
        assert origin.fetch(GET, LATER, 100_000).status == 200
        with pytest.raises(KeyError), origin.stream(GET, LATER, 100_000):
            raise KeyError
        assert origin.fetch(GET, LATER, 100_000).status == 200
    assert host.connections == 3


def test_time_is_renewed_for_what_is_still_to_come(host: HttpsHost) -> None:
    host.script = sending(whole(b"x" * 300_000))
    with Origin(URL) as origin:
        with origin.stream(GET, SOON, 300_000) as answer:
            taken = len(next(answer.blocks))
            time.sleep(2 * SOON)
            answer.renew()
            assert taken + sum(map(len, answer.blocks)) == 300_000
        with origin.stream(GET, SOON, 300_000) as answer:
            assert next(answer.blocks)
            time.sleep(2 * SOON)
            with pytest.raises(FetchFailed):
                list(answer.blocks)


def test_connection_of_a_body_that_is_still_to_come_is_closed(host: HttpsHost) -> None:
    host.script = sending(response("Content-Length: 100", content=b"x"))
    with Origin(URL) as origin:
        with origin.stream(GET, LATER, 100) as answer:
            assert answer.status == 200
        assert host.closed_one.wait(LATER)


@pytest.mark.parametrize("sent", [whole(b"keys", "Connection: close"), response(content=b"keys")])
def test_connection_that_the_host_ends_is_not_kept(host: HttpsHost, sent: bytes) -> None:
    def script(connection: ssl.SSLSocket) -> None:
        connection.sendall(sent)
        connection.unwrap()

    host.script = script
    with Origin(URL) as origin:
        assert [origin.fetch(POST, LATER, 100).body for _ in range(2)] == [b"keys", b"keys"]
    assert host.connections == 2


@pytest.mark.parametrize("request_", [GET, POST])
def test_connection_that_the_host_closed_meanwhile_is_replaced(host: HttpsHost, request_: HttpRequest) -> None:
    host.script, host.keeps_open = sending(whole(b"keys")), False
    with Origin(URL) as origin:
        for _ in range(3):
            host.closed_one.clear()
            assert origin.fetch(request_, LATER, 100).body == b"keys"
            assert host.closed_one.wait(LATER)
    assert (len(host.requests), host.connections) == (3, 3)


def test_connection_on_which_more_came_is_replaced(host: HttpsHost) -> None:
    """What the host sends beyond its answer must not become the answer to the next request."""

    def script(connection: ssl.SSLSocket) -> None:
        connection.sendall(whole(b"x" * 200_000) + whole(b"forged") * 10_000)

    host.script = script
    with Origin(URL) as origin:
        assert len(origin.fetch(GET, LATER, 200_000).body) == 200_000
        host.script = sending(whole(b"keys"))
        assert origin.fetch(GET, LATER, 100).body == b"keys"
    assert host.connections == 2


def closing_the_kept_connection(host: HttpsHost) -> None:
    """Have the host close a kept connection once a request has come over it, as happens when both act at once."""
    waiting = [sending(whole(b"keys")), lambda _connection: setattr(host, "keeps_open", False)]

    def script(connection: ssl.SSLSocket) -> None:
        host.keeps_open = True
        (waiting.pop(0) if waiting else sending(whole(b"again")))(connection)

    host.script = script


def test_request_that_can_be_repeated_is_sent_again_where_the_kept_connection_closes(host: HttpsHost) -> None:
    closing_the_kept_connection(host)
    with Origin(URL) as origin:
        assert [origin.fetch(GET, LATER, 100).body for _ in range(2)] == [b"keys", b"again"]
    assert (len(host.requests), host.connections) == (3, 2)


def test_other_request_is_not_sent_twice(host: HttpsHost) -> None:
    closing_the_kept_connection(host)
    with Origin(URL) as origin:
        assert origin.fetch(POST, LATER, 100).body == b"keys"
        with pytest.raises(FetchFailed, match=f"^{HOST} breaks its answer off$"):
            origin.fetch(POST, LATER, 100)
        assert origin.fetch(POST, LATER, 100).body == b"again"
    assert len(host.requests) == 3


def test_request_is_not_sent_again_once_its_answer_began(host: HttpsHost) -> None:
    host.script = sending(whole(b"keys"))
    with Origin(URL) as origin:
        assert origin.fetch(GET, LATER, 100).body == b"keys"
        host.script, host.keeps_open = sending(b"HTTP/1.1 200 OK\r\n"), False
        with pytest.raises(FetchFailed, match=f"^{HOST} breaks its answer off$"):
            origin.fetch(GET, LATER, 100)
    assert len(host.requests) == 2


def test_connection_is_closed_with_its_origin(host: HttpsHost) -> None:
    host.script = sending(whole(b"keys"))
    with Origin(URL) as origin:
        origin.fetch(GET, LATER, 100)
        assert not host.closed_one.is_set()
    assert host.closed_one.wait(LATER)


@pytest.mark.parametrize(
    "url",
    [f"https://{HOST}:8443/events", "https://other.example.com/", f"https://{HOST}.example.org/"],
)
def test_other_origin_is_refused(host: HttpsHost, url: str) -> None:
    """As in a link to the next page, with which the credential would go."""
    with Origin(URL) as origin, pytest.raises(FetchRefused, match=f"^it is not at {HOST}, port 443$"):
        origin.fetch(HttpRequest("GET", url, {}), LATER, 100)
    assert host.connections == 0


@pytest.mark.parametrize("url", [f"http://{HOST}/", f"https://user@{HOST}/"])
def test_url_of_an_origin_must_be_a_plain_one(url: str) -> None:
    with pytest.raises(FetchRefused, match=r"^it is not a plain https URL$"):
        Origin(url)
