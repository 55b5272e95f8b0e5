"""Notes of what is used of a user's folder, where it is not what comes with the framework: a folder may be anybody's.

A logger that nobody configures writes to standard error.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

from generator.errors import BUNDLED, display_path

DRAFT_PREFIX = ".new-"
"""How the name of a folder begins in which `new` fills a source: there is nothing yet but what `new` has written."""


def note_replacement(folder: Path) -> None:
    """Log that a definition takes the place of the one of that name that comes with the framework."""
    shipped = BUNDLED / folder.name / "source.yml"
    if shipped.is_file() and folder.resolve() != shipped.parent.resolve() and not _is_draft(folder):
        file = display_path((folder / "source.yml").absolute())
        _log_once(f"note: {file} takes the place of the {folder.name} that is shipped")


def note_transform(file: Path) -> None:
    """Log that code runs which does not come with the framework, and whether it lies below the working folder."""
    file = file.resolve()
    if file.is_relative_to(BUNDLED.resolve()) or _is_draft(file.parent):
        return
    elsewhere = "" if file.is_relative_to(Path.cwd()) else ", which is not below this folder"
    _log_once(f"note: runs {display_path(file)}{elsewhere}")


def note_nothing_more() -> None:
    """Log nothing from now on: a build that went before has."""
    import logging

    logging.getLogger(__name__).disabled = True


def _is_draft(folder: Path) -> bool:
    return folder.parent.name.startswith(DRAFT_PREFIX)


@cache
def _log_once(message: str) -> None:
    import logging  # late: most commands have nothing to log

    logging.getLogger(__name__).warning(message)
