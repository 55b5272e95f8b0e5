"""A change set: what CloudFormation would do to a stack, and what would be lost by it."""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

from generator.deploy import progress, stacks
from generator.errors import GeneratorError

# What CreateChangeSet says where nothing would change, and what other calls of CloudFormation say.
_NO_CHANGE = ("didn't contain changes", "No updates are to be performed")
_API = "AWS::ApiGatewayV2::Api"
_KEY, _ALARM = "AWS::KMS::Key", "AWS::CloudWatch::Alarm"
_LOSS_BY_ID = {
    "Sweep": "messages that can't be sent at once are no longer sent later",
    "Redrive": "rejected events can no longer be sent",
    "Claims": "it is no longer known what was sent before, and what comes again is sent again",
    "Positions": "it is no longer known how far each stream is read: reading begins anew",
    "Puller": "the vendor is no longer asked",
    "Stream": "accepted requests are no longer archived",
    "Writer": "messages no longer become objects, and those of the last minute may be lost",
    "Key": "it stays behind, and what is kept until now is encrypted with it, which the functions can then no longer "
    "read: `redrive` first; your SIEM needs kms:Decrypt on it until it has read all",
}
"""What is lost when one of these resources is removed, by its logical id."""
_LOST_WHEN_REPLACED = (_KEY, "AWS::DynamoDB::Table")
"""Types of these resources whose contents are lost when they are replaced, too."""
_CONTENTS_BY_TYPE = {
    "AWS::SQS::Queue": ("queue", "messages"),
    "AWS::S3::Bucket": ("bucket", "objects"),
    "AWS::CodeCommit::Repository": ("repository", "commits"),
}


@dataclass(frozen=True)
class Change:
    """A change of a resource: `replacement` is True, False or Conditional, and empty where it is added or removed."""

    action: str
    logical_id: str
    type: str
    replacement: str
    properties: tuple[str, ...]
    policy_action: str

    @property
    def is_tags_only(self) -> bool:
        """Return whether nothing but tags changes: CloudFormation gives each resource those of its stack."""
        return self.action == "Modify" and self.replacement == "False" and self.properties == ("Tags",)

    @property
    def loss(self) -> str | None:
        """Return a sentence on what is lost or moved with this change, such as events or the endpoint; else None."""
        removed = self.action == "Remove"
        if not removed and self.replacement not in ("True", "Conditional"):
            return None
        verb = "is removed" if removed else "is replaced" if self.replacement == "True" else "may be replaced"
        what_happens = f"{self.logical_id} {verb}"
        if self.type == _API:
            if removed:
                return f"{what_happens}: the endpoint's URL is gone for good"
            return f"{what_happens}: the endpoint gets another URL, and the vendor must be told it; the old one ends"
        if self.logical_id in _LOSS_BY_ID:
            lost = removed or (self.replacement == "True" and self.type in _LOST_WHEN_REPLACED)
            return f"{what_happens}: {_LOSS_BY_ID[self.logical_id]}" if lost else None
        if self.type not in _CONTENTS_BY_TYPE:
            return None
        holder, contents = _CONTENTS_BY_TYPE[self.type]
        old_holder = f"the {holder}" if removed else f"the old {holder}"
        if self.policy_action.endswith("Delete"):
            return f"{what_happens}: {old_holder} is DELETED with the {contents} in it"
        follow_up = "" if removed else "; whoever uses it must be told the new one"
        return f"{what_happens}: {old_holder} stays behind with the {contents} in it{follow_up}"


def losses(changes: Sequence[Change], *, new: bool) -> list[str]:
    """Return a sentence for each loss by these changes. A new stack has nothing to lose but its alarms."""
    lost = [loss for change in changes if (loss := change.loss)]
    alarms = [change.logical_id for change in changes if change.type == _ALARM and change.action == "Remove"]
    if alarms:
        alarms_are = f"the alarm {alarms[0]} is" if len(alarms) == 1 else f"the alarms {', '.join(alarms)} are"
        lost.append(f"{alarms_are} removed: nobody is told any more when something is wrong there")
    if not new and any(change.type == _KEY and change.action == "Add" for change in changes):
        lost.append("Key is added: your SIEM can read messages from now on only with kms:Decrypt on it")
    return lost


