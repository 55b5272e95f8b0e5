"""Load definitions for tests: from text, and those that the framework brings."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

from generator.definition.read import Definition, load

ROOT = Path(__file__).parent.parent
SOURCES = ROOT / "sources"
CASES = ROOT / "tests" / "cases"


def make_definition(folder: Path, text: str, name: str = "made") -> Definition:
    """Write a definition's text as a source below a folder, and load it."""
    (folder / name).mkdir(parents=True, exist_ok=True)
    (folder / name / "source.yml").write_text(dedent(text), encoding="utf-8")
    return load(folder, [name])[0]


def bundled_source(name: str) -> Definition:
    """Load a definition that the framework brings."""
    return load(SOURCES, [name])[0]
