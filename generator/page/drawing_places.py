"""Where each box of the drawing stands: in a grid that events cross from left to right."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from generator.page.drawing_plan import ALARMS, SECRETS, TOPIC, VENDOR, Plan

_ENTRANCES = ("Api", "Pull", "Verify", SECRETS)
"""What leads to the first function, from the top."""
_STORES = (
    *("Writer", "ObjectsBucket", "Objects", "Events", "DeadLetters"),
    *("Kept", "Claims", "Positions", "Stream", "Archive"),
)
_OF_REDRIVE = 3
"""The row of the function Redrive and of its schedule, beside the stores that it reads."""


class Place(NamedTuple):
    """A cell of the grid."""

    column: int
    row: int


class Layout(NamedTuple):
    """The sizes of a drawing, in units of its view box; `characters` is how many fit into a line of a box."""

    name: str
    width: int
    height: int
    column_gap: int
    row_gap: int
    line: int
    characters: int
    margin: int = 2


WIDE = Layout("wide", 156, 76, 66, 36, 16, 23)
NARROW = Layout("narrow", 104, 70, 36, 34, 14, 20)


def places(plan: Plan, layout: Layout) -> dict[str, Place]:
    """Return the cell of each box; in a narrow drawing vendor and reader stand above instead of beside."""
    cells = dict(_wide_places(plan) if layout is WIDE else _narrow_places(plan))
    assert cells.keys() == plan.boxes.keys(), plan.boxes.keys() - cells.keys()  # noqa: S101 - each box has its place
    return {title: cells[title] for title in plan.boxes}


def _wide_places(plan: Plan) -> Iterator[tuple[str, Place]]:
    called = "Api" in plan.boxes
    yield VENDOR, Place(0, 0)
    entrance = 1 if called else 0
    yield from _columns(plan, entrance, first_row=0 if called else 1, top=0)
    right = entrance + 3
    yield plan.reader, Place(right, 0)
    row = 2
    for title in ("KeptLog", "Key", ALARMS, TOPIC):
        if title in plan.boxes:
            yield title, Place(right, row)
            row += 1


def _narrow_places(plan: Plan) -> Iterator[tuple[str, Place]]:
    yield VENDOR, Place(0, 0)
    # Above the functions where it reads two of the stores: a line may not pass a box.
    yield plan.reader, Place(1 if "ObjectsBucket" in plan.boxes else 2, 0)
    cells = dict(_columns(plan, 0, first_row=1, top=1))
    yield from cells.items()
    row = max(cell.row for cell in cells.values()) + 1
    yield ALARMS, Place(0, row)
    yield TOPIC, Place(1, row)
    for title, place in (("Key", Place(1, 2)), ("KeptLog", Place(1, 3))):  # between the two functions
        if title in plan.boxes:
            yield title, place


def _columns(plan: Plan, column: int, first_row: int, top: int) -> Iterator[tuple[str, Place]]:
    """Yield the places of three columns: what leads in, the functions, and where events go."""
    entrances = [title for title in _ENTRANCES if title in plan.boxes]
    stores = [title for title in _STORES if title in plan.boxes]
    yield from ((title, Place(column, first_row + row)) for row, title in enumerate(entrances))
    redrive = max(top + _OF_REDRIVE, first_row + len(entrances))
    yield "Clock", Place(column, redrive)
    yield "Redrive", Place(column + 1, redrive)
    yield "Webhook" if "Webhook" in plan.boxes else "Puller", Place(column + 1, top)
    yield from ((title, Place(column + 2, top + row)) for row, title in enumerate(stores))
