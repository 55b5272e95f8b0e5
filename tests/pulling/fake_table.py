"""The table of a pulled source in memory: claims, positions and the lease. It is compared with moto's."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from tests.fakes import Table

META: dict[str, Any] = {"ResponseMetadata": {"HTTPStatusCode": 200}}


@dataclass
class PullTable(Table):
    """Items by id, as `tests.fakes.Table`, for the calls that positions and the lease need."""

    def get_item(self, Key: dict[str, Any], **_: Any) -> dict[str, Any]:  # noqa: N803
        self.faults.next()
        item = self.items.get(Key["id"]["S"])
        return {**META, "Item": dict(item)} if item else META

    def put_item(self, **put: Any) -> Any:
        values = put.get("ExpressionAttributeValues", {})
        if ":old" not in values:
            return super().put_item(**put)
        self.faults.next()
        item = self.items.get(put["Item"]["id"]["S"])
        revision = item["revision"] if item else None
        ours = item is not None and revision == values[":new"] and item["written_by"] == values[":me"]
        absent = item is None and "attribute_not_exists(id)" in put["ConditionExpression"]
        if not (absent or ours or revision == values[":old"]):
            raise _condition_failed("PutItem")
        self._put(put["Item"])
        return META

    def update_item(self, Key: dict[str, Any], **update: Any) -> Any:  # noqa: N803
        self.faults.next()
        values, name = update["ExpressionAttributeValues"], Key["id"]["S"]
        old = self.items.get(name, {})
        if ":until" in values:
            until = float(old.get("held_until", {"N": 0})["N"])
            now, latest = float(values[":now"]["N"]), float(values[":latest"]["N"])
            if not (until < now or until > latest or old.get("held_by") == values[":me"]):
                raise _condition_failed("UpdateItem")
            turn = {"N": str(int(old.get("turn", {"N": 0})["N"]) + 1)}
            new = {"held_by": values[":me"], "held_until": values[":until"], "turn": turn}
        else:
            if old.get("held_by") != values[":me"]:
                raise _condition_failed("UpdateItem")
            new = {
                "held_until": values[":zero"],
                "spent": values[":spent"],
                "ended": values[":now"],
                "not_before": values[":not_before"],
            }
        self.items[name] = {**old, "id": {"S": name}, **new}
        return {**META, "Attributes": old} if old else META


def _condition_failed(operation: str) -> ClientError:
    return ClientError({"Error": {"Code": "ConditionalCheckFailedException", "Message": "it is"}}, operation)
