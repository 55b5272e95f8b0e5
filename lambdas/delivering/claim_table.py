"""The DynamoDB table of a source's claims: an item is an event's claim.

While the message is on its way the claim is pending: it says who holds it, and until when. Once the message is on the
queue, or kept for it, the claim is done, and says neither.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from botocore.config import Config
from botocore.exceptions import ClientError

from lambdas.runtime.aws_errors import call_aws, error_code, list_field, required_field
from lambdas.runtime.deadline import Deadline

CLAIMABLE = "attribute_not_exists(id) OR expires < :now OR held_until < :now OR held_by = :me"
"""A claim succeeds if there is none, it has expired, its lease has ended, or a retried request of ours wrote it.

DynamoDB deletes expired items days later. A retry is boto3's, whose first answer was lost.
"""
# https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ServiceQuotas.html
MAX_CLAIMS, MAX_WRITES, MAX_READS = 100, 25, 100
TRIES = 3
# A vendor waits some 3 seconds for the whole answer, and an event can go through without the table.
QUICK = Config(connect_timeout=0.5, read_timeout=0.5, retries={"mode": "standard", "total_max_attempts": 2})


class PendingClaim(NamedTuple):
    """What the claim of a message that is on its way says; times are in Unix seconds."""

    held_by: str
    held_until: float
    expires: float


class ClaimTable:
    """Reads and writes claims; each call is made only while there is time for it, and for `calls_after` more.

    Every method raises what `AWS_ERRORS` names where DynamoDB, or the time, fails.
    """

    def __init__(self, name: str, dynamodb: Any, deadline: Deadline) -> None:
        self._name = name
        self._dynamodb = dynamodb
        self._deadline = deadline

    def read(self, names: Sequence[str]) -> Iterator[Mapping[str, Any]]:
        """Yield the claims of at most MAX_READS names; what DynamoDB does not process in three tries is left out."""
        request: Any = {self._name: {"Keys": [_key(name) for name in names], "ConsistentRead": True}}
        for _ in range(TRIES):
            self._deadline.require(1)
            answer = call_aws(self._dynamodb.batch_get_item, RequestItems=request)
            yield from list_field(required_field(answer, "Responses"), self._name)
            request = answer.get("UnprocessedKeys")
            if not request:
                return

    def claim(self, names: Sequence[str], pending: PendingClaim, now: float, calls_after: int) -> None:
        """Claim at most MAX_CLAIMS names, all or none; `held_by_others` reads from the error which are held.

        A claim alone costs half of what it costs in a transaction; many in a transaction save that many calls.
        https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html
        """
        self._deadline.require(1 + calls_after)
        held_by = {"S": pending.held_by}
        times = {"held_until": _number(pending.held_until), "expires": _number(pending.expires)}
        puts = [
            {
                "TableName": self._name,
                "Item": {**_key(name), "held_by": held_by, **times},
                "ConditionExpression": CLAIMABLE,
                "ExpressionAttributeValues": {":now": _number(now), ":me": held_by},
                "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
            }
            for name in names
        ]
        if len(puts) == 1:
            call_aws(self._dynamodb.put_item, **puts[0])
        else:
            call_aws(self._dynamodb.transact_write_items, TransactItems=[{"Put": put} for put in puts])

    def write(self, writes: Sequence[Mapping[str, Any]], calls_after: int) -> bool:
        """Write at most MAX_WRITES items; return whether DynamoDB processed all of them in three tries."""
        unprocessed: Any = {self._name: writes}
        for _ in range(TRIES):
            self._deadline.require(1 + calls_after)
            answer = call_aws(self._dynamodb.batch_write_item, RequestItems=unprocessed)
            unprocessed = required_field(answer, "UnprocessedItems")
            if not unprocessed:
                return True
        return False


def completion(name: str, expires: float) -> dict[str, Any]:
    """Return the write that makes a claim done."""
    return {"PutRequest": {"Item": {**_key(name), "expires": _number(expires)}}}


def release(name: str) -> dict[str, Any]:
    """Return the write that removes a claim."""
    return {"DeleteRequest": {"Key": _key(name)}}


def held_by_others(error: Exception, names: Sequence[str]) -> dict[str, bool]:
    """Return which names another holds, and whether its message is sent; empty where the call failed otherwise."""
    if not isinstance(error, ClientError):
        return {}
    # put_item has one reason, which its error states itself.
    single_reason = [{"Code": error_code(error).removesuffix("Exception"), "Item": error.response.get("Item")}]
    held: dict[str, bool] = {}
    for name, reason in zip(names, error.response.get("CancellationReasons") or single_reason, strict=False):
        if reason["Code"] == "ConditionalCheckFailed":
            held[name] = "held_until" not in (reason.get("Item") or {"held_until": None})
        elif reason["Code"] == "TransactionConflict":
            held[name] = False
        elif reason["Code"] != "None":
            return {}
    return held


def _key(name: str) -> dict[str, Any]:
    return {"id": {"S": name}}


def _number(seconds: float) -> dict[str, str]:
    return {"N": str(int(seconds))}
