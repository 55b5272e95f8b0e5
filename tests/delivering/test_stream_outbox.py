"""The way into objects: a line for each message, as few calls as Firehose allows, and nothing tried for ever."""

from __future__ import annotations

import base64
import gzip
import json
import math
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError
from hypothesis import given
from hypothesis import strategies as st

from lambdas.delivering.object_store import ObjectStore
from lambdas.delivering.outbox import PAUSES, Undelivered
from lambdas.delivering.stream_outbox import MAX_CALL, MAX_RECORD, MAX_RECORDS, StreamOutbox
from lambdas.runtime.aws_errors import AWS_ERRORS
from tests.definitions import make_definition
from tests.fakes import DOWN, NOW, THROTTLED, Bucket, Endpoint, Firehose

TAKEN, FAILED = {"RecordId": "id"}, {"ErrorCode": "ServiceUnavailableException", "ErrorMessage": "slow down"}
SOURCE = """
    description: made
    webhook: {auth: {hmac: {signature: {header: x-signature}}}}
    events: {split: events, id: id}
    delivery: {s3: {}}
"""


class Stream:
    """An outbox with its stream and its bucket."""

    def __init__(self, *lined_up: Any) -> None:
        self.bucket = Bucket(name="objects")
        self.firehose = Firehose(self.bucket)
        self.firehose.faults.lined_up = list(lined_up)
        self.slept: list[float] = []
        store = ObjectStore("objects", lambda: self.bucket)
        self.outbox = StreamOutbox("made", "stream", self.firehose, store, self.slept.append, clock=lambda: NOW)


def results(*each: dict[str, str]) -> dict[str, Any]:
    return {"FailedPutCount": sum("ErrorCode" in result for result in each), "RequestResponses": list(each)}


def test_each_message_is_a_line_of_its_own() -> None:
    stream = Stream()
    assert stream.outbox.send([b'{"a":1}', b'{"a":2}']) == ({}, Undelivered([]))
    assert stream.firehose.records == [b'{"a":1}\n', b'{"a":2}\n']
    assert stream.firehose.faults.calls == 1


def test_a_call_has_as_many_records_as_firehose_takes() -> None:
    stream = Stream()
    assert stream.outbox.send([b"{}"] * (2 * MAX_RECORDS + 1)) == ({}, Undelivered([]))
    assert (len(stream.firehose.records), stream.firehose.faults.calls) == (1_001, 3)


@given(st.lists(st.sampled_from([2, 300_000, MAX_RECORD - 1, MAX_RECORD]), max_size=12))
def test_no_call_and_no_record_is_larger_than_firehose_takes_and_nothing_is_lost(sizes: list[int]) -> None:
    """Firehose, in the tests' memory, refuses what is larger: 1,000 KiB a record, and 4 MiB a call."""
    stream, bodies = Stream(), [b"%d" % index + b"x" * (size - 2) for index, size in enumerate(sizes)]
    assert stream.outbox.send(bodies) == ({}, Undelivered([]))
    assert sorted(stream.firehose.lines) == sorted(bodies)
    assert MAX_CALL == 4 * 1_048_576


def test_what_is_too_large_for_the_stream_is_an_object_of_its_own() -> None:
    stream, large = Stream(), b'"' + b"x" * MAX_RECORD + b'"'
    assert stream.outbox.send([b"{}", large]) == ({}, Undelivered([]))
    assert stream.firehose.records == [b"{}\n"]
    ((key, content),) = stream.bucket.objects.items()
    assert key.startswith("events/made/2026/01/01/00/")
    assert key.endswith(".json.gz")
    assert gzip.decompress(content) == large + b"\n"
    # Sent again within the hour, it replaces itself.
    assert stream.outbox.send([large]) == ({}, Undelivered([]))
    assert list(stream.bucket.objects) == [key]


def test_records_that_failed_are_tried_again_alone() -> None:
    stream = Stream(results(TAKEN, FAILED, TAKEN), results(FAILED))
    assert stream.outbox.send([b"1", b"2", b"3"]) == ({}, Undelivered([]))
    assert stream.firehose.records == [b"1\n", b"3\n", b"2\n"]
    assert (stream.firehose.faults.calls, stream.slept) == (3, list(PAUSES))


