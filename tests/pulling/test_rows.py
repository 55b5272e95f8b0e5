"""Answers in NDJSON and CSV are delivered part by part: bounded in memory, in time, and each event once."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from lambdas.pulling import answer_rows, event_numbers
from lambdas.pulling.outcomes import NoAnswer
from lambdas.runtime.http_stream import HttpStream
from lambdas.runtime.http_types import HttpAnswer, HttpRequest
from tests.fakes import NOW
from tests.pulling.test_streams import CHILDREN
from tests.pulling.vendor import HEAD, Clock, Puller, answer_of

LIST = """\
  streams:
    log:
      get: /log
      query: {from: "{from}", to: "{to}", cursor: "{cursor}"}
      format: ndjson
      paging: {cursor: {at: "[-1].next"}}
      resume: time
      window: {first: 1h, lag: 10s, overlap: 60s, longest: 1d, format: unix}
      events: {split: "[?id]", id: id, time: at, time_format: unix}
facts: {summary: "{id}"}
"""


class Files:
    """An API whose answers come block by block."""

    def __init__(self, _clock: Clock) -> None:
        self.asked: list[str] = []
        self.answers: dict[str, HttpAnswer] = {}
        self.files: dict[str, list[bytes | Exception]] = {}
        self.renewed = 0

    def send(self, request: HttpRequest, _seconds: float) -> HttpAnswer:
        self.asked.append(urlsplit(request.url).path)
        return self.answers.get(self.asked[-1]) or answer_of({"items": []})

    def stream(self, request: HttpRequest, seconds: float) -> HttpAnswer | HttpStream:
        path = urlsplit(request.url).path
        if path not in self.files:
            return self.send(request, seconds)
        self.asked.append(path)
        return HttpStream(200, {}, self._blocks(self.files[path]), self._renew)

    def _blocks(self, blocks: list[bytes | Exception]) -> Iterator[bytes]:
        for block in blocks:
            if isinstance(block, Exception):
                raise block
            yield block

    def _renew(self) -> None:
        self.renewed += 1


def puller_of(folder: Path, text: str) -> tuple[Puller, Files]:
    puller = Puller(folder, HEAD + text, Files)
    vendor: Files = puller.vendor
    vendor.answers["/v1/files"] = answer_of({"files": [{"id": "f1", "kind": "Login"}]})
    return puller, vendor


def csv_rows(users: Iterator[str] | list[str]) -> bytes:
    return "".join(f"{int(NOW) - 50},{user}\n" for user in users).encode()


def users_of(puller: Puller) -> list[str]:
    return [message["summary"].removeprefix("Login ") for message in puller.queue.messages]


@pytest.fixture
def parts_of_ten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answer_rows, "PART_ROWS", 10)


@pytest.mark.usefixtures("parts_of_ten")
def test_a_part_is_delivered_before_the_next_is_read(tmp_path: Path) -> None:
    puller, vendor = puller_of(tmp_path, CHILDREN)
    sent_at: list[int] = []

    class Watched(list[bytes]):
        def __iter__(self) -> Iterator[bytes]:
            for block in super().__iter__():
                sent_at.append(len(puller.queue.messages))
                yield block

    blocks = [csv_rows([f"u{number}-{index}" for index in range(10)]) for number in range(20)]
    vendor.files["/v1/files/f1"] = Watched([b"at,user\n", *blocks])  # type: ignore[assignment]
    assert puller.run().counts["sent"] == 200
    # The text is decoded ahead by some kilobytes; the list of rows is never whole.
    assert sent_at[0] == 0
    assert sent_at[-1] > 100
    assert vendor.renewed > 15


@pytest.mark.usefixtures("parts_of_ten")
def test_a_file_that_one_run_has_no_time_for_is_read_by_several_and_each_row_is_sent_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    puller, vendor = puller_of(tmp_path, CHILDREN)
    send = puller.queue.send_message_batch

    def slow(**arguments: Any) -> Any:
        puller.clock.now += 12
        return send(**arguments)

    monkeypatch.setattr(puller.queue, "send_message_batch", slow)
    # Rows come again, near and far: equal rows are several events, whatever part they are in.
    users = [f"u{index % 37}" for index in range(400)]
    blocks = [csv_rows(users[index : index + 10]) for index in range(0, 400, 10)]
    vendor.files["/v1/files/f1"] = [b"at,user\n", *blocks]
    reports = []
    while not puller.position_or_none():
        reports.append(puller.run())
    assert len(reports) == 3
    assert all(not report.failures and report.counts["sent"] > 0 for report in reports)
    assert sorted(users_of(puller)) == sorted(users)
    # What was delivered is known by its part, and not looked at event by event.
    assert [report.counts["parts_known"] for report in reports] == [0, 18, 36]
    assert [report.counts["duplicates"] for report in reports] == [0, 0, 0]


@pytest.mark.usefixtures("parts_of_ten")
def test_a_file_that_breaks_off_is_a_failure_and_is_read_again(tmp_path: Path) -> None:
    puller, vendor = puller_of(tmp_path, CHILDREN)
    begin = [b"at,user\n", *(csv_rows([f"a{number}-{index}" for index in range(10)]) for number in range(5))]
    padding = [b"\n" * 9_000] * 3
    vendor.files["/v1/files/f1"] = [*begin, *padding, NoAnswer("api.vendor.example breaks its answer off")]
    report = puller.run()
    assert report.failures == {"files": "api.vendor.example breaks its answer off"}
    assert report.counts["sent"] == 50
    assert puller.position_or_none() is None
    # The vendor has changed the file's first row by then: its parts are others, and its rows are known one by one.
    vendor.files["/v1/files/f1"] = [b"at,user\n", csv_rows(["new"]), *begin[1:], csv_rows(["z"])]
    report = puller.run()
    assert (report.failures, report.counts["sent"], report.counts["duplicates"]) == ({}, 2, 50)
    assert report.counts["parts_known"] == 0
    assert puller.run().counts["children_known"] == 1


def test_a_file_that_breaks_off_in_its_first_part_is_asked_for_again_at_once(tmp_path: Path) -> None:
    puller, vendor = puller_of(tmp_path, CHILDREN)
    vendor.files["/v1/files/f1"] = [b"at,user\n", NoAnswer("broken")]
    assert puller.run().failures == {"files": "broken"}
    assert vendor.asked.count("/v1/files/f1") == 3


def test_equal_rows_of_two_files_are_one_event_and_equal_rows_of_a_file_are_several(tmp_path: Path) -> None:
    """Salesforce's daily file has the rows of its hourly ones: they are numbered in each file by itself."""
    puller, vendor = puller_of(tmp_path, CHILDREN)
    vendor.answers["/v1/files"] = answer_of({"files": [{"id": "f1", "kind": "Login"}, {"id": "f2", "kind": "Login"}]})
    vendor.files["/v1/files/f1"] = [b"at,user\n", csv_rows(["ann", "ann", "bob"])]
    vendor.files["/v1/files/f2"] = [b"at,user\n", csv_rows(["ann", "cid", "ann", "ann"]), NoAnswer("broken")]
    assert puller.run().failures == {"files": "broken"}
    vendor.files["/v1/files/f2"].pop()
    # The first file is known now, and not read: what it had must not be needed to number the second's rows.
    assert puller.run().failures == {}
    assert sorted(users_of(puller)) == ["ann", "ann", "ann", "bob", "cid"]


