"""The archive of a source: a bucket of accepted requests, and the Firehose stream that fills it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import awacs.firehose
import awacs.s3
from awacs import logs
from awacs.aws import Condition, Statement, StringEquals
from troposphere import GetAtt, Ref, Sub, Template
from troposphere.firehose import (
    BufferingHints,
    CloudWatchLoggingOptions,
    DeliveryStream,
    DeliveryStreamEncryptionConfigurationInput,
    ExtendedS3DestinationConfiguration,
)
from troposphere.iam import Role
from troposphere.logs import LogGroup, LogStream
from troposphere.s3 import Bucket

from generator.templates.resources import bucket, function, key
from generator.templates.resources.role import add_role, allow
from generator.templates.stack_context import StackContext
from lambdas.delivering.envelope import ARCHIVE_PREFIX

PREFIX, ERROR_PREFIX = ARCHIVE_PREFIX, "errors"
BUFFER_SECONDS, BUFFER_MB = 300, 16
OLD_VERSIONS_DAYS = 1
"""Nothing overwrites or deletes a copy before it expires, and then it is to be gone."""

_HOUR_PREFIX = f"{PREFIX}/!{{timestamp:yyyy-MM-dd}}/!{{timestamp:HH}}/"
# https://docs.aws.amazon.com/firehose/latest/dev/controlling-access.html#using-iam-s3
OBJECT_ACTIONS = [awacs.s3.AbortMultipartUpload, awacs.s3.GetObject, awacs.s3.PutObject]
BUCKET_ACTIONS = [awacs.s3.GetBucketLocation, awacs.s3.ListBucket, awacs.s3.ListBucketMultipartUploads]


class ArchiveStore(NamedTuple):
    """The bucket of an archive, and the stream into it."""

    bucket: Bucket
    stream: DeliveryStream


def add_archive(
    template: Template, stack: StackContext, days: int, role_properties: Mapping[str, Any], **properties: Any
) -> ArchiveStore:
    """Add the archive of a source; its objects expire after `days`. `properties` are the bucket's."""
    archive = bucket.add_bucket(template, stack, "Archive", days, old_versions_days=OLD_VERSIONS_DAYS, **properties)
    log = function.add_log_group(template, stack, "StreamLog", "vendedlogs", "Stream")
    errors = template.add_resource(LogStream("StreamErrors", LogGroupName=Ref(log)))
    destination = ExtendedS3DestinationConfiguration(
        BucketARN=GetAtt(archive, "Arn"),
        RoleARN=GetAtt(_add_role(template, stack, archive, log, role_properties), "Arn"),
        Prefix=_HOUR_PREFIX,
        ErrorOutputPrefix=f"{ERROR_PREFIX}/!{{firehose:error-output-type}}/!{{timestamp:yyyy-MM-dd}}/",
        BufferingHints=BufferingHints(IntervalInSeconds=BUFFER_SECONDS, SizeInMBs=BUFFER_MB),
        CompressionFormat="GZIP",
        CloudWatchLoggingOptions=CloudWatchLoggingOptions(
            Enabled=True, LogGroupName=Ref(log), LogStreamName=Ref(errors)
        ),
    )
    stream = template.add_resource(
        # A short title: a longer one would cut the stack's name in the stream's name, and no permission would match.
        DeliveryStream(
            "Stream",
            DeliveryStreamType="DirectPut",
            DeliveryStreamEncryptionConfigurationInput=_encryption(stack),
            ExtendedS3DestinationConfiguration=destination,
            Tags=stack.tags,
        )
    )
    return ArchiveStore(archive, stream)


def _add_role(
    template: Template, stack: StackContext, archive: Bucket, log: LogGroup, role_properties: Mapping[str, Any]
) -> Role:
    """Add the role with which Firehose fills the bucket; it says the account's id, so that no other account's can."""
    statements = [
        allow(OBJECT_ACTIONS, [bucket.object_arn(archive, "*")]),
        allow(BUCKET_ACTIONS, [GetAtt(archive, "Arn")]),
        allow([logs.PutLogEvents], [GetAtt(log, "Arn")]),
        *key.may_use(stack),
    ]
    return add_role(
        template,
        stack,
        "StreamRole",
        "firehose.amazonaws.com",
        statements,
        trust_condition=Condition(StringEquals({"sts:ExternalId": Ref("AWS::AccountId")})),
        **role_properties,
    )


def _encryption(stack: StackContext) -> DeliveryStreamEncryptionConfigurationInput:
    """Encrypt what waits in the stream with Firehose's own key, which costs nothing, or with the source's."""
    if not stack.key:
        return DeliveryStreamEncryptionConfigurationInput(KeyType="AWS_OWNED_CMK")
    return DeliveryStreamEncryptionConfigurationInput(KeyType="CUSTOMER_MANAGED_CMK", KeyARN=GetAtt(stack.key, "Arn"))


def may_archive(archive: ArchiveStore) -> list[Statement]:
    """Allow to hand requests to the stream and, where it does not take them, to put them into the bucket."""
    return [
        allow([awacs.firehose.PutRecordBatch], [GetAtt(archive.stream, "Arn")]),
        bucket.may_put(archive.bucket, PREFIX),
    ]


def may_replay(archive: ArchiveStore) -> list[Statement]:
    """Allow to list and read what is archived."""
    return [bucket.may_read(archive.bucket, PREFIX), bucket.may_list(archive.bucket)]


def bounds(stream_arns: Sub, bucket_arn: Sub, objects_arn: Sub) -> list[Statement]:
    """Return the most that roles of a source may do with its archive, the stream's own role among them."""
    return [
        allow([awacs.firehose.PutRecordBatch], [stream_arns]),
        allow(OBJECT_ACTIONS, [objects_arn]),
        allow(BUCKET_ACTIONS, [bucket_arn]),
    ]
