"""What earlier stacks of a source left behind: buckets with kept events, which can be brought in, and queues."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from generator.aws import Target
from generator.errors import GeneratorError
from lambdas.delivering.envelope import ENVELOPE_ERRORS, parse_envelope
from lambdas.delivering.object_store import MAX_OBJECT
from lambdas.runtime.aws_errors import Unconfirmed, required_field

_KEY_PARTS = {"unsent/": 3, "rejected/": 4}
"""The prefixes of kept requests, and how many parts their keys have. Unsent messages are moved first."""


@dataclass(frozen=True)
class RetainedBucket:
    """A bucket that a stack left, or would leave, behind, and how many requests are kept in it."""

    name: str
    rejected: int
    unsent: int

    def __str__(self) -> str:
        return f"{self.rejected} rejected, {self.unsent} waiting to be sent"


@dataclass(frozen=True)
class RetainedQueue:
    """A queue that a stack left behind, with the number of messages on it, those being read included."""

    url: str
    messages: int


@dataclass(frozen=True)
class RetainedResources:
    """What earlier stacks of a source left behind."""

    buckets: tuple[RetainedBucket, ...]
    queues: tuple[RetainedQueue, ...]

    @property
    def with_events(self) -> RetainedResources:
        """Return the resources that hold events."""
        buckets = (bucket for bucket in self.buckets if bucket.rejected or bucket.unsent)
        return RetainedResources(tuple(buckets), tuple(queue for queue in self.queues if queue.messages))


class Listing(NamedTuple):
    """Buckets and queues among which those that stacks left behind are looked for: names, and URLs by names."""

    buckets: Sequence[str]
    queues: Mapping[str, str]


def list_buckets_and_queues(target: Target, bucket_prefix: str, queue_prefix: str) -> Listing:
    """Return the buckets of the region and the queues whose names begin so."""
    prefix = {"Prefix": bucket_prefix} if bucket_prefix else {}
    pages = target.client("s3").get_paginator("list_buckets").paginate(**prefix, BucketRegion=target.region)
    names = [listed["Name"] for page in pages for listed in page.get("Buckets", ())]
    pages = target.client("sqs").get_paginator("list_queues").paginate(QueueNamePrefix=queue_prefix)
    return Listing(names, {url.rpartition("/")[2]: url for page in pages for url in page.get("QueueUrls", ())})


def find_retained(
    target: Target,
    source: str,
    current_bucket: str,
    current_queues: Collection[str],
    listing: Listing | None = None,
) -> RetainedResources:
    """Return what earlier stacks left, without the source's current bucket (a name) and queues (URLs).

    `listing` has the buckets and queues of several sources, where they are listed already.
    """
    s3, sqs, stack = target.client("s3"), target.client("sqs"), target.stack(source)
    prefix = f"{source}-{target.environment}-kept-"
    buckets, urls = listing or list_buckets_and_queues(target, prefix, stack)
    others = [name for name in buckets if name.startswith(prefix) and name != current_bucket]
    own_names = {url.rpartition("/")[2] for url in current_queues}
    other_names = [name for name in urls if name not in own_names and (name == stack or name.startswith(f"{stack}-"))]
    return RetainedResources(
        tuple(count_kept(s3, name) for name in sorted(others) if _has_tags(s3, name, target.tags(source))),
        tuple(RetainedQueue(urls[name], count_messages(sqs, urls[name])) for name in sorted(other_names)),
    )


def count_kept(s3: Any, bucket: str) -> RetainedBucket:
    """Count the requests that are kept in a bucket."""
    return RetainedBucket(bucket, count_objects(s3, bucket, "rejected/"), count_objects(s3, bucket, "unsent/"))


def count_objects(s3: Any, bucket: str, prefix: str) -> int:
    """Return the number of objects below a prefix."""
    return sum(1 for _ in _keys(s3, bucket, prefix))


def count_messages(sqs: Any, url: str) -> int:
    """Return the number of messages on a queue, those being read included."""
    counts = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
    attributes = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=counts)["Attributes"]
    return sum(int(attributes[name]) for name in counts)


def move_kept_events(s3: Any, source: str, old: str, new: str) -> Iterator[tuple[str, str | None]]:
    """Move the kept requests from an old bucket to a new one; yield each key with the new key, or None if it stays.

    An object that is no envelope of this source stays. The others are deleted once they are copied, so an end at any
    point loses nothing. The new name is the hash of the whole object: moved again, it replaces itself, and never
    another request with the same body.
    """
    for prefix, parts in _KEY_PARTS.items():
        for key in _keys(s3, old, prefix):
            content = s3.get_object(Bucket=old, Key=key)["Body"].read(MAX_OBJECT)
            if key.count("/") + 1 != parts or not _is_from_source(content, source):
                yield key, None
                continue
            new_key = f"{key.rpartition('/')[0]}/{hashlib.sha256(content).hexdigest()}.json"
            answer = s3.put_object(Bucket=new, Key=new_key, Body=content, ContentType="application/json")
            try:
                required_field(answer, "ETag")
            except Unconfirmed:
                raise GeneratorError(f"AWS: PutObject: its answer does not say that {new_key} was stored") from None
            s3.delete_object(Bucket=old, Key=key)
            yield key, new_key


def choose_bucket(retained: RetainedResources, name: str, source: str) -> RetainedBucket:
    """Return the bucket of a name; GeneratorError where no earlier stack left it behind."""
    for bucket in retained.buckets:
        if bucket.name == name:
            return bucket
    existing = (
        f"there is {', '.join(bucket.name for bucket in retained.buckets)}" if retained.buckets else "there is none"
    )
    raise GeneratorError(f"--from-bucket: no earlier stack of {source} left a bucket {name} behind; {existing}")


def _has_tags(s3: Any, bucket: str, tags: dict[str, str]) -> bool:
    """Return whether a bucket has all of these tags."""
    try:
        bucket_tags = s3.get_bucket_tagging(Bucket=bucket)["TagSet"]
    except s3.exceptions.ClientError as error:
        if error.response["Error"]["Code"] in ("NoSuchTagSet", "NoSuchBucket"):
            return False
        raise
    return tags.items() <= {tag["Key"]: tag["Value"] for tag in bucket_tags}.items()


def _is_from_source(content: bytes, source: str) -> bool:
    """Return whether an object is an envelope of this source."""
    try:
        return bool(parse_envelope(content)["source"] == source)
    except ENVELOPE_ERRORS:
        return False


def _keys(s3: Any, bucket: str, prefix: str) -> Iterator[str]:
    for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix):
        yield from (listed["Key"] for listed in page.get("Contents", ()))
