"""List rejected requests by day and reason, or show one."""

from __future__ import annotations

import base64
import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from generator.aws import Target
from generator.commands import _console, _kept_options, _layout, _options
from generator.errors import GeneratorError

if TYPE_CHECKING:
    from generator.operate.kept_events import Filter, RejectedObject

MAX_LISTED = 20
"""Events of one request, and keys that match, that are listed."""
SHORT_KEY = 12
"""Characters of an object's name that identify it."""


@_options.command(short_help="Show events that were kept because they could not become messages.")
@_options.source
@click.option("--show", "key_part", metavar="KEY", help="Show this request as it came. A part of its key is enough.")
@_kept_options.filters
@click.option("--json", "as_json", is_flag=True, help="Print JSON, one object a line; with --show, the whole request.")
@_options.target
@_options.sources
def command(source: str, key_part: str | None, filter_: Filter, as_json: bool, target: Target, sources: Path) -> int:
    """Count SOURCE's rejected requests by day and reason, or show one of them. Nothing is changed."""
    from generator.definition.read import load
    from generator.deploy.stacks import NotDeployedError
    from generator.operate.kept_events import find_resources, list_rejected, read_rejected

    definition = load(sources, [source])[0].source
    try:
        resources, s3 = find_resources(target, source), target.client("s3")
    except NotDeployedError as error:
        if not as_json:
            raise
        click.echo(json.dumps(error.report))
        return 1
    bucket = resources.bucket
    rejected = list(list_rejected(s3, bucket, definition, filter_, _kept_options.print_progress))
    if key_part is not None:
        shown = read_rejected(s3, bucket, _match_key(rejected, key_part))
        _print_object(shown, as_json=as_json, pulled=definition.pull is not None)
    elif as_json:
        for entry in rejected:
            click.echo(json.dumps({"key": entry.key, "day": entry.day, "reason": entry.reason, "bytes": entry.size}))
    elif rejected:
        _print_table(rejected, lambda key: _first_reason(s3, bucket, key), pulled=definition.pull is not None)
        out = _console.console()
        show = _kept_options.next_command(f"rejected {source} --show {_short_key(rejected[-1].key)}", target, sources)
        redrive = _kept_options.next_command(f"redrive {source} --dry-run", target, sources)
        out.print("\n[bold]next[/]")
        _layout.steps(out, [(show, "see one of them"), (redrive, "see what the deployed code makes of them now")])
    else:
        _console.console().print(_kept_options.nothing_found(source, filter_))
    return 0


def _short_key(key: str) -> str:
    return key.rpartition("/")[2][:SHORT_KEY]


def _match_key(rejected: list[RejectedObject], part: str) -> str:
    keys = [entry.key for entry in rejected if part in entry.key]
    if not keys:
        raise GeneratorError(f"--show: no matching rejected request has {part} in its key")
    if len(keys) > 1:
        key_lines = "\n".join(f"  {key}" for key in keys[:MAX_LISTED])
        raise GeneratorError(f"--show: {len(keys)} keys have {part} in them; give more of the key:\n{key_lines}")
    return keys[0]


def _first_reason(s3: Any, bucket: str, key: str) -> tuple[str, str]:
    """Return the stream of an object's events, and why the first was rejected; empty where others wrote the object."""
    from generator.operate.kept_events import read_rejected, stream_of

    try:
        envelope = read_rejected(s3, bucket, key).envelope
        return stream_of(envelope), str(envelope["events"][0]["detail"])
    except (GeneratorError, LookupError, TypeError):
        return "", ""


def _print_table(
    rejected: list[RejectedObject], first_reason: Callable[[str], tuple[str, str]], *, pulled: bool
) -> None:
    from rich.table import Table

    table = Table(box=None, pad_edge=False, header_style="dim")
    table.add_column("day")
    table.add_column("reason")
    table.add_column("requests", justify="right")
    table.add_column("last key")
    if pulled:
        table.add_column("stream", overflow="fold")
    table.add_column("detail", overflow="fold")
    last = {(entry.day, entry.reason): entry.key for entry in rejected}
    for (day, reason), number in sorted(Counter((entry.day, entry.reason) for entry in rejected).items()):
        key = last[day, reason]
        stream, detail = (_console.safe(text) for text in first_reason(key))
        of_stream = (stream,) if pulled else ()
        table.add_row(day, reason, str(number), f"[dim]{_short_key(key)}[/]", *of_stream, detail)
    _console.console().print(table)


def _print_object(rejected: RejectedObject, *, as_json: bool, pulled: bool) -> None:
    from generator.operate.kept_events import stream_of

    envelope = rejected.envelope
    if as_json:
        click.echo(json.dumps({"key": rejected.key, **envelope}, indent=2, ensure_ascii=False))
        return

    out = _console.console()
    out.print(f"[bold]{_console.safe(rejected.key)}[/]")
    events = envelope["events"]
    rows: list[tuple[str, Any]] = [("came", envelope["time"]), ("request", envelope["requestId"])]
    rows += [("stream", stream_of(envelope))] if pulled else []
    rows += [("event", _event_text(event)) for event in events[:MAX_LISTED]]
    rows += [("", f"and {len(events) - MAX_LISTED} more")] if len(events) > MAX_LISTED else []
    rows += [("tried", f"{_console.count(envelope['attempts'], 'time')} again")] if envelope.get("attempts") else []
    rows += [("query", envelope["query"])] if envelope["query"] else []
    rows += [("header", f"{name}: {value}") for name, value in envelope["headers"].items()]
    _layout.columns(out, ((f"  [dim]{label:<8}[/]", _console.safe(str(text))) for label, text in rows))
    out.print()
    click.echo(_readable_body(base64.b64decode(envelope["body"])))


def _event_text(event: dict[str, Any]) -> str:
    position = "the body as a whole" if event["index"] == -1 else f"number {event['index']} of the body, from 0"
    return f"{position}: {event['detail']}"


def _readable_body(body: bytes) -> str:
    try:
        text = json.dumps(json.loads(body), indent=2, ensure_ascii=False)
    except (ValueError, RecursionError):
        text = body.decode(errors="backslashreplace")
    return _console.printable(text)
