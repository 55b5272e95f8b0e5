"""An API that means harm, or is broken, over real connections: a run is bounded, refuses, says so, and ends in time."""

from __future__ import annotations

import gzip
import json
import ssl
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from lambdas.pulling import answer_rows, rated_sender
from lambdas.pulling.connections import Connections
from lambdas.pulling.runner import RunReport
from lambdas.runtime import lookup
from lambdas.runtime.addresses import address_kind
from lambdas.runtime.http_stream import HttpStream
from lambdas.runtime.http_types import HttpAnswer, HttpRequest
from tests.fakes import NOW
from tests.https_host import CHUNKED, HttpsHost, response, self_signed, whole
from tests.pulling.vendor import TIME_SOURCE, Clock, Puller

pytestmark = pytest.mark.slow

HOST = "api.vendor.example"
LINK = TIME_SOURCE.replace("paging: {cursor: {at: next}}", "paging: {next_url: {at: next}}")
LINK = LINK.replace(', cursor: "{cursor}"', "")
CSV = TIME_SOURCE.replace("paging: {cursor: {at: next}}", "format: csv\n      paging: none")
CSV = CSV.replace("{split: items,", '{split: "@",').replace(', cursor: "{cursor}"', "")
CHILDREN = TIME_SOURCE.replace("window: {", "each: {of: items, id: id, get: '{url}'}\n      window: {")
Answer = Callable[[ssl.SSLSocket, int], object]


class RunningClock(Clock):
    """A clock that goes on by itself, and which sleeping moves at once."""

    def __init__(self) -> None:
        super().__init__()
        self._start = time.monotonic()

    def __call__(self) -> float:
        return self.now + time.monotonic() - self._start


class Hostile:
    """A vendor's host on this machine, and what asks it as the function does."""

    def __init__(self, host: HttpsHost) -> None:
        self.host = host
        self.connections = Connections()
        self.seconds = 0.0
        self.clock: Clock | None = None

    def send(self, request: HttpRequest, seconds: float) -> HttpAnswer:
        self._take_time()
        return self.connections.send(request, seconds)

    def stream(self, request: HttpRequest, seconds: float) -> HttpStream:
        self._take_time()
        return self.connections.stream(request, seconds)

    def _take_time(self) -> None:
        if self.clock:
            self.clock.now += self.seconds

    def answers(self, *answers: Answer | bytes) -> None:
        """Give these answers, one for each request, the last of them again and again."""
        earlier_requests = len(self.host.requests)

        def script(stream: ssl.SSLSocket) -> None:
            index = len(self.host.requests) - earlier_requests - 1
            answer = answers[min(index, len(answers) - 1)]
            if isinstance(answer, bytes):
                stream.sendall(answer)
            else:
                answer(stream, index)

        self.host.script = script


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return self_signed(tmp_path_factory.mktemp("vendor"), HOST)


@pytest.fixture
def hostile(certificate: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Hostile]:
    host = HttpsHost(certificate)
    host.trust(monkeypatch, certificate)
    vendor = Hostile(host)
    yield vendor
    vendor.connections.close()
    host.close()


def puller_of(folder: Path, hostile: Hostile, text: str = TIME_SOURCE) -> Puller:
    puller = Puller(folder, text, lambda _clock: hostile)
    hostile.clock = puller.clock = RunningClock()
    return puller


def event(id_: str, **more: Any) -> dict[str, Any]:
    return {"id": id_, "at": int(NOW) - 600, **more}


def page(*events: dict[str, Any], **more: Any) -> bytes:
    return whole(json.dumps({"items": events, **more}).encode())


def failure_of(puller: Puller) -> str:
    """Run, within seconds: what is said of the only stream, whose position stays where it was."""
    before = puller.position_or_none()
    start = time.monotonic()
    report = puller.run()
    assert time.monotonic() - start < 15
    assert puller.position_or_none() == before
    assert report.outcome == "failed"
    return report.failures["audit"]


def recovers(puller: Puller, hostile: Hostile) -> RunReport:
    """Have the vendor be well again, and return how the next run went, which must fail no more."""
    hostile.answers(page(event("well")))
    report = puller.run()
    assert report.failures == {}
    return report


def test_endless_pages_end_with_the_runs_time_and_the_next_run_goes_on(tmp_path: Path, hostile: Hostile) -> None:
    hostile.seconds = 10
    hostile.answers(
        lambda stream, index: stream.sendall(page(event(f"e{index}"), next=f"c{index}", more="x" * 100)),
    )
    puller = puller_of(tmp_path, hostile)
    report = puller.run()
    assert (report.failures, report.requests) == ({}, 21)
    assert puller.position()["page"] == "c20"
    assert puller.run().counts["sent"] > 15
    assert len(puller.ids) == len(set(puller.ids)) == len(hostile.host.requests)


