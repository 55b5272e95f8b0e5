"""S3 buckets, their policies, and permissions on their objects."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import awacs.s3
from awacs.aws import Bool, Condition, Deny, Principal, Statement
from troposphere import GetAtt, If, Ref, Sub, Template
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

from generator.templates.resources.role import allow
from generator.templates.resources.sub import arn
from generator.templates.stack_context import StackContext

OLD_VERSIONS_DAYS = 30


def add_bucket(
    template: Template,
    stack: StackContext,
    title: str,
    days: int,
    *more_statements: Statement | If,
    old_versions_days: int = OLD_VERSIONS_DAYS,
    **properties: Any,
) -> Bucket:
    """Add a bucket: private, encrypted, versioned, over TLS alone; it outlives the stack, its objects expire.

    `more_statements` go into the bucket's policy.
    """
    expiry = LifecycleRule(
        Id="Expire",
        Status="Enabled",
        ExpirationInDays=days,
        NoncurrentVersionExpiration=NoncurrentVersionExpiration(NoncurrentDays=old_versions_days),
        AbortIncompleteMultipartUpload=AbortIncompleteMultipartUpload(DaysAfterInitiation=1),
    )
    bucket = template.add_resource(
        Bucket(
            title,
            PublicAccessBlockConfiguration=PublicAccessBlockConfiguration(
                BlockPublicAcls=True, BlockPublicPolicy=True, IgnorePublicAcls=True, RestrictPublicBuckets=True
            ),
            OwnershipControls=OwnershipControls(Rules=[OwnershipControlsRule(ObjectOwnership="BucketOwnerEnforced")]),
            BucketEncryption=BucketEncryption(ServerSideEncryptionConfiguration=[_encryption(stack)]),
            VersioningConfiguration=VersioningConfiguration(Status="Enabled"),
            LifecycleConfiguration=LifecycleConfiguration(Rules=[expiry]),
            Tags=stack.tags,
            DeletionPolicy="RetainExceptOnCreate",
            UpdateReplacePolicy="Retain",
            **properties,
        )
    )
    _add_policy(template, bucket, more_statements)
    return bucket


def _encryption(stack: StackContext) -> ServerSideEncryptionRule:
    """Encrypt with S3's own key, or with the source's: then with a bucket key, so that not each object calls KMS.

    https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-key.html
    """
    if not stack.key:
        return ServerSideEncryptionRule(
            ServerSideEncryptionByDefault=ServerSideEncryptionByDefault(SSEAlgorithm="AES256")
        )
    by_default = ServerSideEncryptionByDefault(SSEAlgorithm="aws:kms", KMSMasterKeyID=GetAtt(stack.key, "Arn"))
    return ServerSideEncryptionRule(BucketKeyEnabled=True, ServerSideEncryptionByDefault=by_default)


def _add_policy(template: Template, bucket: Bucket, more_statements: Sequence[Statement | If]) -> None:
    only_over_tls = Statement(
        Sid="OnlyOverTls",
        Effect=Deny,
        Principal=Principal("*"),
        Action=[awacs.s3.Action("*")],
        Resource=[GetAtt(bucket, "Arn"), object_arn(bucket, "*")],
        Condition=Condition(Bool({"aws:SecureTransport": False})),
    )
    template.add_resource(
        BucketPolicy(
            f"{bucket.title}Policy",
            DeletionPolicy="RetainExceptOnCreate",
            UpdateReplacePolicy="Retain",
            Bucket=Ref(bucket),
            PolicyDocument={"Version": "2012-10-17", "Statement": [only_over_tls, *more_statements]},
        )
    )


def may_put(bucket: Bucket, *prefixes: str) -> Statement:
    """Allow to put objects below these prefixes, and to read none."""
    return allow([awacs.s3.PutObject], [object_arn(bucket, f"{prefix}/*") for prefix in prefixes])


def may_take(bucket: Bucket, *prefixes: str) -> Statement:
    """Allow to read and delete objects below these prefixes; deleted versions stay for a month."""
    return allow(
        [awacs.s3.GetObject, awacs.s3.DeleteObject], [object_arn(bucket, f"{prefix}/*") for prefix in prefixes]
    )


def may_read(bucket: Bucket, *prefixes: str) -> Statement:
    """Allow to read objects below these prefixes."""
    return allow([awacs.s3.GetObject], [object_arn(bucket, f"{prefix}/*") for prefix in prefixes])


def may_list(bucket: Bucket) -> Statement:
    """Allow to list objects; without this, S3 answers 403 for a missing object, and not 404."""
    return allow([awacs.s3.ListBucket], [GetAtt(bucket, "Arn")])


def arn_of_name(name: Sub) -> Sub:
    """Return the ARN of the bucket with a name, for what comes before the bucket."""
    text, values = name.data["Fn::Sub"]
    return Sub(f"arn:${{AWS::Partition}}:s3:::{text}", **values)


def object_arn(bucket: Bucket, key: str) -> Sub:
    """Return the ARN of an object, or of a pattern of keys."""
    return Sub(f"{arn(bucket)}/{key}")
