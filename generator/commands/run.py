"""Run a built source on this machine, in an emulator: the command `run`."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from generator import names
from generator.commands import _console, _options
from generator.commands import _follow as following
from generator.commands import names as names_of_commands
from generator.commands._processes import PAUSE_SECONDS, stop_event
from generator.commands._pull_run import run_samples
from generator.definition import own_code
from generator.definition.parameter_values import with_values
from generator.definition.read import load
from generator.errors import GeneratorError, command_line
from generator.packaging import build_folder
from lambdas.runtime.aws_errors import AWS_ERRORS

if TYPE_CHECKING:
    import threading

    from rich.console import Console

    from generator.commands._watch import Updater
    from generator.definition.read import Definition
    from generator.local.emulator import Emulator
    from lambdas.model import Source


class _Run(NamedTuple):
    """What is to run, and how."""

    source: str
    port: int
    iam: bool
    as_json: bool
    parameters: Mapping[str, str]
    sources: Path
    build: Path

    def command_line(self, words: str) -> str:
        return command_line(words, self.build, self.sources)


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
@click.option(
    "--watch",
    is_flag=True,
    help="Build SOURCE, run it, and send its samples; do so again when a file changes. Its endpoint and secret stay.",
)
@click.option("--accept", is_flag=True, help="With --watch, store the message of each sample as the expected one.")
@click.option("--update", is_flag=True, hidden=True, help="Update what runs already, and send its samples.")
@_options.parameters("Value of a parameter of the definition. May be repeated.  [default: its example]")
@_options.sources
@_options.build
def command(watch: bool, accept: bool, update: bool, **options: Any) -> int:
    """Run what was built for SOURCE in an emulator of AWS on this machine, and show what arrives, until Ctrl-C.

    For a pulled source, play the vendor: answer its puller with the samples, and show what it does.
    """
    run = _Run(**options)
    if accept and not watch:
        alone = run.command_line(f"{run.source} --accept")
        raise click.UsageError(f"--accept is of the build, which is part of --watch; without that: {alone}")
    if update:
        from generator.commands._run_update import update_running

        return update_running(run.source, run.parameters, run.build, run.sources, as_json=run.as_json)
    return _watch(run, ["--accept"] if accept else []) if watch else _start(run, None)


def _watch(run: _Run, options: Sequence[str]) -> int:
    """Run a source once it can be built, and update it whenever it is built again."""
    from generator.commands._watch import Rebuilder, Updater, refuse_unknown
    from generator.local.running import refuse_if_running

    refuse_unknown([run.source], run.sources)
    refuse_if_running(run.build, run.sources, run.source)
    build_folder.refuse_unfit_folder(run.build)
    stop, out = stop_event(), _console.console(stderr=run.as_json)
    quick = ["--short", "--lint", "fast", *options]
    rebuilder = Rebuilder(lambda: [run.source], run.sources, run.build, quick, stop, out, stderr=run.as_json)
    if not rebuilder.build_until_complete():
        out.print("\nstopped")
        return 0
    own_code.note_nothing_more()
    arguments = ["run", run.source, "--update", "--sources", str(run.sources), "--build", str(run.build)]
    arguments += [f"--parameter={name}={value}" for name, value in run.parameters.items()]
    return _start(run, Updater(rebuilder, [*arguments, *(["--json"] if run.as_json else [])]))


def _start(run: _Run, updater: Updater | None) -> int:
    loaded = load(run.sources, [run.source], reserved=names_of_commands())[0]
    definition = with_values(loaded, run.parameters).source
    if not definition.pull:
        return _serve(run, loaded, definition, updater)
    if run.iam:
        raise click.UsageError(f"{run.source} is pulled, and runs without an emulator, so --iam has nothing to enforce")
    return updater.repeat() if updater else run_samples(loaded, definition, as_json=run.as_json)


def _serve(run: _Run, loaded: Definition, definition: Source, updater: Updater | None) -> int:
    """Run a source that has an endpoint, until a signal ends it."""
    from generator.deploy.endpoint import vendor_url
    from generator.local.running import RunningSource, advertise, deploy_source, read_build, refuse_if_running
    from generator.local.start import run_emulator
    from generator.packaging.bundle import signs_url
    from generator.packaging.product import CODE, TEMPLATE, source_files

    source, build, sources = run.source, run.build, run.sources
    built_files = read_build(build, sources, source, (TEMPLATE, CODE))
    refuse_if_running(build, sources, source)
    if not built_files.items() <= source_files(loaded).items():
        _console.warning(f"{build / source}: is not what the definition says now; build it: {run.command_line(source)}")
    out = _console.console(stderr=run.as_json)
    stop = updater.stop if updater else stop_event()
    with run_emulator(run.port, iam=run.iam) as running:
        template, code = built_files[TEMPLATE].decode(), built_files[CODE]
        outputs = deploy_source(running, definition, template, code, run.parameters)
        url = running.invoke_url(outputs)
        bundle = str(running.ca_bundle) if running.ca_bundle else None
        advertised = RunningSource(
            source, run.port, bundle, url, vendor_url(outputs), os.getpid(), running.keys, run.parameters
        )
        with advertise(advertised, build):
            if not stop.is_set():
                signed = vendor_url(outputs) if signs_url(definition.endpoint) else None
                _banner(out, run, url, outputs, signed=signed, watched=updater is not None)
                _next_steps(out, run.command_line(f"send {source}"), running.aws_environment)
            try:
                _follow(out, running, names.stack_name(source), stop, updater, as_json=run.as_json)
            except AWS_ERRORS as error:
                raise GeneratorError(f"the local emulator stopped: {running.log_tail()}") from error
    out.print("\nstopped; nothing is left behind")
    return 0


def _follow(
    out: Console, running: Emulator, stack: str, stop: threading.Event, updater: Updater | None, *, as_json: bool
) -> None:
    """Print what the stack does until `stop` is set; its user may delete and deploy the stack meanwhile."""
    from botocore.exceptions import ClientError

    from generator.local.running import SourceFollower

    followed: SourceFollower | None = None
    gone = False
    while not stop.wait(PAUSE_SECONDS):
        try:
            if updater and updater.update():
                followed = SourceFollower(running, running.outputs(stack), stack)
                followed.skip()  # the update has printed it
            followed = followed or SourceFollower(running, running.outputs(stack), stack)
            following.follow(out, followed, as_json=as_json)
            gone = False
        except ClientError:  # the emulator answers, but a resource of the stack is missing
            if not gone:
                out.print(f"         [yellow]gone[/] the stack {stack}; it is shown here again once it is deployed")
            followed, gone = None, True


def _banner(
    out: Console, run: _Run, url: str, outputs: Mapping[str, str], *, signed: str | None, watched: bool
) -> None:
    from generator.deploy.reader_queue import reader_queue

    modes = f"{', IAM enforced' if run.iam else ''}{'; a changed file updates it' if watched else ''}"
    out.print(f"\n[bold]{run.source}[/] runs on this machine{modes}; Ctrl-C ends it")
    out.print(f"  [dim]endpoint[/]  {url}")
    if signed:
        out.print(f"  [dim]signed as[/] {signed}  [dim]as the handler sees it[/]")
    out.print(f"  [dim]queue[/]     {reader_queue(outputs)}")
    if bucket := outputs.get("ObjectsBucket"):
        out.print(f"  [dim]bucket[/]    {bucket}  [dim]of the objects that the queue tells of[/]")


def _next_steps(out: Console, send: str, settings: Mapping[str, str]) -> None:
    """Print what to do in a second terminal; `settings` are the variables that point AWS's tools to the emulator.

    They are one command on several lines, which can be copied as it stands.
    """
    out.print(f"\n[dim]in a second terminal:[/]\n  [cyan]{send}[/]")
    out.print("[dim]there, for canary, status, logs, rejected, redrive, deploy and delete, first:[/]")
    out.print(
        "  [cyan]export[/]" + "".join(f" \\\n    [cyan]{name}={quote(value)}[/]" for name, value in settings.items())
    )
    out.print()
