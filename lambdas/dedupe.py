"""Each event once: what is being sent, and what has been, in a table that the functions of a source share.

An item is an event's claim: pending, with who holds it and until when, as long as its message is on its way, and done,
without both, once the message is on the queue or kept for it. Whatever is wrong with the table, events go through:
one that comes twice is better than one that never does.
"""

from __future__ import annotations

import hashlib
import os
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from botocore.config import Config
from botocore.exceptions import ClientError

from lambdas.aws import client
from lambdas.batches import batches
from lambdas.deadline import Deadline
from lambdas.delivery import Delivered
from lambdas.faults import FAULTS, call, confirmed, entries, told
from lambdas.log import log
from lambdas.message import MAX_ID, Message, encoded, tag
from lambdas.model import Source

CLAIMABLE = "attribute_not_exists(id) OR expires < :now OR held_until < :now OR held_by = :me"
"""A claim is for who asks where there is none, or none any more: DynamoDB deletes what has expired days later.

One's own is one's own: an answer was lost, and boto3 has asked again.
"""
# https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ServiceQuotas.html
MAX_CLAIMS, MAX_WRITES, MAX_READS = 100, 25, 100
TRIES = 3
# A vendor waits some 3 seconds for all of an answer, and an event can go through without the table.
QUICK = Config(connect_timeout=0.5, read_timeout=0.5, retries={"mode": "standard", "total_max_attempts": 2})

_Send = Callable[[Sequence[Message], set[int]], Delivered]


class _Taken(NamedTuple):
    """Whose claims are ours now, and whose are others': True where they are done."""

    ours: set[str]
    others: dict[str, bool]


class Claims:
    """The claims of a source's events."""

    def __init__(
        self,
        source: Source,
        table: str,
        dynamodb: Any,
        lease: float,
        clock: Callable[[], float] = time.time,
        deadline: Deadline | None = None,
    ) -> None:
        """`lease` is in seconds, and more than a function may run: what holds a claim when it ends is dead."""
        self._several = source.transform is not None
        self._window = source.dedupe.window * 3_600 if source.dedupe else 0
        self._table = table
        self._dynamodb = dynamodb
        self._lease = lease
        self._clock = clock
        self._deadline = deadline or Deadline()

    def once(self, messages: Sequence[Message], send: _Send, after: int = 0) -> Delivered:
        """Have those sent that nobody has sent and nobody else is sending.

        `send` adds the places of those of its messages that are on the queue, or kept for it; the others' claims are
        let go of, whatever becomes of it.
        """
        names = list(_names(messages, several=self._several))
        first: dict[str, int] = {}
        for place, name in enumerate(names):
            first.setdefault(name, place)
        # As long as there is time for it, for storing what is sent, and for what comes after.
        spare = 1 + after
        ours, others = self._take([name for name in first if name], spare)
        fresh = [place for place, name in enumerate(names) if not name or (first[name] == place and name not in others)]
        done: set[int] = set()
        try:
            delivered = send([messages[place] for place in fresh], done)
        finally:
            held = {names[place]: nth in done for nth, place in enumerate(fresh) if names[place] in ours}
            unsettled = self._settle(held, spare)
        pending = sum(not others.get(name, True) for name in names)
        return delivered._replace(
            duplicates=len(messages) - len(fresh) - pending,
            unclaimed=sum(bool(names[place]) for place in fresh) - len(held) + unsettled,
            pending=pending,
        )

    def done(self, messages: Sequence[Message]) -> set[int]:
        """The places of messages that have been sent; nothing is written."""
        names = list(_names(messages, several=self._several))
        there: set[str] = set()
        try:
            for some in batches(sorted({name for name in names if name}), MAX_READS):
                asked = {"Keys": [{"id": {"S": name}} for name in some], "ConsistentRead": True}
                there.update(one["id"]["S"] for one in self._found({self._table: asked}) if self._is_done(one))
        except FAULTS as error:
            self._warn(error)
        return {place for place, name in enumerate(names) if name in there}

    def _found(self, asked: Any) -> Iterator[Mapping[str, Any]]:
        for _ in range(TRIES):
            self._deadline.require(1)
            answer = call(self._dynamodb.batch_get_item, RequestItems=asked)
            yield from entries(confirmed(answer, "Responses"), self._table)
            asked = answer.get("UnprocessedKeys")
            if not asked:
                return

    def _is_done(self, item: Mapping[str, Any]) -> bool:
        return "held_until" not in item and float(item["expires"]["N"]) >= self._clock()

    def _take(self, names: Sequence[str], spare: int) -> _Taken:
        """Claim what is to be had; after a fault the table is left alone, and what is left goes through without."""
        taken = _Taken(set(), {})
        me = os.urandom(16).hex()
        for some in batches(names, MAX_CLAIMS):
            left = some
            while left:
                try:
                    self._deadline.require(1 + spare)
                    self._put(left, me)
                except FAULTS as error:
                    others = _others(error, left)
                    if not others:
                        self._warn(error)
                        return taken
                    # Of those that are claimed together, all are or none.
                    taken.others.update(others)
                    left = [name for name in left if name not in others]
                else:
                    taken.ours.update(left)
                    break
        return taken

    def _put(self, names: Sequence[str], me: str) -> None:
        """One alone costs half of what it costs in a transaction; a hundred in one are a hundredth of the calls.

        https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html
        """
        now = self._clock()
        held = {"held_by": {"S": me}, "held_until": _number(now + self._lease), "expires": _number(now + self._window)}
        puts = [
            {
                "TableName": self._table,
                "Item": {"id": {"S": name}, **held},
                "ConditionExpression": CLAIMABLE,
                "ExpressionAttributeValues": {":now": _number(now), ":me": {"S": me}},
                "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
            }
            for name in names
        ]
        if len(puts) == 1:
            call(self._dynamodb.put_item, **puts[0])
        else:
            call(self._dynamodb.transact_write_items, TransactItems=[{"Put": put} for put in puts])

    def _settle(self, held: Mapping[str, bool], spare: int) -> int:
        """Each of ours is done, or let go of; how many may be neither. Their lease is not over: they are ours still."""
        expires = _number(self._clock() + self._window)
        writes: list[dict[str, Any]] = [
            {"PutRequest": {"Item": {"id": {"S": name}, "expires": expires}}}
            if sent
            else {"DeleteRequest": {"Key": {"id": {"S": name}}}}
            for name, sent in held.items()
        ]
        left = len(writes)
        for some in batches(writes, MAX_WRITES):
            if not self._written(some, spare):
                break
            left -= len(some)
        return left

    def _written(self, writes: Sequence[dict[str, Any]], spare: int) -> bool:
        waiting: Any = {self._table: writes}
        try:
            for _ in range(TRIES):
                self._deadline.require(1 + spare)
                waiting = confirmed(call(self._dynamodb.batch_write_item, RequestItems=waiting), "UnprocessedItems")
                if not waiting:
                    return True
        except FAULTS as error:
            self._warn(error)
        return False

    def _warn(self, error: Exception) -> None:
        log("WARN", "the table of dedupe failed", self._clock(), why=told(error))


