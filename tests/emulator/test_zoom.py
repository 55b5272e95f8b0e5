"""Zoom's endpoint, from a signed request to a message on the queue."""

from __future__ import annotations

import base64
import hashlib
import json
import time
from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from generator.testing import event_of
from tests.definitions import SOURCES
from tests.emulator.mozdef import assert_acceptable, assert_zooms_plugin_takes_it
from tests.emulator.service import SECRET, Service, eventually
from tests.emulator.vendors import ZOOM, Headers, zoom_headers

pytestmark = pytest.mark.emulator

AT = "2026-03-02T08:14:55.310+00:00"
LAST = ZOOM.replace(b"user.signed_in", b"user.signed_out")

# From the tests of elastic/beats, x-pack/filebeat/input/http_endpoint: made with the secret `secretValueTest`.
VALIDATION = (
    b'{"event_ts":1654503849680,"event":"endpoint.url_validation","payload":{"plainToken":"qgg8vlvZRS6UYooatFL8Aw"}}'
)
VALIDATED = {
    "plainToken": "qgg8vlvZRS6UYooatFL8Aw",
    "encryptedToken": "70c1f2e2e6ca2d39297490d1f9142c7d701415ea8e6151f6562a08fa657a40ff",
}


def without(header: str) -> Headers:
    return {name: value for name, value in zoom_headers(ZOOM).items() if name != header}


def types_once_the_last_is_there(zoom: Service) -> list[str]:
    """Of all that came to the queue: what was refused before would be there before the last."""
    assert zoom.post(LAST, zoom_headers(LAST)).status == 200
    return [event_of(message)["event"] for message in zoom.arrived()]


def test_a_signed_event_is_one_message_that_mozdef_accepts(zoom: Service) -> None:
    answer = zoom.post(ZOOM, zoom_headers(ZOOM))

    assert (answer.status, answer.data) == (200, b"")
    [message] = zoom.arrived()
    assert_acceptable(message, "zoom", json.loads(ZOOM), AT)
    assert message == {
        "hostname": "zoom_host",
        "processname": "zoom",
        "processid": message["processid"],
        "summary": "zoom: user.signed_in by analyst@example.com",
        "category": "zoom",
        "severity": "INFO",
        "source": "api_aws_lambda",
        "logger": "zoom_api",
        "eventsource": "zoom_api",
        "timestamp": AT,
        "utctimestamp": AT,
        "tags": ["zoom", f"id:sha256:{hashlib.sha256(ZOOM).hexdigest()[:40]}"],
        "details": json.loads(ZOOM),
    }


def test_two_events_are_two_messages_each_with_the_id_of_its_request(zoom: Service) -> None:
    assert [zoom.post(body, zoom_headers(body)).status for body in (ZOOM, LAST)] == [200, 200]

    first, second = zoom.arrived()
    assert (event_of(first), event_of(second)) == (json.loads(ZOOM), json.loads(LAST))
    assert first["processid"] != second["processid"]


def test_every_sample_becomes_the_message_stored_beside_it(zoom: Service) -> None:
    stored = sorted((SOURCES / "zoom" / "samples").glob("*.mozdef.json"))
    expected = [json.loads(file.read_bytes()) for file in stored]
    assert expected

    for file in stored:
        body = file.with_name(file.name.replace(".mozdef", "")).read_bytes()
        assert zoom.post(body, zoom_headers(body)).status == 200

    assert [{**message, "processid": "sample"} for message in zoom.arrived()] == expected


@pytest.mark.parametrize("age", [290, -290])
def test_a_clock_within_five_minutes_of_ours_is_accepted(zoom: Service, age: int) -> None:
    assert zoom.post(ZOOM, zoom_headers(ZOOM, age=age)).status == 200
    assert [event_of(message) for message in zoom.arrived()] == [json.loads(ZOOM)]


# As functions: the time of signing is that of the test. The future is 310 s off, since what is on its way gets nearer.
@pytest.mark.parametrize(
    ("body", "headers"),
    [
        pytest.param(ZOOM, dict, id="nothing"),
        pytest.param(ZOOM, lambda: without("x-zm-signature"), id="no signature"),
        pytest.param(ZOOM, lambda: without("x-zm-request-timestamp"), id="no timestamp"),
        pytest.param(ZOOM, lambda: zoom_headers(ZOOM, secret="another"), id="wrong secret"),
        pytest.param(ZOOM, lambda: {**zoom_headers(ZOOM), "x-zm-signature": f"v0={64 * '0'}"}, id="wrong signature"),
        pytest.param(ZOOM.replace(b"analyst", b"analysT"), lambda: zoom_headers(ZOOM), id="one byte changed"),
        pytest.param(ZOOM + b"\n", lambda: zoom_headers(ZOOM), id="one byte more"),
        pytest.param(ZOOM, lambda: zoom_headers(ZOOM, age=301), id="stale"),
        pytest.param(ZOOM, lambda: zoom_headers(ZOOM, age=86_400), id="a day old"),
        pytest.param(ZOOM, lambda: zoom_headers(ZOOM, age=-310), id="future"),
        pytest.param(
            ZOOM,
            lambda: {**zoom_headers(ZOOM, age=301), "x-zm-request-timestamp": str(int(time.time()))},
            id="stale with the time of now",
        ),
    ],
)
def test_unverified_request_is_answered_401_and_leaves_nothing(
    zoom: Service, body: bytes, headers: Callable[[], Headers]
) -> None:
    answer = zoom.post(body, headers())

    assert (answer.status, answer.data) == (401, b"")
    assert types_once_the_last_is_there(zoom) == ["user.signed_out"]
    assert zoom.kept() == {}


