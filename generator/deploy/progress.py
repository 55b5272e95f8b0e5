"""A stack's events while CloudFormation works on it, and why a change failed."""

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
"""Between two requests: CloudFormation throttles clients that ask more often, and an emulator does not."""
_CANCELLED = ("Resource creation cancelled", "Resource update cancelled", "Resource deletion cancelled")


class Event(NamedTuple):
    """An event of a resource, or of the stack itself (`of_stack`)."""

    time: datetime
    status: str
    logical_id: str
    type: str
    reason: str
    of_stack: bool


def latest_event_id(cloudformation: Any, stack: str) -> str:
    """Return the id of the newest event, to follow the later ones."""
    return str(cloudformation.describe_stack_events(StackName=stack)["StackEvents"][0]["EventId"])


def follow_events(cloudformation: Any, stack: str, after: str) -> Iterator[Event]:
    """Yield the events of the stack with this id after an event, as they happen, until the change has ended."""
    seen_ids, ended = {after}, False
    while True:
        stack_now = find_stack(cloudformation, stack)  # before its events, so that the last events are read too
        for description in _events_after(cloudformation, stack, after):
            if description["EventId"] not in seen_ids:
                seen_ids.add(description["EventId"])
                event = _parse_event(description, stack)
                if event.of_stack:
                    ended = not event.status.endswith("_IN_PROGRESS")
                yield event
        # A failed change may be about to be rolled back. An empty stack may be deleted without an event.
        if stack_now is None or stack_now.status == "DELETE_COMPLETE" or (ended and not stack_now.in_progress):
            return
        pause(cloudformation)


def _parse_event(description: Mapping[str, Any], stack: str) -> Event:
    reason, of_stack = description.get("ResourceStatusReason") or "", description.get("PhysicalResourceId") == stack
    identity = description["ResourceStatus"], description["LogicalResourceId"], description["ResourceType"]
    return Event(description["Timestamp"], *identity, reason, of_stack)


def _events_after(cloudformation: Any, stack: str, after: str) -> list[dict[str, Any]]:
    """Return the events after one, oldest first."""
    pages = cloudformation.get_paginator("describe_stack_events").paginate(StackName=stack)
    newest_first = (event for page in pages for event in page["StackEvents"])
    return list(takewhile(lambda event: event["EventId"] != after, newest_first))[::-1]


def pause(client: Any) -> None:
    """Wait before the next request."""
    on_this_machine = urlsplit(client.meta.endpoint_url).hostname in ("localhost", "127.0.0.1")
    time.sleep(LOCAL_POLL_SECONDS if on_this_machine else POLL_SECONDS)


def wait_until_settled(cloudformation: Any, stack: Stack) -> Stack:
    """Wait until no change of the stack is in progress, and return the stack."""
    current: Stack | None = stack
    while current and current.in_progress:
        pause(cloudformation)
        current = find_stack(cloudformation, stack.id)
    return current or stack


def failure_causes(cloudformation: Any, stack: str, events: Sequence[Event]) -> list[str]:
    """Return why a change failed, first causes first, without resources that were only cancelled because of these."""
    failed = [event for event in events if event.status.endswith("_FAILED") and event.reason]
    root_causes = [
        f"{event.logical_id}: {event.reason}"
        for event in failed
        if not event.of_stack and not event.reason.startswith(_CANCELLED)
    ]
    if root_causes or not failed:
        return root_causes
    return validation_errors(cloudformation, failed[0].reason, StackName=stack) or [failed[0].reason]


def failure_message(stack: Stack, action: str, status: str, causes: Sequence[str]) -> str:
    """Return a message on an action that failed and ended in a status: the causes, and the stack's state now."""
    included = ", queue and endpoint included" if "EndpointUrl" in stack.outputs else ""
    outcome = {
        "UPDATE_ROLLBACK_COMPLETE": f"it was rolled back, and is as before{included}",
        "ROLLBACK_COMPLETE": "what was made is deleted again; the next `deploy` removes the rest and starts anew",
    }.get(status, f"it is in {status} now, and the next `deploy` says what to do")
    return "\n".join([f"stack {stack.name}: {action} failed", *causes, outcome])


def validation_errors(cloudformation: Any, reason: str, **identifiers: str) -> list[str]:
    """Return the errors that CloudFormation found before it made anything, where the reason only refers to them.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/validate-stack-deployments.html
    """
    if "DescribeEvents" not in reason:
        return []
    try:
        events = cloudformation.describe_events(Filters={"FailedEvents": True}, **identifiers)["OperationEvents"]
    except cloudformation.exceptions.ClientError:  # roles of earlier pipelines lack this permission
        return []
    errors = [(event.get("LogicalResourceId"), event.get("ValidationStatusReason")) for event in events]
    return [f"{logical_id}: {error}" if logical_id else error for logical_id, error in errors if error]


def delete_empty_stack(cloudformation: Any, stack: Stack, **options: str) -> None:
    """Delete an empty stack, and wait for the end."""
    after = latest_event_id(cloudformation, stack.id)
    cloudformation.delete_stack(StackName=stack.id, **options)
    events = list(follow_events(cloudformation, stack.id, after))
    remaining = find_stack(cloudformation, stack.id)
    if remaining and remaining.status != "DELETE_COMPLETE":
        reasons = "; ".join(failure_causes(cloudformation, stack.id, events))
        raise GeneratorError(f"stack {stack.name}: can't be deleted: {reasons}")
