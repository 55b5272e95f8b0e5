"""Streams of every form: several at once, values of `for`, children, a vendor's own cursor, a request that prepares."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from lambdas.runtime.http_types import HttpAnswer, HttpRequest
from tests.definitions import make_definition
from tests.fakes import NOW
from tests.pulling.vendor import HEAD, TIME_SOURCE, Clock, Puller, answer_of


class Scripted:
    """An API that answers by path, and keeps what it was asked."""

    def __init__(self, _clock: Clock) -> None:
        self.asked: list[str] = []
        self.hosts: set[str] = set()
        self.answers: dict[str, list[HttpAnswer]] = {}

    def send(self, request: HttpRequest, _seconds: float) -> HttpAnswer:
        parts = urlsplit(request.url)
        self.asked.append(f"{request.method} {parts.path}?{parts.query}")
        self.hosts.add(parts.netloc)
        answers = self.answers.get(parts.path, [])
        return answers.pop(0) if answers else answer_of({"items": []})

    def queries(self, path: str) -> list[Mapping[str, Any]]:
        return [parse_qs(line.partition("?")[2]) for line in self.asked if path in line]


def scripted(folder: Path, text: str) -> tuple[Puller, Scripted]:
    puller = Puller(folder, HEAD + text, Scripted)
    vendor: Scripted = puller.vendor
    return puller, vendor


def event(id_: str, **more: Any) -> dict[str, Any]:
    return {"id": id_, "at": int(NOW) - 100, **more}


TWO = """\
  window: {first: 1h, lag: 10s, overlap: 60s, longest: 1d, format: unix}
  streams:
    a: {get: /a, query: {from: "{from}", to: "{to}"}, paging: none, resume: time}
    b: {get: /b, query: {from: "{from}", to: "{to}"}, paging: none, resume: time}
events: {split: items, id: id, time: at, time_format: unix}
facts: {summary: "{stream()} {id}"}
"""


def test_a_stream_that_fails_does_not_keep_the_other_from_being_read(tmp_path: Path) -> None:
    puller, vendor = scripted(tmp_path, TWO)
    vendor.answers = {"/v1/a": [answer_of({}, 403)], "/v1/b": [answer_of({"items": [event("1")]})]}
    report = puller.run()
    assert (report.failures, report.counts["sent"]) == ({"a": "the vendor answers 403"}, 1)
    assert puller.queue.messages[0]["summary"] == "b 1"


def test_the_same_id_in_two_streams_is_two_events(tmp_path: Path) -> None:
    puller, vendor = scripted(tmp_path, TWO)
    vendor.answers = {"/v1/a": [answer_of({"items": [event("1")]})], "/v1/b": [answer_of({"items": [event("1")]})]}
    assert puller.run().counts["sent"] == 2


def test_streams_take_turns_to_begin(tmp_path: Path) -> None:
    puller, vendor = scripted(tmp_path, TWO)
    first = []
    for _ in range(4):
        vendor.asked.clear()
        puller.run()
        first.append(vendor.asked[0].split("?")[0])
        puller.clock.now += 300
    assert first == ["GET /v1/a", "GET /v1/b"] * 2


def test_requests_of_all_runs_are_within_the_rate(tmp_path: Path) -> None:
    slow = HEAD.replace("requests: 1000, per: 1m", "requests: 4, per: 10m")
    puller = Puller(tmp_path, slow + TWO, Scripted)
    assert puller.run().requests == 2
    puller.clock.now += 60
    assert puller.run().requests == 2
    for _ in range(3):
        puller.clock.now += 60
        assert puller.run().outcome == "waiting"
    puller.clock.now += 480
    assert puller.run().requests == 2
    assert len(puller.vendor.asked) == 6


def test_each_value_of_for_has_a_position_of_its_own(tmp_path: Path) -> None:
    text = TWO.replace("    a: {get: /a,", "    a: {for: {app: [login, admin]}, get: '/a/{app}',")
    puller, vendor = scripted(tmp_path, text)
    vendor.answers = {"/v1/a/admin": [answer_of({}, 500)] * 3}
    assert list(puller.run().failures) == ["a[admin]"]
    assert "position#a[login]" in puller.table.items
    assert "position#a[admin]" not in puller.table.items


CHILDREN = """\
  streams:
    files:
      get: /files
      query: {from: "{from}", to: "{to}"}
      paging: none
      resume: time
      window: {first: 1h, lag: 10s, overlap: 60s, longest: 1d, format: unix}
      each: {of: files, id: id, get: "/files/{id}", format: csv}
      events: {split: "@", id: "hash()", time: at, time_format: unix}
