"""What `new` shows: what a request has told, what was made, and what is missing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING

from generator.commands import _console, names
from generator.definition.placeholders import PLACEHOLDER, placeholder_keys
from generator.definition.secret_names import stored_names
from generator.errors import command_line, display_path
from lambdas.auth import credential_fields
from lambdas.model import auths, verified_by

if TYPE_CHECKING:
    from generator.packaging.product import Product
    from generator.scaffold.starting_point import StartingPoint

_KINDS = {"json": "JSON", "ndjson": "lines of JSON", "form": "a form"}


def print_recognition(beginning: StartingPoint) -> None:
    """What a request has shown, and what it can't; GeneratorError where it can be no sample."""
    from rich.markup import escape

    request, base, found = beginning.request, beginning.base, beginning.recognition
    if not request:
        return
    out, body = _console.console(), beginning.body
    kind = f" of {_KINDS[body.format]}" if body else " of body"
    out.print(f"[dim]request[/]  {escape(request.method)}, {_console.count(len(request.body), 'byte')}{kind}")
    for line in found.certain:
        out.print(f"[green]sure[/]     {escape(line)}")
    for line in found.similarities if not base else ():
        out.print(f"[yellow]like[/]     {escape(line)}")
    if found.to_check and not base:
        out.print("[yellow]check[/]    in the vendor's documentation:")
        for line in found.to_check:
            out.print(f"         - {escape(line)}")
    if found.recognized_source and not base and not _console.is_interactive():
        like = found.recognized_source.source.name
        out.print(f"[yellow]note[/]     --from {like} would take its mapping and its handshakes too")
    if found.handshake:
        out.print("[yellow]note[/]     it is no sample of an event: capture one of those too")
    for doubt in request.warnings:
        _console.warning(doubt)
    if base and not found.recognized_source:
        _console.warning(f"this does not look like a request of {base.source.name}")


def report(beginning: StartingPoint, made: list[Path], product: Product, sources: Path, build: Path) -> None:
    """What was made, and what is missing."""
    from rich.markup import escape

    out = _console.console()
    out.print(f"\n[bold]{product.name}[/]  {escape(product.definition.source.description)}\n")
    last = ""
    for label, text in _facts(beginning, made, product, sources, build):
        out.print(f"  [dim]{label if label != last else '':<9}[/]  {escape(text)}")
        last = label
    for problem in product.notes:
        _console.note(problem)
    for problem in [*(product.hints if product.shaped else ()), *product.findings]:
        _console.warning(problem)
    _print_table("missing", list(_open_questions(beginning, product, sources)))
    _print_table("next", list(_commands(beginning, product, sources, build)))


def _print_table(heading: str, rows: list[tuple[str, str]]) -> None:
    from rich.markup import escape

    out = _console.console()
    width = max((len(first) for first, _ in rows), default=0)
    if rows:
        out.print(f"\n[bold]{heading}[/]")
    for first, text in rows:
        out.print(f"  [cyan]{escape(f'{first:<{width}}')}[/]  [dim]{escape(text)}[/]")


def _facts(
    beginning: StartingPoint, made: list[Path], product: Product, sources: Path, build: Path
) -> Iterator[tuple[str, str]]:
    from generator.commands._build_report import sample_line

    webhook = product.definition.source.webhook
    files = {*made, *(one.sample.file(one.expected_part) for one in product.own_samples)}
    if beginning.copy:
        yield "made", f"{display_path(sources / product.name)}, {len(files)} files"
    for file in sorted(files, key=lambda file: (file.name != "source.yml", file)) if not beginning.copy else ():
        yield "made", display_path(file)
    where = {"authorizer": "in an authorizer", "api": "by the API itself"}.get(verified_by(webhook), "in the handler")
    yield "verifies", f"{webhook.auth.type.describe(webhook.auth.settings)}, {where}"
    for one in product.own_samples:
        if one.sample.name == beginning.sample:
            yield "sample", sample_line(one)
    if beginning.credentials:
        yield "left out", f"{', '.join(beginning.credentials)}: the credential, and in no sample"
    if beginning.left_out:
        yield "left out", f"{', '.join(beginning.left_out)}: may be secret, and is in no sample"
    hidden = {
        *product.definition.source.events.mask,
        *(name for auth in auths(webhook) for name in credential_fields(auth)),
    }
    for name in beginning.body.masked if beginning.body else ():
        why = "hides it in every event" if name in hidden else "does not have it, so events will show it"
        yield "masked", f"{name}: may be secret; `events.mask` {why}"
    yield "built", display_path(build / product.name)


def _open_questions(beginning: StartingPoint, product: Product, sources: Path) -> Iterator[tuple[str, str]]:
    """What only people know."""
    source, folder = product.definition.source, sources / product.name
    definition = display_path(folder / "source.yml")
    for key in placeholder_keys(source):
        yield definition, f"{key}: put yours for {PLACEHOLDER}; until then, deploy refuses it"
    if not beginning.base:
        if beginning.request:
            yield definition, "what was guessed, and what an analyst is to read"
        else:
            yield definition, "where id, type and time are in the body, and what an analyst is to read"
    if not product.shaped:
        body = "the body of a request, as the vendor sends it: there is none yet"
        yield f"{display_path(folder / 'samples')}/EVENT.json", body
    for one in product.own_samples:
        if one.sample.name == beginning.sample:
            yield (
                display_path(one.sample.source_file),
                "a real event: look for people and secrets in it before you share it",
            )
    if not beginning.base:
        yield display_path(folder / "README.md"), "what to click at the vendor, and what it sends again"


def _commands(beginning: StartingPoint, product: Product, sources: Path, build: Path) -> Iterator[tuple[str, str]]:
    name = product.name
    yield command_line(f"{name} --accept", build, sources), "build it again, after any change; read what it stores"
    if "verify" in names():
        file = quote(str(beginning.file)) if beginning.file else "FILE"
        by = " with your secret" if stored_names(product.definition.source.webhook) else ""
        why = f"whether a captured request verifies{by}, and if not, why"
        yield command_line(f"verify {name} --request {file} --at request", sources=sources), why
    if stored_names(product.definition.source.webhook):
        yield command_line(f"secret {name}", sources=sources), "the vendor's secret, into Parameter Store"
    yield command_line(f"run {name}", build, sources), "run it on this machine"
