"""Build sources: definition, templates, lint, zips."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from generator.commands import _console, _options, names
from generator.errors import GeneratorError, command_line
from generator.packaging import build_folder, output
from generator.packaging.lint import Linter
from generator.packaging.lint_engines import Engines

if TYPE_CHECKING:
    from generator.packaging.product import Product

_NEAR = 0.7


@click.command(short_help="Build sources; the word `build` may be left out.")
@click.argument("sources_named", metavar="[SOURCE]...", nargs=-1)
@click.option("--all", "everything", is_flag=True, help="Every source.")
@click.option("--check", is_flag=True, help="Write nothing; exit 1 on any finding, or where build/ differs.")
@click.option("--lint", type=click.Choice(["full", "fast"]), default="full", help="fast: without cfn-lint.")
@click.option("--strict", is_flag=True, help="Warnings are errors.")
@click.option("--accept", is_flag=True, help="Store the messages that the samples become as those expected.")
@_options.sources
@_options.build
def command(
    sources_named: tuple[str, ...],
    everything: bool,
    check: bool,
    lint: Any,
    strict: bool,
    accept: bool,
    sources: Path,
    build: Path,
) -> int:
    """Build SOURCE into build/SOURCE; with --all, every source."""
    if not sources_named and not everything:
        raise click.UsageError("name a source, or say --all")
    if check and accept:
        raise click.UsageError("--check writes nothing, and --accept writes what the samples become")
    if sources_named and not (sources / sources_named[0]).is_dir():
        _refuse_misspelt_command(sources_named[0], sources)
    if not check:
        build_folder.refuse_unfit_folder(build)
    wanted = None if everything else sources_named
    unmade: list[GeneratorError] = []
    products = build_products(
        wanted, sources, build, lint=lint, strict=strict or check, accept=accept, afresh=check, unmade=unmade
    )
    for error in unmade:
        _console.failure(error)
    if not products:
        return 1
    if check:
        return _check(products, build, sources) or bool(unmade)
    states = write_products(products, build)

    from generator.commands._build_report import print_report
    from generator.errors import display_path

    for file in [file for one in products for file, content in one.accepted.items() if content is None]:
        _console.note(f"{display_path(file)}: was stale, and is removed")
    print_report(products, build, sources, states, lint)
    return bool(unmade)


def _refuse_misspelt_command(word: str, sources: Path) -> None:
    """A first word that is no source may be a command that is misspelt."""
    from generator.definition.read import source_names

    near = difflib.get_close_matches(word, [*names(), *source_names(sources)], n=1, cutoff=_NEAR)
    if near and near[0] in names():
        raise GeneratorError(f"no source {word} in {sources}; did you mean the command {near[0]}?")


def build_products(
    wanted: Sequence[str] | None,
    sources: Path,
    build: Path,
    *,
    strict: bool,
    lint: Engines = "full",
    accept: bool = False,
    afresh: bool = False,
    unmade: list[GeneratorError] | None = None,
) -> list[Product]:
    """The products of the wanted sources, or of all; GeneratorError with everything that is wrong with any.

    With `afresh`, nothing is taken from the build folder.
    """
    with Linter(lint, build / build_folder.CACHE_FOLDER) as linter:
        # Imported late: in a first build, the engines start beside this.
        from generator.definition.read import load, source_names
        from generator.packaging.build import make_products

        found = source_names(sources) if wanted is None else list(dict.fromkeys(wanted))
        if not found:
            raise GeneratorError(f"{sources}: has no source yet")
        definitions = load(sources, found, reserved=names())
        return make_products(
            definitions, build, linter, warnings_are_errors=strict, accept=accept, ignore_cache=afresh, failures=unmade
        )


def write_products(products: Sequence[Product], build: Path) -> dict[str, dict[str, build_folder.FileState]]:
    """Write the products to the build folder; what was new, by source and file.

    What is accepted is stored beside the samples, unless one of the products can't be written.
    """
    from generator.packaging.product import shared_files

    accepted = {file: content for one in products for file, content in one.accepted.items()}
    with build_folder.build_lock(build, [one.name for one in products]):
        if foreign := [
            said for one in products if (said := build_folder.unexpected_file_message(build / one.name, one.files))
        ]:
            raise GeneratorError("\n".join(foreign))
        with output.stored_while(accepted):
            once = output.write_shared(build, shared_files())
            return {
                one.name: once | output.write_source(build, one.name, one.files, one.cache_entries) for one in products
            }


def _check(products: list[Product], build: Path, sources: Path) -> int:
    """Nothing is written; a folder that was built must be what a build would write now."""
    from generator.packaging.product import shared_files

    first = command_line(products[0].name, build, sources)
    differ = [
        f"{build / name}: is not what a build makes now: {first}"
        for name, state in build_folder.file_states(build, shared_files()).items()
        if state == "changed"
    ]
    differ += [
        f"{build / one.name / name}: is not what a build makes now: {command_line(one.name, build, sources)}"
        for one in products
        if (build / one.name).exists()
        for name, state in build_folder.file_states(build / one.name, one.files).items()
        if state != "unchanged"
    ]
    differ += [said for one in products if (said := build_folder.unexpected_file_message(build / one.name, one.files))]
    if differ:
        raise GeneratorError("\n".join(differ))
    out = _console.console()
    for one in products:
        for problem in one.notes:
            _console.note(problem)
        built = "build is up to date" if (build / one.name).exists() else "not built yet"
        out.print(f"[green]ok[/]  {one.name}: {_console.count(len(one.shaped), 'sample')}, lint clean, {built}")
    return 0
