"""Show the status of a deployed source: the command `status`."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from generator.aws import Target
from generator.commands import _console, _earlier_events, _kept_options, _layout, _options
from generator.commands._console import span

if TYPE_CHECKING:
    from rich.console import Console

    from generator.commands._pull_status import Line
    from generator.operate.status import MetricSums, SourceStatus


@_options.command(short_help="Show the status of a deployed source, or of all.")
@_options.optional_source
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option(
    "--reader", metavar="ROLE", help="Check instead what this role, a name or an ARN, lacks to take SOURCE's events."
)
@_options.target
@_options.sources
@click.pass_context
def command(
    context: click.Context, source: str | None, as_json: bool, reader: str | None, target: Target, sources: Path
) -> int:
    """Show whether SOURCE receives events, what waits, what is kept, and what to do. Exit 1 unless all is well.

    Without SOURCE, show a row for each deployed source of the project, in the environment of --env or else in all.
    """
    if reader is not None and source is None:
        raise click.UsageError("--reader needs a source")
    if source is not None:
        return _of_source(source, reader, target, sources, as_json=as_json)
    from generator.commands._status_table import show_all

    has_environment = context.get_parameter_source("env") is not click.core.ParameterSource.DEFAULT
    return show_all(target, sources, target.environment if has_environment else None, as_json=as_json)


def _of_source(source: str, reader: str | None, target: Target, sources: Path, *, as_json: bool) -> int:
    """Print the status of a source, or what a reader lacks; return the exit status."""
    from generator.commands._reader_report import show_reader
    from generator.deploy.stacks import NotDeployedError

    try:
        if reader is not None:
            return show_reader(source, reader, target, sources, as_json=as_json)
        return _show(source, target, sources, as_json=as_json)
    except NotDeployedError as error:
        if not as_json:
            raise
        click.echo(json.dumps(error.report, indent=2))
        return 1


def _show(source: str, target: Target, sources: Path, *, as_json: bool) -> int:
    """Print the status of a source; return the exit status."""
    from generator.commands._pull_status import asking_lines
    from generator.definition.read import load
    from generator.operate.kept_events import find_resources
    from generator.operate.pull_status import read_pull_status
    from generator.operate.status import read_status

    definition = load(sources, [source])[0].source
    resources = find_resources(target, source)
    status = read_status(target, definition, resources)
    arrived = status.messages_arrived
    pull = read_pull_status(target, definition, resources, arrived) if definition.pull else None
    healthy = status.healthy and (pull is None or pull.healthy)
    if as_json:
        report = {**asdict(status), "flowing": status.receiving_events, "well": healthy}
        if pull:
            report |= {"flowing": pull.arrived, "silence": pull.silence, "pull": asdict(pull)}
        click.echo(json.dumps(report, indent=2, default=lambda at: at.isoformat()))
    else:
        out = _console.console()
        out.print(
            f"\n[bold]{status.stack}[/]  {status.status}, framework {status.version}, changed {_ago(status.changed)}\n"
        )

        def next_command(words: str) -> str:
            return _kept_options.next_command(words, target, sources)

        asking = asking_lines(pull, status.requests, source, next_command) if pull else None
        print_lines(out, _lines(status, source, next_command, asking))
    return 0 if healthy else 1


def print_lines(out: Console, lines: Iterable[Line]) -> None:
    """Print labels and texts. A label is colored, not its text: yellow can't be read where the background is light."""
    from rich.markup import escape

    _layout.columns(
        out,
        (
            (f"  [{'dim' if color == 'default' else f'bold {color}'}]{label:<9}[/]", escape(text))
            for label, text, color in lines
        ),
    )


