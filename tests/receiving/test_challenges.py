"""Handshakes are answered, and never with something that is worth having."""

from __future__ import annotations

import hashlib
import hmac
import json
from pathlib import Path
from typing import Any

import pytest

from generator.samples import gateway
from tests.definitions import bundled_source, make_definition
from tests.fakes import NOW, SECRET, Endpoint

ZOOM = bundled_source("zoom").source
OKTA = bundled_source("okta").source


def validation(token: object) -> bytes:
    return json.dumps({"event": "endpoint.url_validation", "payload": {"plainToken": token}}).encode()


def test_zooms_url_validation_is_answered_as_the_published_vector_says() -> None:
    endpoint = Endpoint(ZOOM, secret="secretValueTest")
    answer = endpoint.post(validation("qgg8vlvZRS6UYooatFL8Aw"))
    assert answer == {
        "statusCode": 200,
        "headers": {"content-type": "application/json", "x-content-type-options": "nosniff"},
        "body": '{"plainToken":"qgg8vlvZRS6UYooatFL8Aw",'
        '"encryptedToken":"70c1f2e2e6ca2d39297490d1f9142c7d701415ea8e6151f6562a08fa657a40ff"}',
    }
    assert (endpoint.queue.bodies, endpoint.bucket.objects) == ([], {})


EVENT = '{"event":"user.deleted","payload":{}}'


@pytest.mark.parametrize(
    "token", [f"v0:{int(NOW)}:{EVENT}", "", "a" * 129, "a b", "a.b", "a\n", "é", None, 5, ["a"], {"a": 1}]
)
def test_zoom_does_not_sign_a_possible_event(token: object) -> None:
    endpoint = Endpoint(ZOOM)
    answer = endpoint.post(validation(token))
    assert answer == {"statusCode": 400, "headers": {}, "body": ""}
    assert endpoint.log[-1]["message"] == "challenge refused"


def test_signature_from_a_signing_oracle_would_verify() -> None:
    """What the bound on the token prevents: this is the request that an attacker would send next."""
    endpoint = Endpoint(ZOOM)
    signature = hmac.new(SECRET.encode(), f"v0:{int(NOW)}:{EVENT}".encode(), hashlib.sha256).hexdigest()
    headers = {"x-zm-request-timestamp": str(int(NOW)), "x-zm-signature": f"v0={signature}"}
    assert endpoint.post(EVENT.encode(), headers)["statusCode"] == 200
    # It has no time, so it is kept; authentic it is.
    assert len(endpoint.bucket.objects) == 1


def test_okta_is_answered_behind_the_authorizer() -> None:
    endpoint = Endpoint(OKTA)
    headers = {"X-Okta-Verification-Challenge": "abc-123", "Authorization": SECRET}
    answer = endpoint.call(gateway.event("GET", headers))
    assert (answer["statusCode"], answer["body"]) == (200, '{"verification":"abc-123"}')
    assert endpoint.call(gateway.event("GET", {**headers, "Authorization": "x"}))["statusCode"] == 403
    assert endpoint.call(gateway.event("GET", {"X-Okta-Verification-Challenge": "abc"}))["statusCode"] == 401


def test_get_without_a_challenge_is_no_event() -> None:
    endpoint = Endpoint(OKTA)
    assert endpoint.call(gateway.event("GET", {"Authorization": SECRET}))["statusCode"] == 405
    assert endpoint.queue.bodies == []


@pytest.mark.parametrize("context", [{}, {"verified_for": "okta"}, {"isAuthorized": True}])
def test_handler_verifies_again_behind_an_authorizer(context: dict[str, Any]) -> None:
    endpoint = Endpoint(OKTA)
    for token, status in (("forged", 401), (None, 401), (SECRET, 204)):
        headers = {"Authorization": token} if token else {}
        event = gateway.event("POST", headers, b'{"data":{"events":[]}}')
        event["requestContext"]["authorizer"] = {"lambda": context}
        assert endpoint.receiver.respond(event)["statusCode"] == status