def test_url_validation_is_answered_unsigned_and_is_no_event(zoom: Service) -> None:
    answer = zoom.post(VALIDATION, {})

    assert (answer.status, answer.headers["content-type"], answer.json()) == (200, "application/json", VALIDATED)
    assert types_once_the_last_is_there(zoom) == ["user.signed_out"]
    assert zoom.kept() == {}


def test_url_validation_signs_no_text_that_an_event_would_verify_with(zoom: Service) -> None:
    event_headers = zoom_headers(ZOOM)
    text = f"v0:{event_headers['x-zm-request-timestamp']}:{ZOOM.decode()}"
    challenge = {"event": "endpoint.url_validation", "payload": {"plainToken": text}, "event_ts": 1654503849680}

    answer = zoom.post(json.dumps(challenge).encode(), {})

    assert (answer.status, answer.data) == (400, b"")
    assert event_headers["x-zm-signature"].removeprefix("v0=") not in str(answer.headers)
    assert zoom.arrived() == []
    # It is what a forger wants: with it, the event would have passed.
    assert zoom.post(ZOOM, event_headers).status == 200
    assert len(zoom.arrived()) == 1


def test_an_event_beyond_what_a_queue_takes_is_kept_and_pointed_to(zoom: Service) -> None:
    event = {
        "event": "user.signed_in",
        "payload": {"account_id": "Exa4mple", "object": {"email": "analyst@example.com", "note": 1_500_000 * "ü"}},
        "event_ts": 1772439295310,
    }
    body = json.dumps(event, ensure_ascii=False).encode()
    digest = hashlib.sha256(body).hexdigest()

    answer = zoom.post(body, zoom_headers(body))

    assert (answer.status, answer.data) == (200, b"")
    [(key, content)] = zoom.kept().items()
    assert content == body
    assert key == f"oversize/{datetime.now(UTC).date()}/{digest}.json"
    [message] = zoom.arrived()
    pointer = {"bucket": zoom.outputs["KeptBucket"], "key": key, "sha256": digest, "bytes": len(body)}
    shortened = {"account_id": "Exa4mple", "object": {"email": "analyst@example.com", "note": f"{1_024 * 'ü'}…"}}
    assert event_of(message) == {**event, "payload": shortened, "oversize": pointer}
    assert message["tags"] == ["zoom", f"id:sha256:{digest[:40]}", "oversize"]
    assert_acceptable(message, "zoom", {**event, "payload": shortened}, AT)
    assert_zooms_plugin_takes_it(message)


def test_an_authentic_event_that_cannot_be_a_message_is_kept_as_sent(zoom: Service) -> None:
    body = '{"event": "user.signed_in",  "note": "Z\\u00fcrich, 東京", "event_ts": 1772439295310}'.encode()
    digest = hashlib.sha256(body).hexdigest()
    headers = zoom_headers(body)

    answer = zoom.post(body, headers)

    assert (answer.status, answer.data) == (200, b"")
    assert zoom.arrived() == []
    [(key, content)] = zoom.kept().items()
    assert key == f"rejected/{datetime.now(UTC).date()}/missing/{digest}.json"
    envelope = json.loads(content)
    assert base64.b64decode(envelope["body"]) == body
    assert (envelope["source"], envelope["reason"], envelope["sha256"]) == ("zoom", "missing", digest)
    assert envelope["events"] == [{"index": 0, "detail": "no payload"}]
    assert headers["x-zm-signature"].removeprefix("v0=") not in content.decode()


def test_the_log_says_what_became_of_a_request_and_nothing_that_was_in_it(zoom: Service) -> None:
    body = ZOOM.replace(b"analyst", b"not-to-be-logged")
    logs = zoom.emulator.client("logs")
    headers = zoom_headers(body)

    def written() -> list[str]:
        groups = [group["logGroupName"] for group in logs.describe_log_groups()["logGroups"]]
        return [event["message"] for group in groups for event in logs.filter_log_events(logGroupName=group)["events"]]

    assert zoom.post(body, headers).status == 200

    [message] = zoom.arrived()
    lines = eventually(lambda: [line for line in zoom.followed.log() if line["requestId"] == message["processid"]])
    assert [(line["level"], line["message"], line["status"], line["sent"], line["kept"]) for line in lines] == [
        ("INFO", "accepted", 200, 1, 0)
    ]
    everything = "\n".join(written())
    assert message["processid"] in everything
    for hidden in ("not-to-be-logged", SECRET, headers["x-zm-signature"].removeprefix("v0=")):
        assert hidden not in everything
