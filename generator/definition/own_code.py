"""Notes of what is used of a user's folder, where it is not what comes with the framework: a folder may be anybody's.

A logger that nobody configures writes to standard error.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

from generator.errors import BUNDLED, display_path

DRAFT_PREFIX = ".new-"
"""How the name of a folder begins in which `new` fills a source: there is nothing yet but what `new` has written."""


@cache
def note_replacement(folder: Path) -> None:
    """Log once that a definition takes the place of the one of that name that comes with the framework."""
    shipped = BUNDLED / folder.name / "source.yml"
    if shipped.is_file() and folder.resolve() != shipped.parent.resolve() and not _is_draft(folder):
        _log("note: %s takes the place of the %s that is shipped", display_path(folder / "source.yml"), folder.name)


@cache
def note_transform(file: Path) -> None:
    """Log once that code runs which does not come with the framework, and whether it lies below the working folder."""
    file = file.resolve()
    if file.is_relative_to(BUNDLED.resolve()) or _is_draft(file.parent):
        return
    elsewhere = "" if file.is_relative_to(Path.cwd()) else ", which is not below this folder"
    _log("note: runs %s%s", display_path(file), elsewhere)


def _is_draft(folder: Path) -> bool:
    return folder.parent.name.startswith(DRAFT_PREFIX)


def _log(message: str, *arguments: object) -> None:
    import logging  # late: most commands have nothing to log

    logging.getLogger(__name__).warning(message, *arguments)
