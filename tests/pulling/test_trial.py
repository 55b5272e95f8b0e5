"""A trial: the vendor is asked for a page of each stream, and nothing else happens."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from lambdas.pulling import trial
from lambdas.pulling.trial import log_trial, trial_answer
from tests.fakes import NOW
from tests.pulling.vendor import HEAD, TIME_SOURCE, Puller, answer_of

TWO_STREAMS = TIME_SOURCE.replace(
    "events: {split",
    """\
    second:
      get: /second
      query: {from: "{from}", cursor: "{cursor}"}
      paging: {cursor: {at: next}}
      resume: paging
      window: {first: 1h, format: unix}
  errors:
    - {status: 403, do: stop, say: "the token needs the scope audit: {message}"}
    - {status: 404, do: skip_stream, say: "the log is not turned on"}
drop: id == 'e1'
events: {split""",
)


@pytest.fixture
def puller(tmp_path: Path) -> Puller:
    puller = Puller(tmp_path, TWO_STREAMS)
    for second in range(7):
        puller.vendor.add(NOW - 3_000 + second, f"e{second}")
    return puller


def stored(puller: Puller) -> dict[str, Any]:
    """What the table has beside the lease."""
    return {name: item for name, item in puller.table.items.items() if name != "lease"}


def test_a_page_of_each_stream_is_counted_and_nothing_is_sent_or_moved(puller: Puller) -> None:
    assert trial_answer(puller.run(trial=True)) == {
        "outcome": "asked",
        "requests": 2,
        "streams": {"audit": 3, "second": 3},
        "failures": {},
        "refused": [],
        "notes": {},
        "ended": "",
    }
    assert (puller.ids, stored(puller), puller.bucket.objects) == ([], {}, {})
    assert puller.run().counts["sent"] == 12


def test_the_page_is_that_of_the_stored_position(puller: Puller) -> None:
    puller.run()
    before = stored(puller)
    puller.clock.now += 300
    puller.vendor.add(NOW + 100, "new")
    puller.vendor.asked.clear()
    assert puller.run(trial=True).tried == {"audit": 1, "second": 2}
    assert f"from={int(NOW) - 70}&" in puller.vendor.asked[0][1].url
    assert stored(puller) == before


def test_a_refusal_and_a_stream_that_is_not_there_are_said_in_the_definitions_words(puller: Puller) -> None:
    puller.vendor.answers = [answer_of({"message": "read"}, 403), answer_of({}, 404)]
    answer = trial_answer(puller.run(trial=True))
    assert answer == {
        "outcome": "failed",
        "requests": 2,
        "streams": {},
        "failures": {"audit": "the token needs the scope audit: read"},
        "refused": ["audit"],
        "notes": {"second": "the log is not turned on"},
        "ended": "",
    }


def test_a_trial_waits_as_a_run_does_and_says_why_it_ended(puller: Puller) -> None:
    puller.vendor.answers = [answer_of({}, 429, retry_after="3600")]
    answer = trial_answer(puller.run(trial=True))
    assert (answer["streams"], answer["ended"]) == ({}, "the vendor answers 429")
    assert puller.run(trial=True).outcome == "waiting"
    assert puller.run().outcome == "waiting"


def test_a_trial_is_under_the_lease_and_leaves_a_pause_alone(puller: Puller) -> None:
    puller.table.items["lease"] = {"held_by": {"S": "other"}, "held_until": {"N": str(int(NOW) + 100)}}
    assert puller.run(trial=True).outcome == "busy"
    puller.table.items.pop("lease")
    puller.table.items["control"] = {"id": {"S": "control"}, "state": {"S": '{"paused": true}'}}
    assert puller.run(trial=True).outcome == "paused"
    assert puller.vendor.asked == []


def test_requests_of_a_trial_count_towards_the_rate(tmp_path: Path) -> None:
    puller = Puller(tmp_path, TWO_STREAMS.replace("requests: 1000", "requests: 2"))
    puller.run(trial=True)
    began = puller.clock.now
    puller.run()
    assert puller.vendor.asked[2][0] - began >= 60


def test_of_a_long_page_the_beginning_is_enough(puller: Puller, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trial, "MAX_EVENTS", 2)
    assert puller.run(trial=True).tried == {"audit": 3, "second": 3}


EACH = (
    HEAD
    + """\
  streams:
    files:
      get: /files
      query: {since: "{from}"}
      paging: none
      resume: time
      each: {of: files, id: id, get: "/files/{id}", format: ndjson}
events: {split: "@", id: id, time: at, time_format: unix}
"""
)


def test_of_several_items_one_is_asked_for(tmp_path: Path) -> None:
    puller = Puller(tmp_path, EACH)
    row = {"id": "a", "at": int(NOW)}
    puller.vendor.answers = [answer_of({"files": [{"id": 1}, {"id": 2}]}), answer_of(row)]
    report = puller.run(trial=True)
    assert (report.tried, report.requests) == ({"files": 1}, 2)


def test_the_line_of_a_trial_is_none_of_a_run(puller: Puller, capsys: pytest.CaptureFixture[str]) -> None:
    log_trial(puller.run(trial=True), "made", NOW)
    line = json.loads(capsys.readouterr().out)
    assert (line["message"], line["level"], line["streams"]) == ("try", "INFO", {"audit": 3, "second": 3})
    assert "_aws" not in line
