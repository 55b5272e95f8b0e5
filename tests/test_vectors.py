"""Signatures, tokens and handshakes that vendors, their SDKs and others have published, through the real handler."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator import gateway
from generator.definition import load
from lambdas.auth import Unauthenticated
from lambdas.model import Auth, verified_by
from lambdas.request import Request
from lambdas.secrets import SecretsDown
from tests import fakes
from tests.definitions import CASES, SOURCES
from tests.fakes import NOW, SECRET, Endpoint

Vector = dict[str, Any]

SOURCE_OF = {
    "github": "github",
    "github-sha1": "hub-sha1",
    "xhub-sha256": "hub-sha256",
    "xhub-multi-sha256": "hub-list",
    "generic-sha512-prefixed": "sha512",
    "generic-sha512-hex": "sha512-bare",
    "gitlab-token": "gitlab",
    "slack": "slack",
    "pagerduty": "pagerduty",
    "shopify": "shopify",
    "challenge:zoom-crc": "zoom",
    "challenge:json-echo": "slack",
    "challenge:header-to-json": "okta",
    "challenge:twitter-crc": "twitter",
    "challenge:header-echo": "asana",
    "challenge:query-to-text": "dropbox",
}
SHIPPED = ["okta", "zoom"]
MADE = sorted({*SOURCE_OF.values(), "batch", "twitch"} - set(SHIPPED))
SOURCE = {one.source.name: one.source for one in (*load(SOURCES, SHIPPED), *load(CASES, MADE))}

PUBLISHED: list[Vector] = json.loads((Path(__file__).parent / "vectors" / "webhooks.json").read_text(encoding="utf-8"))


def names(vectors: list[Vector]) -> list[str]:
    return [f"{PUBLISHED.index(one)}-{one['scheme']}-{one['note'] or 'plain'}"[:70] for one in vectors]


def those(**fields: Any) -> list[Vector]:
    return [one for one in PUBLISHED if not one["scheme"].startswith("challenge:") and fields.items() <= one.items()]


VALID, INVALID = those(valid=True), [one for one in those(valid=False) if one["secret"]]
WITHOUT_A_SECRET = those(valid=False, secret="")
CHALLENGES = [one for one in PUBLISHED if one["scheme"].startswith("challenge:")]


def as_published(name: str) -> str:
    return name


in_any_case = pytest.mark.parametrize("case", [str.lower, as_published, str.upper])
in_any_encoding = pytest.mark.parametrize("binary", [False, True], ids=["text", "base64"])


def endpoint_of(vector: Vector) -> Endpoint:
    now = float(vector.get("now") or NOW)
    return Endpoint(SOURCE[SOURCE_OF[vector["scheme"]]], secret=vector["secret"] or SECRET, now=now)


def event_of(vector: Vector, case: Callable[[str], str], *, binary: bool) -> dict[str, Any]:
    """The vector as API Gateway hands it over, but for the case of its headers."""
    query = dict(parse_qsl(urlsplit(vector["url"]).query))
    event = gateway.event(vector["method"], {}, vector["body"].encode(), query=query, binary=binary)
    return {**event, "headers": {case(name): value for name, value in vector["headers"].items()}}


def kept(endpoint: Endpoint) -> list[bytes]:
    return [base64.b64decode(json.loads(body)["body"]) for body in endpoint.bucket.objects.values()]


def details(endpoint: Endpoint) -> list[Any]:
    return [message["details"] for message in endpoint.queue.messages]


def event_in(body: str) -> dict[str, Any] | None:
    try:
        found = json.loads(body)
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


def test_every_published_vector_is_used() -> None:
    assert len(VALID) + len(INVALID) + len(WITHOUT_A_SECRET) + len(CHALLENGES) == len(PUBLISHED)
    assert {one["scheme"] for one in PUBLISHED} == set(SOURCE_OF)


@in_any_case
@in_any_encoding
@pytest.mark.parametrize("vector", VALID, ids=names(VALID))
def test_what_a_vendor_signed_is_on_the_queue_or_kept(
    vector: Vector, case: Callable[[str], str], *, binary: bool
) -> None:
    endpoint = endpoint_of(vector)
    answer = endpoint.call(event_of(vector, case, binary=binary))
    event = event_in(vector["body"])
    if not vector["body"]:
        expected: tuple[int, list[Any], list[bytes]] = (400, [], [])
    elif event is not None:
        expected = (200, [event], [])
    else:
        expected = (200, [], [vector["body"].encode()])
    assert (answer["statusCode"], details(endpoint), kept(endpoint)) == expected


@in_any_case
@in_any_encoding
@pytest.mark.parametrize("vector", INVALID, ids=names(INVALID))
def test_what_a_vendor_did_not_sign_is_refused_and_leaves_nothing(
    vector: Vector, case: Callable[[str], str], *, binary: bool
) -> None:
    endpoint = endpoint_of(vector)
    answer = endpoint.call(event_of(vector, case, binary=binary))
    refusal = 403 if verified_by(endpoint.source.webhook) == "authorizer" else 401
    assert (answer["statusCode"], endpoint.queue.bodies, endpoint.bucket.objects) == (refusal, [], {})


@pytest.mark.parametrize("vector", WITHOUT_A_SECRET, ids=names(WITHOUT_A_SECRET))
def test_a_published_request_for_an_empty_secret_leaves_nothing(vector: Vector) -> None:
    endpoint = Endpoint(SOURCE[SOURCE_OF[vector["scheme"]]], secret="", now=float(vector.get("now") or NOW))
    answer = endpoint.call(event_of(vector, as_published, binary=False))
    assert (answer["statusCode"], endpoint.queue.bodies, endpoint.bucket.objects) == (503, [], {})


@pytest.mark.parametrize("name", sorted(SOURCE))
def test_an_empty_secret_never_verifies(name: str) -> None:
    auth = SOURCE[name].webhook.auth
    request = signed(auth, b"{}", secret="")
    with pytest.raises(Unauthenticated):
        auth.type.verify(auth.settings, request, lambda _name: (), NOW)
    with pytest.raises(Unauthenticated):
        auth.type.verify(auth.settings, request, lambda _name: ("",), NOW)
    with pytest.raises(Unauthenticated):
        auth.type.verify(auth.settings, request, lambda _name: (SECRET, ""), NOW)


@pytest.mark.parametrize("name", sorted(name for name in SOURCE if verified_by(SOURCE[name].webhook) == "handler"))
def test_an_empty_parameter_is_no_secret_to_a_handler(name: str) -> None:
    endpoint = Endpoint(SOURCE[name], secret="")
    answer = endpoint.signed({"event": "e"}, secret="")
    assert (answer["statusCode"], endpoint.queue.bodies, endpoint.bucket.objects) == (503, [], {})


@pytest.mark.parametrize("name", sorted(name for name in SOURCE if verified_by(SOURCE[name].webhook) == "authorizer"))
def test_an_empty_parameter_is_no_secret_to_an_authorizer(name: str) -> None:
    endpoint = Endpoint(SOURCE[name], secret="")
    with pytest.raises(SecretsDown):
        endpoint.signed({"event": "e"}, secret="")
    assert (endpoint.queue.bodies, endpoint.bucket.objects) == ([], {})


@in_any_case
@pytest.mark.parametrize("vector", CHALLENGES, ids=names(CHALLENGES))
def test_a_handshake_is_answered_as_published_and_becomes_no_event(vector: Vector, case: Callable[[str], str]) -> None:
    endpoint = endpoint_of(vector)
    if vector["note"] == "request is signed like any other (verify first)":
        vector = {**vector, "headers": {**vector["headers"], **sign(endpoint.source.webhook.auth, vector["body"])}}
    answer = endpoint.call(event_of(vector, case, binary=False))
    expected = vector["expect_body"]
    body = answer["body"] if isinstance(expected, str) else json.loads(answer["body"])
    assert (answer["statusCode"], body) == (vector["expect_status"], expected)
    wanted = {name.lower(): value for name, value in vector["expect_headers"].items()}
    assert wanted.items() <= answer["headers"].items()
    assert (endpoint.queue.bodies, endpoint.bucket.objects) == ([], {})


@pytest.mark.parametrize("name", ["slack", "twitch"])
def test_a_handshake_that_is_signed_is_not_answered_to_others(name: str) -> None:
    endpoint = Endpoint(SOURCE[name])
    headers = {"Twitch-Eventsub-Message-Type": "webhook_callback_verification"}
    body = b'{"type":"url_verification","challenge":"c"}'
    assert endpoint.post(body, headers) == {"statusCode": 401, "headers": {}, "body": ""}
    answer = endpoint.signed(body, headers)
    assert (answer["statusCode"], answer["body"]) == (200, {"slack": '{"challenge":"c"}', "twitch": "c"}[name])
    assert (endpoint.queue.bodies, endpoint.bucket.objects) == ([], {})


def sign(auth: Auth, body: str) -> dict[str, str]:
    return dict(fakes.signed(auth, body.encode()).headers)


def signed(auth: Auth, body: bytes, secret: str = SECRET) -> Request:
    return fakes.signed(auth, body, secret=secret).request(NOW)


HMACS = sorted(name for name, source in SOURCE.items() if source.webhook.auth.type.__name__ == "lambdas.auth.hmac")
TOKENS = sorted(set(SOURCE) - set(HMACS))
# No NUL: an HMAC fills its key up with them, so that two keys that end in one more or less are the same.
secrets = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1)


def flipped(data: bytes, bit: int) -> bytes:
    at = bit % (8 * len(data))
    return data[: at // 8] + bytes([data[at // 8] ^ 1 << at % 8]) + data[at // 8 + 1 :]


def refused(auth: Auth, request: Request, secret: str, now: float = NOW) -> bool:
    try:
        auth.type.verify(auth.settings, request, lambda _name: (secret,), now)
    except Unauthenticated:
        return True
    return False


@given(st.sampled_from(sorted(SOURCE)), st.binary(), secrets, secrets)
def test_what_is_signed_verifies_with_the_current_and_the_previous_secret(
    name: str, body: bytes, secret: str, other: str
) -> None:
    auth = SOURCE[name].webhook.auth
    request = signed(auth, body, secret)
    auth.type.verify(auth.settings, request, lambda _name: (secret,), NOW)
    auth.type.verify(auth.settings, request, lambda _name: (other, secret), NOW)
    assert refused(auth, request, f"{secret}{other}")


@given(st.sampled_from(HMACS), st.binary(min_size=1), secrets, st.integers(min_value=0))
def test_one_bit_of_the_body_is_enough_to_refuse_it(name: str, body: bytes, secret: str, bit: int) -> None:
    auth = SOURCE[name].webhook.auth
    request = signed(auth, body, secret)
    assert refused(auth, Request("POST", request.headers, flipped(body, bit), time=NOW), secret)


@given(st.sampled_from(HMACS), st.binary(), secrets, st.integers(min_value=0))
def test_one_bit_of_the_signature_is_enough_to_refuse_it(name: str, body: bytes, secret: str, bit: int) -> None:
    auth = SOURCE[name].webhook.auth
    request, settings = signed(auth, body, secret), auth.settings.signature
    text = request.headers[settings.header[0].lower()].removeprefix(settings.prefix)
    # The bytes, not their text: hex may have either case.
    is_hex = settings.encoding == "hex"
    wrong = flipped(bytes.fromhex(text) if is_hex else base64.b64decode(text), bit)
    made = settings.prefix + (wrong.hex() if is_hex else base64.b64encode(wrong).decode())
    headers = {**request.headers, settings.header[0].lower(): made}
    assert refused(auth, Request("POST", headers, body, time=NOW), secret)


@given(st.sampled_from(["zoom", "slack", "twitch"]), st.binary(), secrets, st.integers(min_value=0))
def test_one_bit_of_the_time_is_enough_to_refuse_it(name: str, body: bytes, secret: str, bit: int) -> None:
    auth = SOURCE[name].webhook.auth
    request, header = signed(auth, body, secret), auth.settings.timestamp.header.lower()
    wrong = flipped(request.headers[header].encode(), bit).decode("latin-1")
    assert refused(auth, Request("POST", {**request.headers, header: wrong}, body, time=NOW), secret)


@given(st.binary(), secrets, st.integers(min_value=0))
def test_one_bit_of_the_deliverys_id_is_enough_to_refuse_it(body: bytes, secret: str, bit: int) -> None:
    auth = SOURCE["twitch"].webhook.auth
    request, header = signed(auth, body, secret), auth.settings.id.header.lower()
    wrong = flipped(request.headers[header].encode(), bit).decode("latin-1")
    assert refused(auth, Request("POST", {**request.headers, header: wrong}, body, time=NOW), secret)


@given(st.sampled_from(TOKENS), secrets, st.integers(min_value=0))
def test_one_bit_of_a_token_is_enough_to_refuse_it(name: str, secret: str, bit: int) -> None:
    auth = SOURCE[name].webhook.auth
    header = auth.settings.header.lower()
    token = flipped(fakes.signed(auth, b"", secret=secret).headers[auth.settings.header].encode(), bit)
    request = Request("POST", {header: token.decode("utf-8", "surrogateescape")}, b"{}", time=NOW)
    assert refused(auth, request, secret)


@pytest.mark.parametrize(("name", "tolerance"), [("zoom", 300), ("slack", 300), ("twitch", 600)])
def test_the_replay_window_is_as_wide_as_the_definition_says_both_ways(name: str, tolerance: int) -> None:
    auth = SOURCE[name].webhook.auth
    request = signed(auth, b"{}")
    late = (-tolerance - 1, -tolerance, tolerance, tolerance + 1)
    assert [refused(auth, request, SECRET, NOW + seconds) for seconds in late] == [True, False, False, True]
