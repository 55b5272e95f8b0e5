"""What a user can mend. Anything else is a bug, and keeps its traceback."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from shlex import quote


class GeneratorError(Exception):
    """One message for the user, with what to do."""


def command_line(words: str, build: Path = Path("build"), sources: Path = Path("sources")) -> str:
    """A command to copy, with the folders that this one was called with."""
    bundled = Path(__file__).parent.parent / "sources"
    there = "" if sources in (Path("sources"), bundled) else f" --sources {quote(str(sources))}"
    return f"python -m generator {words}{there}{'' if build == Path('build') else f' --build {quote(str(build))}'}"


@dataclass(frozen=True, order=True)
class Problem:
    """A mistake in a file of the user's: `key` is the dotted place, `line` counts from 1 (0: the whole file)."""

    file: str
    line: int
    key: str
    message: str
    warning: bool = False

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        return f"{place}: {f'{self.key}: ' if self.key else ''}{self.message}"


class DefinitionError(GeneratorError):
    """Every mistake in the definitions, one a line."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("\n".join(str(problem) for problem in sorted(problems)))
        self.problems = tuple(sorted(problems))


def display_path(file: Path) -> str:
    """Return a file as the user would name it: relative where it lies below the working folder."""
    return str(file.relative_to(Path.cwd()) if file.is_relative_to(Path.cwd()) else file)