def endless(block: bytes, head: bytes = b"") -> tuple[Answer, list[int]]:
    """An answer without an end, and how many bytes of it were taken."""
    taken = [0]

    def answer(stream: ssl.SSLSocket, _index: int) -> None:
        stream.sendall(response(CHUNKED, content=b"%x\r\n%s\r\n" % (len(head), head) if head else b""))
        while True:
            stream.sendall(b"%x\r\n%s\r\n" % (len(block), block))
            taken[0] += len(block)

    return answer, taken


def test_a_gigabyte_of_json_is_refused_once_it_is_too_much(tmp_path: Path, hostile: Hostile) -> None:
    answer, taken = endless(b" " * 1_000_000)
    hostile.answers(answer)
    puller = puller_of(tmp_path, hostile)
    assert failure_of(puller) == f"{HOST} sends more than 16,777,216 bytes"
    assert taken[0] < 30_000_000
    assert len(hostile.host.requests) == 1, "who sends too much is not asked again at once"
    assert recovers(puller, hostile).counts["sent"] == 1


def test_a_stated_gigabyte_is_refused_before_it_is_read(tmp_path: Path, hostile: Hostile) -> None:
    hostile.answers(response("Content-Length: 1073741824", content=b" "))
    assert failure_of(puller_of(tmp_path, hostile)) == f"{HOST} sends more than 16,777,216 bytes"


