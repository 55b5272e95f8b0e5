"""Find a deployed source's resources, and list and read the rejected requests in its bucket."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from generator.aws import Target
from generator.deploy import stacks
from generator.deploy.reader_queue import reader_queue
from generator.errors import GeneratorError, command_line
from lambdas.delivering.envelope import (
    ENVELOPE_ERRORS,
    WHOLE_BODY,
    envelope_split,
    parse_envelope,
    rejected_indexes,
    request_from_envelope,
)
from lambdas.delivering.event_filter import EventFilter, matching_indexes
from lambdas.model import Source
from lambdas.model_pull import HASH_ID
from lambdas.pulling.parts import key_of, part_intake, parts_source, stream_source
from lambdas.reading.body import Rejected
from lambdas.reading.formats import body_reader
from lambdas.reading.request import Request

FOREIGN = "not written by the framework"
"""The reason that is shown for an object that the framework did not write."""
_ENVELOPE_KEYS = {"time", "requestId", "events", "method", "query", "headers", "body"}


@dataclass(frozen=True)
class SourceResources:
    """A deployed source's bucket, queues, API or puller, and redrive function."""

    bucket: str
    function: str
    events: str
    """The URL of the queue that a SIEM reads: of messages, or of notifications of objects."""
    dead_letters: str
    api: str | None
    """The API of a source that has an endpoint."""
    status: str
    since: datetime
    archive: str | None = None
    """The bucket of the archive, of a source that has one."""
    puller: str | None = None
    """The function that asks the vendor, of a source that is pulled."""
    puller_log: str | None = None
    """The log group of that function."""
    positions: str | None = None
    """The table of how far each stream is read, of a source that is pulled."""
    parameters: Mapping[str, str] = field(default_factory=dict)
    """The values of the stack's parameters."""
    problem: str | None = None
    """What is wrong with the stack's own state."""
    alarms: frozenset[str] = frozenset()
    """The names of the stack's alarms."""
    writer: str | None = None
    """The stream that writes messages into objects, of a source that has no queue of messages."""

    @property
    def destination(self) -> str:
        """Where messages go, in words."""
        return "the bucket that the SIEM reads" if self.writer else "the queue that the SIEM reads"


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


def find_resources(target: Target, source: str, stack: stacks.Stack | None = None) -> SourceResources:
    """Return the resources of a source's stack, which may be at hand.

    NotDeployedError where there is no stack, or it is of a version without a redrive function.
    """
    stack, cloudformation = stack or stacks.get_deployed_stack(target, source), target.client("cloudformation")
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
        events=reader_queue(outputs),
        dead_letters=outputs["DeadLettersQueueUrl"],
        api=outputs.get("ApiId"),
        status=stack.status,
        since=stack.since,
        archive=outputs.get("ArchiveBucket"),
        writer=ids.get("Writer"),
        puller=outputs.get("PullerFunction"),
        puller_log=ids.get("PullerLog"),
        positions=outputs.get("PositionsTable"),
        parameters=stack.parameters,
        problem=stacks.state_problem(stack, target, source),
        alarms=stacks.alarm_names(resources),
    )


def refuse_filter(source: Source, filter_: Filter) -> None:
    """Raise GeneratorError where the definition does not say where the type or the id of an event is."""
    events = [stream.events for stream in source.pull.streams.values()] if source.pull else [source.events]
    types, ids = {found.type for found in events}, {found.id for found in events} - {HASH_ID}
    for option, value, paths in (("type", filter_.type, types), ("id", filter_.id, ids)):
        if value is not None and not any(paths):
            raise GeneratorError(f"--{option}: the definition of {source.name} has no `events.{option}`")


def list_rejected(
    s3: Any,
    bucket: str,
    source: Source,
    filter_: Filter,
    on_progress: Callable[[int], None] = lambda _count: None,
) -> Iterator[RejectedObject]:
    """Yield the matching rejected requests, oldest day first; `on_progress` gets the number of objects read so far."""
    refuse_filter(source, filter_)
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


def stream_of(envelope: dict[str, Any]) -> str:
    """Return the stream of the kept events of a source that is pulled, with its value; empty where there is none."""
    try:
        return str(key_of(json.loads(base64.b64decode(envelope["body"]))))
    except (ValueError, RecursionError):
        return ""


def _any_event_matches(s3: Any, bucket: str, key: str, source: Source, filter_: Filter) -> bool:
    """Return whether a rejected event in an object matches."""
    try:
        rejected = read_rejected(s3, bucket, key)
        kept_as = parts_source(source) if source.pull else source
        request = request_from_envelope(rejected.envelope, body_reader(kept_as.events))
        indexes = rejected_indexes(rejected.envelope)
        split = envelope_split(rejected.envelope, kept_as.events.split)
    except (GeneratorError, *ENVELOPE_ERRORS):
        return False
    events = EventFilter(filter_.type, filter_.id)
    if source.pull:
        matching = _matching_of_part(request, source, events)
    else:
        matching = matching_indexes(request, source, split, events)
    return bool(matching if WHOLE_BODY in indexes else matching & indexes)


def _matching_of_part(request: Request, source: Source, filter_: EventFilter) -> frozenset[int]:
    """Return the indexes of a part's events that match by the mapping of its stream; none where it can't be read."""
    try:
        intake = part_intake(request)
    except Rejected:
        return frozenset()
    stream = source.pull.streams.get(intake.stream) if source.pull else None
    if stream is None:
        return frozenset()
    shaped = stream_source(source, stream)
    return matching_indexes(request, shaped, shaped.events.split, filter_, intake)


def _key_matches(rejected: RejectedObject, filter_: Filter) -> bool:
    since = filter_.since is None or rejected.day >= filter_.since
    until = filter_.until is None or rejected.day <= filter_.until
    return since and until and filter_.reason in (None, rejected.reason)
