"""What was kept comes back: the sweep, and rejected events through a mapping that was mended since."""

from __future__ import annotations

import base64
import contextlib
import gzip
import hashlib
import io
import json
import sys
from collections.abc import Callable
from contextlib import redirect_stdout
from dataclasses import replace
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any
from urllib.parse import urlencode

import pytest
from botocore.exceptions import ClientError

from generator.definition.read import Definition
from generator.samples import files as sample_files
from generator.samples import gateway
from generator.samples.sample import Sample
from generator.testing import event_of
from lambdas import VERSION, model
from lambdas.delivering import object_store
from lambdas.delivering.outbox import QueueUnavailable
from lambdas.delivering.reprocess import MAX_SHOWN
from lambdas.model import Source
from lambdas.reading.request import BY_IAM
from lambdas.runtime.deadline import CALL_SECONDS, CALLS_PER_KEPT_OBJECT
from tests.definitions import bundled_source, make_definition, webhook_definitions
from tests.fakes import DOWN, NOW, SECRET, THROTTLED, Endpoint, rejected_name, signed_request

ZOOM = bundled_source("zoom").source
DAY = "2026-01-01"
HMAC = "description: made\nwebhook:\n  auth: {hmac: {signature: {header: x-signature}}}\n"
BATCH = HMAC + "events: {split: events, require: [%s], id: id}\n"
Define = Callable[..., Source]


@pytest.fixture
def define(tmp_path: Path) -> Define:
    """A source of a text, each time another."""

    def make_source(text: str, transform: str | None = None) -> Source:
        folder = tmp_path / str(len(list(tmp_path.iterdir())))
        if transform:
            (folder / "made").mkdir(parents=True)
            (folder / "made" / "transform.py").write_text(transform, encoding="utf-8")
        return make_definition(folder, text).source

    return make_source


def compact(value: Any) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode()


def ids(endpoint: Endpoint) -> list[str]:
    return [message["tags"][1] for message in endpoint.queue.messages]


def replays(endpoint: Endpoint) -> list[dict[str, Any]]:
    """The messages as they were the first time: replayed ones have a tag more, which comes last."""
    messages = endpoint.queue.messages
    assert [message["tags"].pop() for message in messages] == ["replayed"] * len(messages)
    return messages


def keys(endpoint: Endpoint) -> list[str]:
    return sorted(endpoint.bucket.objects)


def key(reason: str, body: bytes, *places: int, split: str | None = "events") -> str:
    """Where the events at these places are kept for a reason: they keep the name that they had when they came."""
    return f"rejected/{DAY}/{reason}/{rejected_name(body, split, places or (0,))}.json"


def kept(endpoint: Endpoint, at: str) -> dict[str, Any]:
    envelope: dict[str, Any] = json.loads(endpoint.bucket.objects[at])
    return envelope


def event(number: int, **more: Any) -> dict[str, Any]:
    return {"id": f"e{number}", **more}


def batch(*events: Any) -> bytes:
    return compact({"events": events})


# The sweep.


def endpoint_after_outage(*bodies: Any, source: Source = ZOOM) -> Endpoint:
    """An endpoint to which these were posted while its queue was down, and is no more."""
    endpoint = Endpoint(source)
    endpoint.queue.faults.always = DOWN
    for body in bodies:
        assert endpoint.post_signed(body)["statusCode"] == 200
    endpoint.queue.faults.always = None
    endpoint.queue.faults.calls = 0
    return endpoint


def zoom(number: int) -> bytes:
    body = {"event": "user.deleted", "payload": {"operator": f"{number}"}, "event_ts": 1_767_225_600_000}
    return compact(body)


def test_sweep_sends_the_messages_meant_for_the_queue_and_leaves_nothing() -> None:
    whole = Endpoint(ZOOM)
    for number in range(3):
        whole.post_signed(zoom(number))
    endpoint = endpoint_after_outage(*map(zoom, range(3)))
    assert len(keys(endpoint)) == 3
    assert endpoint.sweeper.sweep() == {"sent": 3, "left": 0}
    assert sorted(endpoint.queue.bodies) == sorted(whole.queue.bodies)
    assert keys(endpoint) == []
    assert endpoint.sweeper.sweep() == {"sent": 0, "left": 0}
    assert len(endpoint.queue.bodies) == 3


def test_waiting_message_is_sent_unchanged_after_a_deployment(define: Define) -> None:
    endpoint = endpoint_after_outage(b'{"id":"e1"}', source=define(HMAC + "events: {id: id}\n"))
    endpoint.deploy(define(HMAC + "events: {require: [never]}\nfacts: {summary: another}\n"))
    assert endpoint.sweeper.sweep() == {"sent": 1, "left": 0}
    (message,) = endpoint.queue.messages
    assert (message["summary"], message["tags"]) == ("made_event", ["made", "id:e1"])


