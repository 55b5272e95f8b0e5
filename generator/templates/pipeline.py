"""The pipeline template: from the framework's repository and the source's private configuration to a deployed source.

Three variants, by the definition's `pipeline.source`: both repositories and a function that merges them, or one of the
two. What differs between two deployments of one source is a parameter, so that their templates are the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import awacs.awslambda
import awacs.cloudformation
import awacs.codeconnections
import awacs.codepipeline
import awacs.codestar_connections
import awacs.logs
import awacs.s3
import awacs.sqs
import awacs.ssm
from awacs.aws import ArnEquals, Condition, ForAllValuesStringEquals, Null, Statement, StringEquals
from troposphere import Equals, FindInMap, GetAtt, If, NoValue, Output, Parameter, Ref, Sub, Template
from troposphere.awslambda import EphemeralStorage, Function
from troposphere.codebuild import Project
from troposphere.codepipeline import Actions, ArtifactStore, Pipeline
from troposphere.iam import ManagedPolicy, Role
from troposphere.s3 import Bucket

from generator.definition.secret_names import can_sign
from generator.names import CONSOLE_HOSTS, code_prefix, stack_name
from generator.templates import inputs
from generator.templates.inputs import StackContext
from generator.templates.pipeline_inputs import ZipKeys, pipeline_inputs
from generator.templates.resources import bucket, codebuild, execution, function, stages
from generator.templates.resources.repository import ConfigRepository
from generator.templates.resources.role import add_role, allow, allow_where
from generator.templates.resources.sub import ref, regional, secrets_path
from lambdas import VERSION
from lambdas.auth import secret_names
from lambdas.model import Source, verified_by

ARTIFACT_DAYS = 30
# Two artifacts of up to 1 GB each, and what they make together.
MERGE_STORAGE_MB, MERGE_MEMORY_MB, MERGE_SECONDS = 5_120, 512, 900
APPLICATION, CONFIGURATION, MERGED = "Application", "Configuration", "Merged"
_APPROVAL = "RequiresApproval"


class _Made(NamedTuple):
    """What the stages need, as it is made."""

    template: Template
    source: Source
    parameters: dict[str, Parameter]
    names: StackContext
    artifacts: Bucket


def build(source: Source, keys: ZipKeys) -> Template:
    """The template of a source's pipeline."""
    template = Template(Description=f"MozDef pipeline of the event source {source.name}")
    template.set_metadata({"MozDefEventFramework": {"Source": source.name, "Pipeline": True, "Version": VERSION}})
    there = inputs.add_inputs(template, pipeline_inputs(source, keys))
    named = inputs.deployment(source.name, there)
    artifacts = bucket.add_bucket(template, named, "Artifacts", ARTIFACT_DAYS)
    made = _Made(template, source, there, named, artifacts)

    repository = _add_repository(made)
    queues = execution.queue_arns(template, named, there["EventsQueueName"])
    learns = any(challenge.store_secret for challenge in source.webhook.challenges)
    learned = [function.may_learn_secret(named, secret_names(source.webhook.auth)[0])] if learns else []
    has = execution.Features(
        claims=source.dedupe is not None,
        strict=source.hardening == "strict",
        jwt=verified_by(source.webhook) == "api",
    )
    boundary = execution.add_boundary(template, named, queues, learned, has)
    executes = execution.add_execution_role(template, named, boundary, queues, has, there)
    its_build = _add_build(made, queues, boundary, executes)
    verify = _add_verify(made)
    fetched, artifact = _sources(made, repository)
    listed = [stages.stage("Source", *fetched)]
    its_own = [codebuild.may_start(its_build, verify)]
    if artifact == MERGED:
        merge = _add_merge(made)
        both = [APPLICATION, CONFIGURATION]
        listed.append(stages.stage("Merge", stages.merge(merge, there["ConfigDirectory"], both, MERGED)))
        its_own.append(allow([awacs.awslambda.InvokeFunction], [GetAtt(merge, "Arn")]))
    if repository:
        its_own.append(repository.may_read())
    template.add_condition(_APPROVAL, Equals(Ref(there["RequireApproval"]), "true"))
    listed += [
        If(_APPROVAL, stages.stage("Approve", stages.approve()), NoValue),
        stages.stage("TestBuildDeploy", stages.build("TestBuildDeploy", its_build, artifact)),
        stages.stage("Verify", stages.build("Verify", verify, artifact)),
    ]
    pipeline = _add_pipeline(made, listed, its_own)
    if repository:
        repository.starts(regional("codepipeline", ref(pipeline)))
    _add_outputs(made, pipeline, repository, boundary)
    return template


