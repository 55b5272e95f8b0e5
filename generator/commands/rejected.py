"""The events that could not be shaped."""

from __future__ import annotations

import base64
import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from generator.aws import Target
from generator.commands import _console, _kept_options, _options
from generator.errors import GeneratorError

if TYPE_CHECKING:
    from generator.operate.kept_events import Filter, RejectedObject

FEW = 20
"""Events of one request that are listed."""
PART = 12
"""Characters of an object's name that tell it from others."""


@click.command(short_help="Events that were kept because they could be no message.")
@click.argument("source")
@click.option("--show", "shown", metavar="KEY", help="One of them, as it came. A part of its key is enough.")
@_kept_options.filters
@click.option("--json", "as_json", is_flag=True, help="As JSON, one a line; with --show, all of it.")
@_options.target
@_options.sources
def command(source: str, shown: str | None, wanted: Filter, as_json: bool, target: Target, sources: Path) -> int:
    """Count SOURCE's rejected requests by day and reason, or show one. Nothing is changed."""
    from generator.definition.read import load
    from generator.deploy.stacks import NotDeployedError
    from generator.operate.kept_events import find_resources, listed, read

    definition = load(sources, [source])[0].source
    try:
        stack, s3 = find_resources(target, source), target.client("s3")
    except NotDeployedError as error:
        if not as_json:
            raise
        click.echo(json.dumps(error.report))
        return 1
    found = list(listed(s3, stack.bucket, definition, wanted, _kept_options.looked))
    if shown is not None:
        _show(read(s3, stack.bucket, _one(found, shown)), as_json=as_json)
    elif as_json:
        for one in found:
            click.echo(json.dumps({"key": one.key, "day": one.day, "reason": one.reason, "bytes": one.size}))
    elif found:
        _table(found, lambda key: _why(s3, stack.bucket, key))
        out = _console.console()
        example = f"rejected {source} --show {_part(found[-1].key)}"
        out.print(f"\n[dim]to see one[/]              {_kept_options.next_one(example, target, sources)}")
        again = _kept_options.next_one(f"redrive {source} --dry-run", target, sources)
        out.print(f"[dim]what they would be now[/]  {again}")
    else:
        _console.console().print(_kept_options.none(source, wanted))
    return 0


def _part(key: str) -> str:
    return key.rpartition("/")[2][:PART]


def _one(found: list[RejectedObject], part: str) -> str:
    fit = [one.key for one in found if part in one.key]
    if not fit:
        raise GeneratorError(f"--show: no rejected request that fits has {part} in its key")
    if len(fit) > 1:
        listed = "\n".join(f"  {key}" for key in fit[:FEW])
        raise GeneratorError(f"--show: {len(fit)} have {part} in the key, so name more of it:\n{listed}")
    return fit[0]


def _why(s3: Any, bucket: str, key: str) -> str:
    """Why the first of its events is there; empty where it is none of ours, as the reason says already."""
    from generator.operate.kept_events import read

    try:
        return str(read(s3, bucket, key).envelope["events"][0]["detail"])
    except (GeneratorError, LookupError, TypeError):
        return ""


def _table(found: list[RejectedObject], why: Callable[[str], str]) -> None:
    from rich.table import Table

    table = Table(box=None, pad_edge=False, header_style="dim")
    table.add_column("day")
    table.add_column("reason")
    table.add_column("requests", justify="right")
    table.add_column("the last one")
    table.add_column("and why", overflow="fold")
    last = {(one.day, one.reason): one.key for one in found}
    for (day, reason), number in sorted(Counter((one.day, one.reason) for one in found).items()):
        key = last[day, reason]
        table.add_row(day, reason, str(number), f"[dim]{_part(key)}[/]", _console.safe(why(key)))
    _console.console().print(table)


def _show(one: RejectedObject, *, as_json: bool) -> None:
    envelope = one.envelope
    if as_json:
        click.echo(json.dumps({"key": one.key, **envelope}, indent=2, ensure_ascii=False))
        return

    out = _console.console()
    out.print(f"[bold]{_console.safe(one.key)}[/]")
    events = envelope["events"]
    rows: list[tuple[str, Any]] = [("came", envelope["time"]), ("request", envelope["requestId"])]
    rows += [("event", _event(each)) for each in events[:FEW]]
    rows += [("", f"and {len(events) - FEW} more")] if len(events) > FEW else []
    rows += [("tried", f"{_console.count(envelope['attempts'], 'time')} again")] if envelope.get("attempts") else []
    rows += [("query", envelope["query"])] if envelope["query"] else []
    rows += [("header", f"{name}: {value}") for name, value in envelope["headers"].items()]
    for label, text in rows:
        out.print(f"  [dim]{label:<8}[/] {_console.safe(str(text))}")
    out.print()
    click.echo(_readable(base64.b64decode(envelope["body"])))


def _event(event: dict[str, Any]) -> str:
    which = "the body as a whole" if event["index"] == -1 else f"number {event['index']} of the body, from 0"
    return f"{which}: {event['detail']}"


def _readable(body: bytes) -> str:
    try:
        text = json.dumps(json.loads(body), indent=2, ensure_ascii=False)
    except (ValueError, RecursionError):
        text = body.decode(errors="backslashreplace")
    return _console.printable(text)
