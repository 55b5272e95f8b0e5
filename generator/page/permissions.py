"""Statements of roles' policies in words, and why those with a `*` can't be narrower."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from generator.definition.words import listed
from generator.page.built_source import BuiltSource, text_of
from generator.templates.wide_permissions import reason_for

PHRASES = {
    ("dynamodb:BatchGetItem",): "read items of {on} by their ids",
    ("dynamodb:GetItem", "dynamodb:UpdateItem"): "read and change items of {on} by their ids",
    ("dynamodb:PutItem", "dynamodb:BatchWriteItem"): "put and delete items of {on}",
    ("ec2:CreateNetworkInterface",): "make network interfaces in subnets and security groups that other accounts share",
    (
        "ec2:CreateNetworkInterface",
        "ec2:DeleteNetworkInterface",
        "ec2:AssignPrivateIpAddresses",
        "ec2:UnassignPrivateIpAddresses",
    ): "make and remove network interfaces of the account, and give them addresses",
    ("ec2:DescribeNetworkInterfaces", "ec2:DescribeSubnets"): "look at network interfaces and subnets",
    ("firehose:PutRecordBatch",): "hand records to {on}",
    ("kms:Decrypt",): "decrypt with {on}",
    ("kms:Decrypt", "kms:GenerateDataKey"): "decrypt with {on}, and make data keys with it",
    ("lambda:InvokeFunction",): "call {on}",
    ("logs:CreateLogStream", "logs:PutLogEvents"): "write to {on}",
    ("logs:PutLogEvents",): "write to {on}",
    ("s3:AbortMultipartUpload", "s3:GetObject", "s3:PutObject"): "write and read {on}, and end its unfinished uploads",
    (
        "s3:GetBucketLocation",
        "s3:ListBucket",
        "s3:ListBucketMultipartUploads",
    ): "see where {on} is, its objects and its unfinished uploads",
    ("s3:GetObject",): "read {on}",
    ("s3:GetObject", "s3:DeleteObject"): "read and delete {on}",
    ("s3:ListBucket",): "list the objects of {on}",
    ("s3:PutObject",): "put {on}",
    ("sqs:SendMessage",): "send messages to {on}",
    ("ssm:GetParameters",): "read {on}",
    ("ssm:ListTagsForResource",): "read the tags of {on}, which say when it expires",
    ("ssm:PutParameter",): "store {on}",
    ("xray:PutTraceSegments", "xray:PutTelemetryRecords"): "hand traces to AWS X-Ray",
}
"""What a role may do, by the actions of a statement; `{on}` is what they are allowed on."""
_CONDITIONS = {
    "IsTraced": "where the parameter `Tracing` is `Active`",
}
_CODE = "lambda:SourceFunctionArn"


class Permission(NamedTuple):
    """A statement of a role's policy: in words, as AWS has it, and why it has a `*`."""

    words: str
    actions: tuple[str, ...]
    resources: tuple[str, ...]
    reason: str | None
    denies: bool
    targets: tuple[str, ...]
    """The logical ids of the resources of the stack on which something is allowed."""
    secrets: tuple[str, ...]
    """The names of the secrets on which something is allowed."""


def role_users(built: BuiltSource) -> Iterator[tuple[str, str]]:
    """Yield each resource that acts with a role, and the role: both by their logical ids."""
    for title, properties in built.of_type("AWS::Lambda::Function"):
        yield title, next(built.targets(properties["Role"]))
    for title, properties in built.of_type("AWS::KinesisFirehose::DeliveryStream"):
        yield title, next(built.targets(properties["ExtendedS3DestinationConfiguration"]["RoleARN"]))
    for title, properties in built.of_type("AWS::Scheduler::Schedule"):
        yield title, next(built.targets(properties["Target"]["RoleArn"]))


def role_permissions(built: BuiltSource, role: str) -> Iterator[Permission]:
    """Yield what a role may do, a statement at a time."""
    for policy in built.resources[role]["Properties"]["Policies"]:
        condition, document = "", policy
        if "Fn::If" in policy:
            condition, document, _ = policy["Fn::If"]
        for statement in document["PolicyDocument"]["Statement"]:
            yield _permission(built, statement, condition)


def _permission(built: BuiltSource, statement: Mapping[str, Any], condition: str) -> Permission:
    actions, resources = tuple(statement["Action"]), tuple(text_of(each) for each in statement["Resource"])
    denies = statement["Effect"] == "Deny"
    targets = [target for each in statement["Resource"] if (target := built.target(each))]
    secrets = tuple(dict.fromkeys(name for each in resources if (name := _secret(each))))
    words = _words(built, statement, condition)
    reason = None if denies else reason_for(actions, resources)
    return Permission(
        words, actions, resources, reason, denies, tuple(dict.fromkeys(target.title for target in targets)), secrets
    )


def _words(built: BuiltSource, statement: Mapping[str, Any], condition: str) -> str:
    conditions = statement.get("Condition", {})
    if statement["Effect"] == "Deny":
        by_code = any(_CODE in test for test in conditions.values())
        return f"nothing of this by {'the code of a function itself' if by_code else 'anybody'}, whatever else is said"
    phrase = PHRASES.get(tuple(statement["Action"]), f"use {', '.join(statement['Action'])} on {{on}}")
    words = phrase.format(on=_resources_text(built, statement["Resource"]))
    if "StringNotEqualsIgnoreCase" in conditions:
        words += ", and never overwrite it"
    elif statement["Action"] == ["ssm:PutParameter"]:
        words += ", and overwrite it"
    return f"{words}, {_CONDITIONS.get(condition, f'under the condition `{condition}`')}" if condition else words


def _resources_text(built: BuiltSource, resources: list[Any]) -> str:
    """Return the resources of a statement in words: "the queue `Events`", "objects below `rejected/` of …"."""
    rests: dict[str, list[str]] = {}
    for each in resources:
        if target := built.target(each):
            rests.setdefault(target.title, []).append(target.rest)
    parts = []
    for title, below in rests.items():
        prefixes = [f"`{rest.strip('/*')}/`" for rest in below if rest.strip("/*")]
        objects = f"objects {f'below {listed(prefixes)} ' if prefixes else ''}of " if any(below) else ""
        parts.append(f"{objects}the {built.kind(title)} `{title}`")
    if secrets := list(dict.fromkeys(name for each in resources if (name := _secret(text_of(each))))):
        parts.append(f"the secret{'s' if len(secrets) > 1 else ''} {listed(f'`{name}`' for name in secrets)}")
    return listed(parts or [f"`{text_of(each)}`" for each in resources])


def _secret(arn: str) -> str:
    """Return the name of a secret in Parameter Store; empty for any other ARN."""
    return arn.partition(":parameter/")[2].rpartition("/")[2]
