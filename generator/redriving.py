"""The deployed function that brings kept events back, as a command calls it."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from botocore.exceptions import ClientError

from generator.errors import GeneratorError
from generator.kept_events import FOREIGN, Stack

CHUNK = 10
"""Objects that one call looks at, or sends: some seconds at most, and what an interruption leaves undone."""
PATIENCE = 150
"""Seconds that an answer is waited for: the function has 120, and what is asked twice is sent twice."""
PAUSES = (1, 2, 5, 10, 20, 40, 60)
"""Seconds before each further try of a function that is at work for somebody else: longer than it can be."""


def invoked(
    functions: Any, stack: Stack, what: str, keys: Sequence[str], wait: Callable[[float], None]
) -> list[dict[str, Any]]:
    """What the deployed code makes of these objects: `preview` or `send`.

    It does one thing at a time: `wait` is called with the seconds for which to leave it to somebody else. What it had
    no time for is asked again.
    """
    results: list[dict[str, Any]] = []
    waiting = list(keys)
    while waiting:
        answered = _answer(functions, stack.function, {what: waiting}, wait)["results"]
        results += [result for result in answered if not result.get("left")]
        left = [result["key"] for result in answered if result.get("left")]
        if len(left) == len(waiting):
            raise GeneratorError(f"{stack.function} had no time for {left[0]}: its log says what took so long")
        waiting = left
    return results


def sweep(functions: Any, function: str, wait: Callable[[float], None]) -> Counter[str]:
    """Have what waits sent, until nothing does or the queue takes no more: how many were `sent`, `left` and so on."""
    counts: Counter[str] = Counter()
    while True:
        swept = Counter(_answer(functions, function, {}, wait))
        counts += swept
        if swept["left"] or not swept["sent"]:
            return counts


def _answer(functions: Any, function: str, what: Mapping[str, Any], wait: Callable[[float], None]) -> Any:
    """What the function answers; GeneratorError where it ends with an error."""
    answer = _asked(functions, function, what, wait)
    said = json.loads(answer["Payload"].read())
    if failed := answer.get("FunctionError"):
        why = said.get("errorMessage", "") if isinstance(said, Mapping) else ""
        raise GeneratorError(f"{function} ended ({failed}): {why or 'its log says why'}")
    return said


def _asked(functions: Any, function: str, what: Mapping[str, Any], wait: Callable[[float], None]) -> Any:
    for pause in (0, *PAUSES):
        if pause:
            wait(pause)
        try:
            return functions.invoke(FunctionName=function, Payload=json.dumps(what))
        except ClientError as error:
            if error.response["Error"]["Code"] != "TooManyRequestsException":
                raise
    raise GeneratorError(
        f"{function} has been busy for {sum(PAUSES)} seconds, with the sweep or with somebody else's redrive: "
        "what was sent is sent, and the rest is where it was. Run it again later"
    )


def became(result: Mapping[str, Any]) -> str:
    """What became of a request that was to be sent, or was left out since nothing of it passes, as one says it."""
    if result.get("gone"):
        return "sent by somebody else"
    if result.get("foreign"):
        return FOREIGN
    if result.get("pending"):
        return "being sent by somebody else"
    went = result.get("sent") or result.get("unsent")
    if result["fails"]:
        return "sent in part" if went else "failing still"
    if result.get("unsent"):
        return "waiting for the queue"
    return "sent" if went else "sent before"
