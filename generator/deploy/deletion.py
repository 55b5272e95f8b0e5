"""What goes with a stack, and what stays behind."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from generator.deploy.retained_resources import RetainedBucket, count_kept, count_messages
from generator.deploy.stacks import Stack, list_resources
from generator.errors import GeneratorError
from lambdas.runtime.secrets import PREVIOUS_SUFFIX

# https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-attribute-deletionpolicy.html
KEPT, REDRIVE = "Kept", "Redrive"
"""The bucket of kept events, and the function that sends them."""
_STAYS = ("Retain", "RetainExceptOnCreate")


class Remaining(NamedTuple):
    """A resource that stays: `arn` is empty where only `name` says what it is."""

    logical_id: str
    name: str
    arn: str
    messages: int | None = None
    kept: RetainedBucket | None = None


def partition_resources(cloudformation: Any, stack: Stack) -> tuple[dict[str, str], list[dict[str, Any]]]:
    """What goes, by logical id and with its name, and the resources that stay; not the policies that are on these."""
    there = list_resources(cloudformation, stack)
    if not there:
        return {}, []
    template = cloudformation.get_template(StackName=stack.id)["TemplateBody"]
    if not isinstance(template, Mapping):
        raise GeneratorError(f"stack {stack.name}: its template is no JSON, so none that this framework made")
    policies = {name: one.get("DeletionPolicy") for name, one in template["Resources"].items()}
    names = {one["LogicalResourceId"]: one["PhysicalResourceId"] for one in there}
    goes = {title: names[title] for title in sorted(names) if policies.get(title) not in _STAYS}
    stays = [one for one in there if one["LogicalResourceId"] not in goes]
    return goes, [one for one in stays if not one["ResourceType"].endswith("Policy")]


def describe_remaining(resource: Mapping[str, Any], stack: Stack, sqs: Any, s3: Any) -> Remaining:
    """A resource that stays, with what is on it, or kept in it."""
    title, name = resource["LogicalResourceId"], resource["PhysicalResourceId"]
    try:
        if resource["ResourceType"] == "AWS::S3::Bucket":
            kept = count_kept(s3, name) if title == KEPT else None
            return Remaining(title, name, f"arn:{stack.id.split(':')[1]}:s3:::{name}", kept=kept)
        if resource["ResourceType"] == "AWS::SQS::Queue":
            arn = sqs.get_queue_attributes(QueueUrl=name, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
            return Remaining(title, name, arn, count_messages(sqs, name))
    except (sqs.exceptions.QueueDoesNotExist, s3.exceptions.NoSuchBucket):
        return Remaining(title, f"{name} (somebody has deleted it)", "")
    return Remaining(title, name, "")


def secret_parameters(stack: Stack, ssm: Any) -> list[str]:
    """The parameters with the stack's secrets that there are."""
    if not (name := stack.outputs.get("SecretParameters")):
        return []
    found = ssm.get_parameters(Names=[name, f"{name}{PREVIOUS_SUFFIX}"])["Parameters"]
    return sorted(one["Name"] for one in found)


def refuse_in_use(cloudformation: Any, pipeline: Stack, event_source: Stack | None, delete: str) -> None:
    """GeneratorError where the event source needs its pipeline's role, or the policy that bounds its own."""
    if event_source is None:
        return
    there = {one["PhysicalResourceId"] for one in list_resources(cloudformation, pipeline)}
    role = (event_source.role or "").rpartition("/")[2]  # a role's id is its name
    if role in there or event_source.parameters.get("PermissionsBoundaryArn") in there:
        raise GeneratorError(
            f"stack {event_source.name} was deployed by this pipeline, and can't be deleted without its roles: "
            f"delete that first: {delete}"
        )
