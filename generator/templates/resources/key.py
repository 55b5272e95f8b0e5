"""The key of a strict event source: one of its own, for all that it keeps."""

from __future__ import annotations

from typing import Any

import awacs.kms as k
from awacs.aws import Allow, ArnLike, AWSPrincipal, BoolIfExists, Condition, Deny, Principal, Statement, StringEquals
from troposphere import GetAtt, If, NoValue, Parameter, Ref, Sub, Template
from troposphere.kms import Key

from generator.names import ROLE_PATTERN
from generator.templates.inputs import StackContext, TemplateInput, add_is_set_condition
from generator.templates.resources.role import allow
from generator.templates.resources.sub import regional, tagged

ADMINISTRATOR_INPUT = TemplateInput(
    "KeyAdministratorArn",
    "Account",
    "Role that manages the key beside whom the account lets do so; a pipeline's execution role (optional)",
    f"({ROLE_PATTERN})?",
    "empty, or the ARN of a role",
    "",
)
_MANAGE = [
    *(k.DescribeKey, k.GetKeyPolicy, k.GetKeyRotationStatus, k.ListResourceTags, k.ListGrants, k.PutKeyPolicy),
    *(k.EnableKeyRotation, k.EnableKey, k.DisableKey, k.TagResource, k.UntagResource, k.UpdateKeyDescription),
    *(k.RevokeGrant, k.ScheduleKeyDeletion, k.CancelKeyDeletion),
]
DESTRUCTIVE_ACTIONS = [k.DisableKey, k.PutKeyPolicy, k.ScheduleKeyDeletion]
"""What takes from everybody what is encrypted with it."""
_GRANTS_FOR_SERVICES = Statement(
    Sid="GrantsForServices",
    Effect=Deny,
    Principal=Principal("*"),
    Action=[k.CreateGrant],
    Resource=["*"],
    Condition=Condition(BoolIfExists({"kms:GrantIsForAWSResource": "false", "aws:PrincipalIsAWSService": "false"})),
)
# https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/encryption.usagenotes.html
_USE = [k.Decrypt, k.Encrypt, k.ReEncryptFrom, k.ReEncryptTo, k.GenerateDataKey, k.CreateGrant]


def add_key(template: Template, parameters: StackContext, consumer: Parameter, administrator: Parameter) -> Key:
    """A key that AWS rotates each year, and that outlives the stack, as what it encrypts does."""
    also = If(add_is_set_condition(template, administrator), Ref(administrator), NoValue)
    account = AWSPrincipal([Sub("arn:${AWS::Partition}:iam::${AWS::AccountId}:root"), also])
    reads = _for("Consumer", AWSPrincipal(Ref(consumer)), [k.Decrypt], StringEquals(via("sqs")))
    consumes = If(add_is_set_condition(template, consumer), reads, NoValue)
    statements = [_for("Manage", account, _MANAGE), *_uses(account), consumes]
    return template.add_resource(
        Key(
            "Key",
            Description=f"Events, logs and settings of the event source {parameters.service}",
            EnableKeyRotation=True,
            KeyPolicy={"Version": "2012-10-17", "Statement": statements},
            Tags=parameters.tags,
            DeletionPolicy="RetainExceptOnCreate",
            UpdateReplacePolicy="Retain",
        )
    )


def may_use(parameters: StackContext) -> list[Statement]:
    """Send to an encrypted queue, write and read encrypted objects; read the function's own environment.

    https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-key-management.html
    """
    return _may(parameters, k.Decrypt, k.GenerateDataKey)


def may_start(parameters: StackContext) -> list[Statement]:
    """Read the function's own environment.

    https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars-encryption.html
    """
    return _may(parameters, k.Decrypt)


def may_be_used() -> Statement:
    """The most that a function of the source can do with any key: what these services do for it."""
    return allow([k.Decrypt, k.GenerateDataKey], [regional("kms", "key/*")], via(*SERVICES))


def may_make(parameters: StackContext) -> list[Statement]:
    """Make a key with the source's tags. What it is and who may use it is in its own policy alone.

    https://docs.aws.amazon.com/kms/latest/developerguide/tag-permissions.html
    """
    its = tagged("Request", parameters)
    return [allow([k.CreateKey], ["*"], its), allow([k.TagResource], [regional("kms", "key/*")], its)]


def via(*services: str) -> dict[str, Any]:
    """The condition that a service asks on somebody's behalf.

    https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html#conditions-kms-via-service
    """
    return {"kms:ViaService": [Sub(f"{one}.${{AWS::Region}}.${{AWS::URLSuffix}}") for one in services]}


SERVICES = ("sqs", "s3", "lambda", "dynamodb")
"""Those that encrypt with it on behalf of who uses them."""


def _may(parameters: StackContext, *actions: Any) -> list[Statement]:
    return [allow(actions, [GetAtt(parameters.key, "Arn")])] if parameters.key else []


def _uses(account: AWSPrincipal) -> list[Statement]:
    """By who may, through the services that keep something; by CloudWatch Logs, for this stack's log groups alone.

    Lambda makes grants for functions; nobody else makes any.
    https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html
    """
    own = ArnLike({"kms:EncryptionContext:aws:logs:arn": regional("logs", "log-group:/aws/*/${AWS::StackName}-*")})
    logs = [k.Encrypt, k.Decrypt, k.ReEncryptFrom, k.ReEncryptTo, k.GenerateDataKey, k.DescribeKey]
    return [
        _for("ThroughServices", account, _USE, StringEquals(via(*SERVICES))),
        _GRANTS_FOR_SERVICES,
        _for("Logs", Principal("Service", Sub("logs.${AWS::Region}.${AWS::URLSuffix}")), logs, own),
    ]


def _for(sid: str, who: Principal, actions: list[Any], when: Any = None) -> Statement:
    """A statement of the key's policy, in which the resource is the key itself."""
    statement = Statement(Sid=sid, Effect=Allow, Principal=who, Action=actions, Resource=["*"])
    if when:
        statement.Condition = Condition(when)
    return statement
