"""Who asked a bucket for what: the log that S3 writes into another."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import awacs.s3
from awacs.aws import Allow, ArnLike, Condition, Principal, Statement, StringEquals
from troposphere import Ref, Sub, Template
from troposphere.s3 import Bucket, LoggingConfiguration

from generator.templates.inputs import StackContext
from generator.templates.resources.bucket import add_bucket

KEPT_DAYS = 365


def add_log(template: Template, parameters: StackContext, title: str, name: Sub, logged: Sub) -> Bucket:
    """The bucket into which S3 writes the log of another, whose name is `logged`.

    S3 can write it with no key but its own, and has no right by itself.
    https://docs.aws.amazon.com/AmazonS3/latest/userguide/enable-server-access-logging.html
    """
    of_bucket = Sub(f"arn:${{AWS::Partition}}:s3:::{logged.data['Fn::Sub'][0]}", **logged.data["Fn::Sub"][1])
    writes = Statement(
        Sid="Log",
        Effect=Allow,
        Principal=Principal("Service", "logging.s3.amazonaws.com"),
        Action=[awacs.s3.PutObject],
        Resource=[Sub(f"${{{title}.Arn}}/*")],
        Condition=Condition(
            [ArnLike({"aws:SourceArn": of_bucket}), StringEquals({"aws:SourceAccount": Ref("AWS::AccountId")})]
        ),
    )
    return add_bucket(template, replace(parameters, key=None), title, KEPT_DAYS, writes, BucketName=name)


def logged_into(log: Bucket) -> dict[str, Any]:
    """The properties of a bucket whose log goes there; S3 has to be allowed to write it first."""
    return {
        "LoggingConfiguration": LoggingConfiguration(DestinationBucketName=Ref(log)),
        "DependsOn": [f"{log.title}Policy"],
    }
