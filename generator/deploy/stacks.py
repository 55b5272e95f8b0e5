"""Stacks: find them, and what `deploy` does next with a stack in each status.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/view-stack-events.html
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal

from generator.errors import GeneratorError, command_line

if TYPE_CHECKING:
    from generator.aws import Target

SERVICE_TAG = "Service"
"""The tag that says which source a stack is of."""
StackAction = Literal["create", "update", "delete", "continue", "wait"]

# Only the first two are empty. UPDATE_ROLLBACK_COMPLETE is as healthy as UPDATE_COMPLETE: every resource is as before.
_ACTIONS: Mapping[str, StackAction] = {
    "REVIEW_IN_PROGRESS": "create",  # a change set that nobody has executed
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
_EMPTY_BECAUSE = {
    "REVIEW_IN_PROGRESS": "nothing is deployed yet, and a change set waits for somebody to execute it",
    "ROLLBACK_COMPLETE": "its creation failed, and nothing of it is left",
}
NOT_DEPLOYED = ("DELETE_COMPLETE", "REVIEW_IN_PROGRESS")
_DELETED = ("DELETE_COMPLETE", "DELETE_SKIPPED")
_ALARM = "AWS::CloudWatch::Alarm"


class NotDeployedError(GeneratorError):
    """A command needs a deployed source, and there is none; `status` is None where there is no stack."""

    def __init__(self, problem: str, stack: str, status: str | None = None) -> None:
        super().__init__(problem)
        self.report = {"stack": stack, "status": status, "problem": problem, "well": False}
        """The output of --json."""


@dataclass(frozen=True)
class Stack:
    """A stack as CloudFormation describes it; `role` is the one with which CloudFormation acts on it."""

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
        """Return whether CloudFormation works on the stack. A change set in review may wait for ever."""
        return self.status.endswith("_IN_PROGRESS") and self.status != "REVIEW_IN_PROGRESS"

    @property
    def busy_message(self) -> str:
        """Return the message for a stack that CloudFormation works on."""
        return f"stack {self.name} is in {self.status} since {self.since:%Y-%m-%d %H:%M} UTC: wait until that has ended"

    @property
    def account(self) -> str:
        """Return the account's number."""
        return self.id.split(":")[4]


def find_stack(cloudformation: Any, name: str) -> Stack | None:
    """Return the stack of a name, or of an id; None where there is none."""
    try:
        description = cloudformation.describe_stacks(StackName=name)["Stacks"][0]
    except cloudformation.exceptions.ClientError as error:
        if "does not exist" in error.response["Error"]["Message"]:
            return None
        raise
    return Stack(
        description["StackName"],
        description["StackId"],
        description["StackStatus"],
        description.get("DeletionTime") or description.get("LastUpdatedTime") or description["CreationTime"],
        {tag["Key"]: tag["Value"] for tag in description.get("Tags", ())},
        {each["ParameterKey"]: each["ParameterValue"] for each in description.get("Parameters", ())},
        {each["OutputKey"]: each["OutputValue"] for each in description.get("Outputs", ())},
        description.get("RoleARN"),
    )


def get_stack(target: Target, name: str) -> Stack:
    """Return the stack of a name; NotDeployedError where there is none."""
    stack = find_stack(target.client("cloudformation"), name)
    if stack is None:
        problem = (
            f"no stack {name} in {target.region}: deploy it first, or choose another with --env, --project or --region"
        )
        raise NotDeployedError(problem, name)
    return stack


def get_deployed_stack(target: Target, service: str) -> Stack:
    """Return the stack of a deployed source; NotDeployedError with the status in words where it can't be used."""
    stack = get_stack(target, target.stack(service))
    refuse_undeployed(target, stack, service)
    return stack


