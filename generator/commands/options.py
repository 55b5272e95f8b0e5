"""Options that several commands take."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

F = TypeVar("F", bound=Callable[..., Any])


def sources_folder() -> Path:
    """`sources/` here, or where there is none, the one that comes with the framework."""
    here = Path("sources")
    if here.is_dir():
        return here
    from generator.definition import BUNDLED

    return BUNDLED


def sources(command: F) -> F:
    """--sources."""
    folder = click.Path(path_type=Path, file_okay=False)
    told = "Folder of the definitions.  [default: sources]"
    return click.option("--sources", type=folder, default=sources_folder, metavar="DIR", help=told)(command)


def build(command: F) -> F:
    """--build."""
    folder = click.Path(path_type=Path, file_okay=False)
    return click.option(
        "--build", type=folder, default=Path("build"), metavar="DIR", help="Folder of the output.  [default: build]"
    )(command)
