"""docs/pictures/terminal.svg shows what the commands print, and nothing that lies elsewhere."""

from __future__ import annotations

import re
import subprocess
import sys
from xml.etree import ElementTree as ET

from tests.definitions import ROOT
from tests.examples import MORE, plain, stored_examples

PICTURE = ROOT / "docs" / "pictures" / "terminal.svg"
SHOWN = ("build", "run", "send")
SVG = "{http://www.w3.org/2000/svg}"


def lines() -> list[str]:
    """The picture's lines from the top down, without spaces: it has none where nothing is drawn."""
    rows: dict[float, list[tuple[float, str]]] = {}
    for text in ET.fromstring(PICTURE.read_text(encoding="utf-8")).iter(f"{SVG}text"):  # noqa: S314 - our own file
        rows.setdefault(float(text.attrib["y"]), []).append((float(text.attrib["x"]), text.text or ""))
    return [squeezed("".join(text for _, text in sorted(row))) for _, row in sorted(rows.items())]


def squeezed(text: str) -> str:
    return "".join(text.split())


def unknown_lines() -> list[str]:
    """The lines of the picture that no command prints.

    The examples are what the commands print now, by the tests that run them: tests/examples.py.
    """
    examples = [stored_examples()[name].splitlines() for name in SHOWN]
    printed = [squeezed(line) for example in examples for line in example]
    shown = [line for line in lines() if line != MORE and not re.fullmatch("─+(first|second)terminal─+", line)]
    commands = [squeezed(example[0]) for example in examples]
    if [line for line in shown if line.startswith("$")] != commands:
        return shown
    beginnings = {line: plain(line).removesuffix(MORE) for line in shown}
    return [line for line, beginning in beginnings.items() if not any(text.startswith(beginning) for text in printed)]


def test_each_line_is_one_that_the_commands_print(update: bool) -> None:
    """The picture has times and ids of its own, so it is drawn anew only where it must be."""
    if update and unknown_lines():
        subprocess.run([sys.executable, PICTURE.with_suffix(".py")], check=True)
    assert unknown_lines() == []  # if it is to change: run with --update, and look at it


def test_the_picture_needs_nothing_but_itself() -> None:
    text = PICTURE.read_text(encoding="utf-8")
    assert re.findall(r"https?://[^\s\"<]+", re.sub(r"<text.*?</text>", "", text)) == ["http://www.w3.org/2000/svg"]
    assert not re.search(r"@font-face|<script|<image|url\((?!#)", text)


def test_the_readme_shows_the_picture() -> None:
    assert "](docs/pictures/terminal.svg)" in (ROOT / "README.md").read_text(encoding="utf-8")
