"""Errors that a user can fix, with file, line and key; any other exception is a bug, and keeps its traceback."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from shlex import quote

_PACKAGE = Path(__file__).parent
_IN_WHEEL = _PACKAGE / "repository"
IS_INSTALLED = _IN_WHEEL.is_dir()
"""Whether this is the wheel, whose files are nobody's to change, and not a checkout."""
REPOSITORY = _IN_WHEEL if IS_INSTALLED else _PACKAGE.parent
"""The folder of what lies beside the packages in the framework's repository: a checkout, or its part in the wheel."""
BUNDLED = REPOSITORY / "sources"
"""The folder of the definitions that come with the framework."""
SCRIPT = "mozdef-ef"
INSTALL_LOCAL = f"pip install {quote('mozdef-event-framework[local]')}" if IS_INSTALLED else "pip install -e '.[local]'"
"""The command that installs what the emulator needs."""


class GeneratorError(Exception):
    """An error with one message for the user, which says what to do."""


def command_line(arguments: str, build: Path = Path("build"), sources: Path = Path("sources")) -> str:
    """Return a command to copy, with `--sources` and `--build` where they are not the defaults."""
    sources_option = "" if sources in (Path("sources"), BUNDLED) else f" --sources {quote(str(sources))}"
    build_option = "" if build == Path("build") else f" --build {quote(str(build))}"
    return f"{program()} {arguments}{sources_option}{build_option}"


def program() -> str:
    """Return the words with which this command line was started: the console script's name, or Python's module."""
    return SCRIPT if Path(sys.argv[0]).stem == SCRIPT else "python -m generator"


def program_words() -> list[str]:
    """Return the words that start this program again in a process of its own."""
    return [sys.argv[0]] if program() == SCRIPT else [sys.executable, "-m", "generator"]


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


def existing(names: Sequence[str]) -> str:
    """Return "there is a", or "there are a, b", for the end of a message."""
    return f"there {'is' if len(names) == 1 else 'are'} {', '.join(names)}"


def display_path(file: Path) -> str:
    """Return a file as the user would name it: relative where it lies below the working folder."""
    return str(file.relative_to(Path.cwd()) if file.is_relative_to(Path.cwd()) else file)
