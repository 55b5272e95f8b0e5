"""What a pipeline may make of an event source: CloudFormation's role, and the boundary of every role that it makes.

A push to a repository decides what is deployed, so these two are the wall: what is made has the source's own name or
path, and its roles can do what its functions need, whatever their policies say.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import awacs.awslambda
import awacs.cloudwatch
import awacs.dynamodb
import awacs.iam
import awacs.kms
import awacs.logs
import awacs.s3
import awacs.scheduler
import awacs.sqs
import awacs.ssm
from awacs.aws import (
    Allow,
    Condition,
    Deny,
    ForAllValuesStringEquals,
    Statement,
    StringEquals,
    StringLike,
)
from troposphere import Equals, GetAtt, If, NoValue, Parameter, Ref, Sub, Template
from troposphere.iam import ManagedPolicy, Policy, Role

from generator.names import role_path, stack_name
from generator.templates.inputs import StackContext, add_is_set_condition
from generator.templates.resources import api_permissions, key, tracing
from generator.templates.resources.role import add_role, allow, allow_where, document
from generator.templates.resources.sub import ref, regional, secrets_path


class Features(NamedTuple):
    """What an event source has beside what all have.

    The table of `dedupe`, the key of `hardening: strict`, an API that verifies JSON Web Tokens itself.
    """

    claims: bool
    strict: bool
    jwt: bool


def _named(parameters: StackContext) -> str:
    return stack_name(parameters.service, ref(parameters.project), ref(parameters.environment))


def role_arns(parameters: StackContext) -> Sub:
    """The ARN of every role of this event source."""
    path = role_path(parameters.service, ref(parameters.project), ref(parameters.environment))
    return Sub(f"arn:${{AWS::Partition}}:iam::${{AWS::AccountId}}:role{path}*")


def kept_bucket_arn(parameters: StackContext, below: str = "") -> Sub:
    """The ARN of the bucket that the event source makes."""
    return bucket_arn(parameters, "kept", below)


def bucket_arn(parameters: StackContext, what: str, below: str = "") -> Sub:
    """The ARN of a bucket of the event source, as it names them."""
    return Sub(f"arn:${{AWS::Partition}}:s3:::{parameters.service}-{ref(parameters.environment)}-{what}-*{below}")


def _dashboard(parameters: StackContext) -> Sub:
    """The ARN of its dashboard, which no region has."""
    return Sub(f"arn:${{AWS::Partition}}:cloudwatch::${{AWS::AccountId}}:dashboard/{_named(parameters)}")


def queue_arns(template: Template, parameters: StackContext, queue_name: Parameter) -> list[Any]:
    """The ARNs of the event source's queues."""
    fixed = If(add_is_set_condition(template, queue_name), regional("sqs", ref(queue_name)), NoValue)
    return [regional("sqs", f"{_named(parameters)}-*"), fixed]


def function_arns(parameters: StackContext, title: str = "") -> Sub:
    """The ARN of every function of the event source, or of the one with this title and a dash."""
    return regional("lambda", f"function:{_named(parameters)}-{title}*")


def _table(parameters: StackContext) -> Sub:
    """The ARN of the table of its claims."""
    return regional("dynamodb", f"table/{_named(parameters)}-*")


def log_group_arns(parameters: StackContext) -> list[Sub]:
    """The ARNs of the functions' log groups, and of the access log."""
    name = _named(parameters)
    return [regional("logs", f"log-group:/aws/{service}/{name}-*") for service in ("lambda", "vendedlogs")]


def add_boundary(
    template: Template,
    parameters: StackContext,
    its_queues: Sequence[Any],
    learned: Sequence[Statement],
    has: Features,
) -> ManagedPolicy:
    """The most that a role of the event source can do; `learned` is for a secret that a vendor hands over."""
    secrets = regional("ssm", f"parameter{secrets_path(parameters)}/*")
    most = [
        allow([awacs.logs.CreateLogStream, awacs.logs.PutLogEvents], log_group_arns(parameters)),
        allow([awacs.sqs.SendMessage], its_queues),
        allow([awacs.s3.PutObject, awacs.s3.GetObject, awacs.s3.DeleteObject], [kept_bucket_arn(parameters, "/*")]),
        allow([awacs.s3.ListBucket], [kept_bucket_arn(parameters)]),
        allow([awacs.ssm.GetParameters], [secrets]),
        allow([awacs.awslambda.InvokeFunction], [function_arns(parameters)]),  # by the clock
        *([allow(_CLAIMS, [_table(parameters)])] if has.claims else []),
        tracing.may_trace(),
        *([key.may_be_used()] if has.strict else []),
        *learned,
        # Whether a boundary limits what the key of aws/ssm says of the whole account is not documented. It allows
        # nothing by itself, and here no more than to decrypt the source's own secrets.
        Statement(
            Effect=Allow,
            Action=[awacs.kms.Decrypt, *([awacs.kms.Encrypt] if learned else [])],
            Resource=[regional("kms", "key/*")],
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
            Description=f"The most that a role of the event source {parameters.service} can do",
            PolicyDocument=document(most),
        )
    )


