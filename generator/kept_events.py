"""The kept events of a deployed source: what is there, why, and what becomes of it when it is taken through again."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from generator import stacks
from generator.aws import Target
from generator.errors import GeneratorError, again
from lambdas.formats import reader
from lambdas.kept import NOT_OURS, opened, request_of
from lambdas.message import identifier
from lambdas.model import Events, Source
from lambdas.paths import Functions, compiled, splitter
from lambdas.places import WHOLE, refused_at, split_of
from lambdas.request import Request

FOREIGN = "none of ours"
"""The reason of an object that the framework did not put there."""
_NAMES = {"time", "requestId", "events", "method", "query", "headers", "body"}


@dataclass(frozen=True)
class Stack:
    """Where a deployed source keeps its events, and what brings them back."""

    bucket: str
    function: str
    events: str
    dead_letters: str
    api: str
    status: str
    since: datetime


@dataclass(frozen=True)
class Wanted:
    """Which of them. A day is as in a key, YYYY-MM-DD, and both are included."""

    reason: str | None = None
    since: str | None = None
    until: str | None = None
    type: str | None = None
    id: str | None = None

    @property
    def all(self) -> bool:
        """Whether any will do."""
        return self == Wanted()

    @property
    def inside(self) -> bool:
        """Whether an object has to be read to know."""
        return bool(self.type or self.id)


@dataclass(frozen=True)
class Kept:
    """One object: a request, some of whose events could not be shaped, for one reason."""

    key: str
    size: int
    envelope: dict[str, Any] = field(default_factory=dict, repr=False)

    @property
    def day(self) -> str:
        """When it came; empty where somebody else has put it there."""
        return self._parts[1]

    @property
    def reason(self) -> str:
        """Why it is here."""
        return self._parts[2]

    @property
    def _parts(self) -> Sequence[str]:
        """rejected/<day>/<reason>/<name>."""
        parts = self.key.split("/")
        return parts if len(parts) == 4 else ("rejected", "", FOREIGN, parts[-1])


def find(target: Target, source: str) -> Stack:
    """What a source's stack has; NotDeployedError where there is none, or one of a version that brings nothing back."""
    found, cloudformation = stacks.deployed(target, source), target.client("cloudformation")
    names = {one["LogicalResourceId"]: one["PhysicalResourceId"] for one in stacks.held(cloudformation, found)}
    if "Redrive" not in names:
        newer = again(f"deploy {source}{target.options}")
        said = f"stack {found.name} is of an older version, which brings nothing back: {newer}"
        raise stacks.NotDeployedError(said, found.name, found.status)
    of = found.outputs
    return Stack(
        bucket=of["KeptBucket"],
        function=names["Redrive"],
        events=of["EventsQueueUrl"],
        dead_letters=of["DeadLettersQueueUrl"],
        api=of["ApiId"],
        status=found.status,
        since=found.since,
    )


def listed(
    s3: Any, bucket: str, source: Source, wanted: Wanted, looked: Callable[[int], None] = lambda _number: None
) -> Iterator[Kept]:
    """The rejected requests that are wanted, oldest day first; `looked` is told how many have been read for that."""
    for option, value, path in (("type", wanted.type, source.events.type), ("id", wanted.id, source.events.id)):
        if value is not None and path is None:
            raise GeneratorError(f"--{option}: the definition of {source.name} has no `events.{option}` to look at")
    number = 0
    for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix="rejected/"):
        for one in page.get("Contents", ()):
            kept = Kept(one["Key"], one["Size"])
            if not _fits(kept, wanted):
                continue
            if wanted.inside:
                number += 1
                looked(number)
                if not _has(s3, bucket, kept, source, wanted):
                    continue
            yield kept


def read(s3: Any, bucket: str, key: str) -> Kept:
    """An object with what is in it; GeneratorError where the framework did not put it there."""
    content = s3.get_object(Bucket=bucket, Key=key)["Body"].read()
    try:
        envelope = opened(content)
        if not envelope.keys() >= _NAMES:
            raise KeyError(key)
    except NOT_OURS as error:
        raise GeneratorError(f"s3://{bucket}/{key} is {FOREIGN}: look at it yourself, and delete it") from error
    return Kept(key, len(content), envelope)


def _has(s3: Any, bucket: str, kept: Kept, source: Source, wanted: Wanted) -> bool:
    """Whether an event is in it that is wanted."""
    try:
        content = read(s3, bucket, kept.key)
        return any(_is(event, source.events, wanted) for event in _events(content, source))
    except (GeneratorError, *NOT_OURS):
        return False


def _events(kept: Kept, source: Source) -> Iterator[tuple[Any, Functions]]:
    """The events of it that were refused, as far as it can be taken apart; else nothing."""
    request, places = request_of(kept.envelope, reader(source.events)), refused_at(kept.envelope)
    split = split_of(kept.envelope, source.events.split)
    try:
        root = request.json
        functions = Functions(request, root)
        items = splitter(split)(root, functions)
    except Exception:  # noqa: BLE001 - that it can't be read may be why it is here
        return
    for place, item in enumerate(items if isinstance(items, list) else [root]):
        if WHOLE in places or place in places:
            yield from ((event, functions) for event in _transformed(item, request, source))


def _transformed(item: Any, request: Request, source: Source) -> list[Any]:
    """What the source's own code makes of it, which is what the paths are about; itself where that can't be had."""
    if source.transform is None:
        return [item]
    try:
        return list(source.transform(copy.deepcopy(item), request))
    except KeyboardInterrupt:
        raise
    except BaseException:  # noqa: BLE001 - that it fails may be why it is here
        return [item]


def _fits(kept: Kept, wanted: Wanted) -> bool:
    after = wanted.since is None or kept.day >= wanted.since
    before = wanted.until is None or kept.day <= wanted.until
    return after and before and wanted.reason in (None, kept.reason)


def _is(event: tuple[Any, Functions], paths: Events, wanted: Wanted) -> bool:
    kind, id_ = _found(paths.type, *event), identifier(_found(paths.id, *event))
    asked = ((kind, wanted.type), (id_, wanted.id))
    return all(value is None or (found is not None and str(found) == value) for found, value in asked)


def _found(path: str | None, item: Any, functions: Functions) -> Any:
    try:
        return compiled(path)(item, functions) if path else None
    except Exception:  # noqa: BLE001 - that a path can't be applied may be why it is here
        return None
