"""Faults that users of other pullers met, each as a test of what happens here."""

from __future__ import annotations

import itertools
import json
import tracemalloc
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

from lambdas.runtime.http_stream import HttpStream
from lambdas.runtime.http_types import HttpAnswer, HttpRequest
from tests.fakes import NOW, Store
from tests.pulling.vendor import HEAD, TIME_SOURCE, Clock, Puller, Vendor, answer_of


class SlowVendor(Vendor):
    """Takes 100 seconds for an answer, so that a run of 300 seconds has time for two pages."""

    def send(self, request: HttpRequest, seconds: float) -> HttpAnswer:
        self.clock.now += 100
        return super().send(request, seconds)


def test_a_time_with_more_pages_than_a_run_reads_makes_progress_and_keeps_its_times(tmp_path: Path) -> None:
    """https://github.com/Azure/Azure-Sentinel/issues/14984: such a time was read anew for days, as events of today."""
    puller = Puller(tmp_path, vendor=SlowVendor)
    for index in range(30):
        puller.vendor.add(NOW - 1_800 + index, f"e{index}")
    sent = []
    for _ in range(12):
        sent.append(puller.run().counts["sent"])
        puller.clock.now += 60
    assert all(sent[:5])
    assert len(puller.ids) == len(set(puller.ids)) == 30
    assert puller.queue.messages[0]["timestamp"] == "2025-12-31T23:30:00.000+00:00"


def test_a_position_never_walks_into_the_future(tmp_path: Path) -> None:
    """https://github.com/elastic/integrations/issues/19548: with nothing to read it did, and nobody asked any more."""
    puller = Puller(tmp_path)
    for _ in range(50):
        puller.run()
        assert puller.position()["start"] <= puller.clock.now - 10
        puller.clock.now += 300
    assert len(puller.vendor.asked) >= 50
    puller.vendor.add(puller.clock.now - 30, "at last")
    puller.run()
    assert puller.ids == ["at last"]


def test_the_token_of_the_last_page_is_kept_and_not_that_of_the_first(tmp_path: Path) -> None:
    """https://github.com/elastic/integrations/issues/21062: all but one page of each run were lost or read again."""
    text = TIME_SOURCE.replace('to: "{to}", ', "").replace("resume: time", "resume: paging")
    text = text.replace("lag: 10s, overlap: 60s, longest: 30m, ", "overlap: 60s, ")
    text = text.replace("paging: {cursor: {at: next}}", "paging: {cursor: {at: next, while: more}}")
    puller = Puller(tmp_path, text, vendor=Feed)
    for run in range(3):
        for index in range(8):
            puller.vendor.add(NOW, f"{run}-{index}")
        puller.run()
        puller.clock.now += 300
    assert puller.ids == [f"{run}-{index}" for run in range(3) for index in range(8)]
    assert len(puller.vendor.asked) == 9, "no page was asked for twice"


class Feed(Vendor):
    """Events in the order in which they came; its cursor is a number beyond those that a double holds."""

    first = 2**62

    def page(self, query: dict[str, str]) -> HttpAnswer:
        start = int(query.get("cursor", self.first)) - self.first
        end = start + self.page_size
        items = self.events[start:end]
        body: dict[str, Any] = {"items": items, "next": self.first + start + len(items), "more": end < len(self.events)}
        return answer_of(body)


def test_a_cursor_beyond_what_a_double_holds_is_exact(tmp_path: Path) -> None:
    """https://github.com/elastic/integrations/issues/14320: rounded, it lost or repeated events."""
    text = TIME_SOURCE.replace('to: "{to}", ', "").replace("resume: time", "resume: paging")
    text = text.replace("lag: 10s, overlap: 60s, longest: 30m, ", "overlap: 60s, ")
    text = text.replace("paging: {cursor: {at: next}}", "paging: {cursor: {at: next, while: more}}")
    puller = Puller(tmp_path, text, vendor=Feed)
    for index in range(7):
        puller.vendor.add(NOW, f"e{index}")
    puller.run()
    assert puller.position()["token"] == str(2**62 + 7)
    assert "cursor=4611686018427387907" in puller.vendor.asked[1][1].url


