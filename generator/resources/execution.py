"""What a pipeline may make of an event source: CloudFormation's role, and the boundary of every role that it makes.

A push to a repository decides what is deployed, so these two are the wall: what is made has the source's own name or
path, and its roles can do what its functions need, whatever their policies say.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import awacs.apigateway
import awacs.awslambda
import awacs.cloudwatch
import awacs.dynamodb
import awacs.events
import awacs.iam
import awacs.kms
import awacs.logs
import awacs.s3
import awacs.sqs
import awacs.ssm
from awacs.aws import Allow, Condition, Statement, StringEquals, StringLike
from troposphere import GetAtt, If, NoValue, Parameter, Ref, Sub, Template
from troposphere.iam import ManagedPolicy, Role

from generator.names import role_path, stack
from generator.resources import key, tracing
from generator.resources.parameters import Parameters, given
from generator.resources.role import add_role, allow, document
from generator.resources.sub import ref, regional, secrets_path


class Has(NamedTuple):
    """What an event source has beside what all have: the table of `dedupe`, the key of `hardening: strict`."""

    claims: bool
    strict: bool


def _named(parameters: Parameters) -> str:
    return stack(parameters.service, ref(parameters.project), ref(parameters.environment))


def roles_below(parameters: Parameters) -> Sub:
    """The ARN of every role of this event source."""
    path = role_path(parameters.service, ref(parameters.project), ref(parameters.environment))
    return Sub(f"arn:${{AWS::Partition}}:iam::${{AWS::AccountId}}:role{path}*")


def kept_bucket(parameters: Parameters, below: str = "") -> Sub:
    """The ARN of the bucket that the event source makes."""
    return bucket_of(parameters, "kept", below)


def bucket_of(parameters: Parameters, what: str, below: str = "") -> Sub:
    """The ARN of a bucket of the event source, as it names them."""
    return Sub(f"arn:${{AWS::Partition}}:s3:::{parameters.service}-{ref(parameters.environment)}-{what}-*{below}")


def _dashboard(parameters: Parameters) -> Sub:
    """The ARN of its dashboard, which no region has."""
    return Sub(f"arn:${{AWS::Partition}}:cloudwatch::${{AWS::AccountId}}:dashboard/{_named(parameters)}")


def queues(template: Template, parameters: Parameters, queue_name: Parameter) -> list[Any]:
    """The ARNs of the event source's queues."""
    fixed = If(given(template, queue_name), regional("sqs", ref(queue_name)), NoValue)
    return [regional("sqs", f"{_named(parameters)}-*"), fixed]


def functions(parameters: Parameters, title: str = "") -> Sub:
    """The ARN of every function of the event source, or of the one with this title and a dash."""
    return regional("lambda", f"function:{_named(parameters)}-{title}*")


def _table(parameters: Parameters) -> Sub:
    """The ARN of the table of its claims."""
    return regional("dynamodb", f"table/{_named(parameters)}-*")


def log_groups(parameters: Parameters) -> list[Sub]:
    """The ARNs of the functions' log groups, and of the access log."""
    name = _named(parameters)
    return [regional("logs", f"log-group:/aws/{service}/{name}-*") for service in ("lambda", "vendedlogs")]


def add_boundary(
    template: Template,
    parameters: Parameters,
    its_queues: Sequence[Any],
    learned: Sequence[Statement],
    has: Has,
) -> ManagedPolicy:
    """The most that a role of the event source can do; `learned` is for a secret that a vendor hands over."""
    secrets = regional("ssm", f"parameter{secrets_path(parameters)}/*")
    most = [
        allow([awacs.logs.CreateLogStream, awacs.logs.PutLogEvents], log_groups(parameters)),
        allow([awacs.sqs.SendMessage], its_queues),
        allow([awacs.s3.PutObject, awacs.s3.GetObject, awacs.s3.DeleteObject], [kept_bucket(parameters, "/*")]),
        allow([awacs.s3.ListBucket], [kept_bucket(parameters)]),
        allow([awacs.ssm.GetParameters], [secrets]),
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
    template: Template, parameters: Parameters, boundary: ManagedPolicy, its_queues: Sequence[Any], has: Has
) -> Role:
    """The role with which CloudFormation makes, changes and removes what an event source consists of.

    No condition on who asks: only a role of this account can be passed, and only the build may pass this one.
    """
    code = Sub(f"arn:${{AWS::Partition}}:s3:::{ref(parameters.helper_bucket)}/code/*")
    makes = [
        allow([awacs.s3.GetObject, awacs.s3.GetObjectVersion], [code]),
        allow(_LAMBDA, [functions(parameters)]),
        allow(_SQS, its_queues),
        allow(_S3, [bucket_of(parameters, one) for one in (("kept", "logs") if has.strict else ("kept",))]),
        allow(_LOGS, log_groups(parameters)),
        allow(_ANY_LOG, ["*"]),
        allow(_EVENTS, [regional("events", f"rule/{_named(parameters)}-*")]),
        allow(_CLOUDWATCH, [regional("cloudwatch", f"alarm:{_named(parameters)}-*"), _dashboard(parameters)]),
        *([allow(_DYNAMODB, [_table(parameters)])] if has.claims else []),
        *_iam(parameters, boundary),
        *_api_gateway(),
        *(_hardens(parameters) if has.strict else ()),
    ]
    return add_role(
        template, parameters, "ExecutionRole", "cloudformation.amazonaws.com", makes, Metadata=_UNDOCUMENTED
    )