facts: {summary: "{parent().kind} {user}"}
"""


def test_a_child_that_was_read_is_not_asked_for_again(tmp_path: Path) -> None:
    puller, vendor = scripted(tmp_path, CHILDREN)
    listed = answer_of({"files": [{"id": "f1", "kind": "Login"}]})
    rows = HttpAnswer(200, {}, f"at,user,note\n{int(NOW) - 50},ann,NA\n{int(NOW) - 50},ann,NA\n".encode())
    vendor.answers = {"/v1/files": [listed, listed], "/v1/files/f1": [rows]}
    assert puller.run().counts["sent"] == 2
    assert [message["summary"] for message in puller.queue.messages] == ["Login ann", "Login ann"]
    assert "note=NA" in puller.queue.messages[0]["details"]["fields"]
    puller.clock.now += 30
    assert puller.run().counts["children_known"] == 1
    assert sum("/files/f1" in line for line in vendor.asked) == 1


CURSOR = """\
  streams:
    feed:
      post: /feed
      json: {since: "{from}"}
      then: {json: {cursor: "{cursor}"}}
      paging: {cursor: {at: cursor, while: more}}
      resume: paging
      window: {first: 1h, overlap: 60s, retention: 10d, format: unix}
events: {split: items, id: id, time: at, time_format: unix}
"""


def test_a_vendors_own_cursor_lasts_over_runs(tmp_path: Path) -> None:
    puller, vendor = scripted(tmp_path, CURSOR)
    vendor.answers = {
        "/v1/feed": [
            answer_of({"items": [event("1")], "cursor": "c1", "more": True}),
            answer_of({"items": [event("2")], "cursor": "c2", "more": False}),
            answer_of({"items": [event("3")], "cursor": "c3", "more": False}),
        ]
    }
    assert puller.run().counts["sent"] == 2
    assert puller.position("position#feed")["token"] == "c2"
    assert puller.run().counts["sent"] == 1
    assert puller.position("position#feed")["token"] == "c3"


def test_a_cursor_that_the_vendor_forgot_is_said_and_reading_begins_a_little_before(tmp_path: Path) -> None:
    puller, vendor = scripted(tmp_path, CURSOR)
    page = answer_of({"items": [event("1")], "cursor": "c1", "more": False})
    vendor.answers = {"/v1/feed": [page, answer_of({}, 410), page]}
    puller.run()
    puller.clock.now += 30
    report = puller.run()
    assert report.notes == {"feed": "the vendor does not know its cursor any more: the vendor answers 410"}
    assert report.counts["duplicates"] == 1


LINK = """\
  streams:
    feed:
      get: /feed
      query: {since: "{from}", until: "{to}"}
      paging: {link: {}}
      resume: time
      window: {first: 1h, lag: 10s, overlap: 60s, longest: 1d, format: unix}
