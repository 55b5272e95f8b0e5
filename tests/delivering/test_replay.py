"""Archived requests come back through the code of today: previewed, in parts, by filters, and without any claim."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from generator.templates.functions import REDRIVE_SECONDS
from lambdas.delivering.redrive_report import MAX_SHOWN
from lambdas.model import Source
from lambdas.runtime.deadline import CALL_SECONDS
from tests.definitions import make_definition
from tests.fakes import DOWN, NOW, Endpoint

TEXT = """
    description: made
    webhook: {auth: {hmac: {signature: {header: x-signature}}}}
    events: {split: events, id: id, type: type%s}
    facts: {summary: "%s {id}"}
    archive: {}
    dedupe: {}
"""
ALL = {"since": NOW - 3_600, "until": NOW + 3_600, "limit": 1_000}


@pytest.fixture
def source(tmp_path: Path) -> Source:
    return make_definition(tmp_path, TEXT % ("", "old")).source


@pytest.fixture
def endpoint(source: Source) -> Endpoint:
    return Endpoint(source, stack="stack")


def post(endpoint: Endpoint, *ids: str, **more: Any) -> None:
    events = [{"id": event_id, "type": "made", **more} for event_id in ids]
    assert endpoint.post_signed({"events": events})["statusCode"] == 200


def replay(endpoint: Endpoint, *objects: tuple[str, int], send: bool = True, **query: Any) -> list[dict[str, Any]]:
    payload = {"objects": [list(each) for each in objects], "send": send, **ALL, **query}
    return endpoint.replayer.replay(json.loads(json.dumps(payload)))


def replayed(endpoint: Endpoint) -> list[str]:
    """The summaries of what was replayed since the last time."""
    messages = [message for message in endpoint.queue.messages if "replayed" in message["tags"]]
    endpoint.queue.bodies.clear()
    return [message["summary"] for message in messages]


def test_archived_requests_are_shaped_by_todays_mapping_and_tagged(endpoint: Endpoint, tmp_path: Path) -> None:
    post(endpoint, "a")
    post(endpoint, "b", "c")
    key = endpoint.firehose.deliver()
    (sent, *_) = endpoint.queue.messages
    endpoint.queue.bodies.clear()
    claims, archived = dict(endpoint.table.items), dict(endpoint.archive.objects)
    calls = endpoint.table.faults.calls
    endpoint.deploy(make_definition(tmp_path / "new", TEXT % ("", "new")).source)

    (preview,) = replay(endpoint, (key, 0), send=False)
    assert (preview["requests"], preview["passes"], preview["fails"]) == (2, 3, [])
    assert [message["summary"] for message in preview["messages"]] == ["new a", "new b", "new c"]
    assert endpoint.queue.bodies == []

    (result,) = replay(endpoint, (key, 0))
    assert result == {"key": key, "requests": 2, "sent": 3, "unsent": 0, "fails": []}
    (first, *_) = endpoint.queue.messages
    assert first["tags"] == [*sent["tags"], "replayed"]
    assert replayed(endpoint) == ["new a", "new b", "new c"]
    # No claim is read or written, and nothing is deleted: a second run sends all of it again.
    assert (endpoint.table.items, endpoint.archive.objects) == (claims, archived)
    assert endpoint.table.faults.calls == calls
    assert replay(endpoint, (key, 0))[0]["sent"] == 3
    assert [fields["sent"] for message, fields in endpoint.reports if message == "replayed"] == [1, 2, 1, 2]


def test_an_object_is_done_in_parts(endpoint: Endpoint) -> None:
    for number in range(5):
        post(endpoint, f"e{number}")
    first = endpoint.firehose.deliver()
    post(endpoint, "last")
    second = endpoint.firehose.deliver()
    endpoint.queue.bodies.clear()
    parts = []
    waiting = [(first, 0), (second, 0)]
    while waiting:
        results = replay(endpoint, *waiting, limit=2)
        done = [result for result in results if not result.get("left")]
        parts.append([(result["key"] == first, result["requests"], result.get("next")) for result in done])
        waiting = [(each["key"], each["next"]) for each in done if "next" in each] + waiting[len(done) :]
    assert parts == [[(True, 2, 2)], [(True, 2, 4)], [(True, 1, None), (False, 1, None)]]
    assert replayed(endpoint) == [*(f"old e{number}" for number in range(5)), "old last"]


@pytest.mark.parametrize("takes", [2.0, CALL_SECONDS])
def test_a_function_stops_in_time_and_says_where(endpoint: Endpoint, takes: float) -> None:
    for number in range(60):
        post(endpoint, f"e{number}")
    keys = [endpoint.firehose.deliver(), "accepted/2026-01-01/00/gone"]
    endpoint.queue.bodies.clear()
    waiting, calls = [(key, 0) for key in keys], 0
    while waiting:
        endpoint.begin(REDRIVE_SECONDS, takes)
        results = replay(endpoint, *waiting)
        assert endpoint.deadline.allows(0)
        done = [result for result in results if not result.get("left")]
        waiting = [(each["key"], each["next"]) for each in done if "next" in each] + waiting[len(done) :]
        calls += 1
    assert calls > 1
    assert replayed(endpoint) == [f"old e{number}" for number in range(60)]


def test_requests_are_chosen_by_their_time_and_events_by_id_and_type(endpoint: Endpoint) -> None:
    post(endpoint, "a", "b")
    endpoint.now += 100
    endpoint.deploy(endpoint.source)
    post(endpoint, "c", type="other")
    post(endpoint, "d", type=True)
    key = endpoint.firehose.deliver()
    endpoint.queue.bodies.clear()
    for query, expected in (
        ({"since": NOW + 1}, ["old c", "old d"]),
        ({"until": NOW + 100}, ["old a", "old b"]),
        ({"id": "b"}, ["old b"]),
        ({"type": "other"}, ["old c"]),
        ({"type": "other", "id": "a"}, []),
        ({"type": "true"}, ["old d"]),
    ):
        replay(endpoint, (key, 0), **query)
        assert replayed(endpoint) == expected


def test_what_fails_today_is_counted_and_kept_nowhere_else(endpoint: Endpoint, tmp_path: Path) -> None:
    post(endpoint, "a", ok=True)
    post(endpoint, "b")
    key = endpoint.firehose.deliver()
    endpoint.queue.bodies.clear()
    endpoint.deploy(make_definition(tmp_path / "new", TEXT % (", require: [ok]", "new")).source)
    (result,) = replay(endpoint, (key, 0))
    assert result["fails"] == [{"reason": "missing", "detail": "no ok", "events": 1}]
    assert (replayed(endpoint), endpoint.bucket.objects) == (["new a"], {})


def test_what_was_masked_stays_so_and_has_the_same_id(tmp_path: Path) -> None:
    text = (TEXT % (", mask: ['events[].pin']", "old")).replace(", id: id", "").replace("dedupe: {}", "")
    endpoint = Endpoint(make_definition(tmp_path, text).source)
    post(endpoint, "a", pin="1234")
    (sent,) = endpoint.queue.messages
    replay(endpoint, (endpoint.firehose.deliver(), 0))
    (again,) = endpoint.queue.messages[1:]
    assert again["tags"] == [*sent["tags"], "replayed"]
    assert {**again, "tags": sent["tags"]} == sent


def test_form_in_which_nothing_was_masked_has_the_same_id(tmp_path: Path) -> None:
    events = "events: {split: events, id: id, type: type}"
    text = (TEXT % ("", "old")).replace(events, "events: {format: form, mask: [pin]}").replace("dedupe: {}", "")
    endpoint = Endpoint(make_definition(tmp_path, text).source)
    form = {"content-type": "application/x-www-form-urlencoded"}
    # It is kept as JSON; its id is a hash of what is sent, in which SQS takes no such character.
    assert endpoint.post_signed("a=\ufffe".encode(), form)["statusCode"] == 200
    (sent,) = endpoint.queue.messages
    replay(endpoint, (endpoint.firehose.deliver(), 0))
    (again,) = endpoint.queue.messages[1:]
    assert again["tags"] == [*sent["tags"], "replayed"]


def test_a_request_put_into_the_bucket_comes_back_as_well(endpoint: Endpoint) -> None:
    endpoint.firehose.faults.always = DOWN
    post(endpoint, "a")
    (key,) = endpoint.archive.objects
    endpoint.queue.bodies.clear()
    assert replay(endpoint, (key, 0))[0]["sent"] == 1
    assert replayed(endpoint) == ["old a"]


def test_what_the_queue_does_not_take_waits_for_the_sweep(endpoint: Endpoint) -> None:
    post(endpoint, "a")
    key = endpoint.firehose.deliver()
    endpoint.queue.bodies.clear()
    endpoint.queue.faults.always = DOWN
    (result,) = replay(endpoint, (key, 0))
    # It stops, so that not all of the archive comes to wait in the bucket; and goes on behind what waits there.
    assert (result["unsent"], result["next"], result["stopped"]) == (1, 1, "messages can't be sent now")
    endpoint.queue.faults.always = None
    endpoint.sweeper.sweep()
    assert replayed(endpoint) == ["old a"]


def test_where_neither_queue_nor_bucket_takes_a_message_it_stops_there(endpoint: Endpoint) -> None:
    for event_id in ("a", "b", "c"):
        post(endpoint, event_id)
    key = endpoint.firehose.deliver()
    endpoint.queue.bodies.clear()
    endpoint.queue.faults.lined_up = [None, *[DOWN] * 9]
    endpoint.bucket.faults.always = DOWN
    stopped, left = replay(endpoint, (key, 0), (key, 0))
    assert (stopped["sent"], stopped["next"], left) == (1, 1, {"key": key, "left": True})
    assert stopped["stopped"].startswith("QueueUnavailable: ")
    endpoint.queue.faults.lined_up, endpoint.bucket.faults.always = [], None
    replay(endpoint, (key, stopped["next"]))
    assert replayed(endpoint) == ["old a", "old b", "old c"]


@pytest.mark.parametrize(
    "content",
    [
        b"not json\n",
        b"{}\n",
        b'{"version": 2}\n',
        b'{"version": 1, "time": "now"}\n',
        gzip.compress(b"[]\n", mtime=0),
        gzip.compress(b"x" * 100, mtime=0)[:40],
        b"\x1f\x8b",
        b"\xff\n",
    ],
)
def test_what_the_framework_did_not_write_is_counted_and_passed_over(endpoint: Endpoint, content: bytes) -> None:
    post(endpoint, "a")
    key = endpoint.firehose.deliver()
    endpoint.queue.bodies.clear()
    endpoint.archive.objects["accepted/2026-01-01/00/foreign"] = content
    foreign, ours = replay(endpoint, ("accepted/2026-01-01/00/foreign", 0), (key, 0))
    assert (foreign["foreign"], foreign["requests"], ours["sent"]) == (1, 0, 1)


def test_an_object_that_expired_meanwhile_is_passed_over(endpoint: Endpoint) -> None:
    assert replay(endpoint, ("accepted/2026-01-01/00/gone", 0)) == [
        {"key": "accepted/2026-01-01/00/gone", "gone": True}
    ]


def test_a_preview_shows_some_messages_and_counts_all(endpoint: Endpoint) -> None:
    post(endpoint, *(f"e{number}" for number in range(100)))
    (preview,) = replay(endpoint, (endpoint.firehose.deliver(), 0), send=False)
    assert (preview["passes"], len(preview["messages"])) == (100, MAX_SHOWN)
