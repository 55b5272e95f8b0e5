"""Options and messages that `rejected` and `redrive` share, such as --since and --reason."""

from __future__ import annotations

import functools
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from generator.aws import Target
from generator.commands import _console
from generator.errors import command_line

if TYPE_CHECKING:
    from generator.operate.kept_events import Filter


MINUTE = "%Y-%m-%dT%H:%M"
"""The format of a minute in options, always in UTC."""


def _day(_ctx: click.Context, _parameter: click.Parameter, value: str | None) -> str | None:
    try:
        if value is None or date.fromisoformat(value).isoformat() == value:
            return value
    except ValueError:
        pass
    raise click.BadParameter(f"{value} is no day such as 2026-03-01")


def _day_or_minute(context: click.Context, parameter: click.Parameter, value: str | None) -> str | None:
    if value is None or "T" not in value:
        return _day(context, parameter, value)
    try:
        if datetime.strptime(value, MINUTE).strftime(MINUTE) == value:  # noqa: DTZ007 - in UTC, as days are
            return value
    except ValueError:
        pass
    raise click.BadParameter(f"{value} is no minute such as 2026-03-01T14:30")


def nothing_found(source: str, filter_: Filter) -> str:
    """Return the message for a source without matching rejected events."""
    return f"{source} has no {'' if filter_.is_empty else 'matching '}rejected events"


def print_progress(count: int) -> None:
    """Print how many requests have been read so far."""
    _console.progress(count, None, "read")


def next_command(words: str, target: Target, sources: Path) -> str:
    """Return a command to copy, for the same stack."""
    return command_line(f"{words}{target.options}", sources=sources)


def filters(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add --reason, --since, --until, --type and --id; the command gets them as one `filter_`."""
    return _with_filters(command, _day, "DAY", "")


def archive_filters(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the same options, of which --since and --until take a minute, too: what is archived is not kept by days."""
    return _with_filters(command, _day_or_minute, "TIME", " With --archive, also a minute, such as 2026-03-01T14:30.")


def _with_filters(
    command: Callable[..., Any], check: Callable[..., str | None], metavar: str, more: str
) -> Callable[..., Any]:
    @functools.wraps(command)
    def with_filter(
        *args: Any,
        reason: str | None,
        since: str | None,
        until: str | None,
        kind: str | None,
        event_id: str | None,
        **more: Any,
    ) -> Any:
        from generator.operate.kept_events import Filter

        return command(*args, filter_=Filter(reason, since, until, kind, event_id), **more)

    for option in (
        click.option(
            "--id", "event_id", metavar="ID", help="Only the event with this id, by `events.id` of the definition."
        ),
        click.option(
            "--type", "kind", metavar="TYPE", help="Only events of this type, by `events.type` of the definition."
        ),
        click.option("--until", metavar=metavar, callback=check, help=f"Only up to the end of this day, in UTC.{more}"),
        click.option("--since", metavar=metavar, callback=check, help=f"Only from this day on, in UTC.{more}"),
        click.option("--reason", metavar="REASON", help="Only requests rejected for this reason, such as missing."),
    ):
        with_filter = option(with_filter)
    return with_filter
