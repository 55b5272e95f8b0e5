"""Update a source that runs on this machine, send its samples, and print what becomes of each: a part of `run --watch`.

It runs in a process of its own, with the code of the framework as it is now.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import click

from generator import names
from generator.commands import _console
from generator.commands import names as names_of_commands
from generator.commands._follow import describe_log_line
from generator.commands._pull_run import run_samples
from generator.definition import own_code
from generator.definition.parameter_values import with_values
from generator.definition.read import load
from generator.errors import GeneratorError
from generator.samples.message_view import shown

if TYPE_CHECKING:
    from rich.console import Console

    from generator.local.resending import SampleResult
    from generator.local.running import RunningSource
    from generator.local.updating import Update


def update_running(name: str, parameters: Mapping[str, str], build: Path, sources: Path, *, as_json: bool) -> int:
    """Update a source to what is built, and send its samples; of a source that is pulled, play them."""
    from generator.local.resending import send_samples
    from generator.local.running import SourceFollower, find_running, read_build
    from generator.local.updating import update_source
    from generator.packaging.product import CODE, TEMPLATE
    from generator.samples.files import load_samples

    own_code.note_nothing_more()
    definition = load(sources, [name], reserved=names_of_commands())[0]
    source = with_values(definition, parameters).source
    if source.pull:
        return run_samples(definition, source, as_json=as_json)
    running = find_running(build, sources, name)
    files = read_build(build, sources, name, (TEMPLATE, CODE))
    update = update_source(running, source, files[TEMPLATE].decode(), files[CODE], build)
    out = _console.console(stderr=as_json)
    _print_what_is_new(out, running, update)
    samples, problems = load_samples(definition)
    if broken := [problem for problem in problems if not problem.warning]:
        raise GeneratorError("\n".join(map(str, broken)))
    followed = SourceFollower(running.emulator, update.outputs, names.stack_name(name))
    followed.skip()
    rows: list[tuple[str, str]] = []
    for result in send_samples(source, samples, update.running, followed):
        rows += sample_rows(result)
        for message in result.messages if as_json else ():
            click.echo(json.dumps(message, ensure_ascii=False))
    _console.rows(out, rows)
    return 0


def _print_what_is_new(out: Console, before: RunningSource, update: Update) -> None:
    """Print what others know of the source and has changed, as where its path is another."""
    if update.running.url != before.url:
        out.print(f"  [yellow]endpoint[/]  {update.running.url}")
    for name in update.new_secrets:
        out.print(f"  [yellow]secret[/]    {name} is a new random one: the definition can't use the one before")


def sample_rows(result: SampleResult) -> Iterator[tuple[str, str]]:
    """Yield the name of a sample and its first row, then no name and its other rows."""
    label = _console.safe(result.name)
    for text in _texts(result):
        yield label, text
        label = ""


def _texts(result: SampleResult) -> Iterator[str]:
    if result.answer is None:
        yield "[yellow]not sent[/]: only the vendor can sign it"
        return
    for message in result.messages:
        view = shown(message)
        severity, summary = _console.safe(view.severity), _console.safe(view.summary)
        yield f"[green]{result.answer.status}[/] [bold]{severity}[/] {summary}"
    described = [describe_log_line(line) for line in result.lines]
    for status, text, color in described:
        if color != "green" or text != "accepted" or not result.messages:
            yield f"[{color}]{status or result.answer.status}[/] {_console.safe(text)}"
    if not described:
        color = "green" if result.answer.status < 300 else "red"
        yield f"[{color}]{result.answer.status}[/] {_console.safe(result.answer.body)}".rstrip()
