"""Each event once: what is claimed, what becomes of a claim, and that no trouble with the table keeps an event back."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError, ReadTimeoutError
from hypothesis import example, given
from hypothesis import strategies as st

from generator.testing import event_of
from lambdas.delivering import claim_table, dedupe, delivery
from lambdas.delivering.result import Delivered
from lambdas.model import Source
from lambdas.reading.request import CANARY_HEADER
from lambdas.runtime.deadline import Deadline
from lambdas.shaping.event import event_id, id_tag
from lambdas.shaping.shaper import MAX_EVENTS
from tests.definitions import make_definition
from tests.fakes import DOWN, LEASE, NOW, THROTTLED, Endpoint, Table, message_with_id

pytestmark = pytest.mark.slow

TEXT = """
    description: made
    webhook: {auth: {hmac: {signature: {header: x-signature}}}}
    events: {split: events, id: id%s}
    dedupe: {window: 2}
"""
DENIED = ClientError({"Error": {"Code": "AccessDeniedException", "Message": "no"}}, "PutItem")
LOST = ReadTimeoutError(endpoint_url="https://aws.invalid")
REFUSED = {"Failed": [{"Id": "0", "SenderFault": True, "Code": "InvalidMessageContents"}]}
HOUR = 3_600


@pytest.fixture
def source(tmp_path: Path) -> Source:
    return make_definition(tmp_path, TEXT % "").source


@pytest.fixture
def endpoint(source: Source) -> Endpoint:
    return Endpoint(source, stack="stack")


def events(*ids: Any, **more: Any) -> dict[str, Any]:
    return {"events": [{**({"id": event_id} if event_id is not None else {}), **more} for event_id in ids]}


def sent_ids(endpoint: Endpoint) -> list[str]:
    return [event_of(message).get("id") for message in endpoint.queue.messages]


def post(endpoint: Endpoint, *ids: Any) -> int:
    status: int = endpoint.post_signed(events(*ids))["statusCode"]
    return status


def seconds(item: dict[str, Any], name: str) -> float:
    return float(item[name]["N"]) - NOW


def test_repeated_event_becomes_no_second_message(endpoint: Endpoint) -> None:
    assert [post(endpoint, "a"), post(endpoint, "a"), post(endpoint, "a", "b")] == [200, 200, 200]
    assert sent_ids(endpoint) == ["a", "b"]
    assert [(line["sent"], line.get("duplicates"), line.get("Duplicate")) for line in endpoint.log] == [
        (1, None, None),
        (0, 1, 1),
        (1, 1, 1),
    ]
    assert {line["level"] for line in endpoint.log} == {"INFO"}


def test_claim_is_done_once_the_message_is_sent_and_ends_with_the_window(endpoint: Endpoint) -> None:
    post(endpoint, "a")
    ((name, item),) = endpoint.table.items.items()
    assert (name, set(item), seconds(item, "expires")) == ("id:a", {"id", "expires"}, 2 * HOUR)
    endpoint.clock = 2 * HOUR
    post(endpoint, "a")
    assert sent_ids(endpoint) == ["a"]
    # DynamoDB deletes what has expired, some time later.
    endpoint.clock = 2 * HOUR + 1
    post(endpoint, "a")
    assert sent_ids(endpoint) == ["a", "a"]


def test_an_event_without_an_id_is_nobodys_to_claim(endpoint: Endpoint) -> None:
    assert [post(endpoint, None, ""), post(endpoint, None, "")] == [200, 200]
    assert len(sent_ids(endpoint)) == 4
    assert endpoint.table.faults.calls == 0


def test_event_twice_in_a_body_is_sent_once(endpoint: Endpoint) -> None:
    assert post(endpoint, "a", "b", "a", None, None) == 200
    assert sent_ids(endpoint) == ["a", "b", None, None]
    assert endpoint.log[-1]["duplicates"] == 1


def test_a_long_id_is_an_id(endpoint: Endpoint) -> None:
    for long_id in ("é" * 2_000, "é" * 1_999, "é" * 2_000):
        post(endpoint, long_id)
    assert [len(sent_id) for sent_id in sent_ids(endpoint)] == [2_000, 1_999]


NO_IDS = [True, False, {}, {"a": 1}, [], ["a"], 1.0, 0.5, "", " ", "\t\r\n", "\u00a0\u2003\u3000"]


@pytest.mark.parametrize("value", NO_IDS, ids=json.dumps)
def test_value_shared_by_different_events_is_no_id(endpoint: Endpoint, value: Any) -> None:
    bodies = [{"events": [{"id": value, "number": number}]} for number in range(3)]
    assert [endpoint.post_signed(body)["statusCode"] for body in bodies] == [200, 200, 200]
    assert [event_of(message) for message in endpoint.queue.messages] == [body["events"][0] for body in bodies]
    # As of any event without an id.
    tags = [message["tags"][1] for message in endpoint.queue.messages]
    assert len({tag for tag in tags if tag.startswith("id:sha256:")}) == 3
    assert endpoint.table.faults.calls == 0


LONG = "x" * 257
ALIKE = [
    1,
    "1",
    0,
    "0",
    -1,
    "-1",
    1.0,
    True,
    "True",
    "true",
    None,
    "None",
    LONG,
    id_tag(LONG).removeprefix("id:"),
    "id:1",
]
IDS = st.one_of(
    st.sampled_from([*ALIKE, *NO_IDS]),
    st.integers(-(2**63), 2**63 - 1),
    st.text(st.characters(exclude_categories=["Cs"])),
    st.recursive(st.none() | st.booleans() | st.integers(-9, 9), st.lists, max_leaves=3),
)


@given(st.lists(IDS, min_size=2, max_size=6))
@example(ALIKE)
def test_events_whose_ids_differ_are_both_sent(ids: list[Any]) -> None:
    text = "description: made\nwebhook: {auth: {hmac: {signature: {header: x-signature}}}}\n"
    with TemporaryDirectory() as folder:
        source = make_definition(Path(folder), f"{text}events: {{split: events, id: id}}\ndedupe: {{window: 2}}").source
    endpoint = Endpoint(source)
    post(endpoint, *ids)
    # As JSON: to Python, True is 1, and so is 1.0.
    first = [json.dumps(value) for value in sent_ids(endpoint)]
    assert set(first) == {json.dumps(value) for value in ids}
    post(endpoint, *ids)
    again = [json.dumps(value) for value in sent_ids(endpoint)[len(first) :]]
    assert again == [json.dumps(value) for value in ids if event_id(value) is None]


def test_number_and_the_same_digits_as_text_have_equal_tags_and_two_claims(endpoint: Endpoint) -> None:
    post(endpoint, 1, "1")
    assert [message["tags"][1] for message in endpoint.queue.messages] == ["id:1", "id:1"]
    assert set(endpoint.table.items) == {"number:id:1", "id:1"}


def test_a_canary_is_sent_each_time(endpoint: Endpoint) -> None:
    for _ in range(2):
        endpoint.post_signed(events("a"), {CANARY_HEADER: "0" * 32})
    assert sent_ids(endpoint) == ["a", "a"]
    assert endpoint.table.faults.calls == 0
    post(endpoint, "a")
    assert sent_ids(endpoint) == ["a", "a", "a"]


# While another is at it.


def meanwhile(endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch, do: Callable[[], Any]) -> list[Any]:
    """What comes of something that happens while the queue is taking the first messages."""
    send, seen = endpoint.queue.send_message_batch, []

    def sending(**request: Any) -> dict[str, Any]:
        monkeypatch.undo()
        seen.append(do())
        return send(**request)

    monkeypatch.setattr(endpoint.queue, "send_message_batch", sending)
    return seen


def test_event_being_sent_elsewhere_is_left_to_the_vendor_until_done(
    endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = meanwhile(endpoint, monkeypatch, lambda: post(endpoint, "a", "b", "c"))
    assert post(endpoint, "a", "b") == 200
    assert seen == [503]
    # What nobody else was sending was sent.
    assert sent_ids(endpoint) == ["c", "a", "b"]
    assert endpoint.log[0]["why"] == "Pending: another request is sending 2 of 3 messages"
    assert post(endpoint, "a", "b", "c") == 200
    assert sent_ids(endpoint) == ["c", "a", "b"]


def test_claim_of_a_dead_function_is_free_once_the_lease_is_over(
    endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Died(BaseException):
        pass

    def dies() -> None:
        # What a process does after its end is nothing.
        monkeypatch.setattr(endpoint.table, "batch_write_item", lambda **_: {})
        raise Died

    meanwhile(endpoint, monkeypatch, dies)
    with pytest.raises(Died):
        post(endpoint, "a", "b")
    monkeypatch.undo()
    assert {seconds(item, "held_until") for item in endpoint.table.items.values()} == {LEASE}
    endpoint.clock = LEASE
    assert [post(endpoint, "a", "b"), post(endpoint, "b")] == [503, 503]
    endpoint.clock = LEASE + 1
    assert [post(endpoint, "a", "b"), post(endpoint, "b")] == [200, 200]
    assert sent_ids(endpoint) == ["a", "b"]


def test_item_in_another_transaction_is_pending(endpoint: Endpoint) -> None:
    conflict = {"Error": {"Code": "TransactionConflictException", "Message": ""}}
    endpoint.table.faults.lined_up = [ClientError(conflict, "PutItem")]  # type: ignore[arg-type]
    assert post(endpoint, "a") == 503
    reasons = {"CancellationReasons": [{"Code": "None"}, {"Code": "TransactionConflict"}, {"Code": "None"}]}
    canceled = {"Error": {"Code": "TransactionCanceledException", "Message": ""}, **reasons}
    endpoint.table.faults.lined_up = [ClientError(canceled, "TransactWriteItems")]  # type: ignore[arg-type]
    assert post(endpoint, "a", "b", "c") == 503
    assert sent_ids(endpoint) == ["a", "c"]
    assert [post(endpoint, "a", "b", "c"), sent_ids(endpoint)] == [200, ["a", "c", "b"]]


# Where the table is in trouble.

SLOW = {"Error": {"Code": "TransactionCanceledException", "Message": ""}}
SLOWED = ClientError(
    {**SLOW, "CancellationReasons": [{"Code": "None"}, {"Code": "ThrottlingError"}]},  # type: ignore[typeddict-unknown-key]
    "TransactWriteItems",
)


@pytest.mark.parametrize("fault", [DOWN, THROTTLED, DENIED, LOST, SLOWED], ids=lambda error: type(error).__name__)
@pytest.mark.parametrize("ids", [["a"], ["a", "b"]])
def test_failing_table_lets_everything_through(endpoint: Endpoint, fault: Exception, ids: list[str]) -> None:
    endpoint.table.faults.always = fault
    assert post(endpoint, *ids) == 200
    assert sent_ids(endpoint) == ids
    # It was asked once: the vendor is waiting.
    assert endpoint.table.faults.calls == 1
    warned, line = endpoint.log
    assert (warned["level"], warned["message"]) == ("WARN", "the table of dedupe failed")
    assert (line["level"], line["unclaimed"], line["Unclaimed"]) == ("WARN", len(ids), len(ids))
    endpoint.table.faults.always = None
    assert post(endpoint, *ids) == 200
    assert sent_ids(endpoint) == [*ids, *ids]


@pytest.mark.parametrize("fault", [DOWN, THROTTLED, LOST], ids=lambda error: type(error).__name__)
def test_sent_event_without_a_written_claim_is_counted(endpoint: Endpoint, fault: Exception) -> None:
    endpoint.table.faults.lined_up = [None, fault]
    assert post(endpoint, *range(60)) == 200
    assert endpoint.log[-1]["unclaimed"] == 60
    assert endpoint.table.faults.calls == 2
    endpoint.clock = LEASE + 1
    assert post(endpoint, 0) == 200
    assert len(sent_ids(endpoint)) == 61


def test_unprocessed_items_of_a_batch_are_written_again(endpoint: Endpoint) -> None:
    left = {"PutRequest": {"Item": {"id": {"S": "id:b"}, "expires": {"N": str(int(NOW) + 2 * HOUR)}}}}
    unprocessed: dict[str, Any] = {"UnprocessedItems": {"claims": [left]}}
    endpoint.table.faults.lined_up = [None, unprocessed, unprocessed]
    assert post(endpoint, "a", "b") == 200
    assert "unclaimed" not in endpoint.log[-1]
    endpoint.table.faults.lined_up = [None, *[unprocessed] * claim_table.TRIES]
    assert post(endpoint, "c", "b") == 200
    assert endpoint.log[-1]["duplicates"] == 1
    assert [post(endpoint, "a", "b", "c"), sent_ids(endpoint)] == [200, ["a", "b", "c"]]


def test_after_a_fault_the_rest_of_a_body_goes_through_and_claims_are_done(endpoint: Endpoint) -> None:
    endpoint.table.faults.lined_up = [None, DOWN]
    assert post(endpoint, *range(250)) == 200
    assert len(sent_ids(endpoint)) == 250
    assert endpoint.log[-1]["unclaimed"] == 150
    assert post(endpoint, *range(250)) == 200
    assert sent_ids(endpoint)[250:] == list(range(100, 250))


def test_a_whole_body_is_claimed_in_few_calls(endpoint: Endpoint) -> None:
    assert post(endpoint, *range(MAX_EVENTS)) == 200
    assert endpoint.table.faults.calls == MAX_EVENTS / 100 + MAX_EVENTS / 25
    assert post(endpoint, *range(MAX_EVENTS)) == 200
    assert endpoint.table.faults.calls == 2 * MAX_EVENTS / 100 + MAX_EVENTS / 25
    assert (len(sent_ids(endpoint)), endpoint.log[-1]["duplicates"]) == (MAX_EVENTS, MAX_EVENTS)


# Where the queue is.


def test_claims_of_waiting_messages_are_done(endpoint: Endpoint) -> None:
    endpoint.queue.faults.always = DOWN
    assert [post(endpoint, "a", "b"), post(endpoint, "b", "a")] == [200, 200]
    assert endpoint.log[-1]["duplicates"] == 2
    endpoint.queue.faults.always = None
    assert endpoint.sweeper.sweep() == {"sent": 2, "left": 0}
    assert sent_ids(endpoint) == ["a", "b"]


def test_claims_are_released_for_lost_events_and_not_for_sent_events(endpoint: Endpoint) -> None:
    endpoint.queue.faults.lined_up = [None, DOWN]
    endpoint.bucket.faults.always = DOWN
    assert post(endpoint, *range(15)) == 503
    assert sent_ids(endpoint) == list(range(10))
    endpoint.bucket.faults.always = None
    assert post(endpoint, *range(15)) == 200
    assert sent_ids(endpoint) == list(range(15))


def test_claim_of_an_unsendable_event_is_released_and_a_redrive_sends_the_event(endpoint: Endpoint) -> None:
    endpoint.queue.faults.lined_up = [REFUSED]
    assert post(endpoint, "a", "b") == 200
    (key,) = endpoint.bucket.objects
    assert (sent_ids(endpoint), list(endpoint.table.items)) == (["b"], ["id:b"])
    assert endpoint.reprocessor.send([key]) == [{"key": key, "sent": 1, "unsent": 0, "fails": []}]
    assert (sent_ids(endpoint), list(endpoint.bucket.objects)) == (["b", "a"], [])


def test_claim_of_an_unkeepable_event_is_released(endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delivery, "MAX_MESSAGE", 10)
    endpoint.bucket.faults.always = DOWN
    assert post(endpoint, "a") == 503
    assert endpoint.table.items == {}
    endpoint.bucket.faults.always = None
    assert [post(endpoint, "a"), post(endpoint, "a")] == [200, 200]
    assert len(endpoint.queue.bodies) == 1


# What `transform` makes of one event.

SEVERAL = "def transform(event, request):\n    return [{'id': event['id'], 'part': one} for one in event['parts']]\n"


def with_transform(folder: Path, code: str, more: str = "") -> Source:
    (folder / "made").mkdir(parents=True)
    (folder / "made" / "transform.py").write_text(code, encoding="utf-8")
    return make_definition(folder, TEXT % more).source


def parts(endpoint: Endpoint) -> list[Any]:
    return [event_of(message)["part"] for message in endpoint.queue.messages]


def test_messages_of_the_same_event_are_no_duplicates(tmp_path: Path) -> None:
    endpoint = Endpoint(with_transform(tmp_path, SEVERAL))
    for _ in range(2):
        assert endpoint.post_signed(events("a", parts=[1, 2, 2]))["statusCode"] == 200
    assert parts(endpoint) == [1, 2, 2]


def test_redrive_sends_only_the_refused_messages_of_an_event(tmp_path: Path) -> None:
    endpoint = Endpoint(with_transform(tmp_path / "strict", SEVERAL, ", require: [part]"))
    endpoint.post_signed(events("a", parts=[1, None, 3]))
    (key,) = endpoint.bucket.objects
    # Mended, it makes them in another order.
    mended = SEVERAL.replace("event['parts']", "[9] + [one or 0 for one in event['parts']]")
    endpoint.deploy(with_transform(tmp_path / "mended", mended, ", require: [part]"))
    (preview,) = endpoint.reprocessor.preview([key])
    assert (preview["passes"], preview["duplicates"], len(preview["messages"])) == (3, 1, 3)
    assert preview["skipped"] == ["id:a"]
    assert endpoint.reprocessor.send([key]) == [{"key": key, "sent": 3, "unsent": 0, "fails": [], "duplicates": 1}]
    assert parts(endpoint) == [1, 9, 0, 3]


# By hand.


@pytest.fixture
def rejected(tmp_path: Path, source: Source) -> tuple[Endpoint, str]:
    """An endpoint that has rejected two events, and takes them now."""
    endpoint = Endpoint(make_definition(tmp_path / "strict", TEXT % ", require: [never]").source)
    assert post(endpoint, "a", "b") == 200
    (key,) = endpoint.bucket.objects
    endpoint.deploy(source)
    return endpoint, key


def test_two_redrives_at_once_send_once(rejected: tuple[Endpoint, str], monkeypatch: pytest.MonkeyPatch) -> None:
    endpoint, key = rejected
    seen = meanwhile(endpoint, monkeypatch, lambda: (endpoint.reprocessor.send([key]), list(endpoint.bucket.objects)))
    assert endpoint.reprocessor.send([key]) == [{"key": key, "sent": 2, "unsent": 0, "fails": []}]
    # The other may have failed: what it was sending stayed until it had not.
    assert seen == [([{"key": key, "sent": 0, "unsent": 0, "fails": [], "pending": 2}], [key])]
    assert (sent_ids(endpoint), list(endpoint.bucket.objects)) == (["a", "b"], [])


def test_event_repeated_by_the_vendor_is_skipped_and_deleted(rejected: tuple[Endpoint, str]) -> None:
    endpoint, key = rejected
    assert post(endpoint, "a") == 200
    before = dict(endpoint.table.items)
    (preview,) = endpoint.reprocessor.preview([key])
    assert (preview["passes"], preview["duplicates"], preview["skipped"]) == (1, 1, ["id:a"])
    assert len(preview["messages"]) == 1
    assert endpoint.table.items == before
    assert endpoint.reprocessor.send([key]) == [{"key": key, "sent": 1, "unsent": 0, "fails": [], "duplicates": 1}]
    assert (sent_ids(endpoint), list(endpoint.bucket.objects)) == (["a", "b"], [])


def test_preview_asks_again_for_keys_left_out_by_the_table(rejected: tuple[Endpoint, str]) -> None:
    endpoint, key = rejected
    assert post(endpoint, "a") == 200
    left = {"UnprocessedKeys": {"claims": {"Keys": [{"id": {"S": "id:a"}}], "ConsistentRead": True}}}
    endpoint.table.faults.lined_up = [left]
    assert endpoint.reprocessor.preview([key])[0]["duplicates"] == 1
    endpoint.table.faults.lined_up = [left] * claim_table.TRIES
    assert "duplicates" not in endpoint.reprocessor.preview([key])[0]


@pytest.mark.parametrize("fault", [DOWN, DENIED], ids=["down", "denied"])
def test_a_preview_does_not_need_the_table(rejected: tuple[Endpoint, str], fault: Exception) -> None:
    endpoint, key = rejected
    endpoint.table.faults.always = fault
    (preview,) = endpoint.reprocessor.preview([key])
    assert preview["passes"] == 2
    assert "duplicates" not in preview


def test_pending_and_expired_claims_do_not_count_as_sent(rejected: tuple[Endpoint, str]) -> None:
    endpoint, key = rejected
    assert post(endpoint, "a", "b") == 200
    endpoint.table.items["id:a"]["held_until"] = {"N": "0"}
    assert endpoint.reprocessor.preview([key])[0]["duplicates"] == 1
    endpoint.clock = 3 * HOUR
    assert "duplicates" not in endpoint.reprocessor.preview([key])[0]


# The condition, by somebody else's reading of it.


@pytest.fixture
def dynamodb(empty_account: None) -> Any:  # noqa: ARG001 - what it has set up
    client = boto3.client("dynamodb")
    client.create_table(
        TableName="claims",
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        BillingMode="PAY_PER_REQUEST",
    )
    return client


def items(*, held_until: int | None = None, expires: int = 10, by: str = "other") -> dict[str, Any]:
    held = {"held_by": {"S": by}, "held_until": {"N": str(held_until)}} if held_until is not None else {}
    return {"expires": {"N": str(int(NOW) + expires)}, **held}


@pytest.mark.parametrize("number", [1, 3])
@pytest.mark.parametrize(
    ("stored_item", "becomes"),
    [
        (None, "ours"),
        (items(), "done"),
        (items(expires=-1), "ours"),
        (items(held_until=int(NOW)), "pending"),
        (items(held_until=int(NOW) - 1), "ours"),
        (items(held_until=int(NOW) + 9, by="me"), "ours"),
        (items(held_until=int(NOW) + 9, expires=-1), "ours"),
    ],
)
def test_dynamodb_and_the_fake_table_evaluate_the_condition_alike(
    dynamodb: Any, source: Source, monkeypatch: pytest.MonkeyPatch, stored_item: Any, becomes: str, number: int
) -> None:
    monkeypatch.setattr(dedupe.os, "urandom", lambda size: b"\x0e" * size)
    names = [f"id:{number_in_batch}" for number_in_batch in range(number)]
    for table in (dynamodb, Table()):
        if stored_item:
            by = {"held_by": {"S": "0e" * 16}} if stored_item.get("held_by") == {"S": "me"} else {}
            item = {"id": {"S": names[-1]}, **stored_item, **by}
            table.batch_write_item(RequestItems={"claims": [{"PutRequest": {"Item": item}}]})
        result = dedupe.Claims(source, "claims", table, LEASE, lambda: NOW)._claim(names, 1)
        last = "ours" if names[-1] in result.claimed else "done" if result.held_by_others[names[-1]] else "pending"
        assert (last, result.claimed - {names[-1]}) == (becomes, set(names[:-1]))


def test_dynamodb_takes_every_request(dynamodb: Any, source: Source) -> None:
    claims = dedupe.Claims(source, "claims", dynamodb, LEASE, lambda: NOW)
    messages = [message_with_id(index, f"id:{index}") for index in range(130)]
    seen: list[int] = []

    def send(fresh: Any, done: set[int]) -> Delivered:
        seen.append(len(fresh))
        done.update(range(len(fresh) - 5))
        return Delivered(len(fresh) - 5, 0, [])

    assert claims.send_unclaimed(messages, send) == Delivered(125, 0, [])
    assert claims.already_sent(messages) == set(range(125))
    assert claims.send_unclaimed(messages, send)[5:8] == (125, 0, 0)
    assert seen == [130, 5]


def test_table_and_lease_come_from_the_stack(source: Source, monkeypatch: pytest.MonkeyPatch) -> None:
    requested: list[Any] = []
    table = Table()
    monkeypatch.setattr(dedupe, "client", lambda *arguments: requested.append(arguments) or table)
    claims = dedupe.claims_from_environ(source, Deadline(), {"DEDUPE_TABLE": "claims", "DEDUPE_LEASE": "25"})
    before = int(time.time())
    pending: list[dict[str, Any]] = []

    def send(_messages: Any, _settled: set[int]) -> Delivered:
        pending.append(table.items["id:a"])
        return Delivered(1, 0, [])

    claims.send_unclaimed([message_with_id(0, "a")], send)
    assert 25 <= int(pending[0]["held_until"]["N"]) - before <= 26
    ((service, config),) = requested
    # Two tries, each of a connection and an answer, and an event goes through while the vendor still waits.
    assert service == "dynamodb"
    assert config.retries["total_max_attempts"] * (config.connect_timeout + config.read_timeout) <= 2


def test_source_without_dedupe_sends_repeated_events(tmp_path: Path) -> None:
    endpoint = Endpoint(make_definition(tmp_path, TEXT.replace("dedupe: {window: 2}", "") % "").source)
    assert [post(endpoint, "a"), post(endpoint, "a")] == [200, 200]
    assert sent_ids(endpoint) == ["a", "a"]
    assert json.dumps(endpoint.log).count("duplicate") == 0
