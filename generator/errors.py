"""Errors that a user can fix, with file, line and key; any other exception is a bug, and keeps its traceback."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from shlex import quote

BUNDLED = Path(__file__).parents[1] / "sources"
"""The folder of the definitions that come with the framework."""


class GeneratorError(Exception):
    """An error with one message for the user, which says what to do."""


def command_line(arguments: str, build: Path = Path("build"), sources: Path = Path("sources")) -> str:
    """Return a command to copy, with `--sources` and `--build` where they are not the defaults."""
    sources_option = "" if sources in (Path("sources"), BUNDLED) else f" --sources {quote(str(sources))}"
    build_option = "" if build == Path("build") else f" --build {quote(str(build))}"
    return f"python -m generator {arguments}{sources_option}{build_option}"


@dataclass(frozen=True, order=True)
class Problem:
    """A mistake in a user's file: `key` is the dotted path in it, `line` counts from 1 (0: the whole file)."""

    file: str
    line: int
    key: str
    message: str
    warning: bool = False

    def __str__(self) -> str:
        location = f"{self.file}:{self.line}" if self.line else self.file
        return f"{location}: {f'{self.key}: ' if self.key else ''}{self.message}"


class DefinitionError(GeneratorError):
    """All mistakes in the definitions, one a line."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("\n".join(str(problem) for problem in sorted(problems)))
        self.problems = tuple(sorted(problems))


def display_path(file: Path) -> str:
    """Return a file as the user would name it: relative where it lies below the working folder."""
    return str(file.relative_to(Path.cwd()) if file.is_relative_to(Path.cwd()) else file)
