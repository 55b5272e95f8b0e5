"""Which sources there are: those of a folder of definitions, and those that come with the framework."""

from __future__ import annotations

import difflib
import os
from pathlib import Path
from shlex import quote

from generator.errors import BUNDLED, IS_INSTALLED, GeneratorError, command_line, display_path
from generator.names import service_problem


def source_names(sources: Path) -> list[str]:
    """Return the names of the sources in a folder of definitions."""
    if not sources.is_dir():
        raise GeneratorError(f"{sources}: no such folder; --sources names the folder of the definitions")
    return sorted(file.parent.name for file in sources.glob("*/source.yml"))


def all_source_names(sources: Path) -> list[str]:
    """Return the names of the sources in a folder, and of those that come with the framework."""
    return sorted({*source_names(sources), *source_names(BUNDLED)})


def source_folder(name: str, sources: Path) -> Path | None:
    """Return the folder of a source: in the user's folder of definitions, else in the framework's."""
    if name in source_names(sources):
        return sources / name
    # A folder without a definition is a mistake, and not the framework's source.
    return BUNDLED / name if name in source_names(BUNDLED) and not (sources / name).is_dir() else None


def name_of_path(text: str, sources: Path) -> str:
    """Return a source's name from the path of its folder or its definition; any other text as it is.

    GeneratorError where the path leads to a source of another folder of definitions.
    """
    path = Path(text)
    folder = path.parent if path.name == "source.yml" else path
    if not ({"/", os.sep} & set(text) or folder != path) or not (folder / "source.yml").is_file():
        return text
    folder = folder.resolve()
    if folder.parent not in (sources.resolve(), BUNDLED.resolve()):
        named = f"{folder.name} --sources {quote(display_path(folder.parent))}"
        raise GeneratorError(f"{text}: is a source of another folder than {display_path(sources)}: name it so: {named}")
    return folder.name


def refuse_installed(folder: Path) -> None:
    """Refuse to write into the folder of a source that is installed with the framework."""
    if IS_INSTALLED and folder.resolve().is_relative_to(BUNDLED.resolve()):
        copy = command_line(f"new NAME --from {folder.name} --copy")
        raise GeneratorError(
            f"{folder.name} is installed with the framework, and stays as it is; to make your own: {copy}"
        )


def unknown_source_message(name: str, sources: Path) -> str:
    """Return the message for a source that is neither in a folder nor shipped: what it may be, or where all are."""
    if not service_problem(name) and (sources / name).is_dir():
        similar = difflib.get_close_matches("source.yml", [file.name for file in (sources / name).iterdir()], n=1)
        return f"{display_path(sources / name)}: has no source.yml{f'; rename {similar[0]} to that' if similar else ''}"
    own_names = source_names(sources) if sources.is_dir() else []
    where = "among those that are shipped" if sources == BUNDLED else f"in {sources}"
    if sources.resolve() != BUNDLED.resolve():
        where += ", nor among those that are shipped"
    elif not Path("sources").is_dir():  # perhaps the command was given in another folder than the project's
        where += ", and this folder has no sources/"
    similar = difflib.get_close_matches(name, sorted({*own_names, *source_names(BUNDLED)}), n=3, cutoff=0.6)
    if similar:
        return f"no source {name} {where}; did you mean {' or '.join(similar)}?"
    return f"no source {name} {where}; to see all: {command_line('list', sources=sources)}"
