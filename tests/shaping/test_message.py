"""What becomes of an event: the message, its id, its time, or why there is none."""

from __future__ import annotations

import base64
import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from generator.testing import event_of
from lambdas.shaping.mozdef_limits import details_problem
from tests.definitions import bundled_source, make_definition
from tests.fakes import SECRET, Endpoint, rejected_name

ZOOM = bundled_source("zoom").source
OKTA = bundled_source("okta").source
STARTED = {"event": "meeting.started", "payload": {"object": {"host_id": "h1"}}, "event_ts": 1_626_230_691_572}
LOGIN = {
    "uuid": "u-1",
    "eventType": "user.session.start",
    "published": "2026-03-02T08:00:11.5Z",
    "severity": "WARN",
    "actor": {"alternateId": "ann@example.com"},
    "outcome": {"result": "FAILURE"},
    "client": {"ipAddress": "203.0.113.7"},
}


def test_zoom_event_becomes_the_message_known_to_mozdefs_plugin() -> None:
    endpoint = Endpoint(ZOOM)
    assert endpoint.post_signed(STARTED) == {"statusCode": 200, "headers": {}, "body": ""}
    digest = hashlib.sha256(json.dumps(STARTED).encode()).hexdigest()[:40]
    assert endpoint.queue.messages == [
        {
            "hostname": "zoom_host",
            "processname": "zoom",
            "category": "zoom",
            "severity": "INFO",
            "source": "api_aws_lambda",
            "eventsource": "zoom_api",
            "logger": "zoom_api",
            "summary": "zoom: meeting.started by h1",
            "timestamp": "2021-07-14T02:44:51.572+00:00",
            "utctimestamp": "2021-07-14T02:44:51.572+00:00",
            "processid": "sample",
            "tags": ["zoom", f"id:sha256:{digest}"],
            "details": STARTED,
        }
    ]


@pytest.mark.parametrize(("result", "success"), [("SUCCESS", True), ("FAILURE", False)])
def test_an_outcome_becomes_a_boolean(tmp_path: Path, result: str, success: bool) -> None:
    facts = "facts: {outcome: {of: '{result}', success: SUCCESS, failure: FAILURE}}"
    text = f"description: made\nwebhook: {{auth: {{hmac: {{signature: {{header: x-signature}}}}}}}}\n{facts}\n"
    endpoint = Endpoint(make_definition(tmp_path, text).source)
    endpoint.post_signed({"result": result})
    assert endpoint.queue.messages[0]["details"]["success"] is success


def test_a_batch_becomes_a_message_for_each_event() -> None:
    endpoint = Endpoint(OKTA)
    batch = {"data": {"events": [LOGIN, {**LOGIN, "uuid": "u-2"}, {**LOGIN, "uuid": "u-3"}]}}
    assert endpoint.post_signed(batch)["statusCode"] == 204
    assert [message["tags"] for message in endpoint.queue.messages] == [
        ["okta", "id:u-1"],
        ["okta", "id:u-2"],
        ["okta", "id:u-3"],
    ]
    first = endpoint.queue.messages[0]
    assert event_of(first) == LOGIN
    assert first["details"]["sourceipaddress"] == "203.0.113.7"
    assert first["summary"] == "okta: user.session.start by ann@example.com: FAILURE"
    assert (first["severity"], first["timestamp"]) == ("WARNING", "2026-03-02T08:00:11.500+00:00")


def test_an_empty_batch_is_accepted_and_says_nothing() -> None:
    endpoint = Endpoint(OKTA)
    assert endpoint.post_signed({"data": {"events": []}})["statusCode"] == 204
    assert (endpoint.queue.bodies, endpoint.bucket.objects) == ([], {})


def kept(endpoint: Endpoint) -> list[tuple[str, Any]]:
    return [(key, json.loads(body)) for key, body in endpoint.bucket.objects.items()]