@pytest.mark.usefixtures("parts_of_ten")
def test_rejected_rows_of_a_file_that_breaks_off_are_kept_once_each(tmp_path: Path) -> None:
    puller, vendor = puller_of(tmp_path, CHILDREN.replace('id: "hash()",', 'id: "hash()", require: [user],'))
    begin = [b"at,name\n", csv_rows(["bad"] * 10 + ["worse"] * 10)]
    vendor.files["/v1/files/f1"] = [*begin, b"\n" * 9_000, NoAnswer("broken")]
    assert puller.run().counts["kept"] == 20
    vendor.files["/v1/files/f1"] = [*begin, csv_rows(["bad"])]
    assert puller.run().counts["kept"] == 1
    assert len(puller.bucket.read("rejected/")) == 21


def test_an_error_beside_a_file_is_read_as_json(tmp_path: Path) -> None:
    rules = 'errors: [{status: 403, when: "[?code == \'LIMIT\']", do: stop, say: "the limit is used up"}]\n'
    puller, vendor = puller_of(tmp_path, "  " + rules + CHILDREN)
    vendor.answers["/v1/files/f1"] = answer_of([{"code": "LIMIT"}], 403)
    assert puller.run().failures == {"files": "the limit is used up"}


def test_paging_of_a_list_in_ndjson_sees_the_first_row_and_the_last(tmp_path: Path) -> None:
    puller, vendor = puller_of(tmp_path, LIST)
    events = [{"id": f"e{index}", "at": int(NOW) - 100} for index in range(2_500)]
    bodies = [[*events[:1_500], {"next": "c1"}], [*events[1_500:], {"next": None}]]
    pages = iter(["".join(json.dumps(row) + "\n" for row in rows).encode() for rows in bodies])
    urls: list[str] = []

    def stream(request: HttpRequest, _seconds: float) -> HttpAnswer:
        urls.append(request.url)
        return HttpAnswer(200, {}, next(pages))

    vendor.stream = stream  # type: ignore[method-assign]
    report = puller.run()
    assert (report.failures, report.counts["sent"], report.counts["pages"]) == ({}, 2_500, 2)
    assert "cursor=c1" in urls[1]


