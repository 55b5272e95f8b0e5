"""Compare what is built with what a build would write now: `build --check`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from generator.commands import _console
from generator.errors import GeneratorError, command_line
from generator.packaging import build_folder

if TYPE_CHECKING:
    from generator.packaging.product import Product


def is_empty(sources: Path) -> bool:
    """Return whether a folder of definitions has none yet, and note so: a check of all of them finds nothing wrong."""
    from generator.definition.read import load
    from generator.definition.source_folders import source_names

    if source_names(sources):
        return False
    load(sources, [])  # there may be mistakes in defaults.yml
    begin = command_line("new NAME", sources=sources)
    _console.note(f"{sources}: has no source yet, so there is nothing to check; to begin one: {begin}")
    return True


def unexpected_files(products: Sequence[Product], build: Path) -> list[str]:
    """Return a message for each product in whose folder lies a file that no build makes."""
    messages = (build_folder.unexpected_file_message(build / product.name, product.files) for product in products)
    return [message for message in messages if message]


def check_products(products: Sequence[Product], build: Path, sources: Path) -> int:
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
    differences += unexpected_files(products, build)
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
