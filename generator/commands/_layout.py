"""Lay out text for a terminal: break it between words, and never within a command, a path or a URL."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

_COMMAND = re.compile(r"\b(?:python -m generator|mozdef-ef|aws|pip install)(?: [^\s;,()`]*[^\s;,()`.:])+")
"""A command in a text, up to the punctuation that follows it."""
_KEPT_SPACE = "\ue000"
"""Stands for a space at which no line ends: a character for private use, which no text has, and one column wide."""
_NARROWEST = 20
"""Columns that a text gets beside its label, however narrow the terminal is."""
_BESIDE = 30
"""Columns beside a command that a text needs, with the space between."""


def wrapped(text: Text, width: int, label: str = "") -> list[Text]:
    """Return the lines of a text that begins with a label.

    A word or a command that is longer than a line stays whole: the terminal breaks it, and it is copied as one line.
    """
    lines = [
        line for part in text.split(allow_blank=True) for line in part.divide(_line_starts(part.plain, width, label))
    ]
    for line in lines:
        line.rstrip()
    return lines


def _line_starts(text: str, width: int, label: str) -> list[int]:
    """Return where the second and every further line of a text begins."""
    from rich.cells import cell_len

    whole = _COMMAND.sub(lambda command: command[0].replace(" ", _KEPT_SPACE), text)
    starts, line = [], 0
    for word in re.finditer(r"\S+", whole):
        before = whole[line : word.start()].strip()
        if before and before != label.strip() and cell_len(whole[line : word.end()]) > width:
            line = word.start()
            starts.append(line)
    return starts


def shortened(text: str, width: int) -> str:
    """Return a text, or the beginning of it that fits into a width."""
    from rich.cells import cell_len, set_cell_size

    return text if cell_len(text) <= width else f"{set_cell_size(text, width - 1).rstrip()}…"


def columns(out: Console, lines: Iterable[Sequence[str]], first_width: int = 0) -> None:
    """Print columns with markup; a narrow terminal breaks the last between words, and indents it."""
    from rich.text import Text

    rows = [[Text.from_markup(cell) for cell in line] for line in lines]
    widths = [
        max(row[number].cell_len if number < len(row) - 1 else 0 for row in rows)
        for number in range(max(map(len, rows), default=1) - 1)
    ]
    widths[:1] = [max(first_width, width) for width in widths[:1]]
    indent = sum(widths) + len(widths)
    for row in rows:
        beginning = Text()
        for cell, width in zip(row[:-1], widths, strict=False):
            cell.pad_right(width - cell.cell_len + 1)
            beginning.append(cell)
        for number, text in enumerate(wrapped(row[-1], max(out.width - indent, _NARROWEST))):
            line = Text(" " * indent).append(text) if number else beginning.append(text)
            line.rstrip()
            out.print(line, soft_wrap=True)


def paragraph(out: Console, text: str) -> None:
    """Print a sentence with markup; a narrow terminal breaks it between words."""
    columns(out, [(text,)])


def steps(out: Console, lines: Iterable[tuple[str, str]]) -> None:
    """Print names or commands, each with its purpose: beside it, or below it where both are too wide."""
    from rich.markup import escape

    rows = list(lines)
    cells = [
        (f"  [cyan]{escape(first)}[/] ", f"[dim]{escape(purpose)}[/]" if purpose else "") for first, purpose in rows
    ]
    if max(len(first) for first, _ in rows) + _BESIDE <= out.width:
        columns(out, cells)
        return
    for first, purpose in cells:
        out.print(first.rstrip(), soft_wrap=True)
        if purpose:
            columns(out, [("     ", purpose)])
