"""What a build shows."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.markup import escape
from rich.table import Table

from generator.commands import _console
from generator.definition.secret_names import ssm_names
from generator.errors import command_line
from generator.packaging.configuration import CONFIG_FOLDER
from generator.packaging.lint_engines import Engines, engine_versions
from generator.packaging.product import shared_files
from lambdas.model import methods, verified_by

if TYPE_CHECKING:
    from generator.packaging.build_folder import FileState
    from generator.packaging.product import Product
    from generator.samples.run import Shaped

FULL = 3
"""With more sources than this, each gets a row and not a page."""
_VERIFIED = {"handler": "in the handler", "authorizer": "in an authorizer", "api": "by the API itself"}


def print_report(
    products: Sequence[Product],
    build: Path,
    sources: Path,
    states: Mapping[str, Mapping[str, FileState]],
    lint: Engines,
) -> None:
    """A summary of each source, its warnings, and what one does next."""
    out = _console.console()
    if len(products) > FULL:
        out.print(_summary_table(products, states))
    else:
        for one in products:
            out.print(f"\n[bold]{one.name}[/]  {escape(one.definition.source.description)}\n")
            # A grid, so that a narrow terminal breaks a line between words, below where its text began.
            grid = Table.grid(padding=(0, 1))
            last = ""
            for label, text in [*_facts(one, lint), *_files(one, build, states[one.name])]:
                grid.add_row(f"  [dim]{label if label != last else ''}[/] ", text)
                last = label
            with out.capture() as drawn:
                out.print(grid)
            # It fills every line up to its own width, which a file or a log has no use for.
            click.echo("\n".join(line.rstrip() for line in drawn.get().splitlines()))
    for one in products:
        for problem in one.notes:
            _console.note(problem)
        for problem in [*one.hints, *one.findings]:
            _console.warning(problem)
    _print_next_steps(products[0].name, build, sources)


def _facts(one: Product, lint: Engines) -> Iterator[tuple[str, str]]:
    source, webhook = one.definition.source, one.definition.source.webhook
    yield "takes", f"{' and '.join(methods(webhook))} {webhook.path}"
    auth = webhook.auth
    yield "verifies", escape(f"{auth.type.describe(auth.settings)}, {_VERIFIED[verified_by(webhook)]}")
    for challenge in webhook.challenges:
        signed = "unsigned too" if challenge.unauthenticated else "once verified"
        yield "answers", escape(f"{challenge.method} where {challenge.when}, {signed}")
    for name in ssm_names(source).values():
        yield "secret", f"{name} in Parameter Store"
    if not ssm_names(source):
        yield "secret", "none: the sender's public keys are fetched"
    if source.vendor:
        within = f"wants an answer within {source.vendor.deadline} s; " if source.vendor.deadline else ""
        yield "vendor", escape(f"{within}sends again: {source.vendor.retries}")
    for made in one.shaped:
        yield "samples", escape(sample_line(made))
    yield "lint", f"{_lint_text(one)} ({', '.join(engine_versions(lint))})"


def _lint_text(one: Product) -> str:
    return _console.count(len(one.findings), "warning") if one.findings else "clean"


def sample_line(made: Shaped) -> str:
    """A sample in one line: what an analyst will see, or what the vendor is answered."""
    if made.reply is not None:
        body = made.reply["body"]
        text = f"{made.sample.name}: answered {made.reply['status']} {json.dumps(body) if body else ''}"
    elif not made.messages:
        text = f"{made.sample.name}: no message"
    else:
        first = made.messages[0]
        more = f" (and {len(made.messages) - 1} more)" if len(made.messages) > 1 else ""
        text = f"{first['timestamp'][:19].replace('T', ' ')} {first['severity']:<5} {first['summary']}{more}"
    return text if len(text) <= _console.WIDTH else f"{text[: _console.WIDTH - 1]}…"


def _files(one: Product, build: Path, states: Mapping[str, FileState]) -> Iterator[tuple[str, str]]:
    rows = [(build / name, states[name], content) for name, content in shared_files().items()]
    rows += [(build / one.name / name, states[name], content) for name, content in one.files.items() if "/" not in name]
    width = max(len(str(file)) for file, _, _ in rows)
    for file, state, content in rows:
        colour = "dim" if state == "unchanged" else "green"
        yield "files", f"{escape(str(file)):<{width}}  {_console.size(len(content)):>8}  [{colour}]{state}[/]"
    below = sum("/" in name for name in one.files)
    config = escape(str(build / one.name / CONFIG_FOLDER))
    yield "files", f"{config:<{width}}  [dim]{below} files, those of config.zip to look at[/]"


def _summary_table(products: Sequence[Product], states: Mapping[str, Mapping[str, FileState]]) -> Table:
    table = Table("source", "samples", "lint", "files", box=None, pad_edge=False, header_style="dim")
    for one in products:
        changed = sum(state != "unchanged" for state in states[one.name].values())
        table.add_row(one.name, str(len(one.shaped)), _lint_text(one), f"{changed} written" if changed else "unchanged")
    return table


def _print_next_steps(name: str, build: Path, sources: Path) -> None:
    out = _console.console()
    out.print("\n[bold]next[/]")
    rows = (
        (f"run {name}", "run it on this machine"),
        (f"rehearse {name}", "run its pipeline on this machine"),
        (f"deploy {name}", "deploy it to AWS; or upload, for the console"),
    )
    width = max(len(words) for words, _ in rows)
    for words, what in rows:
        command = command_line(f"{words:<{width}}", build, sources)
        out.print(f"  [cyan]{escape(command)}[/]  [dim]{what}[/]")
