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


def refusal(message: str, code: str = "ValidationError", operation: str = "DescribeStacks") -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": message}}, operation)


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
        self.validation_errors: list[dict[str, str]] | ClientError = []
        self.interrupt_at: str | None = None

    def add_stack(self, status: str, name: str = "MozDef-EF-zoom-dev", **more: Any) -> dict[str, Any]:
        """A stack that is there, in a state."""
        stack_id = f"arn:aws:cloudformation:us-west-2:{ACCOUNT}:stack/{name}/{len(self.events)}"
        identity = {"StackName": name, "StackId": stack_id, "StackStatus": status, "CreationTime": NOON}
        stack = {
            **identity,
            "Tags": _pairs(TAGS, "Key", "Value"),
            "Outputs": _pairs(OUTPUTS, "OutputKey", "OutputValue"),
        }
        self.stacks[name] = {**stack, **more}
        self.events[stack_id] = []
        self._add_event(self.stacks[name], status)
        self.shown[stack_id] = 1
        return self.stacks[name]

    def requests_of(self, call: str) -> list[dict[str, Any]]:
        """What was asked in each of these calls."""
        return [request for name, request in self.calls if name == call]

    def _add_event(self, stack: dict[str, Any], status: str, of: str = "", why: str = "") -> None:
        events = self.events[stack["StackId"]]
        event = {"EventId": f"e{len(events)}", "Timestamp": NOON, "ResourceStatus": status, "ResourceStatusReason": why}
        resource = {"LogicalResourceId": of or stack["StackName"], "PhysicalResourceId": of or stack["StackId"]}
        events.append({**event, **resource, "ResourceType": "AWS::Any::Thing"})

    def _stack(self, name: str) -> dict[str, Any]:
        """By its name, or where it was deleted too, by its id."""
        for stack in self.stacks.values():
            if name == stack["StackId"] or (name == stack["StackName"] and stack["StackStatus"] != "DELETE_COMPLETE"):
                return stack
        raise refusal(f"Stack with id {name} does not exist")

    def _record_call(self, call: str, request: dict[str, Any]) -> None:
        self.calls.append((call, request))
        if self.interrupt_at == call:
            self.interrupt_at = None
            raise KeyboardInterrupt

    def describe_stacks(self, **request: Any) -> dict[str, Any]:
        self._record_call("describe_stacks", request)
        return {"Stacks": [dict(self._stack(request["StackName"]))]}

    def list_stacks(self) -> dict[str, Any]:
        return {"StackSummaries": list(self.stacks.values())}

    def describe_stack_resources(self, **request: Any) -> dict[str, Any]:
        self._record_call("describe_stack_resources", request)
        return {"StackResources": self.resources.get(self._stack(request["StackName"])["StackName"], [])}

    def get_template(self, **request: Any) -> dict[str, Any]:
        return {"TemplateBody": self.templates.get(self._stack(request["StackName"])["StackName"], {})}

    def describe_stack_events(self, **request: Any) -> dict[str, Any]:
        """One more at each look, newest first; when the last is shown, the stack is in its end."""
        self._record_call("describe_stack_events", request)
        stack = self._stack(request["StackName"])
        events, shown = self.events[stack["StackId"]], self.shown[stack["StackId"]]
        self.shown[stack["StackId"]] = min(shown + 1, len(events))
        if shown == len(events):
            stack["StackStatus"] = events[-1]["ResourceStatus"]
        return {"StackEvents": events[:shown][::-1]}

    def describe_events(self, **request: Any) -> dict[str, Any]:
        self._record_call("describe_events", request)
        if isinstance(self.validation_errors, ClientError):
            raise self.validation_errors
        return {"OperationEvents": self.validation_errors}

    def create_change_set(self, **request: Any) -> dict[str, Any]:
        name = request["StackName"]
        gone = self.stacks.get(name, {"StackStatus": "DELETE_COMPLETE"})["StackStatus"] == "DELETE_COMPLETE"
        if request["ChangeSetType"] == "CREATE" and gone:
            self.add_stack("REVIEW_IN_PROGRESS", name, Tags=request["Tags"], Outputs=[])
        self.change_sets[request["ChangeSetName"]] = {**request, "looks": 0}
        self._record_call("create_change_set", request)
        return {"Id": "arn:change-set", "StackId": self._stack(name)["StackId"]}

    def describe_change_set(self, **request: Any) -> dict[str, Any]:
        self._record_call("describe_change_set", request)
        change_set = self.change_sets[request["ChangeSetName"]]
        change_set["looks"] += 1
        if change_set["looks"] == 1:
            return {"Status": "CREATE_IN_PROGRESS"}
        status = "FAILED" if self.reason else "CREATE_COMPLETE"
        return {"Status": status, "StatusReason": self.reason}

    def execute_change_set(self, **request: Any) -> None:
        self._record_call("execute_change_set", request)
        change_set = self.change_sets.pop(request["ChangeSetName"])
        stack = self._stack(request["StackName"])
        verb = change_set["ChangeSetType"]
        stack["StackStatus"] = f"{verb}_IN_PROGRESS"
        values = {
            parameter["ParameterKey"]: parameter
            for parameter in change_set["Parameters"]
            if "ParameterValue" in parameter
        }
        stack["Parameters"] = [*values.values()]
        stack["Outputs"] = _pairs(OUTPUTS, "OutputKey", "OutputValue")
        self._play_events(stack, f"{verb}_IN_PROGRESS", f"{verb}_COMPLETE")

    def continue_update_rollback(self, **request: Any) -> None:
        self._record_call("continue_update_rollback", request)
        self._play_events(self._stack(request["StackName"]), "UPDATE_ROLLBACK_IN_PROGRESS", "UPDATE_ROLLBACK_COMPLETE")

    def delete_stack(self, **request: Any) -> None:
        self._record_call("delete_stack", request)
        stack = self._stack(request["StackName"])
        stack["StackStatus"] = "DELETE_IN_PROGRESS"
        self._play_events(stack, "DELETE_IN_PROGRESS", "DELETE_COMPLETE")

    def _play_events(self, stack: dict[str, Any], first: str, last: str) -> None:
        stack["StackStatus"] = first
        self._add_event(stack, first)
        for status, of, why in self.outcome:
            self._add_event(stack, status, of, why)
        self._add_event(stack, self.end or last)
        self.outcome, self.end = [], None

    def delete_change_set(self, **request: Any) -> None:
        self._record_call("delete_change_set", request)
        self.change_sets.pop(request["ChangeSetName"], None)

    def list_change_sets(self, **request: Any) -> dict[str, Any]:
        self._record_call("list_change_sets", request)
        return {"Summaries": [{"ChangeSetName": name} for name in self.change_sets]}

    def get_paginator(self, call: str) -> Any:
        """Pages of two."""

        def paginate(**request: Any) -> Iterator[dict[str, Any]]:
            answer = getattr(self, call)(**request)
            if call == "describe_change_set":
                answer["Changes"] = [] if self.reason else [{"ResourceChange": change} for change in self.changes]
            keys = {"describe_change_set": "Changes", "list_stacks": "StackSummaries"}
            key = keys.get(call, "StackEvents")
            for start in range(0, max(len(answer[key]), 1), 2):
                yield {**answer, key: answer[key][start : start + 2]}

        return SimpleNamespace(paginate=paginate)


def _pairs(values: dict[str, str], key: str, value: str) -> list[dict[str, str]]:
    return [{key: name, value: text} for name, text in values.items()]