def test_refused_events_are_kept_as_sent_once_for_each_reason() -> None:
    endpoint = Endpoint(OKTA)
    events = [LOGIN, {"uuid": "u-2"}, "text", {**LOGIN, "published": "yesterday"}, {"eventType": "x"}]
    sent = json.dumps({"data": {"events": events}}).encode()
    assert endpoint.post_signed(sent, {"x-trace": "t", "cookie": "c"})["statusCode"] == 204
    assert [message["tags"][1] for message in endpoint.queue.messages] == ["id:u-1"]
    digest = hashlib.sha256(sent).hexdigest()
    common = {
        "version": 1,
        "source": "okta",
        "time": "2026-01-01T00:00:00.000+00:00",
        "requestId": "sample",
        "sha256": digest,
        "method": "POST",
        "query": "",
        "headers": {"x-trace": "t"},
        "body": base64.b64encode(sent).decode(),
        "masked": False,
        "split": "data.events",
    }
    missing = [{"index": 1, "detail": "no eventType"}, {"index": 4, "detail": "no uuid"}]
    no_object = [{"index": 2, "detail": "an event must be a JSON object, not a string"}]
    no_time = [{"index": 3, "detail": "published is not a time as rfc3339 writes it"}]
    refused = {"missing": missing, "not-an-object": no_object, "time": no_time}
    names = {
        why: rejected_name(sent, "data.events", [refusal["index"] for refusal in some]) for why, some in refused.items()
    }
    assert kept(endpoint) == [
        (f"rejected/2026-01-01/{why}/{names[why]}.json", {**common, "reason": why, "events": some})
        for why, some in refused.items()
    ]
    assert endpoint.log[-1] | {"timestamp": "", "version": ""} == {
        "timestamp": "",
        "version": "",
        "level": "WARN",
        "message": "accepted",
        "source": "okta",
        "requestId": "sample",
        "status": 204,
        "sent": 1,
        "kept": 4,
        "why": "missing: no eventType; missing: no uuid; not-an-object: an event must be a JSON object, not a string; "
        "time: published is not a time as rfc3339 writes it",
    }


@pytest.mark.parametrize(
    ("details", "reason"),
    [
        ({"count_int": "many"}, None),
        ({"load_float": {}}, None),
        ({"sourceipaddress": "not an address"}, "mozdef"),
        ({"success": "yes"}, "mozdef"),
        ({"success": 0}, "mozdef"),
        ({"sourceipaddress": "fe80::1%eth0"}, "mozdef"),
        ({"sourceport": "ssh"}, None),
        ({"success": "true", "sourceport": "22", "srcip": "192.0.2.1"}, None),
        ({"count_int": "5", "load_float": 1, "sourceipaddress": "2001:db8::1", "success": True}, None),
    ],
)
def test_event_mozdef_would_lose_is_kept(details: dict[str, Any], reason: str | None) -> None:
    endpoint = Endpoint(ZOOM)
    assert endpoint.post_signed({**STARTED, **details})["statusCode"] == 200
    assert [key.split("/")[2] for key in endpoint.bucket.objects] == ([reason] if reason else [])
    assert len(endpoint.queue.bodies) == (0 if reason else 1)


def test_invalid_address_is_left_out_of_mapped_fields() -> None:
    endpoint = Endpoint(OKTA)
    endpoint.post_signed({"data": {"events": [{**LOGIN, "client": {"ipAddress": "unknown"}}]}})
    assert "sourceipaddress" not in endpoint.queue.messages[0]["details"]


def test_characters_refused_by_sqs_are_escaped_and_text_stays_utf8() -> None:
    endpoint = Endpoint(ZOOM)
    event = {**STARTED, "payload": {"topic": "例\ufffe\uffff\x01é"}}
    endpoint.post_signed(event)
    (body,) = endpoint.queue.bodies
    assert "例\\ufffe\\uffff\\u0001é" in body
    assert event_of(json.loads(body)) == event


def test_an_event_beyond_a_queues_limit_is_kept_whole_and_pointed_at() -> None:
    endpoint = Endpoint(ZOOM)
    participants = [{"user_name": f"participant {n}", "note": "é" * 50} for n in range(10_000)]
    event = {**STARTED, "payload": {"account_id": "a", "object": {"participants": participants}}}
    sent = json.dumps(event, ensure_ascii=False).encode()
    assert len(sent) > 1_048_576
    assert endpoint.post_signed(sent)["statusCode"] == 200
    digest = hashlib.sha256(sent).hexdigest()
    key = f"oversize/2026-01-01/{digest}.json"
    assert endpoint.bucket.objects == {key: sent}
    (message,) = endpoint.queue.messages
    assert len(endpoint.queue.bodies[0].encode()) < 70_000
    assert message["details"]["oversize"] == {"bucket": "kept", "key": key, "sha256": digest, "bytes": len(sent)}
    assert event_of(message)["event"] == "meeting.started"
    assert event_of(message)["payload"]["account_id"] == "a"
    shortened = event_of(message)["payload"]["object"]["participants"]
    assert shortened == participants[: len(shortened)]
    assert message["tags"] == ["zoom", f"id:sha256:{digest[:40]}", "oversize"]


