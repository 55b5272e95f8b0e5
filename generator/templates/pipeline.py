"""The pipeline template: from the framework's repository and the source's private configuration to a deployed source.

The definition's `pipeline.source` chooses one of three variants: both repositories and a function that merges them, or
one of the two. Whatever differs between two deployments of a source is a parameter, so their templates are the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from awacs import awslambda, codeconnections, codepipeline, codestar_connections, s3
from awacs.aws import ArnEquals, Condition, Statement, StringEquals
from troposphere import Equals, FindInMap, GetAtt, If, NoValue, Output, Ref, Sub, Template
from troposphere.awslambda import EphemeralStorage, Function
from troposphere.codebuild import Project
from troposphere.codepipeline import Actions, ArtifactStore, Pipeline, Stages
from troposphere.iam import ManagedPolicy

from generator.definition.secret_names import replaced_secrets
from generator.names import CONSOLE_HOSTS
from generator.templates import inputs
from generator.templates.pipeline_inputs import ZipKeys, pipeline_inputs
from generator.templates.pipeline_projects import PipelineContext, add_build_project, add_verify_project
from generator.templates.resources import bucket, codebuild, function, source_arns, stages
from generator.templates.resources.boundary import add_boundary
from generator.templates.resources.execution_role import add_execution_role
from generator.templates.resources.features import source_features
from generator.templates.resources.repository import ConfigRepository
from generator.templates.resources.role import add_role, allow
from generator.templates.resources.sub import ref, regional_arn
from generator.templates.stack_context import StackContext, stack_context
from lambdas import VERSION
from lambdas.auth import secret_names
from lambdas.model import Source

ARTIFACT_DAYS = 30
# Storage for two artifacts of up to 1 GB each, and the merged one.
MERGE_STORAGE_MB, MERGE_MEMORY_MB, MERGE_SECONDS = 5_120, 512, 900
APPLICATION, CONFIGURATION, MERGED = "Application", "Configuration", "Merged"
_APPROVAL = "RequiresApproval"


def build(source: Source, keys: ZipKeys) -> Template:
    """Return the template of a source's pipeline; `keys` are the defaults of its parameters for zips."""
    template = Template(Description=f"Pipeline of the event source {source.name}")
    template.set_metadata({"MozDefEventFramework": {"Source": source.name, "Pipeline": True, "Version": VERSION}})
    parameters = inputs.add_inputs(template, pipeline_inputs(source, keys))
    stack = stack_context(source.name, parameters)
    artifacts = bucket.add_bucket(template, stack, "Artifacts", ARTIFACT_DAYS)
    context = PipelineContext(template, source, parameters, stack, artifacts)

    repository = _add_repository(context)
    queue_arns = source_arns.queue_arns(template, stack, parameters["EventsQueueName"])
    features = source_features(source)
    boundary = add_boundary(template, stack, queue_arns, _may_store_secret(source, stack), features)
    execution_role = add_execution_role(template, stack, boundary, queue_arns, features, parameters)
    build_project = add_build_project(context, queue_arns, boundary, execution_role)
    verify_project = add_verify_project(context)
    pipeline = _add_stages(context, repository, build_project, verify_project)
    if repository:
        repository.add_push_rule(regional_arn("codepipeline", ref(pipeline)))
    _add_outputs(context, pipeline, repository, boundary)
    return template


def _may_store_secret(source: Source, stack: StackContext) -> list[Statement]:
    """Return the permission to store a secret that the vendor hands over; none where the vendor does not."""
    if source.pull:
        return [function.may_replace_secret(stack, name) for name in replaced_secrets(source.pull)]
    if any(challenge.store_secret for challenge in source.endpoint.challenges):
        return [function.may_store_secret(stack, secret_names(source.endpoint.auth)[0])]
    return []


def _add_repository(context: PipelineContext) -> ConfigRepository | None:
    if "codecommit" not in context.source.pipeline.source:
        return None
    parameters = context.parameters
    repository = ConfigRepository(
        context.template,
        context.stack,
        parameters["ConfigRepository"],
        parameters["ConfigBranch"],
        parameters["CreateConfigRepository"],
    )
    repository.add(parameters["ConfigKey"])
    return repository


def _add_stages(
    context: PipelineContext, repository: ConfigRepository | None, build_project: Project, verify_project: Project
) -> Pipeline:
    template, parameters = context.template, context.parameters
    fetches, artifact = _fetch_actions(context, repository)
    all_stages: list[Any] = [stages.stage("Source", *fetches)]
    statements = [codebuild.may_start(build_project, verify_project)]
    if artifact == MERGED:
        merge = _add_merge_function(context)
        both = [APPLICATION, CONFIGURATION]
        all_stages.append(stages.stage("Merge", stages.merge(merge, parameters["ConfigDirectory"], both, MERGED)))
        statements.append(allow([awslambda.InvokeFunction], [GetAtt(merge, "Arn")]))
    if repository:
        statements.append(repository.may_read())
    template.add_condition(_APPROVAL, Equals(Ref(parameters["RequireApproval"]), "true"))
    all_stages += [
        If(_APPROVAL, stages.stage("Approve", stages.approve()), NoValue),
        stages.stage("TestBuildDeploy", stages.build("TestBuildDeploy", build_project, artifact)),
        stages.stage("Verify", stages.build("Verify", verify_project, artifact)),
    ]
    return _add_pipeline(context, all_stages, statements)


