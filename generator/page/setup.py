"""The section of a page on what is to be done at the vendor, from the source's README."""

from __future__ import annotations

from xml.etree import ElementTree as ET

from generator.files import regular_file
from generator.page.built_source import BuiltSource
from generator.page.html import paragraph, section
from generator.page.markdown import sections

TITLES = ("What you need", "Set it up")


def setup_section(built: BuiltSource) -> ET.Element:
    """Return the sections of the source's README on what it needs and how it is set up."""
    file = built.definition.find("README.md")
    steps = sections(regular_file.read(file).decode("utf-8", "replace"), TITLES) if file else []
    if not steps:
        steps = [paragraph(f"The source has no README with a section “{TITLES[1]}”.")]
    return section("setup", "Steps at the vendor", *steps)
