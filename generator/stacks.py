"""Stacks: the states that they are in, and the way on from each.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/view-stack-events.html
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from generator.errors import GeneratorError

SERVICE = "Service"
"""The tag that says which source a stack is of."""
Way = Literal["create", "update", "delete", "continue", "wait"]

# Only the first two hold nothing. UPDATE_ROLLBACK_COMPLETE is as healthy as UPDATE_COMPLETE: it has all that it had.
_WAYS: Mapping[str, Way] = {
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
_GONE = ("DELETE_COMPLETE", "DELETE_SKIPPED")


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
    def under_way(self) -> bool:
        """Something is being done to it. What is to be reviewed waits for somebody, perhaps for ever."""
        return self.status.endswith("_IN_PROGRESS") and self.status != "REVIEW_IN_PROGRESS"

    @property
    def busy(self) -> str:
        """What to say where something is being done to it."""
        return f"stack {self.name} is in {self.status} since {self.since:%Y-%m-%d %H:%M} UTC: wait until that has ended"

    @property
    def account(self) -> str:
        """The account that it is in."""
        return self.id.split(":")[4]


def find(cloudformation: Any, name: str) -> Stack | None:
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


def way(stack: Stack | None, *, delete: str, roll_back: str) -> Way:
    """What is to be done to a stack, so that it is as wanted; `delete` and `roll_back` are commands to tell."""
    if stack is None:
        return "create"
    if found := _WAYS.get(stack.status):
        return found
    if stack.under_way:
        raise GeneratorError(stack.busy)
    said = f"stack {stack.name} is in {stack.status}"
    if stack.status in _DELETE_FIRST:
        raise GeneratorError(f"{said}, which only deleting it ends: {delete} says what would go, and then deploy again")
    if stack.status == "UPDATE_FAILED":
        raise GeneratorError(f"{said}: its last update waits to be rolled back: {roll_back}")
    raise GeneratorError(f"{said}, from which there is no way on: look at it in the console of CloudFormation")


def refuse_foreign(cloudformation: Any, stack: Stack, tags: Mapping[str, str]) -> None:
    """GeneratorError where the stack is not of this source, project and environment, or none of the framework's."""
    another = "--project and --env choose another name"
    if SERVICE in stack.tags:
        differ = [f"{key}={stack.tags[key]}" for key, value in tags.items() if stack.tags.get(key, value) != value]
        if differ:
            raise GeneratorError(f"stack {stack.name} is another's: it has the tags {', '.join(differ)}; {another}")
        return
    # One that was made in the console has no tags of its own, but our template.
    template = cloudformation.get_template(StackName=stack.id)["TemplateBody"]
    metadata = template.get("Metadata", {}) if isinstance(template, Mapping) else {}
    source = metadata.get("MozDefEventFramework", {}).get("Source")
    if source != tags[SERVICE]:
        of = f"is of the source {source}" if source else "was not made by this framework"
        raise GeneratorError(f"stack {stack.name} {of}; {another}")


def held(cloudformation: Any, stack: Stack) -> list[dict[str, Any]]:
    """The resources that a stack has."""
    there = cloudformation.describe_stack_resources(StackName=stack.id)["StackResources"]
    return [one for one in there if one.get("PhysicalResourceId") and one["ResourceStatus"] not in _GONE]