def _add_repository(made: _Made) -> ConfigRepository | None:
    if "codecommit" not in made.source.pipeline.source:
        return None
    there = made.parameters
    repository = ConfigRepository(
        made.template, made.names, there["ConfigRepository"], there["ConfigBranch"], there["CreateConfigRepository"]
    )
    repository.add(there["ConfigKey"])
    return repository


def _sources(made: _Made, repository: ConfigRepository | None) -> tuple[list[Actions], str]:
    """What fetches, and the artifact that is built: the application alone, or all of it in one."""
    fetched, there = [], made.parameters
    if "github" in made.source.pipeline.source:
        wanted = (there["ConnectionArn"], there["GitHubRepository"], there["GitHubBranch"])
        fetched.append(stages.github(*wanted, APPLICATION))
    if repository:
        fetched.append(stages.codecommit(repository, CONFIGURATION if fetched else APPLICATION))
    return fetched, MERGED if len(fetched) > 1 else APPLICATION


def _add_merge(made: _Made) -> Function:
    """Its way to the artifacts are the credentials that each job brings: it has no permission on a bucket.

    https://docs.aws.amazon.com/codepipeline/latest/userguide/actions-invoke-lambda-function.html
    """
    reports = [awacs.codepipeline.PutJobSuccessResult, awacs.codepipeline.PutJobFailureResult]
    return function.add_function(
        made.template,
        made.names,
        "MergeFunction",
        "lambdas.merge.handler",
        description="Puts the configuration into a folder of the framework",
        may=[allow(reports, ["*"])],  # a job has no ARN
        key=made.parameters["MergeKey"],
        timeout=MERGE_SECONDS,
        memory=MERGE_MEMORY_MB,
        EphemeralStorage=EphemeralStorage(Size=MERGE_STORAGE_MB),
    )


def _variables(made: _Made) -> dict[str, Any]:
    """What a build knows about its deployment; these win over what a buildspec says."""
    return {
        "PROJECT": Ref(made.names.project),
        "SERVICE": made.source.name,
        "STAGE": Ref(made.names.environment),
        "API_PATH": made.source.webhook.path,
        "HELPER_BUCKET": Ref(made.names.helper_bucket),
        "CONFIG_DIRECTORY": Ref(made.parameters["ConfigDirectory"]),
    }


def _add_build(made: _Made, queues: Sequence[Any], boundary: ManagedPolicy, executes: Role) -> Project:
    """Tests, builds and deploys, by change sets on the event source's own stack and with the execution role alone."""
    cf, names = awacs.cloudformation, made.names
    prefix = code_prefix(made.source.name, ref(names.project), ref(names.environment))
    code = Sub(f"arn:${{AWS::Partition}}:s3:::{ref(names.helper_bucket)}/{prefix}*")
    # With no other role: else that of a stack which somebody deployed with more would be lent.
    acts = {"cloudformation:RoleArn": GetAtt(executes, "Arn")}
    statements = [
        allow(
            [
                *(cf.DescribeChangeSet, cf.ExecuteChangeSet, cf.DeleteChangeSet, cf.DescribeStacks),
                *(cf.DescribeStackEvents, cf.DescribeEvents, cf.DescribeStackResources, cf.GetTemplate),
                *(cf.ListChangeSets, cf.TagResource, cf.UntagResource),
            ],
            [_stack(made)],
        ),
        allow([cf.ContinueUpdateRollback, cf.DeleteStack], [_stack(made)], acts),
        # Of these types alone, and nothing that is there already: what the role may do besides, no template asks of it.
        # https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/security_iam_id-based-policy-examples.html
        allow_where(
            [cf.CreateChangeSet],
            [_stack(made)],
            StringEquals(acts),
            ForAllValuesStringEquals({"cloudformation:ResourceTypes": execution.RESOURCE_TYPES}),
            Null({"cloudformation:ResourceTypes": False, "cloudformation:ImportResourceTypes": True}),
        ),
        execution.may_pass(executes, "cloudformation.amazonaws.com"),
        allow([awacs.s3.PutObject, awacs.s3.GetObject], [code]),
        _may_read_secrets(made),
        allow([awacs.sqs.GetQueueAttributes], queues),
        allow([awacs.awslambda.GetFunctionConfiguration], [execution.function_arns(names)]),
        # For `deploy --redrive`: which requests were rejected, and to have those that can be shaped now sent.
        allow([awacs.s3.ListBucket], [execution.kept_bucket_arn(names)]),
        allow([awacs.awslambda.InvokeFunction], [execution.function_arns(names, "Redrive-")]),
    ]
    variables = {
        **_variables(made),
        "EXECUTION_ROLE_ARN": GetAtt(executes, "Arn"),
        "PERMISSIONS_BOUNDARY_ARN": Ref(boundary),
        "CONSUMER_PRINCIPAL_ARN": Ref(made.parameters["ConsumerPrincipalArn"]),
        "EVENTS_QUEUE_NAME": Ref(made.parameters["EventsQueueName"]),
        "ALARM_TOPIC_ARN": Ref(made.parameters["AlarmTopicArn"]),
    }
    buildspec = Sub(f"{ref(made.parameters['ConfigDirectory'])}/buildspec.yml")
    said = f"Tests, builds and deploys the event source {made.source.name}"
    return codebuild.add_project(made.template, names, "Build", said, buildspec, variables, made.artifacts, statements)


