"""S3 server access logs: who requested which object of a bucket, written into another bucket."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import awacs.s3
from awacs.aws import Allow, ArnLike, Condition, Principal, Statement, StringEquals
from troposphere import Ref, Sub, Template
from troposphere.s3 import Bucket, LoggingConfiguration

from generator.templates.resources.bucket import add_bucket, arn_of_name
from generator.templates.stack_context import StackContext

LOG_DAYS = 365


def add_log(template: Template, stack: StackContext, title: str, name: Sub, logged: Iterable[Sub]) -> Bucket:
    """Add the bucket into which S3 writes the access log of the buckets with the names `logged`.

    S3 can encrypt the log with its own key alone, and needs a statement in the bucket's policy to write it.
    https://docs.aws.amazon.com/AmazonS3/latest/userguide/enable-server-access-logging.html
    """
    arns = [arn_of_name(bucket) for bucket in logged]
    may_write = Statement(
        Sid="Log",
        Effect=Allow,
        Principal=Principal("Service", "logging.s3.amazonaws.com"),
        Action=[awacs.s3.PutObject],
        Resource=[Sub(f"${{{title}.Arn}}/*")],
        Condition=Condition(
            [ArnLike({"aws:SourceArn": arns}), StringEquals({"aws:SourceAccount": Ref("AWS::AccountId")})]
        ),
    )
    return add_bucket(template, replace(stack, key=None), title, LOG_DAYS, may_write, BucketName=name)


def logging_properties(log_bucket: Bucket) -> dict[str, Any]:
    """Return the properties of a bucket whose access log goes into `log_bucket`; the policy there comes first."""
    return {
        "LoggingConfiguration": LoggingConfiguration(DestinationBucketName=Ref(log_bucket)),
        "DependsOn": [f"{log_bucket.title}Policy"],
    }
