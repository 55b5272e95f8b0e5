"""A change set: what CloudFormation would do to a stack. One that is not executed leaves nothing behind."""

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

# What CreateChangeSet says, and what others of CloudFormation's calls say.
_NO_CHANGE = ("didn't contain changes", "No updates are to be performed")
# What is lost with these is more than a resource.
_API = "AWS::ApiGatewayV2::Api"
_KEY, _ALARM = "AWS::KMS::Key", "AWS::CloudWatch::Alarm"
_LOSS_BY_ID = {
    "Sweep": "what the queue does not take is no longer sent later",
    "Redrive": "rejected events can no longer be sent",
    "Claims": "it is no longer known what was sent before, and what comes again is sent again",
    "Key": "it stays behind, and what is kept until now is encrypted with it, which the functions can then no longer "
    "read: `redrive` first; MozDef needs kms:Decrypt on it until its queue is empty",
}
"""What it means where one of these goes, by its logical id."""
_LOST_WHEN_REPLACED = (_KEY, "AWS::DynamoDB::Table")
"""Those of them that are not the same once they are replaced."""
_CONTENTS_BY_TYPE = {
    "AWS::SQS::Queue": ("queue", "messages"),
    "AWS::S3::Bucket": ("bucket", "objects"),
    "AWS::CodeCommit::Repository": ("repository", "commits"),
}


@dataclass(frozen=True)
class Change:
    """What would be done to a resource: `replaced` is True, False or Conditional, and empty where it is new or goes."""

    action: str
    logical_id: str
    type: str
    replacement: str
    properties: tuple[str, ...]
    policy_action: str

    @property
    def loss(self) -> str | None:
        """What it means where events, or the endpoint, would be lost or moved; else None."""
        removed, maybe = self.action == "Remove", self.replacement == "Conditional"
        if not removed and self.replacement not in ("True", "Conditional"):
            return None
        said = f"{self.logical_id} {'is removed' if removed else 'may be replaced' if maybe else 'is replaced'}"
        if self.type == _API:
            if removed:
                return f"{said}: the endpoint's URL is gone for good"
            return f"{said}: the endpoint gets another URL, and the vendor must be told it; the old one ends"
        if self.logical_id in _LOSS_BY_ID:
            lost = removed or (self.replacement == "True" and self.type in _LOST_WHEN_REPLACED)
            return f"{said}: {_LOSS_BY_ID[self.logical_id]}" if lost else None
        if self.type not in _CONTENTS_BY_TYPE:
            return None
        kind, things = _CONTENTS_BY_TYPE[self.type]
        old = f"the {kind}" if removed else f"the old {kind}"
        if self.policy_action.endswith("Delete"):
            return f"{said}: {old} is DELETED with the {things} in it"
        told = "" if removed else "; whoever uses it must be told the new one"
        return f"{said}: {old} stays behind with the {things} in it{told}"


def losses(changes: Sequence[Change], *, new: bool) -> list[str]:
    """What the changes mean where something would be lost, moved or no longer be done; new stacks have nothing yet."""
    lost = [said for change in changes if (said := change.loss)]
    alarms = [change.logical_id for change in changes if change.type == _ALARM and change.action == "Remove"]
    if alarms:
        gone = f"the alarm {alarms[0]} is" if len(alarms) == 1 else f"the alarms {', '.join(alarms)} are"
        lost.append(f"{gone} removed: nobody is told any more when something is wrong there")
    if not new and any(change.type == _KEY and change.action == "Add" for change in changes):
        lost.append("Key is added: MozDef can read its queue from now on only with kms:Decrypt on it")
    return lost


def downgrade_warning(template: object, version: str) -> str | None:
    """What to say where a deployed template is of a later version of the framework than this one; else None."""
    metadata = template.get("Metadata", {}) if isinstance(template, Mapping) else {}
    deployed = str(metadata.get("MozDefEventFramework", {}).get("Version", ""))
    if _version_numbers(deployed) <= _version_numbers(version):
        return None
    return f"this is version {version} of the framework, and {deployed} is deployed: what came since goes again"


