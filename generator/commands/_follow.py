"""Print what a source that `run` runs on this machine does: log lines, messages, kept objects."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import click

from generator.commands import _console, _layout
from generator.samples.message_view import shown
from lambdas.receiving.request_log import UNVERIFIABLE

if TYPE_CHECKING:
    from rich.console import Console

    from generator.local.running import SourceFollower


def follow(out: Console, followed: SourceFollower, *, as_json: bool) -> None:
    """Print everything that has come since the last call."""
    from rich.highlighter import JSONHighlighter

    for message in followed.messages() if as_json else ():
        click.echo(json.dumps(message, ensure_ascii=False))
    if as_json:
        return
    for line in followed.log():
        status, text, color = describe_log_line(line)
        words = f"[{color}]{status}[/] {_console.safe(text)}" if status else f"[{color}]{_console.safe(text)}[/]"
        _layout.columns(out, [(f"[dim]{line['timestamp'][11:19]}[/]", words)])
    for message in followed.messages():
        view = shown(message)
        summary = f"[bold]{_console.safe(view.severity)}[/] {_console.safe(view.summary)}"
        _layout.columns(out, [("        ", summary)])
        out.print(JSONHighlighter()(_console.printable(json.dumps(message, indent=2, ensure_ascii=False))))
    for key in followed.kept():
        out.print(f"         [yellow]kept[/] {_console.safe(key)}")


def describe_log_line(line: Mapping[str, Any]) -> tuple[int | None, str, str]:
    """Return the status of the answer, a description and a color for a line of a function's log.

    The status is None where no request is answered, as in a sweep. An authorizer's line has none either: API Gateway
    answers 403 for it, or the handler logs its 503 itself.
    """
    outcome, status = line["message"], line.get("status")
    if status is None and outcome == "unauthenticated":
        status = 403
    unusual = any(line.get(name) for name in ("kept", "unsent", "left", "unsendable", "foreign", "unclaimed"))
    if (status or 0) >= 500 or outcome == UNVERIFIABLE:
        color = "red"
    else:
        color = "yellow" if (status or 0) >= 300 or unusual else "green"
    outcome = "kept" if outcome == "accepted" and line.get("kept") else outcome
    reason = f": {line['why']}" if "why" in line else ""
    return status, ", ".join([outcome + reason, *_details(line)]), color


def _details(line: Mapping[str, Any]) -> Iterator[str]:
    """Yield the counts of the line that are unusual; of a sweep, a redrive or a kept request, all counts."""
    if "status" not in line or (line.get("kept") and line["sent"]):
        counts = ("sent", "kept", "left", "unsendable", "foreign")
        yield from (f"{line[name]} {name}" for name in counts if line.get(name))
    yield from (f"{line[name]} {name}" for name in ("unsent", "unclaimed", "pending") if line.get(name))
    if duplicates := line.get("duplicates"):
        yield _console.count(duplicates, "duplicate")
    if "drift" in line:
        yield f"unknown to the schemas: {', '.join(line['drift'])}"
