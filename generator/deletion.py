"""What goes with a stack, and what stays behind."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from generator.errors import GeneratorError
from generator.stacks import Stack, held
from lambdas.secrets import PREVIOUS

# https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-attribute-deletionpolicy.html
_STAYS = ("Retain", "RetainExceptOnCreate")
_ON_A_QUEUE = ("ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible")


class Left(NamedTuple):
    """A resource that stays: `arn` is empty where only `name` says what it is."""

    logical_id: str
    name: str
    arn: str
    messages: int | None


def split(cloudformation: Any, stack: Stack) -> tuple[list[str], list[dict[str, Any]]]:
    """The logical ids of what goes, and the resources that stay; not the policies that are on these."""
    there = held(cloudformation, stack)
    if not there:
        return [], []
    template = cloudformation.get_template(StackName=stack.id)["TemplateBody"]
    if not isinstance(template, Mapping):
        raise GeneratorError(f"stack {stack.name}: its template is no JSON, so none that this framework made")
    policies = {name: one.get("DeletionPolicy") for name, one in template["Resources"].items()}
    goes = [one["LogicalResourceId"] for one in there if policies.get(one["LogicalResourceId"]) not in _STAYS]
    stays = [one for one in there if one["LogicalResourceId"] not in goes]
    return sorted(goes), [one for one in stays if not one["ResourceType"].endswith("Policy")]


def left(resource: Mapping[str, Any], stack: Stack, sqs: Any) -> Left:
    """A resource that stays, with what is on it."""
    name = resource["PhysicalResourceId"]
    arn, messages = "", None
    if resource["ResourceType"] == "AWS::S3::Bucket":
        arn = f"arn:{stack.id.split(':')[1]}:s3:::{name}"
    elif resource["ResourceType"] == "AWS::SQS::Queue":
        try:
            found = sqs.get_queue_attributes(QueueUrl=name, AttributeNames=["QueueArn", *_ON_A_QUEUE])["Attributes"]
        except sqs.exceptions.QueueDoesNotExist:
            return Left(resource["LogicalResourceId"], f"{name} (somebody has deleted it)", "", None)
        arn, messages = found["QueueArn"], sum(int(found[one]) for one in _ON_A_QUEUE)
    return Left(resource["LogicalResourceId"], name, arn, messages)


def secrets(stack: Stack, ssm: Any) -> list[str]:
    """The parameters with the stack's secrets that there are."""
    if not (name := stack.outputs.get("SecretParameters")):
        return []
    found = ssm.get_parameters(Names=[name, f"{name}{PREVIOUS}"])["Parameters"]
    return sorted(one["Name"] for one in found)


def refuse_in_use(cloudformation: Any, pipeline: Stack, event_source: Stack | None, delete: str) -> None:
    """GeneratorError where the event source needs its pipeline's role, or the policy that bounds its own."""
    if event_source is None:
        return
    there = {one["PhysicalResourceId"] for one in held(cloudformation, pipeline)}
    role = (event_source.role or "").rpartition("/")[2]  # a role's id is its name
    if role in there or event_source.parameters.get("PermissionsBoundaryArn") in there:
        raise GeneratorError(
            f"stack {event_source.name} was deployed by this pipeline, and can't be deleted without its roles: "
            f"delete that first: {delete}"
        )
