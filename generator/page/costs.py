"""The section of a page on what a source costs, by the estimate of the command `cost`."""

from __future__ import annotations

from collections.abc import Iterator
from xml.etree import ElementTree as ET

from generator.page.built_source import BuiltSource
from generator.page.html import Child, element, paragraph, prose, section, table
from generator.page.words import dollars
from generator.templates.cost import ASSUMPTIONS
from generator.templates.pull_cost import PULL_ASSUMPTIONS
from generator.templates.source_cost import estimate

VOLUMES = (100_000, 1_000_000, 10_000_000)
"""Events a month."""


def costs_section(built: BuiltSource) -> ET.Element:
    """Return the dollars of a month at several volumes, and what a flood costs."""
    pull = built.source.pull is not None
    estimates = [(events, estimate(built.resources, built.definition.source, events)) for events in VOLUMES]
    rows = [
        (
            [f"{events:,}"],
            [dollars(each.cost.month(events))],
            [dollars(each.cost.fixed)],
            [dollars(each.cost.per_million)],
        )
        for events, each in estimates
    ]
    head = ("Events a month", "Dollars a month", "Of these, without any event", "For each million events")
    assumed = f"{PULL_ASSUMPTIONS}; us-west-2, no free tier" if pull else ASSUMPTIONS
    return section(
        "cost",
        "What it costs",
        table(head, rows, "What it costs", "equal"),
        *_worst(built),
        prose(f"Assumed: {assumed}."),
    )


def _worst(built: BuiltSource) -> Iterator[Child]:
    each = estimate(built.resources, built.definition.source, VOLUMES[1])
    if each.flood:
        flood = dollars(each.flood.most)
        yield paragraph("An hour of a flood costs at most ", element("strong", flood), ", whoever sends it.")
    if each.requests is not None:
        yield paragraph(f"The vendor gets {each.requests:,} requests a month where each stream's news fit on a page.")
