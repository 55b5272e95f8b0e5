"""The role with which CloudFormation acts for a pipeline: it makes one event source, and nothing else.

A push to a repository decides what is deployed, so this role and `boundary.py` are the wall: what the role makes has
the source's own name or path, and the roles among it have the boundary.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from awacs import awslambda, cloudwatch, firehose, iam, logs, s3, sqs
from awacs.aws import Deny, ForAllValuesStringEquals, Statement
from troposphere import Equals, GetAtt, If, NoValue, Parameter, Ref, Sub, Template
from troposphere.iam import ManagedPolicy, Policy, Role

from generator.templates.resources import api_permissions, execution_actions, key, network
from generator.templates.resources.features import Features
from generator.templates.resources.role import add_role, allow, allow_where, document
from generator.templates.resources.source_arns import (
    alarm_arns,
    bucket_arn,
    dashboard_arn,
    function_arns,
    log_group_arns,
    role_arns,
    stream_arns,
    table_arns,
)
from generator.templates.resources.sub import ref, regional_arn
from generator.templates.stack_context import StackContext

_PROTECTS_EVENTS = "ProtectsEvents"


def add_execution_role(
    template: Template,
    stack: StackContext,
    boundary: ManagedPolicy,
    queue_arns: Sequence[Any],
    features: Features,
    parameters: Mapping[str, Parameter],
) -> Role:
    """Add the role with which CloudFormation creates, changes and deletes an event source's resources.

    Its trust has no condition on the caller: only a role of this account can be passed, and only the build may pass
    this one.
    """
    purposes = ["kept", *(["logs"] if features.hardening else []), *features.streamed_buckets]
    buckets = [bucket_arn(stack, purpose) for purpose in purposes]
    code = Sub(f"arn:${{AWS::Partition}}:s3:::{ref(stack.helper_bucket)}/code/*")
    statements = [
        allow([s3.GetObject, s3.GetObjectVersion], [code]),
        allow(
            [
                *execution_actions.LAMBDA,
                *(execution_actions.LAMBDA_RETRIES if features.pull else [awslambda.GetPolicy]),
            ],
            [function_arns(stack)],
        ),
        allow(execution_actions.SQS, queue_arns),
        allow(execution_actions.S3, buckets),
        *([allow(execution_actions.S3_NOTIFICATIONS, [bucket_arn(stack, "objects")])] if features.objects else []),
        allow(
            [
                *execution_actions.LOGS,
                *([] if features.pull else execution_actions.METRIC_FILTERS),
                *(execution_actions.LOG_STREAMS if features.streamed_buckets else []),
            ],
            log_group_arns(stack),
        ),
        allow(execution_actions.LOGS_WITHOUT_RESOURCE, ["*"]),
        allow(execution_actions.SCHEDULER, [regional_arn("scheduler", f"schedule/default/{stack.name}-*")]),
        _may_put_alarms(stack, parameters["AlarmTopicArn"]),
        allow(execution_actions.CLOUDWATCH, [alarm_arns(stack), dashboard_arn(stack)]),
        *([allow(execution_actions.DYNAMODB, [table_arns(stack)])] if features.claims else []),
        *([allow(execution_actions.FIREHOSE, [stream_arns(stack)])] if features.streamed_buckets else []),
        *([network.may_look_up()] if features.vpc else []),
        *_may_make_roles(stack, boundary, features),
        *([] if features.pull else _may_make_api(stack, features)),
        *(_hardening_statements(stack, features) if features.hardening else ()),
    ]
    template.add_condition(_PROTECTS_EVENTS, Equals(Ref(parameters["ProtectEvents"]), "true"))
    protect = Policy(PolicyName="Protect", PolicyDocument=document([_deny_losses(features)]))
    return add_role(
        template,
        stack,
        "ExecutionRole",
        "cloudformation.amazonaws.com",
        statements,
        more_policies=[If(_PROTECTS_EVENTS, protect, NoValue)],
        Metadata=api_permissions.LINT_METADATA,
    )


def _may_make_api(stack: StackContext, features: Features) -> list[Statement]:
    """Allow an API with its access log, and to let it call the functions."""
    return [
        # API Gateway alone: a function's policy can let in no other account, and no other service.
        allow(
            [awslambda.AddPermission, awslambda.RemovePermission],
            [function_arns(stack)],
            {"lambda:Principal": "apigateway.amazonaws.com"},
        ),
        allow(execution_actions.LOG_DELIVERIES, ["*"]),
        *api_permissions.may_make(stack, jwt=features.jwt),
    ]


def may_pass(role: Role, service: str) -> Statement:
    """Allow to pass a role to a service."""
    return allow([iam.PassRole], [GetAtt(role, "Arn")], {"iam:PassedToService": service})


def _deny_losses(features: Features) -> Statement:
    """Deny whatever deletes a store of events, shortens its retention, or opens it to others.

    It holds for whatever the role may reach, so it need not name it: IAM bounds how long the policies of a role are. A
    parameter decides, since a first deployment that fails has to clean up, and no condition of AWS tells it from a
    later one.
    """
    actions = [
        *(sqs.DeleteQueue, sqs.SetQueueAttributes, s3.DeleteBucket, *execution_actions.S3_DESTRUCTIVE),
        *([*execution_actions.S3_NOTIFICATIONS_DESTRUCTIVE, firehose.DeleteDeliveryStream] if features.objects else []),
        *(key.DESTRUCTIVE_ACTIONS if features.hardening else []),
    ]
    return Statement(Effect=Deny, Action=actions, Resource=["*"])


def _may_put_alarms(stack: StackContext, topic: Parameter) -> Statement:
    """Allow alarms with no action but the pipeline's topic: an alarm may do what whoever puts it may not.

    https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/iam-cw-condition-keys-alarm-actions.html
    """
    only_topic = ForAllValuesStringEquals({"cloudwatch:AlarmActions": [Ref(topic)]})
    return allow_where([cloudwatch.PutMetricAlarm], [alarm_arns(stack)], only_topic)


def _may_make_roles(stack: StackContext, boundary: ManagedPolicy, features: Features) -> list[Statement]:
    """Allow roles below the source's path; whatever is written into them, they must have the boundary."""
    roles, services = [role_arns(stack)], ["lambda", "scheduler", *(["firehose"] if features.streamed_buckets else [])]
    with_boundary = {"iam:PermissionsBoundary": Ref(boundary)}
    return [
        allow(
            [iam.CreateRole, iam.PutRolePolicy, iam.DeleteRolePolicy, iam.PutRolePermissionsBoundary],
            roles,
            with_boundary,
        ),
        allow(
            [
                *(iam.GetRole, iam.GetRolePolicy, iam.ListRolePolicies, iam.ListAttachedRolePolicies),
                *(iam.DeleteRole, iam.TagRole, iam.UntagRole),
            ],
            roles,
        ),
        allow([iam.PassRole], roles, {"iam:PassedToService": [f"{service}.amazonaws.com" for service in services]}),
    ]


def _hardening_statements(stack: StackContext, features: Features) -> list[Statement]:
    """Allow what `hardening: strict` adds: a key, logs encrypted with it, and an access log of the kept events."""
    logged = [bucket_arn(stack, purpose) for purpose in ("kept", *features.streamed_buckets)]
    return [
        *key.may_make(stack),
        allow([logs.AssociateKmsKey, logs.DisassociateKmsKey], log_group_arns(stack)),
        allow([s3.GetBucketLogging, s3.PutBucketLogging], logged),
    ]
