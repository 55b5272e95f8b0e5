"""Build sources into `build/`: the command `build`, whose steps `deploy`, `upload` and `new` share."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from generator.commands import _console, _options, names
from generator.commands._build_check import check_products, is_empty, unexpected_files
from generator.definition.source_folders import refuse_installed
from generator.errors import GeneratorError, command_line
from generator.packaging import build_folder, output
from generator.packaging.lint import Linter
from generator.packaging.lint_engines import Engines

if TYPE_CHECKING:
    from generator.packaging.product import Product

_NEAR = 0.65
"""How alike a word and a command are that it may stand for: `rnu` and `run` are 0.67."""


@_options.command(short_help="Build sources; the word `build` may be left out.")
@_options.sources_named
@click.option("--all", "everything", is_flag=True, help="Build every source.")
@click.option(
    "--check",
    is_flag=True,
    help="Write nothing. Exit 1 on any finding, or where --build has something else than a build makes now.",
)
@click.option("--lint", type=click.Choice(["full", "fast"]), default="full", help=_options.LINT_HELP)
@click.option("--strict", is_flag=True, help="Treat warnings as errors.")
@click.option("--accept", is_flag=True, help="Store the message of each sample as the expected one.")
@click.option("--watch", is_flag=True, help="Build again when a file changes, until Ctrl-C.")
@click.option("--short", is_flag=True, hidden=True, help="Print a line for each source.")
@_options.sources
@_options.build
def command(
    sources_named: tuple[str, ...],
    everything: bool,
    check: bool,
    lint: Any,
    strict: bool,
    accept: bool,
    watch: bool,
    short: bool,
    sources: Path,
    build: Path,
) -> int:
    """Build each SOURCE into build/SOURCE: templates, code, and a pipeline.

    The word `build` may be left out. Shows what each sample becomes, and compares it with what is expected.
    """
    if not sources_named and not everything:
        raise click.UsageError("name a source, or use --all")
    _refuse_with_check(check=check, accept=accept, watch=watch)
    if sources_named:
        _refuse_misspelt_command(sources_named[0], sources)
    if everything and check and is_empty(sources):
        return 0
    if not check:
        build_folder.refuse_unfit_folder(build)
    selected = None if everything else sources_named
    if watch:
        return _watch(selected, sources, build, lint, strict=strict, accept=accept)
    more = {"strict": strict or check, "accept": accept, "ignore_cache": check}
    failures: list[GeneratorError] = []
    products = build_products(selected, sources, build, lint=lint, failures=failures, **more)
    for error in failures:
        _console.failure(error)
    if not products:
        return 1
    if check:
        return check_products(products, build, sources) or bool(failures)
    _write_and_report(products, build, sources, lint, short=short)
    return bool(failures)


def _write_and_report(products: Sequence[Product], build: Path, sources: Path, lint: Engines, *, short: bool) -> None:
    states = write_products(products, build)

    from generator.commands._build_report import print_lines, print_report
    from generator.errors import display_path

    for file in [file for product in products for file, content in product.accepted.items() if content is None]:
        _console.note(f"{display_path(file)}: was outdated and is removed")
    if short:
        print_lines(products, states)
    else:
        print_report(products, build, sources, states, lint)


def _refuse_with_check(*, check: bool, accept: bool, watch: bool) -> None:
    others = [option for option, is_set in (("--accept", accept), ("--watch", watch)) if is_set]
    if check and others:
        raise click.UsageError(f"--check writes nothing, so it can't be used with {others[0]}")


def _watch(selected: Sequence[str] | None, sources: Path, build: Path, lint: str, *, strict: bool, accept: bool) -> int:
    from generator.commands._watch import refuse_unknown, watch_builds

    refuse_unknown(selected or (), sources)
    flags = [option for option, is_set in (("--strict", strict), ("--accept", accept)) if is_set]
    return watch_builds(selected, sources, build, ["--lint", lint, *flags])


def _refuse_misspelt_command(word: str, sources: Path) -> None:
    """Refuse a first word that is no source and looks like a misspelled command."""
    from generator.definition.source_folders import all_source_names

    known_sources = all_source_names(sources)
    if word in known_sources:
        return
    if word == "help":
        raise GeneratorError(f"no source help; for help on all commands: {command_line('-h')}")
    near = difflib.get_close_matches(word, [*names(), *known_sources], n=1, cutoff=_NEAR)
    if near and near[0] in names() and not (sources / word).is_dir():
        raise GeneratorError(f"no source {word}; did you mean the command {near[0]}?")


def build_products(
    selected: Sequence[str] | None,
    sources: Path,
    build: Path,
    *,
    strict: bool,
    lint: Engines = "full",
    accept: bool = False,
    ignore_cache: bool = False,
    failures: list[GeneratorError] | None = None,
) -> list[Product]:
    """Return the products of the selected sources, or of all; GeneratorError with all their mistakes.

    `ignore_cache`: use nothing from the build folder. `failures`: collect the errors instead of raising them.
    """
    with Linter(lint, build / build_folder.CACHE_FOLDER) as linter:
        # Imported late: in a first build, the lint engines start at the same time.
        from generator.definition.read import load
        from generator.definition.source_folders import source_names
        from generator.packaging.build import make_products

        source_list = source_names(sources) if selected is None else list(dict.fromkeys(selected))
        if not source_list:
            raise GeneratorError(f"{sources}: has no sources yet")
        definitions = load(sources, source_list, reserved=names())
        return make_products(
            definitions,
            build,
            linter,
            warnings_are_errors=strict,
            accept=accept,
            ignore_cache=ignore_cache,
            failures=failures,
        )


def write_products(products: Sequence[Product], build: Path) -> dict[str, dict[str, build_folder.FileState]]:
    """Write the products to the build folder; return the state of each file, by source.

    Accepted messages are stored beside the samples, unless a product can't be written.
    """
    from generator.packaging.product import shared_files

    accepted = {file: content for product in products for file, content in product.accepted.items()}
    for file in accepted:
        refuse_installed(file.parent.parent)
    with build_folder.build_lock(build, [product.name for product in products]):
        if unexpected := unexpected_files(products, build):
            raise GeneratorError("\n".join(unexpected))
        with output.stored_while(accepted):
            shared_states = output.write_shared(build, shared_files())
            return {
                product.name: shared_states
                | output.write_source(build, product.name, product.files, product.cache_entries)
                for product in products
            }
