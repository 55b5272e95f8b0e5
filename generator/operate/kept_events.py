"""Find a deployed source's resources, and list and read the rejected requests in its bucket."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from generator.aws import Target
from generator.deploy import stacks
from generator.errors import GeneratorError, command_line
from lambdas.delivering.envelope import (
    ENVELOPE_ERRORS,
    WHOLE_BODY,
    envelope_split,
    parse_envelope,
    rejected_indexes,
    request_from_envelope,
)
from lambdas.model import Events, Source
from lambdas.reading.formats import body_reader
from lambdas.reading.paths import Functions, compile_path, split_path
from lambdas.reading.request import Request
from lambdas.shaping.event import event_id

FOREIGN = "not written by the framework"
"""The reason that is shown for an object that the framework did not write."""
_ENVELOPE_KEYS = {"time", "requestId", "events", "method", "query", "headers", "body"}


@dataclass(frozen=True)
class SourceResources:
    """A deployed source's bucket, queues, API and redrive function."""

    bucket: str
    function: str
    events: str
    dead_letters: str
    api: str
    status: str
    since: datetime


@dataclass(frozen=True)
class Filter:
    """Which rejected requests to list; `None` means any. Days are YYYY-MM-DD, as in a key, and inclusive."""

    reason: str | None = None
    since: str | None = None
    until: str | None = None
    type: str | None = None
    id: str | None = None

    @property
    def is_empty(self) -> bool:
        """No filter is set."""
        return self == Filter()

    @property
    def needs_content(self) -> bool:
        """The filter needs the object's content, not only its key."""
        return bool(self.type or self.id)


@dataclass(frozen=True)
class RejectedObject:
    """An object in the bucket: a request with events that were rejected for one reason."""

    key: str
    size: int
    envelope: dict[str, Any] = field(default_factory=dict, repr=False)

    @property
    def day(self) -> str:
        """The day of the request; empty where the framework did not write the object."""
        return self._parts[1]

    @property
    def reason(self) -> str:
        """Why the events were rejected, or FOREIGN."""
        return self._parts[2]

    @property
    def _parts(self) -> Sequence[str]:
        """The parts of rejected/<day>/<reason>/<name>."""
        parts = self.key.split("/")
        return parts if len(parts) == 4 else ("rejected", "", FOREIGN, parts[-1])


def find_resources(target: Target, source: str) -> SourceResources:
    """Return the resources of a source's stack.

    NotDeployedError where there is no stack, or it is of a version without a redrive function.
    """
    stack, cloudformation = stacks.get_deployed_stack(target, source), target.client("cloudformation")
    resources = stacks.list_resources(cloudformation, stack)
    ids = {resource["LogicalResourceId"]: resource["PhysicalResourceId"] for resource in resources}
    if "Redrive" not in ids:
        deploy = command_line(f"deploy {source}{target.options}")
        message = f"stack {stack.name} is of an older version, which can't redrive; update it: {deploy}"
        raise stacks.NotDeployedError(message, stack.name, stack.status)
    outputs = stack.outputs
    return SourceResources(
        bucket=outputs["KeptBucket"],
        function=ids["Redrive"],
        events=outputs["EventsQueueUrl"],
        dead_letters=outputs["DeadLettersQueueUrl"],
        api=outputs["ApiId"],
        status=stack.status,
        since=stack.since,
    )


def list_rejected(
    s3: Any,
    bucket: str,
    source: Source,
    filter_: Filter,
    on_progress: Callable[[int], None] = lambda _count: None,
) -> Iterator[RejectedObject]:
    """Yield the matching rejected requests, oldest day first; `on_progress` gets the number of objects read so far."""
    for option, value, path in (("type", filter_.type, source.events.type), ("id", filter_.id, source.events.id)):
        if value is not None and path is None:
            raise GeneratorError(f"--{option}: the definition of {source.name} has no `events.{option}`")
    read_count = 0
    for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix="rejected/"):
        for entry in page.get("Contents", ()):
            rejected = RejectedObject(entry["Key"], entry["Size"])
            if not _key_matches(rejected, filter_):
                continue
            if filter_.needs_content:
                read_count += 1
                on_progress(read_count)
                if not _any_event_matches(s3, bucket, rejected.key, source, filter_):
                    continue
            yield rejected


def read_rejected(s3: Any, bucket: str, key: str) -> RejectedObject:
    """Return an object with its envelope; GeneratorError where the framework did not write it."""
    content = s3.get_object(Bucket=bucket, Key=key)["Body"].read()
    try:
        envelope = parse_envelope(content)
        if not envelope.keys() >= _ENVELOPE_KEYS:
            raise KeyError(key)
    except ENVELOPE_ERRORS as error:
        raise GeneratorError(f"s3://{bucket}/{key} is {FOREIGN}: look at it yourself, and delete it") from error
    return RejectedObject(key, len(content), envelope)


def _any_event_matches(s3: Any, bucket: str, key: str, source: Source, filter_: Filter) -> bool:
    try:
        rejected = read_rejected(s3, bucket, key)
        return any(_event_matches(event, source.events, filter_) for event in _rejected_events(rejected, source))
    except (GeneratorError, *ENVELOPE_ERRORS):
        return False


def _rejected_events(rejected: RejectedObject, source: Source) -> Iterator[tuple[Any, Functions]]:
    """Yield the rejected events in an object; none where the body can't be split."""
    request = request_from_envelope(rejected.envelope, body_reader(source.events))
    indexes = rejected_indexes(rejected.envelope)
    split = envelope_split(rejected.envelope, source.events.split)
    try:
        root = request.json
        functions = Functions(request, root)
        items = split_path(split)(root, functions)
    except Exception:  # noqa: BLE001 - this error may be why the request was rejected
        return
    for index, item in enumerate(items if isinstance(items, list) else [root]):
        if WHOLE_BODY in indexes or index in indexes:
            yield from ((event, functions) for event in _transform(item, request, source))


def _transform(item: Any, request: Request, source: Source) -> list[Any]:
    """Return the events that the source's `transform` makes of an item; the item itself where that fails."""
    if source.transform is None:
        return [item]
    try:
        return list(source.transform(copy.deepcopy(item), request))
    except KeyboardInterrupt:
        raise
    except BaseException:  # noqa: BLE001 - this error may be why the event was rejected
        return [item]


def _key_matches(rejected: RejectedObject, filter_: Filter) -> bool:
    since = filter_.since is None or rejected.day >= filter_.since
    until = filter_.until is None or rejected.day <= filter_.until
    return since and until and filter_.reason in (None, rejected.reason)


def _event_matches(event: tuple[Any, Functions], paths: Events, filter_: Filter) -> bool:
    type_, id_ = _value_at(paths.type, *event), event_id(_value_at(paths.id, *event))
    return all(
        expected is None or (actual is not None and str(actual) == expected)
        for actual, expected in ((type_, filter_.type), (id_, filter_.id))
    )


def _value_at(path: str | None, item: Any, functions: Functions) -> Any:
    try:
        return compile_path(path)(item, functions) if path else None
    except Exception:  # noqa: BLE001 - this error may be why the event was rejected
        return None