def downgrade_warning(template: object, version: str) -> str | None:
    """Return a warning where the deployed template is of a later version of the framework than this; else None."""
    metadata = template.get("Metadata", {}) if isinstance(template, Mapping) else {}
    deployed = str(metadata.get("MozDefEventFramework", {}).get("Version", ""))
    if _version_numbers(deployed) <= _version_numbers(version):
        return None
    return f"this is version {version} of the framework, and {deployed} is deployed: what came since goes again"


def _version_numbers(version: str) -> list[int]:
    return [int(part) for part in re.findall("[0-9]+", version)]


class ChangeSet:
    """A change set of a stack; `new`: there is no such stack yet."""

    def __init__(self, cloudformation: Any, stack: str, *, new: bool) -> None:
        self._cloudformation = cloudformation
        self._new = new
        self._arguments = {"StackName": stack, "ChangeSetName": f"deploy-{secrets.token_hex(8)}"}
        self.executed = False
        self.empty = False
        self.changes: list[Change] = []

    def create(self, request: Mapping[str, Any]) -> None:
        """Create the change set and wait for it; GeneratorError where CloudFormation refuses it."""
        created = self._cloudformation.create_change_set(
            **self._arguments, Capabilities=["CAPABILITY_IAM"], Description="python -m generator deploy", **request
        )
        description = self._wait_until_created()
        reason = description.get("StatusReason", "")
        if description["Status"] == "FAILED":
            self.empty = any(message in reason for message in _NO_CHANGE)
            if not self.empty:
                stack, change_set = self._arguments["StackName"], {"ChangeSetName": created["Id"]}
                problems = progress.validation_errors(self._cloudformation, reason, **change_set) or [reason]
                raise GeneratorError("\n".join(f"stack {stack}: can't be changed: {line}" for line in problems))
        pages = self._cloudformation.get_paginator("describe_change_set").paginate(**self._arguments)
        self.changes = [_parse_change(change["ResourceChange"]) for page in pages for change in page.get("Changes", ())]

    def _wait_until_created(self) -> dict[str, Any]:
        while True:
            description: dict[str, Any] = self._cloudformation.describe_change_set(**self._arguments)
            if description["Status"] in ("CREATE_COMPLETE", "FAILED"):
                return description
            progress.pause(self._cloudformation)

    def execute(self) -> None:
        """Start the change set; CloudFormation goes on by itself."""
        self._cloudformation.execute_change_set(**self._arguments)
        self.executed = True

    def discard(self) -> None:
        """Delete the change set unless it was executed, and the empty stack that CloudFormation made for it."""
        if self.executed:
            return
        stack = stacks.find_stack(self._cloudformation, self._arguments["StackName"])
        if stack is None:
            return
        self._wait_until_created()  # an unfinished one can't be deleted
        self._cloudformation.delete_change_set(**self._arguments)
        if self._new and self._is_empty(stack.id):
            progress.delete_empty_stack(self._cloudformation, stack)

    def _is_empty(self, stack_id: str) -> bool:
        """Return whether the stack is still empty: somebody else may have made a change set for it, or executed one."""
        stack = stacks.find_stack(self._cloudformation, stack_id)
        if stack is None or stack.status != "REVIEW_IN_PROGRESS":
            return False
        return not self._cloudformation.list_change_sets(StackName=stack_id)["Summaries"]


@contextmanager
def open_change_set(cloudformation: Any, stack: str, request: Mapping[str, Any], *, new: bool) -> Iterator[ChangeSet]:
    """Create a change set with these arguments of CreateChangeSet; delete it at the end unless it was executed."""
    change_set = ChangeSet(cloudformation, stack, new=new)
    try:
        change_set.create(request)
        yield change_set
    except BaseException:
        with suppress(Exception):  # the first error is the one to show
            change_set.discard()
        raise
    change_set.discard()


def template_key(template: bytes) -> str:
    """Return the key in the helper bucket for a template that is too long for a request."""
    return f"code/{hashlib.sha256(template).hexdigest()}.json"


def _parse_change(resource_change: Mapping[str, Any]) -> Change:
    targets = [detail["Target"] for detail in resource_change.get("Details", ())]
    names = (target.get("Name") or target.get("Attribute", "") for target in targets)
    return Change(
        resource_change["Action"],
        resource_change["LogicalResourceId"],
        resource_change["ResourceType"],
        resource_change.get("Replacement", ""),
        tuple(dict.fromkeys(names)),
        resource_change.get("PolicyAction", ""),
    )
