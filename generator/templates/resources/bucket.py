"""Buckets."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import awacs.s3
from awacs.aws import Bool, Condition, Deny, PolicyDocument, Principal, Statement
from troposphere import GetAtt, Ref, Sub, Template
from troposphere.s3 import (
    AbortIncompleteMultipartUpload,
    Bucket,
    BucketEncryption,
    BucketPolicy,
    LifecycleConfiguration,
    LifecycleRule,
    NoncurrentVersionExpiration,
    OwnershipControls,
    OwnershipControlsRule,
    PublicAccessBlockConfiguration,
    ServerSideEncryptionByDefault,
    ServerSideEncryptionRule,
    VersioningConfiguration,
)

from generator.templates.inputs import StackContext
from generator.templates.resources.role import allow
from generator.templates.resources.sub import arn

OLD_VERSIONS_DAYS = 30


def add_bucket(
    template: Template, parameters: StackContext, title: str, days: int, *allowed: Statement, **more: Any
) -> Bucket:
    """Private, encrypted, versioned, nobody without TLS; its objects go after some days, and outlive the stack.

    `allowed` are further statements of its policy; `more` are further properties.
    """
    expiry = LifecycleRule(
        Id="Expire",
        Status="Enabled",
        ExpirationInDays=days,
        NoncurrentVersionExpiration=NoncurrentVersionExpiration(NoncurrentDays=OLD_VERSIONS_DAYS),
        AbortIncompleteMultipartUpload=AbortIncompleteMultipartUpload(DaysAfterInitiation=1),
    )
    bucket = template.add_resource(
        Bucket(
            title,
            PublicAccessBlockConfiguration=PublicAccessBlockConfiguration(
                BlockPublicAcls=True, BlockPublicPolicy=True, IgnorePublicAcls=True, RestrictPublicBuckets=True
            ),
            OwnershipControls=OwnershipControls(Rules=[OwnershipControlsRule(ObjectOwnership="BucketOwnerEnforced")]),
            BucketEncryption=BucketEncryption(ServerSideEncryptionConfiguration=[_encryption(parameters)]),
            VersioningConfiguration=VersioningConfiguration(Status="Enabled"),
            LifecycleConfiguration=LifecycleConfiguration(Rules=[expiry]),
            Tags=parameters.tags,
            DeletionPolicy="RetainExceptOnCreate",
            UpdateReplacePolicy="Retain",
            **more,
        )
    )
    _add_policy(template, bucket, allowed)
    return bucket


def _encryption(parameters: StackContext) -> ServerSideEncryptionRule:
    """With S3's own key, or with the source's, which a bucket asks for a key of its own and not for each object.

    https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-key.html
    """
    if not parameters.key:
        return ServerSideEncryptionRule(
            ServerSideEncryptionByDefault=ServerSideEncryptionByDefault(SSEAlgorithm="AES256")
        )
    its = ServerSideEncryptionByDefault(SSEAlgorithm="aws:kms", KMSMasterKeyID=GetAtt(parameters.key, "Arn"))
    return ServerSideEncryptionRule(BucketKeyEnabled=True, ServerSideEncryptionByDefault=its)


def _add_policy(template: Template, bucket: Bucket, allowed: Sequence[Statement]) -> None:
    template.add_resource(
        BucketPolicy(
            f"{bucket.title}Policy",
            DeletionPolicy="RetainExceptOnCreate",
            UpdateReplacePolicy="Retain",
            Bucket=Ref(bucket),
            PolicyDocument=PolicyDocument(
                Version="2012-10-17",
                Statement=[
                    Statement(
                        Sid="OnlyOverTls",
                        Effect=Deny,
                        Principal=Principal("*"),
                        Action=[awacs.s3.Action("*")],
                        Resource=[GetAtt(bucket, "Arn"), below(bucket, "*")],
                        Condition=Condition(Bool({"aws:SecureTransport": False})),
                    ),
                    *allowed,
                ],
            ),
        )
    )


def may_put(bucket: Bucket, *prefixes: str) -> Statement:
    """Put objects below these prefixes; read none."""
    return allow([awacs.s3.PutObject], [below(bucket, f"{prefix}/*") for prefix in prefixes])


def may_take(bucket: Bucket, *prefixes: str) -> Statement:
    """Read and delete objects below these prefixes. Versions stay, for a month."""
    return allow([awacs.s3.GetObject, awacs.s3.DeleteObject], [below(bucket, f"{prefix}/*") for prefix in prefixes])


def may_list(bucket: Bucket) -> Statement:
    """List the objects; without it, one that is gone looks like one that may not be read."""
    return allow([awacs.s3.ListBucket], [GetAtt(bucket, "Arn")])


def below(bucket: Bucket, key: str) -> Sub:
    """The ARN of what is below a key in the bucket."""
    return Sub(f"{arn(bucket)}/{key}")
