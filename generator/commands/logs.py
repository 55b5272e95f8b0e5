"""Show the log lines of a deployed source's functions: the command `logs`."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, get_args

import click

from generator import names
from generator.aws import Target
from generator.aws_failures import environment_is_emulator, explain_failure
from generator.commands import _console, _options
from generator.errors import GeneratorError, command_line
from lambdas.runtime.log import Level

if TYPE_CHECKING:
    from generator.commands._log_view import LogView
    from generator.operate.function_logs import LogReader

LEVELS = get_args(Level)
PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 3, 60
"""Between two looks for new lines; it grows while CloudWatch takes no request."""


def _request_id(_context: click.Context, _parameter: click.Parameter, value: str | None) -> str | None:
    from generator.operate.function_logs import is_request_id

    if value is None or is_request_id(value):
        return value
    raise click.BadParameter(f"{value}: is no id of a request, such as JKJaXmPLvHcESHA=")


@_options.command(short_help="Show the log of a deployed source.")
@_options.source
@click.option("--follow", "-f", is_flag=True, help="Go on with new lines, until Ctrl-C.")
@click.option(
    "--since",
    default="1h",
    show_default=True,
    metavar="TIME",
    help="Begin this long ago (30m, 1h, 2d), or at a time such as 2026-03-01T14:30, in UTC.",
)
@click.option(
    "--level",
    type=click.Choice(LEVELS, case_sensitive=False),
    default="INFO",
    show_default="info",
    help="Only lines of at least this level.",
)
@click.option(
    "--request",
    "request_id",
    metavar="ID",
    callback=_request_id,
    help="Only lines about this request, that of the API included. A message has the id in `processid`.",
)
@click.option("--json", "as_json", is_flag=True, help="Print each record as it is, one JSON object a line.")
@_options.target
@_options.sources
def command(
    source: str,
    follow: bool,
    since: str,
    level: str,
    request_id: str | None,
    as_json: bool,
    target: Target,
    sources: Path,
) -> int:
    """Show the log lines of all functions of SOURCE, oldest first. Times are in UTC."""
    from generator.commands._log_view import LogView
    from generator.commands._pull_times import parse_time
    from generator.operate.function_logs import LogReader, filter_pattern, log_groups

    if problem := names.service_problem(source):
        raise click.UsageError(f"{source}: {problem}")
    start = parse_time(since, time.time())
    groups = log_groups(target, source, access_log=request_id is not None)
    reader = LogReader(target.client("logs"), groups, start * 1_000, filter_pattern(level, request_id))
    view = LogView(level, request_id, max(map(len, groups), default=0), as_json=as_json)
    try:
        count = _show(reader, view)
        for function in sorted(reader.missing):
            _console.warning(f"{function} has no log group {groups[function]}: somebody has deleted it")
        if follow:
            _follow(reader, view)
    except KeyboardInterrupt:
        if not follow:
            raise
        return 0
    if not count:
        more = command_line(f"logs {source} --since 7d{target.options}", sources=sources)
        which = "matching " if request_id or level != "INFO" else ""
        since_text = f"{datetime.fromtimestamp(start, UTC):%Y-%m-%d %H:%M} UTC"
        _console.note(f"no {which}line of {source} since {since_text}; to look further back: {more}")
    return 0


def _show(reader: LogReader, view: LogView) -> int:
    return sum(view.show(record) for record in reader.read())


def _follow(reader: LogReader, view: LogView) -> None:
    """Print what comes, for ever; what CloudWatch does not answer now is read later."""
    from botocore.exceptions import ConnectionError as NoConnectionError
    from botocore.exceptions import HTTPClientError

    from generator.operate.function_logs import ThrottledError

    pause = PAUSE_SECONDS
    while True:
        time.sleep(pause)
        try:
            _show(reader, view)
            pause = PAUSE_SECONDS
        except (ThrottledError, NoConnectionError, HTTPClientError) as error:
            if environment_is_emulator():
                raise
            if pause == PAUSE_SECONDS:
                reason = str(error) if isinstance(error, GeneratorError) else explain_failure(error)
                _console.note(f"{reason.partition('. ')[0]}; nothing is lost, and this goes on by itself")
            pause = min(pause * 2, LONGEST_PAUSE_SECONDS)