def _lines(
    status: SourceStatus, source: str, next_command: Callable[[str], str], asking: Iterator[Line] | None
) -> Iterator[Line]:
    """Yield label, text and color of each line; `next_command` completes a command.

    `asking` are the lines of what a pulled source asks, which the others have not.
    """
    fine, look = "default", "yellow"
    yield from _stack_lines(status, next_command(f"deploy {source}"))
    yield from asking or _receiving(status)
    yield from _flow(status)
    age = f", the oldest for {span(status.oldest)}" if status.waiting and status.oldest else ""
    what = "notification" if status.objects else "message"
    yield "waiting", f"{_console.count(status.waiting, what)} for the SIEM{age}", fine
    if status.dead:
        letters = _console.count(status.dead, "dead letter")
        again = next_command(f"redrive {source} --dead")
        taken = "the SIEM took ten times. See what its log says"
        if status.objects:
            taken = "the SIEM took five times. See what it says of their objects"
        yield "dead", f"{letters}, which {taken}, then {again}", look
    if status.rejected:
        requests = _console.count(status.rejected, "request")
        yield "rejected", f"{requests} with rejected events: {next_command(f'rejected {source}')}", look
    if status.unsent:
        requests = _console.count(status.unsent, "request")
        taker = "stream" if status.objects else "queue"
        yield "unsent", f"{requests} that the {taker} did not take; the sweep tries again every five minutes", look
    if status.unsendable:
        objects = _console.count(status.unsendable, "object")
        yield "never", f"{objects} with messages that SQS rejects, below unsendable/ in {status.bucket}", look
    yield from _earlier(status, source, next_command)
    for name, text in status.alarms:
        yield "alarm", f"{name.removeprefix(f'{status.stack}-')}: {text}", "red"
    for name, stored in status.secrets.items():
        text_ = f"stored {_ago(stored)}" if stored else f"not there: {next_command(f'secret {source}')}"
        yield "secret", f"{name} {text_}", fine if stored else "red"


def _stack_lines(status: SourceStatus, deploy: str) -> Iterator[Line]:
    """Yield the line of the stack's own state, where there is something to say of it."""
    if status.problem:
        yield "stack", status.problem.removeprefix(f"stack {status.stack} "), "red"
    elif status.status.endswith("ROLLBACK_COMPLETE"):
        text = f"its last change failed and was taken back, so it is as before. To try again: {deploy}"
        yield "stack", text, "yellow"


def _receiving(state: SourceStatus) -> Iterator[Line]:
    """Yield the line of the requests that CloudWatch counts."""
    if state.requests:
        requests = _counted(state.requests, "requests")
        yield (
            "flowing",
            f"{'yes' if state.receiving_events else 'no'}: {requests}",
            "default" if state.receiving_events else "yellow",
        )
    else:
        yield "flowing", "not counted on this machine", "default"


def _flow(state: SourceStatus) -> Iterator[Line]:
    """Yield the lines of the messages that CloudWatch counts."""
    if state.sent:
        yield "sent", _counted(state.sent, "messages"), "default"
    if state.duplicates:
        yield "not sent", _counted(state.duplicates, "messages that had been sent before"), "default"
    if state.drift:
        unknown = _counted(state.drift, "events with fields or values that the schemas do not know")
        yield "drift", f"{unknown}{': the dashboard says what' if state.drift.day else ''}", "default"


def _earlier(state: SourceStatus, source: str, do: Callable[[str], str]) -> Iterator[Line]:
    """Yield the lines of what earlier stacks left behind."""
    if state.earlier is None:
        yield (
            "earlier",
            "unknown: you have no permission to list the buckets and queues of earlier stacks",
            "default",
        )
        return
    for line in _earlier_events.lines(state.earlier, lambda bucket: do(f"redrive {source} --from-bucket {bucket}")):
        yield "earlier", line, "yellow"


def _counted(sums: MetricSums, noun: str) -> str:
    return f"{sums.hour:,.0f} {noun} in the last hour, {sums.day:,.0f} in the last day"


def _ago(at: datetime) -> str:
    seconds = (datetime.now(UTC) - at).total_seconds()
    return f"{span(seconds)} ago" if seconds >= 60 else "just now"
