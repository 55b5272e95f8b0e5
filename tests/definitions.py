"""Load definitions for tests: from text, and those that the framework brings."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from textwrap import dedent
from typing import Any

from generator.definition.read import Definition, load
from generator.definition.source_folders import source_names

ROOT = Path(__file__).parent.parent
SOURCES = ROOT / "sources"
CASES = ROOT / "tests" / "cases"


def make_definition(folder: Path, text: str, name: str = "made") -> Definition:
    """Write a definition's text as a source below a folder, and load it."""
    (folder / name).mkdir(parents=True, exist_ok=True)
    (folder / name / "source.yml").write_text(dedent(text), encoding="utf-8")
    return load(folder, [name])[0]


@cache
def bundled_source(name: str) -> Definition:
    """Load a definition that the framework brings."""
    return load(SOURCES, [name])[0]


@cache
def _definitions(folder: Path) -> tuple[Definition, ...]:
    """Load all definitions of a folder, once for all tests of a process: nobody changes them."""
    return tuple(load(folder, source_names(folder)))


def every_definition(*folders: Path) -> list[Definition]:
    """Return all definitions of these folders: by default what is shipped, and the cases."""
    return [definition for folder in folders or (SOURCES, CASES) for definition in _definitions(folder)]


def webhook_definitions(*folders: Path) -> list[Definition]:
    """Load those of them that the vendor calls."""
    return [definition for definition in every_definition(*folders) if definition.source.webhook]


def pulled_definitions(*folders: Path) -> list[Definition]:
    """Load those of them whose vendor is asked."""
    return [definition for definition in every_definition(*folders) if definition.source.pull]


def webhook_names() -> list[str]:
    """Return the names of the shipped sources that the vendor calls."""
    return [definition.source.name for definition in webhook_definitions(SOURCES)]


def pulled_names() -> list[str]:
    """Return the names of the shipped sources whose vendor is asked."""
    return [definition.source.name for definition in pulled_definitions(SOURCES)]


def pulled_kinds() -> list[str]:
    """Return a name for each credentials type with its paging styles: sources of one kind start from the same files."""
    kinds: dict[tuple[Any, ...], str] = {}
    for definition in pulled_definitions(SOURCES):
        pull = definition.source.pull
        assert pull
        styles = {stream.paging.style.__name__ for stream in pull.streams.values()}
        has_children = any(stream.each for stream in pull.streams.values())
        kinds.setdefault((pull.credentials.type.__name__, *sorted(styles), has_children), definition.source.name)
    return list(kinds.values())
