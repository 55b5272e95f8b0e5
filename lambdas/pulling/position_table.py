"""The table of a pulled source: who is asking, how far each stream is read, and what people want.

Positions are JSON with a version of their shape. Claims of events are in the same table, under names of their own.
"""

from __future__ import annotations

import json
import math
import time
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from lambdas.pulling.rate import Spent
from lambdas.runtime.aws_errors import AWS_ERRORS, call_aws, error_code, required_field

SHAPE = 1
"""The version of a position's shape; one of another shape is not read."""
MAX_LEASE = 1_000.0
"""Seconds: no function runs longer, so a lease that ends later is from a clock that was ahead."""
LEASE_MARGIN = 5.0
"""Seconds of a lease beyond the function's end."""
_LEASE, _CONTROL = "lease", "control"
_FREE = "attribute_not_exists(held_until) OR held_until < :now OR held_until > :latest OR held_by = :me"


class TableUnavailable(Exception):  # noqa: N818 - it names the outcome
    """The table can't be read or written."""


class LeaseHeld(Exception):  # noqa: N818 - it names the outcome
    """Another run is asking."""


class PositionMoved(Exception):  # noqa: N818 - it names the outcome
    """Somebody else has written the position since it was read."""


class Lease(NamedTuple):
    """What the last run left: the turn of the streams, the requests that count, and when the vendor may be asked."""

    turn: int
    spent: Spent | None
    """Requests that count towards the rate; None where the last run died and did not say."""
    ended: float
    """When the last run ended, or at the latest."""
    not_before: float


class Stored(NamedTuple):
    """A position as it is stored, and its version; version 0 where there is none."""

    fields: Mapping[str, Any] | None
    version: int


class PositionTable:
    """Reads and writes the table for one run, whose `owner` is a random text."""

    def __init__(self, table: str, dynamodb: Any, owner: str, clock: Callable[[], float] = time.time) -> None:
        self._table = table
        self._dynamodb = dynamodb
        self._owner = owner
        self._clock = clock

    def take_lease(self, seconds: float) -> Lease:
        """Take the lease for the function's whole time; LeaseHeld while another has it. It is never renewed."""
        now = self._clock()
        try:
            answer = self._call(
                self._dynamodb.update_item,
                Key={"id": {"S": _LEASE}},
                UpdateExpression="SET held_by = :me, held_until = :until, turn = if_not_exists(turn, :zero) + :one",
                ConditionExpression=_FREE,
                ExpressionAttributeValues={
                    ":me": {"S": self._owner},
                    ":now": _number(now),
                    ":latest": _number(now + MAX_LEASE),
                    ":until": _number(math.ceil(now + seconds + LEASE_MARGIN)),
                    ":zero": _number(0),
                    ":one": _number(1),
                },
                ReturnValues="ALL_OLD",
            )
        except PositionMoved:
            raise LeaseHeld from None
        old = answer.get("Attributes") or {}
        # A lease that was given back ended at 0; else its run died, and may have asked until its end.
        died = _read(old, "held_until") > 0 and old["held_by"]["S"] != self._owner
        return Lease(
            turn=int(_read(old, "turn")),
            spent=None if died else [(until, count) for until, count in json.loads(_text(old, "spent", "[]"))],
            ended=_read(old, "held_until") if died else _read(old, "ended"),
            not_before=_read(old, "not_before"),
        )

    def release_lease(self, spent: Spent, not_before: float) -> None:
        """Give the lease back, with what the next run has to know; nothing where another has it by now."""
        try:
            self._call(
                self._dynamodb.update_item,
                Key={"id": {"S": _LEASE}},
                UpdateExpression="SET held_until = :zero, spent = :spent, ended = :now, not_before = :not_before",
                ConditionExpression="held_by = :me",
                ExpressionAttributeValues={
                    ":me": {"S": self._owner},
                    ":zero": _number(0),
                    ":spent": {"S": json.dumps(spent, separators=(",", ":"))},
                    ":now": _number(math.ceil(self._clock())),
                    ":not_before": _number(math.ceil(not_before)),
                },
            )
        except PositionMoved:
            return

    def position(self, name: str) -> Stored:
        """Return a position; none where it has another shape."""
        item = self._item(name)
        if item is None:
            return Stored(None, 0)
        version = int(_read(item, "revision"))
        fields = json.loads(item["state"]["S"]) if _read(item, "shape") == SHAPE else None
        return Stored(fields, version)

    def write_position(self, name: str, fields: Mapping[str, Any], version: int) -> int:
        """Write a position over the version that was read, and return the new; PositionMoved where it is another."""
        item = {
            "id": {"S": name},
            "revision": _number(version + 1),
            "written_by": {"S": self._owner},
            "shape": _number(SHAPE),
            "state": {"S": json.dumps(fields, separators=(",", ":"))},
            "written": _number(self._clock()),
        }
        values = {":old": _number(version), ":new": _number(version + 1), ":me": {"S": self._owner}}
        # A retry, after an answer that was lost, finds what it has written itself.
        condition = "revision = :old OR (revision = :new AND written_by = :me)"
        condition = condition if version else f"attribute_not_exists(id) OR ({condition})"
        self._call(self._dynamodb.put_item, Item=item, ConditionExpression=condition, ExpressionAttributeValues=values)
        return version + 1

    def control(self) -> Mapping[str, Any]:
        """Return what people want: `paused`, and `backfills`."""
        item = self._item(_CONTROL)
        control: Mapping[str, Any] = json.loads(item["state"]["S"]) if item else {}
        return control

    def _item(self, name: str) -> Mapping[str, Any] | None:
        answer = self._call(self._dynamodb.get_item, Key={"id": {"S": name}}, ConsistentRead=True)
        return answer.get("Item")

    def _call(self, method: Any, **arguments: Any) -> dict[str, Any]:
        try:
            answer = call_aws(method, TableName=self._table, **arguments)
            _ = required_field(answer, "ResponseMetadata")
        except AWS_ERRORS as error:
            if error_code(error) == "ConditionalCheckFailedException":
                raise PositionMoved from None
            raise TableUnavailable(error_code(error)) from error
        return answer


def _number(value: float) -> dict[str, str]:
    return {"N": str(int(value))}


def _text(item: Mapping[str, Any], name: str, default: str) -> str:
    return str(item.get(name, {}).get("S", default))


def _read(item: Mapping[str, Any], name: str) -> float:
    return float(item[name]["N"]) if name in item else 0.0