def test_the_sweep_looks_at_every_page() -> None:
    endpoint = endpoint_after_outage(*map(zoom, range(7)))
    endpoint.bucket.page = 2
    assert endpoint.sweeper.sweep() == {"sent": 7, "left": 0}
    assert keys(endpoint) == []


@pytest.mark.parametrize("fault", [DOWN, THROTTLED])
def test_sweep_stops_at_the_first_refusal_of_the_queue(fault: Exception) -> None:
    endpoint = endpoint_after_outage(*map(zoom, range(3)))
    before = dict(endpoint.bucket.objects)
    endpoint.queue.faults.always = fault
    assert endpoint.sweeper.sweep() == {"sent": 0, "left": 1}
    assert endpoint.queue.faults.calls == 1
    assert endpoint.bucket.objects == before
    endpoint.queue.faults.always = None
    assert endpoint.sweeper.sweep() == {"sent": 3, "left": 0}


def test_untaken_rest_of_an_object_waits_on() -> None:
    endpoint = Endpoint(bundled_source("okta").source)
    events = [{"uuid": f"u{at}", "eventType": "t", "published": "2026-01-01T00:00:00Z"} for at in range(12)]
    endpoint.queue.faults.always = DOWN
    assert endpoint.post_signed({"data": {"events": events}})["statusCode"] == 204
    endpoint.queue.faults.always, endpoint.queue.faults.lined_up = None, [None, DOWN]
    (waiting,) = keys(endpoint)
    assert endpoint.sweeper.sweep() == {"sent": 10, "left": 2}
    assert keys(endpoint) == [waiting]
    left = [json.loads(base64.b64decode(encoded)) for encoded in kept(endpoint, waiting)["messages"]]
    assert [message["tags"][1] for message in left] == ["id:u10", "id:u11"]
    assert endpoint.sweeper.sweep() == {"sent": 2, "left": 0}
    assert ids(endpoint) == [f"id:u{at}" for at in range(12)]
    assert keys(endpoint) == []


def test_only_a_sweep_ending_between_sending_and_deleting_sends_twice() -> None:
    endpoint = endpoint_after_outage(zoom(1))
    endpoint.bucket.faults.lined_up = [None, None, DOWN]  # listed, read, and not deleted
    with pytest.raises(type(DOWN)):
        endpoint.sweeper.sweep()
    assert endpoint.sweeper.sweep() == {"sent": 1, "left": 0}
    assert endpoint.sweeper.sweep() == {"sent": 0, "left": 0}
    first, second = endpoint.queue.bodies
    assert first == second


def test_sweep_ends_in_time_and_the_next_sweep_goes_on() -> None:
    endpoint = endpoint_after_outage(*map(zoom, range(3)))
    # They are listed, and each is found, sent, and deleted.
    endpoint.begin(seconds=CALLS_PER_KEPT_OBJECT * CALL_SECONDS + 5, takes=1)
    assert endpoint.sweeper.sweep() == {"sent": 2, "left": 0}
    endpoint.begin(seconds=120)
    assert endpoint.sweeper.sweep() == {"sent": 1, "left": 0}
    assert len(set(ids(endpoint))) == 3


def test_object_sent_by_another_sweep_is_nothing_to_send(monkeypatch: pytest.MonkeyPatch) -> None:
    endpoint = endpoint_after_outage(zoom(1))
    listed = [
        {"Contents": [{"Key": f"unsent/{DAY}/gone.json"}, *({"Key": object_key} for object_key in keys(endpoint))]}
    ]
    monkeypatch.setattr(endpoint.bucket, "paginate", lambda **_: listed)
    assert endpoint.sweeper.sweep() == {"sent": 1, "left": 0}


NEVER = {"Failed": [{"Id": "0", "SenderFault": True, "Code": "InvalidMessageContents"}]}


def test_unsendable_message_is_set_aside_and_holds_up_nothing() -> None:
    endpoint = endpoint_after_outage(zoom(1), zoom(2))
    endpoint.queue.faults.lined_up = [NEVER]
    messages = [kept(endpoint, object_key)["messages"][0] for object_key in keys(endpoint)]
    assert endpoint.sweeper.sweep() == {"sent": 1, "left": 0, "unsendable": 1}
    (aside,) = keys(endpoint)
    digest = hashlib.sha256(base64.b64decode(messages[0])).hexdigest()
    assert aside == f"unsendable/{DAY}/{digest}.json"
    assert kept(endpoint, aside) == {
        "version": 1,
        "source": "zoom",
        "time": f"{DAY}T00:00:00.000+00:00",
        "requestId": "sample",
        "messages": [{"code": "InvalidMessageContents", "message": messages[0]}],
    }


