"""Run a source's whole pipeline on this machine, in an emulator: the command `rehearse`."""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import click

from generator import names
from generator.commands import _console, _layout, _options
from generator.commands import names as names_of_commands
from generator.errors import BUNDLED, IS_INSTALLED, REPOSITORY, GeneratorError, command_line
from generator.files import regular_file
from generator.packaging.configuration import framework_files

if TYPE_CHECKING:
    from rich.console import Console

    from generator.definition.read import Definition
    from generator.local.pipeline_actions import Folders
    from generator.local.rehearsal import Rehearsal
    from lambdas.model import Source

_PAUSE_SECONDS = 0.5
_WIDTH = 80
_INDENT = 16
"""Columns before the fields of a message."""
_FOLDER = click.Path(path_type=Path, exists=True, file_okay=False)


@_options.command(short_help="Run a source's whole pipeline on this machine.")
@_options.source
@click.option(
    "--env",
    metavar="NAME",
    default=names.DEFAULT_ENVIRONMENT,
    show_default=True,
    help="Environment that the pipeline deploys.",
)
@click.option(
    "--application", type=_FOLDER, metavar="DIR", help="Folder of the framework's repository.  [default: this one]"
)
@click.option(
    "--configuration",
    type=_FOLDER,
    metavar="DIR",
    help="Folder of the configuration's repository.  [default: BUILD/SOURCE/config]",
)
@click.option("--approve", is_flag=True, help="Include the approval stage.")
@click.option("--no-secret", is_flag=True, help="Begin without a secret in Parameter Store.")
@click.option("--watch", is_flag=True, help="Run it again when a file of either repository changes, until Ctrl-C.")
@click.option(
    "--port",
    metavar="PORT",
    type=click.IntRange(1, 65_535),
    help="Port of the emulator.  [default: one that is free]",
)
@_options.sources
@_options.build
def command(
    source: str,
    env: str,
    application: Path | None,
    configuration: Path | None,
    approve: bool,
    no_secret: bool,
    watch: bool,
    port: int | None,
    sources: Path,
    build: Path,
) -> int:
    """Run the pipeline that was built for SOURCE as CodePipeline would, in an emulator of AWS that enforces IAM.

    Nothing is deployed to AWS. The logs stay in BUILD/.rehearsal/SOURCE.
    """
    from generator.definition.read import load
    from generator.local.pipeline_actions import Folders
    from generator.local.rehearsal import start_rehearsal
    from generator.local.running import read_build
    from generator.local.start import free_port
    from generator.packaging.product import FILES, shared_files, source_files

    if problem := names.deployment_problem(source, names.DEFAULT_PROJECT, env):
        raise click.UsageError(problem)
    definition = load(sources, [source], reserved=names_of_commands())[0]
    built_files = read_build(build, sources, source, (*FILES, *shared_files()))
    if not built_files.items() <= (source_files(definition) | shared_files()).items():
        _console.warning(
            f"{build / source}: is not what the definition says now; build it: {command_line(source, build, sources)}"
        )
    logs = build / ".rehearsal" / source
    installed = logs / "framework" if IS_INSTALLED and not application else None
    folders = Folders(
        application or installed or REPOSITORY,
        configuration or build / source / "config",
        logs,
    )
    _require_definition(definition, application, folders.configuration)
    try:
        regular_file.make_folder(folders.logs.parent)
        shutil.rmtree(folders.logs, ignore_errors=True)  # old logs could be taken for those of this run
        folders.logs.mkdir()
        if installed:
            _write_framework(installed)
    except OSError as error:
        raise GeneratorError(f"{folders.logs}: can't keep logs there ({error.strerror})") from error
    out = _console.console()
    form = {"Environment": env, "RequireApproval": "true" if approve else "false"}
    out.print(f"[bold]{source}[/]: the pipeline, on this machine")
    with (
        _StageDisplay(out) as display,
        start_rehearsal(definition, built_files, folders, port or free_port(), form, secret=not no_secret) as deployed,
    ):
        display.done("template", "deployed, IAM enforced")
        if not watch:
            _push(display, deployed)
            words = f"deploy {source} --pipeline{'' if env == names.DEFAULT_ENVIRONMENT else f' --env {env}'}"
            parameter_options = "".join(f" --parameter {name}=VALUE" for name in deployed.required_parameters)
            out.print("\nthe same in AWS:")
            out.print(f"  [cyan]{command_line(words + parameter_options, build, sources)}[/]")
            return 0
        for _ in _changes(folders):
            try:
                _push(display, deployed)
            except GeneratorError as error:
                _console.failure(error)
            out.print("\n[dim]waiting for a change in either repository; Ctrl-C ends it[/]")
    return 0


