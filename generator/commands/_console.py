"""What commands share in how they print."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from generator.errors import DefinitionError, GeneratorError

if TYPE_CHECKING:
    from rich.console import Console

WIDTH = 100
STEP = 500
"""Objects after which what takes long says how far it is."""


def console(*, stderr: bool = False) -> Console:
    """A console that wraps nothing where it is no terminal, and honours NO_COLOR."""
    from rich.console import Console

    stream = sys.stderr if stderr else sys.stdout
    if stream is None:  # it was closed before we began, as by >&-
        return Console(quiet=True)
    wide = None if stream.isatty() else 10_000
    return Console(file=stream, highlight=False, soft_wrap=True, width=wide, no_color="NO_COLOR" in os.environ)


def somebody_is_there() -> bool:
    """Whether a question would be read; standard input may be closed."""
    return sys.stdin is not None and sys.stdin.isatty()


def failure(error: GeneratorError) -> None:
    """What the user can mend, on standard error."""
    from rich.text import Text

    out = console(stderr=True)
    for line in str(error).splitlines():
        out.print(Text.assemble(("error: ", "bold red"), line))
    if isinstance(error, DefinitionError) and len(error.problems) > 1:
        out.print(f"{len(error.problems)} problems; nothing was written")


def warning(message: object) -> None:
    """What may be what the user wants, on standard error."""
    from rich.text import Text

    console(stderr=True).print(Text.assemble(("warning: ", "bold yellow"), str(message)))


def note(message: object) -> None:
    """What is to be known and nothing to be mended for, on standard error."""
    from rich.text import Text

    console(stderr=True).print(Text.assemble(("note: ", "yellow"), str(message)))


def progress(done: int, number: int | None, what: str) -> None:
    """How far something is that takes long, at each STEP and before its end, on standard error: a pipe has the rest."""
    if done % STEP == 0 and done != number:
        of = "" if number is None else f" of {number:,}"
        console(stderr=True).print(f"[dim]{what} {done:,}{of} requests[/]")


def printable(text: str) -> str:
    """A sender's text, whose control and direction characters would have the terminal show something else."""
    return "".join(one if one.isprintable() or one == "\n" else f"\\u{ord(one):04x}" for one in text)


def safe(text: str) -> str:
    """The same on one line, in which no markup is read either."""
    from rich.markup import escape

    return escape(printable(text).replace("\n", "\\u000a"))


def count(number: int, what: str) -> str:
    """1 sample, 2 samples."""
    return f"{number} {what}{'' if number == 1 else 's'}"


def size(count: int) -> str:
    """Bytes as people read them."""
    return f"{count:,} B" if count < 1024 else f"{count / 1024:,.1f} KB"
