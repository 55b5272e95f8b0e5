"""The page of a source. The same build gives the same bytes."""

from __future__ import annotations

from xml.etree import ElementTree as ET

from generator.definition.words import reader
from generator.page.alarms import alarms_section
from generator.page.built_source import BuiltSource
from generator.page.contents import drawing_section, resources_section
from generator.page.costs import costs_section
from generator.page.example import example_section
from generator.page.fingerprints import fingerprints_section
from generator.page.glance import glance
from generator.page.html import document, element
from generator.page.incoming import incoming_section
from generator.page.roles import roles_section
from generator.page.setup import setup_section
from generator.page.stores import stores_section
from generator.page.style import STYLE

_SECTIONS = (
    incoming_section,
    drawing_section,
    roles_section,
    stores_section,
    alarms_section,
    costs_section,
    example_section,
    setup_section,
    fingerprints_section,
    resources_section,
)


def source_page(built: BuiltSource) -> str:
    """Return the page of a source."""
    sections = [make(built) for make in _SECTIONS]
    links = (element("li", element("a", _title(each), href=f"#{each.get('id')}")) for each in sections)
    contents = element("nav", element("ul", *links), aria_label="Contents")
    main = element("main", glance(built), contents, *sections)
    return document(f"{built.source.name}: event source for {reader(built.source)}", STYLE, main)


def _title(section: ET.Element) -> str:
    return section[0].text or ""