def test_messages_refused_at_successive_sweeps_are_all_set_aside(define: Define) -> None:
    source = define(BATCH % "id")
    endpoint = endpoint_after_outage(batch(*map(event, range(2))), source=source)
    never = {"Id": "0", "SenderFault": True, "Code": "InvalidMessageContents"}
    later = {"Id": "1", "SenderFault": False, "Code": "InternalError"}
    endpoint.queue.faults.lined_up = [{"Failed": [never, later]}, {"Failed": [later]}, {"Failed": [later]}, NEVER]
    assert endpoint.sweeper.sweep() == {"sent": 0, "left": 1, "unsendable": 1}
    assert endpoint.sweeper.sweep() == {"sent": 0, "left": 0, "unsendable": 1}
    messages = [
        json.loads(base64.b64decode(kept(endpoint, object_key)["messages"][0]["message"]))
        for object_key in keys(endpoint)
    ]
    assert sorted(event_of(message)["id"] for message in messages) == ["e0", "e1"]
    assert all(object_key.startswith("unsendable/") for object_key in keys(endpoint))


# What somebody else has put into the bucket.

WAITING: dict[str, Any] = {"version": 1, "source": "zoom", "time": f"{DAY}T00:00:00.000+00:00", "requestId": "r"}
TEXT = base64.b64encode(b"no JSON").decode()
NO_WAITING: dict[str, bytes] = {
    "nothing": b"",
    "no JSON": b"\x00\xff<xml/>",
    "nested without an end": b"[" * 200_000,
    "no object": b"[]",
    "a number": b"1",
    "no version": b"{}",
    "another version": compact({**WAITING, "version": 2, "messages": []}),
    "no messages": compact(WAITING),
    "messages that are none": compact({**WAITING, "messages": 1}),
    "a message that is no base64": compact({**WAITING, "messages": ["ä"]}),
    "a message that is no text": compact({**WAITING, "messages": [base64.b64encode(b"\xff").decode()]}),
    "a message that is no JSON": compact({**WAITING, "messages": [TEXT]}),
    "a message that is empty": compact({**WAITING, "messages": [""]}),
}


@pytest.mark.parametrize("kind", NO_WAITING)
def test_foreign_object_holds_up_no_sweep_and_is_reported_each_time(kind: str) -> None:
    endpoint = endpoint_after_outage(zoom(1))
    endpoint.bucket.objects["unsent/0-before-all/others"] = NO_WAITING[kind]
    assert endpoint.sweeper.sweep() == {"sent": 1, "left": 0, "foreign": 1}
    assert endpoint.sweeper.sweep() == {"sent": 0, "left": 0, "foreign": 1}
    assert endpoint.bucket.objects == {"unsent/0-before-all/others": NO_WAITING[kind]}
    swept = ("swept", {"key": "unsent/0-before-all/others", "foreign": 1})
    assert endpoint.reports == [swept, ("swept", {"requestId": "sample", "sent": 1, "left": 0}), swept]


def test_of_a_huge_object_no_more_is_read_than_ours_can_have(monkeypatch: pytest.MonkeyPatch) -> None:
    endpoint = endpoint_after_outage(zoom(1))
    (ours,) = endpoint.bucket.objects.values()
    monkeypatch.setattr(object_store, "MAX_OBJECT", len(ours))
    endpoint.bucket.objects["unsent/0/huge"] = ours + b" "
    assert endpoint.sweeper.sweep() == {"sent": 2, "left": 0}  # a space more is not read
    endpoint.bucket.objects["unsent/0/huge"] = b" " + ours
    assert endpoint.sweeper.sweep() == {"sent": 0, "left": 0, "foreign": 1}


NO_REJECTED: dict[str, dict[str, Any]] = {
    "another version": {"version": 2},
    "a time that is none": {"time": "yesterday"},
    "a time that is a number": {"time": 1},
    "no events": {"events": []},
    "events that are none": {"events": ["1"]},
    "an event without its place": {"events": [{"detail": "d"}]},
    "a body that is no base64": {"body": "ä"},
    "a body that is a list": {"body": []},
    "headers that are a list": {"headers": []},
    "no reason": {"reason": None},
    "a split that is a number": {"split": 5},
    "a split that is a list": {"split": []},
    "a split that is no path": {"split": "]["},
    "a split without an end": {"split": "(" * 5_000},
}


@pytest.mark.parametrize("kind", NO_REJECTED)
def test_foreign_object_holds_up_no_redrive(kind: str, define: Define) -> None:
    body = batch(event(0, a=1))
    endpoint = rejected(define(BATCH % "b"), body)
    at = key("missing", body)
    others = "rejected/others"
    endpoint.bucket.objects[others] = compact({**kept(endpoint, at), **NO_REJECTED[kind]})
    endpoint.deploy(define(BATCH % "a"))
    foreign = {"key": others, "foreign": True}
    assert endpoint.reprocessor.preview([others, at])[0] == foreign
    assert endpoint.reprocessor.send([others, at])[0] == foreign
    assert (ids(endpoint), keys(endpoint)) == (["id:e0"], [others])