def claims(source: Source, deadline: Deadline, environ: Mapping[str, str] = os.environ) -> Claims:
    """The claims of a source in the table that its stack has."""
    table, lease = environ["DEDUPE_TABLE"], float(environ["DEDUPE_LEASE"])
    return Claims(source, table, client("dynamodb", QUICK), lease, deadline=deadline)


def _names(messages: Sequence[Message], *, several: bool) -> Iterator[str]:
    """What each message's claim is called: the vendor's id of its event; empty where it has none.

    Where `transform` may make several of one event, by what is in them too, and those that are alike by their number:
    each is another message, whatever is made beside it by a later version.
    """
    made: Counter[tuple[int, str]] = Counter()
    for message in messages:
        if message.id is None:
            yield ""
            continue
        name = _name(message.id)
        if not several:
            yield name
            continue
        digest = hashlib.sha256(encoded(message.fields["details"])).hexdigest()[:32]
        made[message.place, digest] += 1
        yield f"{made[message.place, digest]}.{digest}.{name}"


def _name(id_: str | int) -> str:
    """The tag of the id; a number and a long id begin otherwise, since a text may have the same tag."""
    if isinstance(id_, int):
        return f"number:{tag(id_)}"
    return tag(id_) if len(id_) <= MAX_ID else f"long:{tag(id_)}"


def _others(error: Exception, names: Sequence[str]) -> dict[str, bool]:
    """Which of these another holds, and whether it is done; nothing where the call failed for any other reason."""
    if not isinstance(error, ClientError):
        return {}
    alone = [{"Code": told(error).removesuffix("Exception"), "Item": error.response.get("Item")}]
    found = {}
    for name, reason in zip(names, error.response.get("CancellationReasons") or alone, strict=False):
        if reason["Code"] == "ConditionalCheckFailed":
            found[name] = "held_until" not in (reason.get("Item") or {"held_until": None})
        elif reason["Code"] == "TransactionConflict":
            found[name] = False
        elif reason["Code"] != "None":
            return {}
    return found


def _number(seconds: float) -> dict[str, str]:
    return {"N": str(int(seconds))}
