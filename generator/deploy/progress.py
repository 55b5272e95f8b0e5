"""What happens to a stack, as it happens, and why it failed."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from itertools import takewhile
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from generator.deploy.stacks import Stack, find_stack
from generator.errors import GeneratorError

POLL_SECONDS, LOCAL_POLL_SECONDS = 2.0, 0.1
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


def latest_event_id(cloudformation: Any, stack: str) -> str:
    """The newest event, to follow what comes after it."""
    return str(cloudformation.describe_stack_events(StackName=stack)["StackEvents"][0]["EventId"])


def follow_events(cloudformation: Any, stack: str, after: str) -> Iterator[Event]:
    """What happens to the stack of an id after an event, as it happens and until nothing more does."""
    seen, ended = {after}, False
    while True:
        found = find_stack(cloudformation, stack)  # before its events, so that the last of them are read too
        for event in _events_after(cloudformation, stack, after):
            if event["EventId"] not in seen:
                seen.add(event["EventId"])
                one = _parse_event(event, stack)
                if one.of_stack:
                    ended = not one.status.endswith("_IN_PROGRESS")
                yield one
        # What failed may be about to be rolled back. A stack that held nothing may go without an event.
        if found is None or found.status == "DELETE_COMPLETE" or (ended and not found.in_progress):
            return
        pause(cloudformation)


def _parse_event(told: Mapping[str, Any], stack: str) -> Event:
    reason, of_stack = told.get("ResourceStatusReason") or "", told.get("PhysicalResourceId") == stack
    its = told["ResourceStatus"], told["LogicalResourceId"], told["ResourceType"]
    return Event(told["Timestamp"], *its, reason, of_stack)


def _events_after(cloudformation: Any, stack: str, after: str) -> list[dict[str, Any]]:
    """The events after one, oldest first."""
    pages = cloudformation.get_paginator("describe_stack_events").paginate(StackName=stack)
    newest_first = (event for page in pages for event in page["StackEvents"])
    return list(takewhile(lambda event: event["EventId"] != after, newest_first))[::-1]


def pause(client: Any) -> None:
    """Wait a little before asking again."""
    here = urlsplit(client.meta.endpoint_url).hostname in ("localhost", "127.0.0.1")
    time.sleep(LOCAL_POLL_SECONDS if here else POLL_SECONDS)


def wait_until_settled(cloudformation: Any, stack: Stack) -> Stack:
    """The stack, once nothing is under way any more."""
    found: Stack | None = stack
    while found and found.in_progress:
        pause(cloudformation)
        found = find_stack(cloudformation, stack.id)
    return found or stack


def failure_causes(cloudformation: Any, stack: str, events: Sequence[Event]) -> list[str]:
    """Why it failed, first causes first: not what was only cancelled because of them."""
    failed = [event for event in events if event.status.endswith("_FAILED") and event.reason]
    first = [
        f"{event.logical_id}: {event.reason}"
        for event in failed
        if not event.of_stack and not event.reason.startswith(_CANCELLED)
    ]
    if first or not failed:
        return first
    return validation_errors(cloudformation, failed[0].reason, StackName=stack) or [failed[0].reason]


def failure_message(stack: Stack, what: str, status: str, causes: Sequence[str]) -> str:
    """What to say of something that failed and ended in a state: why, and what is there now."""
    included = ", queue and endpoint included" if "EndpointUrl" in stack.outputs else ""
    there = {
        "UPDATE_ROLLBACK_COMPLETE": f"it was rolled back, and is as before{included}",
        "ROLLBACK_COMPLETE": "what was made is deleted again; the next `deploy` removes the rest and starts anew",
    }.get(status, f"it is in {status} now, and the next `deploy` says what to do")
    return "\n".join([f"stack {stack.name}: {what} failed", *causes, there])


def validation_errors(cloudformation: Any, reason: str, **which: str) -> list[str]:
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


def delete_empty_stack(cloudformation: Any, stack: Stack, **more: str) -> None:
    """Delete a stack that holds nothing, and wait for it."""
    after = latest_event_id(cloudformation, stack.id)
    cloudformation.delete_stack(StackName=stack.id, **more)
    events = list(follow_events(cloudformation, stack.id, after))
    left = find_stack(cloudformation, stack.id)
    if left and left.status != "DELETE_COMPLETE":
        said = "; ".join(failure_causes(cloudformation, stack.id, events))
        raise GeneratorError(f"stack {stack.name}: can't be deleted: {said}")
