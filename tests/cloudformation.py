"""CloudFormation in memory, as far as a deployment sees it; what it is to do next is lined up."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

from botocore.exceptions import ClientError

ACCOUNT = "123456789012"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/execution"
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
TAGS = {"Project": "MozDef-EF", "Service": "zoom", "Environment": "dev"}
OUTPUTS = {
    "EndpointUrl": "https://api1.execute-api.us-west-2.amazonaws.com/events",
    "EventsQueueUrl": f"https://sqs.us-west-2.amazonaws.com/{ACCOUNT}/MozDef-EF-zoom-dev-Events-1",
    "SecretParameters": "/MozDef-EF/zoom/dev/auth_token",
}
ADDED = {"Action": "Add", "LogicalResourceId": "Events", "ResourceType": "AWS::SQS::Queue"}
CHANGED = {
    "Action": "Modify",
    "LogicalResourceId": "Webhook",
    "ResourceType": "AWS::Lambda::Function",
    "Replacement": "False",
    "Details": [
        {"Target": {"Attribute": "Properties", "Name": "Code"}},
        {"Target": {"Attribute": "Properties", "Name": "Code"}},
        {"Target": {"Attribute": "Tags"}},
    ],
}


def refusal(said: str, code: str = "ValidationError", operation: str = "DescribeStacks") -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": said}}, operation)


class CloudFormation:
    """`changes` of the next change set, or its `reason` to fail; `outcome`: what happens then, and the stack's end."""

    meta = SimpleNamespace(endpoint_url="http://127.0.0.1:9")
    exceptions = SimpleNamespace(ClientError=ClientError)

    def __init__(self) -> None:
        self.stacks: dict[str, dict[str, Any]] = {}
        self.events: dict[str, list[dict[str, Any]]] = {}
        self.shown: dict[str, int] = {}
        self.change_sets: dict[str, dict[str, Any]] = {}
        self.resources: dict[str, list[dict[str, Any]]] = {}
        self.templates: dict[str, Any] = {}
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self.changes = [ADDED, CHANGED]
        self.reason = ""
        self.outcome: list[tuple[str, str, str]] = []
        self.end: str | None = None
        self.found_invalid: list[dict[str, str]] | ClientError = []
        self.interrupt_at: str | None = None

    def holds(self, status: str, name: str = "MozDef-EF-zoom-dev", **more: Any) -> dict[str, Any]:
        """A stack that is there, in a state."""
        stack_id = f"arn:aws:cloudformation:us-west-2:{ACCOUNT}:stack/{name}/{len(self.events)}"
        told = {"StackName": name, "StackId": stack_id, "StackStatus": status, "CreationTime": NOON}
        stack = {**told, "Tags": _pairs(TAGS, "Key", "Value"), "Outputs": _pairs(OUTPUTS, "OutputKey", "OutputValue")}
        self.stacks[name] = {**stack, **more}
        self.events[stack_id] = []
        self._happens(self.stacks[name], status)
        self.shown[stack_id] = 1
        return self.stacks[name]

    def named(self, call: str) -> list[dict[str, Any]]:
        """What was asked in each of these calls."""
        return [asked for name, asked in self.calls if name == call]

    def _happens(self, stack: dict[str, Any], status: str, of: str = "", why: str = "") -> None:
        events = self.events[stack["StackId"]]
        told = {"EventId": f"e{len(events)}", "Timestamp": NOON, "ResourceStatus": status, "ResourceStatusReason": why}
        its = {"LogicalResourceId": of or stack["StackName"], "PhysicalResourceId": of or stack["StackId"]}
        events.append({**told, **its, "ResourceType": "AWS::Any::Thing"})

    def _stack(self, name: str) -> dict[str, Any]:
        """By its name, or where it was deleted too, by its id."""
        for stack in self.stacks.values():
            if name == stack["StackId"] or (name == stack["StackName"] and stack["StackStatus"] != "DELETE_COMPLETE"):
                return stack
        raise refusal(f"Stack with id {name} does not exist")

    def _called(self, call: str, asked: dict[str, Any]) -> None:
        self.calls.append((call, asked))
        if self.interrupt_at == call:
            self.interrupt_at = None
            raise KeyboardInterrupt

    def describe_stacks(self, **asked: Any) -> dict[str, Any]:
        self._called("describe_stacks", asked)
        return {"Stacks": [dict(self._stack(asked["StackName"]))]}

    def list_stacks(self) -> dict[str, Any]:
        return {"StackSummaries": list(self.stacks.values())}

    def describe_stack_resources(self, **asked: Any) -> dict[str, Any]:
        return {"StackResources": self.resources.get(self._stack(asked["StackName"])["StackName"], [])}

    def get_template(self, **asked: Any) -> dict[str, Any]:
        return {"TemplateBody": self.templates.get(self._stack(asked["StackName"])["StackName"], {})}

    def describe_stack_events(self, **asked: Any) -> dict[str, Any]:
        """One more at each look, newest first; when the last is shown, the stack is in its end."""
        self._called("describe_stack_events", asked)
        stack = self._stack(asked["StackName"])
        events, shown = self.events[stack["StackId"]], self.shown[stack["StackId"]]
        self.shown[stack["StackId"]] = min(shown + 1, len(events))
        if shown == len(events):
            stack["StackStatus"] = events[-1]["ResourceStatus"]
        return {"StackEvents": events[:shown][::-1]}

    def describe_events(self, **asked: Any) -> dict[str, Any]:
        self._called("describe_events", asked)
        if isinstance(self.found_invalid, ClientError):
            raise self.found_invalid
        return {"OperationEvents": self.found_invalid}

    def create_change_set(self, **asked: Any) -> dict[str, Any]:
        name = asked["StackName"]
        gone = self.stacks.get(name, {"StackStatus": "DELETE_COMPLETE"})["StackStatus"] == "DELETE_COMPLETE"
        if asked["ChangeSetType"] == "CREATE" and gone:
            self.holds("REVIEW_IN_PROGRESS", name, Tags=asked["Tags"], Outputs=[])
        self.change_sets[asked["ChangeSetName"]] = {**asked, "looks": 0}
        self._called("create_change_set", asked)
        return {"Id": "arn:change-set", "StackId": self._stack(name)["StackId"]}

    def describe_change_set(self, **asked: Any) -> dict[str, Any]:
        self._called("describe_change_set", asked)
        change_set = self.change_sets[asked["ChangeSetName"]]
        change_set["looks"] += 1
        if change_set["looks"] == 1:
            return {"Status": "CREATE_IN_PROGRESS"}
        status = "FAILED" if self.reason else "CREATE_COMPLETE"
        return {"Status": status, "StatusReason": self.reason}

    def execute_change_set(self, **asked: Any) -> None:
        self._called("execute_change_set", asked)
        change_set = self.change_sets.pop(asked["ChangeSetName"])
        stack = self._stack(asked["StackName"])
        verb = change_set["ChangeSetType"]
        stack["StackStatus"] = f"{verb}_IN_PROGRESS"
        values = {one["ParameterKey"]: one for one in change_set["Parameters"] if "ParameterValue" in one}
        stack["Parameters"] = [*values.values()]
        stack["Outputs"] = _pairs(OUTPUTS, "OutputKey", "OutputValue")
        self._lined_up(stack, f"{verb}_IN_PROGRESS", f"{verb}_COMPLETE")

    def continue_update_rollback(self, **asked: Any) -> None:
        self._called("continue_update_rollback", asked)
        self._lined_up(self._stack(asked["StackName"]), "UPDATE_ROLLBACK_IN_PROGRESS", "UPDATE_ROLLBACK_COMPLETE")

    def delete_stack(self, **asked: Any) -> None:
        self._called("delete_stack", asked)
        stack = self._stack(asked["StackName"])
        stack["StackStatus"] = "DELETE_IN_PROGRESS"
        self._lined_up(stack, "DELETE_IN_PROGRESS", "DELETE_COMPLETE")

    def _lined_up(self, stack: dict[str, Any], first: str, last: str) -> None:
        stack["StackStatus"] = first
        self._happens(stack, first)
        for status, of, why in self.outcome:
            self._happens(stack, status, of, why)
        self._happens(stack, self.end or last)
        self.outcome, self.end = [], None

    def delete_change_set(self, **asked: Any) -> None:
        self._called("delete_change_set", asked)
        self.change_sets.pop(asked["ChangeSetName"], None)

    def list_change_sets(self, **asked: Any) -> dict[str, Any]:
        self._called("list_change_sets", asked)
        return {"Summaries": [{"ChangeSetName": name} for name in self.change_sets]}

    def get_paginator(self, call: str) -> Any:
        """Pages of two."""

        def paginate(**asked: Any) -> Iterator[dict[str, Any]]:
            answer = getattr(self, call)(**asked)
            if call == "describe_change_set":
                answer["Changes"] = [] if self.reason else [{"ResourceChange": one} for one in self.changes]
            keys = {"describe_change_set": "Changes", "list_stacks": "StackSummaries"}
            key = keys.get(call, "StackEvents")
            for start in range(0, max(len(answer[key]), 1), 2):
                yield {**answer, key: answer[key][start : start + 2]}

        return SimpleNamespace(paginate=paginate)


def _pairs(values: dict[str, str], key: str, value: str) -> list[dict[str, str]]:
    return [{key: name, value: told} for name, told in values.items()]