def test_foreign_object_at_an_envelopes_key_is_overwritten(define: Define) -> None:
    body = batch(event(0))
    endpoint = rejected(define(BATCH % "a"), body)
    endpoint.bucket.objects[key("time", body)] = b"no JSON"
    endpoint.deploy(define(HMAC + "events: {split: events, id: id, time: at}\n"))
    endpoint.reprocessor.send([key("missing", body)])
    assert keys(endpoint) == [key("time", body)]
    assert kept(endpoint, key("time", body))["attempts"] == 1


# Rejected events.


def rejected(source: Source, body: bytes, headers: dict[str, str] | None = None) -> Endpoint:
    endpoint = Endpoint(source)
    assert endpoint.post_signed(body, headers)["statusCode"] == 200
    return endpoint


def test_preview_shows_passing_events_and_writes_nothing(define: Define) -> None:
    body = batch(event(0, b=1), event(1), event(2, a=1))
    endpoint = rejected(define(BATCH % "a"), body)
    endpoint.deploy(define(BATCH % "b"))
    before, sent = dict(endpoint.bucket.objects), list(endpoint.queue.bodies)
    assert endpoint.reprocessor.preview([key("missing", body, 0, 1), "rejected/2026-01-01/missing/none.json"]) == [
        {
            "key": key("missing", body, 0, 1),
            "passes": 1,
            "messages": [
                {
                    "timestamp": f"{DAY}T00:00:00.000+00:00",
                    "severity": "INFO",
                    "summary": "made_event",
                }
            ],
            "fails": [{"reason": "missing", "detail": "no b", "events": 1}],
        },
        {"key": "rejected/2026-01-01/missing/none.json", "gone": True},
    ]
    assert (endpoint.bucket.objects, endpoint.queue.bodies) == (before, sent)


def test_preview_of_very_many_events_stays_within_the_response_limit(define: Define) -> None:
    body = batch(*(event(number) for number in range(9_000)))
    endpoint = rejected(define(BATCH % "a"), body)
    (fails,) = endpoint.reprocessor.preview(keys(endpoint))
    assert fails["fails"] == [{"reason": "missing", "detail": "no a", "events": 9_000}]
    endpoint.deploy(define(BATCH % "id"))
    (passes,) = endpoint.reprocessor.preview(keys(endpoint))
    assert (passes["passes"], len(passes["messages"])) == (9_000, MAX_SHOWN)


def test_redrive_sends_only_the_refused_events(define: Define) -> None:
    body = batch(event(0), event(1, a=1), event(2))
    endpoint = rejected(define(BATCH % "a"), body)
    assert ids(endpoint) == ["id:e1"]
    endpoint.deploy(define(BATCH % "id"))
    sent = [{"key": key("missing", body, 0, 2), "sent": 2, "unsent": 0, "fails": []}]
    assert endpoint.reprocessor.send([key("missing", body, 0, 2)]) == sent
    assert ids(endpoint) == ["id:e1", "id:e0", "id:e2"]
    assert keys(endpoint) == []
    assert endpoint.reprocessor.send([key("missing", body, 0, 2)]) == [
        {"key": key("missing", body, 0, 2), "gone": True}
    ]
    assert len(endpoint.queue.bodies) == 3


def test_redriven_message_equals_the_message_of_a_direct_delivery(define: Define) -> None:
    text = HMAC + "events: {require: [%s], id: id}\nfacts: {summary: \"{header('x-kind')} {query('q')} {id}\"}\n"
    endpoint, straight = Endpoint(define(text % "a")), Endpoint(define(text % "id"))
    for receiver in (endpoint, straight):
        assert receiver.post_signed(b'{"id":"e1"}', {"X-Kind": "kind"})["statusCode"] == 200
    endpoint.deploy(straight.source)
    endpoint.now = NOW + 86_400
    assert endpoint.reprocessor.send(keys(endpoint))[0]["sent"] == 1
    assert replays(endpoint) == straight.queue.messages


