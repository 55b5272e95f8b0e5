"""What `rejected` and `redrive` share: which of the kept events."""

from __future__ import annotations

import functools
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from generator.aws import Target
from generator.commands import _console
from generator.errors import command_line

if TYPE_CHECKING:
    from generator.operate.kept_events import Filter


def _day(_ctx: click.Context, _parameter: click.Parameter, value: str | None) -> str | None:
    try:
        if value is None or date.fromisoformat(value).isoformat() == value:
            return value
    except ValueError:
        pass
    raise click.BadParameter(f"{value} is no day, such as 2026-03-01")


def none(source: str, wanted: Filter) -> str:
    """What is said where there is nothing."""
    return f"{source} has no rejected events{'' if wanted.all else ' that fit'}"


def looked(number: int) -> None:
    """Say how many requests have been read so far, to find those that are wanted."""
    _console.progress(number, None, "read")


def next_one(words: str, target: Target, sources: Path) -> str:
    """A command to copy that acts on the same stack."""
    return command_line(f"{words}{target.options}", sources=sources)


def filters(command: Callable[..., Any]) -> Callable[..., Any]:
    """--reason, --since, --until, --type and --id, which the command gets as one `wanted`."""

    @functools.wraps(command)
    def gathered(
        *args: Any,
        reason: str | None,
        since: str | None,
        until: str | None,
        kind: str | None,
        event_id: str | None,
        **more: Any,
    ) -> Any:
        from generator.operate.kept_events import Filter

        return command(*args, wanted=Filter(reason, since, until, kind, event_id), **more)

    for option in (
        click.option("--id", "event_id", metavar="ID", help="Of this event, by the definition's `events.id`."),
        click.option("--type", "kind", metavar="TYPE", help="Of this kind, by the definition's `events.type`."),
        click.option("--until", metavar="DAY", callback=_day, help="Not after this day, in UTC."),
        click.option("--since", metavar="DAY", callback=_day, help="Not before this day, in UTC."),
        click.option("--reason", help="Rejected for this reason, such as missing."),
    ):
        gathered = option(gathered)
    return gathered
