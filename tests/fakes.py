"""AWS in memory, as far as a handler sees it, with faults on demand."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any, TypeVar

from botocore.exceptions import ClientError, EndpointConnectionError

from generator.definition.secret_names import stored_names
from generator.samples import gateway
from lambdas.auth_type import OutgoingRequest
from lambdas.delivering.archive import ArchiveWriter
from lambdas.delivering.claim_table import CLAIMABLE
from lambdas.delivering.dedupe import Claims
from lambdas.delivering.delivery import secret_headers
from lambdas.delivering.kept_bucket import KeptBucket
from lambdas.delivering.object_store import ObjectStore
from lambdas.delivering.outbox import Outbox
from lambdas.delivering.replay import Replayer
from lambdas.delivering.reprocess import Reprocessor
from lambdas.delivering.stream_outbox import GZIP_TYPE, StreamOutbox
from lambdas.delivering.sweep import Sweeper
from lambdas.model import Auth, Source, verified_by
from lambdas.receiving.authorize import authorize
from lambdas.receiving.receive import Receiver
from lambdas.runtime.deadline import Deadline
from lambdas.runtime.secrets import Secrets
from lambdas.shaping.event import Message, ShapedEvent, id_tag

T = TypeVar("T")
NOW = 1_767_225_600.0
LEASE = 34.0
SECRET = "correct horse battery staple"
DOWN = EndpointConnectionError(endpoint_url="https://aws.invalid")
THROTTLED = ClientError({"Error": {"Code": "ThrottlingException", "Message": "slow down"}}, "Any")


@dataclass
class Pace:
    """How slow AWS is: each call takes this many seconds."""

    seconds: float = 0.0
    now: float = 0.0


@dataclass
class Faults:
    """Raises what is lined up, one for each call; `always` where it is set."""

    pace: Pace = field(default_factory=Pace)
    lined_up: list[Exception | dict[str, Any] | None] = field(default_factory=list)
    always: Exception | None = None
    calls: int = 0

    def next(self) -> dict[str, Any] | None:
        self.calls += 1
        self.pace.now += self.pace.seconds
        fault = self.always or (self.lined_up.pop(0) if self.lined_up else None)
        if isinstance(fault, Exception):
            raise fault
        return fault


@dataclass
class Store:
    values: dict[str, str]
    faults: Faults = field(default_factory=Faults)

    def get_parameters(self, Names: list[str], WithDecryption: bool) -> dict[str, Any]:  # noqa: N803
        assert WithDecryption
        self.faults.next()
        parameters = [{"Name": name, "Value": self.values[name]} for name in Names if name in self.values]
        return {"Parameters": parameters, "InvalidParameters": [name for name in Names if name not in self.values]}

    def put_parameter(self, Name: str, Value: str, Type: str, Overwrite: bool) -> dict[str, Any]:  # noqa: N803
        assert (Type, Overwrite) == ("SecureString", False)
        self.faults.next()
        if Name in self.values:
            raise ClientError({"Error": {"Code": "ParameterAlreadyExists", "Message": "it is"}}, "PutParameter")
        self.values[Name] = Value
        return {"Version": 1}


@dataclass
class Queue:
    bodies: list[str] = field(default_factory=list)
    faults: Faults = field(default_factory=Faults)

    def send_message_batch(self, QueueUrl: str, Entries: list[dict[str, str]]) -> dict[str, Any]:  # noqa: N803
        assert QueueUrl == "queue-url"
        assert 1 <= len(Entries) <= 10
        assert sum(len(entry["MessageBody"].encode()) for entry in Entries) <= 1_048_576
        answer = self.faults.next() or {}
        failed = {entry["Id"] for entry in answer.get("Failed", ())}
        taken = [entry for entry in Entries if entry["Id"] not in failed]
        self.bodies += [entry["MessageBody"] for entry in taken]
        return {"Successful": [{"Id": entry["Id"]} for entry in taken], **answer}

    @property
    def messages(self) -> list[dict[str, Any]]:
        return [json.loads(body) for body in self.bodies]


@dataclass
class Bucket:
    objects: dict[str, bytes] = field(default_factory=dict)
    faults: Faults = field(default_factory=Faults)
    page: int = 1_000
    name: str = "kept"

    def put_object(self, Bucket: str, Key: str, Body: bytes, ContentType: str) -> dict[str, Any]:  # noqa: N803
        assert (Bucket, ContentType) == (self.name, GZIP_TYPE if Key.endswith(".gz") else "application/json")
        self.faults.next()
        self.objects[Key] = Body
        return {"ETag": "etag"}

    def get_object(self, Bucket: str, Key: str) -> dict[str, Any]:  # noqa: N803
        assert Bucket == self.name
        self.faults.next()
        if Key not in self.objects:
            raise ClientError({"Error": {"Code": "NoSuchKey", "Message": "it is not there"}}, "GetObject")
        content = self.objects[Key]
        return {"ETag": "etag", "ContentLength": len(content), "Body": io.BytesIO(content)}

    def delete_object(self, Bucket: str, Key: str) -> None:  # noqa: N803
        assert Bucket == self.name
        self.faults.next()
        self.objects.pop(Key, None)

    def get_paginator(self, call: str) -> Bucket:
        assert call == "list_objects_v2"
        return self

    def paginate(self, Bucket: str, Prefix: str) -> Iterator[dict[str, Any]]:  # noqa: N803
        """Pages as S3 makes them: each begins after the last key of the one before, whatever was deleted since."""
        assert Bucket == self.name
        after = ""
        while True:
            self.faults.next()
            listed = sorted(key for key in self.objects if key.startswith(Prefix) and key > after)
            keys = listed[: self.page]
            yield {"Contents": [{"Key": key, "Size": len(self.objects[key])} for key in keys]} if keys else {}
            if len(listed) <= self.page:
                return
            after = keys[-1]

    def read(self, prefix: str = "") -> dict[str, Any]:
        """Return the objects below a prefix, parsed, by their keys."""
        return {key: json.loads(content) for key, content in self.objects.items() if key.startswith(prefix)}


@dataclass
class Firehose:
    """A stream, such as that of an archive, which delivers into its bucket when a test says so."""

    bucket: Bucket
    records: list[bytes] = field(default_factory=list)
    faults: Faults = field(default_factory=Faults)

    def put_record_batch(self, DeliveryStreamName: str, Records: list[dict[str, bytes]]) -> dict[str, Any]:  # noqa: N803
        assert DeliveryStreamName == "stream"
        assert 1 <= len(Records) <= 500
        assert all(len(record["Data"]) <= 1_000 * 1_024 for record in Records)
        assert sum(len(record["Data"]) for record in Records) <= 4 * 1_048_576
        taken = {"FailedPutCount": 0, "RequestResponses": [{"RecordId": "id"} for _ in Records]}
        answer = self.faults.next() or taken
        for record, result in zip(Records, answer.get("RequestResponses") or (), strict=False):
            if "RecordId" in result:
                self.records.append(record["Data"])
        return answer

    def deliver(self, hour: str = "2026-01-01/00", prefix: str = "accepted") -> str:
        """Put what the stream has into one object, and return its key."""
        key = f"{prefix}/{hour}/stream-1-{len(self.bucket.objects)}.gz"
        self.bucket.objects[key] = gzip.compress(b"".join(self.records))
        self.records = []
        return key

    @property
    def envelopes(self) -> list[dict[str, Any]]:
        """What has been archived, delivered or not."""
        delivered = [content for key, content in self.bucket.objects.items() if key.startswith("accepted/")]
        whole = [gzip.decompress(content) if content[:1] != b"{" else content for content in delivered]
        return [json.loads(line) for part in [*self.records, *whole] for line in part.splitlines()]

    @property
    def lines(self) -> list[bytes]:
        """All lines that came, delivered or not, and those that were put into the bucket beside the stream."""
        objects = [gzip.decompress(content) for content in self.bucket.objects.values()]
        return [line for part in [*self.records, *objects] for line in part.splitlines()]


@dataclass
class Table:
    """The table of claims: tests/delivering/test_dedupe.py compares it with moto's."""

    items: dict[str, dict[str, Any]] = field(default_factory=dict)
    faults: Faults = field(default_factory=Faults)

    def put_item(self, **put: Any) -> None:
        self.faults.next()
        if self._taken(put):
            code = {"Error": {"Code": "ConditionalCheckFailedException", "Message": "it is"}}
            raise ClientError({**code, "Item": self.items[put["Item"]["id"]["S"]]}, "PutItem")  # type: ignore[typeddict-unknown-key]
        self._put(put["Item"])

    def transact_write_items(self, TransactItems: list[dict[str, Any]]) -> None:  # noqa: N803
        puts = [entry["Put"] for entry in TransactItems]
        assert 1 <= len({put["Item"]["id"]["S"] for put in puts}) == len(puts) <= 100
        self.faults.next()
        if any(map(self._taken, puts)):
            taken = {"Code": "ConditionalCheckFailed"}
            reasons = [
                {**taken, "Item": self.items[put["Item"]["id"]["S"]]} if self._taken(put) else {"Code": "None"}
                for put in puts
            ]
            code = {"Error": {"Code": "TransactionCanceledException", "Message": "it is"}}
            raise ClientError({**code, "CancellationReasons": reasons}, "TransactWriteItems")  # type: ignore[typeddict-unknown-key]
        for put in puts:
            self._put(put["Item"])

    def batch_write_item(self, RequestItems: dict[str, list[dict[str, Any]]]) -> dict[str, Any]:  # noqa: N803
        ((table, writes),) = RequestItems.items()
        assert table == "claims"
        assert 1 <= len(writes) <= 25
        answer = self.faults.next() or {}
        for write in writes:
            if write in answer.get("UnprocessedItems", {}).get(table, ()):
                continue
            if "PutRequest" in write:
                self._put(write["PutRequest"]["Item"])
            else:
                self.items.pop(write["DeleteRequest"]["Key"]["id"]["S"], None)
        return {"UnprocessedItems": {}, **answer}

    def batch_get_item(self, RequestItems: dict[str, dict[str, Any]]) -> dict[str, Any]:  # noqa: N803
        keys = [key["id"]["S"] for key in RequestItems["claims"]["Keys"]]
        assert 1 <= len(set(keys)) == len(keys) <= 100
        if answer := self.faults.next():
            return {"Responses": {}, **answer}
        return {"Responses": {"claims": [self.items[key] for key in keys if key in self.items]}}

    def _put(self, item: dict[str, Any]) -> None:
        self.items[item["id"]["S"]] = item

    def _taken(self, put: Mapping[str, Any]) -> bool:
        options = (put["TableName"], put["ConditionExpression"], put["ReturnValuesOnConditionCheckFailure"])
        assert options == ("claims", CLAIMABLE, "ALL_OLD")
        claim, values = self.items.get(put["Item"]["id"]["S"]), put["ExpressionAttributeValues"]
        if claim is None or claim.get("held_by") == values[":me"]:
            return False
        now = float(values[":now"]["N"])
        return all(float(claim[end]["N"]) >= now for end in ("expires", "held_until") if end in claim)


