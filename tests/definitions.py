"""Definitions for tests, from text."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

from generator.definition.read import Definition, load

ROOT = Path(__file__).parent.parent
SOURCES = ROOT / "sources"
CASES = ROOT / "tests" / "cases"


def make_definition(folder: Path, text: str, name: str = "made") -> Definition:
    """The definition in a text, as a source of its own below a folder."""
    (folder / name).mkdir(parents=True, exist_ok=True)
    (folder / name / "source.yml").write_text(dedent(text), encoding="utf-8")
    return load(folder, [name])[0]


def bundled_source(name: str) -> Definition:
    """A definition of those that come with the framework."""
    return load(SOURCES, [name])[0]