def test_mapped_text_is_cut_at_a_line(tmp_path: Path) -> None:
    endpoint = make_endpoint(tmp_path, "mozdef: {details: {copy: '{text}', more: 'a {text}', short: '{short}'}}")
    endpoint.post_signed({"text": "x" * 1_500_000, "short": "y" * 20})
    (message,) = endpoint.queue.messages
    lengths = {name: len(message["details"][name]) for name in ("copy", "more", "short")}
    assert lengths == {"copy": 1_000, "more": 1_000, "short": 20}


def test_unshortenable_event_keeps_the_simple_fields() -> None:
    endpoint = Endpoint(ZOOM)
    deep: Any = "x" * 70
    for _ in range(7):
        deep = [deep] * 4
    endpoint.post_signed({**STARTED, "payload": {"deep": deep}})
    (message,) = endpoint.queue.messages
    del message["details"]["oversize"]
    assert event_of(message) == {**STARTED, "payload": {}}


def test_shortened_event_keeps_fields_typed_or_required_by_mozdef() -> None:
    endpoint = Endpoint(ZOOM)
    address = "2001:db8:85a3::8a2e:370:7334"
    filler = {f"k{n}": [["x" * 50] * 40] * 20 for n in range(40)}
    body = {**filler, **STARTED, "sourceipaddress": address, "success": True, "n_int": "1234567890"}
    endpoint.post_signed(body)
    (message,) = endpoint.queue.messages
    details = event_of(message)
    assert details["event"] == "meeting.started"
    assert details["payload"] == STARTED["payload"]
    assert (details["sourceipaddress"], details["success"], details["n_int"]) == (address, True, "1234567890")
    assert details_problem(details) is None
    assert len(endpoint.queue.bodies[0].encode()) < 200_000


def test_an_event_of_very_many_keys_still_fits() -> None:
    endpoint = Endpoint(ZOOM)
    endpoint.post_signed({**{f"key {n} " + "k" * 900: n for n in range(1_500)}, **STARTED})
    (message,) = endpoint.queue.messages
    assert event_of(message)["event"] == "meeting.started"
    assert len(endpoint.queue.bodies[0].encode()) < 200_000


def test_a_body_of_too_many_values_is_kept_without_being_taken_apart() -> None:
    endpoint = Endpoint(ZOOM)
    endpoint.post_signed(b"[" + b"1," * 300_000 + b"1]")
    ((key, envelope),) = kept(endpoint)
    assert key.split("/")[2] == "too-many"
    assert envelope["events"] == [{"index": -1, "detail": "more than 250,000 values in one body"}]


def make_endpoint(folder: Path, more: str) -> Endpoint:
    auth = "webhook: {auth: {token: {header: x-token}}}"
    return Endpoint(make_definition(folder, f"description: made\n{auth}\n{more}").source)


def test_without_a_mapping_a_message_has_the_first_versions_words(tmp_path: Path) -> None:
    endpoint = make_endpoint(tmp_path, "")
    endpoint.post_signed({"a": 1})
    (message,) = endpoint.queue.messages
    assert message["summary"] == "made_event"
    assert (message["hostname"], message["eventsource"], message["source"]) == (
        "made_host",
        "made_api",
        "api_aws_lambda",
    )
    assert message["timestamp"] == "2026-01-01T00:00:00.000+00:00"


@pytest.mark.parametrize(
    ("written", "value", "at"),
    [
        ("unix", 1_626_230_691, "2021-07-14T02:44:51.000+00:00"),
        ("unix", "1626230691.5", "2021-07-14T02:44:51.500+00:00"),
        ("unix_ms", 1_626_230_691_572, "2021-07-14T02:44:51.572+00:00"),
        ("rfc3339", "2021-07-14T04:44:51+02:00", "2021-07-14T02:44:51.000+00:00"),
        ("rfc3339", "2021-07-14t02:44:51.123456789z", "2021-07-14T02:44:51.123+00:00"),
        ("rfc3339", "2021-07-14T02:44:51+0000", "2021-07-14T02:44:51.000+00:00"),
        ("rfc3339", "2021-07-14T02:44:51", None),
        ("rfc3339", "2021-07-14", None),
        ("rfc3339", 1_626_230_691, None),
        ("unix", True, None),
        ("unix", -1, None),
        ("unix", "0x10", None),
        ("unix", 1e300, None),
        ("unix", None, None),
        ("unix_ms", "١٦٢٦", None),
    ],
)
def test_times_are_read_as_the_definition_says_and_never_guessed(
    tmp_path: Path, written: str, value: object, at: str | None
) -> None:
    endpoint = make_endpoint(tmp_path, f"events: {{time: at, time_format: {written}}}")
    endpoint.post_signed({"at": value})
    assert [message["utctimestamp"] for message in endpoint.queue.messages] == ([at] if at else [])
    assert len(endpoint.bucket.objects) == (0 if at else 1)


