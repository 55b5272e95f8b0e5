"""The bucket of what is not, or not whole, on the queue."""

from __future__ import annotations

import awacs.s3
from awacs.aws import Allow, Bool, Condition, Deny, PolicyDocument, Principal, Statement
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

from generator.resources.parameters import Parameters, tags
from generator.resources.sub import arn

KEPT_DAYS, OLD_VERSIONS_DAYS = 365, 30


def add_kept(template: Template, parameters: Parameters) -> Bucket:
    """Private, encrypted, versioned; its objects go after a year, and outlive the stack until then."""
    expiry = LifecycleRule(
        Id="Expire",
        Status="Enabled",
        ExpirationInDays=KEPT_DAYS,
        NoncurrentVersionExpiration=NoncurrentVersionExpiration(NoncurrentDays=OLD_VERSIONS_DAYS),
        AbortIncompleteMultipartUpload=AbortIncompleteMultipartUpload(DaysAfterInitiation=1),
    )
    return template.add_resource(
        Bucket(
            "Kept",
            PublicAccessBlockConfiguration=PublicAccessBlockConfiguration(
                BlockPublicAcls=True, BlockPublicPolicy=True, IgnorePublicAcls=True, RestrictPublicBuckets=True
            ),
            OwnershipControls=OwnershipControls(Rules=[OwnershipControlsRule(ObjectOwnership="BucketOwnerEnforced")]),
            BucketEncryption=BucketEncryption(
                ServerSideEncryptionConfiguration=[
                    ServerSideEncryptionRule(
                        ServerSideEncryptionByDefault=ServerSideEncryptionByDefault(SSEAlgorithm="AES256")
                    )
                ]
            ),
            VersioningConfiguration=VersioningConfiguration(Status="Enabled"),
            LifecycleConfiguration=LifecycleConfiguration(Rules=[expiry]),
            Tags=tags(parameters),
            DeletionPolicy="RetainExceptOnCreate",
            UpdateReplacePolicy="Retain",
        )
    )


def add_policy(template: Template, bucket: Bucket) -> BucketPolicy:
    """Nobody without TLS."""
    return template.add_resource(
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
                        Resource=[GetAtt(bucket, "Arn"), _below(bucket, "*")],
                        Condition=Condition(Bool({"aws:SecureTransport": False})),
                    )
                ],
            ),
        )
    )


def may_put(bucket: Bucket, *prefixes: str) -> Statement:
    """Put objects below these prefixes; read none."""
    return Statement(
        Effect=Allow, Action=[awacs.s3.PutObject], Resource=[_below(bucket, f"{prefix}/*") for prefix in prefixes]
    )


def _below(bucket: Bucket, key: str) -> Sub:
    return Sub(f"{arn(bucket)}/{key}")
