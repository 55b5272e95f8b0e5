"""What a source that runs on this machine does, a line for each thing as it happens."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import click

from generator.commands import _console
from lambdas.receiving.request_log import UNVERIFIABLE

if TYPE_CHECKING:
    from rich.console import Console

    from generator.local.running import SourceFollower


def follow(out: Console, followed: SourceFollower, *, as_json: bool) -> None:
    """Show everything that has come since the last time."""
    from rich.highlighter import JSONHighlighter

    for message in followed.messages() if as_json else ():
        click.echo(json.dumps(message, ensure_ascii=False))
    if as_json:
        return
    for line in followed.log():
        status, text, colour = said(line)
        words = f"[{colour}]{status}[/] {_console.safe(text)}" if status else f"[{colour}]{_console.safe(text)}[/]"
        out.print(f"[dim]{line['timestamp'][11:19]}[/] {words}")
    for message in followed.messages():
        out.print(f"         [bold]{_console.safe(message['severity'])}[/] {_console.safe(message['summary'])}")
        out.print(JSONHighlighter()(_console.printable(json.dumps(message, indent=2, ensure_ascii=False))))
    for key in followed.kept():
        out.print(f"         [yellow]kept[/] {_console.safe(key)}")


def said(line: Mapping[str, Any]) -> tuple[int | None, str, str]:
    """A line of a function's log: the status of the answer, where it is of a request, what became of it, a colour.

    An authorizer's line has no status: API Gateway answers 403 for it, or the handler says 503 in a line of its own.
    What is swept or redriven answers nobody.
    """
    what, status = line["message"], line.get("status")
    if status is None and what == "unauthenticated":
        status = 403
    odd = any(line.get(one) for one in ("kept", "unsent", "left", "unsendable", "foreign", "unclaimed"))
    answered = status or 0
    colour = "red" if answered >= 500 or what == UNVERIFIABLE else "yellow" if answered >= 300 or odd else "green"
    what = "kept" if what == "accepted" and line.get("kept") else what
    why = f": {line['why']}" if "why" in line else ""
    return status, ", ".join([what + why, *_more(line)]), colour


def _more(line: Mapping[str, Any]) -> Iterator[str]:
    """What is out of the ordinary; of what is kept, swept or redriven, what became of each of its messages."""
    if "status" not in line or (line.get("kept") and line["sent"]):
        counts = ("sent", "kept", "left", "unsendable", "foreign")
        yield from (f"{line[name]} {name}" for name in counts if line.get(name))
    yield from (f"{line[name]} {name}" for name in ("unsent", "unclaimed", "pending") if line.get(name))
    if duplicates := line.get("duplicates"):
        yield _console.count(duplicates, "duplicate")
    if "drift" in line:
        yield f"unknown to the schemas: {', '.join(line['drift'])}"
