"""Invoke a source's redrive function: preview or send rejected objects, and sweep unsent ones."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from botocore.exceptions import ClientError

from generator.errors import GeneratorError
from generator.operate.kept_events import FOREIGN, SourceResources

CHUNK = 10
"""Objects of one call, which takes some seconds at most; an interruption leaves so many undone."""
PATIENCE = 150
"""Seconds to wait for an answer: the function may run for 120, and a second call would send twice."""
PAUSES = (1, 2, 5, 10, 20, 40, 60)
"""Seconds before each further try while the function is busy: together longer than it may run."""


def invoke_redrive(
    functions: Any, resources: SourceResources, action: str, keys: Sequence[str], wait: Callable[[float], None]
) -> list[dict[str, Any]]:
    """Return the redrive function's result for each object; `action` is `preview` or `send`.

    The function runs once at a time: while it is busy, `wait` is called with the seconds to pause. Objects for which
    it had no time are asked for again.
    """
    results: list[dict[str, Any]] = []
    remaining = list(keys)
    while remaining:
        answer = invoke(functions, resources.function, {action: remaining}, wait)["results"]
        results += [result for result in answer if not result.get("left")]
        left = [result["key"] for result in answer if result.get("left")]
        if len(left) == len(remaining):
            raise GeneratorError(f"{resources.function} had no time for {left[0]}; its log says what took so long")
        remaining = left
    return results


def invoke_sweep(functions: Any, function: str, wait: Callable[[float], None]) -> Counter[str]:
    """Send unsent messages until none is left or the queue takes no more; return counts such as `sent` and `left`."""
    counts: Counter[str] = Counter()
    while True:
        swept = Counter(invoke(functions, function, {}, wait))
        counts += swept
        if swept["left"] or not swept["sent"]:
            return counts


def invoke(functions: Any, function: str, payload: Mapping[str, Any], wait: Callable[[float], None]) -> Any:
    """Return the function's answer; GeneratorError where it ends with an error."""
    response = _invoke_when_free(functions, function, payload, wait)
    answer = json.loads(response["Payload"].read())
    if error := response.get("FunctionError"):
        reason = answer.get("errorMessage", "") if isinstance(answer, Mapping) else ""
        raise GeneratorError(f"{function} failed ({error}): {reason or 'its log says why'}")
    return answer


def _invoke_when_free(functions: Any, function: str, payload: Mapping[str, Any], wait: Callable[[float], None]) -> Any:
    for pause in (0, *PAUSES):
        if pause:
            wait(pause)
        try:
            return functions.invoke(FunctionName=function, Payload=json.dumps(payload))
        except ClientError as error:
            if error.response["Error"]["Code"] != "TooManyRequestsException":
                raise
    raise GeneratorError(
        f"{function} has been busy for {sum(PAUSES)} seconds (the scheduled sweep, or another redrive). "
        "Nothing is lost; run the command again"
    )


def outcome_label(result: Mapping[str, Any]) -> str:
    """Return in words what happened to a request: it was sent, or left out since nothing in it passes."""
    if result.get("gone"):
        return "sent by somebody else"
    if result.get("foreign"):
        return FOREIGN
    if result.get("pending"):
        return "being sent by somebody else"
    is_sent = result.get("sent") or result.get("unsent")
    if result["fails"]:
        return "sent in part" if is_sent else "still failing"
    if result.get("unsent"):
        return "waiting to be sent"
    return "sent" if is_sent else "sent before"
