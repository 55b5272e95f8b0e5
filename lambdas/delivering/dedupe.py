"""Send each event once: claims in a DynamoDB table that the functions of a source share.

An item is an event's claim. While the message is on its way the claim is pending: it says who holds it, and until when.
Once the message is on the queue, or kept for it, the claim is done, and says neither. Whatever is wrong with the table,
events go through: one that comes twice is better than one that never does.
"""

from __future__ import annotations

import hashlib
import os
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from botocore.config import Config
from botocore.exceptions import ClientError

from lambdas.delivering.result import Delivered
from lambdas.model import Source
from lambdas.runtime.aws import client
from lambdas.runtime.aws_errors import AWS_ERRORS, call_aws, error_code, list_field, required_field
from lambdas.runtime.batches import in_batches
from lambdas.runtime.deadline import Deadline
from lambdas.runtime.log import log
from lambdas.shaping.event import MAX_ID, Message, content_tag, encode_json, id_tag

CLAIMABLE = "attribute_not_exists(id) OR expires < :now OR held_until < :now OR held_by = :me"
"""A claim succeeds if there is none, it has expired, its lease has ended, or a retried request of ours wrote it.

DynamoDB deletes expired items days later. A retry is boto3's, whose first answer was lost.
"""
# https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ServiceQuotas.html
MAX_CLAIMS, MAX_WRITES, MAX_READS = 100, 25, 100
MAX_HOURS = 168
"""Hours for which the claims of a pulled source are kept: so long, no event that is read again is sent again."""
TRIES = 3
# A vendor waits some 3 seconds for the whole answer, and an event can go through without the table.
QUICK = Config(connect_timeout=0.5, read_timeout=0.5, retries={"mode": "standard", "total_max_attempts": 2})


class ClaimsUnavailable(Exception):  # noqa: N818 - it names the outcome
    """The table can't say what was sent, and events of a pulled source wait for it: nobody else waits for them."""


_Send = Callable[[Sequence[Message], set[int]], Delivered]