@pytest.mark.parametrize("rows", [0, 1])
def test_paging_sees_no_row_that_is_not_there(tmp_path: Path, rows: int) -> None:
    puller, vendor = puller_of(tmp_path, LIST.replace('"[-1].next"', "\"length(@) == `1` && 'c1' || null\""))
    body = json.dumps({"id": "a", "at": int(NOW) - 100}).encode() * rows
    answers = itertools.chain([HttpAnswer(200, {}, body)], itertools.repeat(HttpAnswer(200, {}, b"")))
    urls: list[str] = []
    vendor.stream = lambda request, _: urls.append(request.url) or next(answers)  # type: ignore[method-assign,func-returns-value]
    assert (puller.run().failures, len(urls)) == ({}, 1 + rows)


def test_events_without_ids_are_told_apart_up_to_a_number(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(event_numbers, "MAX_COUNTED", 20)
    puller, vendor = puller_of(tmp_path, CHILDREN)
    vendor.files["/v1/files/f1"] = [b"at,user\n", csv_rows([f"u{index}" for index in range(21)])]
    assert puller.run().failures == {"files": "more than 20 events without an id at once: ask for shorter times"}


def test_a_position_stores_the_counts_of_a_bounded_number_of_events(tmp_path: Path) -> None:
    text = LIST.replace("id: id,", 'id: "hash()",')
    puller, vendor = puller_of(tmp_path, text)
    rows: list[dict[str, Any]] = [{"id": f"e{index}", "at": int(NOW) - 100} for index in range(5_000)]
    body = "".join(json.dumps(row) + "\n" for row in [*rows, {"next": "c1"}]).encode()
    answers = iter([HttpAnswer(200, {}, body)])
    vendor.stream = lambda *_: next(answers, HttpAnswer(403, {}, b"{}"))  # type: ignore[method-assign]
    assert puller.run().counts["sent"] == 5_000
    assert 900 < len(puller.position("position#log")["counts"]) <= 1_000
    assert len(puller.table.items["position#log"]["state"]["S"]) < 100_000