def endpoint_with(folder: Path, challenge: str) -> Endpoint:
    auth = "auth: {hmac: {signature: {header: x-signature}}}"
    text = f"description: made\nwebhook:\n  {auth}\n  challenges:\n    - {challenge}\n"
    return Endpoint(make_definition(folder, text).source)


def test_a_verified_challenge_is_not_answered_to_anyone(tmp_path: Path) -> None:
    endpoint = endpoint_with(tmp_path, "{when: challenge, reply: {json: {challenge: '{challenge}'}}}")
    assert endpoint.post(b'{"challenge":"c"}')["statusCode"] == 401
    assert endpoint.post_signed({"challenge": "c"})["body"] == '{"challenge":"c"}'
    assert endpoint.queue.bodies == []


def test_text_headers_and_query_go_into_answers(tmp_path: Path) -> None:
    reply = "{status: 202, text: \"{query('t')}\", headers: {X-Echo: \"{header('x-hook')}\"}}"
    endpoint = endpoint_with(tmp_path, f"{{when: query('t'), unauthenticated: true, reply: {reply}}}")
    answer = endpoint.call(gateway.event("POST", {"X-Hook": "h"}, query={"t": "a b: c"}))
    assert answer == {
        "statusCode": 202,
        "headers": {"content-type": "text/plain", "x-content-type-options": "nosniff", "x-echo": "h"},
        "body": "a b: c",
    }


def test_answer_header_stays_a_single_line(tmp_path: Path) -> None:
    reply = "{headers: {X-Echo: \"{query('t')}\"}}"
    endpoint = endpoint_with(tmp_path, f"{{when: query('t'), unauthenticated: true, reply: {reply}}}")
    assert endpoint.call(gateway.event("POST", {}, query={"t": "a\r\nSet-Cookie: x"}))["statusCode"] == 400


def test_body_signed_for_anyone_by_a_challenge_is_no_event(tmp_path: Path) -> None:
    reply = "{text: \"{hmac_hex(query('t'))}\"}"
    endpoint = endpoint_with(tmp_path, f"{{method: GET, when: query('t'), unauthenticated: true, reply: {reply}}}")
    signature = endpoint.call(gateway.event("GET", {}, query={"t": "12345"}))["body"]
    assert endpoint.post(b"12345", {"x-signature": signature})["statusCode"] == 401
    assert endpoint.post_signed({"a": 1})["statusCode"] == 200
    assert (len(endpoint.queue.bodies), endpoint.bucket.objects) == (1, {})


def test_no_more_than_a_handshake_is_read_before_the_sender_is_known(tmp_path: Path) -> None:
    endpoint = endpoint_with(tmp_path, "{when: c, unauthenticated: true, reply: {text: hello}}")
    assert endpoint.post(b'{"c":1}')["body"] == "hello"
    assert endpoint.post(b'{"c":1,"x":"' + b"x" * 17_000 + b'"}')["statusCode"] == 401


@pytest.mark.parametrize(
    ("reply", "sent"), [("{json: {a: '{to_number(c)}'}}", "nan"), ("{headers: {x-a: '{c}'}}", "é")]
)
def test_unsendable_answer_is_refused(tmp_path: Path, reply: str, sent: str) -> None:
    endpoint = endpoint_with(tmp_path, f"{{when: c, unauthenticated: true, reply: {reply}}}")
    assert endpoint.post(json.dumps({"c": sent}).encode())["statusCode"] == 400


def test_definition_may_widen_signed_texts_with_a_reason(tmp_path: Path) -> None:
    more = "inputs: {also: '+/=', length: 200, reason: the vendor sends base64}"
    reply = "{text: '{hmac_base64(c)} {sha256_hex(c)}'}"
    endpoint = endpoint_with(tmp_path, f"{{when: c, unauthenticated: true, reply: {reply}, {more}}}")
    token = "+/=" * 60
    signed, hashed = endpoint.post(json.dumps({"c": token}).encode())["body"].split()
    assert len(signed) == 44
    assert hashed == hashlib.sha256(token.encode()).hexdigest()
    assert endpoint.post(b'{"c":"a:b"}')["statusCode"] == 400
