"""One id from the API's access log through the functions' logs to what becomes of a request."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from typing import Any

import pytest

from generator.samples import gateway
from generator.templates import event_source
from tests.definitions import bundled_source
from tests.fakes import DOWN, NOW, Endpoint, signed_request

ID = "JKJaXmPLvHcESHA="
ZOOM = {"event": "user.deleted", "payload": {"operator": "o"}, "event_ts": int(NOW * 1000)}
Sent = Callable[[Endpoint], dict[str, Any]]


def post(body: Any, headers: dict[str, str] | None = None) -> Sent:
    def sent(endpoint: Endpoint) -> dict[str, Any]:
        request = signed_request(endpoint.source.endpoint.auth, json.dumps(body).encode(), headers)
        return endpoint.send(request, request_id=ID)

    return sent


def no_base64(endpoint: Endpoint) -> dict[str, Any]:
    event = gateway.event("POST", {}, b"{}", request_id=ID)
    return endpoint.call({**event, "isBase64Encoded": True, "body": "="})


def unsigned(endpoint: Endpoint) -> dict[str, Any]:
    return endpoint.post(b"{}", {"authorization": "wrong"}, request_id=ID)


def test_access_log_has_the_id_given_to_the_functions() -> None:
    stage = event_source.build(bundled_source("okta").source, "code/0.zip").to_dict()["Resources"]["Stage"]
    assert json.loads(stage["Properties"]["AccessLogSettings"]["Format"])["requestId"] == "$context.requestId"


@pytest.mark.parametrize(
    ("source", "send", "message"),
    [
        ("zoom", post(ZOOM), "accepted"),
        ("zoom", post({}), "accepted"),  # and kept
        ("zoom", post({"event": "endpoint.url_validation", "payload": {"plainToken": "t"}}), "challenge answered"),
        ("zoom", unsigned, "unauthenticated"),
        ("okta", unsigned, "unauthenticated"),  # by the authorizer
        ("zoom", no_base64, "malformed"),
    ],
)
def test_every_line_of_the_log_has_the_id_of_the_access_log(source: str, send: Sent, message: str) -> None:
    endpoint = Endpoint(bundled_source(source).source)
    send(endpoint)
    assert [(line["message"], line["requestId"]) for line in endpoint.log] == [(message, ID)]


def test_message_and_pointer_message_have_the_request_id() -> None:
    endpoint = Endpoint(bundled_source("zoom").source)
    for text in ("small", "x" * 1_500_000):
        post({**ZOOM, "text": text})(endpoint)
    assert [message["processid"] for message in endpoint.queue.messages] == [ID, ID]


def test_waiting_message_keeps_the_request_id_until_sent() -> None:
    endpoint = Endpoint(bundled_source("zoom").source)
    endpoint.queue.faults.lined_up = [DOWN]
    post(ZOOM)(endpoint)
    (waits,) = endpoint.bucket.objects.values()
    assert json.loads(waits)["requestId"] == ID
    endpoint.sweeper.sweep()
    assert endpoint.reports == [("swept", {"requestId": ID, "sent": 1, "left": 0})]
    assert endpoint.queue.messages[0]["processid"] == ID


def test_rejected_event_keeps_the_request_id_until_sent() -> None:
    endpoint = Endpoint(bundled_source("zoom").source)
    post({**ZOOM, "event_ts": "no time"})(endpoint)
    ((key, kept),) = endpoint.bucket.objects.items()
    envelope = json.loads(kept)
    assert envelope["requestId"] == ID
    mended = {**envelope, "body": base64.b64encode(json.dumps(ZOOM).encode()).decode()}
    endpoint.bucket.objects[key] = json.dumps(mended).encode()
    endpoint.reprocessor.send([key])
    assert endpoint.reports == [("redriven", {"requestId": ID, "sent": 1, "unsent": 0, "kept": 0})]
    assert endpoint.queue.messages[0]["processid"] == ID