def _fetch_actions(context: PipelineContext, repository: ConfigRepository | None) -> tuple[list[Actions], str]:
    """Return the actions that fetch, and the name of the artifact to build: merged where there are two."""
    actions, parameters = [], context.parameters
    if "github" in context.source.pipeline.source:
        github = (parameters["ConnectionArn"], parameters["GitHubRepository"], parameters["GitHubBranch"])
        actions.append(stages.github(*github, APPLICATION))
    if repository:
        actions.append(stages.codecommit(repository, CONFIGURATION if actions else APPLICATION))
    return actions, MERGED if len(actions) > 1 else APPLICATION


def _add_merge_function(context: PipelineContext) -> Function:
    """Add the function that merges the artifacts; it reads them with each job's credentials, so it has no permission.

    https://docs.aws.amazon.com/codepipeline/latest/userguide/actions-invoke-lambda-function.html
    """
    report_job = [codepipeline.PutJobSuccessResult, codepipeline.PutJobFailureResult]
    return function.add_function(
        context.template,
        context.stack,
        "MergeFunction",
        "lambdas.merge.handler",
        description="Puts the configuration into a folder of the framework",
        statements=[allow(report_job, ["*"])],  # a job has no ARN
        code_key=context.parameters["MergeKey"],
        timeout=MERGE_SECONDS,
        memory=MERGE_MEMORY_MB,
        EphemeralStorage=EphemeralStorage(Size=MERGE_STORAGE_MB),
    )


def _add_pipeline(
    context: PipelineContext, pipeline_stages: Sequence[Stages | If], more_statements: Sequence[Statement]
) -> Pipeline:
    """Add the pipeline, with the name of its stack, so that its role's trust can name it."""
    for_this_pipeline = Condition(
        [
            StringEquals({"aws:SourceAccount": Ref("AWS::AccountId")}),
            ArnEquals({"aws:SourceArn": regional_arn("codepipeline", "${AWS::StackName}")}),
        ]
    )
    artifacts = context.artifacts
    statements = [
        allow([s3.GetObject, s3.GetObjectVersion, s3.PutObject], [bucket.object_arn(artifacts, "*")]),
        allow([s3.GetBucketVersioning, s3.ListBucket], [GetAtt(artifacts, "Arn")]),
        *more_statements,
    ]
    if connection := context.parameters.get("ConnectionArn"):
        # AWS renamed the service: the ARN of a connection has the name from when it was created.
        use_connection = [codeconnections.UseConnection, codestar_connections.UseConnection]
        statements.append(allow(use_connection, [Ref(connection)]))
    role = add_role(
        context.template,
        context.stack,
        "PipelineRole",
        "codepipeline.amazonaws.com",
        statements,
        trust_condition=for_this_pipeline,
    )
    return context.template.add_resource(
        Pipeline(
            "Pipeline",
            Name=Ref("AWS::StackName"),
            PipelineType="V2",
            RoleArn=GetAtt(role, "Arn"),
            ArtifactStore=ArtifactStore(Type="S3", Location=Ref(artifacts)),
            Stages=list(pipeline_stages),
            Tags=context.stack.tags,
        )
    )


def _add_outputs(
    context: PipelineContext, pipeline: Pipeline, repository: ConfigRepository | None, boundary: ManagedPolicy
) -> None:
    template = context.template
    template.add_mapping("Console", {partition: {"Host": host} for partition, host in CONSOLE_HOSTS.items()})
    pipelines = "https://${AWS::Region}.${Host}/codesuite/codepipeline/pipelines"
    url = Sub(
        f"{pipelines}/{ref(pipeline)}/view?region=${{AWS::Region}}",
        Host=FindInMap("Console", Ref("AWS::Partition"), "Host"),
    )
    for name, value, description in (
        ("PipelineUrl", url, "The pipeline in the console"),
        *([("ConfigRepositoryUrl", repository.url, "Repository to clone and push to")] if repository else []),
        (
            "EventSourceStack",
            Sub(context.stack.name),
            "Stack of the event source; its outputs say what your SIEM reads",
        ),
        ("PermissionsBoundaryArn", Ref(boundary), "The most that a role of that stack can do"),
    ):
        template.add_output(Output(name, Value=value, Description=description))
