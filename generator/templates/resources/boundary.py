"""The permissions boundary of an event source's roles: their policies grant nothing beyond it, whatever they say."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import awacs.awslambda
import awacs.dynamodb
import awacs.kms
import awacs.logs
import awacs.s3
import awacs.sqs
import awacs.ssm
from awacs.aws import Allow, Condition, Statement, StringEquals, StringLike
from troposphere import Sub, Template
from troposphere.iam import ManagedPolicy

from generator.templates.resources import key, network, stream, tracing
from generator.templates.resources.features import Features
from generator.templates.resources.role import allow, document
from generator.templates.resources.source_arns import (
    bucket_arn,
    function_arns,
    kept_bucket_arn,
    log_group_arns,
    stream_arns,
    table_arns,
)
from generator.templates.resources.sub import regional_arn
from generator.templates.stack_context import StackContext

_CLAIM_ACTIONS = [awacs.dynamodb.PutItem, awacs.dynamodb.BatchWriteItem, awacs.dynamodb.BatchGetItem]

_POSITION_ACTIONS = [awacs.dynamodb.GetItem, awacs.dynamodb.UpdateItem]


def _stream_statements(stack: StackContext, features: Features) -> list[Statement]:
    """Return what roles may do with streams and the buckets that they fill; nothing for a source without a stream."""
    purposes = features.streamed_buckets
    if not purposes:
        return []
    buckets, objects = ([bucket_arn(stack, purpose, key) for purpose in purposes] for key in ("", "/*"))
    return stream.bounds(stream_arns(stack), buckets, objects)


def add_boundary(
    template: Template,
    stack: StackContext,
    queue_arns: Sequence[Any],
    store_secret: Sequence[Statement],
    features: Features,
) -> ManagedPolicy:
    """Add the most that a role of the event source can do.

    `store_secret` is the permission to store a secret that a vendor hands over, where the source has such a challenge.
    """
    secrets = regional_arn("ssm", f"parameter{stack.secrets_path}/*")
    statements = [
        allow([awacs.logs.CreateLogStream, awacs.logs.PutLogEvents], log_group_arns(stack)),
        *([] if features.objects else [allow([awacs.sqs.SendMessage], queue_arns)]),
        allow([awacs.s3.PutObject, awacs.s3.GetObject, awacs.s3.DeleteObject], [kept_bucket_arn(stack, "/*")]),
        allow([awacs.s3.ListBucket], [kept_bucket_arn(stack)]),
        allow([awacs.ssm.GetParameters], [secrets]),
        allow([awacs.awslambda.InvokeFunction], [function_arns(stack)]),  # by the schedule
        *([allow(_CLAIM_ACTIONS, [table_arns(stack)])] if features.claims else []),
        *([allow(_POSITION_ACTIONS, [table_arns(stack)])] if features.pull else []),
        *([allow([awacs.ssm.ListTagsForResource], [secrets])] if features.pull else []),
        *_stream_statements(stack, features),
        *(network.may_attach() if features.vpc else []),
        tracing.may_trace(),
        *([key.may_be_used()] if features.hardening else []),
        *store_secret,
        # AWS does not document whether a boundary limits what the policy of the key aws/ssm allows the whole account.
        # The boundary grants nothing by itself, and this statement only covers decrypting the source's own secrets.
        Statement(
            Effect=Allow,
            Action=[awacs.kms.Decrypt, *([awacs.kms.Encrypt] if store_secret else [])],
            Resource=[regional_arn("kms", "key/*")],
            Condition=Condition(
                [
                    StringEquals({"kms:ViaService": Sub("ssm.${AWS::Region}.${AWS::URLSuffix}")}),
                    StringLike({"kms:EncryptionContext:PARAMETER_ARN": secrets}),
                ]
            ),
        ),
    ]
    return template.add_resource(
        ManagedPolicy(
            "Boundary",
            Description=f"The most that a role of the event source {stack.service} can do",
            PolicyDocument=document(statements),
        )
    )