def may_pass(role: Role, service: str) -> Statement:
    """Hand a role to a service."""
    return allow([awacs.iam.PassRole], [GetAtt(role, "Arn")], {"iam:PassedToService": service})


def _iam(parameters: Parameters, boundary: ManagedPolicy) -> list[Statement]:
    """Roles below the source's path: whatever is written into them, only with the boundary."""
    below = [roles_below(parameters)]
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
        allow([i.PassRole], below, {"iam:PassedToService": "lambda.amazonaws.com"}),
    ]


def _api_gateway() -> list[Statement]:
    """An API's id is not known before it is there, so all HTTP APIs of the region.

    https://docs.aws.amazon.com/apigateway/latest/developerguide/permissions.html
    """
    root = "arn:${AWS::Partition}:apigateway:${AWS::Region}::"
    actions = [awacs.apigateway.GET, awacs.apigateway.POST, awacs.apigateway.PUT]
    actions += [awacs.apigateway.PATCH, awacs.apigateway.DELETE]
    return [
        allow(actions, [Sub(f"{root}/{one}") for one in ("apis", "apis/*", "tags/*")]),
        allow(_TAG_STAGES, [Sub(f"{root}/apis/*")]),
    ]


def _hardens(parameters: Parameters) -> list[Statement]:
    """What a strict event source has beside: a key, logs that it encrypts, and a log of who asked for what is kept."""
    return [
        *key.may_make(parameters),
        allow([_g.AssociateKmsKey, _g.DisassociateKmsKey], log_groups(parameters)),
        allow([_s.GetBucketLogging, _s.PutBucketLogging], [kept_bucket(parameters)]),
    ]


_l, _q, _s, _g = awacs.awslambda, awacs.sqs, awacs.s3, awacs.logs
_e, _c, _d = awacs.events, awacs.cloudwatch, awacs.dynamodb
_LAMBDA = [
    *(_l.CreateFunction, _l.DeleteFunction, _l.GetFunction, _l.GetFunctionConfiguration, _l.UpdateFunctionCode),
    *(_l.UpdateFunctionConfiguration, _l.PutFunctionConcurrency, _l.DeleteFunctionConcurrency),
    *(_l.GetFunctionConcurrency, _l.GetFunctionCodeSigningConfig, _l.GetRuntimeManagementConfig),
    *(_l.GetFunctionRecursionConfig, _l.GetFunctionScalingConfig),
    *(_l.AddPermission, _l.RemovePermission, _l.GetPolicy, _l.ListTags, _l.TagResource, _l.UntagResource),
]
_SQS = [
    *(_q.CreateQueue, _q.DeleteQueue, _q.GetQueueAttributes, _q.GetQueueUrl, _q.SetQueueAttributes),
    *(_q.ListQueueTags, _q.TagQueue, _q.UntagQueue),
]
_S3 = [
    *(_s.CreateBucket, _s.DeleteBucket, _s.ListBucket, _s.GetBucketPolicy, _s.PutBucketPolicy, _s.DeleteBucketPolicy),
    *(_s.GetBucketPublicAccessBlock, _s.PutBucketPublicAccessBlock),
    *(_s.GetBucketOwnershipControls, _s.PutBucketOwnershipControls),
    *(_s.GetEncryptionConfiguration, _s.PutEncryptionConfiguration, _s.GetBucketVersioning, _s.PutBucketVersioning),
    *(_s.GetLifecycleConfiguration, _s.PutLifecycleConfiguration, _s.GetBucketTagging, _s.PutBucketTagging),
]
_LOGS = [
    *(_g.CreateLogGroup, _g.DeleteLogGroup, _g.PutRetentionPolicy, _g.DeleteRetentionPolicy),
    *(_g.ListTagsForResource, _g.TagResource, _g.UntagResource, _g.GetDataProtectionPolicy),
    *(_g.PutMetricFilter, _g.DeleteMetricFilter, _g.DescribeMetricFilters),
]
_EVENTS = [
    *(_e.PutRule, _e.DescribeRule, _e.DeleteRule, _e.PutTargets, _e.RemoveTargets, _e.ListTargetsByRule),
    *(_e.TagResource, _e.UntagResource, _e.ListTagsForResource),
]
_CLOUDWATCH = [
    *(_c.PutMetricAlarm, _c.DeleteAlarms, _c.DescribeAlarms),
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
# A stage with tags, as every stack with tags makes it, is asked for these; no reference of IAM's actions has them, so
# the linter takes them for slips. tests/test_iam.py knows every other action of every policy.
# https://github.com/aws-amplify/amplify-cli/issues/12316
_TAG_STAGES = [awacs.apigateway.Action(one) for one in ("TagResource", "UntagResource")]
_UNDOCUMENTED = {"cfn-lint": {"config": {"ignore_checks": ["W3037"]}}}
