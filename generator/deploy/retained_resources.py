"""What earlier stacks of a source left behind: buckets with kept events, which can be brought in, and queues."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

from generator.aws import Target
from generator.errors import GeneratorError
from lambdas.delivering.envelope import ENVELOPE_ERRORS, parse_envelope
from lambdas.delivering.kept_bucket import MAX_OBJECT
from lambdas.runtime.aws_errors import Unconfirmed, required_field

_PARTS = {"unsent/": 3, "rejected/": 4}
"""What can be brought in, and of how many parts its keys are. What waits comes first: it was shaped already."""


@dataclass(frozen=True)
class RetainedBucket:
    """A bucket with the requests that are kept in it."""

    name: str
    rejected: int
    unsent: int

    def __str__(self) -> str:
        return f"{self.rejected} rejected, {self.unsent} waiting for the queue"


@dataclass(frozen=True)
class RetainedQueue:
    """A queue with the messages that are on it, or are being read."""

    url: str
    messages: int


@dataclass(frozen=True)
class RetainedResources:
    """What earlier stacks of a source left behind."""

    buckets: tuple[RetainedBucket, ...]
    queues: tuple[RetainedQueue, ...]

    @property
    def with_events(self) -> RetainedResources:
        """The part of it that holds events."""
        buckets = (bucket for bucket in self.buckets if bucket.rejected or bucket.unsent)
        return RetainedResources(tuple(buckets), tuple(queue for queue in self.queues if queue.messages))


def find_retained(target: Target, source: str, bucket: str, queues: Collection[str]) -> RetainedResources:
    """What there is beside the bucket and the queues that the source has now, which are given by name and by URL."""
    s3, sqs = target.client("s3"), target.client("sqs")
    named = f"{source}-{target.environment}-kept-"
    pages = s3.get_paginator("list_buckets").paginate(Prefix=named, BucketRegion=target.region)
    names = [each["Name"] for page in pages for each in page.get("Buckets", ())]
    buckets = [name for name in names if name != bucket and _has_tags(s3, name, target.tags(source))]
    stack, own = target.stack(source), {url.rpartition("/")[2] for url in queues}
    pages = sqs.get_paginator("list_queues").paginate(QueueNamePrefix=stack)
    urls = {url.rpartition("/")[2]: url for page in pages for url in page.get("QueueUrls", ())}
    others = [name for name in urls if name not in own and (name == stack or name.startswith(f"{stack}-"))]
    return RetainedResources(
        tuple(count_kept(s3, name) for name in sorted(buckets)),
        tuple(RetainedQueue(urls[name], count_messages(sqs, urls[name])) for name in sorted(others)),
    )


def count_kept(s3: Any, bucket: str) -> RetainedBucket:
    """A bucket, with how many requests are kept in it."""
    return RetainedBucket(bucket, count_objects(s3, bucket, "rejected/"), count_objects(s3, bucket, "unsent/"))


def count_objects(s3: Any, bucket: str, prefix: str) -> int:
    """The number of objects below a prefix."""
    return sum(1 for _ in _keys(s3, bucket, prefix))


def count_messages(sqs: Any, url: str) -> int:
    """The number of messages that are on a queue, those that are being read included."""
    wanted = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
    found = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=wanted)["Attributes"]
    return sum(int(found[name]) for name in wanted)


def move_kept_events(s3: Any, source: str, old: str, new: str) -> Iterator[tuple[str, str | None]]:
    """Move what is kept from an old bucket into a new one: each object's key, and its new one, or None if not ours.

    An object is deleted once it is copied, so an end at any point loses nothing. Its new name is the hash of all that
    is in it: moved again, it takes its own place, and never that of another request with the same body.
    """
    for prefix, parts in _PARTS.items():
        for key in _keys(s3, old, prefix):
            content = s3.get_object(Bucket=old, Key=key)["Body"].read(MAX_OBJECT)
            if key.count("/") + 1 != parts or not _is_from_source(content, source):
                yield key, None
                continue
            place = f"{key.rpartition('/')[0]}/{hashlib.sha256(content).hexdigest()}.json"
            answer = s3.put_object(Bucket=new, Key=place, Body=content, ContentType="application/json")
            try:
                required_field(answer, "ETag")
            except Unconfirmed:
                raise GeneratorError(f"AWS: PutObject: its answer does not say that {place} was stored") from None
            s3.delete_object(Bucket=old, Key=key)
            yield key, place


def choose_bucket(retained: RetainedResources, name: str, source: str) -> RetainedBucket:
    """The bucket of a name; GeneratorError where no earlier stack left it behind."""
    for bucket in retained.buckets:
        if bucket.name == name:
            return bucket
    there = f"there is {', '.join(each.name for each in retained.buckets)}" if retained.buckets else "there is none"
    raise GeneratorError(f"--from-bucket: no earlier stack of {source} left a bucket {name} behind; {there}")


def _has_tags(s3: Any, bucket: str, tags: dict[str, str]) -> bool:
    """Whether a bucket has all of these tags."""
    try:
        found = s3.get_bucket_tagging(Bucket=bucket)["TagSet"]
    except s3.exceptions.ClientError as error:
        if error.response["Error"]["Code"] in ("NoSuchTagSet", "NoSuchBucket"):
            return False
        raise
    return tags.items() <= {tag["Key"]: tag["Value"] for tag in found}.items()


def _is_from_source(content: bytes, source: str) -> bool:
    try:
        return bool(parse_envelope(content)["source"] == source)
    except ENVELOPE_ERRORS:
        return False


def _keys(s3: Any, bucket: str, prefix: str) -> Iterator[str]:
    for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix):
        yield from (each["Key"] for each in page.get("Contents", ()))
