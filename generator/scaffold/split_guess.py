"""Find the list of events in a captured answer: the key `events.split`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import jmespath
from jmespath.exceptions import JMESPathError

from generator.errors import GeneratorError
from generator.scaffold.answer_values import event_lists, scalars
from generator.scaffold.captured_answer import CapturedAnswer
from generator.scaffold.finding import Finding
from generator.scaffold.value_kinds import time_format
from lambdas.reading.paths import Functions, compile_path
from lambdas.runtime.times import TimeFormat


def written_as(value: Any) -> TimeFormat | None:
    """Return how a time is written; None where the value is none."""
    is_text_or_number = isinstance(value, str | int | float) and not isinstance(value, bool)
    return time_format(str(value)) if is_text_or_number else None


def find_events(answer: CapturedAnswer, split: str) -> list[Any]:
    """Return the events of an answer."""
    events = compile_path(split)(answer.root, Functions(None, answer.root))  # type: ignore[arg-type]  # asks no intake
    return list(events) if isinstance(events, list) else []


def path_mistake(path: str) -> str | None:
    """Return what is wrong with a path that somebody types."""
    try:
        jmespath.compile(path)
    except JMESPathError as error:
        return f"is no path: {str(error).splitlines()[0]}"
    return None


def guess_split(answers: Sequence[CapturedAnswer], chosen: str | None) -> tuple[str, Finding | None]:
    first = answers[0]
    if chosen:
        if not find_events(first, chosen) and not isinstance(first.page.find(chosen), list):
            raise GeneratorError(f"--split: {chosen} finds no list in {first.file}")
        return chosen, None
    lists = event_lists(first.root)
    if not lists:
        keys = _keys(first.root)
        raise GeneratorError(f"{first.file}: has no list of events{keys}; is it the answer to that request?")
    filled = [candidate for candidate in lists if candidate.value]
    if not filled:
        raise GeneratorError(
            f"{first.file}: the list {lists[0].path} is empty; capture an answer with at least one event, such as by "
            f"asking for a longer time"
        )
    best = max(
        filled, key=lambda candidate: (_looks_like_events(candidate.value), -len(candidate.names), len(candidate.value))
    )
    count = f"{len(best.value)} event{'' if len(best.value) == 1 else 's'}"
    if len(filled) == 1:
        return best.path, Finding("sure", f"split: {best.path}, the only list of objects in the answer, {count}")
    others = ", ".join(candidate.path for candidate in filled if candidate is not best)
    return best.path, Finding("likely", f"split: {best.path}, {count}; other lists in the answer: {others}")


def _keys(root: Any) -> str:
    if not isinstance(root, dict):
        return ""
    return f"; its keys are {', '.join(list(root)[:8]) or 'none'}"


def _looks_like_events(items: list[Any]) -> bool:
    """Return whether the items have times."""
    return all(any(written_as(scalar.value) for scalar in scalars(item, depth=2)) for item in items)
