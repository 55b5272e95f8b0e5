"""The KMS key of a source with `hardening: strict`, which encrypts what it stores; permissions to use the key."""

from __future__ import annotations

from typing import Any

from awacs import kms
from awacs.aws import Allow, ArnLike, AWSPrincipal, BoolIfExists, Condition, Deny, Principal, Statement, StringEquals
from troposphere import GetAtt, If, NoValue, Parameter, Ref, Sub, Template
from troposphere.kms import Key

from generator.names import ROLE_PATTERN
from generator.templates.inputs import TemplateInput, add_is_set_condition
from generator.templates.resources.role import allow
from generator.templates.resources.sub import regional_arn
from generator.templates.stack_context import StackContext

ADMINISTRATOR_INPUT = TemplateInput(
    "KeyAdministratorArn",
    "Account",
    "Role that may manage the key beside those whom the account allows: a pipeline's execution role (optional)",
    f"({ROLE_PATTERN})?",
    "empty, or the ARN of a role",
    "",
)
_MANAGE_ACTIONS = [
    *(kms.DescribeKey, kms.GetKeyPolicy, kms.GetKeyRotationStatus, kms.ListResourceTags, kms.ListGrants),
    *(kms.PutKeyPolicy, kms.EnableKeyRotation, kms.EnableKey, kms.DisableKey, kms.TagResource, kms.UntagResource),
    *(kms.UpdateKeyDescription, kms.RevokeGrant, kms.ScheduleKeyDeletion, kms.CancelKeyDeletion),
]
DESTRUCTIVE_ACTIONS = [kms.DisableKey, kms.PutKeyPolicy, kms.ScheduleKeyDeletion]
"""Actions after which nobody can decrypt, or other people can."""
_GRANTS_FOR_SERVICES = Statement(
    Sid="GrantsForServices",
    Effect=Deny,
    Principal=Principal("*"),
    Action=[kms.CreateGrant],
    Resource=["*"],
    Condition=Condition(BoolIfExists({"kms:GrantIsForAWSResource": "false", "aws:PrincipalIsAWSService": "false"})),
)
# https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/encryption.usagenotes.html
_USE_ACTIONS = [kms.Decrypt, kms.Encrypt, kms.ReEncryptFrom, kms.ReEncryptTo, kms.GenerateDataKey, kms.CreateGrant]


def add_key(
    template: Template, stack: StackContext, consumer: Parameter, administrator: Parameter, *, objects: bool = False
) -> Key:
    """Add a key that AWS rotates each year; it outlives the stack, as the queues and buckets that it encrypts do.

    With `objects`, S3 notifies a queue that the key encrypts, and the consumer reads objects.
    """
    more_managers = If(add_is_set_condition(template, administrator), Ref(administrator), NoValue)
    managers = AWSPrincipal([Sub("arn:${AWS::Partition}:iam::${AWS::AccountId}:root"), more_managers])
    services = ("sqs", "s3") if objects else ("sqs",)
    decrypt = _key_statement("Consumer", AWSPrincipal(Ref(consumer)), [kms.Decrypt], StringEquals(via(*services)))
    consumer_statement = If(add_is_set_condition(template, consumer), decrypt, NoValue)
    statements = [
        _key_statement("Manage", managers, _MANAGE_ACTIONS),
        *_use_statements(managers),
        *([_notifications_statement()] if objects else []),
        consumer_statement,
    ]
    return template.add_resource(
        Key(
            "Key",
            Description=f"Events, logs and settings of the event source {stack.service}",
            EnableKeyRotation=True,
            KeyPolicy={"Version": "2012-10-17", "Statement": statements},
            Tags=stack.tags,
            DeletionPolicy="RetainExceptOnCreate",
            UpdateReplacePolicy="Retain",
        )
    )


def may_use(stack: StackContext) -> list[Statement]:
    """Allow to send to an encrypted queue, to write and read encrypted objects, and to read the function's environment.

    https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-key-management.html
    """
    return _allow_key(stack, kms.Decrypt, kms.GenerateDataKey)


def may_start(stack: StackContext) -> list[Statement]:
    """Allow to read the function's own environment, with which it starts.

    https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars-encryption.html
    """
    return _allow_key(stack, kms.Decrypt)


def may_be_used() -> Statement:
    """Allow what the source's boundary says of any key: to use it through the services that encrypt for functions."""
    return allow([kms.Decrypt, kms.GenerateDataKey], [regional_arn("kms", "key/*")], via(*SERVICES))


def may_make(stack: StackContext) -> list[Statement]:
    """Allow to create a key with the source's tags; who may use and change the key is in its own policy alone.

    https://docs.aws.amazon.com/kms/latest/developerguide/tag-permissions.html
    """
    own_tags = stack.tag_conditions("Request")
    return [
        allow([kms.CreateKey], ["*"], own_tags),
        allow([kms.TagResource], [regional_arn("kms", "key/*")], own_tags),
    ]


def via(*services: str) -> dict[str, Any]:
    """Return the condition that one of these services calls KMS on behalf of the caller.

    https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html#conditions-kms-via-service
    """
    return {"kms:ViaService": [Sub(f"{service}.${{AWS::Region}}.${{AWS::URLSuffix}}") for service in services]}


SERVICES = ("sqs", "s3", "lambda", "dynamodb", "firehose")
"""Services that encrypt with the key on behalf of their callers."""


def _allow_key(stack: StackContext, *actions: Any) -> list[Statement]:
    return [allow(actions, [GetAtt(stack.key, "Arn")])] if stack.key else []


def _use_statements(account: AWSPrincipal) -> list[Statement]:
    """Let the account use the key through services, and CloudWatch Logs for this stack's log groups alone.

    Lambda creates grants for functions; nobody else may create any.
    https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html
    """
    own_logs = ArnLike(
        {"kms:EncryptionContext:aws:logs:arn": regional_arn("logs", "log-group:/aws/*/${AWS::StackName}-*")}
    )
    log_actions = [kms.Encrypt, kms.Decrypt, kms.ReEncryptFrom, kms.ReEncryptTo, kms.GenerateDataKey, kms.DescribeKey]
    return [
        _key_statement("ThroughServices", account, _USE_ACTIONS, StringEquals(via(*SERVICES))),
        _GRANTS_FOR_SERVICES,
        _key_statement(
            "Logs", Principal("Service", Sub("logs.${AWS::Region}.${AWS::URLSuffix}")), log_actions, own_logs
        ),
    ]


def _notifications_statement() -> Statement:
    """Let S3 send notifications of this account's buckets to an encrypted queue.

    https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-key-management.html
    """
    own_buckets = StringEquals({"aws:SourceAccount": Ref("AWS::AccountId")})
    actions = [kms.Decrypt, kms.GenerateDataKey]
    return _key_statement("Notifications", Principal("Service", "s3.amazonaws.com"), actions, own_buckets)


def _key_statement(sid: str, principal: Principal, actions: list[Any], condition: Any = None) -> Statement:
    """Return a statement of the key's policy, where `*` is the key itself."""
    statement = Statement(Sid=sid, Effect=Allow, Principal=principal, Action=actions, Resource=["*"])
    if condition:
        statement.Condition = Condition(condition)
    return statement