def test_event_failing_again_stays_under_the_new_reason_with_a_count(define: Define) -> None:
    body = batch(event(0, b="no time"), event(1), event(2, b=f"{DAY}T00:00:00Z"))
    endpoint = rejected(define(BATCH % "a"), body)
    before = kept(endpoint, key("missing", body, 0, 1, 2))
    endpoint.deploy(define(HMAC + "events: {split: events, require: [b], id: id, time: b}\n"))
    assert endpoint.reprocessor.send([key("missing", body, 0, 1, 2)]) == [
        {
            "key": key("missing", body, 0, 1, 2),
            "sent": 1,
            "unsent": 0,
            "fails": [
                {"reason": "time", "detail": "b is not a time as rfc3339 writes it", "events": 1},
                {"reason": "missing", "detail": "no b", "events": 1},
            ],
        }
    ]
    assert ids(endpoint) == ["id:e2"]
    time = {"index": 0, "detail": "b is not a time as rfc3339 writes it"}
    assert endpoint.bucket.read() == {
        key("missing", body, 0, 1, 2): {**before, "events": [{"index": 1, "detail": "no b"}], "attempts": 1},
        key("time", body, 0, 1, 2): {**before, "reason": "time", "events": [time], "attempts": 1},
    }
    assert endpoint.reprocessor.send([key("missing", body, 0, 1, 2)])[0]["sent"] == 0
    assert kept(endpoint, key("missing", body, 0, 1, 2))["attempts"] == 2
    assert kept(endpoint, key("time", body, 0, 1, 2))["attempts"] == 1


@pytest.mark.parametrize("calls", range(5))
def test_events_failing_again_for_several_reasons_are_all_kept_at_any_interruption(define: Define, calls: int) -> None:
    body = batch(event(0), event(1, b="no time"))
    endpoint = rejected(define(BATCH % "a"), body)
    endpoint.deploy(define(HMAC + "events: {split: events, require: [b], id: id, time: b}\n"))
    endpoint.bucket.faults.lined_up = [*[None] * calls, DOWN]
    with contextlib.suppress(type(DOWN)):
        endpoint.reprocessor.send([key("missing", body, 0, 1)])
    assert {
        refused_event["index"] for envelope in endpoint.bucket.read().values() for refused_event in envelope["events"]
    } == {0, 1}


def test_event_failing_for_another_reason_joins_the_kept_object_of_that_reason(define: Define) -> None:
    time = "events: {split: events, require: [%s], id: id, time: at}\n"
    body = batch(event(0, b=1, at="no time"), event(1, c=1, at="no time"))
    endpoint = rejected(define(HMAC + time % "a"), body)
    for required in ("b", "c"):
        endpoint.deploy(define(HMAC + time % required))
        endpoint.reprocessor.send([key("missing", body, 0, 1)])
    detail = "at is not a time as rfc3339 writes it"
    assert keys(endpoint) == [key("time", body, 0, 1)]
    both = kept(endpoint, key("time", body, 0, 1))
    assert (both["events"], both["attempts"]) == ([{"index": at, "detail": detail} for at in (0, 1)], 2)
    endpoint.deploy(define(BATCH % "id"))
    assert endpoint.reprocessor.send([key("time", body, 0, 1)])[0]["sent"] == 2
    assert (ids(endpoint), keys(endpoint)) == (["id:e0", "id:e1"], [])


@pytest.mark.parametrize("fault", [DOWN, THROTTLED])
def test_redriven_event_refused_by_the_queue_waits_for_the_sweep(define: Define, fault: Exception) -> None:
    body = batch(event(0), event(1))
    endpoint = rejected(define(BATCH % "a"), body)
    endpoint.deploy(define(BATCH % "id"))
    endpoint.queue.faults.lined_up = [fault]
    sent = [{"key": key("missing", body, 0, 1), "sent": 0, "unsent": 2, "fails": []}]
    assert endpoint.reprocessor.send([key("missing", body, 0, 1)]) == sent
    assert [object_key.split("/")[0] for object_key in keys(endpoint)] == ["unsent"]
    assert endpoint.sweeper.sweep() == {"sent": 2, "left": 0}
    assert ids(endpoint) == ["id:e0", "id:e1"]


def test_redrive_without_queue_and_bucket_changes_nothing(define: Define) -> None:
    body = batch(event(0))
    endpoint = rejected(define(BATCH % "a"), body)
    endpoint.deploy(define(BATCH % "id"))
    before = dict(endpoint.bucket.objects)
    endpoint.queue.faults.lined_up, endpoint.bucket.faults.lined_up = [DOWN], [None, DOWN]
    with pytest.raises(QueueUnavailable, match=r"^EndpointConnectionError; EndpointConnectionError$"):
        endpoint.reprocessor.send([key("missing", body)])
    assert endpoint.bucket.objects == before
    assert endpoint.reprocessor.send([key("missing", body)])[0]["sent"] == 1


def test_redrive_ending_between_sending_and_deleting_sends_again_with_the_same_id(define: Define) -> None:
    body = compact(event(0))
    endpoint = rejected(define(HMAC + "events: {require: [a]}\n"), body)
    endpoint.deploy(define(HMAC))
    endpoint.bucket.faults.lined_up = [None, DOWN]
    with pytest.raises(type(DOWN)):
        endpoint.reprocessor.send([key("missing", body, split=None)])
    assert endpoint.reprocessor.send([key("missing", body, split=None)])[0]["sent"] == 1
    first, second = endpoint.queue.bodies
    assert first == second


