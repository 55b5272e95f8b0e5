"""Check `window`: times that lose events, that the vendor can't answer, or that a format can't say."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from generator.definition.durations import duration_text
from generator.definition.path_checks import Mistakes
from generator.definition.suggestions import suggestion
from lambdas.model_pull import Window

FORMATS = ("rfc3339", "unix", "unix_ms", "date")
DAY = 86_400
_DIRECTIVES = "YymdebBjHMSfTFzZaA%"
"""Those of strftime that mean the same everywhere, and need no other: %I would need %p."""
_SOME_DAY = datetime(2026, 1, 1, tzinfo=UTC)


def window_mistakes(window: Window) -> Mistakes:
    """Yield what is wrong with the window of a stream that resumes by time; the keys are those below `window`."""
    if message := format_mistake(window.format):
        yield "format", message
    else:
        yield from _overlap(window, format_unit(window.format))
    yield from retention_mistakes(window, ("first", "longest", "again"))
    if window.again is not None and window.again <= window.overlap:
        yield "again", f"looks back no further than `overlap`, {duration_text(window.overlap)}, which each run does"


def retention_mistakes(window: Window, keys: tuple[str, ...]) -> Mistakes:
    """Yield the times that are longer than the vendor keeps events."""
    if window.retention is None:
        return
    kept = duration_text(window.retention)
    if window.lag >= window.retention:
        yield "lag", f"must be shorter than `retention`, {kept}; else no event is left when it is asked for"
    for key in keys:
        value = getattr(window, key)
        if value is not None and value > window.retention:
            yield key, f"must be at most `retention`, {kept}: the vendor has nothing older"


def _overlap(window: Window, unit: int) -> Mistakes:
    if window.overlap < unit:
        message = f"must be at least {duration_text(unit)}, the smallest step of `format`; events between two runs"
        yield "overlap", f"{message} would be lost"
    if window.overlap >= window.longest:
        yield "overlap", f"must be shorter than `longest`, {duration_text(window.longest)}; else reading never gets on"


def format_mistake(text: str) -> str:
    """Return what is wrong with the format of times; else an empty text."""
    if text in FORMATS:
        return ""
    if "%" not in text:
        return f"no such format{suggestion(text, FORMATS)}, or a pattern such as %Y-%m-%dT%H:%M:%SZ"
    unknown = [f"%{letter}" for letter in re.findall(r"%(.?)", text, re.DOTALL) if letter not in tuple(_DIRECTIVES)]
    if unknown:
        known = " ".join(f"%{letter}" for letter in _DIRECTIVES)
        return f"{unknown[0]} is no part of a pattern; there are {known}; for milliseconds write .000"
    days = (_SOME_DAY, _SOME_DAY + timedelta(days=1), _SOME_DAY + timedelta(days=31), datetime(2027, 1, 1, tzinfo=UTC))
    if len({day.strftime(text) for day in days}) < len(days):
        return "does not say year, month and day; write a pattern such as %Y-%m-%d"
    return ""


def format_unit(text: str) -> int:
    """Return the seconds between two times that a valid format can tell apart."""
    if text in FORMATS:
        return DAY if text == "date" else 1
    return next((step for step in _steps() if _tells_apart(text, step)), DAY)


def _steps() -> Iterator[int]:
    yield from (1, 60, 3_600)


def _tells_apart(text: str, seconds: int) -> bool:
    return _SOME_DAY.strftime(text) != (_SOME_DAY + timedelta(seconds=seconds)).strftime(text)