def refuse_undeployed(target: Target, stack: Stack, service: str) -> None:
    """Raise NotDeployedError with the status in words where the stack is of something else, or can't be used."""
    deploy, delete = (command_line(f"{command} {service}{target.options}") for command in ("deploy", "delete"))
    if reason := _EMPTY_BECAUSE.get(stack.status):
        problem = f"stack {stack.name} is in {stack.status}: {reason}: {deploy}"
        raise NotDeployedError(problem, stack.name, stack.status)
    refuse_foreign(target.client("cloudformation"), stack, target.tags(service))
    if stack.in_progress and stack.status.removesuffix("_IN_PROGRESS") in _INCOMPLETE:
        raise NotDeployedError(stack.busy_message, stack.name, stack.status)
    if stack.status in _DELETE_FIRST:
        raise NotDeployedError(_delete_first(stack, delete), stack.name, stack.status)


def state_problem(stack: Stack, target: Target, service: str) -> str | None:
    """Return what is wrong with the state of a deployed stack, and what to do; None where nothing is."""
    deploy, delete = (command_line(f"{command} {service}{target.options}") for command in ("deploy", "delete"))
    if stack.in_progress:
        return stack.busy_message
    if stack.status == "UPDATE_ROLLBACK_FAILED":
        return (
            f"stack {stack.name} is in {stack.status}: its last update failed, and could not be taken back either, so "
            f"parts of it may be new and parts old; this goes on with it: {deploy}"
        )
    try:
        roll_back = target.aws_command(f"cloudformation rollback-stack --stack-name {stack.name}")
        next_action(stack, delete=delete, roll_back=roll_back)
    except GeneratorError as error:
        return str(error)
    return None


def _delete_first(stack: Stack, delete: str) -> str:
    return (
        f"stack {stack.name} is in {stack.status}, which only deleting it ends: {delete} says what would go, and then "
        "deploy again"
    )


def next_action(stack: Stack | None, *, delete: str, roll_back: str) -> StackAction:
    """Return what `deploy` does next with a stack; `delete` and `roll_back` are commands for messages.

    GeneratorError where a person has to act first, or to wait.
    """
    if stack is None:
        return "create"
    if action := _ACTIONS.get(stack.status):
        return action
    if stack.in_progress:
        raise GeneratorError(stack.busy_message)
    state = f"stack {stack.name} is in {stack.status}"
    if stack.status in _DELETE_FIRST:
        raise GeneratorError(_delete_first(stack, delete))
    if stack.status == "UPDATE_FAILED":
        raise GeneratorError(f"{state}: its last update waits to be rolled back: {roll_back}")
    raise GeneratorError(f"{state}, from which there is no way on: look at it in the console of CloudFormation")


def refuse_foreign(cloudformation: Any, stack: Stack, tags: Mapping[str, str]) -> None:
    """Raise NotDeployedError where the stack is of another source, project or environment, or not of the framework."""
    options_hint = "--project and --env choose another name"
    if SERVICE_TAG in stack.tags:
        different_tags = [
            f"{key}={stack.tags[key]}" for key, value in tags.items() if stack.tags.get(key, value) != value
        ]
        if different_tags:
            problem = f"stack {stack.name} is another's: it has the tags {', '.join(different_tags)}; {options_hint}"
            raise NotDeployedError(problem, stack.name, stack.status)
        return
    # A stack that was made in the console has no tags of ours, but our template.
    template = cloudformation.get_template(StackName=stack.id)["TemplateBody"]
    metadata = template.get("Metadata", {}) if isinstance(template, Mapping) else {}
    source = metadata.get("MozDefEventFramework", {}).get("Source")
    if source != tags[SERVICE_TAG]:
        origin = f"is of the source {source}" if source else "was not made by this framework"
        raise NotDeployedError(f"stack {stack.name} {origin}; {options_hint}", stack.name, stack.status)


def list_resources(cloudformation: Any, stack: Stack) -> list[dict[str, Any]]:
    """Return the resources that a stack has."""
    resources = cloudformation.describe_stack_resources(StackName=stack.id)["StackResources"]
    return [each for each in resources if each.get("PhysicalResourceId") and each["ResourceStatus"] not in _DELETED]


def alarm_names(resources: Iterable[Mapping[str, Any]]) -> frozenset[str]:
    """Return the names of the alarms among a stack's resources: another's name may begin with the stack's."""
    return frozenset(each["PhysicalResourceId"] for each in resources if each["ResourceType"] == _ALARM)
