"""Print for commands: consoles, errors, warnings, notes, progress, safe text, counts and sizes."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from generator.commands import _layout
from generator.errors import DefinitionError, GeneratorError, Problem

if TYPE_CHECKING:
    import click
    from rich.console import Console

LABEL_WIDTH = 10
_INDENT = LABEL_WIDTH + 1
"""Columns before the texts of `rows`."""
_WIDTH = 100
"""Columns of a text that is cut to a line, where no terminal says how wide a line is."""
_MANY = 4
"""So many problems that say the same are printed as one, with their files."""
STEP = 500
"""Objects between two lines of progress."""


def console(*, stderr: bool = False) -> Console:
    """Return a console that wraps only in a terminal, and honors NO_COLOR."""
    from rich.console import Console

    stream = sys.stderr if stderr else sys.stdout
    if stream is None:  # closed by the shell, as with >&-
        return Console(quiet=True)
    width = None if stream.isatty() else 10_000
    return Console(file=stream, highlight=False, soft_wrap=True, width=width, no_color="NO_COLOR" in os.environ)


def is_interactive() -> bool:
    """Return whether somebody can answer a question; standard input may be closed."""
    return sys.stdin is not None and sys.stdin.isatty()


def confirm(question: str, refusal: str, *, default: bool = False, stderr: bool = False) -> bool:
    """Ask; print `refusal`, which says what was not done, where the answer is no, or Ctrl-C or the end of input."""
    import click

    try:
        if click.confirm(question, default=default, err=stderr):
            return True
    except click.Abort:
        click.echo(err=stderr)
    click.echo(refusal, err=stderr)
    return False


def failure(error: GeneratorError) -> None:
    """Print an error that the user can fix, on standard error."""
    from rich.markup import escape

    out = console(stderr=True)
    if not isinstance(error, DefinitionError):
        for line in str(error).splitlines():
            _print_message(out, ("error: ", "bold red"), line)
        return
    for problem, *others in _alike(error.problems):
        _print_message(out, ("error: ", "bold red"), str(problem))
        if others:
            names = ", ".join(_place_beside(other, problem) for other in others)
            _layout.columns(out, [("      ", f"also in {escape(names)}")])
    if len(error.problems) > 1:
        out.print(f"{len(error.problems)} problems; nothing was written")


def _alike(problems: Sequence[Problem]) -> Iterator[list[Problem]]:
    """Yield the problems, those together that say the same of several files; such as of each sample."""
    groups: dict[tuple[str, str], list[Problem]] = {}
    for problem in problems:
        groups.setdefault((problem.key, problem.message), []).append(problem)
    for group in groups.values():
        if len(group) >= _MANY:
            yield group
        else:
            yield from ([problem] for problem in group)


def _place_beside(problem: Problem, first: Problem) -> str:
    """Return the file and line of a problem, without the folder where that is the first problem's."""
    file = Path(problem.file)
    name = file.name if file.parent == Path(first.file).parent else problem.file
    return f"{name}:{problem.line}" if problem.line else name


def warning(message: object) -> None:
    """Print a warning on standard error: the user may want what it is about."""
    _print_message(console(stderr=True), ("warning: ", "bold yellow"), str(message))


def note(message: object) -> None:
    """Print a note on standard error: the user should know, and has nothing to fix."""
    _print_message(console(stderr=True), ("note: ", "yellow"), str(message))


def usage_failure(error: click.UsageError) -> None:
    """Print wrong usage of a command, how it is used, and how to see its options, on standard error."""
    out = console(stderr=True)
    if error.ctx:
        out.print(error.ctx.get_usage(), markup=False)
        out.print(f"Try '{error.ctx.command_path} --help' for help.\n", markup=False)
    one_line = " ".join(error.format_message().split())  # click lists choices a line each
    _print_message(out, ("error: ", "bold red"), one_line)


def _print_message(out: Console, label: tuple[str, str], message: str) -> None:
    from rich.text import Text

    text = Text.assemble(label, message)
    for line in _layout.wrapped(text, out.width, label[0]) if out.is_terminal else [text]:
        out.print(line)


def rows(out: Console, lines: Iterable[tuple[str, str]]) -> None:
    """Print lines of a label and a text with markup."""
    _layout.columns(out, ((f"  [dim]{label}[/]", text) for label, text in lines), LABEL_WIDTH)


def text_width() -> int:
    """Return the columns of a text that `rows` prints in one line."""
    out = console()
    return out.width - _INDENT if out.is_terminal else _WIDTH


def progress(done: int, total: int | None, action: str) -> None:
    """Print the progress of a long loop every STEP requests, on standard error: a pipe reads standard output."""
    if done % STEP == 0 and done != total:
        of_total = "" if total is None else f" of {total:,}"
        console(stderr=True).print(f"[dim]{action} {done:,}{of_total} requests[/]")


def printable(text: str) -> str:
    """Escape the control and direction characters of a sender's text, with which a terminal would show another text."""
    return "".join(char if char.isprintable() or char == "\n" else f"\\u{ord(char):04x}" for char in text)


def safe(text: str) -> str:
    """Escape a sender's text for one line of a console, with its markup."""
    from rich.markup import escape

    return escape(printable(text).replace("\n", "\\u000a"))


def count(number: int, noun: str) -> str:
    """Return "1 sample", "2 samples"."""
    return f"{number} {noun}{'' if number == 1 else 's'}"


def shortened(texts: Sequence[str], limit: int = 5) -> str:
    """Return the first texts, and how many more there are."""
    more = f" and {len(texts) - limit} more" if len(texts) > limit else ""
    return f"{', '.join(texts[:limit])}{more}"


def span(seconds: float) -> str:
    """Return a time in its largest unit, rounded down, such as "2 hours"."""
    for unit_seconds, name in ((86_400, "day"), (3_600, "hour"), (60, "minute")):
        if seconds >= unit_seconds:
            return count(int(seconds // unit_seconds), name)
    return count(int(seconds), "second")


def size(count: int) -> str:
    """Return a number of bytes as text, such as 1.5 KB."""
    return f"{count:,} B" if count < 1024 else f"{count / 1024:,.1f} KB"
