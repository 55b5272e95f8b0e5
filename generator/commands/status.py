"""How a deployed source is."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from generator.aws import Target
from generator.commands import _console, _earlier_events, _kept_options, _options

if TYPE_CHECKING:
    from generator.operate.status import MetricSums, SourceStatus


@click.command(short_help="How a deployed source is.")
@click.argument("source")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@_options.target
@_options.sources
def command(source: str, as_json: bool, target: Target, sources: Path) -> int:
    """Say whether SOURCE's events flow, what waits, what is kept, and what to do; exit 1 where there is something."""
    from generator.definition.read import load
    from generator.deploy.stacks import NotDeployedError
    from generator.operate.status import read_status

    try:
        state = read_status(target, load(sources, [source])[0].source)
    except NotDeployedError as error:
        if not as_json:
            raise
        click.echo(json.dumps(error.report, indent=2))
        return 1
    if as_json:
        told = {**asdict(state), "flowing": state.receiving_events, "problem": None, "well": state.healthy}
        click.echo(json.dumps(told, indent=2, default=lambda at: at.isoformat()))
    else:
        from rich.markup import escape

        out = _console.console()
        out.print(
            f"\n[bold]{state.stack}[/]  {state.status}, framework {state.version}, changed {_ago(state.changed)}\n"
        )
        for label, text, colour in _lines(
            state, source, lambda words: _kept_options.next_command(words, target, sources)
        ):
            out.print(f"  [dim]{label:<9}[/] [{colour}]{escape(text)}[/]")
    return 0 if state.healthy else 1


def _lines(state: SourceStatus, source: str, do: Callable[[str], str]) -> Iterator[tuple[str, str, str]]:
    """A label, what there is to say, and its colour; `do` makes a command of its words."""
    fine, look = "default", "yellow"
    yield from _flow(state)
    age = f", the oldest for {_span(state.oldest)}" if state.waiting and state.oldest else ""
    yield "waiting", f"{_console.count(state.waiting, 'message')} for MozDef{age}", fine
    if state.dead:
        letters = _console.count(state.dead, "dead letter")
        again = do(f"redrive {source} --dead")
        yield "dead", f"{letters}, which MozDef took ten times: see what its worker says, then {again}", look
    if state.rejected:
        requests = _console.count(state.rejected, "request")
        yield "rejected", f"{requests} with events that could not be shaped: {do(f'rejected {source}')}", look
    if state.unsent:
        requests = _console.count(state.unsent, "request")
        yield "unsent", f"{requests} that the queue did not take: tried again every five minutes", look
    if state.unsendable:
        objects = _console.count(state.unsendable, "object")
        yield "never", f"{objects} with messages that SQS refuses, below unsendable/ in {state.bucket}", look
    yield from _earlier(state, source, do)
    for name, text in state.alarms:
        yield "alarm", f"{name.removeprefix(f'{state.stack}-')}: {text}", "red"
    for name, stored in state.secrets.items():
        said = f"stored {_ago(stored)}" if stored else f"not there: {do(f'secret {source}')}"
        yield "secret", f"{name} {said}", fine if stored else "red"


def _flow(state: SourceStatus) -> Iterator[tuple[str, str, str]]:
    """What CloudWatch counts."""
    if state.requests:
        requests = _counted(state.requests, "requests")
        yield (
            "flowing",
            f"{'yes' if state.receiving_events else 'no'}: {requests}",
            "default" if state.receiving_events else "yellow",
        )
    else:
        yield "flowing", "not counted on this machine", "default"
    if state.sent:
        yield "sent", _counted(state.sent, "messages"), "default"
    if state.duplicates:
        yield "not sent", _counted(state.duplicates, "messages that had been sent before"), "default"
    if state.drift:
        unknown = _counted(state.drift, "events of which the schemas did not know something")
        yield "drift", f"{unknown}{': the dashboard says what' if state.drift.day else ''}", "default"


def _earlier(state: SourceStatus, source: str, do: Callable[[str], str]) -> Iterator[tuple[str, str, str]]:
    """Where earlier stacks left events behind."""
    if state.earlier is None:
        yield "earlier", "not known: you may not list buckets and queues, which earlier stacks left behind", "default"
        return
    for line in _earlier_events.lines(state.earlier, lambda bucket: do(f"redrive {source} --from-bucket {bucket}")):
        yield "earlier", line, "yellow"


def _counted(counted: MetricSums, what: str) -> str:
    return f"{counted.hour:,.0f} {what} in the last hour, {counted.day:,.0f} in the last day"


def _span(seconds: float) -> str:
    for size, name in ((86_400, "day"), (3_600, "hour"), (60, "minute")):
        if seconds >= size:
            return _console.count(int(seconds // size), name)
    return _console.count(int(seconds), "second")


def _ago(at: datetime) -> str:
    seconds = (datetime.now(UTC) - at).total_seconds()
    return f"{_span(seconds)} ago" if seconds >= 60 else "just now"