def add_execution_role(
    template: Template,
    parameters: StackContext,
    boundary: ManagedPolicy,
    its_queues: Sequence[Any],
    has: Features,
    asked: Mapping[str, Parameter],
) -> Role:
    """The role with which CloudFormation makes, changes and removes what an event source consists of.

    No condition on who asks: only a role of this account can be passed, and only the build may pass this one.
    """
    buckets = [bucket_arn(parameters, what) for what in (("kept", "logs") if has.strict else ("kept",))]
    code = Sub(f"arn:${{AWS::Partition}}:s3:::{ref(parameters.helper_bucket)}/code/*")
    makes = [
        allow([awacs.s3.GetObject, awacs.s3.GetObjectVersion], [code]),
        allow(_LAMBDA, [function_arns(parameters)]),
        # Nobody but API Gateway: neither another account nor another service is let in by a function's own policy.
        allow(
            [_l.AddPermission, _l.RemovePermission],
            [function_arns(parameters)],
            {"lambda:Principal": "apigateway.amazonaws.com"},
        ),
        allow(_SQS, its_queues),
        allow(_S3, buckets),
        allow(_LOGS, log_group_arns(parameters)),
        allow(_ANY_LOG, ["*"]),
        allow(_SCHEDULER, [regional("scheduler", f"schedule/default/{_named(parameters)}-*")]),
        _may_alarm(parameters, asked["AlarmTopicArn"]),
        allow(_CLOUDWATCH, [regional("cloudwatch", f"alarm:{_named(parameters)}-*"), _dashboard(parameters)]),
        *([allow(_DYNAMODB, [_table(parameters)])] if has.claims else []),
        *_iam(parameters, boundary),
        *api_permissions.may_make(parameters, jwt=has.jwt),
        *(_hardens(parameters) if has.strict else ()),
    ]
    template.add_condition(_PROTECTS, Equals(Ref(asked["ProtectEvents"]), "true"))
    protects = Policy(PolicyName="Protect", PolicyDocument=document([_protects(its_queues, buckets, has)]))
    return add_role(
        template,
        parameters,
        "ExecutionRole",
        "cloudformation.amazonaws.com",
        makes,
        also=[If(_PROTECTS, protects, NoValue)],
        Metadata=api_permissions.UNDOCUMENTED,
    )


def _protects(its_queues: Sequence[Any], buckets: Sequence[Any], has: Features) -> Statement:
    """Nothing that holds events is deleted, emptied by another retention, or opened to others.

    A first deployment that fails has to clean up, and AWS has no condition that tells it from a later one.
    """
    actions, resources = [_q.DeleteQueue, _q.SetQueueAttributes, _s.DeleteBucket, *_S3_LOSES], [*its_queues, *buckets]
    if has.strict:
        actions, resources = [*actions, *key.DESTRUCTIVE_ACTIONS], [*resources, regional("kms", "key/*")]
    return Statement(Effect=Deny, Action=actions, Resource=resources)


def _may_alarm(parameters: StackContext, topic: Parameter) -> Statement:
    """Alarms that tell the pipeline's topic, or nobody: an alarm may else do what its maker may not.

    https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/iam-cw-condition-keys-alarm-actions.html
    """
    alarms = [regional("cloudwatch", f"alarm:{_named(parameters)}-*")]
    return allow_where([_c.PutMetricAlarm], alarms, ForAllValuesStringEquals({"cloudwatch:AlarmActions": [Ref(topic)]}))


def may_pass(role: Role, service: str) -> Statement:
    """Hand a role to a service."""
    return allow([awacs.iam.PassRole], [GetAtt(role, "Arn")], {"iam:PassedToService": service})


def _iam(parameters: StackContext, boundary: ManagedPolicy) -> list[Statement]:
    """Roles below the source's path: whatever is written into them, only with the boundary."""
    below = [role_arns(parameters)]
    bounded = {"iam:PermissionsBoundary": Ref(boundary)}
    i = awacs.iam
    return [
        allow([i.CreateRole, i.PutRolePolicy, i.DeleteRolePolicy, i.PutRolePermissionsBoundary], below, bounded),
        allow(
            [
                *(i.GetRole, i.GetRolePolicy, i.ListRolePolicies, i.ListAttachedRolePolicies),
                *(i.DeleteRole, i.TagRole, i.UntagRole),
            ],
            below,
        ),
        allow([i.PassRole], below, {"iam:PassedToService": ["lambda.amazonaws.com", "scheduler.amazonaws.com"]}),
    ]


