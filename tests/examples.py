"""The examples of the commands' reference: what commands print, as docs/reference/commands.md shows it.

A test that runs a command anyway compares what it printed with what is stored; `--update` stores it. The page is made
from what is stored: tests/whole/test_commands_page.py.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.definitions import ROOT

FOLDER = ROOT / "tests" / "snapshots" / "examples"
WIDTH = 120
MORE = "…"
# What differs from run to run, or with each change of the code, and what the page has in its place.
_VARIABLE = (
    (r"(127\.0\.0\.1|localhost):\d+", r"\1:4566"),
    (r"/execute-api/\w+/", "/execute-api/92ade35b/"),
    (r"-Events-[0-9A-F]+\b", "-Events-F02DD751F3E75"),
    (r"-DeadLetters-[0-9A-F]+\b", "-DeadLetters-F02DD751F3E75"),
    (r"\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b", "6f1de8a0-4f5b-4d3c-9d0e-2b7c5a1e8f90"),
    (r"\b[0-9a-f]{64}\b", "9f86d081…"),
    (r"(\w/?[\w.-]+\.(?:zip|json|html)) +[\d.,]+ (KB|MB)\b", r"\1  … \2"),
    (r"framework, [\d,]+ KB", f"framework, {MORE} KB"),
    (r" +\(\d+ s\)$", ""),
    (r"\b[0-9a-f]{32}\b", "da55445a0622c5cedee356962f8a4f92"),
    (r"-kept-[0-9a-f]{20}\b", "-kept-07a265739f56b5a51e45"),
    (r"(AWS_ACCESS_KEY_ID=AKIA|AWS_SECRET_ACCESS_KEY=)\S+", rf"\1{MORE}"),
    (r"^\d\d:\d\d:\d\d", "09:12:44"),
)


def plain(text: str, folder: Path | None = None) -> str:
    """Return what was printed without what another run would print otherwise."""
    for place in (folder, ROOT):
        text = text.replace(f"{place}/", "").replace(f"{place},", "mozdef-event-framework,")
    now = datetime.now(UTC)
    for day in (now - timedelta(days=1), now):
        text = re.sub(rf"{day:%Y-%m-%d}(?:([ T])\d\d:\d\d(:\d\d)?(\.\d+)?)?", _fixed_time, text)
    for pattern, stand_in in _VARIABLE:
        text = re.sub(pattern, stand_in, text, flags=re.MULTILINE)
    return text


def _fixed_time(time: re.Match[str]) -> str:
    separator, seconds, fraction = time.groups()
    clock = f"{separator}09:12{':44' if seconds else ''}{'.000' if fraction else ''}" if separator else ""
    return f"2026-03-01{clock}"


def example(command: str, shown: str, first: int, last: int) -> str:
    """Return a command and what it printed as a page shows them: the first and last lines, none longer than WIDTH."""
    lines = [cut(line.rstrip()) for line in shown.strip("\n").splitlines()]
    if len(lines) > first + last:
        lines = [*lines[:first], MORE, *lines[len(lines) - last :]]
    return "\n".join([f"$ {command}", *lines])


def cut(line: str) -> str:
    return line if len(line) <= WIDTH else f"{line[: WIDTH - 1].rstrip()}{MORE}"


def assert_example(
    name: str, command: str, shown: str, *, update: bool, folder: Path | None = None, first: int = 20, last: int = 0
) -> None:
    """What a command printed is what the page shows of it; `update` stores it."""
    file, text = FOLDER / f"{name}.txt", f"{example(command, plain(shown, folder), first, last)}\n"
    if update:
        FOLDER.mkdir(exist_ok=True)
        file.write_text(text, encoding="utf-8")
    assert text == file.read_text(encoding="utf-8")  # if it is to change: run with --update, and read the diff


def stored_examples() -> dict[str, str]:
    return {file.stem: file.read_text(encoding="utf-8").rstrip("\n") for file in sorted(FOLDER.glob("*.txt"))}
