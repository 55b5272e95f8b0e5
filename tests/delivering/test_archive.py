"""The archive: which requests have a copy, what is in it, and that no trouble with it changes an answer."""

from __future__ import annotations

import base64
import gzip
import json
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError, ReadTimeoutError

from generator.templates.resources.function import TIMEOUT_SECONDS
from lambdas.delivering import archive
from lambdas.model import Source
from lambdas.reading.request import CANARY_HEADER
from lambdas.runtime.deadline import CALL_SECONDS
from tests.definitions import make_definition
from tests.fakes import DOWN, NOW, THROTTLED, Endpoint, signed_request

TEXT = """
    description: made
    webhook: {auth: {hmac: {signature: {header: x-signature}}}}
    events: {split: events, id: id, require: [ok]%s}
    archive: {}
"""
DENIED = ClientError({"Error": {"Code": "AccessDeniedException", "Message": "no"}}, "PutRecordBatch")
LOST = ReadTimeoutError(endpoint_url="https://aws.invalid")
FAILED = {"FailedPutCount": 1, "RequestResponses": [{"ErrorCode": "ServiceUnavailableException"}]}


@pytest.fixture
def source(tmp_path: Path) -> Source:
    return make_definition(tmp_path, TEXT % "").source


@pytest.fixture
def endpoint(source: Source) -> Endpoint:
    return Endpoint(source, stack="stack")


def body(*ids: str, **more: Any) -> bytes:
    return json.dumps({"events": [{"id": event_id, "ok": True, **more} for event_id in ids]}).encode()


def test_an_accepted_request_is_archived_as_it_came_without_its_credential(endpoint: Endpoint) -> None:
    sent = body("a", name="Ånn ✓")
    headers = {"Cookie": "session", "Authorization": "Basic x", "X-Other": "1"}
    assert endpoint.post_signed(sent, headers)["statusCode"] == 200
    (record,) = endpoint.firehose.records
    assert record.endswith(b"\n")
    assert record.count(b"\n") == 1
    envelope = json.loads(record)
    assert envelope.pop("headers") == {"x-other": "1"}
    assert envelope == {
        "version": 1,
        "source": "made",
        "time": "2026-01-01T00:00:00.000+00:00",
        "requestId": endpoint.log[-1]["requestId"],
        "method": "POST",
        "query": "",
        "masked": False,
        "text": sent.decode(),
    }


def test_what_is_masked_is_masked_in_the_archive(tmp_path: Path) -> None:
    endpoint = Endpoint(make_definition(tmp_path, TEXT % ", mask: ['events[].pin']").source)
    assert endpoint.post_signed(body("a", pin="1234"))["statusCode"] == 200
    (envelope,) = endpoint.firehose.envelopes
    assert envelope["masked"]
    assert json.loads(envelope["text"])["events"] == [{"id": "a", "ok": True, "pin": "[masked]"}]
    assert b"1234" not in endpoint.firehose.records[0]


def test_a_body_that_is_no_utf_8_is_archived_in_base64(tmp_path: Path) -> None:
    webhook = "webhook: {auth: {hmac: {signature: {header: x-signature}}}}"
    endpoint = Endpoint(make_definition(tmp_path, f"description: made\n{webhook}\narchive: {{}}").source)
    compressed = gzip.compress(b'{"a": 1}')
    assert endpoint.post_signed(compressed, {"content-encoding": "gzip"})["statusCode"] == 200
    (envelope,) = endpoint.firehose.envelopes
    assert base64.b64decode(envelope["body"]) == compressed
    assert "text" not in envelope


def test_what_is_refused_or_no_event_or_not_readable_is_not_archived(endpoint: Endpoint) -> None:
    canary = {CANARY_HEADER: "0" * 32}
    for sent, headers, status in (
        (b"not json", {}, 200),  # kept with its reason
        (b'{"events": 1}', {}, 200),
        (b'{"events": []}', {}, 200),  # nothing in it
        (body("a"), canary, 200),
        (b"", {}, 400),
    ):
        assert endpoint.post_signed(sent, headers)["statusCode"] == status
    assert endpoint.post(body("a"), {"x-signature": "0"})["statusCode"] == 401
    assert endpoint.firehose.faults.calls == endpoint.archive.faults.calls == 0


def test_a_request_with_some_rejected_events_is_archived_whole(endpoint: Endpoint) -> None:
    sent = json.dumps({"events": [{"id": "a", "ok": True}, {"id": "b"}]})
    assert endpoint.post_signed(sent.encode())["statusCode"] == 200
    (envelope,) = endpoint.firehose.envelopes
    assert envelope["text"] == sent
    assert len(endpoint.bucket.read("rejected/")) == 1


def test_a_request_that_the_queue_did_not_take_is_archived_too(endpoint: Endpoint) -> None:
    endpoint.queue.faults.always = DOWN
    assert endpoint.post_signed(body("a"))["statusCode"] == 200
    assert len(endpoint.firehose.records) == 1


