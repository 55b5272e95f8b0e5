"""CodeBuild projects: where a repository's own code runs, so each has a role and a log of its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import awacs.codebuild
import awacs.s3
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

from generator.templates.inputs import StackContext
from generator.templates.resources.bucket import below
from generator.templates.resources.function import add_log_group, may_log
from generator.templates.resources.role import add_role, allow
from generator.templates.resources.sub import regional

# Carries Python 3.10 to 3.14: https://docs.aws.amazon.com/codebuild/latest/userguide/available-runtimes.html
IMAGE, KIND, SIZE = "aws/codebuild/amazonlinux-aarch64-standard:3.0", "ARM_CONTAINER", "BUILD_GENERAL1_SMALL"
# The first deployment waits for CloudFormation; a function that is deleted takes it up to 20 minutes.
TIMEOUT_MINUTES = 60


def add_project(
    template: Template,
    parameters: StackContext,
    title: str,
    description: str,
    buildspec: Any,
    variables: Mapping[str, Any],
    artifacts: Bucket,
    may: Sequence[Statement],
) -> Project:
    """A project of the pipeline, named, so that its role's trust and its reports can name it."""
    name = f"${{AWS::StackName}}-{title.lower()}"
    log_group = add_log_group(template, parameters, f"{title}Log", "codebuild", title.lower())
    only = Condition(
        [
            StringEquals({"aws:SourceAccount": Ref("AWS::AccountId")}),
            ArnEquals({"aws:SourceArn": regional("codebuild", f"project/{name}")}),
        ]
    )
    may = [*may, may_log(log_group), _may_report(name), *_may_read(artifacts)]
    role = add_role(template, parameters, f"{title}Role", "codebuild.amazonaws.com", may, when=only)
    return template.add_resource(
        Project(
            title,
            Name=Sub(name),
            Description=description,
            Artifacts=Artifacts(Type="CODEPIPELINE"),
            Source=Source(Type="CODEPIPELINE", BuildSpec=buildspec),
            Environment=Environment(
                Type=KIND,
                ComputeType=SIZE,
                Image=IMAGE,
                EnvironmentVariables=[
                    EnvironmentVariable(Name=key, Value=value, Type="PLAINTEXT") for key, value in variables.items()
                ],
            ),
            LogsConfig=LogsConfig(CloudWatchLogs=CloudWatchLogs(Status="ENABLED", GroupName=Ref(log_group))),
            ServiceRole=GetAtt(role, "Arn"),
            TimeoutInMinutes=TIMEOUT_MINUTES,
            Tags=parameters.tags,
        )
    )


def may_start(*projects: Project) -> Statement:
    """Run these, and see how they do."""
    actions = [awacs.codebuild.StartBuild, awacs.codebuild.BatchGetBuilds]
    return allow(actions, [GetAtt(project, "Arn") for project in projects])


def _may_report(name: str) -> Statement:
    """A report group that a buildspec names is made when it first reports, with the project's name before its own."""
    make = awacs.codebuild
    actions = [make.CreateReportGroup, make.CreateReport, make.UpdateReport, make.BatchPutTestCases]
    return allow(actions, [regional("codebuild", f"report-group/{name}-*")])


def _may_read(artifacts: Bucket) -> list[Statement]:
    """Fetch an artifact, and see whose bucket it is in.

    https://docs.aws.amazon.com/codebuild/latest/userguide/setting-up-service-role.html
    """
    store = awacs.s3
    return [
        allow([store.GetObject, store.GetObjectVersion], [below(artifacts, "*")]),
        allow([store.GetBucketAcl, store.GetBucketLocation], [GetAtt(artifacts, "Arn")]),
    ]