def _add_verify(made: _Made) -> Project:
    """Sends a forged and a signed event through the endpoint, and looks in the handler's log for the second."""
    statements = [
        allow([awacs.cloudformation.DescribeStacks, awacs.cloudformation.DescribeStackResources], [_stack(made)]),
        _may_read_secrets(made),
        allow([awacs.logs.FilterLogEvents], execution.log_group_arns(made.names)),
    ]
    if not can_sign(made.source.webhook.auth):  # then the handler gets it from us
        statements.append(allow([awacs.awslambda.InvokeFunction], [execution.function_arns(made.names)]))
    said = f"Sends a canary through the endpoint of {made.source.name}"
    return codebuild.add_project(
        made.template, made.names, "Verify", said, _VERIFY, _variables(made), made.artifacts, statements
    )


_VERIFY = """version: 0.2
phases:
  install:
    runtime-versions:
      python: 3.13
    commands:
      - python -m pip install --quiet --require-hashes --requirement requirements.txt
  build:
    commands:
      - bash "$CONFIG_DIRECTORY/deploy.sh" acceptance-test
"""


def _stack(made: _Made) -> Sub:
    name = stack_name(made.source.name, ref(made.names.project), ref(made.names.environment))
    return regional("cloudformation", f"stack/{name}/*")


def _may_read_secrets(made: _Made) -> Statement:
    return allow([awacs.ssm.GetParameters], [regional("ssm", f"parameter{secrets_path(made.names)}/*")])


def _add_pipeline(made: _Made, its_stages: Sequence[Any], more: Sequence[Statement]) -> Pipeline:
    """The pipeline, named as its stack, so that its role's trust can name it."""
    only = Condition(
        [
            StringEquals({"aws:SourceAccount": Ref("AWS::AccountId")}),
            ArnEquals({"aws:SourceArn": regional("codepipeline", "${AWS::StackName}")}),
        ]
    )
    store = awacs.s3
    statements = [
        allow([store.GetObject, store.GetObjectVersion, store.PutObject], [bucket.below(made.artifacts, "*")]),
        allow([store.GetBucketVersioning, store.ListBucket], [GetAtt(made.artifacts, "Arn")]),
        *more,
    ]
    if connection := made.parameters.get("ConnectionArn"):
        # The service was renamed, and a connection's ARN says when it was made.
        use = [awacs.codeconnections.UseConnection, awacs.codestar_connections.UseConnection]
        statements.append(allow(use, [Ref(connection)]))
    role = add_role(made.template, made.names, "PipelineRole", "codepipeline.amazonaws.com", statements, when=only)
    return made.template.add_resource(
        Pipeline(
            "Pipeline",
            Name=Ref("AWS::StackName"),
            PipelineType="V2",
            RoleArn=GetAtt(role, "Arn"),
            ArtifactStore=ArtifactStore(Type="S3", Location=Ref(made.artifacts)),
            Stages=list(its_stages),
            Tags=made.names.tags,
        )
    )


def _add_outputs(made: _Made, pipeline: Pipeline, repository: ConfigRepository | None, boundary: ManagedPolicy) -> None:
    made.template.add_mapping("Console", {partition: {"Host": host} for partition, host in CONSOLE_HOSTS.items()})
    console = "https://${AWS::Region}.${Host}/codesuite/codepipeline/pipelines"
    url = Sub(
        f"{console}/{ref(pipeline)}/view?region=${{AWS::Region}}",
        Host=FindInMap("Console", Ref("AWS::Partition"), "Host"),
    )
    event_source = Sub(stack_name(made.source.name, ref(made.names.project), ref(made.names.environment)))
    for name, value, description in (
        ("PipelineUrl", url, "The pipeline in the console"),
        *([("ConfigRepositoryUrl", repository.url, "What to clone and push to")] if repository else []),
        ("EventSourceStack", event_source, "The stack that the pipeline makes; its outputs are the endpoint and queue"),
        ("PermissionsBoundaryArn", Ref(boundary), "The most that a role of that stack can do"),
    ):
        made.template.add_output(Output(name, Value=value, Description=description))
