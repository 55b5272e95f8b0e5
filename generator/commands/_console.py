"""Print for commands: consoles, errors, warnings, notes, progress, safe text, counts and sizes."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from generator.errors import DefinitionError, GeneratorError

if TYPE_CHECKING:
    from rich.console import Console

WIDTH = 100
LABEL_WIDTH = 10
_COMMAND = re.compile(r"(?:python -m generator|mozdef-ef|aws|pip install) [^;,()`]*[^;,()`.\s]")
"""A command in a message, up to what follows it."""
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
    out = console(stderr=True)
    for line in str(error).splitlines():
        _print_message(out, ("error: ", "bold red"), line)
    if isinstance(error, DefinitionError) and len(error.problems) > 1:
        out.print(f"{len(error.problems)} problems; nothing was written")


def warning(message: object) -> None:
    """Print a warning on standard error: the user may want what it is about."""
    _print_message(console(stderr=True), ("warning: ", "bold yellow"), str(message))


def note(message: object) -> None:
    """Print a note on standard error: the user should know, and has nothing to fix."""
    _print_message(console(stderr=True), ("note: ", "yellow"), str(message))


def _print_message(out: Console, label: tuple[str, str], message: str) -> None:
    from rich.text import Text

    text = wrapped(message, out.width, label[0]) if out.is_terminal else label[0] + message
    out.print(Text.assemble(label, text.removeprefix(label[0])))


def wrapped(text: str, width: int, label: str = "") -> str:
    """Break a text, after a label, between words, but never within a command: what is copied must be whole.

    A terminal breaks what is longer than a line, without a line break in what is copied.
    """
    import textwrap

    whole = _COMMAND.sub(lambda command: command[0].replace(" ", "\0"), text)
    lines = textwrap.wrap(whole, width, initial_indent=label, break_long_words=False, break_on_hyphens=False) or [label]
    return "\n".join(lines).replace("\0", " ")


def rows(out: Console, lines: Iterable[tuple[str, str]]) -> None:
    """Print lines of a label and a text with markup."""
    columns(out, ((f"  [dim]{label}[/]", text) for label, text in lines), LABEL_WIDTH)


def columns(out: Console, lines: Iterable[Sequence[str]], first_width: int = 0) -> None:
    """Print columns with markup; a narrow terminal breaks the last between words, and indents it."""
    from rich.table import Table

    rows = list(lines)
    grid = Table.grid(padding=(0, 1))
    for number in range(max(map(len, rows), default=1) - 1):
        grid.add_column(min_width=0 if number else first_width, no_wrap=True)
    grid.add_column(overflow="fold")
    for row in rows:
        grid.add_row(*row)
    with out.capture() as drawn:
        out.print(grid)
    # The grid pads every line with spaces, which are no use in a file or a log.
    if out.file is not None and not out.quiet:
        out.file.write("\n".join(line.rstrip() for line in drawn.get().splitlines()) + "\n")


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
