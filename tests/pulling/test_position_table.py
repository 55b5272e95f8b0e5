"""The lease and the positions, in moto's DynamoDB and in the table in memory that other tests use."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from moto import mock_aws

from lambdas.pulling.position_table import LeaseHeld, PositionMoved, PositionTable, TableUnavailable
from tests.fakes import DOWN, NOW
from tests.pulling.fake_table import PullTable


class Clock:
    now = NOW

    def __call__(self) -> float:
        return self.now


@pytest.fixture(params=["moto", "memory"])
def dynamodb(request: pytest.FixtureRequest) -> Iterator[Any]:
    if request.param == "memory":
        yield PullTable()
        return
    with mock_aws():
        client = boto3.client("dynamodb", region_name="us-west-2")
        client.create_table(
            TableName="claims",
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
            KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
            BillingMode="PAY_PER_REQUEST",
        )
        yield client


@pytest.fixture
def clock() -> Clock:
    return Clock()


def table(dynamodb: Any, clock: Clock, owner: str = "a") -> PositionTable:
    return PositionTable("claims", dynamodb, owner, clock)


def test_one_run_has_the_lease_until_its_function_has_ended(dynamodb: Any, clock: Clock) -> None:
    first = table(dynamodb, clock).take_lease(300)
    assert first == (0, [], 0.0, 0.0)
    clock.now += 304
    with pytest.raises(LeaseHeld):
        table(dynamodb, clock, "b").take_lease(300)
    clock.now += 2
    died = table(dynamodb, clock, "b").take_lease(300)
    # Nothing is known of the requests of a run that died, but that its last was before its end.
    assert died == (1, None, NOW + 305, 0.0)


def test_the_next_run_knows_what_was_spent_and_when_the_vendor_may_be_asked(dynamodb: Any, clock: Clock) -> None:
    mine = table(dynamodb, clock)
    mine.take_lease(300)
    clock.now += 10
    mine.release_lease([(int(NOW), 5), (int(NOW) + 9, 2)], NOW + 3_600)
    left = (1, [(NOW, 5), (NOW + 9, 2)], NOW + 10, NOW + 3_600)
    assert table(dynamodb, clock, "b").take_lease(300) == left


def test_a_run_does_not_give_back_the_lease_of_another(dynamodb: Any, clock: Clock) -> None:
    mine = table(dynamodb, clock)
    mine.take_lease(10)
    clock.now += 20
    table(dynamodb, clock, "b").take_lease(300)
    mine.release_lease([], 0)
    with pytest.raises(LeaseHeld):
        table(dynamodb, clock, "c").take_lease(300)


def test_a_lease_of_a_clock_that_was_far_ahead_holds_nobody_up(dynamodb: Any, clock: Clock) -> None:
    clock.now += 10**6
    table(dynamodb, clock).take_lease(300)
    clock.now -= 10**6
    assert table(dynamodb, clock, "b").take_lease(300).turn == 1


def test_a_position_is_written_over_the_version_that_was_read_alone(dynamodb: Any, clock: Clock) -> None:
    mine, other = table(dynamodb, clock), table(dynamodb, clock, "b")
    assert mine.position("position#audit") == (None, 0)
    assert mine.write_position("position#audit", {"start": 5}, 0) == 1
    with pytest.raises(PositionMoved):
        other.write_position("position#audit", {"start": 1}, 0)
    assert other.position("position#audit") == ({"start": 5}, 1)
    assert other.write_position("position#audit", {"start": 9}, 1) == 2
    with pytest.raises(PositionMoved):
        mine.write_position("position#audit", {"start": 7}, 1)
    assert mine.position("position#audit") == ({"start": 9}, 2)


def test_a_write_whose_answer_was_lost_is_found_by_its_retry(dynamodb: Any, clock: Clock) -> None:
    mine = table(dynamodb, clock)
    for version in (0, 1):
        mine.write_position("position#audit", {"start": version}, version)
        assert mine.write_position("position#audit", {"start": version}, version) == version + 1


def test_a_position_of_another_shape_is_not_read(dynamodb: Any, clock: Clock) -> None:
    item = {"id": {"S": "position#audit"}, "revision": {"N": "3"}, "shape": {"N": "99"}, "state": {"S": "{}"}}
    dynamodb.put_item(TableName="claims", Item=item) if not isinstance(dynamodb, PullTable) else dynamodb._put(item)
    assert table(dynamodb, clock).position("position#audit") == (None, 3)


def test_a_table_that_is_down_is_said() -> None:
    dynamodb = PullTable()
    dynamodb.faults.always = DOWN
    with pytest.raises(TableUnavailable, match="EndpointConnectionError"):
        PositionTable("claims", dynamodb, "a").take_lease(300)
