"""What becomes of events of a page that are refused, wait or are archived: each once, however often it is read."""

from __future__ import annotations

import base64
import json
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from lambdas.model import Archive
from lambdas.model_types import Path as EventPath
from lambdas.runtime.http_types import HttpAnswer, HttpRequest
from tests.definitions import make_definition
from tests.fakes import DOWN, NOW
from tests.pulling.played import Played, played_streams
from tests.pulling.vendor import HEAD, TIME_SOURCE, Clock, Puller, Vendor, answer_of

DEMANDING = TIME_SOURCE.replace("id: id,", "id: id, require: [who],")
HASHED = TIME_SOURCE.replace("id: id,", "id: hash(),")
"""The same vendor, whose events have no id."""
SUMMARY = 'facts: {summary: "event {id}"}\n'


def keys(puller: Puller, prefix: str = "rejected/") -> list[str]:
    return sorted(puller.bucket.read(prefix))


def read_again(puller: Puller) -> Any:
    """Run the puller while all that it has read is within the overlap still."""
    puller.clock.now += 20
    return puller.run()


def summaries(puller: Puller) -> list[str]:
    return sorted(message["summary"] for message in puller.queue.messages)


# Refused events, and their redrive.


def test_a_refused_event_is_kept_alone_and_counted_once_and_is_done_once_it_is_redriven(tmp_path: Path) -> None:
    puller = Puller(tmp_path, DEMANDING)
    for number in range(3):
        puller.vendor.add(NOW - 30, f"good{number}", who="ann")
    puller.vendor.add(NOW - 30, "bad")
    report = puller.run()
    assert (report.counts["sent"], report.counts["kept"]) == (3, 1)
    again = read_again(puller)
    assert (again.counts["duplicates"], again.counts["kept"], again.failures) == (3, 0, {})
    (key,) = keys(puller)
    envelope = puller.bucket.read("rejected/")[key]
    part = json.loads(base64.b64decode(envelope["body"]))
    assert ([event["id"] for event in part["events"]], envelope["events"]) == (
        ["bad"],
        [{"index": 0, "detail": "no who"}],
    )

    puller.deploy(tmp_path / "mended", TIME_SOURCE)
    (preview,) = puller.reprocessor().preview([key])
    assert (preview["passes"], preview["fails"]) == (1, [])
    assert puller.redrive([key]) == [{"key": key, "sent": 1, "unsent": 0, "fails": []}]
    assert puller.queue.messages[-1]["tags"][-1] == "replayed"
    assert read_again(puller).counts["sent"] == 0
    assert sorted(puller.ids) == ["bad", "good0", "good1", "good2"]
    assert keys(puller) == []


def test_an_event_that_a_later_run_sent_is_not_redriven_but_goes_from_the_bucket(tmp_path: Path) -> None:
    puller = Puller(tmp_path, DEMANDING)
    puller.vendor.add(NOW - 30, "bad")
    puller.run()
    (key,) = keys(puller)
    puller.deploy(tmp_path / "mended", TIME_SOURCE)
    assert read_again(puller).counts["sent"] == 1
    (preview,) = puller.reprocessor().preview([key])
    assert (preview["passes"], preview["skipped"]) == (0, ["id:audit#bad"])
    assert puller.redrive([key]) == [{"key": key, "sent": 0, "unsent": 0, "duplicates": 1, "fails": []}]
    assert (puller.ids, keys(puller)) == (["bad"], [])


def test_an_event_that_fails_again_is_kept_for_its_new_reason_alone(tmp_path: Path) -> None:
    puller = Puller(tmp_path, DEMANDING)
    puller.vendor.add(NOW - 30, "bad")
    puller.run()
    puller.deploy(tmp_path / "other", TIME_SOURCE.replace("time_format: unix}", "time_format: rfc3339}"))
    (result,) = puller.redrive(keys(puller))
    assert [fails["reason"] for fails in result["fails"]] == ["time"]
    read_again(puller)
    read_again(puller)
    (key,) = keys(puller)
    assert key.split("/")[2] == "time"


