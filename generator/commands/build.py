"""Build sources: definition, templates, lint, zips."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from generator import output
from generator.commands import names, options, show
from generator.errors import GeneratorError, again
from generator.lint import Engines, Linter

if TYPE_CHECKING:
    from generator.product import Product

_NEAR = 0.7


@click.command(short_help="Build sources; the word `build` may be left out.")
@click.argument("sources_named", metavar="[SOURCE]...", nargs=-1)
@click.option("--all", "everything", is_flag=True, help="Every source.")
@click.option("--check", is_flag=True, help="Write nothing; exit 1 on any finding, or where build/ differs.")
@click.option("--lint", type=click.Choice(["full", "fast"]), default="full", help="fast: without cfn-lint.")
@click.option("--strict", is_flag=True, help="Warnings are errors.")
@click.option("--accept", is_flag=True, help="Store the messages that the samples become as those expected.")
@options.sources
@options.build
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
        _mistaken(sources_named[0], sources)
    if not check:
        output.refuse(build)
    wanted = None if everything else sources_named
    unmade: list[GeneratorError] = []
    products = made(
        wanted, sources, build, lint=lint, strict=strict or check, accept=accept, afresh=check, unmade=unmade
    )
    for error in unmade:
        show.failure(error)
    if not products:
        return 1
    if check:
        return _check(products, build, sources) or bool(unmade)
    states = written(products, build)

    from generator.commands.summary import report
    from generator.yaml_nodes import shown

    for file in [file for one in products for file, content in one.accepted.items() if content is None]:
        show.note(f"{shown(file)}: was stale, and is removed")
    report(products, build, sources, states, lint)
    return bool(unmade)


def _mistaken(word: str, sources: Path) -> None:
    """A first word that is no source may be a command that is misspelt."""
    from generator.definition import known

    near = difflib.get_close_matches(word, [*names(), *known(sources)], n=1, cutoff=_NEAR)
    if near and near[0] in names():
        raise GeneratorError(f"no source {word} in {sources}; did you mean the command {near[0]}?")


def made(
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
    with Linter(lint, build / output.REMEMBERED) as linter:
        # Imported late: in a first build, the engines start beside this.
        from generator.definition import known, load
        from generator.product import make

        found = known(sources) if wanted is None else list(dict.fromkeys(wanted))
        if not found:
            raise GeneratorError(f"{sources}: has no source yet")
        definitions = load(sources, found, reserved=names())
        return make(definitions, build, linter, strict=strict, accept=accept, afresh=afresh, unmade=unmade)


def written(products: Sequence[Product], build: Path) -> dict[str, dict[str, output.State]]:
    """Write the products to the build folder; what was new, by source and file.

    What is accepted is stored beside the samples, unless one of the products can't be written.
    """
    from generator.product import shared

    accepted = {file: content for one in products for file, content in one.accepted.items()}
    with output.alone(build, [one.name for one in products]):
        if foreign := [said for one in products if (said := output.foreign(build / one.name, one.files))]:
            raise GeneratorError("\n".join(foreign))
        with output.accepting(accepted):
            once = output.write_shared(build, shared())
            return {one.name: once | output.write(build, one.name, one.files, one.remembered) for one in products}


def _check(products: list[Product], build: Path, sources: Path) -> int:
    """Nothing is written; a folder that was built must be what a build would write now."""
    from generator.product import shared

    first = again(products[0].name, build, sources)
    differ = [
        f"{build / name}: is not what a build makes now: {first}"
        for name, state in output.states(build, shared()).items()
        if state == "changed"
    ]
    differ += [
        f"{build / one.name / name}: is not what a build makes now: {again(one.name, build, sources)}"
        for one in products
        if (build / one.name).exists()
        for name, state in output.states(build / one.name, one.files).items()
        if state != "unchanged"
    ]
    differ += [said for one in products if (said := output.foreign(build / one.name, one.files))]
    if differ:
        raise GeneratorError("\n".join(differ))
    out = show.console()
    for one in products:
        for problem in one.notes:
            show.note(problem)
        built = "build is up to date" if (build / one.name).exists() else "not built yet"
        out.print(f"[green]ok[/]  {one.name}: {show.count(len(one.shaped), 'sample')}, lint clean, {built}")
    return 0
