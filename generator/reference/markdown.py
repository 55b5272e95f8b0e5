"""Tables and code in Markdown, as GitHub and the site both read them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

_SPECIAL = re.compile(r"[\\*<\[]")


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table; a `|` in a cell is escaped, also in code."""
    lines = (head, ("---",) * len(head), *rows)
    return "\n".join(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in row)} |" for row in lines)


def code(text: str) -> str:
    """Return a text as code on one line, whatever backticks it has."""
    line = re.sub(r"\s*\n\s*", " ", text)
    if "`" not in line:
        return f"`{line}`"
    fence = "`" * (max(map(len, re.findall("`+", line))) + 1)
    return f"{fence} {line} {fence}"


def codes(texts: Iterable[str]) -> str:
    """Return texts as code, with commas between them."""
    return ", ".join(map(code, texts))


def plain(text: str) -> str:
    """Return a text that Markdown takes for nothing else; what stands between backticks is code."""
    parts = text.split("`")
    return "".join(code(part) if index % 2 else _SPECIAL.sub(r"\\\g<0>", part) for index, part in enumerate(parts))


def block(language: str, text: str) -> str:
    """Return lines of code; no line of them can end the block."""
    fence = "`" * max(3, *(len(ticks) + 1 for ticks in re.findall("`+", text)), 3)
    return f"{fence}{language}\n{text}\n{fence}"


def details(summary: str, *paragraphs: str) -> str:
    """Return what is shown once its summary is clicked. The blank lines let Markdown be read within."""
    return "\n\n".join([f"<details><summary>{summary}</summary>", *paragraphs, "</details>"])
