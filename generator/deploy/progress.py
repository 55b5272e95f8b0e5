"""What happens to a stack, as it happens, and why it failed."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from itertools import takewhile
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from generator.deploy.stacks import Stack, find
from generator.errors import GeneratorError

SECONDS, LOCAL_SECONDS = 2.0, 0.1
"""Between two looks: CloudFormation throttles who asks more often, and an emulator nobody."""
_CANCELLED = ("Resource creation cancelled", "Resource update cancelled", "Resource deletion cancelled")


class Event(NamedTuple):
    """Something that happened to a resource, or to the stack itself."""

    time: datetime
    status: str
    logical_id: str
    type: str
    reason: str
    of_stack: bool


def mark(cloudformation: Any, stack: str) -> str:
    """The newest event, to follow what comes after it."""
    return str(cloudformation.describe_stack_events(StackName=stack)["StackEvents"][0]["EventId"])


def follow(cloudformation: Any, stack: str, after: str) -> Iterator[Event]:
    """What happens to the stack of an id after an event, as it happens and until nothing more does."""
    seen, ended = {after}, False
    while True:
        found = find(cloudformation, stack)  # before its events, so that the last of them are read too
        for event in _since(cloudformation, stack, after):
            if event["EventId"] not in seen:
                seen.add(event["EventId"])
                one = _event(event, stack)
                if one.of_stack:
                    ended = not one.status.endswith("_IN_PROGRESS")
                yield one
        # What failed may be about to be rolled back. A stack that held nothing may go without an event.
        if found is None or found.status == "DELETE_COMPLETE" or (ended and not found.under_way):
            return
        pause(cloudformation)


def _event(told: Mapping[str, Any], stack: str) -> Event:
    reason, of_stack = told.get("ResourceStatusReason") or "", told.get("PhysicalResourceId") == stack
    its = told["ResourceStatus"], told["LogicalResourceId"], told["ResourceType"]
    return Event(told["Timestamp"], *its, reason, of_stack)


def _since(cloudformation: Any, stack: str, after: str) -> list[dict[str, Any]]:
    """The events after one, oldest first."""
    pages = cloudformation.get_paginator("describe_stack_events").paginate(StackName=stack)
    newest_first = (event for page in pages for event in page["StackEvents"])
    return list(takewhile(lambda event: event["EventId"] != after, newest_first))[::-1]


def pause(client: Any) -> None:
    """Wait a little before asking again."""
    here = urlsplit(client.meta.endpoint_url).hostname in ("localhost", "127.0.0.1")
    time.sleep(LOCAL_SECONDS if here else SECONDS)


def settled(cloudformation: Any, stack: Stack) -> Stack:
    """The stack, once nothing is under way any more."""
    found: Stack | None = stack
    while found and found.under_way:
        pause(cloudformation)
        found = find(cloudformation, stack.id)
    return found or stack


def causes(cloudformation: Any, stack: str, events: Sequence[Event]) -> list[str]:
    """Why it failed, first causes first: not what was only cancelled because of them."""
    failed = [event for event in events if event.status.endswith("_FAILED") and event.reason]
    first = [
        f"{event.logical_id}: {event.reason}"
        for event in failed
        if not event.of_stack and not event.reason.startswith(_CANCELLED)
    ]
    if first or not failed:
        return first
    return validated(cloudformation, failed[0].reason, StackName=stack) or [failed[0].reason]


def failure(stack: Stack, what: str, status: str, causes: Sequence[str]) -> str:
    """What to say of something that failed and ended in a state: why, and what is there now."""
    included = ", queue and endpoint included" if "EndpointUrl" in stack.outputs else ""
    there = {
        "UPDATE_ROLLBACK_COMPLETE": f"it was rolled back, and is as before{included}",
        "ROLLBACK_COMPLETE": "what was made is deleted again; the next `deploy` removes the rest and starts anew",
    }.get(status, f"it is in {status} now, and the next `deploy` says what to do")
    return "\n".join([f"stack {stack.name}: {what} failed", *causes, there])


def validated(cloudformation: Any, reason: str, **which: str) -> list[str]:
    """What was found wrong before anything was made, where the reason is only that something was.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/validate-stack-deployments.html
    """
    if "DescribeEvents" not in reason:
        return []
    try:
        events = cloudformation.describe_events(Filters={"FailedEvents": True}, **which)["OperationEvents"]
    except cloudformation.exceptions.ClientError:  # a permission that came later than the others
        return []
    found = [(event.get("LogicalResourceId"), event.get("ValidationStatusReason")) for event in events]
    return [f"{logical_id}: {said}" if logical_id else said for logical_id, said in found if said]


def delete(cloudformation: Any, stack: Stack, **more: str) -> None:
    """Delete a stack that holds nothing, and wait for it."""
    after = mark(cloudformation, stack.id)
    cloudformation.delete_stack(StackName=stack.id, **more)
    events = list(follow(cloudformation, stack.id, after))
    left = find(cloudformation, stack.id)
    if left and left.status != "DELETE_COMPLETE":
        said = "; ".join(causes(cloudformation, stack.id, events))
        raise GeneratorError(f"stack {stack.name}: can't be deleted: {said}")
