"""Deleting a stack: which resources are deleted with it, and which remain with what they hold."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from generator.deploy.retained_resources import RetainedBucket, count_kept, count_messages
from generator.deploy.stacks import Stack, list_resources
from generator.errors import GeneratorError
from lambdas.runtime.secrets import PREVIOUS_SUFFIX

# https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-attribute-deletionpolicy.html
KEPT, REDRIVE, ARCHIVE, POSITIONS = "Kept", "Redrive", "Archive", "Positions"
"""Logical ids: the bucket of kept events, the function that sends them, the bucket of accepted requests, and the table
of how far the streams of a pulled source are read."""
OBJECTS, WRITER, NOTIFICATIONS = "ObjectsBucket", "Writer", "Objects"
"""Logical ids: the bucket of objects of messages, the stream that writes them, and the queue that is told of them."""
_RETAINED_BY = ("Retain", "RetainExceptOnCreate")


class Remaining(NamedTuple):
    """A resource that remains after its stack; `arn` is empty where the name alone identifies it."""

    logical_id: str
    name: str
    arn: str
    messages: int | None = None
    kept: RetainedBucket | None = None


def partition_resources(cloudformation: Any, stack: Stack) -> tuple[dict[str, str], list[dict[str, Any]]]:
    """Return the deleted resources' names by logical id, and the remaining resources, without their policies."""
    resources = list_resources(cloudformation, stack)
    if not resources:
        return {}, []
    template = cloudformation.get_template(StackName=stack.id)["TemplateBody"]
    if not isinstance(template, Mapping):
        raise GeneratorError(f"stack {stack.name}: its template is no JSON, so this framework did not make it")
    policies = {title: resource.get("DeletionPolicy") for title, resource in template["Resources"].items()}
    names = {resource["LogicalResourceId"]: resource["PhysicalResourceId"] for resource in resources}
    deleted = {title: names[title] for title in sorted(names) if policies.get(title) not in _RETAINED_BY}
    remaining = [resource for resource in resources if resource["LogicalResourceId"] not in deleted]
    return deleted, [resource for resource in remaining if not resource["ResourceType"].endswith("Policy")]


def describe_remaining(resource: Mapping[str, Any], stack: Stack, sqs: Any, s3: Any) -> Remaining:
    """Return a remaining resource with the messages on it, or the events kept in it."""
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
    """Return the names of the stack's secrets that are in Parameter Store."""
    names = [name for name in stack.outputs.get("SecretParameters", "").split(",") if name.startswith("/")]
    stored = [
        ssm.get_parameters(Names=[name, f"{name}{PREVIOUS_SUFFIX}"])["Parameters"] for name in dict.fromkeys(names)
    ]
    return sorted(parameter["Name"] for parameters in stored for parameter in parameters)


def refuse_in_use(cloudformation: Any, pipeline: Stack, event_source: Stack | None, delete: str) -> None:
    """Raise GeneratorError where the event source needs the pipeline's role, or its boundary policy."""
    if event_source is None:
        return
    owned = {resource["PhysicalResourceId"] for resource in list_resources(cloudformation, pipeline)}
    role = (event_source.role or "").rpartition("/")[2]  # a role's id is its name
    if role in owned or event_source.parameters.get("PermissionsBoundaryArn") in owned:
        raise GeneratorError(
            f"stack {event_source.name} was deployed by this pipeline, and can't be deleted without its roles: "
            f"delete that first: {delete}"
        )