def test_rows_without_an_end_are_sent_up_to_the_limit(
    tmp_path: Path, hostile: Hostile, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(answer_rows, "MAX_BYTES", 2_000_000)
    rows = b"".join(b"e%d,%d,%s\n" % (index, int(NOW) - 600, b"x" * 1_000) for index in range(900))
    answer, taken = endless(rows, b"id,at,note\n")
    hostile.answers(answer)
    puller = puller_of(tmp_path, hostile, CSV)
    assert failure_of(puller) == f"{HOST} sends more than 2,000,000 bytes"
    assert len(puller.ids) == len(set(puller.ids)) == 900
    assert taken[0] < 10_000_000


def test_a_byte_a_second_has_an_end(tmp_path: Path, hostile: Hostile, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rated_sender, "REQUEST_SECONDS", 0.3)
    hostile.answers(lambda stream, _: hostile.host.drip(stream, page(event("a", note="x" * 1_000))))
    puller = puller_of(tmp_path, hostile)
    assert failure_of(puller) == f"{HOST} sends no complete answer within 0.3 s"
    assert len(hostile.host.requests) == 3
    assert recovers(puller, hostile).counts["sent"] == 1


def test_a_file_that_begins_well_and_then_drips_has_an_end(
    tmp_path: Path, hostile: Hostile, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rated_sender, "REQUEST_SECONDS", 1.0)
    rows = b"".join(b"e%d,%d,%s\n" % (index, int(NOW) - 600, b"x" * 200) for index in range(1_500))

    def answer(stream: ssl.SSLSocket, _index: int) -> None:
        stream.sendall(response("Content-Length: 10000000", content=b"id,at,note\n" + rows))
        hostile.host.drip(stream, b"x" * 10_000)

    hostile.answers(answer)
    puller = puller_of(tmp_path, hostile, CSV)
    assert failure_of(puller) == f"{HOST} sends no complete answer within 1 s"
    assert len(puller.ids) == 1_000
    assert len(hostile.host.requests) == 1


@pytest.mark.parametrize(
    "location", ["http://169.254.169.254/latest/meta-data/", f"https://{HOST}:8443/", f"https://{HOST}/elsewhere"]
)
def test_no_redirect_is_followed(tmp_path: Path, hostile: Hostile, location: str) -> None:
    hostile.answers(whole(b"", f"Location: {location}", status="302 Found"))
    puller = puller_of(tmp_path, hostile)
    assert failure_of(puller) == "the vendor answers 302"
    assert (len(hostile.host.requests), hostile.host.connections) == (1, 1)


ELSEWHERE = [
    *("http://169.254.169.254/latest/meta-data/", "//169.254.169.254/", "https://169.254.169.254/v1/events"),
    *(f"https://{HOST}:8443/v1/events", f"http://{HOST}/v1/events", f"https://me@{HOST}/v1/events"),
    f"https://{HOST}.attacker.example/v1/events",
]


@pytest.mark.parametrize("url", ELSEWHERE)
def test_no_next_link_leads_elsewhere(tmp_path: Path, hostile: Hostile, url: str) -> None:
    hostile.answers(page(event("a"), next=url))
    puller = puller_of(tmp_path, hostile, LINK)
    # The page is delivered, since its events are good; only what follows it is not asked for.
    message = "the answer leads to a URL that is not at the scheme, host and port of pull.url"
    assert puller.run().failures == {"audit": message}
    assert len(hostile.host.requests) == 1


@pytest.mark.parametrize("url", ELSEWHERE)
def test_no_url_of_an_item_leads_elsewhere(tmp_path: Path, hostile: Hostile, url: str) -> None:
    hostile.answers(page(event("a", url=url)))
    message = "the answer leads to a URL that is not at the scheme, host and port of pull.url"
    assert failure_of(puller_of(tmp_path, hostile, CHILDREN)) == message
    assert len(hostile.host.requests) == 1


@pytest.mark.parametrize("get", ["'{url}'", "'/log/{url}'"])
def test_no_text_of_an_item_that_no_url_can_have_is_a_fault_of_the_puller(
    tmp_path: Path, hostile: Hostile, get: str
) -> None:
    hostile.answers(page(event("a", url="/\ud800")))
    puller = puller_of(tmp_path, hostile, CHILDREN.replace("'{url}'", get))
    assert failure_of(puller) == "each.get finds half a surrogate pair in an item, which no URL can have"
    assert len(hostile.host.requests) == 1


@pytest.mark.parametrize(("address", "kind"), [("10.0.0.7", "private"), ("169.254.169.254", "link-local")])
def test_a_name_that_resolves_to_another_network_the_second_time_is_not_asked(
    tmp_path: Path, hostile: Hostile, monkeypatch: pytest.MonkeyPatch, address: str, kind: str
) -> None:
    own = hostile.host.address
    answers = iter([own, own])
    other = (own[0], (address, 443))
    monkeypatch.setattr(lookup, "_resolve", lambda *_: [next(answers, other)])
    monkeypatch.setattr(lookup, "address_kind", lambda text: "public" if text == own[1][0] else address_kind(text))
    hostile.host.keeps_open = False
    pages = [page(event(f"e{index}"), next=f"c{index}") for index in range(3)]
    hostile.answers(*(sent.replace(b"200 OK\r\n", b"200 OK\r\nConnection: close\r\n") for sent in pages))
    puller = puller_of(tmp_path, hostile)
    report = puller.run()
    assert report.failures == {"audit": f"the name {HOST} resolves to the {kind} address {address}"}
    assert (len(hostile.host.requests), puller.ids, puller.position()["page"]) == (2, ["e0", "e1"], "c1")


def test_json_of_any_depth_is_sent_as_text(tmp_path: Path, hostile: Hostile) -> None:
    deep = b"[" * 100_000 + b"]" * 100_000
    body = json.dumps({"items": [event("deep", value="DEEP"), event("b")]}).encode().replace(b'"DEEP"', deep)
    hostile.answers(whole(body))
    puller = puller_of(tmp_path, hostile)
    assert puller.run().failures == {}
    assert puller.ids == ["deep", "b"]


def test_json_that_never_closes_is_refused(tmp_path: Path, hostile: Hostile) -> None:
    hostile.answers(whole(b'{"items":' + b"[" * 100_000))
    puller = puller_of(tmp_path, hostile)
    assert failure_of(puller) == "the answer can't be read: it is not JSON: its brackets are never closed"
    assert recovers(puller, hostile).counts["sent"] == 1


def test_json_that_never_closes_is_read_once_however_many_quotes_it_has(tmp_path: Path, hostile: Hostile) -> None:
    """Each of the quotes might begin a text: to seek the end of each would take the function's whole time."""
    hostile.answers(whole(b'{"items":' + b"[" * 100_000 + b'"' + b'\\"' * 2_000_000))
    puller = puller_of(tmp_path, hostile)
    assert failure_of(puller) == "the answer can't be read: it is not JSON: its brackets are never closed"
    assert recovers(puller, hostile).counts["sent"] == 1


BOMB = gzip.compress(b"\0" * 300_000_000, 1, mtime=0)


def test_a_gzip_bomb_is_inflated_up_to_the_limit(tmp_path: Path, hostile: Hostile) -> None:
    hostile.answers(whole(BOMB))
    assert failure_of(puller_of(tmp_path, hostile)) == f"{HOST} sends more than 16,777,216 bytes"


def test_a_compressed_file_is_told_by_its_first_bytes(tmp_path: Path, hostile: Hostile) -> None:
    rows = b"".join(b"e%d,%d\n" % (index, int(NOW) - 600) for index in range(2_500))
    hostile.answers(whole(gzip.compress(b"id,at\n" + rows, mtime=0), "Content-Type: text/csv"))
    puller = puller_of(tmp_path, hostile, CSV)
    assert puller.run().failures == {}
    assert puller.ids == [f"e{index}" for index in range(2_500)]


def test_a_gzip_bomb_that_is_a_row_is_inflated_up_to_the_limit_of_a_row(tmp_path: Path, hostile: Hostile) -> None:
    hostile.answers(whole(BOMB))
    message = "the answer can't be read: a row of it has more than 16,777,216 characters"
    assert failure_of(puller_of(tmp_path, hostile, CSV)) == message


def test_a_gzip_bomb_of_rows_is_read_up_to_the_limit_of_a_file(
    tmp_path: Path, hostile: Hostile, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(answer_rows, "MAX_BYTES", 4_000_000)
    hostile.answers(whole(gzip.compress(b"id,at\n" + b"\n" * 40_000_000, 1, mtime=0)))
    assert failure_of(puller_of(tmp_path, hostile, CSV)) == f"{HOST} sends more than 4,000,000 bytes"