def test_unsendable_event_of_a_redrive_is_kept_like_any_refusal(define: Define) -> None:
    body = batch(event(0), event(1))
    endpoint = rejected(define(BATCH % "a"), body)
    endpoint.deploy(define(BATCH % "id"))
    endpoint.queue.faults.lined_up = [NEVER]
    failure = {"reason": "queue", "detail": "SQS: InvalidMessageContents", "events": 1}
    assert endpoint.reprocessor.send([key("missing", body, 0, 1)]) == [
        {"key": key("missing", body, 0, 1), "sent": 1, "unsent": 0, "fails": [failure]}
    ]
    assert keys(endpoint) == [key("queue", body, 0, 1)]
    envelope = kept(endpoint, key("queue", body, 0, 1))
    assert (envelope["events"], envelope["attempts"]) == ([{"index": 0, "detail": "SQS: InvalidMessageContents"}], 1)


def test_refusing_bucket_is_not_taken_for_an_empty_bucket(define: Define) -> None:
    endpoint = rejected(define(BATCH % "a"), batch(event(0)))
    denied = ClientError({"Error": {"Code": "AccessDenied", "Message": "no"}}, "GetObject")
    endpoint.bucket.faults.lined_up = [denied]
    with pytest.raises(ClientError, match="AccessDenied"):
        endpoint.reprocessor.preview(keys(endpoint))


def test_unsplittable_body_is_sent_whole_once_it_can_be_split(define: Define) -> None:
    body = b'{"id":"e0"}\n{"id":"e1"}'
    endpoint = rejected(define(HMAC + "events: {id: id}\n"), body)
    assert kept(endpoint, key("not-json", body, split=None))["events"][0]["index"] == -1
    endpoint.deploy(define(HMAC + 'events: {format: ndjson, split: "@", id: id}\n'))
    assert endpoint.reprocessor.send([key("not-json", body, split=None)])[0]["sent"] == 2
    assert (ids(endpoint), keys(endpoint)) == (["id:e0", "id:e1"], [])


LOST = "`split` has changed since, and these events can't be identified any more"


def test_body_no_longer_splittable_keeps_the_same_events(define: Define) -> None:
    body = batch(event(0), event(1, a=1), event(2))
    endpoint = rejected(define(BATCH % "a"), body)
    endpoint.deploy(define(HMAC + "events: {split: others}\n"))
    assert endpoint.reprocessor.send([key("missing", body, 0, 2)])[0]["fails"] == [
        {"reason": "missing", "detail": LOST, "events": 2}
    ]
    again = kept(endpoint, key("missing", body, 0, 2))["events"]
    assert again == [{"index": at, "detail": LOST} for at in (0, 2)]
    endpoint.deploy(define(BATCH % "id"))
    endpoint.reprocessor.send([key("missing", body, 0, 2)])
    assert ids(endpoint) == ["id:e1", "id:e0", "id:e2"]


def test_compressed_form_is_read_as_sent(define: Define) -> None:
    form = "events: {format: form, payload: payload, require: [%s], id: id}\n"
    body = gzip.compress(urlencode({"payload": '{"id":"é"}'}).encode(), mtime=0)
    endpoint = rejected(define(HMAC + form % "a"), body, {"Content-Encoding": "gzip"})
    endpoint.deploy(define(HMAC + form % "id"))
    assert endpoint.reprocessor.send([key("missing", body, split=None)])[0]["sent"] == 1
    assert ids(endpoint) == ["id:é"]


MASKED = HMAC + "events: {mask: [token], %s}\n"


def test_field_masked_at_arrival_stays_masked_with_the_first_id(define: Define) -> None:
    body = b'{"id": "e0", "token": "s3cret"}'
    endpoint, straight = Endpoint(define(MASKED % "require: [a]")), Endpoint(define(MASKED % "require: [id]"))
    for receiver in (endpoint, straight):
        receiver.post_signed(body)
    endpoint.deploy(straight.source)
    assert endpoint.reprocessor.send(keys(endpoint))[0]["sent"] == 1
    assert replays(endpoint) == straight.queue.messages
    assert event_of(endpoint.queue.messages[0]) == {"id": "e0", "token": "[masked]"}


def test_body_unreadable_at_arrival_is_masked_once_readable(define: Define) -> None:
    body = b'{"id": "e0", "token": "s3cret"}\n{"id": "e1", "token": "s3cret"}'
    endpoint = rejected(define(MASKED % "id: id"), body)
    endpoint.deploy(define(HMAC + 'events: {format: ndjson, split: "@", id: id, mask: ["[].token"]}\n'))
    (shown,) = endpoint.reprocessor.preview(keys(endpoint))
    assert shown["passes"] == 2
    assert endpoint.reprocessor.send(keys(endpoint))[0]["sent"] == 2
    assert [event_of(message)["token"] for message in endpoint.queue.messages] == ["[masked]"] * 2


