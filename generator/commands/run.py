"""Run a built source on this machine, in an emulator: the command `run`."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Mapping
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING, Any

import click

from generator import names
from generator.commands import _console, _options
from generator.commands import _follow as following
from generator.commands import names as names_of_commands
from generator.commands._pull_run import run_samples
from generator.definition.parameter_values import with_values
from generator.definition.read import load
from generator.errors import GeneratorError, command_line
from lambdas.runtime.aws_errors import AWS_ERRORS

if TYPE_CHECKING:
    from rich.console import Console

    from generator.local.emulator import Emulator

_PAUSE_SECONDS = 0.2


@_options.command(short_help="Run a built source on this machine.")
@_options.source
@click.option(
    "--port",
    metavar="PORT",
    default=4566,
    show_default=True,
    type=click.IntRange(1, 65_535),
    help="Port of the emulator.",
)
@click.option("--iam", is_flag=True, help="Enforce permissions (IAM), over TLS, as AWS does.")
@click.option("--json", "as_json", is_flag=True, help="Print only the messages, one JSON object a line.")
@_options.parameters("Value of a parameter of the definition. May be repeated.  [default: its example]")
@_options.sources
@_options.build
def command(
    source: str, port: int, iam: bool, as_json: bool, parameters: dict[str, str], sources: Path, build: Path
) -> int:
    """Run what was built for SOURCE in an emulator of AWS on this machine, and show what arrives, until Ctrl-C.

    For a pulled source, play the vendor: answer its puller with the samples, and show what it does.
    """
    from generator.deploy.endpoint import vendor_url
    from generator.local.running import RunningSource, advertise, deploy_source, read_build, refuse_if_running
    from generator.local.start import run_emulator
    from generator.packaging.bundle import signs_url
    from generator.packaging.product import CODE, TEMPLATE, source_files

    loaded = load(sources, [source], reserved=names_of_commands())[0]
    definition = with_values(loaded, parameters).source
    if definition.pull:
        if iam:
            raise click.UsageError(f"{source} is pulled, and runs without an emulator, so --iam has nothing to enforce")
        return run_samples(loaded, definition, as_json=as_json)
    built_files = read_build(build, sources, source, (TEMPLATE, CODE))
    refuse_if_running(build, sources, source)
    if not built_files.items() <= source_files(loaded).items():
        _console.warning(
            f"{build / source}: is not what the definition says now; build it: {command_line(source, build, sources)}"
        )
    out = _console.console(stderr=as_json)
    stop = _stop_event()
    with run_emulator(port, iam=iam) as running:
        outputs = deploy_source(running, definition, built_files[TEMPLATE].decode(), built_files[CODE], parameters)
        url = running.invoke_url(outputs)
        bundle = str(running.ca_bundle) if running.ca_bundle else None
        advertised = RunningSource(
            source, port, bundle, url, vendor_url(outputs), os.getpid(), running.keys, parameters
        )
        with advertise(advertised, build):
            if not stop.is_set():
                signed = vendor_url(outputs) if signs_url(definition.endpoint) else None
                _banner(out, source, url, outputs["EventsQueueUrl"], iam=iam, signed=signed)
                _next_steps(out, command_line(f"send {source}", build, sources), running.aws_environment)
            try:
                _follow(out, running, names.stack_name(source), stop, as_json=as_json)
            except AWS_ERRORS as error:
                raise GeneratorError(f"the local emulator stopped: {running.log_tail()}") from error
    out.print("\nstopped; nothing is left behind")
    return 0


def _follow(out: Console, running: Emulator, stack: str, stop: threading.Event, *, as_json: bool) -> None:
    """Print what the stack does until `stop` is set; its user may delete and deploy the stack meanwhile."""
    from botocore.exceptions import ClientError

    from generator.local.running import SourceFollower

    followed: SourceFollower | None = None
    gone = False
    while not stop.wait(_PAUSE_SECONDS):
        try:
            followed = followed or SourceFollower(running, running.outputs(stack), stack)
            following.follow(out, followed, as_json=as_json)
            gone = False
        except ClientError:  # the emulator answers, but a resource of the stack is missing
            if not gone:
                out.print(f"         [yellow]gone[/] the stack {stack}; it is shown here again once it is deployed")
            followed, gone = None, True


def _banner(out: Console, source: str, url: str, queue: str, *, iam: bool, signed: str | None) -> None:
    out.print(f"\n[bold]{source}[/] runs on this machine{', IAM enforced' if iam else ''}; Ctrl-C ends it")
    out.print(f"  [dim]endpoint[/]  {url}")
    if signed:
        out.print(f"  [dim]signed as[/] {signed}  [dim]as the handler sees it[/]")
    out.print(f"  [dim]queue[/]     {queue}")


def _next_steps(out: Console, send: str, settings: Mapping[str, str]) -> None:
    """Print what to do in a second terminal; `settings` are the variables that point AWS's tools to the emulator.

    They are one command on several lines, which can be copied as it stands.
    """
    out.print(f"\n[dim]in a second terminal:[/]\n  [cyan]{send}[/]")
    out.print("[dim]there, for status, logs, rejected, redrive, deploy and delete, first:[/]")
    out.print(
        "  [cyan]export[/]" + "".join(f" \\\n    [cyan]{name}={quote(value)}[/]" for name, value in settings.items())
    )
    out.print()


def _stop_event() -> threading.Event:
    """Return an event that the first signal to stop sets, so that a step can finish; a second signal interrupts."""
    stop = threading.Event()

    def end(_signal: int, _frame: Any) -> None:
        if stop.is_set():
            raise KeyboardInterrupt
        stop.set()

    for signal_ in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(signal_, end)
    return stop
