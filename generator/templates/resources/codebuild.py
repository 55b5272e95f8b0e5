"""CodeBuild projects: they run the repositories' code, so each has its own role and log group."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from awacs import codebuild, s3
from awacs.aws import ArnEquals, Condition, Statement, StringEquals
from troposphere import GetAtt, Ref, Sub, Template
from troposphere.codebuild import (
    Artifacts,
    CloudWatchLogs,
    Environment,
    EnvironmentVariable,
    LogsConfig,
    Project,
    Source,
)
from troposphere.s3 import Bucket

from generator.templates.resources.bucket import object_arn
from generator.templates.resources.function import add_log_group, may_log
from generator.templates.resources.role import add_role, allow
from generator.templates.resources.sub import regional_arn
from generator.templates.stack_context import StackContext

# Has Python 3.10 to 3.14: https://docs.aws.amazon.com/codebuild/latest/userguide/available-runtimes.html
IMAGE, ENVIRONMENT_TYPE = "aws/codebuild/amazonlinux-aarch64-standard:3.0", "ARM_CONTAINER"
COMPUTE_TYPE = "BUILD_GENERAL1_SMALL"
# A deployment waits for CloudFormation, which takes up to 20 minutes to delete a function.
TIMEOUT_MINUTES = 60


def add_project(
    template: Template,
    stack: StackContext,
    title: str,
    description: str,
    buildspec: Any,
    variables: Mapping[str, Any],
    artifacts: Bucket,
    statements: Sequence[Statement],
) -> Project:
    """Add a project of the pipeline; it has a fixed name, so that its role's trust and its reports can name it."""
    name = f"${{AWS::StackName}}-{title.lower()}"
    log_group = add_log_group(template, stack, f"{title}Log", "codebuild", title.lower())
    for_this_project = Condition(
        [
            StringEquals({"aws:SourceAccount": Ref("AWS::AccountId")}),
            ArnEquals({"aws:SourceArn": regional_arn("codebuild", f"project/{name}")}),
        ]
    )
    statements = [*statements, may_log(log_group), _may_report(name), *_may_read(artifacts)]
    role = add_role(
        template, stack, f"{title}Role", "codebuild.amazonaws.com", statements, trust_condition=for_this_project
    )
    return template.add_resource(
        Project(
            title,
            Name=Sub(name),
            Description=description,
            Artifacts=Artifacts(Type="CODEPIPELINE"),
            Source=Source(Type="CODEPIPELINE", BuildSpec=buildspec),
            Environment=Environment(
                Type=ENVIRONMENT_TYPE,
                ComputeType=COMPUTE_TYPE,
                Image=IMAGE,
                EnvironmentVariables=[
                    EnvironmentVariable(Name=key, Value=value, Type="PLAINTEXT") for key, value in variables.items()
                ],
            ),
            LogsConfig=LogsConfig(CloudWatchLogs=CloudWatchLogs(Status="ENABLED", GroupName=Ref(log_group))),
            ServiceRole=GetAtt(role, "Arn"),
            TimeoutInMinutes=TIMEOUT_MINUTES,
            Tags=stack.tags,
        )
    )


def may_start(*projects: Project) -> Statement:
    """Allow to run these projects and to follow their builds."""
    actions = [codebuild.StartBuild, codebuild.BatchGetBuilds]
    return allow(actions, [GetAtt(project, "Arn") for project in projects])


def _may_report(name: str) -> Statement:
    """Allow to report tests: a buildspec's first report creates the group, as <project>-<name in the buildspec>."""
    actions = [codebuild.CreateReportGroup, codebuild.CreateReport, codebuild.UpdateReport, codebuild.BatchPutTestCases]
    return allow(actions, [regional_arn("codebuild", f"report-group/{name}-*")])


def _may_read(artifacts: Bucket) -> list[Statement]:
    """Allow to fetch an artifact, and to see who owns its bucket.

    https://docs.aws.amazon.com/codebuild/latest/userguide/setting-up-service-role.html
    """
    return [
        allow([s3.GetObject, s3.GetObjectVersion], [object_arn(artifacts, "*")]),
        allow([s3.GetBucketAcl, s3.GetBucketLocation], [GetAtt(artifacts, "Arn")]),
    ]
