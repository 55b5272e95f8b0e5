"""Lambda functions, each with a role and a log group of its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import awacs.logs
import awacs.ssm
from awacs.aws import Condition, Statement, StringNotEqualsIgnoreCase
from troposphere import GetAtt, Parameter, Ref, Sub, Template
from troposphere.awslambda import Code, Function, LoggingConfig, Permission
from troposphere.logs import LogGroup

from generator.templates.inputs import StackContext
from generator.templates.resources import tracing
from generator.templates.resources.role import add_role, allow
from generator.templates.resources.sub import regional, secrets_path
from lambdas.runtime.secrets import PREVIOUS_SUFFIX

RUNTIME, ARCHITECTURE = "python3.13", "arm64"
# A few calls to AWS of two tries each, or a thousand for 10,000 events in a body. Most vendors hang up long before; the
# API after 30, and cannot be told to wait longer. The last ten are for keeping what the queue has not taken by then.
TIMEOUT_SECONDS = 29
MEMORY_MB = 256
LOG_DAYS, STRICT_LOG_DAYS = 90, 365


def add_function(
    template: Template,
    parameters: StackContext,
    name: str,
    handler: str,
    *,
    description: str,
    may: Sequence[Statement],
    key: Parameter,
    role: Mapping[str, Any] | None = None,
    timeout: int = TIMEOUT_SECONDS,
    memory: int = MEMORY_MB,
    traced: Parameter | None = None,
    **more: Any,
) -> Function:
    """A function named by CloudFormation, whose role may write its own log, and what `may` says.

    `key` is where its code is; `traced` decides whether X-Ray sees it; `role` and `more` are further properties of its
    role and of the function.
    """
    log_group = add_log_group(template, parameters, log_of(name), "lambda", name)
    statements, also = [*may, may_log(log_group)], [tracing.tracing_policy()] if traced else []
    its_role = add_role(
        template, parameters, f"{name}Role", "lambda.amazonaws.com", statements, also=also, **(role or {})
    )
    return template.add_resource(
        Function(
            name,
            Description=description,
            Runtime=RUNTIME,
            Architectures=[ARCHITECTURE],
            Handler=handler,
            Code=Code(S3Bucket=Ref(parameters.helper_bucket), S3Key=Ref(key)),
            Role=GetAtt(its_role, "Arn"),
            MemorySize=memory,
            Timeout=timeout,
            LoggingConfig=LoggingConfig(LogFormat="JSON", LogGroup=Ref(log_group)),
            Tags=parameters.tags,
            **({"TracingConfig": tracing.tracing_config(traced)} if traced else {}),
            **({"KmsKeyArn": GetAtt(parameters.key, "Arn")} if parameters.key else {}),
            **more,
        )
    )


def add_permission(template: Template, title: str, function: Function, service: str, source_arn: Any) -> None:
    """A service may call the function, for this resource of its own alone."""
    template.add_resource(
        Permission(
            title,
            FunctionName=Ref(function),
            Action="lambda:InvokeFunction",
            Principal=f"{service}.amazonaws.com",
            SourceArn=source_arn,
        )
    )


def log_of(function: str) -> str:
    """The title of a function's log group."""
    return f"{function}Log"


def add_log_group(template: Template, parameters: StackContext, title: str, service: str, name: str) -> LogGroup:
    """A log below /aws/<service>/, named so that permissions can name it; it goes with the stack.

    https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/AWS-logs-and-resource-policy.html
    """
    return template.add_resource(
        LogGroup(
            title,
            LogGroupName=Sub(f"/aws/{service}/${{AWS::StackName}}-{name}"),
            RetentionInDays=STRICT_LOG_DAYS if parameters.key else LOG_DAYS,
            Tags=parameters.tags,
            DeletionPolicy="Delete",
            UpdateReplacePolicy="Delete",
            **({"KmsKeyId": GetAtt(parameters.key, "Arn")} if parameters.key else {}),
        )
    )


def may_read_secrets(parameters: StackContext, names: Sequence[str]) -> Statement:
    """Read secrets, current and previous. No KMS permission: the key aws/ssm admits who may read the parameter."""
    path = secrets_path(parameters)
    return allow(
        [awacs.ssm.GetParameters],
        [regional("ssm", f"parameter{path}/{one}{end}") for one in names for end in ("", PREVIOUS_SUFFIX)],
    )


def may_learn_secret(parameters: StackContext, name: str) -> Statement:
    """Store one secret, and never overwrite it.

    https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssystemsmanager.html
    """
    only = regional("ssm", f"parameter{secrets_path(parameters)}/{name}")
    statement = allow([awacs.ssm.PutParameter], [only])
    # Not "equals false": whether a request that does not say it has the key is not documented.
    statement.Condition = Condition(StringNotEqualsIgnoreCase({"ssm:Overwrite": "true"}))
    return statement


def may_log(group: LogGroup) -> Statement:
    """Write to this log group."""
    return allow([awacs.logs.CreateLogStream, awacs.logs.PutLogEvents], [GetAtt(group, "Arn")])
