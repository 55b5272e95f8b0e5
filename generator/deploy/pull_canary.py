"""The canary of a pulled source: its puller is called once, and says whether the vendor answers.

Only the puller may read its secrets, so nobody else can ask in its place. A run is what the schedule starts too: it
reads on from the stored positions.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from generator.aws import Target
from generator.deploy import stacks
from generator.errors import GeneratorError

PULLER = "Puller"
PATIENCE = 310
"""Seconds: a run takes as long as its function may."""
_WORDS = {
    "busy": "another run is asking the vendor at this moment",
    "paused": "the puller is paused, so nobody asks the vendor",
    "waiting": "the vendor wants to be asked later",
}


def run_pull_canary(target: Target, source: str) -> Iterator[str]:
    """Call the puller, and yield a line of what came; GeneratorError where the vendor could not be asked."""
    stack, cloudformation = stacks.get_deployed_stack(target, source), target.client("cloudformation")
    names = {
        resource["LogicalResourceId"]: resource["PhysicalResourceId"]
        for resource in stacks.list_resources(cloudformation, stack)
    }
    if PULLER not in names:
        raise GeneratorError(f"stack {stack.name} has no puller: its state is {stack.status}")
    # A second call would find the lease of the first, and say no more than that.
    report = _call(target.client("lambda", PATIENCE), names[PULLER])
    if report["outcome"] != "asked":
        yield _WORDS.get(report["outcome"], str(report["outcome"]))
        return
    sent, known = report.get("sent", 0), report.get("duplicates", 0)
    yield f"the vendor answered {report['requests']} requests: {sent} events are on the queue, {known} were before"
    if kept := report.get("kept", 0):
        yield f"{kept} events became no message, and are kept: python -m generator rejected {source} shows why"


def _call(client: Any, function: str) -> dict[str, Any]:
    answer = client.invoke(FunctionName=function, Payload=b"{}")
    payload = json.loads(answer["Payload"].read() or b"null")
    if "FunctionError" in answer:
        message = payload.get("errorMessage") if isinstance(payload, dict) else None
        raise GeneratorError(f"the puller failed: {message or answer['FunctionError']}")
    if not isinstance(payload, dict) or "outcome" not in payload:
        raise GeneratorError("the puller answered nothing that it should")
    return payload
