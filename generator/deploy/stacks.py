"""Stacks: the states that they are in, and the way on from each.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/view-stack-events.html
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal

from generator.errors import GeneratorError, command_line
from generator.names import service_problem

if TYPE_CHECKING:
    from generator.aws import Target

SERVICE_TAG = "Service"
"""The tag that says which source a stack is of."""
StackAction = Literal["create", "update", "delete", "continue", "wait"]

# Only the first two hold nothing. UPDATE_ROLLBACK_COMPLETE is as healthy as UPDATE_COMPLETE: it has all that it had.
_ACTIONS: Mapping[str, StackAction] = {
    "REVIEW_IN_PROGRESS": "create",  # of a change set that nobody executed
    "ROLLBACK_COMPLETE": "delete",  # its creation failed
    "CREATE_COMPLETE": "update",
    "UPDATE_COMPLETE": "update",
    "UPDATE_ROLLBACK_COMPLETE": "update",
    "IMPORT_COMPLETE": "update",
    "IMPORT_ROLLBACK_COMPLETE": "update",
    "UPDATE_ROLLBACK_FAILED": "continue",
    "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS": "wait",
    "UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS": "wait",
}
_DELETE_FIRST = ("CREATE_FAILED", "ROLLBACK_FAILED", "DELETE_FAILED")
# While these last, a stack may lack any of its resources.
_INCOMPLETE = ("CREATE", "ROLLBACK", "DELETE", "IMPORT", "IMPORT_ROLLBACK")
_NOTHING = {
    "REVIEW_IN_PROGRESS": "nothing is deployed yet, and a change set waits for somebody to execute it",
    "ROLLBACK_COMPLETE": "its creation failed, and nothing of it is left",
}
_NOT_THERE = ("DELETE_COMPLETE", "REVIEW_IN_PROGRESS")
_GONE = ("DELETE_COMPLETE", "DELETE_SKIPPED")


class NotDeployedError(GeneratorError):
    """A command needs a deployed source, and has found none; `status` is None where there is no stack."""

    def __init__(self, problem: str, stack: str, status: str | None = None) -> None:
        super().__init__(problem)
        self.report = {"stack": stack, "status": status, "problem": problem, "well": False}
        """What --json says."""


@dataclass(frozen=True)
class Stack:
    """A stack as it is now; `role` is the one with which CloudFormation acts on it."""

    name: str
    id: str
    status: str
    since: datetime
    tags: dict[str, str]
    parameters: dict[str, str]
    outputs: dict[str, str]
    role: str | None = None

    @property
    def in_progress(self) -> bool:
        """Something is being done to it. What is to be reviewed waits for somebody, perhaps for ever."""
        return self.status.endswith("_IN_PROGRESS") and self.status != "REVIEW_IN_PROGRESS"

    @property
    def busy_message(self) -> str:
        """What to say where something is being done to it."""
        return f"stack {self.name} is in {self.status} since {self.since:%Y-%m-%d %H:%M} UTC: wait until that has ended"

    @property
    def account(self) -> str:
        """The account that it is in."""
        return self.id.split(":")[4]


def find_stack(cloudformation: Any, name: str) -> Stack | None:
    """The stack of a name, or of an id; None where there is none."""
    try:
        found = cloudformation.describe_stacks(StackName=name)["Stacks"][0]
    except cloudformation.exceptions.ClientError as error:
        if "does not exist" in error.response["Error"]["Message"]:
            return None
        raise
    return Stack(
        found["StackName"],
        found["StackId"],
        found["StackStatus"],
        found.get("DeletionTime") or found.get("LastUpdatedTime") or found["CreationTime"],
        {one["Key"]: one["Value"] for one in found.get("Tags", ())},
        {one["ParameterKey"]: one["ParameterValue"] for one in found.get("Parameters", ())},
        {one["OutputKey"]: one["OutputValue"] for one in found.get("Outputs", ())},
        found.get("RoleARN"),
    )


def stacks_without_source(cloudformation: Any, name_of: Callable[[str], str], sources: Iterable[str]) -> list[str]:
    """The stacks that are named as `name_of` names that of a source, and are of none of these sources."""
    before, after = name_of("*").split("*")
    pages = cloudformation.get_paginator("list_stacks").paginate()
    stacks = [one for page in pages for one in page["StackSummaries"] if one["StackStatus"] not in _NOT_THERE]
    services = {one["StackName"].removeprefix(before).removesuffix(after) for one in stacks}
    names = {name_of(service) for service in services if not service_problem(service)}
    return sorted(names.intersection(one["StackName"] for one in stacks).difference(map(name_of, sources)))


def get_stack(target: Target, name: str) -> Stack:
    """The stack of a name; NotDeployedError where there is none."""
    stack = find_stack(target.client("cloudformation"), name)
    if stack is None:
        said = f"no stack {name} in {target.region}; --env, --project and --region choose another"
        raise NotDeployedError(said, name)
    return stack


def get_deployed_stack(target: Target, service: str) -> Stack:
    """The stack of a deployed source; NotDeployedError, with its state in words, where it has none that can be used."""
    stack = get_stack(target, target.stack(service))
    deploy, delete = (command_line(f"{command} {service}{target.options}") for command in ("deploy", "delete"))
    if nothing := _NOTHING.get(stack.status):
        said = f"stack {stack.name} is in {stack.status}: {nothing}: {deploy}"
        raise NotDeployedError(said, stack.name, stack.status)
    refuse_foreign(target.client("cloudformation"), stack, target.tags(service))
    if stack.in_progress and stack.status.removesuffix("_IN_PROGRESS") in _INCOMPLETE:
        raise NotDeployedError(stack.busy_message, stack.name, stack.status)
    if stack.status in _DELETE_FIRST:
        raise NotDeployedError(_delete_first(stack, delete), stack.name, stack.status)
    return stack


def _delete_first(stack: Stack, delete: str) -> str:
    return (
        f"stack {stack.name} is in {stack.status}, which only deleting it ends: {delete} says what would go, and then "
        "deploy again"
    )


def next_action(stack: Stack | None, *, delete: str, roll_back: str) -> StackAction:
    """What is to be done to a stack, so that it is as wanted; `delete` and `roll_back` are commands to tell."""
    if stack is None:
        return "create"
    if found := _ACTIONS.get(stack.status):
        return found
    if stack.in_progress:
        raise GeneratorError(stack.busy_message)
    said = f"stack {stack.name} is in {stack.status}"
    if stack.status in _DELETE_FIRST:
        raise GeneratorError(_delete_first(stack, delete))
    if stack.status == "UPDATE_FAILED":
        raise GeneratorError(f"{said}: its last update waits to be rolled back: {roll_back}")
    raise GeneratorError(f"{said}, from which there is no way on: look at it in the console of CloudFormation")


def refuse_foreign(cloudformation: Any, stack: Stack, tags: Mapping[str, str]) -> None:
    """NotDeployedError where the stack is not of this source, project and environment, or none of the framework's."""
    another = "--project and --env choose another name"
    if SERVICE_TAG in stack.tags:
        differ = [f"{key}={stack.tags[key]}" for key, value in tags.items() if stack.tags.get(key, value) != value]
        if differ:
            said = f"stack {stack.name} is another's: it has the tags {', '.join(differ)}; {another}"
            raise NotDeployedError(said, stack.name, stack.status)
        return
    # One that was made in the console has no tags of its own, but our template.
    template = cloudformation.get_template(StackName=stack.id)["TemplateBody"]
    metadata = template.get("Metadata", {}) if isinstance(template, Mapping) else {}
    source = metadata.get("MozDefEventFramework", {}).get("Source")
    if source != tags[SERVICE_TAG]:
        of = f"is of the source {source}" if source else "was not made by this framework"
        raise NotDeployedError(f"stack {stack.name} {of}; {another}", stack.name, stack.status)


def list_resources(cloudformation: Any, stack: Stack) -> list[dict[str, Any]]:
    """The resources that a stack has."""
    there = cloudformation.describe_stack_resources(StackName=stack.id)["StackResources"]
    return [one for one in there if one.get("PhysicalResourceId") and one["ResourceStatus"] not in _GONE]
