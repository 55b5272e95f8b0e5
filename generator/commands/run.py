"""Run a built source on this machine."""

from __future__ import annotations

import os
import signal
import threading
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING, Any

import click

from generator import names
from generator.commands import _console, _options
from generator.commands import _follow as following
from generator.commands import names as names_of_commands
from generator.definition.read import load
from generator.errors import GeneratorError, command_line
from lambdas.runtime.aws_errors import AWS_ERRORS

if TYPE_CHECKING:
    from rich.console import Console

    from generator.local.emulator import Emulator

_PAUSE_SECONDS = 0.2


@click.command(short_help="Run a built source on this machine.")
@click.argument("source")
@click.option(
    "--port", default=4566, show_default=True, type=click.IntRange(1, 65_535), help="Where the emulator listens."
)
@click.option("--iam", is_flag=True, help="Enforce IAM, over TLS, as AWS does.")
@click.option("--json", "as_json", is_flag=True, help="Messages as they are, one a line, and nothing else.")
@_options.sources
@_options.build
def command(source: str, port: int, iam: bool, as_json: bool, sources: Path, build: Path) -> int:
    """Deploy the files in build/ into an emulator of AWS on this machine, and follow what arrives until Ctrl-C."""
    from generator.deploy.endpoint import vendor_url
    from generator.local.running import RunningSource, advertise, deploy_source, read_build, refuse_if_running
    from generator.local.start import run_emulator
    from generator.packaging.bundle import signs_url
    from generator.packaging.product import CODE, TEMPLATE, source_files

    loaded = load(sources, [source], reserved=names_of_commands())[0]
    definition = loaded.source
    there = read_build(build, sources, source, (TEMPLATE, CODE))
    refuse_if_running(build, sources, source)
    if not there.items() <= source_files(loaded).items():
        _console.warning(
            f"{build / source}: is not what the definition says now: {command_line(source, build, sources)}"
        )
    out = _console.console(stderr=as_json)
    ended = _ending()
    with run_emulator(port, iam=iam) as running:
        outputs = deploy_source(running, definition, there[TEMPLATE].decode(), there[CODE])
        url = running.invoke_url(outputs)
        bundle = str(running.ca_bundle) if running.ca_bundle else None
        with advertise(RunningSource(source, port, bundle, url, vendor_url(outputs), os.getpid(), running.keys), build):
            if not ended.is_set():
                signed = vendor_url(outputs) if signs_url(definition.webhook) else None
                tries = command_line(f"send {source}", build, sources), _elsewhere(running, source, sources)
                _banner(out, source, url, outputs["EventsQueueUrl"], tries, iam=iam, signed=signed)
            try:
                _follow(out, running, names.stack_name(source), ended, as_json=as_json)
            except AWS_ERRORS as error:
                raise GeneratorError(f"the local emulator ended: {running.log_tail()}") from error
    out.print("\nended; nothing is left behind")
    return 0


def _follow(out: Console, running: Emulator, stack: str, ended: threading.Event, *, as_json: bool) -> None:
    """Show what the stack does until the end; somebody may delete it meanwhile, and deploy it again."""
    from botocore.exceptions import ClientError

    from generator.local.running import SourceFollower

    followed: SourceFollower | None = None
    gone = False
    while not ended.wait(_PAUSE_SECONDS):
        try:
            followed = followed or SourceFollower(running, running.outputs(stack), stack)
            following.follow(out, followed, as_json=as_json)
            gone = False
        except ClientError:  # the emulator answers, and something of the stack is not there
            if not gone:
                out.print(f"         [yellow]gone[/] the stack {stack}; once it is deployed again, it is shown here")
            followed, gone = None, True


def _elsewhere(running: Emulator, source: str, sources: Path) -> str:
    """A command that acts in an account, with the settings that lead it here."""
    settings = " ".join(f"{name}={quote(value)}" for name, value in running.aws_environment.items())
    return f"{settings} {command_line(f'status {source}', sources=sources)}"


def _banner(
    out: Console, source: str, url: str, queue: str, tries: tuple[str, str], *, iam: bool, signed: str | None
) -> None:
    out.print(f"\n[bold]{source}[/] runs on this machine{', IAM enforced' if iam else ''}; Ctrl-C ends it")
    out.print(f"  [dim]endpoint[/]  {url}")
    if signed:
        out.print(f"  [dim]signed as[/] {signed}  [dim]as the handler sees it[/]")
    out.print(f"  [dim]queue[/]     {queue}")
    send, status = tries
    out.print(f"  [dim]try[/]       [cyan]{send}[/]  [dim]in a second terminal[/]")
    out.print(f"  [dim]also[/]      [cyan]{status}[/]")
    out.print("            [dim]likewise rejected, redrive, deploy[/]\n")


def _ending() -> threading.Event:
    """Set by the first signal that ends us, so that nothing is interrupted half made; a second one interrupts."""
    ended = threading.Event()

    def end(_signal: int, _frame: Any) -> None:
        if ended.is_set():
            raise KeyboardInterrupt
        ended.set()

    for ending in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(ending, end)
    return ended