def test_a_record_that_fails_each_time_is_left_with_what_was_not_tried() -> None:
    stream = Stream(*[results(TAKEN, FAILED), results(FAILED), results(FAILED)])
    bodies = [b"x" * (MAX_RECORD - 1)] * 2
    assert stream.outbox.send([*bodies, *bodies, *bodies]) == ({}, Undelivered([0, 1, 2, 3, 4, 5], "Unconfirmed"))
    stream = Stream(results(TAKEN, FAILED), results(FAILED), results(FAILED))
    assert stream.outbox.send([b"1", b"2"]) == ({}, Undelivered([1], "1 message was not taken"))


DENIED = ClientError({"Error": {"Code": "AccessDeniedException", "Message": "no"}}, "PutRecordBatch")
GONE = ClientError({"Error": {"Code": "ResourceNotFoundException", "Message": "no such stream"}}, "PutRecordBatch")


@pytest.mark.parametrize(
    ("fault", "why"),
    [
        (DENIED, "AccessDeniedException"),
        (GONE, "ResourceNotFoundException"),
        (THROTTLED, "ThrottlingException"),
        (DOWN, "EndpointConnectionError"),
    ],
)
def test_a_refusal_leaves_what_the_stream_has_not_taken(fault: Exception, why: str) -> None:
    stream = Stream(None, fault)
    bodies = [b"%d" % number for number in range(MAX_RECORDS + 2)]
    assert stream.outbox.send(bodies) == ({}, Undelivered([MAX_RECORDS, MAX_RECORDS + 1], why))
    assert (stream.firehose.faults.calls, stream.slept) == (2, [])


@pytest.mark.parametrize(
    "answer",
    [
        {"FailedPutCount": 0},
        {"FailedPutCount": 0, "RequestResponses": None},
        {"FailedPutCount": 0, "RequestResponses": "taken"},
        results(TAKEN),
        results(TAKEN, TAKEN, TAKEN),
    ],
)
def test_an_answer_with_other_than_a_result_for_each_record_confirms_none(answer: dict[str, Any]) -> None:
    stream = Stream(answer)
    assert stream.outbox.send([b"1", b"2"]) == ({}, Undelivered([0, 1], "Unconfirmed"))
    assert stream.firehose.faults.calls == 1


def test_a_result_that_says_neither_confirms_the_others_alone() -> None:
    stream = Stream(results(TAKEN, {}))
    assert stream.outbox.send([b"1", b"2"]) == ({}, Undelivered([1], "Unconfirmed"))
    both = {**TAKEN, **FAILED}
    assert Stream(results(both), results(both), results(both)).outbox.send([b"1"]) == (
        {},
        Undelivered([0], "1 message was not taken"),
    )


def test_without_the_bucket_what_is_large_waits_and_what_is_small_is_sent() -> None:
    stream = Stream()
    stream.bucket.faults.always = DOWN
    large, small = b"x" * MAX_RECORD, [b"x"] * MAX_RECORDS
    undelivered = Undelivered([0, 2], "EndpointConnectionError")
    assert stream.outbox.send([large, b"1", large, *small]) == ({}, undelivered)
    assert stream.firehose.records == [b"1\n", *([b"x\n"] * MAX_RECORDS)]
    assert isinstance(DOWN, AWS_ERRORS)


def test_nothing_to_send_is_no_call() -> None:
    stream = Stream()
    assert stream.outbox.send([]) == ({}, Undelivered([]))
    assert stream.firehose.faults.calls == 0


def test_what_the_stream_does_not_take_waits_and_the_sweep_brings_it(tmp_path: Path) -> None:
    endpoint = Endpoint(make_definition(tmp_path, SOURCE).source)
    endpoint.writer.faults.always = THROTTLED
    assert endpoint.post_signed({"events": [{"id": "a"}, {"id": "b"}]})["statusCode"] == 200
    assert len(endpoint.bucket.read("unsent/")) == 1
    assert endpoint.sweeper.sweep() == {"sent": 0, "left": 2}
    endpoint.writer.faults.always = None
    assert endpoint.sweeper.sweep() == {"sent": 2, "left": 0}
    assert [json.loads(line)["tags"] for line in endpoint.writer.records] == [["made", "id:a"], ["made", "id:b"]]
    assert (endpoint.bucket.objects, endpoint.queue.bodies) == ({}, [])


