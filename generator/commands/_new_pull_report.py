"""Print what `new --pull` found in captured answers, what it wrote, and what is missing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from generator.commands import _console, _layout
from generator.commands._new_report import print_source
from generator.commands._pull_report import pull_facts
from generator.definition.parameter_values import as_written
from generator.definition.secret_names import replaced_secrets
from generator.errors import command_line, display_path
from generator.scaffold.pull_samples import mask_fields

if TYPE_CHECKING:
    from generator.definition.read import Definition
    from generator.packaging.product import Product
    from generator.scaffold.pull_start import PullStart

_COLORS = {"sure": "green", "likely": "yellow", "check": "yellow"}
"""How certain a finding is, the surest first."""
_WIDTH = 8


def print_findings(start: PullStart, similar: Definition | None) -> None:
    """Print what was found, a line each, the surest first."""
    from rich.markup import escape

    out = _console.console()
    if start.answers:
        size = _console.count(len(start.events.captured), "event")
        count = _console.count(len(start.answers), "answer")
        out.print(f"[dim]{'answer':<{_WIDTH}}[/] {count}, {start.answers[0].format.upper()}, {size}")
    findings = sorted(start.findings, key=lambda finding: list(_COLORS).index(finding.certainty))
    lines = ((f"[{_COLORS[finding.certainty]}]{finding.certainty}[/]", escape(finding.text)) for finding in findings)
    _layout.columns(out, lines, _WIDTH)
    if similar:
        name = similar.source.name
        line = f"this is the API of {name}: --from {name} would take its mapping too"
        _layout.columns(out, [("[yellow]note[/]    ", line)])


def report(start: PullStart, written_files: list[Path], product: Product, sources: Path, build: Path) -> None:
    """Print what was written, and what is missing."""
    print_source(
        product,
        _facts(start, written_files, product, build),
        missing=_open_questions(start, product, sources),
        next_commands=_commands(start, product, sources, build),
    )


def _facts(start: PullStart, written_files: list[Path], product: Product, build: Path) -> Iterator[tuple[str, str]]:
    from generator.commands._build_report import sample_line

    source = as_written(product.definition.source)
    files = {*written_files, *(shaped.sample.file(shaped.expected_part) for shaped in product.own_samples)}
    for file in sorted(files, key=lambda file: (file.name != "source.yml", file)):
        yield "made", display_path(file)
    if source.pull:
        yield from pull_facts(source, source.pull)
    for shaped in product.own_samples:
        yield "sample", sample_line(shaped, _console.text_width())
    if start.written and start.paging.style in ("link", "next_url", "cursor"):
        yield "made up", "the cursors in the samples, since those of the vendor may give access"
    if start.has_end_page:
        yield "made up", f"{start.written[-1].name}: an empty last page, so that reading the samples ends"
    named = mask_fields(start.masked)
    for name in start.masked:
        why = "hides it in every event" if name in named else "can't name it, so events will show it"
        yield "masked", f"{name}: may be secret; `events.mask` {why}"
    yield "built", display_path(build / product.name)


def _open_questions(start: PullStart, product: Product, sources: Path) -> Iterator[tuple[str, str]]:
    """Yield the file and the question for each fact that only people know."""
    folder = sources / product.name
    definition, samples = display_path(folder / "source.yml"), folder / "samples"
    if any(finding.certainty == "check" for finding in start.findings):
        yield definition, "check what stands in the comments; rate, window and errors are the vendor's to say"
    else:
        yield definition, "rate, window and errors are the vendor's to say; write what an analyst should read"
    stream = start.requests[0].stream
    if start.written:
        yield f"{display_path(samples)}/", "real events: remove people and secrets from them before you share them"
    else:
        yield f"{display_path(samples)}/{stream}.json", "add an answer as the vendor sends it; there is none yet"
    yield display_path(folder / "README.md"), "write what to click at the vendor, and what its limits are"


def _commands(start: PullStart, product: Product, sources: Path, build: Path) -> Iterator[tuple[str, str]]:
    name, pull = product.name, product.definition.source.pull
    if pull and not replaced_secrets(pull):
        keep, purpose = ("", "") if start.written else (" --record", ", and keep it as the sample")
        yield command_line(f"try {name}{keep}", sources=sources), f"ask the vendor for a page{purpose}"
    yield command_line(f"{name} --accept", build, sources), "build it again, after any change; read what it stores"
    yield command_line(f"run {name}", build, sources), "play its samples as the vendor, here"
    yield command_line(f"secret {name}", sources=sources), "the vendor's credential, into Parameter Store"