def rejected_name(body: bytes, split: str | None = None, indexes: Iterable[int] = ()) -> str:
    """Return the name of the object with the rejected events of a body, at these indexes of what `split` finds."""
    position = json.dumps([split, sorted(indexes)]) if split else ""
    return hashlib.sha256(body + position.encode()).hexdigest()


def signed_request(
    auth: Auth,
    body: bytes,
    headers: Mapping[str, str] | None = None,
    *,
    secret: str = SECRET,
    now: float = NOW,
    url: str = gateway.URL,
) -> OutgoingRequest:
    """Return a request with this body, as a vendor with this secret would post it."""
    signed = auth.type.sign(
        auth.settings, OutgoingRequest("POST", url, headers or {}, body), lambda _name: (secret,), now
    )
    assert signed
    return signed


class Endpoint:
    """A source's endpoint in memory: an authorizer where it has one, and the handler."""

    def __init__(self, source: Source, secret: str | None = SECRET, now: float = NOW, stack: str = "") -> None:
        self.now = now
        self.path = f"/MozDef-EF/{source.name}/dev"
        names = stored_names(source.endpoint) if secret is not None else ()
        self.store = Store({f"{self.path}/{name}": secret or "" for name in names})
        self.queue, self.bucket, self.table = Queue(), Bucket(), Table()
        self.archive = Bucket(name="archive")
        self.firehose = Firehose(self.archive)
        self.objects = Bucket(name="objects")
        self.writer = Firehose(self.objects)
        self.pace = Pace()
        for service in (self.store, self.queue, self.bucket, self.table, self.archive, self.firehose):
            service.faults.pace = self.pace
        self.objects.faults.pace = self.writer.faults.pace = self.pace
        self.deadline = Deadline(lambda: self.pace.now)
        self.clock = 0.0
        self.slept: list[float] = []
        self.stack = stack
        self.log: list[dict[str, Any]] = []
        self.reports: list[tuple[str, dict[str, Any]]] = []
        self.deploy(source)

    def deploy(self, source: Source) -> None:
        """Deploy a definition, and begin new processes; what the stack has stored stays."""
        self.source = source
        self.secrets = Secrets(self.path, lambda: self.store, clock=lambda: self.clock, jitter=lambda: 0.0)
        outbox = Outbox("queue-url", self.queue, self.slept.append, self.deadline)
        if source.delivery.s3:
            objects, sleep = ObjectStore("objects", lambda: self.objects, self.deadline), self.slept.append
            outbox = StreamOutbox(source.name, "stream", self.writer, objects, sleep, self.deadline, self._time)
        kept = KeptBucket("kept", lambda: self.bucket, self.deadline)
        claims = None
        if source.dedupe:
            claims = Claims(source, "claims", self.table, LEASE, self._time, self.deadline)
        bucket, writer = ObjectStore("archive", lambda: self.archive, self.deadline), None
        if source.archive:
            headers = secret_headers(source)
            writer = ArchiveWriter(source.name, headers, "stream", self.firehose, bucket, self.deadline, self._time)
        self.receiver = Receiver(
            source, self.secrets, outbox, kept, lambda: self.now, stack=self.stack, claims=claims, archive=writer
        )
        self.replayer = Replayer(source, outbox, kept, bucket, self._report, self.deadline)
        self.reprocessor = Reprocessor(source, outbox, kept, self._report, claims, self.deadline)
        self.sweeper = Sweeper(outbox, kept, self._report, self.deadline)

    def _time(self) -> float:
        return self.now + self.clock

    def begin(self, seconds: float, takes: float = 0.0) -> None:
        """Begin an invocation that ends after `seconds`, while each call to AWS takes `takes` seconds."""
        self.pace.seconds = takes
        self.deadline.begin(SimpleNamespace(get_remaining_time_in_millis=lambda: seconds * 1_000))

    @contextmanager
    def elsewhere(self, seconds: float) -> Iterator[None]:
        """Run another process at the same time: it spends its own time, not that of the first process."""
        now, end = self.pace.now, self.deadline._end
        self.begin(seconds, self.pace.seconds)
        try:
            yield
        finally:
            self.pace.now = now
            self.deadline._end = end

    def _report(self, message: str, **fields: Any) -> None:
        self.reports.append((message, fields))

    def call(self, event: dict[str, Any]) -> dict[str, Any]:
        """Return the reply to an event of API Gateway, behind the authorizer where the source has one."""
        return self.logged(lambda: self._call(event))

    def logged(self, do: Callable[[], T]) -> T:
        """Return the result of a call; add its log lines to `log`."""
        with redirect_stdout(io.StringIO()) as printed:
            try:
                return do()
            finally:
                self.log += [json.loads(line) for line in printed.getvalue().splitlines()]

    def _call(self, event: dict[str, Any]) -> dict[str, Any]:
        if verified_by(self.source.endpoint) == "authorizer":
            auth = self.source.endpoint.auth
            # The identity source: API Gateway answers a request without it by itself.
            if not any(name.lower() == auth.type.headers(auth.settings)[0] for name in event["headers"]):
                return {"statusCode": 401, "headers": {}, "body": '{"message":"Unauthorized"}'}
            verdict = authorize(self.source, self.secrets, event, self.now, self.stack)
            if not verdict["isAuthorized"]:
                return {"statusCode": 403, "headers": {}, "body": '{"message":"Forbidden"}'}
        return self.receiver.respond(event)

    def send(self, sent: OutgoingRequest, **more: Any) -> dict[str, Any]:
        """Send a request as it is."""
        return self.call(gateway.event(sent.method, sent.headers, sent.body, url=sent.url, **more))

    def post(self, body: bytes, headers: dict[str, str] | None = None, **more: Any) -> dict[str, Any]:
        """Post a body with these headers as they are."""
        return self.call(gateway.event("POST", headers or {}, body, **more))

    def post_signed(self, body: Any, headers: dict[str, str] | None = None, *, secret: str = SECRET) -> dict[str, Any]:
        """Post a body (bytes, or what is sent as JSON) as the vendor would sign it."""
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        return self.send(signed_request(self.source.endpoint.auth, content, headers, secret=secret, now=self.now))


def message_with_id(index: int, id_: str) -> Message:
    """A message of an empty event, as far as claims look at it."""
    nothing: Any = None
    return Message(ShapedEvent(index, {}, nothing, id_tag(id_), NOW, nothing, nothing), b"{}", id_)
