"""The lines of `status` that a pulled source has: whether it asks, what it was answered, how far it is read."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from generator.commands import _console
from generator.commands._console import span
from generator.commands._pull_times import time_text
from generator.definition.pull_words import span_text
from lambdas.pulling.expiry import WARN_DAYS, days_left

if TYPE_CHECKING:
    from generator.operate.pull_positions import Backfill, StreamState
    from generator.operate.pull_status import PullStatus
    from generator.operate.status import MetricSums

Line = tuple[str, str, str]


def asking_lines(
    pull: PullStatus, requests: MetricSums | None, source: str, next_command: Callable[[str], str]
) -> Iterator[Line]:
    """Yield label, text and color of what is asked, and of why nothing comes."""
    color = "default" if pull.has_recent_requests else "yellow"
    counted = ""
    if requests:
        counted = f": {requests.hour:,.0f} requests in the last hour, {requests.day:,.0f} in the last day"
    left = pull.last_run.remaining if pull.last_run else None
    allowed = f"; the vendor allows {left:,} more now" if left is not None else ""
    where = f"{_console.printable(pull.url)} every {span_text(pull.every)}"
    asks = "yes" if pull.has_recent_requests else "no" if pull.has_run or pull.paused else "not yet"
    yield "asks", f"{asks}, {where}{counted}{allowed}", color
    yield from _silence_lines(pull, source, next_command)
    for state in pull.streams:
        yield "stream", _stream_text(state), "default"
    for name, day in pull.expires.items():
        yield _expiry_line(name, day, next_command(f"secret {source}"))
    for backfill in pull.backfills:
        yield "backfill", _backfill_text(backfill), "default"


def _expiry_line(name: str, day: date, renew: str) -> Line:
    left = days_left(day, datetime.now(UTC).timestamp())
    if left < 0:
        return "expires", f"{name} ended on {day}. To store another: {renew}", "red"
    if left <= WARN_DAYS:
        return "expires", f"{name} ends on {day}, in {_console.count(left, 'day')}. To store another: {renew}", "yellow"
    return "expires", f"{name} ends on {day}, in {_console.count(left, 'day')}", "default"


def _silence_lines(pull: PullStatus, source: str, next_command: Callable[[str], str]) -> Iterator[Line]:
    run, silence = pull.last_run, pull.silence
    if run and run.failures and not pull.paused:
        for stream, why in run.failures.items():
            word = "was refused" if stream in run.refused else "could not ask"
            yield "silent", f"{word}: {stream}: {_console.printable(why)}", "red"
    elif silence == "did not ask":
        yield "silent", f"did not ask: {_why_not_asked(pull, source, next_command)}", "yellow"
    elif silence == "nothing happened":
        yield "silent", "nothing happened: the vendor is asked, and had no new event in the last day", "default"
    for stream, note in (run.notes if run else {}).items():
        yield "note", f"{stream}: {_console.printable(note)}", "yellow"


def _why_not_asked(pull: PullStatus, source: str, next_command: Callable[[str], str]) -> str:
    if pull.paused:
        return f"it is paused: {next_command(f'pull {source} resume')}"
    if pull.waits_until:
        return f"the vendor wants to be asked again from {time_text(pull.waits_until.timestamp())} on"
    if pull.last_end is None:
        return f"it has never run. To call it now: {next_command(f'pull {source} run')}"
    ago = span((datetime.now(UTC) - pull.last_end).total_seconds())
    return f"its last run ended {ago} ago. To call it now: {next_command(f'pull {source} run')}"


def _stream_text(state: StreamState) -> str:
    if state.read_to is None:
        return f"{state.stream}: not read yet"
    behind = max(0.0, datetime.now(UTC).timestamp() - state.read_to)
    part = ", with more pages to read" if state.in_part else ""
    return f"{state.stream}: read up to {time_text(state.read_to)}, {span(behind)} behind{part}"


def _backfill_text(backfill: Backfill) -> str:
    times = f"{backfill.stream}: {time_text(backfill.start)} to {time_text(backfill.goal)}"
    if backfill.done:
        return f"{times}: done"
    return f"{times}: {f'read up to {time_text(backfill.at)}' if backfill.at else 'not begun yet'}"
