"""Print what a build wrote: a summary of each source, its warnings, and the next commands."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from rich.markup import escape
from rich.table import Table

from generator.commands import _console, _layout
from generator.commands._pull_report import pull_facts
from generator.definition.parameter_values import as_written, parameter_options
from generator.definition.secret_names import replaced_secrets, ssm_names
from generator.definition.secret_origin import origin_note
from generator.errors import command_line, display_path
from generator.packaging.configuration import CONFIG_FOLDER
from generator.packaging.lint_engines import Engines, engine_versions
from generator.packaging.product import shared_files
from generator.samples.message_view import shown
from lambdas.model import Source, methods, verified_by

if TYPE_CHECKING:
    from generator.packaging.build_folder import FileState
    from generator.packaging.product import Product
    from generator.samples.run import Shaped

MAX_FULL = 3
"""With more sources than this, each gets a row instead of a page."""
_VERIFIED = {"handler": "in the handler", "authorizer": "in an authorizer", "api": "by the API itself"}


def print_report(
    products: Sequence[Product],
    build: Path,
    sources: Path,
    states: Mapping[str, Mapping[str, FileState]],
    lint: Engines,
) -> None:
    """Print a summary of each source, its warnings, and the next commands."""
    out = _console.console()
    if len(products) > MAX_FULL:
        out.print(_summary_table(products, states))
    else:
        for product in products:
            out.print(f"\n[bold]{product.name}[/]  {escape(product.definition.source.description)}\n")
            lines = [("", ""), *_facts(product, lint), *_files(product, build, states[product.name])]
            _console.rows(
                out, ((label if label != before else "", text) for (before, _), (label, text) in pairwise(lines))
            )
    _print_notes(products)
    _print_next_steps(products[0].definition.source, build, sources)


def print_lines(products: Sequence[Product], states: Mapping[str, Mapping[str, FileState]]) -> None:
    """Print a line for each source, and its warnings."""
    out = _console.console()
    for product in products:
        samples = _console.count(len(product.shaped), "sample")
        files = _changed_text(states[product.name])
        out.print(f"[green]ok[/]  {product.name}: {samples}, lint {_lint_text(product)}, files {files}")
    _print_notes(products)


def _print_notes(products: Sequence[Product]) -> None:
    note_altered_samples(products)
    for product in products:
        for problem in product.notes:
            _console.note(problem)
        for problem in [*product.hints, *product.findings]:
            _console.warning(problem)


def _changed_text(states: Mapping[str, FileState]) -> str:
    changed = sum(state != "unchanged" for state in states.values())
    return f"{changed} written" if changed else "unchanged"


def note_altered_samples(products: Sequence[Product]) -> None:
    """Say in one line which samples are not compared as they are deployed."""
    altered = [product for product in products if product.altered]
    if not altered or not (file := altered[0].definition.defaults.file):
        return
    samples = _console.count(sum(len(product.altered) for product in altered), "sample")
    names = ", ".join(product.name for product in altered)
    of = names if len(altered) <= MAX_FULL else _console.count(len(altered), "source")
    _console.note(f"{display_path(file)}: alters the messages of {samples} ({of}): run with it, compared without it")


def _facts(product: Product, lint: Engines) -> Iterator[tuple[str, str]]:
    source = as_written(product.definition.source)
    if source.pull:
        for label, text in pull_facts(source, source.pull):
            yield label, escape(text)
    else:
        yield from _webhook_facts(source)
    for shaped in product.shaped:
        yield "samples", escape(sample_line(shaped, _console.text_width()))
    yield "lint", f"{_lint_text(product)} ({', '.join(engine_versions(lint))})"


def _webhook_facts(source: Source) -> Iterator[tuple[str, str]]:
    webhook = source.endpoint
    yield "takes", f"{' and '.join(methods(webhook))} {webhook.path}"
    auth = webhook.auth
    yield "verifies", escape(f"{auth.type.describe(auth.settings)}, {_VERIFIED[verified_by(webhook)]}")
    for challenge in webhook.challenges:
        signed = "unsigned too" if challenge.unauthenticated else "once verified"
        yield "answers", escape(f"{challenge.method} where {challenge.when}, {signed}")
    for parameter_name, parameter in (source.parameters or {}).items():
        yield "asks for", escape(f"{parameter_name}, such as {parameter.example}: {parameter.description}")
    for name, full_name in ssm_names(source).items():
        yield "secret", f"{full_name} in Parameter Store{origin_note(source, name)}"
    if not ssm_names(source):
        yield "secret", "none: the sender's public keys are fetched"
    if source.vendor:
        if source.vendor.deadline:
            yield "vendor", f"wants an answer within {source.vendor.deadline} s"
        yield "retries", escape(source.vendor.retries)


def _lint_text(product: Product) -> str:
    return _console.count(len(product.findings), "warning") if product.findings else "clean"


def sample_line(shaped: Shaped, width: int) -> str:
    """Return a sample in one line of some width: its message, or its answer to the vendor."""
    more = ""
    if shaped.reply is not None:
        body = shaped.reply["body"]
        text = f"{shaped.sample.name}: answered {shaped.reply['status']} {json.dumps(body) if body else ''}"
    elif not shaped.messages:
        text = f"{shaped.sample.name}: no message"
    else:
        first = shaped.messages[0]
        more = f" (and {len(shaped.messages) - 1} more)" if len(shaped.messages) > 1 else ""
        text = shown(first).line
    return f"{_layout.shortened(text, width - len(more))}{more}"


def _files(product: Product, build: Path, states: Mapping[str, FileState]) -> Iterator[tuple[str, str]]:
    rows = [(build / name, states[name], content) for name, content in shared_files().items()]
    rows += [
        (build / product.name / name, states[name], content)
        for name, content in product.files.items()
        if "/" not in name
    ]
    width = max(len(str(file)) for file, _, _ in rows)
    for file, state, content in rows:
        color = "dim" if state == "unchanged" else "green"
        yield "files", f"{escape(str(file)):<{width}}  {_console.size(len(content)):>8}  [{color}]{state}[/]"
    config_files = sum("/" in name for name in product.files)
    config = escape(str(build / product.name / CONFIG_FOLDER))
    yield "files", f"{config:<{width}}  [dim]{_console.count(config_files, 'file')}, the content of config.zip[/]"


def _summary_table(products: Sequence[Product], states: Mapping[str, Mapping[str, FileState]]) -> Table:
    table = Table("source", "samples", "lint", "files", box=None, pad_edge=False, header_style="dim")
    for product in products:
        table.add_row(
            product.name,
            str(len(product.shaped)),
            _lint_text(product),
            _changed_text(states[product.name]),
        )
    return table


def _print_next_steps(source: Source, build: Path, sources: Path) -> None:
    out = _console.console()
    out.print("\n[bold]next[/]")
    _layout.steps(out, _next_steps(source, build, sources))


def _next_steps(source: Source, build: Path, sources: Path) -> Iterator[tuple[str, str]]:
    name, parameters = source.name, parameter_options(source)
    purpose = "play its samples as the vendor, here" if source.pull else "run it on this machine"
    yield command_line(f"run {name}", build, sources), purpose
    if source.pull and not replaced_secrets(source.pull):
        yield command_line(f"try {name}{parameters}", sources=sources), "ask the vendor for a page, from this machine"
    yield command_line(f"rehearse {name}", build, sources), "run its pipeline on this machine"
    yield command_line(f"page {name}", build, sources), "a page for whoever must approve it"
    if ssm_names(source):
        yield command_line(f"secret {name}", sources=sources), "the vendor's secret, into Parameter Store"
    yield command_line(f"deploy {name}{parameters}", build, sources), "deploy it to AWS, or upload for the console"
