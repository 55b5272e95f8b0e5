"""Lambda functions, each with a role and a log group of its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import awacs.logs
import awacs.ssm
import awacs.sts
from awacs.aws import Allow, PolicyDocument, Principal, Statement
from troposphere import GetAtt, NoValue, Ref, Template
from troposphere.awslambda import Code, Environment, Function, LoggingConfig
from troposphere.iam import Policy, Role
from troposphere.logs import LogGroup

from generator.resources.parameters import HAS_BOUNDARY, Parameters, optional, tags
from generator.resources.sub import regional, secrets_path
from lambdas.secrets import PREVIOUS

RUNTIME, ARCHITECTURE = "python3.13", "arm64"
# A few calls to AWS of two tries each, or a thousand for 10,000 events in a body. Most vendors hang up long before.
TIMEOUT_SECONDS = 20
MEMORY_MB = 256
LOG_DAYS = 90


def add_function(
    template: Template,
    parameters: Parameters,
    name: str,
    handler: str,
    *,
    description: str,
    environment: Mapping[str, Any],
    may: Sequence[Statement],
    concurrency: int | None,
) -> Function:
    """A function named by CloudFormation, whose role may write its own log, and what `may` says."""
    log_group = add_log_group(template, parameters, f"{name}Log")
    role = _add_role(template, parameters, name, [*may, _may_log(log_group)])
    return template.add_resource(
        Function(
            name,
            Description=description,
            Runtime=RUNTIME,
            Architectures=[ARCHITECTURE],
            Handler=handler,
            Code=Code(S3Bucket=Ref(parameters.helper_bucket), S3Key=Ref(parameters.lambda_key)),
            Role=GetAtt(role, "Arn"),
            MemorySize=MEMORY_MB,
            Timeout=TIMEOUT_SECONDS,
            ReservedConcurrentExecutions=concurrency if concurrency is not None else NoValue,
            Environment=Environment(Variables=dict(environment)),
            LoggingConfig=LoggingConfig(LogFormat="JSON", LogGroup=Ref(log_group)),
            Tags=tags(parameters),
        )
    )


def add_log_group(template: Template, parameters: Parameters, title: str, **more: Any) -> LogGroup:
    """A log that goes with the stack, so that a stack of the same name can be made again."""
    return template.add_resource(
        LogGroup(
            title,
            RetentionInDays=LOG_DAYS,
            Tags=tags(parameters),
            DeletionPolicy="Delete",
            UpdateReplacePolicy="Delete",
            **more,
        )
    )


def may_read_secret(parameters: Parameters, name: str) -> Statement:
    """Read one secret, current and previous. No KMS permission: the key aws/ssm admits who may read the parameter."""
    path = secrets_path(parameters)
    return Statement(
        Effect=Allow,
        Action=[awacs.ssm.GetParameters],
        Resource=[regional("ssm", f"parameter{path}/{one}") for one in (name, f"{name}{PREVIOUS}")],
    )


def _add_role(template: Template, parameters: Parameters, function: str, may: Sequence[Statement]) -> Role:
    return template.add_resource(
        Role(
            f"{function}Role",
            AssumeRolePolicyDocument=PolicyDocument(
                Version="2012-10-17",
                Statement=[
                    Statement(
                        Effect=Allow,
                        Principal=Principal("Service", "lambda.amazonaws.com"),
                        Action=[awacs.sts.AssumeRole],
                    )
                ],
            ),
            Policies=[
                Policy(PolicyName=function, PolicyDocument=PolicyDocument(Version="2012-10-17", Statement=list(may)))
            ],
            PermissionsBoundary=optional(HAS_BOUNDARY, parameters.boundary),
            Tags=tags(parameters),
        )
    )


def _may_log(group: LogGroup) -> Statement:
    return Statement(
        Effect=Allow,
        Action=[awacs.logs.CreateLogStream, awacs.logs.PutLogEvents],
        Resource=[GetAtt(group, "Arn")],
    )
