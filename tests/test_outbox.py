"""The way to the queue: as few calls as SQS allows, and nothing tried for ever."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError
from hypothesis import given
from hypothesis import strategies as st

from lambdas.outbox import Outbox, QueueDown, batches
from tests.fakes import Queue

MIB = 1_048_576


@given(st.lists(st.integers(1, MIB), max_size=40))
def test_batches_keep_the_order_and_both_limits(sizes: list[int]) -> None:
    bodies = [bytes(size) for size in sizes]
    made = list(batches(bodies))
    assert [place for batch in made for place in batch] == list(range(len(sizes)))
    assert all(len(batch) <= 10 and sum(sizes[place] for place in batch) <= MIB for batch in made)


def test_three_messages_of_400_kb_take_two_calls() -> None:
    queue = Queue()
    assert Outbox("queue-url", queue).send([b"x" * 400_000] * 3) == {}
    assert (len(queue.bodies), queue.faults.calls) == (3, 2)


class Picky(Queue):
    """Refuses a whole call for one message in it, as SQS does for a character."""

    def send_message_batch(self, QueueUrl: str, Entries: list[dict[str, str]]) -> dict[str, Any]:  # noqa: N803
        if any(entry["MessageBody"] == "bad" for entry in Entries):
            raise ClientError({"Error": {"Code": "InvalidMessageContents", "Message": "no"}}, "SendMessageBatch")
        return super().send_message_batch(QueueUrl, Entries)


def test_a_call_refused_for_one_message_delivers_the_others() -> None:
    queue = Picky()
    assert Outbox("queue-url", queue).send([b"a", b"bad", b"b"]) == {1: "InvalidMessageContents"}
    assert queue.bodies == ["a", "b"]


def test_any_other_refusal_is_the_queues() -> None:
    queue = Queue()
    queue.faults.always = ClientError({"Error": {"Code": "AccessDenied", "Message": "no"}}, "SendMessageBatch")
    with pytest.raises(QueueDown, match=r"^AccessDenied$"):
        Outbox("queue-url", queue).send([b"a"])
