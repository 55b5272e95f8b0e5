"""The drawings of the explanation, as SVG. `pytest tests/page/test_drawings.py --update` writes them.

A drawing is a grid of boxes, and lines between boxes that are not in one row of one column. The numbers of the lines
are those of the list below the drawing. Each file has its own colors for light and dark, so it needs no page around it.
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple
from xml.etree import ElementTree as ET

from generator.page.drawing import drawing_elements
from generator.page.drawing_geometry import Drawing
from generator.page.drawing_places import Layout, Place
from generator.page.drawing_plan import Box, Line, Plan
from generator.page.html import element

FOLDER = Path(__file__).parent
_LAYOUT = Layout("page", 148, 72, 48, 40, 16, 22, 14)
"""Three columns stay readable on a telephone."""
_STYLE = """
.paper { fill: #ffffff; }
.box { fill: #eaf1fb; stroke: #6b7a90; }
.outside { fill: #ffffff; stroke-dasharray: 5 4; }
.line { fill: none; stroke: #6b7a90; stroke-width: 1.5; }
.arrow { fill: #6b7a90; }
.badge { fill: #ffffff; stroke: #6b7a90; }
text { fill: #1c2430; text-anchor: middle; font: 13px system-ui, "Segoe UI", Roboto, Arial, sans-serif; }
.strong { font-weight: 700; }
.number { font-size: 10px; }
@media (prefers-color-scheme: dark) {
  .paper, .outside, .badge { fill: #14181f; }
  .box { fill: #20324a; }
  .box, .line, .badge { stroke: #8593a8; }
  .outside { fill: #14181f; }
  .arrow { fill: #8593a8; }
  text { fill: #e4e9f0; }
}
"""


class Cell(NamedTuple):
    """A box and its place; what is not of the framework has a dashed border."""

    column: int
    row: int
    title: str
    lines: tuple[str, ...]
    outside: bool = False


class Figure(NamedTuple):
    """A drawing: its file below docs/, what it shows, its boxes, and its lines in the order of their numbers."""

    file: str
    caption: str
    cells: tuple[Cell, ...]
    lines: tuple[Line, ...]


def _line(first: str, second: str, *, both: bool = False) -> Line:
    return Line(first, second, to_first=both)


WHOLE = Figure(
    "whole.svg",
    "From a definition to functions in AWS, and from a vendor to a SIEM",
    (
        Cell(0, 0, "Definition", ("source.yml, samples",)),
        Cell(1, 0, "generator/", ("on your machine,", "or in CI")),
        Cell(2, 0, "build/zoom/", ("template, code,", "page")),
        Cell(2, 1, "Deployment", ("by hand, or by", "a pipeline")),
        Cell(0, 1, "Vendor", ("sends, or is asked",), outside=True),
        Cell(1, 1, "lambdas/", ("functions in AWS:", "verify, shape, send")),
        Cell(1, 2, "Events", ("SQS queue,", "or S3 objects")),
        Cell(2, 2, "Kept", ("S3 bucket",)),
        Cell(0, 2, "SIEM", ("reads events",), outside=True),
    ),
    (
        _line("Definition", "generator/"),
        _line("generator/", "build/zoom/"),
        _line("build/zoom/", "Deployment"),
        _line("Deployment", "lambdas/"),
        _line("Vendor", "lambdas/", both=True),
        _line("lambdas/", "Events"),
        _line("lambdas/", "Kept"),
        _line("Events", "SIEM"),
    ),
)
EVENT = Figure(
    "explanation/event.svg",
    "An event's way from the vendor through the API and the handler to the queue",
    (
        Cell(0, 0, "Vendor", ("Zoom, Okta …",), outside=True),
        Cell(0, 1, "HTTP API", ("API Gateway",)),
        Cell(0, 2, "Authorizer", ("function, for tokens", "in headers")),
        Cell(1, 0, "Parameter Store", ("secrets: current", "and previous"), outside=True),
        Cell(1, 1, "Handler", ("function: verify,", "shape, send")),
        Cell(1, 2, "Kept", ("S3: rejected, unsent,", "oversize")),
        Cell(1, 3, "Redrive", ("function: sends again",)),
        Cell(2, 0, "SIEM", ("reads the queue",), outside=True),
        Cell(2, 1, "Events", ("SQS, 13 days",)),
        Cell(2, 2, "DeadLetters", ("SQS, 14 days",)),
    ),
    (
        _line("Vendor", "HTTP API", both=True),
        _line("HTTP API", "Authorizer", both=True),
        _line("HTTP API", "Handler", both=True),
        _line("Parameter Store", "Handler"),
        _line("Handler", "Kept"),
        _line("Handler", "Events"),
        _line("Events", "SIEM"),
        _line("Events", "DeadLetters"),
        _line("Kept", "Redrive", both=True),
        _line("Redrive", "Events"),
    ),
)
KEPT = Figure(
    "explanation/kept.svg",
    "What is kept in the bucket, and what sends it again",
    (
        Cell(0, 1, "Handler", ("or Puller",)),
        Cell(1, 0, "rejected/", ("events that became", "no message")),
        Cell(1, 2, "unsent/", ("messages that the", "queue did not take")),
        Cell(1, 3, "oversize/", ("events beyond 1 MiB",)),
        Cell(2, 0, "redrive", ("a command: you",)),
        Cell(2, 1, "Events", ("SQS queue",)),
        Cell(2, 2, "Sweep", ("every five minutes",)),
        Cell(2, 3, "unsendable/", ("SQS will never", "take it")),
    ),
    (
        _line("Handler", "Events"),
        _line("Handler", "rejected/"),
        _line("Handler", "unsent/"),
        _line("Handler", "oversize/"),
        _line("unsent/", "Sweep", both=True),
        _line("Sweep", "Events"),
        _line("Sweep", "unsendable/"),
        _line("rejected/", "redrive", both=True),
        _line("redrive", "Events"),
    ),
)
PIPELINE = Figure(
    "explanation/pipeline.svg",
    "The stages of a pipeline, from two repositories to the event source's stack",
    (
        Cell(0, 0, "GitHub", ("the framework",), outside=True),
        Cell(0, 1, "CodeCommit", ("the configuration",)),
        Cell(0, 2, "Helper bucket", ("templates and code",), outside=True),
        Cell(1, 0, "Merge", ("function",)),
        Cell(1, 1, "CloudFormation", ("with the execution", "role"), outside=True),
        Cell(1, 2, "Event source", ("the stack",)),
        Cell(2, 0, "Approve", ("a person, if you want",)),
        Cell(2, 1, "TestBuildDeploy", ("CodeBuild",)),
        Cell(2, 2, "Verify", ("CodeBuild",)),
    ),
    (
        _line("GitHub", "Merge"),
        _line("CodeCommit", "Merge"),
        _line("Merge", "Approve"),
        _line("Approve", "TestBuildDeploy"),
        _line("TestBuildDeploy", "CloudFormation"),
        _line("Helper bucket", "CloudFormation"),
        _line("CloudFormation", "Event source"),
        _line("TestBuildDeploy", "Verify"),
        _line("Verify", "Event source"),
    ),
)
PULL = Figure(
    "explanation/pull.svg",
    "A run of the puller: it asks the vendor, sends events, and moves its position",
    (
        Cell(0, 0, "Pull", ("schedule",)),
        Cell(0, 1, "Vendor's API", ("pages of a log",), outside=True),
        Cell(0, 2, "Parameter Store", ("credentials",), outside=True),
        Cell(1, 1, "Puller", ("function: ask,", "shape, send")),
        Cell(1, 2, "Positions", ("table: lease,", "positions, claims")),
        Cell(2, 0, "Events", ("SQS queue",)),
        Cell(2, 2, "Kept", ("S3 bucket",)),
    ),
    (
        _line("Pull", "Puller"),
        _line("Positions", "Puller", both=True),
        _line("Parameter Store", "Puller"),
        _line("Vendor's API", "Puller", both=True),
        _line("Puller", "Kept"),
        _line("Puller", "Events"),
    ),
)
FIGURES = (WHOLE, EVENT, KEPT, PIPELINE, PULL)


def svg_text(figure: Figure) -> str:
    """Return the content of a drawing's file."""
    boxes = {cell.title: Box(cell.title, cell.lines, outside=cell.outside) for cell in figure.cells}
    places = {cell.title: Place(cell.column, cell.row) for cell in figure.cells}
    drawing = Drawing(Plan(boxes, list(figure.lines)), _LAYOUT, places)
    width, height = drawing.size()
    svg = element(
        "svg",
        element("title", figure.caption),
        element("style", _STYLE),
        element("rect", width=str(width), height=str(height), rx="10", class_="paper"),
        *drawing_elements(drawing),
        xmlns="http://www.w3.org/2000/svg",
        width=str(width),
        height=str(height),
        viewBox=f"0 0 {width} {height}",
        role="img",
    )
    return ET.tostring(svg, encoding="unicode")