def _version_numbers(version: str) -> list[int]:
    return [int(part) for part in re.findall("[0-9]+", version)]


class ChangeSet:
    """A change set of a stack, new where there is no such stack yet."""

    def __init__(self, cloudformation: Any, stack: str, *, new: bool) -> None:
        self._cloudformation = cloudformation
        self._new = new
        self._which = {"StackName": stack, "ChangeSetName": f"deploy-{secrets.token_hex(8)}"}
        self.executed = False
        self.empty = False
        self.changes: list[Change] = []

    def create(self, request: Mapping[str, Any]) -> None:
        """Have it worked out; GeneratorError where that fails."""
        made = self._cloudformation.create_change_set(
            **self._which, Capabilities=["CAPABILITY_IAM"], Description="python -m generator deploy", **request
        )
        found = self._worked_out()
        reason = found.get("StatusReason", "")
        if found["Status"] == "FAILED":
            self.empty = any(said in reason for said in _NO_CHANGE)
            if not self.empty:
                said = progress.validation_errors(self._cloudformation, reason, ChangeSetName=made["Id"]) or [reason]
                named = self._which["StackName"]
                raise GeneratorError("\n".join(f"stack {named}: can't be changed: {line}" for line in said))
        pages = self._cloudformation.get_paginator("describe_change_set").paginate(**self._which)
        self.changes = [_parse_change(one["ResourceChange"]) for page in pages for one in page.get("Changes", ())]

    def _worked_out(self) -> dict[str, Any]:
        while True:
            found: dict[str, Any] = self._cloudformation.describe_change_set(**self._which)
            if found["Status"] in ("CREATE_COMPLETE", "FAILED"):
                return found
            progress.pause(self._cloudformation)

    def execute(self) -> None:
        """Start it; CloudFormation goes on by itself."""
        self._cloudformation.execute_change_set(**self._which)
        self.executed = True

    def discard(self) -> None:
        """Where it was not executed, delete it, and the stack that was made to hold it alone."""
        if self.executed:
            return
        there = stacks.find_stack(self._cloudformation, self._which["StackName"])
        if there is None:
            return
        self._worked_out()  # before that, it can't be deleted
        self._cloudformation.delete_change_set(**self._which)
        if self._new and self._is_empty(there.id):
            progress.delete_empty_stack(self._cloudformation, there)

    def _is_empty(self, stack: str) -> bool:
        """Whether the stack holds nothing still: somebody else may have proposed to the same one, or have begun."""
        there = stacks.find_stack(self._cloudformation, stack)
        if there is None or there.status != "REVIEW_IN_PROGRESS":
            return False
        return not self._cloudformation.list_change_sets(StackName=stack)["Summaries"]


@contextmanager
def open_change_set(cloudformation: Any, stack: str, request: Mapping[str, Any], *, new: bool) -> Iterator[ChangeSet]:
    """A change set by what `request` asks of CreateChangeSet; however this ends, nothing is left of it but its work."""
    change_set = ChangeSet(cloudformation, stack, new=new)
    try:
        change_set.create(request)
        yield change_set
    except BaseException:
        with suppress(Exception):  # what ended it is what matters
            change_set.discard()
        raise
    change_set.discard()


def template_key(template: bytes) -> str:
    """Where a template goes in the helper bucket that is too long to be sent along."""
    return f"code/{hashlib.sha256(template).hexdigest()}.json"


def _parse_change(told: Mapping[str, Any]) -> Change:
    targets = [detail["Target"] for detail in told.get("Details", ())]
    names = (target.get("Name") or target.get("Attribute", "") for target in targets)
    return Change(
        told["Action"],
        told["LogicalResourceId"],
        told["ResourceType"],
        told.get("Replacement", ""),
        tuple(dict.fromkeys(names)),
        told.get("PolicyAction", ""),
    )
