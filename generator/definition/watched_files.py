"""Which files a source is built from: those of its folder, of what it extends, the defaults, and the framework's."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from generator.definition import defaults
from generator.errors import BUNDLED, IS_INSTALLED, REPOSITORY
from generator.files import regular_file

_DEFINITION = "source.yml"
# A definition that somebody is writing may be broken, so its YAML is not read.
_EXTENDS = re.compile(rb"""^[{ "']*extends["']? *: *["']?([a-z0-9-]+)""", re.MULTILINE)


def definition_folders(name: str, sources: Path) -> list[Path]:
    """Return the folder of a source, and of each that it extends, whatever is wrong with its definition.

    A folder that is looked for and does not exist is among them: it may come, or come back.
    """
    folders: list[Path] = []
    parents = (sources, BUNDLED)
    while True:
        candidates = [parent / name for parent in parents]
        folder = next((each for each in candidates if (each / _DEFINITION).is_file()), candidates[0])
        known = folder in folders
        folders += candidates[: candidates.index(folder) + 1]
        match = None if known else _EXTENDS.search(_content(folder / _DEFINITION))
        if match is None:
            return list(dict.fromkeys(folders))
        name, parents = match[1].decode(), (folder.parent, BUNDLED)


def shared_files(sources: Path) -> list[Path]:
    """Return what every source is built from: the defaults, and in a checkout the framework's own code."""
    code = [] if IS_INSTALLED else [REPOSITORY / "generator", REPOSITORY / "lambdas"]
    return [sources / defaults.FILE, *code]


def affected_sources(changed: Iterable[Path], names: Iterable[str], sources: Path) -> list[str]:
    """Return those of the named sources that are built from a changed file."""
    files = list(changed)
    if any(file.is_relative_to(shared) for file in files for shared in shared_files(sources)):
        return list(names)
    return [
        name
        for name in names
        if any(file.is_relative_to(folder) for file in files for folder in definition_folders(name, sources))
    ]


def _content(file: Path) -> bytes:
    try:
        return regular_file.read(file)
    except OSError:
        return b""