def test_events_of_a_stream_that_the_definition_has_no_more_stay_kept(tmp_path: Path) -> None:
    puller = Puller(tmp_path, DEMANDING)
    puller.vendor.add(NOW - 30, "bad")
    puller.run()
    puller.deploy(tmp_path / "other", TIME_SOURCE.replace("    audit:", "    log:"))
    (result,) = puller.redrive(keys(puller))
    assert result["fails"] == [
        {"reason": "stream", "detail": "its stream is no part of the definition any more", "events": 1}
    ]
    assert len(keys(puller)) == 1
    puller.deploy(tmp_path / "mended", TIME_SOURCE)
    assert puller.redrive(keys(puller))[0]["sent"] == 1


def test_an_event_without_an_id_that_is_redriven_is_not_sent_by_the_next_run(tmp_path: Path) -> None:
    """Also where the process that redrives has shown the same events before."""
    puller = Puller(tmp_path, HASHED.replace("id: hash(),", "id: hash(), require: [who],"))
    puller.vendor.add(NOW - 30, "bad")
    puller.run()
    puller.deploy(tmp_path / "mended", HASHED)
    redrive = puller.reprocessor()
    for _ in range(2):
        assert redrive.preview(keys(puller))[0]["passes"] == 1
    assert redrive.send(keys(puller))[0]["sent"] == 1
    assert read_again(puller).counts["sent"] == 0
    assert len(puller.queue.bodies) == 1


def test_equal_events_without_ids_are_each_kept_and_redriven(tmp_path: Path) -> None:
    puller = Puller(tmp_path, HASHED.replace("id: hash(),", "id: hash(), require: [who],"))
    for _ in range(5):  # on two pages
        puller.vendor.add(NOW - 30, "same")
    assert puller.run().counts["kept"] == 5
    assert read_again(puller).counts["kept"] == 0
    assert len(keys(puller)) == 5
    puller.deploy(tmp_path / "mended", HASHED)
    assert sum(result["sent"] for result in puller.redrive(keys(puller))) == 5
    assert read_again(puller).counts["sent"] == 0
    assert len(puller.queue.bodies) == 5


def test_an_event_of_the_vendors_that_comes_twice_with_its_id_is_kept_once(tmp_path: Path) -> None:
    puller = Puller(tmp_path, DEMANDING)
    for _ in range(2):
        puller.vendor.add(NOW - 30, "bad")
    assert puller.run().counts["kept"] == 1
    assert len(keys(puller)) == 1


def test_what_the_queue_does_not_take_is_swept_and_done(tmp_path: Path) -> None:
    puller = Puller(tmp_path)
    puller.vendor.add(NOW - 30, "a")
    puller.queue.faults.always = DOWN
    assert puller.run().counts["unsent"] == 1
    assert read_again(puller).counts["unsent"] == 0
    puller.queue.faults.always = None
    assert puller.sweeper().sweep() == {"sent": 1, "left": 0}
    assert read_again(puller).counts["sent"] == 0
    assert puller.ids == ["a"]


# The archive.


ARCHIVED = DEMANDING + SUMMARY + "archive: {}\n"


def archived(puller: Puller) -> list[str]:
    """The ids of all events in the archive, in the order in which they came."""
    parts = [json.loads(envelope["text"]) for envelope in puller.firehose.envelopes]
    return [event["id"] for part in parts for event in part["events"]]


def replay(puller: Puller, key: str, **query: Any) -> list[dict[str, Any]]:
    payload = {"objects": [[key, 0]], "send": True, "since": 0, "until": NOW + 86_400, "limit": 1_000, **query}
    return puller.replayer().replay(payload)


def test_an_event_is_archived_once_however_often_its_page_is_read(tmp_path: Path) -> None:
    puller = Puller(tmp_path, ARCHIVED)
    for number in range(6):
        puller.vendor.add(puller.clock.now - 30, f"e{number}", **({} if number == 2 else {"who": "ann"}))
        read_again(puller)
    assert archived(puller) == [f"e{number}" for number in range(6)]
    assert puller.run().counts["unarchived"] == 0


