"""Run a built source on this machine."""

from __future__ import annotations

import json
import os
import signal
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

from generator import names
from generator.commands import options, show
from generator.definition import load

if TYPE_CHECKING:
    from rich.console import Console

    from generator.running import Followed


@click.command()
@click.argument("source")
@click.option(
    "--port", default=4566, show_default=True, type=click.IntRange(1, 65_535), help="Where the emulator listens."
)
@click.option("--iam", is_flag=True, help="Enforce IAM, over TLS, as AWS does.")
@click.option("--json", "as_json", is_flag=True, help="Messages as they are, one a line, and nothing else.")
@options.sources
@options.build
def command(source: str, port: int, iam: bool, as_json: bool, sources: Path, build: Path) -> int:
    """Deploy the files in build/ into an emulator of AWS on this machine, and follow what arrives until Ctrl-C."""
    from generator.local import emulator
    from generator.running import Followed, Running, announced, deploy

    definition = load(sources, [source], reserved=[])[0].source
    out = show.console(stderr=as_json)
    for ending in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(ending, _interrupted)
    try:
        with emulator(port, iam=iam) as running:
            outputs = deploy(running, definition, build)
            url = running.invoke_url(outputs)
            bundle = str(running.ca_bundle) if running.ca_bundle else None
            out.print(f"\n[bold]{source}[/] runs on this machine{', IAM enforced' if iam else ''}; Ctrl-C ends it")
            out.print(f"  [dim]endpoint[/]  {url}")
            out.print(f"  [dim]queue[/]     {outputs['EventsQueueUrl']}")
            out.print(f"  [dim]try[/]       [cyan]python -m generator send {source}[/]  [dim]in a second terminal[/]\n")
            with announced(Running(source, port, bundle, url, os.getpid()), build):
                _follow(out, Followed(running, outputs, names.stack(source)), as_json=as_json)
    except KeyboardInterrupt:
        out.print("\nended; nothing is left behind")
    return 0


def _interrupted(_signal: int, _frame: Any) -> NoReturn:
    raise KeyboardInterrupt


def _follow(out: Console, followed: Followed, *, as_json: bool) -> NoReturn:
    from rich.markup import escape

    while True:
        for line in () if as_json else followed.log():
            status = line.get("status", 403)
            colour = "green" if status < 300 else "yellow" if status < 500 else "red"
            why = f": {line['why']}" if "why" in line else ""
            out.print(f"[dim]{line['timestamp'][11:19]}[/] [{colour}]{status}[/] {escape(line['message'] + why)}")
        for message in followed.messages():
            if as_json:
                click.echo(json.dumps(message, ensure_ascii=False))
            else:
                _message(out, message)
        for key in () if as_json else followed.kept():
            out.print(f"         [yellow]kept[/] {escape(key)}")
        time.sleep(0.2)


def _message(out: Console, message: dict[str, Any]) -> None:
    from rich.markup import escape

    out.print(f"         [bold]{escape(message['severity'])}[/] {escape(message['summary'])}")
    out.print_json(data=message, indent=2, ensure_ascii=False)