def _hardens(parameters: StackContext) -> list[Statement]:
    """What a strict event source has beside: a key, logs that it encrypts, and a log of who asked for what is kept."""
    return [
        *key.may_make(parameters),
        allow([_g.AssociateKmsKey, _g.DisassociateKmsKey], log_group_arns(parameters)),
        allow([_s.GetBucketLogging, _s.PutBucketLogging], [kept_bucket_arn(parameters)]),
    ]


_l, _q, _s, _g = awacs.awslambda, awacs.sqs, awacs.s3, awacs.logs
_t, _c, _d = awacs.scheduler, awacs.cloudwatch, awacs.dynamodb
_PROTECTS = "ProtectsEvents"
_LAMBDA = [
    *(_l.CreateFunction, _l.DeleteFunction, _l.GetFunction, _l.GetFunctionConfiguration, _l.UpdateFunctionCode),
    *(_l.UpdateFunctionConfiguration, _l.PutFunctionConcurrency, _l.DeleteFunctionConcurrency),
    *(_l.GetFunctionConcurrency, _l.GetFunctionCodeSigningConfig, _l.GetRuntimeManagementConfig),
    *(_l.GetFunctionRecursionConfig, _l.GetFunctionScalingConfig),
    *(_l.GetPolicy, _l.ListTags, _l.TagResource, _l.UntagResource),
]
_SQS = [
    *(_q.CreateQueue, _q.DeleteQueue, _q.GetQueueAttributes, _q.GetQueueUrl, _q.SetQueueAttributes),
    *(_q.ListQueueTags, _q.TagQueue, _q.UntagQueue),
]
_S3_LOSES = [_s.PutBucketPolicy, _s.DeleteBucketPolicy, _s.PutBucketVersioning, _s.PutLifecycleConfiguration]
_S3 = [
    *(_s.CreateBucket, _s.DeleteBucket, _s.ListBucket, _s.GetBucketPolicy, _s.GetBucketPublicAccessBlock),
    *(_s.PutBucketPublicAccessBlock, _s.GetBucketOwnershipControls, _s.PutBucketOwnershipControls),
    *(_s.GetEncryptionConfiguration, _s.PutEncryptionConfiguration, _s.GetBucketVersioning),
    *(_s.GetLifecycleConfiguration, _s.GetBucketTagging, _s.PutBucketTagging, *_S3_LOSES),
]
_LOGS = [
    *(_g.CreateLogGroup, _g.DeleteLogGroup, _g.PutRetentionPolicy, _g.DeleteRetentionPolicy),
    *(_g.ListTagsForResource, _g.TagResource, _g.UntagResource, _g.GetDataProtectionPolicy),
    *(_g.PutMetricFilter, _g.DeleteMetricFilter, _g.DescribeMetricFilters),
]
_SCHEDULER = [_t.CreateSchedule, _t.GetSchedule, _t.UpdateSchedule, _t.DeleteSchedule]
_CLOUDWATCH = [
    *(_c.DeleteAlarms, _c.DescribeAlarms),
    *(_c.PutDashboard, _c.GetDashboard, _c.DeleteDashboards),
    *(_c.TagResource, _c.UntagResource, _c.ListTagsForResource),
]
_CLAIMS = [_d.PutItem, _d.BatchWriteItem, _d.BatchGetItem]
_DYNAMODB = [
    *(_d.CreateTable, _d.DeleteTable, _d.DescribeTable, _d.UpdateTable, _d.DescribeTimeToLive, _d.UpdateTimeToLive),
    *(_d.DescribeContinuousBackups, _d.UpdateContinuousBackups),
    *(_d.DescribeContributorInsights, _d.DescribeKinesisStreamingDestination, _d.GetResourcePolicy),
    *(_d.ListTagsOfResource, _d.TagResource, _d.UntagResource),
]
# None of these can be narrowed; an API's access log is a log delivery.
# https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoncloudwatchlogs.html
# https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-logging.html
_ANY_LOG = [
    *(_g.DescribeLogGroups, _g.CreateLogDelivery, _g.GetLogDelivery, _g.UpdateLogDelivery, _g.DeleteLogDelivery),
    *(_g.ListLogDeliveries, _g.PutResourcePolicy, _g.DescribeResourcePolicies, _g.DescribeIndexPolicies),
]
RESOURCE_TYPES = [
    *(f"AWS::ApiGatewayV2::{kind}" for kind in ("Api", "Authorizer", "Integration", "Route", "Stage")),
    *(
        "AWS::CloudWatch::Alarm",
        "AWS::CloudWatch::Dashboard",
        "AWS::DynamoDB::Table",
        "AWS::IAM::Role",
        "AWS::KMS::Key",
    ),
    *("AWS::Lambda::Function", "AWS::Lambda::Permission", "AWS::Logs::LogGroup", "AWS::Logs::MetricFilter"),
    *("AWS::S3::Bucket", "AWS::S3::BucketPolicy", "AWS::SQS::Queue", "AWS::SQS::QueuePolicy"),
    "AWS::Scheduler::Schedule",
]
"""What an event source may consist of: a template with anything else is refused before its change set is made."""