def _require_definition(definition: Definition, application: Path | None, configuration: Path) -> None:
    """Refuse a definition that is in neither repository: another one of that name may be shipped."""
    folder = definition.folders[0]
    if application:
        in_application = (application / "sources" / folder.name / "source.yml").is_file()
    else:
        in_application = folder.resolve().parent == BUNDLED.resolve()
    if in_application or (configuration / "source.yml").is_file():
        return
    raise GeneratorError(
        f"{definition.location('')[0]}: is in neither repository, so its pipeline would not find it. Commit it to "
        "the framework's sources/, or let `pipeline: {private: true}` put it into the configuration"
    )


def _write_framework(folder: Path) -> None:
    """Write the installed framework as the files of its repository, which a checkout is by itself."""
    for name, content in framework_files().items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)


class _StageDisplay:
    """Shows the running stage, on a terminal only, and prints a line for each stage that is done."""

    def __init__(self, out: Console) -> None:
        self._out = out
        self._status = out.status("")
        self._started = time.monotonic()

    def __enter__(self) -> Self:
        self.begin("template", "is deployed to an emulator of AWS")
        return self

    def __exit__(self, *_: object) -> None:
        self._status.stop()

    def begin(self, stage: str, activity: str) -> None:
        self._started = time.monotonic()
        self._status.update(f"{stage:<16} [dim]{activity} …[/]")
        self._status.start()

    def done(self, stage: str, result: str, *, failed: bool = False) -> None:
        from rich.markup import escape

        self._status.stop()
        took = time.monotonic() - self._started
        words = [escape(result), f"[dim]({took:.0f} s)[/]" if took >= 1 else ""]
        sign = "[red]failed[/]" if failed else "[green]ok[/]    "
        _layout.columns(self._out, [(f"  {sign}  {stage:<16} ", "  ".join(filter(None, words)))])

    def print_output(self, lines: Sequence[str]) -> None:
        from rich.text import Text

        for line in lines:
            self._out.print(Text(f"          {line}", "dim"))


def _push(display: _StageDisplay, deployed: Rehearsal) -> None:
    """Run every stage and print its result; GeneratorError at the stage that fails."""
    from generator.local.rehearsal import StageError

    try:
        for step in deployed.push():
            named = "" if step.action == step.stage else f"{step.action}: "
            if step.result is None:
                display.begin(step.stage, f"{named}runs")
            else:
                display.done(step.stage, f"{named}{step.result}")
    except StageError as error:
        display.done(error.stage, "", failed=True)
        display.print_output(error.failed_command_output)
        why = f"the whole log: {error.log}" if error.log else error.cause
        raise GeneratorError(f"the pipeline stops at {error.stage}: {why}") from error
    _print_message(_console.console(), deployed.source, deployed.newest_message())


def _print_message(out: Console, source: Source, message: dict[str, Any] | None) -> None:
    """Print the message, a line for each field."""
    from rich.text import Text

    from generator.definition.words import reader

    if message is None:
        raise GeneratorError("the pipeline has passed, but there is no message on the queue")
    width = out.width - _INDENT if out.is_terminal else _WIDTH
    place = "an object" if source.delivery.s3 else "the queue"
    out.print(f"\n[bold]what {reader(source)} reads from {place}[/]")
    for key, value in message.items():
        text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        cut = _layout.shortened(text, width)
        out.print(Text.assemble("  ", (f"{key:<12}", "dim"), "  ", cut))


def _changes(folders: Folders) -> Iterator[None]:
    """Yield now, and whenever a file that would be checked in has changed."""
    from generator.local.artifacts import modification_times

    before = None
    while True:
        now = modification_times(folders.application), modification_times(folders.configuration)
        if now != before:
            before = now
            yield
        time.sleep(_PAUSE_SECONDS)
