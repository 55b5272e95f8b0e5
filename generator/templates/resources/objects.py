"""Delivery into S3: a stream that writes messages into objects of a bucket, and a queue that hears of each object."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import awacs.s3
from awacs.aws import Allow, ArnEquals, AWSPrincipal, Condition, Principal, Statement, StringEquals
from awacs.sqs import SendMessage
from troposphere import GetAtt, If, NoValue, Parameter, Ref, Sub, Template
from troposphere.firehose import BufferingHints, DeliveryStream
from troposphere.s3 import (
    Bucket,
    Filter,
    NotificationConfiguration,
    QueueConfigurations,
    Rules,
    S3Key,
)
from troposphere.sqs import Queue

from generator.templates.inputs import add_is_set_condition
from generator.templates.resources import bucket, queue, stream
from generator.templates.stack_context import StackContext
from lambdas.delivering.envelope import OBJECTS_PREFIX

ERROR_PREFIX, EXTENSION = "failed", ".json.gz"
BUFFER_SECONDS, BUFFER_MB = 60, 16
MAX_RECEIVE_COUNT = 5
OLD_VERSIONS_DAYS = 1
"""Nothing overwrites or deletes an object before it expires, and then it is to be gone."""


class ObjectsStore(NamedTuple):
    """The bucket of messages, the stream into it, and the queue of notifications."""

    bucket: Bucket
    stream: DeliveryStream
    queue: Queue


def add_objects(
    template: Template,
    stack: StackContext,
    days: int,
    notifications: Queue,
    consumer: Parameter,
    role_properties: Mapping[str, Any],
    *,
    BucketName: Sub,  # noqa: N803 - a property of CloudFormation's
    DependsOn: Sequence[str] = (),  # noqa: N803
    **properties: Any,
) -> ObjectsStore:
    """Add the bucket, whose objects expire after `days`, with its stream and the queue's policy.

    S3 takes a bucket's notifications only where the queue's policy is there. `properties` are the bucket's.
    """
    policy = queue.add_policy(template, notifications, consumer, _may_notify(notifications, BucketName))
    objects = bucket.add_bucket(
        template,
        stack,
        "ObjectsBucket",
        days,
        _may_read(template, consumer),
        old_versions_days=OLD_VERSIONS_DAYS,
        BucketName=BucketName,
        NotificationConfiguration=_notify(notifications),
        DependsOn=[policy.title, *DependsOn],
        **properties,
    )
    writer = stream.add_stream(
        template,
        stack,
        "Writer",
        objects,
        BufferingHints(IntervalInSeconds=BUFFER_SECONDS, SizeInMBs=BUFFER_MB),
        role_properties,
        Prefix=f"{OBJECTS_PREFIX}/{stack.service}/!{{timestamp:yyyy/MM/dd/HH}}/",
        ErrorOutputPrefix=f"{ERROR_PREFIX}/{stack.service}/!{{firehose:error-output-type}}/!{{timestamp:yyyy/MM/dd/HH}}/",
        FileExtension=EXTENSION,
    )
    return ObjectsStore(objects, writer, notifications)


def _notify(notifications: Queue) -> NotificationConfiguration:
    """Tell the queue of each object of messages, and of none that Firehose could not process."""
    only_messages = Filter(S3Key=S3Key(Rules=[Rules(Name="prefix", Value=f"{OBJECTS_PREFIX}/")]))
    configuration = QueueConfigurations(
        Event="s3:ObjectCreated:*", Queue=GetAtt(notifications, "Arn"), Filter=only_messages
    )
    return NotificationConfiguration(QueueConfigurations=[configuration])


def _may_notify(notifications: Queue, name: Sub) -> Statement:
    """Let S3 send to the queue for the bucket of this name alone.

    https://docs.aws.amazon.com/AmazonS3/latest/userguide/grant-destinations-permissions-to-s3.html
    """
    return Statement(
        Sid="Notifications",
        Effect=Allow,
        Principal=Principal("Service", "s3.amazonaws.com"),
        Action=[SendMessage],
        Resource=[GetAtt(notifications, "Arn")],
        Condition=Condition(
            [
                ArnEquals({"aws:SourceArn": bucket.arn_of_name(name)}),
                StringEquals({"aws:SourceAccount": Ref("AWS::AccountId")}),
            ]
        ),
    )


def _may_read(template: Template, consumer: Parameter) -> If:
    """Let a consumer, of any account, read objects of messages, also by the version that a notification names."""
    statement = Statement(
        Sid="Consumer",
        Effect=Allow,
        Principal=AWSPrincipal(Ref(consumer)),
        Action=[awacs.s3.GetObject, awacs.s3.GetObjectVersion],
        Resource=[Sub(f"${{ObjectsBucket.Arn}}/{OBJECTS_PREFIX}/*")],
    )
    return If(add_is_set_condition(template, consumer), statement, NoValue)


def may_deliver(objects: ObjectsStore) -> list[Statement]:
    """Allow to hand messages to the stream, and to put those that it does not take for their size."""
    return [stream.may_hand_over(objects.stream), bucket.may_put(objects.bucket, OBJECTS_PREFIX)]