def test_events_at_the_edges_of_two_windows_are_found(tmp_path: Path) -> None:
    """https://github.com/elastic/integrations/issues/20964: those between two windows were never asked for."""
    puller = Puller(tmp_path)
    expected = set()
    for run in range(40):
        for age in (9, 10, 11, 59, 60):
            puller.vendor.add(puller.clock.now - age, f"{run}-{age}")
            expected.add(f"{run}-{age}")
        puller.run()
        puller.clock.now += 300.5
    puller.run()
    assert set(puller.ids) == expected
    assert len(puller.ids) == len(expected)


class Exclusive(Vendor):
    """Takes both bounds for the times beside what is asked for, as `created_after` and `created_before` do."""

    def page(self, query: dict[str, str]) -> HttpAnswer:
        return super().page({**query, "from": str(int(query["from"]) + 1), "to": str(int(query["to"]) - 1)})


def test_events_at_the_edge_of_two_slices_are_found_of_a_vendor_that_leaves_both_edges_out(tmp_path: Path) -> None:
    puller = Puller(tmp_path, TIME_SOURCE.replace("first: 1h", "first: 5h"), Exclusive)
    for second in range(5 * 3_600 - 1, 60, -150):
        puller.vendor.add(NOW - second, f"e{second}")
        puller.vendor.add(NOW - second + second % 1_800, f"edge{second}")
    puller.run()
    expected = {event["id"] for event in puller.vendor.events if NOW - 5 * 3_600 < event["at"] < NOW - 10}
    assert set(puller.ids) == expected
    assert len(puller.ids) == len(expected)


def test_nobody_hammers_a_vendor_that_says_nothing_of_when_to_come_back(tmp_path: Path) -> None:
    """https://github.com/elastic/beats/pull/52684: a limit without a header, or of 0 seconds, made a hot loop."""
    for headers in ({}, {"retry_after": "0"}, {"retry_after": "-5"}, {"retry_after": "soon"}):
        puller = Puller(tmp_path / str(len(headers)) / str(headers.get("retry_after")), vendor=Limiting)
        puller.vendor.headers = headers
        puller.run()
        times = [at for at, _ in puller.vendor.asked]
        assert all(later - earlier >= 1 for earlier, later in itertools.pairwise(times))
        assert len(times) < 300


class Limiting(Vendor):
    """Answers 429, whatever is asked."""

    headers: dict[str, str]

    def __init__(self, clock: Clock) -> None:
        super().__init__(clock)
        self.headers = {}

    def page(self, _query: dict[str, str]) -> HttpAnswer:
        return answer_of({}, 429, **self.headers)


LINKED = (
    HEAD
    + """\
  streams:
    audit:
      get: /logs
      query: {since: "{from}", limit: 3}
      paging: {link: {size: 3}}
      resume: paging
      window: {first: 1h, overlap: 60s, format: unix}
events: {split: "@", id: id, time: at, time_format: unix}
"""
)


class Linked(Vendor):
    """Has a next link in every answer, also in the last."""

    def page(self, query: dict[str, str]) -> HttpAnswer:
        start = int(query.get("after", 0))
        items = self.events[start : start + 3]
        link = f'<https://api.vendor.example/v1/logs?after={start + len(items)}>; rel="next"'
        return answer_of(items, link=link)


def test_a_page_with_fewer_events_than_the_limit_is_the_last(tmp_path: Path) -> None:
    """https://github.com/elastic/integrations/issues/15212: each poll asked once more, for nothing."""
    puller = Puller(tmp_path, LINKED, vendor=Linked)
    for index in range(7):
        puller.vendor.add(NOW - 600, f"e{index}")
    assert puller.run().requests == 3
    puller.clock.now += 300
    assert puller.run().requests == 1
    puller.vendor.add(puller.clock.now, "later")
    puller.clock.now += 300
    assert puller.run().requests == 1
    assert puller.ids == [*(f"e{index}" for index in range(7)), "later"]