def test_what_the_bucket_keeps_refusing_holds_up_nothing_and_is_tried_by_each_sweep(tmp_path: Path) -> None:
    endpoint = Endpoint(make_definition(tmp_path, SOURCE).source)
    endpoint.objects.faults.always, endpoint.writer.faults.always = DENIED, THROTTLED
    large = "x" * (MAX_RECORD + 100)
    events = [{"id": "a", "text": large}, {"id": "b"}], [{"id": "c", "text": large}], [{"id": "d"}, {"id": "e"}]
    for each in events:
        assert endpoint.post_signed({"events": each})["statusCode"] == 200
    assert endpoint.sweeper.sweep()["sent"] == 0

    endpoint.writer.faults.always = None
    assert endpoint.sweeper.sweep() == {"sent": 3, "left": 2}
    assert sorted(json.loads(line)["tags"][1] for line in endpoint.writer.records) == ["id:b", "id:d", "id:e"]
    before = dict(endpoint.bucket.objects)
    assert endpoint.sweeper.sweep() == {"sent": 0, "left": 2}
    assert endpoint.bucket.objects == before

    endpoint.objects.faults.always = None
    assert endpoint.sweeper.sweep() == {"sent": 2, "left": 0}
    assert sorted(json.loads(line)["tags"][1] for line in endpoint.writer.lines) == [f"id:{id_}" for id_ in "abcde"]
    assert endpoint.bucket.objects == {}


@pytest.mark.parametrize("seconds", [29.0, 12.0, 7.0])
@pytest.mark.parametrize("bucket_fault", [None, DOWN])
@pytest.mark.parametrize(
    "answers",
    [
        [results(TAKEN, FAILED), results(FAILED), results(FAILED)],
        [results(FAILED, FAILED), results(TAKEN, FAILED), THROTTLED],
        [results(TAKEN, {})],
        [results(TAKEN)],
        [{"FailedPutCount": 0}],
        [results({**TAKEN, **FAILED}, TAKEN), DOWN],
        [THROTTLED],
    ],
)
def test_a_claim_is_done_only_for_what_arrived_and_a_retry_brings_the_rest(
    tmp_path: Path, answers: list[Any], bucket_fault: Exception | None, seconds: float
) -> None:
    """With `dedupe`, what a claim calls sent never comes again: it has to be in the stream, or kept for it."""
    endpoint = Endpoint(make_definition(tmp_path, f"{SOURCE}    dedupe: {{}}\n", "made").source)
    endpoint.writer.faults.lined_up, endpoint.bucket.faults.always = answers, bucket_fault
    endpoint.begin(seconds)
    body = {"events": [{"id": "a"}, {"id": "b"}]}
    status = endpoint.post_signed(body)["statusCode"]
    kept = [json.loads(content)["messages"] for content in endpoint.bucket.objects.values()]
    arrived = {json.loads(line)["tags"][1] for line in endpoint.writer.lines}
    arrived |= {json.loads(base64.b64decode(message))["tags"][1] for messages in kept for message in messages}
    assert {name for name, claim in endpoint.table.items.items() if "held_until" not in claim} <= arrived
    assert (status == 200) == (arrived == {"id:a", "id:b"})

    endpoint.writer.faults.lined_up, endpoint.bucket.faults.always = [], None
    endpoint.begin(math.inf)
    assert endpoint.post_signed(body)["statusCode"] == 200
    endpoint.sweeper.sweep()
    assert {json.loads(line)["tags"][1] for line in endpoint.writer.lines} == {"id:a", "id:b"}


def test_a_redrive_goes_into_the_stream(tmp_path: Path) -> None:
    strict = make_definition(tmp_path, SOURCE.replace("id: id", "id: id, require: [ok]"), "made").source
    endpoint = Endpoint(strict)
    assert endpoint.post_signed({"events": [{"id": "a"}]})["statusCode"] == 200
    (key,) = endpoint.bucket.read("rejected/")
    endpoint.deploy(make_definition(tmp_path, SOURCE, "made").source)
    (result,) = endpoint.reprocessor.send([key])
    assert (result["sent"], result["fails"]) == (1, [])
    assert json.loads(endpoint.writer.records[0])["tags"] == ["made", "id:a", "replayed"]