class _ClaimResult(NamedTuple):
    """The names that are claimed now, and those that others hold: True where the message is sent."""

    claimed: set[str]
    held_by_others: dict[str, bool]


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
        *,
        required: bool = False,
    ) -> None:
        """`lease` is in seconds, and longer than a function may run: the holder of an older claim is dead.

        `required`: no event goes through unclaimed, ClaimsUnavailable instead; and claims are read before they are
        written, which costs a tenth where most events were sent before.
        """
        self._transform_may_multiply = source.transform is not None
        self._window = (source.dedupe.window if source.dedupe else MAX_HOURS) * 3_600
        self._required = required
        self._table = table
        self._dynamodb = dynamodb
        self._lease = lease
        self._clock = clock
        self._deadline = deadline or Deadline()

    def send_unclaimed(self, messages: Sequence[Message], send: _Send, calls_after: int = 0) -> Delivered:
        """Send the messages that nobody has sent and nobody else is sending.

        `send` adds the indexes of its messages that are on the queue, or kept for it, to the set that it gets. The
        claims of all others are released, even if it fails. There is time left for `calls_after` calls to AWS.
        """
        names = self._names(messages)
        first_index: dict[str, int] = {}
        for index, name in enumerate(names):
            first_index.setdefault(name, index)
        # Claim only while there is time to send, to store what the queue does not take, and for the calls after.
        calls_after += 1
        sent_before = self.done([name for name in first_index if name]) if self._required else set()
        claimed, held_by_others = self._claim(
            [name for name in first_index if name and name not in sent_before], calls_after
        )
        held_by_others.update(dict.fromkeys(sent_before, True))
        unclaimed = [
            index
            for index, name in enumerate(names)
            if not name or (first_index[name] == index and name not in held_by_others)
        ]
        settled: set[int] = set()
        try:
            delivered = send([messages[index] for index in unclaimed], settled)
        finally:
            is_sent = {
                names[index]: position in settled for position, index in enumerate(unclaimed) if names[index] in claimed
            }
            uncompleted = self._complete_or_release(is_sent, calls_after)
        pending = sum(not held_by_others.get(name, True) for name in names)
        return delivered._replace(
            duplicates=len(messages) - len(unclaimed) - pending,
            unclaimed=sum(bool(names[index]) for index in unclaimed) - len(is_sent) + uncompleted,
            pending=pending,
        )

    def already_sent(self, messages: Sequence[Message]) -> set[int]:
        """Return the indexes of messages that have been sent, without claiming any."""
        names = self._names(messages)
        sent_names = self.done([name for name in names if name])
        return {index for index, name in enumerate(names) if name in sent_names}

    def done(self, names: Iterable[str]) -> set[str]:
        """Return those of the names whose claims are done, without claiming any."""
        done_names: set[str] = set()
        try:
            for batch in in_batches(sorted(set(names)), MAX_READS):
                keys = [{"id": {"S": name}} for name in batch]
                items = self._read_items({self._table: {"Keys": keys, "ConsistentRead": True}})
                done = {item["id"]["S"]: float(item["expires"]["N"]) for item in items if self._is_done(item)}
                done_names.update(done)
                if self._required:
                    self._prolong(done)
        except AWS_ERRORS as error:
            self._fail(error)
        return done_names

    def _prolong(self, expires: Mapping[str, float]) -> None:
        """Prolong claims that end soon: what is read again and again must not be sent again once a week.

        What fails is prolonged when it is read again.
        """
        soon = self._clock() + self._window / 2
        self._complete_or_release({name: True for name, at in expires.items() if at < soon}, calls_after=0)

    def mark_done(self, names: Iterable[str]) -> None:
        """Write claims that are done at once; ClaimsUnavailable where that fails."""
        if self._complete_or_release(dict.fromkeys(names, True), calls_after=0):
            raise ClaimsUnavailable("not every claim was written")

    def _names(self, messages: Sequence[Message]) -> list[str]:
        return list(_claim_names(messages, transform_may_multiply=self._transform_may_multiply))

    def _read_items(self, request_items: Any) -> Iterator[Mapping[str, Any]]:
        for _ in range(TRIES):
            self._deadline.require(1)
            answer = call_aws(self._dynamodb.batch_get_item, RequestItems=request_items)
            yield from list_field(required_field(answer, "Responses"), self._table)
            request_items = answer.get("UnprocessedKeys")
            if not request_items:
                return

    def _is_done(self, item: Mapping[str, Any]) -> bool:
        return "held_until" not in item and float(item["expires"]["N"]) >= self._clock()

    def _claim(self, names: Sequence[str], calls_after: int) -> _ClaimResult:
        """Claim as many names as possible; after a fault no more are claimed, and their events go through unclaimed."""
        result = _ClaimResult(set(), {})
        holder = os.urandom(16).hex()
        for batch in in_batches(names, MAX_CLAIMS):
            remaining = batch
            while remaining:
                try:
                    self._deadline.require(1 + calls_after)
                    self._put_claims(remaining, holder)
                except AWS_ERRORS as error:
                    held = _held_by_others(error, remaining)
                    if not held:
                        self._fail(error)
                        return result
                    # A transaction claims all or none, so claim the others without those that are held.
                    result.held_by_others.update(held)
                    remaining = [name for name in remaining if name not in held]
                else:
                    result.claimed.update(remaining)
                    break
        return result

    def _put_claims(self, names: Sequence[str], holder: str) -> None:
        """Write claims: one alone costs half of what it costs in a transaction; many in one save that many calls.

        https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html
        """
        now = self._clock()
        pending = {
            "held_by": {"S": holder},
            "held_until": _number(now + self._lease),
            "expires": _number(now + self._window),
        }
        puts = [
            {
                "TableName": self._table,
                "Item": {"id": {"S": name}, **pending},
                "ConditionExpression": CLAIMABLE,
                "ExpressionAttributeValues": {":now": _number(now), ":me": {"S": holder}},
                "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
            }
            for name in names
        ]
        if len(puts) == 1:
            call_aws(self._dynamodb.put_item, **puts[0])
        else:
            call_aws(self._dynamodb.transact_write_items, TransactItems=[{"Put": put} for put in puts])

    def _complete_or_release(self, is_sent: Mapping[str, bool], calls_after: int) -> int:
        """Complete the claims of sent messages and release the others; return how many may have failed.

        Those remain ours until their lease ends.
        """
        expires = _number(self._clock() + self._window)
        writes: list[dict[str, Any]] = [
            {"PutRequest": {"Item": {"id": {"S": name}, "expires": expires}}}
            if sent
            else {"DeleteRequest": {"Key": {"id": {"S": name}}}}
            for name, sent in is_sent.items()
        ]
        remaining = len(writes)
        for batch in in_batches(writes, MAX_WRITES):
            if not self._write(batch, calls_after):
                break
            remaining -= len(batch)
        return remaining

    def _write(self, writes: Sequence[dict[str, Any]], calls_after: int) -> bool:
        unprocessed: Any = {self._table: writes}
        try:
            for _ in range(TRIES):
                self._deadline.require(1 + calls_after)
                answer = call_aws(self._dynamodb.batch_write_item, RequestItems=unprocessed)
                unprocessed = required_field(answer, "UnprocessedItems")
                if not unprocessed:
                    return True
        except AWS_ERRORS as error:
            self._log_failure(error)
        return False

    def _fail(self, error: Exception) -> None:
        self._log_failure(error)
        if self._required:
            raise ClaimsUnavailable(error_code(error)) from error

    def _log_failure(self, error: Exception) -> None:
        log("WARN", "the table of dedupe failed", self._clock(), why=error_code(error))


def claims_from_environ(source: Source, deadline: Deadline, environ: Mapping[str, str] = os.environ) -> Claims:
    """Return the claims of a source in the table of its stack."""
    table, lease = environ["DEDUPE_TABLE"], float(environ["DEDUPE_LEASE"])
    return Claims(source, table, client("dynamodb", QUICK), lease, deadline=deadline)


def _claim_names(messages: Sequence[Message], *, transform_may_multiply: bool) -> Iterator[str]:
    """Yield the name of each message's claim, from the vendor's id of its event; empty where it has none.

    Where `transform` may make several messages of one event, the name also has a hash of the event, and
    equal messages are numbered: each stays another message, whatever a later version makes beside it.
    """
    counts: Counter[tuple[int, str]] = Counter()
    for message in messages:
        if message.id is None:
            yield ""
            continue
        name = claim_name(message.id)
        if not transform_may_multiply:
            yield name
            continue
        digest = hashlib.sha256(encode_json(message.event.content)).hexdigest()[:32]
        counts[message.event.index, digest] += 1
        yield f"{counts[message.event.index, digest]}.{digest}.{name}"


def claim_name(id_: str | int) -> str:
    """Return the id's tag; a number and a long id get a prefix, since a text may have the same tag.

    An id with a lone surrogate, which no table takes, counts as a long one.
    """
    if isinstance(id_, int):
        return f"number:{id_tag(id_)}"
    try:
        _ = id_.encode()
    except UnicodeEncodeError:
        return f"long:{content_tag(id_.encode('utf-8', 'surrogatepass'))}"
    return id_tag(id_) if len(id_) <= MAX_ID else f"long:{id_tag(id_)}"


def _held_by_others(error: Exception, names: Sequence[str]) -> dict[str, bool]:
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


def _number(seconds: float) -> dict[str, str]:
    return {"N": str(int(seconds))}
