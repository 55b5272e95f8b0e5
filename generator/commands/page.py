"""Write a page about a built source, for whoever must approve it: the command `page`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from generator.commands import _console, _options
from generator.commands import names as names_of_commands
from generator.definition.read import Definition, load
from generator.definition.source_folders import source_names
from generator.errors import GeneratorError, command_line

if TYPE_CHECKING:
    from generator.page.built_source import BuiltSource


@_options.command(short_help="Write a web page about a source, for whoever must approve it.")
@_options.sources_named
@click.option("--all", "everything", is_flag=True, help="Every source, and an index of the pages.")
@_options.sources
@_options.build
def command(sources_named: tuple[str, ...], everything: bool, sources: Path, build: Path) -> None:
    """Write build/SOURCE/page.html, for whoever must approve the source. A browser shows it without a network.

    The page says what comes in and how it is verified, what each role may do, what is kept, and what it costs.
    """
    if bool(sources_named) == everything:
        raise click.UsageError("name sources, or use --all")
    names = source_names(sources) if everything else list(dict.fromkeys(sources_named))
    if not names:
        raise GeneratorError(f"{sources}: has no sources yet")
    definitions = load(sources, names, reserved=names_of_commands())
    built_sources = _read_builds(definitions, sources, build, everything=everything)
    pages = dict(_pages(built_sources, with_index=everything))
    from rich.markup import escape

    out = _console.console()
    width = max(len(str(build / name)) for name in pages)
    for name, state in _write(pages, names, build).items():
        color = "dim" if state == "unchanged" else "green"
        file = escape(f"{build / name!s:<{width}}")
        out.print(f"{file}  {_console.size(len(pages[name])):>8}  [{color}]{state}[/]")


def _pages(built_sources: Sequence[BuiltSource], *, with_index: bool) -> Iterator[tuple[str, bytes]]:
    """Yield the path of each page in the build folder, and the page."""
    from generator.packaging.build_folder import PAGE
    from generator.page.index_page import INDEX, index_page
    from generator.page.source_page import source_page

    for built in built_sources:
        yield f"{built.source.name}/{PAGE}", source_page(built).encode()
    if with_index:
        yield INDEX, index_page(built_sources).encode()


def _write(pages: dict[str, bytes], names: Sequence[str], build: Path) -> dict[str, str]:
    from generator.packaging import output
    from generator.packaging.build_folder import build_lock, refuse_foreign_page

    with build_lock(build, names):
        for page in pages:
            refuse_foreign_page(build / page)
        return {name: output.write_page(build, name, content) for name, content in pages.items()}


def _read_builds(
    definitions: Sequence[Definition], sources: Path, build: Path, *, everything: bool
) -> list[BuiltSource]:
    """Return the sources with the files of their builds; GeneratorError for what is not built as it is defined now."""
    from generator.local.running import read_build
    from generator.packaging.product import CODE, TEMPLATE, make_product
    from generator.page.built_source import BuiltSource

    built, problems = [], {}
    for definition in definitions:
        name = definition.source.name
        try:
            files = read_build(build, sources, name, (TEMPLATE, CODE))
        except GeneratorError as error:
            problems[name] = str(error)
            continue
        if not files.items() <= make_product(definition, build, {}).files.items():
            build_command = command_line(name, build, sources)
            problems[name] = f"{build / name}: is not what the definition says now; build it: {build_command}"
        built.append(BuiltSource(definition, files[TEMPLATE], files[CODE]))
    if problems and everything:
        build_command = command_line("--all", build, sources)
        raise GeneratorError(
            f"{build}: {len(problems)} of {_console.count(len(definitions), 'source')} are not built yet, or not as "
            f"they are defined now ({_console.shortened(list(problems))}); build all: {build_command}"
        )
    if problems:
        raise GeneratorError("\n".join(problems.values()))
    return built
