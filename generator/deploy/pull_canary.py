"""Call the puller of a deployed source: for a run, or for a trial, which is the canary of a pulled source.

Only the puller may read its secrets, so nobody else can ask in its place. A run is what the schedule starts too: it
reads on from the stored positions. A trial asks for a page of each stream, sends nothing and moves no position.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from generator.aws import Target
from generator.deploy import stacks
from generator.errors import GeneratorError, command_line
from lambdas.pulling.trial import MAX_EVENTS

PULLER = "Puller"
PATIENCE = 310
"""Seconds: a run takes as long as its function may. A second call would find the lease of the first."""
_PAUSE = 15.0
_WORDS = {
    "busy": "another run is asking the vendor at this moment",
    "paused": "the puller is paused, so nobody asks the vendor",
    "waiting": "the vendor wants to be asked later",
}


def run_puller(target: Target, source: str) -> Iterator[str]:
    """Call the puller, and yield a line of what came; GeneratorError where the vendor could not be asked."""
    report = _call(target.client("lambda", PATIENCE), _find_puller(target, source), {})
    if report["outcome"] != "asked":
        yield _WORDS.get(report["outcome"], str(report["outcome"]))
        return
    sent, known = report.get("sent", 0), report.get("duplicates", 0)
    events = "1 event is" if sent == 1 else f"{sent} events are"
    answered = f"{report['requests']} request{'' if report['requests'] == 1 else 's'}"
    yield f"the vendor answered {answered}: {events} sent, {known} {'was' if known == 1 else 'were'} before"
    if kept := report.get("kept", 0):
        became = "1 event became no message, and is" if kept == 1 else f"{kept} events became no message, and are"
        yield f"{became} kept: {command_line(f'rejected {source}')} shows why"


def run_pull_canary(target: Target, source: str, wait: Callable[[float], None] = time.sleep) -> Iterator[str]:
    """Have the puller try whether the vendor can be asked, and yield a line of each stream.

    A run that is under way is waited for. GeneratorError with the streams that could not be asked.
    """
    client, function = target.client("lambda", PATIENCE), _find_puller(target, source)
    report = _call(client, function, {"try": True})
    waited = 0.0
    while report["outcome"] == "busy" and waited < PATIENCE:
        wait(_PAUSE)
        waited += _PAUSE
        report = _call(client, function, {"try": True})
    if "streams" not in report:
        yield "the vendor was asked by a run: the deployed puller is of a version that does not know a trial"
        return
    if report["outcome"] in _WORDS and not report["requests"]:
        yield _WORDS[report["outcome"]]
        return
    for stream, count in report["streams"].items():
        yield f"{stream}: the vendor answered, with {_events_text(count)}"
    for stream, note in report["notes"].items():
        yield f"{stream}: {note}"
    if report["ended"]:
        yield f"further streams were not asked for: {report['ended']}"
    if failures := report["failures"]:
        refused = report["refused"]
        raise GeneratorError("\n".join(_failure(stream, why, refused) for stream, why in failures.items()))


def _events_text(count: int) -> str:
    if count >= MAX_EVENTS:
        return f"{MAX_EVENTS:,} events or more"
    return "no event" if count == 0 else f"{count:,} event{'' if count == 1 else 's'}"


def _failure(stream: str, why: str, refused: list[str]) -> str:
    return f"{stream}: {'the vendor refuses' if stream in refused else 'the vendor could not be asked'}: {why}"


def _find_puller(target: Target, source: str) -> str:
    stack, cloudformation = stacks.get_deployed_stack(target, source), target.client("cloudformation")
    names = {
        resource["LogicalResourceId"]: resource["PhysicalResourceId"]
        for resource in stacks.list_resources(cloudformation, stack)
    }
    if PULLER not in names:
        raise GeneratorError(f"stack {stack.name} has no puller: its state is {stack.status}")
    return str(names[PULLER])


def _call(client: Any, function: str, event: Mapping[str, Any]) -> dict[str, Any]:
    answer = client.invoke(FunctionName=function, Payload=json.dumps(event).encode())
    payload = json.loads(answer["Payload"].read() or b"null")
    if "FunctionError" in answer:
        message = payload.get("errorMessage") if isinstance(payload, dict) else None
        raise GeneratorError(f"the puller failed: {message or answer['FunctionError']}")
    if not isinstance(payload, dict) or "outcome" not in payload:
        raise GeneratorError("the puller answered nothing that it should")
    return payload
