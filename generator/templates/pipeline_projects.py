"""The pipeline's CodeBuild projects: one tests, builds and deploys a source, the other sends a canary through it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from awacs import awslambda, cloudformation, logs, s3, sqs, ssm
from awacs.aws import ForAllValuesStringEquals, Null, Statement, StringEquals
from troposphere import GetAtt, Parameter, Ref, Sub, Template
from troposphere.codebuild import Project
from troposphere.iam import ManagedPolicy, Role
from troposphere.s3 import Bucket

from generator.definition.secret_names import can_sign
from generator.names import code_prefix
from generator.templates.inputs import parameter_variables
from generator.templates.resources import codebuild
from generator.templates.resources.execution_actions import RESOURCE_TYPES
from generator.templates.resources.execution_role import may_pass
from generator.templates.resources.network import network_variables
from generator.templates.resources.role import allow, allow_where
from generator.templates.resources.source_arns import function_arns, kept_bucket_arn, log_group_arns
from generator.templates.resources.sub import ref, regional_arn
from generator.templates.stack_context import StackContext
from lambdas.model import Source

_VERIFY_BUILDSPEC = """version: 0.2
phases:
  install:
    runtime-versions:
      python: 3.13
    commands:
      - python -m pip install --quiet --no-compile --require-hashes --requirement requirements.txt
  build:
    commands:
      - bash "$CONFIG_DIRECTORY/deploy.sh" acceptance-test
"""


class PipelineContext(NamedTuple):
    """What the parts of one pipeline are built from."""

    template: Template
    source: Source
    parameters: dict[str, Parameter]
    stack: StackContext
    artifacts: Bucket


def add_build_project(
    context: PipelineContext, queue_arns: Sequence[Any], boundary: ManagedPolicy, execution_role: Role
) -> Project:
    """Add the project that deploys by change sets on the event source's own stack, with the execution role alone."""
    source, stack, parameters = context.source, context.stack, context.parameters
    code_keys = f"{code_prefix(source.name, ref(stack.project), ref(stack.environment))}*"
    statements = [
        *_may_deploy(_stack_arn(stack), execution_role),
        allow(
            [s3.PutObject, s3.GetObject],
            [Sub(f"arn:${{AWS::Partition}}:s3:::{ref(stack.helper_bucket)}/{code_keys}")],
        ),
        *_may_read_secrets(source, stack),
        # Only its puller may read the credentials of a pulled source; `deploy` has to know whether they are stored.
        *([allow([ssm.DescribeParameters], ["*"])] if source.pull else []),
        allow([sqs.GetQueueAttributes], queue_arns),
        allow([awslambda.GetFunctionConfiguration], [function_arns(stack)]),
        # For `deploy --redrive`: to list the rejected events, and to send those that the new code can shape.
        allow([s3.ListBucket], [kept_bucket_arn(stack)]),
        allow([awslambda.InvokeFunction], [function_arns(stack, "Redrive-")]),
    ]
    variables = {
        **_variables(context),
        "EXECUTION_ROLE_ARN": GetAtt(execution_role, "Arn"),
        "PERMISSIONS_BOUNDARY_ARN": Ref(boundary),
        "CONSUMER_PRINCIPAL_ARN": Ref(parameters["ConsumerPrincipalArn"]),
        "EVENTS_QUEUE_NAME": Ref(parameters["EventsQueueName"]),
        "ALARM_TOPIC_ARN": Ref(parameters["AlarmTopicArn"]),
        **parameter_variables(source),
        **network_variables(source),
    }
    buildspec = Sub(f"{ref(parameters['ConfigDirectory'])}/buildspec.yml")
    description = f"Tests, builds and deploys the event source {source.name}"
    return codebuild.add_project(
        context.template, stack, "Build", description, buildspec, variables, context.artifacts, statements
    )


def add_verify_project(context: PipelineContext) -> Project:
    """Add the project that sends a forged and a signed event, and looks for the second in the handler's log.

    Of a source that is pulled, it has the puller try whether the vendor can be asked, and may do nothing else.
    """
    stack, pull = context.stack, context.source.pull
    statements = [allow([cloudformation.DescribeStacks, cloudformation.DescribeStackResources], [_stack_arn(stack)])]
    if pull:
        statements.append(allow([awslambda.InvokeFunction], [function_arns(stack, "Puller-")]))
    else:
        statements += [
            *_may_read_secrets(context.source, stack),
            allow([logs.FilterLogEvents], log_group_arns(stack)),
        ]
        if not can_sign(context.source.endpoint.auth):  # the handler gets an event that the vendor alone can sign
            statements.append(allow([awslambda.InvokeFunction], [function_arns(stack)]))
    what = "Asks the vendor of" if pull else "Sends a canary through the endpoint of"
    description = f"{what} {context.source.name}"
    return codebuild.add_project(
        context.template,
        stack,
        "Verify",
        description,
        _VERIFY_BUILDSPEC,
        _variables(context),
        context.artifacts,
        statements,
    )


def _variables(context: PipelineContext) -> dict[str, Any]:
    """Return the environment that tells a build its deployment; it overrides variables of the buildspec."""
    return {
        "PROJECT": Ref(context.stack.project),
        "SERVICE": context.source.name,
        "STAGE": Ref(context.stack.environment),
        **({"API_PATH": context.source.endpoint.path} if context.source.webhook else {}),
        "HELPER_BUCKET": Ref(context.stack.helper_bucket),
        "CONFIG_DIRECTORY": Ref(context.parameters["ConfigDirectory"]),
    }


def _may_deploy(stack_arn: Sub, execution_role: Role) -> list[Statement]:
    cf = cloudformation
    # With this role alone: a stack that somebody deployed with a more powerful role would lend that role otherwise.
    with_role = {"cloudformation:RoleArn": GetAtt(execution_role, "Arn")}
    return [
        allow(
            [
                *(cf.DescribeChangeSet, cf.ExecuteChangeSet, cf.DeleteChangeSet, cf.DescribeStacks),
                *(cf.DescribeStackEvents, cf.DescribeEvents, cf.DescribeStackResources, cf.GetTemplate),
                *(cf.ListChangeSets, cf.TagResource, cf.UntagResource),
            ],
            [stack_arn],
        ),
        allow([cf.ContinueUpdateRollback, cf.DeleteStack], [stack_arn], with_role),
        # Of these types alone, and no import of existing resources, whatever else the role is allowed.
        # https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/security_iam_id-based-policy-examples.html
        allow_where(
            [cf.CreateChangeSet],
            [stack_arn],
            StringEquals(with_role),
            ForAllValuesStringEquals({"cloudformation:ResourceTypes": RESOURCE_TYPES}),
            Null({"cloudformation:ResourceTypes": False, "cloudformation:ImportResourceTypes": True}),
        ),
        may_pass(execution_role, "cloudformation.amazonaws.com"),
    ]


def _stack_arn(stack: StackContext) -> Sub:
    return regional_arn("cloudformation", f"stack/{stack.name}/*")


def _may_read_secrets(source: Source, stack: StackContext) -> list[Statement]:
    """Allow to read the secrets with which a canary is signed; only its puller may read those of a pulled source."""
    if source.pull:
        return []
    return [allow([ssm.GetParameters], [regional_arn("ssm", f"parameter{stack.secrets_path}/*")])]