def test_a_request_that_is_answered_503_is_not_archived(endpoint: Endpoint) -> None:
    endpoint.queue.faults.always = endpoint.bucket.faults.always = DOWN
    assert endpoint.post_signed(body("a"))["statusCode"] == 503
    assert endpoint.firehose.records == []


@pytest.mark.parametrize("fault", [DOWN, THROTTLED, DENIED, LOST, FAILED, {"FailedPutCount": 0}, {"x": 1}])
def test_a_record_that_the_stream_does_not_take_is_put_into_the_bucket(endpoint: Endpoint, fault: Any) -> None:
    endpoint.firehose.faults.lined_up = [fault]
    assert endpoint.post_signed(body("a"))["statusCode"] == 200
    ((key, content),) = endpoint.archive.objects.items()
    assert key.startswith("accepted/2026-01-01/00/")
    assert json.loads(content)["text"] == body("a").decode()
    failed, accepted = endpoint.log
    assert (failed["level"], failed["message"]) == ("WARN", "the stream of the archive failed")
    assert (accepted["level"], "Unarchived" in accepted) == ("INFO", False)


def test_a_stream_that_failed_is_left_alone_for_a_minute(endpoint: Endpoint) -> None:
    endpoint.firehose.faults.lined_up = [DOWN]
    for event_id in ("a", "b"):
        endpoint.post_signed(body(event_id))
    assert endpoint.firehose.faults.calls == 1
    endpoint.clock += archive.PAUSE
    endpoint.post_signed(body("c"))
    assert (len(endpoint.archive.objects), len(endpoint.firehose.records)) == (2, 1)


def test_a_request_beyond_a_record_is_put_into_the_bucket_whole(endpoint: Endpoint) -> None:
    sent = body("a", text="x" * archive.MAX_RECORD)
    assert endpoint.post_signed(sent)["statusCode"] == 200
    assert endpoint.firehose.faults.calls == 0
    (content,) = endpoint.archive.objects.values()
    assert base64.b64decode(json.loads(content)["body"]) == sent
    (line,) = endpoint.log
    assert line["level"] == "INFO"


def test_without_stream_and_bucket_the_answer_is_the_same_and_the_request_is_counted(endpoint: Endpoint) -> None:
    endpoint.firehose.faults.always = endpoint.archive.faults.always = DENIED
    assert endpoint.post_signed(body("a", "b"))["statusCode"] == 200
    assert len(endpoint.queue.bodies) == 2
    *failures, line = endpoint.log
    assert [(each["message"], each["why"]) for each in failures] == [
        ("the stream of the archive failed", "AccessDeniedException"),
        ("the archive failed", "AccessDeniedException"),
    ]
    assert (line["level"], line["message"], line["unarchived"], line["Unarchived"]) == ("WARN", "accepted", 1, 1)


@pytest.mark.parametrize("takes", [0.9, 2.0, CALL_SECONDS])
def test_however_slow_aws_is_the_answer_comes_in_time_and_has_a_copy(endpoint: Endpoint, takes: float) -> None:
    endpoint.begin(TIMEOUT_SECONDS, takes)
    assert endpoint.post_signed(body(*(f"e{n}" for n in range(300))))["statusCode"] == 200
    assert endpoint.deadline.allows(0)
    assert len(endpoint.firehose.envelopes) == 1


def test_a_request_that_brings_nothing_new_is_archived_once(tmp_path: Path) -> None:
    endpoint = Endpoint(make_definition(tmp_path, f"{TEXT % ''}    dedupe: {{}}\n").source)
    for sent in (body("a"), body("a"), body("a", "b")):
        assert endpoint.post_signed(sent)["statusCode"] == 200
    assert [envelope["text"].encode() for envelope in endpoint.firehose.envelopes] == [body("a"), body("a", "b")]


def test_what_is_sent_before_another_request_settles_is_archived(tmp_path: Path) -> None:
    """The vendor is answered 503, since another may fail to send `a`; but `b` is on the queue."""
    endpoint = Endpoint(make_definition(tmp_path, f"{TEXT % ''}    dedupe: {{}}\n").source)
    endpoint.table.items["id:a"] = {
        "id": {"S": "id:a"},
        "held_by": {"S": "another"},
        "held_until": {"N": str(int(NOW) + 30)},
        "expires": {"N": str(int(NOW) + 3_600)},
    }
    assert endpoint.post_signed(body("a", "b"))["statusCode"] == 503
    assert len(endpoint.queue.bodies) == len(endpoint.firehose.records) == 1


def test_surrogates_in_a_header_are_archived_as_they_came(endpoint: Endpoint) -> None:
    sent = signed_request(endpoint.source.endpoint.auth, body("a"), {"x-name": "\ud800"})
    assert endpoint.send(sent)["statusCode"] == 200
    (record,) = endpoint.firehose.records
    assert json.loads(record)["headers"]["x-name"] == "\ud800"
