"""The sections of a page with the drawing of the stack, and with everything that it consists of."""

from __future__ import annotations

from xml.etree import ElementTree as ET

from generator.definition.words import capitalized
from generator.page.built_source import KINDS, BuiltSource
from generator.page.drawing import drawings
from generator.page.drawing_plan import plan
from generator.page.html import Child, code, codes, element, marked, paragraph, prose, section, table

_CAPTION = "The stack of {} and what it talks to"
_LEGEND = (
    "Made from the template. Boxes with a dashed border are not part of the stack. Each function also writes its own "
    "log. A number of alarms in a box counts those that watch this resource; the others watch what the functions count."
)


def drawing_section(built: BuiltSource) -> ET.Element:
    """Return the drawing of a stack, and its lines in words."""
    drawn = plan(built)
    steps = element("ol", *(element("li", *_step(line.words)) for line in drawn.lines))
    figure = element("figure", *drawings(drawn, _CAPTION.format(built.source.name)))
    return section("stack", "The stack", figure, prose(_LEGEND), element("h3", "The lines of the drawing"), steps)


def _step(words: list[str]) -> list[Child]:
    return [child for text in words for child in marked(f"{capitalized(text)}.")]


def resources_section(built: BuiltSource) -> ET.Element:
    """Return every resource of the template, by type."""
    titles: dict[str, list[str]] = {}
    for title, resource in built.resources.items():
        titles.setdefault(resource["Type"], []).append(title)
    rows = [(_kind(resource_type), codes(titles[resource_type])) for resource_type in sorted(titles)]
    return section(
        "resources",
        "Everything in the stack",
        paragraph(f"The template makes {len(built.resources)} resources, with the logical ids of this list."),
        table(("Type", "Resources"), rows, "Resources", "resources"),
    )


def _kind(resource_type: str) -> list[Child]:
    return [KINDS.get(resource_type, resource_type), paragraph(code(resource_type), class_="kind")]
