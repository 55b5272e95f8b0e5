"""The way to the queue: as few calls as SQS allows, and nothing tried for ever."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError
from hypothesis import given
from hypothesis import strategies as st

from lambdas.delivering.outbox import PAUSES, Outbox, Undelivered
from lambdas.runtime.batches import in_batches, in_sized_batches
from tests.fakes import DOWN, THROTTLED, Queue

MIB = 1_048_576


@given(st.lists(st.integers(1, MIB), max_size=40))
def test_batches_keep_the_order_and_both_limits(sizes: list[int]) -> None:
    made_batches = list(in_sized_batches(range(len(sizes)), 10, max_size=MIB, size=sizes.__getitem__))
    assert [index for batch in made_batches for index in batch] == list(range(len(sizes)))
    assert all(len(batch) <= 10 and sum(sizes[index] for index in batch) <= MIB for batch in made_batches)


def test_a_batch_has_as_many_items_as_its_limit_allows() -> None:
    assert list(in_batches("abcde", 2)) == [["a", "b"], ["c", "d"], ["e"]]
    assert list(in_sized_batches([1, 1, 5, 1], None, max_size=3, size=int)) == [[1, 1], [5], [1]]
    assert list(in_batches([], 2)) == []


def test_three_messages_of_400_kb_take_two_calls() -> None:
    queue = Queue()
    assert Outbox("queue-url", queue).send([b"x" * 400_000] * 3) == ({}, Undelivered([]))
    assert (len(queue.bodies), queue.faults.calls) == (3, 2)


class Picky(Queue):
    """Refuses a whole call for one message in it, as SQS does for a character."""

    def send_message_batch(self, QueueUrl: str, Entries: list[dict[str, str]]) -> dict[str, Any]:  # noqa: N803
        if any(entry["MessageBody"] == "bad" for entry in Entries):
            raise ClientError({"Error": {"Code": "InvalidMessageContents", "Message": "no"}}, "SendMessageBatch")
        return super().send_message_batch(QueueUrl, Entries)


def test_call_refused_for_a_message_delivers_the_others() -> None:
    queue = Picky()
    assert Outbox("queue-url", queue).send([b"a", b"bad", b"b"]) == ({1: "InvalidMessageContents"}, Undelivered([]))
    assert queue.bodies == ["a", "b"]


DENIED = ClientError({"Error": {"Code": "AccessDenied", "Message": "no"}}, "SendMessageBatch")


@pytest.mark.parametrize(
    ("fault", "why"),
    [(DENIED, "AccessDenied"), (THROTTLED, "ThrottlingException"), (DOWN, "EndpointConnectionError")],
)
def test_any_other_refusal_is_the_queues_and_leaves_the_untaken_messages(fault: Exception, why: str) -> None:
    queue, slept = Queue(), list[float]()
    queue.faults.lined_up = [None, fault]
    bodies = [b"%d" % number for number in range(25)]
    assert Outbox("queue-url", queue, slept.append).send(bodies) == ({}, Undelivered(list(range(10, 25)), why))
    # What comes after is not tried: it would take as long, and the vendor waits.
    assert (queue.bodies, queue.faults.calls, slept) == ([body.decode() for body in bodies[:10]], 2, [])


def test_forever_failing_part_is_left_with_the_untried_messages() -> None:
    queue, slept = Queue(), list[float]()
    queue.faults.lined_up = [{"Failed": [{"Id": "3", "SenderFault": False, "Code": "InternalError"}]}] * 3
    bodies = [b"%d" % number for number in range(12)]
    assert Outbox("queue-url", queue, slept.append).send(bodies) == (
        {},
        Undelivered([3, 10, 11], "1 message was not taken"),
    )
    assert (queue.faults.calls, slept) == (3, list(PAUSES))


def test_message_refused_while_the_queue_goes_down_is_not_left() -> None:
    queue = Picky()
    queue.faults.lined_up = [None, DOWN]
    # The whole call is refused for one in it; then each goes for itself, and the last meets a queue that is down.
    assert Outbox("queue-url", queue).send([b"a", b"bad", b"b"]) == (
        {1: "InvalidMessageContents"},
        Undelivered([2], "EndpointConnectionError"),
    )
    assert queue.bodies == ["a"]


def test_nothing_to_send_is_no_call() -> None:
    queue = Queue()
    assert Outbox("queue-url", queue).send([]) == ({}, Undelivered([]))
    assert queue.faults.calls == 0