def test_what_is_archived_comes_back_by_the_mapping_of_today(tmp_path: Path) -> None:
    puller = Puller(tmp_path, ARCHIVED)
    puller.vendor.add(NOW - 30, "sent", who="ann")
    puller.vendor.add(NOW - 20, "refused")
    puller.run()
    puller.deploy(tmp_path / "mended", TIME_SOURCE + 'facts: {summary: "{stream()} {id}"}\narchive: {}\n')
    puller.queue.bodies.clear()
    (result,) = replay(puller, puller.firehose.deliver())
    assert (result["sent"], result["fails"]) == (2, [])
    assert summaries(puller) == ["audit refused", "audit sent"]
    assert all(message["tags"][-1] == "replayed" for message in puller.queue.messages)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"type": "x"}, ["event a"]),
        ({"id": "b"}, ["event b"]),
        ({"type": "x", "id": "b"}, []),
        ({"type": "nothing"}, []),
    ],
)
def test_archived_events_are_chosen_by_the_mapping_of_their_stream(
    tmp_path: Path, query: dict[str, str], expected: list[str]
) -> None:
    whole = TIME_SOURCE.replace("resume: time\n", "resume: time\n      events: {type: kind}\n") + SUMMARY
    puller = Puller(tmp_path, whole + "archive: {}\n")
    puller.vendor.add(NOW - 30, "a", kind="x")
    puller.vendor.add(NOW - 20, "b", kind="y")
    puller.run()
    puller.queue.bodies.clear()
    replay(puller, puller.firehose.deliver(), **query)
    assert summaries(puller) == expected


# Equal events of a vendor without ids.


class FromASecond(Vendor):
    """An API such as Duo's older logs: the oldest events from a second on, and nothing that says where they end."""

    def page(self, query: dict[str, str]) -> HttpAnswer:
        events = sorted(
            (event for event in self.events if event["at"] >= int(query["mintime"])), key=lambda event: event["at"]
        )
        return answer_of({"items": events[: self.page_size]})


FROM_A_SECOND = HASHED.replace(
    'query: {from: "{from}", to: "{to}", cursor: "{cursor}"}', 'query: {mintime: "{cursor || from}"}'
).replace("{cursor: {at: next}}", '{cursor: {at: "to_string(items[-1].at)", size: 3, inclusive: true}}')


@pytest.mark.parametrize("interrupted", [False, True])
def test_a_second_that_two_pages_share_is_neither_sent_twice_nor_lost(tmp_path: Path, interrupted: bool) -> None:
    puller = Puller(tmp_path, FROM_A_SECOND, FromASecond)
    times = [NOW - 100, NOW - 90, NOW - 80, NOW - 80, NOW - 70, NOW - 60, NOW - 60]
    for at in times:  # events of the same second are equal
        puller.vendor.add(at, "same")
    if interrupted:  # after the first page
        page = puller.vendor.page({"mintime": "0"})
        puller.vendor.answers = [page, *[answer_of({}, 500)] * 3]
        assert list(puller.run().failures) == ["audit"]
    puller.clock.now += 1
    assert puller.run().failures == {}
    assert len(puller.queue.bodies) == len(times)
    assert read_again(puller).counts["sent"] == 0
    assert len(puller.queue.bodies) == len(times)


def test_more_events_of_a_second_than_a_page_has_are_an_error_and_not_lost_silently(tmp_path: Path) -> None:
    puller = Puller(tmp_path, FROM_A_SECOND, FromASecond)
    for number in range(4):
        puller.vendor.add(NOW - 100, f"e{number}")
    report = puller.run()
    assert report.failures == {"audit": "the answer names a page as the next that was read already"}


