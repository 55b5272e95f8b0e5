"""Build sources into `build/`: the command `build`, whose steps `deploy`, `upload` and `new` share."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from generator.commands import _console, _options, names
from generator.definition.source_folders import refuse_installed
from generator.errors import GeneratorError, command_line
from generator.packaging import build_folder, output
from generator.packaging.lint import Linter
from generator.packaging.lint_engines import Engines

if TYPE_CHECKING:
    from generator.packaging.product import Product

_NEAR = 0.7


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
    """Build each SOURCE into build/SOURCE: templates, code, and a pipeline.

    The word `build` may be left out. Shows what each sample becomes, and compares it with what is expected.
    """
    if not sources_named and not everything:
        raise click.UsageError("name a source, or use --all")
    if check and accept:
        raise click.UsageError("--check writes nothing, so it can't be used with --accept")
    if sources_named:
        _refuse_misspelt_command(sources_named[0], sources)
    if everything and check and _is_empty(sources):
        return 0
    if not check:
        build_folder.refuse_unfit_folder(build)
    selected = None if everything else sources_named
    failures: list[GeneratorError] = []
    products = build_products(
        selected,
        sources,
        build,
        lint=lint,
        strict=strict or check,
        accept=accept,
        ignore_cache=check,
        failures=failures,
    )
    for error in failures:
        _console.failure(error)
    if not products:
        return 1
    if check:
        return _check(products, build, sources) or bool(failures)
    states = write_products(products, build)

    from generator.commands._build_report import print_report
    from generator.errors import display_path

    for file in [file for product in products for file, content in product.accepted.items() if content is None]:
        _console.note(f"{display_path(file)}: was outdated and is removed")
    print_report(products, build, sources, states, lint)
    return bool(failures)


def _refuse_misspelt_command(word: str, sources: Path) -> None:
    """Refuse a first word that is no source and looks like a misspelled command."""
    from generator.definition.source_folders import all_source_names

    known_sources = all_source_names(sources)
    if word in known_sources:
        return
    near = difflib.get_close_matches(word, [*names(), *known_sources], n=1, cutoff=_NEAR)
    if near and near[0] in names() and not (sources / word).is_dir():
        raise GeneratorError(f"no source {word}; did you mean the command {near[0]}?")


def _is_empty(sources: Path) -> bool:
    """Return whether a folder of definitions has none yet, and note so: a check of all of them finds nothing wrong."""
    from generator.definition.read import load
    from generator.definition.source_folders import source_names

    if source_names(sources):
        return False
    load(sources, [])  # there may be mistakes in defaults.yml
    begin = command_line("new NAME", sources=sources)
    _console.note(f"{sources}: has no source yet, so there is nothing to check; {begin} begins one")
    return True


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
        if unexpected := _unexpected_files(products, build):
            raise GeneratorError("\n".join(unexpected))
        with output.stored_while(accepted):
            shared_states = output.write_shared(build, shared_files())
            return {
                product.name: shared_states
                | output.write_source(build, product.name, product.files, product.cache_entries)
                for product in products
            }


def _unexpected_files(products: Sequence[Product], build: Path) -> list[str]:
    """Return a message for each product in whose folder lies a file that no build makes."""
    messages = (build_folder.unexpected_file_message(build / product.name, product.files) for product in products)
    return [message for message in messages if message]


def _check(products: list[Product], build: Path, sources: Path) -> int:
    """Compare the build folder with what a build would write now, and write nothing."""
    from generator.commands._build_report import note_altered_samples
    from generator.packaging.product import shared_files

    build_command = command_line(products[0].name, build, sources)
    differences = [
        f"{build / name}: is out of date; build it: {build_command}"
        for name, state in build_folder.file_states(build, shared_files()).items()
        if state == "changed"
    ]
    differences += [
        f"{build / product.name / name}: is out of date; build it: {command_line(product.name, build, sources)}"
        for product in products
        if (build / product.name).exists()
        for name, state in build_folder.file_states(build / product.name, product.files).items()
        if state != "unchanged"
    ]
    differences += _unexpected_files(products, build)
    if differences:
        raise GeneratorError("\n".join(differences))
    note_altered_samples(products)
    out = _console.console()
    for product in products:
        for problem in product.notes:
            _console.note(problem)
        built = "build is up to date" if (build / product.name).exists() else "not built yet"
        out.print(f"[green]ok[/]  {product.name}: {_console.count(len(product.shaped), 'sample')}, lint clean, {built}")
    return 0