def test_an_event_beyond_a_queues_limit_is_kept_whole_and_pointed_at_by_a_redrive_too(define: Define) -> None:
    body = compact(event(0, text="x" * 1_048_576))
    endpoint, straight = (
        Endpoint(define(HMAC + "events: {require: [a], id: id}\n")),
        Endpoint(define(HMAC + "events: {id: id}\n")),
    )
    for receiver in (endpoint, straight):
        receiver.post_signed(body)
    endpoint.deploy(straight.source)
    assert endpoint.reprocessor.preview(keys(endpoint))[0]["passes"] == 1
    assert len(keys(endpoint)) == 1
    assert endpoint.reprocessor.send([key("missing", body, split=None)])[0]["sent"] == 1
    assert (replays(endpoint), endpoint.bucket.objects) == (straight.queue.messages, straight.bucket.objects)


SPLITS = "def transform(event, request):\n    return [{'id': one} for one in event['ids']]\n"


def test_repaired_transform_makes_the_missing_events(define: Define) -> None:
    text = HMAC + "events: {split: events, id: id}\n"
    body = batch({"ids": ["a", "b"]}, {"ids": ["c"]}, {"ids": []})
    broken = SPLITS.replace("['ids']", "['missing']")
    endpoint = rejected(define(text, broken), body)
    assert kept(endpoint, key("transform", body, 0, 1, 2))["events"] == [
        {"index": at, "detail": "transform() raised KeyError"} for at in range(3)
    ]
    endpoint.deploy(define(text, SPLITS))
    # The last is dropped, on purpose.
    assert endpoint.reprocessor.send([key("transform", body, 0, 1, 2)])[0]["sent"] == 3
    assert (ids(endpoint), keys(endpoint)) == (["id:a", "id:b", "id:c"], [])


def test_transformed_events_before_the_refused_event_are_sent_again(
    define: Define,
) -> None:
    text = HMAC + "events: {require: [%s], id: id}\n"
    several = "def transform(event, request):\n    return [{'id': 'a', 'x': 1}, {'id': 'b'}]\n"
    endpoint = rejected(define(text % "x", several), b"{}")
    assert ids(endpoint) == ["id:a"]
    endpoint.deploy(define(text % "id", several))
    assert endpoint.reprocessor.send(keys(endpoint))[0]["sent"] == 2
    assert ids(endpoint) == ["id:a", "id:a", "id:b"]


NEVER_THERE = model.Path("nothing_has_this")


def handed_over(source: Source, sample: Sample) -> Endpoint:
    """A sample as it is, since here it is not about who sent it."""
    endpoint = Endpoint(source)
    event = gateway.event(sample.method, sample.headers, sample.body, query=sample.query) | {BY_IAM: True}
    with redirect_stdout(io.StringIO()):
        endpoint.receiver.respond(event)
    return endpoint


@pytest.mark.parametrize("definition", webhook_definitions(), ids=lambda definition: definition.source.name)
def test_every_webhook_redrives_the_same_messages(definition: Definition) -> None:
    source, sent = definition.source, 0
    demanding = replace(source, events=replace(source.events, require=(NEVER_THERE,)))
    for sample in sample_files.load_samples(definition)[0]:
        straight, endpoint = handed_over(source, sample), handed_over(demanding, sample)
        assert endpoint.queue.bodies == []
        assert bool(endpoint.bucket.objects) == bool(straight.queue.bodies)  # a handshake is neither
        endpoint.deploy(source)
        assert all(result["fails"] == [] for result in endpoint.reprocessor.send(keys(endpoint)))
        assert (replays(endpoint), endpoint.bucket.objects) == (straight.queue.messages, {}), sample.name
        sent += len(endpoint.queue.bodies)
    assert sent or not sample_files.load_samples(definition)[0]


# The function.


@pytest.fixture
def entry(monkeypatch: pytest.MonkeyPatch, define: Define) -> Any:
    """lambdas.redrive as Lambda imports it, with the queue and the bucket of an endpoint, as `endpoint`."""
    endpoint = Endpoint(define(BATCH % "a"))
    module = ModuleType("lambdas.source")
    module.SOURCE = endpoint.source  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "lambdas.source", module)
    monkeypatch.delitem(sys.modules, "lambdas.redrive", raising=False)
    for name, value in (("EVENTS_QUEUE_URL", "queue-url"), ("KEPT_BUCKET", "kept"), ("STACK", "MozDef-EF-made-dev")):
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(
        "lambdas.runtime.aws.client", lambda service: {"sqs": endpoint.queue, "s3": endpoint.bucket}[service]
    )
    import lambdas.redrive as made

    monkeypatch.setattr("time.time", lambda: NOW)
    monkeypatch.setattr("time.sleep", lambda _seconds: None)
    yield SimpleNamespace(handler=made.handler, endpoint=endpoint)
    monkeypatch.delitem(sys.modules, "lambdas.redrive", raising=False)


