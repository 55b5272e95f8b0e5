"""The index of the pages of several sources."""

from __future__ import annotations

from collections.abc import Sequence

from generator.definition.words import counted
from generator.packaging.build_folder import PAGE
from generator.page.built_source import BuiltSource
from generator.page.fingerprints import hash_of
from generator.page.glance import how_known
from generator.page.html import Child, code, document, element, paragraph, table
from generator.page.style import STYLE

INDEX = "index.html"
_HEAD = ("Source", "Events", "Way in", "Verified, or asked, with", "Code, SHA-256")


def index_page(sources: Sequence[BuiltSource]) -> str:
    """Return the index, which leads to the page of each source."""
    return document(
        "Event sources",
        STYLE,
        element(
            "main",
            element("h1", "Event sources"),
            paragraph(f"{counted(len(sources), 'source')}, each with a page for whoever must approve it."),
            table(_HEAD, map(_row, sources), "Event sources", "sources"),
        ),
    )


def _row(built: BuiltSource) -> Sequence[Sequence[Child]]:
    source = built.source
    link = element("a", source.name, href=f"{source.name}/{PAGE}")
    direction = "pulled" if source.pull else "webhook"
    return [link], [source.description], [direction], [how_known(built)], [code(hash_of(built.code)[:16]), "…"]
