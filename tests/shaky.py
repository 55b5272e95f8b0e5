"""AWS in memory, whose next calls fail in ways that a test lines up."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from botocore.exceptions import ClientError, ReadTimeoutError

from lambdas.runtime.deadline import CALL_SECONDS
from tests.fakes import DOWN, THROTTLED, Bucket, Endpoint, Firehose, Queue, Store, Table

IN_PART = ("partly", "never", "not now")
"""How a call to the queue succeeds in part."""
NAMELESS = ("empty", "empty after", "wrong ids", "ids twice")
"""How a 2xx does not say what it should: nothing was done, or all was."""
FATES = ("down", "throttled", "lost", "slow", "dies", "dies after", *IN_PART, *NAMELESS)


class Died(BaseException):
    """A process that is no more: nothing of ours can see this."""


class TooLateError(BaseException):
    """A function has been ended by Lambda, though no call took longer than a call may."""


class Fates:
    """What becomes of the next calls to AWS; those after them are well."""

    def __init__(self, endpoint: Endpoint) -> None:
        self._endpoint = endpoint
        self.lined_up: list[str] = []
        self.repeats = False
        """Somebody does not know what became of a call: what it did may be done again."""
        self.dead = False
        """The process is no more, whatever its code would do at its end."""

    def around(self, call: Callable[[], Any], *, silent: bool = False) -> Any:
        """Make a call as its fate has it. A `silent` one is answered by nothing where it is well, too."""
        if self.dead:
            raise Died
        fate = self.lined_up.pop(0) if self.lined_up else "well"
        if fate == "dies":
            self.dead = True
            raise Died
        if fate in ("slow", "lost", "down"):
            self._endpoint.pace.now += CALL_SECONDS
        if not self._endpoint.deadline.allows(0):
            raise TooLateError
        if fate in ("down", "throttled"):
            raise DOWN if fate == "down" else THROTTLED
        if fate == "empty":
            self.repeats |= silent
            return {}
        answer = call()
        if fate == "dies after":
            self.dead = True
            raise Died
        if fate == "lost":
            self.repeats = True
            raise ReadTimeoutError(endpoint_url="https://aws.invalid")
        if fate in NAMELESS:
            self.repeats = True
            return _renamed(answer, 2 if fate == "ids twice" else 1) if fate != "empty after" else {}
        return answer

    @property
    def partly(self) -> str | None:
        """How the next call to the queue fails in part."""
        return self.lined_up.pop(0) if self.lined_up and self.lined_up[0] in IN_PART else None


def _renamed(answer: Any, times: int) -> dict[str, Any]:
    """What SQS would say of other entries, or twice of each; nothing of what another service says."""
    entries = (answer or {}).get("Successful", ())
    return {"Successful": [{"Id": entry["Id"] if times > 1 else "other"} for entry in entries for _ in range(times)]}


class ShakyQueue(Queue):
    fates: Fates
    meanwhile: Callable[[], None] | None = None
    """What happens while somebody is sending."""

    def send_message_batch(self, QueueUrl: str, Entries: list[dict[str, str]]) -> dict[str, Any]:  # noqa: N803
        if self.meanwhile:
            do, self.meanwhile = self.meanwhile, None
            do()
        partial_failure = self.fates.partly

        def send() -> dict[str, Any]:
            # Only once the call is made: else its answer would wait for another call, of other messages.
            if partial_failure:
                # Of one that is refused for good, the others fail for now: all of a call goes wrong at most.
                failed = [{"Id": entry["Id"], "SenderFault": False, "Code": "InternalError"} for entry in Entries]
                if partial_failure == "never":
                    failed[0]["SenderFault"] = True
                self.faults.lined_up = [{"Failed": failed[::2] if partial_failure == "partly" else failed}]
            return super(ShakyQueue, self).send_message_batch(QueueUrl, Entries)

        answer: dict[str, Any] = self.fates.around(send)
        return answer


class ShakyBucket(Bucket):
    fates: Fates

    def put_object(self, **request: Any) -> dict[str, Any]:
        answer: dict[str, Any] = self.fates.around(lambda: super(ShakyBucket, self).put_object(**request))
        return answer

    def get_object(self, **request: Any) -> dict[str, Any]:
        answer: dict[str, Any] = self.fates.around(lambda: super(ShakyBucket, self).get_object(**request))
        return answer

    def delete_object(self, **request: Any) -> None:
        self.fates.around(lambda: super(ShakyBucket, self).delete_object(**request), silent=True)

    def paginate(self, **request: Any) -> Iterator[dict[str, Any]]:
        for page in super().paginate(**request):
            yield self.fates.around(lambda page=page: page)  # type: ignore[misc]


class ShakyFirehose(Firehose):
    fates: Fates

    def put_record_batch(self, **request: Any) -> dict[str, Any]:
        answer: dict[str, Any] = self.fates.around(lambda: super(ShakyFirehose, self).put_record_batch(**request))
        return answer


class ShakyWriter(Firehose):
    """A stream in place of the queue: a call to it may succeed in part."""

    fates: Fates

    def put_record_batch(self, **request: Any) -> dict[str, Any]:
        partial_failure = self.fates.partly

        def put() -> dict[str, Any]:
            if partial_failure:
                # A stream refuses none for good.
                step = 2 if partial_failure == "partly" else 1
                results = [
                    {"RecordId": "id"} if index % step else {"ErrorCode": "ServiceUnavailableException"}
                    for index in range(len(request["Records"]))
                ]
                self.faults.lined_up = [{"FailedPutCount": 1, "RequestResponses": results}]
            return super(ShakyWriter, self).put_record_batch(**request)

        answer: dict[str, Any] = self.fates.around(put)
        return answer


class ShakyStore(Store):
    fates: Fates

    def get_parameters(self, **request: Any) -> dict[str, Any]:
        answer: dict[str, Any] = self.fates.around(lambda: super(ShakyStore, self).get_parameters(**request))
        return answer


class ShakyTable(Table):
    fates: Fates

    def put_item(self, **put: Any) -> None:
        self.watched(lambda: super(ShakyTable, self).put_item(**put))

    def transact_write_items(self, TransactItems: list[dict[str, Any]]) -> None:  # noqa: N803
        self.watched(lambda: super(ShakyTable, self).transact_write_items(TransactItems))

    def batch_write_item(self, RequestItems: dict[str, list[dict[str, Any]]]) -> dict[str, Any]:  # noqa: N803
        def write() -> dict[str, Any]:
            self.faults.lined_up = [{"UnprocessedItems": RequestItems}] if partial_failure else []
            return super(ShakyTable, self).batch_write_item(RequestItems)

        partial_failure = self.fates.partly
        answer: dict[str, Any] = self.watched(write)
        return answer

    def batch_get_item(self, RequestItems: dict[str, dict[str, Any]]) -> dict[str, Any]:  # noqa: N803
        answer: dict[str, Any] = self.watched(lambda: super(ShakyTable, self).batch_get_item(RequestItems))
        return answer

    def watched(self, call: Callable[[], Any]) -> Any:
        """Whatever is wrong with the table, events go through."""
        nameless = bool(self.fates.lined_up and self.fates.lined_up[0] in NAMELESS)
        try:
            return self.fates.around(call)
        except (type(DOWN), ReadTimeoutError):
            self.fates.repeats = True
            raise
        except ClientError as error:
            self.fates.repeats |= error is THROTTLED
            raise
        finally:
            self.fates.repeats |= nameless


def shaken(endpoint: Endpoint) -> Fates:
    """Have an endpoint's calls to AWS share their fates, and their clock; those of its next processes too."""
    fates = Fates(endpoint)
    endpoint.queue, endpoint.bucket, endpoint.table = ShakyQueue(), ShakyBucket(page=2), ShakyTable()
    endpoint.store, endpoint.archive = ShakyStore(endpoint.store.values), ShakyBucket(name="archive")
    endpoint.firehose = ShakyFirehose(endpoint.archive)
    endpoint.objects = ShakyBucket(name="objects")
    endpoint.writer = ShakyWriter(endpoint.objects)
    stores = (endpoint.store, endpoint.archive, endpoint.firehose, endpoint.objects, endpoint.writer)
    for service in (endpoint.queue, endpoint.bucket, endpoint.table, *stores):
        service.fates = fates  # type: ignore[attr-defined]
    endpoint.deploy(endpoint.source)
    return fates
