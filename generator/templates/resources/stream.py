"""A Firehose stream that puts records into objects of a bucket; its role, its log, and permissions on it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

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

# https://docs.aws.amazon.com/firehose/latest/dev/controlling-access.html#using-iam-s3
OBJECT_ACTIONS = [awacs.s3.AbortMultipartUpload, awacs.s3.GetObject, awacs.s3.PutObject]
BUCKET_ACTIONS = [awacs.s3.GetBucketLocation, awacs.s3.ListBucket, awacs.s3.ListBucketMultipartUploads]


def add_stream(
    template: Template,
    stack: StackContext,
    title: str,
    target: Bucket,
    buffering: BufferingHints,
    role_properties: Mapping[str, Any],
    **destination: Any,
) -> DeliveryStream:
    """Add a stream into a bucket; `destination` are properties such as the prefix.

    The title has at most six letters: a longer one would cut the stack's name in the stream's name, and no permission
    would match.
    """
    log = function.add_log_group(template, stack, f"{title}Log", "vendedlogs", title)
    errors = template.add_resource(LogStream(f"{title}Errors", LogGroupName=Ref(log)))
    configuration = ExtendedS3DestinationConfiguration(
        BucketARN=GetAtt(target, "Arn"),
        RoleARN=GetAtt(_add_role(template, stack, f"{title}Role", target, log, role_properties), "Arn"),
        BufferingHints=buffering,
        CompressionFormat="GZIP",
        CloudWatchLoggingOptions=CloudWatchLoggingOptions(
            Enabled=True, LogGroupName=Ref(log), LogStreamName=Ref(errors)
        ),
        **destination,
    )
    return template.add_resource(
        DeliveryStream(
            title,
            DeliveryStreamType="DirectPut",
            DeliveryStreamEncryptionConfigurationInput=_encryption(stack),
            ExtendedS3DestinationConfiguration=configuration,
            Tags=stack.tags,
        )
    )


def _add_role(
    template: Template,
    stack: StackContext,
    title: str,
    target: Bucket,
    log: LogGroup,
    role_properties: Mapping[str, Any],
) -> Role:
    """Add the role with which Firehose fills the bucket; it says the account's id, so that no other account's can."""
    statements = [
        allow(OBJECT_ACTIONS, [bucket.object_arn(target, "*")]),
        allow(BUCKET_ACTIONS, [GetAtt(target, "Arn")]),
        allow([logs.PutLogEvents], [GetAtt(log, "Arn")]),
        *key.may_use(stack),
    ]
    return add_role(
        template,
        stack,
        title,
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


def may_hand_over(stream: DeliveryStream) -> Statement:
    """Allow to hand records to the stream."""
    return allow([awacs.firehose.PutRecordBatch], [GetAtt(stream, "Arn")])


def bounds(stream_arns: Sub, buckets: Sequence[Sub], objects: Sequence[Sub]) -> list[Statement]:
    """Return the most that roles of a source may do with streams and their buckets, the streams' roles among them."""
    return [
        allow([awacs.firehose.PutRecordBatch], [stream_arns]),
        allow(OBJECT_ACTIONS, objects),
        allow(BUCKET_ACTIONS, buckets),
    ]
