"""The archive of a source: a bucket of accepted requests, and the Firehose stream that fills it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from awacs.aws import Statement
from troposphere import Template
from troposphere.firehose import BufferingHints, DeliveryStream
from troposphere.s3 import Bucket

from generator.templates.resources import bucket, stream
from generator.templates.stack_context import StackContext
from lambdas.delivering.envelope import ARCHIVE_PREFIX

PREFIX, ERROR_PREFIX = ARCHIVE_PREFIX, "errors"
BUFFER_SECONDS, BUFFER_MB = 300, 16
OLD_VERSIONS_DAYS = 1
"""Nothing overwrites or deletes a copy before it expires, and then it is to be gone."""


class ArchiveStore(NamedTuple):
    """The bucket of an archive, and the stream into it."""

    bucket: Bucket
    stream: DeliveryStream


def add_archive(
    template: Template, stack: StackContext, days: int, role_properties: Mapping[str, Any], **properties: Any
) -> ArchiveStore:
    """Add the archive of a source; its objects expire after `days`. `properties` are the bucket's."""
    archive = bucket.add_bucket(template, stack, "Archive", days, old_versions_days=OLD_VERSIONS_DAYS, **properties)
    delivery_stream = stream.add_stream(
        template,
        stack,
        "Stream",
        archive,
        BufferingHints(IntervalInSeconds=BUFFER_SECONDS, SizeInMBs=BUFFER_MB),
        role_properties,
        Prefix=f"{PREFIX}/!{{timestamp:yyyy-MM-dd}}/!{{timestamp:HH}}/",
        ErrorOutputPrefix=f"{ERROR_PREFIX}/!{{firehose:error-output-type}}/!{{timestamp:yyyy-MM-dd}}/",
    )
    return ArchiveStore(archive, delivery_stream)


def may_archive(archive: ArchiveStore) -> list[Statement]:
    """Allow to hand requests to the stream and, where it does not take them, to put them into the bucket."""
    return [stream.may_hand_over(archive.stream), bucket.may_put(archive.bucket, PREFIX)]


def may_replay(archive: ArchiveStore) -> list[Statement]:
    """Allow to list and read what is archived."""
    return [bucket.may_read(archive.bucket, PREFIX), bucket.may_list(archive.bucket)]