FILES = (
    HEAD
    + """\
  streams:
    files:
      get: /files
      query: {from: "{from}", to: "{to}"}
      paging: none
      resume: time
      window: {first: 1h, lag: 10s, overlap: 60s, longest: 1d, format: unix}
      each: {of: items, id: id, get: "/files/{id}", format: ndjson}
      events: {split: "@", id: hash(), time: at, time_format: unix}
"""
)
ROW = f'{{"at": {int(NOW) - 50}, "who": "ann"}}\n'.encode()


class Files:
    """An API with files, each of which has rows; `broken` are not there yet."""

    def __init__(self, _clock: Clock) -> None:
        self.files: dict[str, bytes] = {}
        self.broken: set[str] = set()

    def send(self, request: HttpRequest, _seconds: float) -> HttpAnswer:
        parts = urlsplit(request.url)
        if parts.path == "/v1/files":
            assert parse_qs(parts.query)["from"]
            return answer_of({"items": [{"id": name} for name in self.files]})
        name = parts.path.rpartition("/")[2]
        return answer_of({}, 404) if name in self.broken else HttpAnswer(200, {}, self.files[name])


@pytest.mark.parametrize("interrupted", [False, True])
def test_rows_of_a_file_are_numbered_the_same_however_many_runs_read_the_files(
    tmp_path: Path, interrupted: bool
) -> None:
    """A row that an hour's file and the day's file have is the same event; twice in a file, it is two."""
    puller = Puller(tmp_path, FILES, Files)
    puller.vendor.files = {"hour": ROW, "day": ROW * 2}
    if interrupted:
        puller.vendor.broken = {"day"}
        assert list(puller.run().failures) == ["files"]
        assert len(puller.queue.bodies) == 1
        puller.vendor.broken = set()
    puller.run()
    assert len(puller.queue.bodies) == 2


# Every stream that is shipped.


@pytest.mark.parametrize("played", played_streams(), ids=lambda played: f"{played.source.name} {played.sample.key}")
def test_every_stream_redrives_and_replays_the_same_messages(played: Played) -> None:
    texts = [played.event_text(event, number, {}) for number, event in enumerate(played.events)]
    page = played.page(f"[{','.join(texts)}]")
    straight = played.puller(page)
    straight.source = replace(straight.source, archive=Archive())
    straight.run()
    assert straight.queue.bodies
    expected = straight.queue.messages

    refusing = played.puller(page)
    mended, pull = refusing.source, refusing.source.pull
    assert pull
    name = played.sample.key.name
    stream = pull.streams[name]
    demanding = replace(stream, events=replace(stream.events, require=(EventPath("nothing_has_this"),)))
    refusing.source = replace(mended, pull=replace(pull, streams={name: demanding}))
    refusing.run()
    assert refusing.queue.bodies == []
    refusing.source = mended
    assert all(result["fails"] == [] for result in refusing.redrive(keys(refusing)))
    assert by_content(refusing.queue.messages, "replayed") == by_content(expected)
    assert keys(refusing) == []

    straight.queue.bodies.clear()
    replay(straight, straight.firehose.deliver(), until=NOW + 10 * 366 * 86_400)
    assert by_content(straight.queue.messages, "replayed") == by_content(expected)


def by_content(messages: list[dict[str, Any]], tag: str | None = None) -> list[str]:
    """The messages in an order of their own, without what says which run or which part they are of."""
    for message in messages:
        if tag:
            assert message["tags"].pop() == tag
    return sorted(json.dumps({**message, "processid": ""}, sort_keys=True) for message in messages)


def test_an_event_without_a_time_never_gets_that_of_now(tmp_path: Path) -> None:
    webhook = "description: a\nwebhook: {auth: {token: {header: x-t}}}\nevents: {time: at, time_optional: true}\n"
    make_definition(tmp_path, webhook, "vendor")
    puller = Puller(tmp_path, TIME_SOURCE.replace("description: made", "extends: vendor\ndescription: made"))
    puller.vendor.answers = [answer_of({"items": [{"id": "1"}]})]
    assert puller.run().counts["kept"] == 1
    assert puller.queue.messages == []
