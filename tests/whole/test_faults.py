"""Bad input, and an AWS that is down: what was accepted is somewhere, and what was not is asked for again."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from pathlib import Path
from typing import Any

import pytest

from generator.definition.read import load
from generator.samples import gateway
from generator.testing import event_of
from lambdas import VERSION
from lambdas.delivering.outbox import PAUSES
from lambdas.model import Source
from lambdas.receiving.authorize import authorize
from lambdas.runtime.secrets import PREVIOUS_SUFFIX, REREAD_INTERVAL, RETRY_INTERVAL, TTL
from tests.definitions import CASES, bundled_source, make_definition
from tests.fakes import DOWN, NOW, SECRET, THROTTLED, Endpoint, rejected_name, signed_request

ZOOM, OKTA = bundled_source("zoom").source, bundled_source("okta").source
GITHUB, BATCH = (definition.source for definition in load(CASES, ["github", "batch"]))
EVENT = {"event": "user.deleted", "payload": {"operator": "a@example.com"}, "event_ts": 1_767_225_600_000}
AT, DAY = "2026-01-01T00:00:00.000+00:00", "2026-01-01"
EMPTY = {"statusCode": 200, "headers": {}, "body": ""}
OKTA_EMPTY = {**EMPTY, "statusCode": 204}
ZOOM_SECRET = "/MozDef-EF/zoom/dev/auth_token"


def outcome(endpoint: Endpoint, answer: dict[str, Any]) -> dict[str, Any]:
    """All that a request came to."""
    objects = {key: json.loads(content) for key, content in endpoint.bucket.objects.items()}
    return {"answer": answer, "messages": endpoint.queue.messages, "objects": objects, "log": endpoint.log}


def line(level: str, message: str, status: int, why: str | None = None, **more: Any) -> dict[str, Any]:
    entry = {"timestamp": AT, "level": level, "message": message, "version": VERSION, "source": "zoom"}
    entry |= {"requestId": "sample", "status": status, "sent": 0, "kept": 0, **more}
    return entry if why is None else {**entry, "why": why}


def only_logged(status: int, logged: dict[str, Any]) -> dict[str, Any]:
    return {"answer": {**EMPTY, "statusCode": status}, "messages": [], "objects": {}, "log": [logged]}


def zoom_message(body: bytes, details: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "hostname": "zoom_host",
        "processname": "zoom",
        "summary": "zoom: user.deleted by a@example.com",
        "category": "zoom",
        "severity": "NOTICE",
        "source": "api_aws_lambda",
        "eventsource": "zoom_api",
        "logger": "zoom_api",
        "timestamp": AT,
        "utctimestamp": AT,
        "processid": "sample",
        "tags": ["zoom", f"id:sha256:{hashlib.sha256(body).hexdigest()[:40]}"],
        "details": details,
        **more,
    }


def rejects(body: bytes, reason: str, detail: str, index: int = 0, source: str = "zoom", **more: Any) -> dict[str, Any]:
    """The bucket after these bytes were rejected."""
    digest = hashlib.sha256(body).hexdigest()
    envelope = {
        "version": 1,
        "source": source,
        "reason": reason,
        "time": AT,
        "requestId": "sample",
        "sha256": digest,
        "events": [{"index": index, "detail": detail}],
        "method": "POST",
        "query": "",
        "headers": {"x-zm-request-timestamp": str(int(NOW))},
        "body": base64.b64encode(body).decode(),
        "masked": False,
        "split": None,
        **more,
    }
    name = rejected_name(body, envelope["split"], (refused_event["index"] for refused_event in envelope["events"]))
    return {f"rejected/{DAY}/{reason}/{name}.json": envelope}


def compact(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def with_payload(value: str) -> bytes:
    return f'{{"event":"user.deleted","payload":{{"a":{value}}},"event_ts":1767225600000}}'.encode()


# Bad input.

BAD = {
    "list": (
        b"[]",
        "not-an-object",
        0,
        'an event must be a JSON object, not a list; `events: {split: "@"}` takes each of its items',
    ),
    "number": (b"1.5", "not-an-object", 0, "an event must be a JSON object, not a number"),
    "string": (b'"a"', "not-an-object", 0, "an event must be a JSON object, not a string"),
    "null": (b"null", "not-an-object", 0, "an event must be a JSON object, not null"),
    "boolean": (b"true", "not-an-object", 0, "an event must be a JSON object, not a boolean"),
    "NaN": (with_payload("NaN"), "number", -1, "NaN is not JSON"),
    "Infinity": (with_payload("Infinity"), "number", -1, "Infinity is not JSON"),
    "minus Infinity": (with_payload("-Infinity"), "number", -1, "-Infinity is not JSON"),
    "1e400": (with_payload("1e400"), "number", -1, "a number beyond what a double holds"),
    "lone surrogate": (with_payload('"\\ud800"'), "text", 0, "a lone surrogate, which is no character"),
    "huge integer": (with_payload("9" * 100_000), "number", -1, "an integer beyond 64 bits"),
    "2**63": (with_payload(str(2**63)), "number", -1, "an integer beyond 64 bits"),
    "lists 100 k deep": (with_payload("[" * 100_000 + "]" * 100_000), "depth", -1, "nested deeper than 64"),
    "objects 100 k deep": (with_payload('{"a":' * 100_000 + "1" + "}" * 100_000), "depth", -1, "nested deeper than 64"),
    "just too deep": (with_payload("[" * 64 + "]" * 64), "depth", -1, "nested deeper than 64"),
    "not UTF-8": (b"\xff\xfe{}", "not-json", -1, "the body is not UTF-8"),
    "form": (b"payload=%7B%7D", "not-json", -1, "the body is not JSON: Expecting value at character 0"),
}


@pytest.mark.parametrize(("body", "reason", "index", "detail"), BAD.values(), ids=BAD)
def test_unusable_event_is_kept_with_the_reason(body: bytes, reason: str, index: int, detail: str) -> None:
    endpoint = Endpoint(ZOOM)
    assert outcome(endpoint, endpoint.post_signed(body)) == {
        "answer": EMPTY,
        "messages": [],
        "objects": rejects(body, reason, detail, index),
        "log": [line("WARN", "accepted", 200, f"{reason}: {detail}", kept=1)],
    }


def test_a_list_is_a_batch_where_the_definition_says_so() -> None:
    endpoint = Endpoint(BATCH)
    answer = endpoint.post_signed([{"a": 1}, 2, {"b": 3}])
    body = b'[{"a": 1}, 2, {"b": 3}]'
    detail = "an event must be a JSON object, not a number"
    assert (answer, [event_of(message) for message in endpoint.queue.messages]) == (EMPTY, [{"a": 1}, {"b": 3}])
    kept = {key: json.loads(content) for key, content in endpoint.bucket.objects.items()}
    assert kept == rejects(body, "not-an-object", detail, 1, "batch", headers={}, split="@")
    why = f"not-an-object: {detail}"
    assert endpoint.log == [line("WARN", "accepted", 200, why, source="batch", sent=2, kept=1)]


def test_authentic_request_without_a_body_is_a_400() -> None:
    endpoint = Endpoint(ZOOM)
    assert outcome(endpoint, endpoint.post_signed(b"")) == only_logged(400, line("WARN", "empty", 400))


@pytest.mark.parametrize("binary", [False, True], ids=["text", "base64"])
def test_a_body_in_base64_is_the_bytes_as_sent(*, binary: bool) -> None:
    endpoint, body = Endpoint(ZOOM), compact(EVENT)
    headers = dict(signed_request(ZOOM.webhook.auth, body).headers)
    assert outcome(endpoint, endpoint.post(body, dict(headers), binary=binary)) == {
        "answer": EMPTY,
        "messages": [zoom_message(body, EVENT)],
        "objects": {},
        "log": [line("INFO", "accepted", 200, sent=1)],
    }


@pytest.mark.parametrize("body", ["no base64!", "é", "YQ", "YQ==="])
def test_invalid_base64_body_is_a_400(body: str) -> None:
    endpoint = Endpoint(ZOOM)
    event = gateway.event("POST", {}, b"x") | {"body": body, "isBase64Encoded": True}
    logged = line("WARN", "malformed", 400, "the body is not base64")
    assert outcome(endpoint, endpoint.call(event)) == only_logged(400, logged)


def test_non_ascii_text_does_not_grow() -> None:
    endpoint = Endpoint(ZOOM)
    texts = ["é" * 10_000, "日" * 10_000, "😀" * 8_000] * 9
    event = {**EVENT, "payload": {"operator": "a@example.com", "texts": texts}}
    body = compact(event)
    assert outcome(endpoint, endpoint.post_signed(body)) == {
        "answer": EMPTY,
        "messages": [zoom_message(body, event)],
        "objects": {},
        "log": [line("INFO", "accepted", 200, sent=1)],
    }
    assert len(endpoint.queue.bodies[0].encode()) < len(body) + 1_000


def test_an_event_over_the_queues_limit_is_kept_whole_and_pointed_at() -> None:
    endpoint = Endpoint(ZOOM)
    event = {**EVENT, "payload": {"operator": "a@example.com", "text": "x" * 1_048_576}}
    body = compact(event)
    digest = hashlib.sha256(body).hexdigest()
    key = f"oversize/{DAY}/{digest}.json"
    short = {**EVENT, "payload": {"operator": "a@example.com", "text": "x" * 1_024 + "…"}}
    where = {"bucket": "kept", "key": key, "sha256": digest, "bytes": len(body)}
    message = zoom_message(body, {**short, "oversize": where})
    assert outcome(endpoint, endpoint.post_signed(body)) == {
        "answer": EMPTY,
        "messages": [{**message, "tags": [*message["tags"], "oversize"]}],
        "objects": {key: event},
        "log": [line("INFO", "accepted", 200, sent=1)],
    }
    assert endpoint.bucket.objects[key] == body


def test_body_beyond_lambdas_limit_is_a_413() -> None:
    endpoint = Endpoint(ZOOM)
    answer = endpoint.post_signed(b" " * (6 * 1_048_576 + 1))
    assert outcome(endpoint, answer) == only_logged(413, line("WARN", "too large", 413))


NO_HEADER = {"statusCode": 401, "headers": {}, "body": '{"message":"Unauthorized"}'}
FORBIDDEN = {"statusCode": 403, "headers": {}, "body": '{"message":"Forbidden"}'}
TOKENS = {
    "empty": "",
    "wrong": "wrong",
    "prefix of it": SECRET[:-1],
    "other case": SECRET.upper(),
    "Bearer": f"Bearer {SECRET}",
    "trailing space": f"{SECRET} ",
    "leading space": f" {SECRET}",
    "non-ASCII": "pässword",
    "lone surrogate": "\ud800",
    "twice": f"{SECRET},{SECRET}",
}


@pytest.mark.parametrize("token", TOKENS.values(), ids=TOKENS)
def test_wrong_token_is_a_403(token: str) -> None:
    endpoint = Endpoint(OKTA)
    answer = endpoint.post(compact({"data": {"events": [{}]}}), {"Authorization": token})
    logged = {
        "timestamp": AT,
        "level": "WARN",
        "message": "unauthenticated",
        "version": VERSION,
        "source": "okta",
        "requestId": "sample",
        "why": "the token in authorization is not the secret",
    }
    assert outcome(endpoint, answer) == {"answer": FORBIDDEN, "messages": [], "objects": {}, "log": [logged]}


def test_no_token_is_a_401() -> None:
    endpoint = Endpoint(OKTA)
    answer = endpoint.post(compact({"data": {"events": [{}]}}))
    assert outcome(endpoint, answer) == {"answer": NO_HEADER, "messages": [], "objects": {}, "log": []}


BODY = compact(EVENT)
RIGHT = signed_request(GITHUB.webhook.auth, BODY).headers["X-Hub-Signature-256"]
MISMATCH = "no signature in x-hub-signature-256 is one of this body with the secret"
SIGNATURES = {
    "none": (None, "no x-hub-signature-256 header"),
    "empty": ("", "no x-hub-signature-256 header"),
    "wrong": ("sha256=" + "0" * 64, MISMATCH),
    "prefix alone": ("sha256=", MISMATCH),
    "without its prefix": (RIGHT.removeprefix("sha256="), MISMATCH),
    "prefix in another case": (RIGHT.replace("sha256", "SHA256"), MISMATCH),
    "Bearer": (f"Bearer {RIGHT}", MISMATCH),
    "half": (RIGHT[: 7 + 32], MISMATCH),
    "twice": (f"{RIGHT},{RIGHT}", MISMATCH),
    "non-ASCII": ("sha256=" + "é" * 64, MISMATCH),
    "lone surrogate": ("sha256=\ud800", MISMATCH),
}


@pytest.mark.parametrize(("signature", "why"), SIGNATURES.values(), ids=SIGNATURES)
def test_invalid_signature_is_a_401(signature: str | None, why: str) -> None:
    endpoint = Endpoint(GITHUB)
    answer = endpoint.post(BODY, {} if signature is None else {"X-Hub-Signature-256": signature})
    logged = line("WARN", "unauthenticated", 401, why, source="github")
    assert outcome(endpoint, answer) == only_logged(401, logged)


# The queue.

OKTA_EVENTS = [{"uuid": f"u{at}", "eventType": "t", "published": "2026-01-01T00:00:00Z"} for at in range(12)]
OKTA_BODY = compact({"data": {"events": OKTA_EVENTS}})


def failed(*ids: int, sender: bool = False) -> dict[str, Any]:
    code = "InvalidMessageContents" if sender else "InternalError"
    return {"Failed": [{"Id": str(index), "SenderFault": sender, "Code": code} for index in ids]}


def uuids(endpoint: Endpoint) -> list[str]:
    return [event_of(message)["uuid"] for message in endpoint.queue.messages]


def messages_of(source: Source, body: bytes) -> list[str]:
    """The messages of a request where nothing is wrong, byte for byte."""
    endpoint = Endpoint(source)
    assert endpoint.post_signed(body)["statusCode"] < 300
    return endpoint.queue.bodies


def waits(messages: list[str], source: str) -> dict[str, Any]:
    """The bucket while these messages wait for the queue."""
    sent = [base64.b64encode(message.encode()).decode() for message in messages]
    envelope = {"version": 1, "source": source, "time": AT, "requestId": "sample", "messages": sent}
    return {f"unsent/{DAY}/{hashlib.sha256(''.join(sent).encode()).hexdigest()}.json": envelope}


@pytest.mark.parametrize("fault", [DOWN, THROTTLED])
def test_messages_for_an_unanswering_queue_wait_in_the_bucket(fault: Exception) -> None:
    endpoint = Endpoint(ZOOM)
    endpoint.queue.faults.always = fault
    assert outcome(endpoint, endpoint.post_signed(BODY)) == {
        "answer": EMPTY,
        "messages": [],
        "objects": waits(messages_of(ZOOM, BODY), "zoom"),
        "log": [line("WARN", "accepted", 200, unsent=1)],
    }
    # boto3 has tried twice by then; the vendor waits.
    assert (endpoint.queue.faults.calls, endpoint.slept) == (1, [])


@pytest.mark.parametrize(("fault", "name"), [(DOWN, "EndpointConnectionError"), (THROTTLED, "ThrottlingException")])
def test_queue_and_bucket_down_make_the_vendor_come_back(fault: Exception, name: str) -> None:
    endpoint = Endpoint(ZOOM)
    endpoint.queue.faults.lined_up, endpoint.bucket.faults.lined_up = [fault], [DOWN]
    logged = line("ERROR", "unavailable", 503, f"QueueUnavailable: {name}; EndpointConnectionError")
    assert outcome(endpoint, endpoint.post_signed(BODY)) == only_logged(503, logged)
    assert endpoint.post_signed(BODY) == EMPTY
    assert (endpoint.queue.messages, endpoint.bucket.objects) == ([zoom_message(BODY, EVENT)], {})


def test_queue_going_down_between_batches_has_the_first_batch_and_the_bucket_the_rest() -> None:
    endpoint = Endpoint(OKTA)
    endpoint.queue.faults.lined_up = [None, DOWN]
    assert endpoint.post_signed(OKTA_BODY) == OKTA_EMPTY
    assert uuids(endpoint) == [f"u{at}" for at in range(10)]
    assert endpoint.bucket.read() == waits(messages_of(OKTA, OKTA_BODY)[10:], "okta")
    assert endpoint.log == [line("WARN", "accepted", 204, source="okta", sent=10, unsent=2)]


def test_event_repeated_after_a_503_has_the_same_id() -> None:
    endpoint = Endpoint(OKTA)
    endpoint.queue.faults.lined_up, endpoint.bucket.faults.lined_up = [None, DOWN], [DOWN]
    assert [endpoint.post_signed(OKTA_BODY)["statusCode"] for _ in range(2)] == [503, 204]
    every = [f"u{at}" for at in range(12)]
    assert uuids(endpoint) == every[:10] + every
    tags = [message["tags"] for message in endpoint.queue.messages]
    assert tags == [["okta", f"id:{uuid}"] for uuid in uuids(endpoint)]


def test_failed_part_of_a_batch_is_tried_again() -> None:
    endpoint = Endpoint(OKTA)
    endpoint.queue.faults.lined_up = [failed(2, 7), failed(7)]
    assert endpoint.post_signed(OKTA_BODY) == OKTA_EMPTY
    assert uuids(endpoint) == [f"u{at}" for at in (0, 1, 3, 4, 5, 6, 8, 9, 2, 7, 10, 11)]
    assert (endpoint.slept, endpoint.bucket.objects) == (list(PAUSES), {})
    assert endpoint.log == [line("INFO", "accepted", 204, source="okta", sent=12)]


def test_forever_failing_part_waits_in_the_bucket_with_the_untried_messages() -> None:
    endpoint = Endpoint(OKTA)
    endpoint.queue.faults.lined_up = [failed(2), failed(2), failed(2)]
    assert endpoint.post_signed(OKTA_BODY) == OKTA_EMPTY
    assert uuids(endpoint) == [f"u{at}" for at in (0, 1, 3, 4, 5, 6, 7, 8, 9)]
    assert endpoint.bucket.read() == waits([messages_of(OKTA, OKTA_BODY)[at] for at in (2, 10, 11)], "okta")
    assert (endpoint.slept, endpoint.queue.faults.calls) == (list(PAUSES), 3)
    assert endpoint.log == [line("WARN", "accepted", 204, source="okta", sent=9, unsent=3)]


def test_unsendable_message_is_kept() -> None:
    endpoint = Endpoint(ZOOM)
    endpoint.queue.faults.lined_up = [failed(0, sender=True)]
    assert outcome(endpoint, endpoint.post_signed(BODY)) == {
        "answer": EMPTY,
        "messages": [],
        "objects": rejects(BODY, "queue", "SQS: InvalidMessageContents"),
        "log": [line("WARN", "accepted", 200, "queue: SQS: InvalidMessageContents", kept=1)],
    }
    assert (endpoint.queue.faults.calls, endpoint.slept) == (1, [])


def test_unsendable_message_does_not_hold_up_the_rest() -> None:
    endpoint = Endpoint(OKTA)
    never, later = failed(3, sender=True), failed(4)
    endpoint.queue.faults.lined_up = [{"Failed": [*never["Failed"], *later["Failed"]]}, None, failed(11, sender=True)]
    assert endpoint.post_signed(OKTA_BODY) == OKTA_EMPTY
    assert uuids(endpoint) == [f"u{at}" for at in (0, 1, 2, 5, 6, 7, 8, 9, 4, 10)]
    events = [{"index": at, "detail": "SQS: InvalidMessageContents"} for at in (3, 11)]
    kept = {key: json.loads(content) for key, content in endpoint.bucket.objects.items()}
    assert kept == rejects(OKTA_BODY, "queue", "", source="okta", headers={}, events=events, split="data.events")
    why = "queue: SQS: InvalidMessageContents"
    assert endpoint.log == [line("WARN", "accepted", 204, why, source="okta", sent=10, kept=2)]


# The bucket.


@pytest.mark.parametrize(("fault", "name"), [(DOWN, "EndpointConnectionError"), (THROTTLED, "ThrottlingException")])
@pytest.mark.parametrize("body", [b"[]", compact({**EVENT, "text": "x" * 1_048_576})], ids=["reject", "oversize"])
def test_needed_bucket_down_makes_the_vendor_come_back(body: bytes, fault: Exception, name: str) -> None:
    endpoint = Endpoint(ZOOM)
    endpoint.bucket.faults.lined_up = [fault]
    logged = line("ERROR", "unavailable", 503, f"KeptBucketUnavailable: {name}")
    assert outcome(endpoint, endpoint.post_signed(body)) == only_logged(503, logged)
    assert endpoint.post_signed(body) == EMPTY
    assert len(endpoint.bucket.objects) == 1


def test_bucket_down_does_not_matter_for_messages_taken_by_the_queue() -> None:
    endpoint = Endpoint(ZOOM)
    endpoint.bucket.faults.always = DOWN
    assert endpoint.post_signed(BODY) == EMPTY
    assert endpoint.queue.messages == [zoom_message(BODY, EVENT)]


def test_message_refused_by_queue_and_bucket_makes_the_vendor_come_back() -> None:
    endpoint = Endpoint(ZOOM)
    endpoint.queue.faults.lined_up = [failed(0, sender=True)]
    endpoint.bucket.faults.always = DOWN
    logged = line("ERROR", "unavailable", 503, "KeptBucketUnavailable: EndpointConnectionError")
    assert outcome(endpoint, endpoint.post_signed(BODY)) == only_logged(503, logged)


def test_rejects_of_a_repeated_delivery_are_kept_once() -> None:
    endpoint = Endpoint(OKTA)
    body = compact({"data": {"events": [1, *OKTA_EVENTS[:2]]}})
    endpoint.queue.faults.lined_up, endpoint.bucket.faults.lined_up = [DOWN], [None, DOWN]
    assert [endpoint.post_signed(body)["statusCode"] for _ in range(2)] == [503, 204]
    assert (uuids(endpoint), len(endpoint.bucket.objects)) == (["u0", "u1"], 1)


def test_unsendable_message_is_kept_beside_messages_waiting_for_the_queue() -> None:
    endpoint = Endpoint(OKTA)
    never, later = failed(3, sender=True), failed(4)
    endpoint.queue.faults.lined_up = [{"Failed": [*never["Failed"], *later["Failed"]]}, failed(4), failed(4)]
    assert endpoint.post_signed(OKTA_BODY) == OKTA_EMPTY
    events = [{"index": 3, "detail": "SQS: InvalidMessageContents"}]
    assert endpoint.bucket.read() == {
        **rejects(OKTA_BODY, "queue", "", source="okta", headers={}, events=events, split="data.events"),
        **waits([messages_of(OKTA, OKTA_BODY)[at] for at in (4, 10, 11)], "okta"),
    }
    why = "queue: SQS: InvalidMessageContents"
    assert endpoint.log == [line("WARN", "accepted", 204, why, source="okta", sent=8, kept=1, unsent=3)]


# The secret store.


@pytest.mark.parametrize(("fault", "name"), [(DOWN, "EndpointConnectionError"), (THROTTLED, "ThrottlingException")])
def test_store_down_without_a_cached_secret_makes_the_vendor_come_back(fault: Exception, name: str) -> None:
    endpoint = Endpoint(ZOOM)
    endpoint.store.faults.lined_up = [fault]
    logged = line("ERROR", "unavailable", 503, f"SecretsUnavailable: {ZOOM_SECRET}: {name}")
    assert outcome(endpoint, endpoint.post_signed(BODY)) == only_logged(503, logged)
    assert endpoint.post_signed(BODY) == EMPTY


# What anyone can make: signed with an empty key.
WITH_NOTHING = {
    "x-zm-request-timestamp": str(int(NOW)),
    "x-zm-signature": f"v0={hmac.digest(b'', f'v0:{int(NOW)}:'.encode() + BODY, 'sha256').hex()}",
}


@pytest.mark.parametrize("secret", [None, ""], ids=["missing", "empty"])
def test_missing_secret_makes_the_vendor_come_back(secret: str | None) -> None:
    endpoint = Endpoint(ZOOM, secret=secret)
    logged = line("ERROR", "no secret", 503, f"NoSecret: {ZOOM_SECRET}: not there, or empty")
    assert outcome(endpoint, endpoint.post(BODY, WITH_NOTHING)) == only_logged(503, logged)


def test_a_cached_secret_goes_on_serving_while_the_store_is_down() -> None:
    endpoint = Endpoint(ZOOM)
    calls = []
    for clock, fault in (
        (0, None),
        (TTL - 1, DOWN),
        (TTL, DOWN),
        (TTL + RETRY_INTERVAL - 1, DOWN),
        (TTL + RETRY_INTERVAL, None),
    ):
        endpoint.clock, endpoint.store.faults.always = clock, fault
        assert endpoint.post_signed(BODY) == EMPTY
        calls.append(endpoint.store.faults.calls)
    assert calls == [1, 1, 2, 2, 3]
    assert len(endpoint.queue.bodies) == 5


def test_previous_secret_stays_valid_until_dropped() -> None:
    endpoint = Endpoint(ZOOM, secret="new")
    endpoint.store.values[ZOOM_SECRET + PREVIOUS_SUFFIX] = "old"
    assert [endpoint.post_signed(BODY, secret=secret)["statusCode"] for secret in ("old", "new", "older")] == [
        200,
        200,
        401,
    ]
    endpoint.clock = TTL
    del endpoint.store.values[ZOOM_SECRET + PREVIOUS_SUFFIX]
    assert [endpoint.post_signed(BODY, secret=secret)["statusCode"] for secret in ("old", "new")] == [401, 200]


def test_rotation_is_noticed_at_the_first_mismatch_allowed_to_reread() -> None:
    endpoint = Endpoint(ZOOM, secret="one")
    assert endpoint.post_signed(BODY, secret="one") == EMPTY
    seen = []
    for clock, secret in ((0, "two"), (REREAD_INTERVAL - 1, "three"), (REREAD_INTERVAL, "three")):
        endpoint.store.values |= {ZOOM_SECRET: secret, ZOOM_SECRET + PREVIOUS_SUFFIX: "one"}
        endpoint.clock = clock
        seen.append((endpoint.post_signed(BODY, secret=secret)["statusCode"], endpoint.store.faults.calls))
    assert seen == [(200, 2), (401, 2), (200, 3)]
    assert endpoint.post_signed(BODY, secret="one") == EMPTY


def test_a_flood_of_forgeries_reads_the_store_once_in_a_while() -> None:
    endpoint = Endpoint(ZOOM)
    endpoint.post_signed(BODY)
    for clock in range(int(REREAD_INTERVAL) * 3):
        endpoint.clock = clock
        assert endpoint.post_signed(BODY, secret="forged")["statusCode"] == 401
    assert endpoint.store.faults.calls == 4


@pytest.mark.parametrize("values", [{}, {ZOOM_SECRET: ""}], ids=["missing", "empty"])
def test_withdrawn_secret_serves_no_longer_than_the_cache_lifetime(values: dict[str, str]) -> None:
    endpoint = Endpoint(ZOOM)
    assert endpoint.post_signed(BODY) == EMPTY
    endpoint.store.values = values
    assert endpoint.post_signed(BODY) == EMPTY
    endpoint.clock = TTL
    assert [endpoint.post_signed(BODY, secret=secret)["statusCode"] for secret in (SECRET, "forged")] == [503, 503]
    assert endpoint.post(BODY, WITH_NOTHING)["statusCode"] == 503
    assert endpoint.store.faults.calls == 2
    endpoint.clock, endpoint.store.values = TTL + RETRY_INTERVAL, {ZOOM_SECRET: SECRET}
    assert endpoint.post_signed(BODY) == EMPTY


def test_store_down_at_the_reread_keeps_the_cached_secret_serving() -> None:
    endpoint = Endpoint(ZOOM)
    assert endpoint.post_signed(BODY) == EMPTY
    endpoint.clock, endpoint.store.faults.always = REREAD_INTERVAL, DOWN
    secrets = ("forged", SECRET, "forged")
    assert [endpoint.post_signed(BODY, secret=secret)["statusCode"] for secret in secrets] == [401, 200, 401]
    assert endpoint.store.faults.calls == 2


@pytest.mark.parametrize("fault", [DOWN, THROTTLED])
def test_behind_an_authorizer_without_a_store_the_vendor_is_to_come_back(fault: Exception) -> None:
    endpoint = Endpoint(OKTA)
    endpoint.store.faults.always = fault
    assert [endpoint.post_signed(OKTA_BODY, secret=secret)["statusCode"] for secret in (SECRET, "forged")] == [503, 503]
    assert (endpoint.queue.bodies, endpoint.bucket.objects) == ([], {})
    messages = ["left to the handler", "unavailable"]
    assert [line["message"] for line in endpoint.log] == messages * 2


def test_authorizer_without_a_store_goes_on_with_the_cached_secret() -> None:
    endpoint = Endpoint(OKTA)
    event = gateway.event("POST", {"Authorization": SECRET})
    allowed = {"isAuthorized": True}
    assert authorize(OKTA, endpoint.secrets, event, NOW) == allowed
    endpoint.clock, endpoint.store.faults.always = TTL, DOWN
    assert authorize(OKTA, endpoint.secrets, event, NOW) == allowed
    forged = gateway.event("POST", {"Authorization": "forged"})
    assert authorize(OKTA, endpoint.secrets, forged, NOW) == {"isAuthorized": False}


# What a definition does with what it finds.

HMAC = "description: made\nwebhook:\n  auth: {hmac: {signature: {header: x-signature}}}\n"
DETAILS = HMAC + 'mozdef: {details: {added: "{%s}"}}\n'


def make_endpoint(folder: Path, text: str, transform: str | None = None) -> Endpoint:
    if transform:
        (folder / "made").mkdir()
        (folder / "made" / "transform.py").write_text(transform, encoding="utf-8")
    return Endpoint(make_definition(folder, text).source)


def kept_once_as_sent(endpoint: Endpoint, event: dict[str, Any]) -> bool:
    body = json.dumps(event).encode()
    answer = endpoint.post_signed(body)
    kept_bodies = [base64.b64decode(json.loads(content)["body"]) for content in endpoint.bucket.objects.values()]
    return (answer, endpoint.queue.bodies, kept_bodies) == (EMPTY, [], [body])


TRANSFORMS = {
    "a time": "[{'at': __import__('datetime').datetime(2026, 1, 1)}]",
    "NaN": "[{'a': float('nan')}]",
    "a circle": "[event.setdefault('event', event)]",
    "bytes": "[{'a': b'b'}]",
    "no event": "[None]",
    "nothing to go through": "5",
    "a mistake": "1 / 0",
    "the end of the interpreter": "exit(1)",
    "the end of the interpreter, late": "(exit(1) for _ in (1,))",
    "an interruption": "(_ for _ in ()).throw(KeyboardInterrupt)",
}


@pytest.mark.parametrize("expression", TRANSFORMS.values(), ids=TRANSFORMS)
def test_transformed_event_fits_a_message_or_the_event_is_kept(tmp_path: Path, expression: str) -> None:
    endpoint = make_endpoint(tmp_path, HMAC, f"def transform(event, request):\n    return {expression}\n")
    assert kept_once_as_sent(endpoint, {"a": 1})


def test_non_text_key_of_a_transform_loses_nothing(tmp_path: Path) -> None:
    endpoint = make_endpoint(tmp_path, HMAC, "def transform(event, request):\n    return [{1: event}]\n")
    assert endpoint.post_signed({"a": 1}) == EMPTY
    details = [event_of(message) for message in endpoint.queue.messages]
    assert (details, len(endpoint.bucket.objects)) in [([{"1": {"a": 1}}], 0), ([], 1)]


FOUND = {
    "NaN from a text": ("to_number(a)", {"a": "nan"}),
    "Infinity from a text": ("to_number(a)", {"a": "1e400"}),
    "an integer beyond 64 bits from a text": ("to_number(a)", {"a": "9" * 30}),
    "an integer beyond 64 bits from a double": ("floor(a)", {"a": 1e308}),
    "a number sought in a text": ("contains(a, b)", {"a": "text", "b": 5}),
    "the length of a number": ("length(a)", {"a": 5}),
}


@pytest.mark.parametrize(("path", "event"), FOUND.values(), ids=FOUND)
def test_value_of_a_path_is_text_or_left_out(tmp_path: Path, path: str, event: dict[str, Any]) -> None:
    endpoint = make_endpoint(tmp_path, DETAILS % path)
    assert endpoint.post_signed(event) == EMPTY
    (message,) = endpoint.queue.messages
    assert isinstance(message["details"].get("added", ""), str)
    assert event_of(message) == event


@pytest.mark.parametrize(
    "mapping",
    [
        *(
            'facts: {severity: "{a}"}',
            'facts: {summary: "{a}"}',
            'mozdef: {tags: ["{a}"]}',
            'mozdef: {details: {b: "{a}"}}',
        )
    ],
)
def test_message_stays_within_the_queues_limit_for_any_text(tmp_path: Path, mapping: str) -> None:
    endpoint = make_endpoint(tmp_path, HMAC + f"{mapping}\n")
    event = {"a": "é" * 600_000}
    assert endpoint.post_signed(event) == EMPTY
    assert [len(body.encode()) <= 1_048_576 for body in endpoint.queue.bodies] == [True]
    assert [json.loads(whole)["a"] for whole in endpoint.bucket.objects.values()] == [event["a"]]


def test_an_okta_event_with_a_huge_severity_is_delivered_or_kept() -> None:
    endpoint = Endpoint(OKTA)
    event = {**OKTA_EVENTS[0], "severity": "x" * 1_100_000}
    assert endpoint.post_signed({"data": {"events": [event]}}) == OKTA_EMPTY
    assert [json.loads(whole)["severity"] for whole in endpoint.bucket.objects.values()] == [event["severity"]]


def test_event_changed_in_place_by_a_transform_is_kept_when_too_big(tmp_path: Path) -> None:
    endpoint = make_endpoint(tmp_path, HMAC, "def transform(event, request):\n    event['b'] = 2\n    return [event]\n")
    event = {"a": "x" * 1_048_576}
    assert endpoint.post_signed(event) == EMPTY
    assert [json.loads(whole) for whole in endpoint.bucket.objects.values()] == [{**event, "b": 2}]


CHALLENGE = HMAC + '  challenges: [{when: challenge, reply: {text: "%s"}}]\n'


@pytest.mark.parametrize(
    ("text", "challenge"), [("{length(challenge)}", 5), ("{join('', challenge)}", [5]), ("{challenge}", "\ud800")]
)
def test_unanswerable_challenge_is_refused(tmp_path: Path, text: str, challenge: object) -> None:
    endpoint = make_endpoint(tmp_path, CHALLENGE % text)
    assert endpoint.post_signed({"challenge": challenge}) == {**EMPTY, "statusCode": 400}
    assert (endpoint.queue.bodies, endpoint.bucket.objects) == ([], {})
    assert [entry["message"] for entry in endpoint.log] == ["challenge refused"]