def called(entry: Any, event: Any, left_ms: int = 120_000) -> tuple[Any, list[dict[str, Any]]]:
    context = SimpleNamespace(get_remaining_time_in_millis=lambda: left_ms)
    with redirect_stdout(io.StringIO()) as printed:
        answer = entry.handler(event, context)
    return answer, [json.loads(line) for line in printed.getvalue().splitlines()]


LINE = {"timestamp": f"{DAY}T00:00:00.000+00:00", "version": VERSION, "source": "made"}
ID = {"requestId": "sample"}
CLOCK = {"source": "aws.events", "detail-type": "Scheduled Event"}


def metric(name: str, value: int) -> dict[str, Any]:
    directive = {
        "Namespace": "MozDefEventFramework",
        "Dimensions": [["Stack"]],
        "Metrics": [{"Name": name, "Unit": "Count"}],
    }
    aws = {"Timestamp": int(NOW * 1000), "CloudWatchMetrics": [directive]}
    return {"_aws": aws, "Stack": "MozDef-EF-made-dev", name: value}


def test_scheduled_function_sweeps_and_logs_the_counts(entry: Any) -> None:
    assert called(entry, CLOCK) == ({"sent": 0, "left": 0}, [])
    entry.endpoint.queue.faults.lined_up = [DOWN]
    entry.endpoint.post_signed(batch(event(0, a=1)))
    entry.endpoint.queue.faults.lined_up = [DOWN]
    waits = {**LINE, **ID, "level": "WARN", "message": "swept", "sent": 0, "left": 1, **metric("Unsent", 1)}
    assert called(entry, CLOCK) == ({"sent": 0, "left": 1}, [waits])
    assert called(entry, CLOCK, left_ms=30_000) == ({"sent": 0, "left": 0}, [])
    swept = {**LINE, **ID, "level": "INFO", "message": "swept", "sent": 1, "left": 0}
    assert called(entry, CLOCK) == ({"sent": 1, "left": 0}, [swept])


def test_function_counts_unsendable_messages_as_rejected(entry: Any) -> None:
    entry.endpoint.queue.faults.lined_up = [DOWN, NEVER]
    entry.endpoint.post_signed(batch(event(0, a=1)))
    counts = {"sent": 0, "left": 0, "unsendable": 1}
    assert called(entry, CLOCK) == (
        counts,
        [{**LINE, **ID, "level": "WARN", "message": "swept", **counts, **metric("Rejected", 1)}],
    )


def test_by_hand_the_function_previews_and_sends(entry: Any) -> None:
    body = batch(event(0))
    entry.endpoint.post_signed(body)
    still = {"key": key("missing", body), "fails": [{"reason": "missing", "detail": "no a", "events": 1}]}
    preview = {"results": [{**still, "passes": 0, "messages": []}]}
    assert called(entry, {"preview": [key("missing", body)]}) == (preview, [])
    redriven = {**LINE, **ID, "level": "WARN", "message": "redriven", "sent": 0, "unsent": 0, "kept": 1}
    assert called(entry, {"send": [key("missing", body)]}) == (
        {"results": [{**still, "sent": 0, "unsent": 0}]},
        [redriven],
    )


def test_each_object_is_logged_with_the_id_of_the_request(entry: Any) -> None:
    bodies = [batch(event(number, a=1)) for number in range(2)]
    entry.endpoint.queue.faults.lined_up = [DOWN, DOWN]
    for number, body in enumerate(bodies):
        entry.endpoint.send(signed_request(entry.endpoint.source.endpoint.auth, body), request_id=f"r{number}")
    _, lines = called(entry, CLOCK)
    assert sorted((line["requestId"], line["sent"]) for line in lines) == [("r0", 1), ("r1", 1)]


def test_function_counts_foreign_objects_at_each_sweep(entry: Any) -> None:
    entry.endpoint.bucket.objects["unsent/others"] = b"no JSON"
    counts = {"key": "unsent/others", "foreign": 1}
    line = {**LINE, "level": "WARN", "message": "swept", **counts, **metric("Rejected", 1)}
    for _ in range(2):
        assert called(entry, CLOCK) == ({"sent": 0, "left": 0, "foreign": 1}, [line])


def test_function_logs_hold_no_event_and_no_secret(entry: Any) -> None:
    body = batch(event(0, text="marker"), event(1, a="marker"))
    entry.endpoint.queue.faults.lined_up = [DOWN]
    entry.endpoint.post_signed(body)
    for request in (CLOCK, {"preview": keys(entry.endpoint)}, {"send": [key("missing", body)]}):
        text = json.dumps(called(entry, request)[1])
        assert "marker" not in text
        assert SECRET not in text
