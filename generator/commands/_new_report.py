"""Print what `new` recognized in a request, what it wrote, and what is missing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import pairwise
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING

from generator.commands import _console, _layout, names
from generator.commands._pull_report import pull_facts
from generator.definition.parameter_values import as_written
from generator.definition.secret_names import source_secrets
from generator.errors import command_line, display_path
from lambdas.auth import credential_fields
from lambdas.model import Webhook, auths, verified_by

if TYPE_CHECKING:
    from generator.packaging.product import Product
    from generator.scaffold.starting_point import StartingPoint

_KINDS = {"json": "JSON", "ndjson": "lines of JSON", "form": "a form"}


def print_recognition(beginning: StartingPoint) -> None:
    """Print what was recognized in the request; GeneratorError where it can't become a sample."""
    from rich.markup import escape

    request, base, recognition = beginning.request, beginning.base, beginning.recognition
    if not request:
        return
    out, body = _console.console(), beginning.body
    kind = f" of {_KINDS[body.format]}" if body else " of body"
    out.print(f"[dim]request[/]  {escape(request.method)}, {_console.count(len(request.body), 'byte')}{kind}")
    for line in recognition.certain:
        _layout.columns(out, [("[green]sure[/]    ", escape(line))])
    for line in recognition.similarities if not base else ():
        _layout.columns(out, [("[yellow]like[/]    ", escape(line))])
    if not base:
        _print_checks("in the vendor's documentation", recognition.to_check)
    if not base and not recognition.recognized_source:
        _print_checks("in several events", beginning.mapping.to_check)
    if recognition.recognized_source and not base and not _console.is_interactive():
        like = recognition.recognized_source.source.name
        _layout.columns(out, [("[yellow]note[/]    ", f"--from {like} would take its mapping and its handshakes too")])
    if recognition.handshake:
        _layout.columns(out, [("[yellow]note[/]    ", "this is no sample of an event; capture one of those too")])
    for doubt in request.warnings:
        _console.warning(doubt)
    if base and not recognition.recognized_source:
        _console.warning(f"this does not look like a request of {base.source.name}")


def _print_checks(where: str, lines: Iterable[str]) -> None:
    from rich.markup import escape

    out = _console.console()
    for number, line in enumerate(lines):
        if not number:
            _layout.columns(out, [("[yellow]check[/]   ", f"{where}:")])
        _layout.columns(out, [("         -", escape(line))])


def report(beginning: StartingPoint, written_files: list[Path], product: Product, sources: Path, build: Path) -> None:
    """Print what was written, and what is missing."""
    print_source(
        product,
        _facts(beginning, written_files, product, sources, build),
        missing=_open_questions(beginning, product, sources),
        next_commands=_commands(beginning, product, sources, build),
    )


def print_source(
    product: Product,
    facts: Iterable[tuple[str, str]],
    *,
    missing: Iterable[tuple[str, str]],
    next_commands: Iterable[tuple[str, str]],
) -> None:
    """Print a new source: what is known of it, what its build says, what is missing, and what to do next."""
    from rich.markup import escape

    out = _console.console()
    out.print(f"\n[bold]{product.name}[/]  {escape(product.definition.source.description)}\n")
    lines = [("", ""), *facts]
    _console.rows(
        out, ((label if label != before else "", escape(text)) for (before, _), (label, text) in pairwise(lines))
    )
    for problem in product.notes:
        _console.note(problem)
    for problem in [*(product.hints if product.shaped else ()), *product.findings]:
        _console.warning(problem)
    for heading, rows in (("missing", list(missing)), ("next", list(next_commands))):
        if rows:
            out.print(f"\n[bold]{heading}[/]")
            _layout.steps(out, rows)


def _facts(
    beginning: StartingPoint, written_files: list[Path], product: Product, sources: Path, build: Path
) -> Iterator[tuple[str, str]]:
    from generator.commands._build_report import sample_line

    source = as_written(product.definition.source)
    files = {*written_files, *(shaped.sample.file(shaped.expected_part) for shaped in product.own_samples)}
    if beginning.copy:
        yield "made", f"{display_path(sources / product.name)}, {_console.count(len(files), 'file')}"
    for file in sorted(files, key=lambda file: (file.name != "source.yml", file)) if not beginning.copy else ():
        yield "made", display_path(file)
    yield from pull_facts(source, source.pull) if source.pull else _webhook_facts(source.endpoint)
    for shaped in product.own_samples:
        if shaped.sample.name == beginning.sample:
            yield "sample", sample_line(shaped, _console.text_width())
    if beginning.credentials:
        yield "left out", f"{', '.join(beginning.credentials)}: the credential, and in no sample"
    if beginning.left_out:
        yield "left out", f"{', '.join(beginning.left_out)}: may be secret, and is in no sample"
    hidden: set[str] = set(source.events.mask)
    hidden |= {name for auth in auths(source.webhook) for name in credential_fields(auth)} if source.webhook else set()
    for name in beginning.body.masked if beginning.body else ():
        why = "hides it in every event" if name in hidden else "does not have it, so events will show it"
        yield "masked", f"{name}: may be secret; `events.mask` {why}"
    yield "built", display_path(build / product.name)


def _webhook_facts(webhook: Webhook) -> Iterator[tuple[str, str]]:
    verified = {"authorizer": "in an authorizer", "api": "by the API itself"}.get(
        verified_by(webhook), "in the handler"
    )
    yield "verifies", f"{webhook.auth.type.describe(webhook.auth.settings)}, {verified}"


def _open_questions(beginning: StartingPoint, product: Product, sources: Path) -> Iterator[tuple[str, str]]:
    """Yield the file and the question for each fact that only people know."""
    source, folder = product.definition.source, sources / product.name
    definition = display_path(folder / "source.yml")
    for name in () if beginning.base else source.parameters or ():
        yield definition, f"parameters.{name}: check pattern and example; `deploy` asks for the value"
    if not beginning.base:
        if beginning.request:
            yield definition, "check the guesses, and write what an analyst should read"
        else:
            yield definition, "write where id, type and time are in the body, and what an analyst should read"
    if not product.shaped:
        body = "add the body of a request as the vendor sends it; there is none yet"
        yield f"{display_path(folder / 'samples')}/EVENT.json", body
    for shaped in product.own_samples:
        if shaped.sample.name == beginning.sample:
            yield (
                display_path(shaped.sample.source_file),
                "a real event: remove people and secrets from it before you share it",
            )
    if not beginning.base:
        yield display_path(folder / "README.md"), "write what to click at the vendor, and when it sends again"


def _commands(beginning: StartingPoint, product: Product, sources: Path, build: Path) -> Iterator[tuple[str, str]]:
    name = product.name
    yield command_line(f"{name} --accept", build, sources), "build it again, after any change; read what it stores"
    source = product.definition.source
    if "verify" in names() and source.webhook:
        file = quote(str(beginning.file)) if beginning.file else "FILE"
        by = " with your secret" if source_secrets(source) else ""
        why = f"whether a captured request verifies{by}, and if not, why"
        yield command_line(f"verify {name} --request {file} --at request", sources=sources), why
    if source_secrets(source):
        yield command_line(f"secret {name}", sources=sources), "the vendor's secret, into Parameter Store"
    purpose = "play its samples as the vendor, here" if source.pull else "run it on this machine"
    yield command_line(f"run {name}", build, sources), purpose