def test_transform_makes_any_number_of_events_from_an_event(tmp_path: Path) -> None:
    make_definition(tmp_path, "description: made\nwebhook: {auth: {token: {header: x-token}}}")
    code = "def transform(event, request):\n    return ({'n': n} for n in range(event['n']))\n"
    (tmp_path / "made" / "transform.py").write_text(code)
    endpoint = make_endpoint(tmp_path, "facts: {summary: 'n={n}'}")
    endpoint.post_signed({"n": 2})
    assert [message["summary"] for message in endpoint.queue.messages] == ["n=0", "n=1"]
    for event, reason, detail in (
        ({}, "transform", "transform() raised KeyError"),
        ({"n": 10_001}, "too-many", "transform() made more than 10,000 events"),
    ):
        endpoint.bucket.objects.clear()
        endpoint.post_signed(event)
        ((key, envelope),) = kept(endpoint)
        assert (key.split("/")[2], envelope["events"][0]["detail"]) == (reason, detail)
    assert len(endpoint.queue.bodies) == 2


def test_message_field_is_always_a_line_of_bounded_length(tmp_path: Path) -> None:
    endpoint = make_endpoint(tmp_path, "facts: {summary: 'by {name}', user: '{name}'}\nmozdef: {tags: ['{name}']}")
    endpoint.post_signed({"name": "x" * 5_000})
    (message,) = endpoint.queue.messages
    for field in (message["summary"], message["details"]["username"], message["tags"][2]):
        assert len(field) == 1_000
        assert field.endswith("x…")


def test_a_body_of_more_events_than_can_be_sent_in_time_is_kept_as_a_whole(tmp_path: Path) -> None:
    endpoint = make_endpoint(tmp_path, "events: {split: items}")
    assert endpoint.post_signed({"items": [0] * 10_001})["statusCode"] == 200
    ((key, envelope),) = kept(endpoint)
    assert key.split("/")[2] == "too-many"
    assert envelope["events"] == [{"index": -1, "detail": "more than 10,000 events in one body"}]


@pytest.mark.parametrize(
    ("more", "event", "reason"),
    [
        ("events: {time: to_number(t), time_format: unix}", {"t": "9" * 400}, "time"),
        ("events: {id: 'sum([to_number(x), `1`])'}", {"x": "9" * 4_300}, "path"),
    ],
)
def test_computed_path_never_prevents_keeping_an_event(
    tmp_path: Path, more: str, event: dict[str, Any], reason: str
) -> None:
    endpoint = make_endpoint(tmp_path, more)
    assert endpoint.post_signed(event)["statusCode"] == 200
    assert [key.split("/")[2] for key in endpoint.bucket.objects] == [reason]


def test_a_mistake_of_ours_keeps_the_event(monkeypatch: pytest.MonkeyPatch) -> None:
    endpoint = Endpoint(ZOOM)
    monkeypatch.setattr("lambdas.shaping.whole_details.details_problem", lambda *_, **_more: 1 / 0)
    assert endpoint.post_signed(STARTED)["statusCode"] == 200
    ((key, envelope),) = kept(endpoint)
    assert (key.split("/")[2], envelope["events"][0]["detail"]) == ("error", "shaping it raised ZeroDivisionError")


@pytest.mark.parametrize("opening", [b"[", b'{"":'])
def test_a_body_of_very_many_containers_is_not_taken_apart(opening: bytes) -> None:
    closing = b"]" if opening == b"[" else b"}"
    nested = opening * 50 + b"0" + closing * 50
    endpoint = Endpoint(ZOOM)
    endpoint.post_signed(b"[" + b",".join([nested] * 6_000) + b"]")
    assert [key.split("/")[2] for key in endpoint.bucket.objects] == ["too-many"]


def test_long_ids_with_the_same_beginning_stay_different(tmp_path: Path) -> None:
    endpoint = make_endpoint(tmp_path, "events: {id: id}")
    endpoint.post_signed({"id": "x" * 300})
    endpoint.post_signed({"id": "x" * 300 + "y"})
    first, second = (message["tags"][1] for message in endpoint.queue.messages)
    assert first != second
    assert first.startswith("id:sha256:")


def test_the_secret_is_read_once_and_not_for_every_event() -> None:
    endpoint = Endpoint(ZOOM)
    for _ in range(3):
        endpoint.post_signed(STARTED)
    assert endpoint.store.faults.calls == 1
    assert SECRET not in json.dumps(endpoint.log)
