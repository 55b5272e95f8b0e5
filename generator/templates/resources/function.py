"""Lambda functions, each with its own role and log group; permissions for secrets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import awacs.logs
import awacs.ssm
from awacs.aws import Condition, Statement, StringNotEqualsIgnoreCase
from troposphere import GetAtt, Parameter, Ref, Sub, Template
from troposphere.awslambda import Code, Function, LoggingConfig, Permission
from troposphere.logs import LogGroup

from generator.templates.resources import tracing
from generator.templates.resources.role import add_role, allow
from generator.templates.resources.sub import regional_arn
from generator.templates.stack_context import StackContext
from lambdas.runtime.secrets import PREVIOUS_SUFFIX

RUNTIME, ARCHITECTURE = "python3.13", "arm64"
# A request takes a few calls to AWS of two tries each, or a thousand calls for a body of 10,000 events. Most vendors
# hang up long before, and the API after 30 seconds, which can't be raised. The last 10 seconds are for keeping what the
# queue has not taken by then.
TIMEOUT_SECONDS = 29
MEMORY_MB = 256
LOG_DAYS, STRICT_LOG_DAYS = 90, 365


def add_function(
    template: Template,
    stack: StackContext,
    name: str,
    handler: str,
    *,
    description: str,
    statements: Sequence[Statement],
    code_key: Parameter,
    role_properties: Mapping[str, Any] | None = None,
    timeout: int = TIMEOUT_SECONDS,
    memory: int = MEMORY_MB,
    tracing_mode: Parameter | None = None,
    more_policies: Sequence[Any] = (),
    **properties: Any,
) -> Function:
    """Add a function that CloudFormation names; its role has the statements and may write its log.

    `code_key` is the parameter with the zip's key in the helper bucket; `tracing_mode` turns X-Ray on. `more_policies`
    of its role depend on conditions of the template.
    """
    log_group = add_log_group(template, stack, log_title(name), "lambda", name)
    role = add_role(
        template,
        stack,
        f"{name}Role",
        "lambda.amazonaws.com",
        [*statements, may_log(log_group)],
        more_policies=[*([tracing.tracing_policy()] if tracing_mode else []), *more_policies],
        **(role_properties or {}),
    )
    return template.add_resource(
        Function(
            name,
            Description=description,
            Runtime=RUNTIME,
            Architectures=[ARCHITECTURE],
            Handler=handler,
            Code=Code(S3Bucket=Ref(stack.helper_bucket), S3Key=Ref(code_key)),
            Role=GetAtt(role, "Arn"),
            MemorySize=memory,
            Timeout=timeout,
            LoggingConfig=LoggingConfig(LogFormat="JSON", LogGroup=Ref(log_group)),
            Tags=stack.tags,
            **({"TracingConfig": tracing.tracing_config(tracing_mode)} if tracing_mode else {}),
            **({"KmsKeyArn": GetAtt(stack.key, "Arn")} if stack.key else {}),
            **properties,
        )
    )


def add_permission(template: Template, title: str, function: Function, service: str, source_arn: Any) -> None:
    """Add the permission for an AWS service to call the function, for one resource of that service alone."""
    template.add_resource(
        Permission(
            title,
            FunctionName=Ref(function),
            Action="lambda:InvokeFunction",
            Principal=f"{service}.amazonaws.com",
            SourceArn=source_arn,
        )
    )


def log_title(function_title: str) -> str:
    """Return the title of a function's log group."""
    return f"{function_title}Log"


def add_log_group(template: Template, stack: StackContext, title: str, service: str, name: str) -> LogGroup:
    """Add a log group /aws/<service>/<stack>-<name>, so that permissions can name it; it is deleted with the stack.

    https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/AWS-logs-and-resource-policy.html
    """
    return template.add_resource(
        LogGroup(
            title,
            LogGroupName=Sub(f"/aws/{service}/${{AWS::StackName}}-{name}"),
            RetentionInDays=STRICT_LOG_DAYS if stack.key else LOG_DAYS,
            Tags=stack.tags,
            DeletionPolicy="Delete",
            UpdateReplacePolicy="Delete",
            **({"KmsKeyId": GetAtt(stack.key, "Arn")} if stack.key else {}),
        )
    )


def may_read_secrets(stack: StackContext, names: Sequence[str]) -> Statement:
    """Allow to read secrets, current and previous.

    It needs no KMS permission: the policy of the key aws/ssm admits whoever may read the parameter.
    """
    return allow(
        [awacs.ssm.GetParameters],
        [
            regional_arn("ssm", f"parameter{stack.secrets_path}/{name}{suffix}")
            for name in names
            for suffix in ("", PREVIOUS_SUFFIX)
        ],
    )


def may_read_expiry(stack: StackContext, names: Sequence[str]) -> Statement:
    """Allow to read the tags of secrets, which say when these end."""
    parameters = [regional_arn("ssm", f"parameter{stack.secrets_path}/{name}") for name in names]
    return allow([awacs.ssm.ListTagsForResource], parameters)


def may_store_secret(stack: StackContext, name: str) -> Statement:
    """Allow to store one secret, and never to overwrite it.

    https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssystemsmanager.html
    """
    parameter = regional_arn("ssm", f"parameter{stack.secrets_path}/{name}")
    statement = allow([awacs.ssm.PutParameter], [parameter])
    # Not "equals false": AWS does not document whether a request without Overwrite has the condition key.
    statement.Condition = Condition(StringNotEqualsIgnoreCase({"ssm:Overwrite": "true"}))
    return statement


def may_replace_secret(stack: StackContext, name: str) -> Statement:
    """Allow to overwrite one secret, which the vendor replaces at each use."""
    return allow([awacs.ssm.PutParameter], [regional_arn("ssm", f"parameter{stack.secrets_path}/{name}")])


def may_log(group: LogGroup) -> Statement:
    """Allow to write to this log group."""
    return allow([awacs.logs.CreateLogStream, awacs.logs.PutLogEvents], [GetAtt(group, "Arn")])