events: {split: "@", id: id, time: at, time_format: unix}
"""


@pytest.mark.parametrize("resume", ["time", "paging"])
def test_a_link_to_where_the_api_was_before_is_forgotten(resume: str, tmp_path: Path) -> None:
    text = LINK if resume == "time" else LINK.replace("time\n", "paging\n").replace(', until: "{to}"', "")
    text = text.replace("lag: 10s, ", "").replace("longest: 1d, ", "") if resume == "paging" else text
    puller, vendor = scripted(tmp_path, text)
    to_next = {"link": '<https://api.vendor.example/v1/feed?page=2>; rel="next"'}
    vendor.answers = {"/v1/feed": [answer_of([event("1")], **to_next), answer_of({}, 403)]}
    assert puller.run().failures == {"feed": "the vendor answers 403"}
    moved, vendor = scripted(tmp_path, text)
    moved.source = make_definition(tmp_path, (HEAD + text).replace("api.vendor", "api.other")).source
    moved.table, moved.queue, moved.clock = puller.table, puller.queue, puller.clock
    moved.clock.now += 30
    vendor.answers = {"/v1/feed": [answer_of([event("1"), event("2")])]}
    report = moved.run()
    assert report.failures == {}
    assert report.notes == {"feed": "its next page is at another origin than `url` is now"}
    assert (report.counts["duplicates"], report.counts["sent"]) == (1, 1)
    assert "since=" in vendor.asked[0]


def test_an_answer_that_leads_elsewhere_is_a_failure_in_every_run(tmp_path: Path) -> None:
    puller, vendor = scripted(tmp_path, LINK)
    elsewhere = {"link": '<https://evil.example/v1/feed?page=2>; rel="next"'}
    vendor.answers = {"/v1/feed": [answer_of([event("1")], **elsewhere) for _ in range(2)]}
    for _ in range(2):
        failures = puller.run().failures
        assert failures == {"feed": "the answer leads to a URL that is not at the scheme, host and port of pull.url"}
        puller.clock.now += 30
    assert len(vendor.asked) == 2


def test_what_prepares_a_stream_is_asked_once_before_it(tmp_path: Path) -> None:
    text = TWO.replace("    a: {get: /a,", "    a: {prepare: {post: /start, done: \"code == 'enabled'\"}, get: /a,")
    puller, vendor = scripted(tmp_path, text)
    vendor.answers = {"/v1/start": [answer_of({"code": "enabled"}, 400), answer_of({"code": "no"}, 400)]}
    assert puller.run().failures == {}
    assert vendor.asked[:2] == ["POST /v1/start?", vendor.asked[1]]
    assert puller.run().failures == {"a": "the vendor answers 400 (to the request that prepares the stream)"}


def test_a_rule_says_what_the_vendor_says(tmp_path: Path) -> None:
    rules = 'errors: [{status: 403, do: stop, say: "not allowed: {message}"}, {status: 404, do: empty}]\n'
    puller, vendor = scripted(tmp_path, "  " + rules + TWO)
    vendor.answers = {"/v1/a": [answer_of({"message": "no role"}, 403)], "/v1/b": [answer_of({}, 404)]}
    assert puller.run().failures == {"a": "not allowed: no role"}
    assert "position#b" in puller.table.items


def test_an_answer_without_content_is_empty_where_a_rule_says_so(tmp_path: Path) -> None:
    puller, vendor = scripted(tmp_path, "  errors: [{status: 204, do: empty}]\n" + TWO)
    vendor.answers["/v1/a"] = [HttpAnswer(204, {}, b"")]
    assert puller.run().failures == {}
    assert "position#a" in puller.table.items


def test_an_event_is_kept_with_its_stream_and_shaped_again_by_its_mapping(tmp_path: Path) -> None:
    puller = Puller(tmp_path, TIME_SOURCE.replace("id: id,", "id: id, require: [who],"))
    puller.vendor.add(NOW - 600, "b")
    puller.run()
    ((key, _),) = puller.bucket.read("rejected/").items()
    mended = Puller(tmp_path / "mended", TIME_SOURCE)
    mended.bucket, mended.queue, mended.table = puller.bucket, puller.queue, puller.table
    (result,) = mended.redrive([key])
    assert result["sent"] == 1
    assert puller.ids == ["b"]
    assert mended.run().counts["sent"] == 0