ROWS = (
    HEAD
    + """\
  streams:
    audit:
      get: /log
      query: {from: "{from}", to: "{to}"}
      format: ndjson
      paging: none
      resume: time
      window: {first: 1h, lag: 10s, overlap: 60s, longest: 30m, format: unix}
events: {split: "@", id: id, time: at, time_format: unix}
drop: "note != 'kept'"
"""
)


class LargeFile(Vendor):
    """Answers with 60 MB of rows, of which only the last is an event that is wanted."""

    size = 0

    def stream(self, _request: HttpRequest, _seconds: float) -> HttpStream:
        return HttpStream(200, {}, self._blocks(), lambda: None)

    def _blocks(self) -> Iterator[bytes]:
        row = json.dumps({"id": "a", "at": int(NOW) - 600, "note": "x" * 3_000}).encode() + b"\n"
        for _ in range(1_000):
            self.size += 20 * len(row)
            yield row * 20
        yield json.dumps({"id": "last", "at": int(NOW) - 600, "note": "kept"}).encode()


def test_a_large_answer_is_never_whole_in_memory(tmp_path: Path) -> None:
    """https://github.com/airbytehq/airbyte-python-cdk/issues/1049: answers were buffered whole, until memory ended."""
    puller = Puller(tmp_path, ROWS, vendor=LargeFile)
    tracemalloc.start()
    try:
        report = puller.run()
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert (report.failures, set(puller.ids)) == ({}, {"last"})
    assert puller.vendor.size > 60_000_000
    assert peak < 20_000_000


TOKEN = "https://auth.vendor.example/token"
REFRESHED = TIME_SOURCE.replace("{bearer: {}}", f"{{refresh_token: {{url: '{TOKEN}', send: body}}}}")


class RotatingStore(Store):
    """A Parameter Store of which the function may overwrite the refresh token."""

    def put_parameter(self, Name: str, Value: str, Type: str, Overwrite: bool) -> dict[str, Any]:  # noqa: N803
        assert (Name, Type, Overwrite) == ("/made/up/refresh_token", "SecureString", True)
        self.values[Name] = Value
        return {"Version": 2}


class Rotating(Vendor):
    """Ends each refresh token once it is used, and each access token after five pages; its token endpoint is busy."""

    def __init__(self, clock: Clock) -> None:
        super().__init__(clock)
        self.refresh_token, self.uses, self.given = "first", 0, 0
        self.busy = itertools.cycle([True, False])
        self.revoked = False

    def send(self, request: HttpRequest, seconds: float) -> HttpAnswer:
        if request.url == TOKEN:
            return self._grant(parse_qs(request.body.decode())["refresh_token"][0])
        self.uses += 1
        if request.headers["Authorization"] != f"Bearer access-{self.given}" or self.uses > 5:
            return answer_of({}, 401)
        return super().send(request, seconds)

    def _grant(self, used: str) -> HttpAnswer:
        if next(self.busy):
            return answer_of({}, 503)
        self.revoked |= used != self.refresh_token
        if self.revoked:
            return answer_of({"error": "invalid_grant"}, 400)
        self.given, self.uses = self.given + 1, 0
        self.refresh_token = f"rotated-{self.given}"
        tokens = {"access_token": f"access-{self.given}", "refresh_token": self.refresh_token, "expires_in": 3_600}
        return answer_of(tokens)


def test_a_token_is_renewed_in_the_midst_of_a_run_and_a_rotated_one_is_never_lost(tmp_path: Path) -> None:
    """https://github.com/airbytehq/airbyte-python-cdk/issues/1055: tokens were not renewed, or lost."""
    puller = Puller(tmp_path, REFRESHED, vendor=Rotating)
    names = {"client_id": "id", "client_secret": "secret", "refresh_token": "first"}
    puller.store = RotatingStore({f"/made/up/{name}": value for name, value in names.items()})
    for run in range(3):
        for index in range(30):
            puller.vendor.add(puller.clock.now - 30, f"{run}-{index}")
        assert puller.run().failures == {}
        assert puller.store.values["/made/up/refresh_token"] == puller.vendor.refresh_token
        puller.clock.now += 300
    assert len(puller.ids) == len(set(puller.ids)) == 90
    assert puller.vendor.given >= 6
