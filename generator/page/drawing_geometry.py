"""Where the boxes of a drawing are, and the lines between them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from generator.page.drawing_places import Layout, Place
from generator.page.drawing_plan import Line, Plan

ARROW = 8
"""The length of an arrow."""


class Point(NamedTuple):
    """A point of the drawing."""

    x: float
    y: float


class End(NamedTuple):
    """An end of a line at a side of a box: the direction in which the line leaves it."""

    dx: int
    dy: int


@dataclass(frozen=True)
class Drawing:
    """A plan with the cells of its boxes."""

    plan: Plan
    layout: Layout
    cells: Mapping[str, Place]

    def size(self) -> tuple[int, int]:
        """Return the width and the height of the drawing."""
        columns = max(place.column for place in self.cells.values()) + 1
        rows = max(place.row for place in self.cells.values()) + 1
        layout = self.layout
        width = columns * (layout.width + layout.column_gap) - layout.column_gap + 2 * layout.margin
        return width, rows * (layout.height + layout.row_gap) - layout.row_gap + 2 * layout.margin

    def corner(self, title: str) -> Point:
        """Return the upper left corner of a box."""
        place, layout = self.cells[title], self.layout
        x = layout.margin + place.column * (layout.width + layout.column_gap)
        return Point(x, layout.margin + place.row * (layout.height + layout.row_gap))

    def ends(self, line: Line) -> tuple[End, End]:
        """Return at which sides of its two boxes a line ends; boxes in one column are beneath each other."""
        first, second = self.cells[line.first], self.cells[line.second]
        if first.column != second.column:
            right = first.column < second.column
            return End(1 if right else -1, 0), End(-1 if right else 1, 0)
        down = first.row < second.row
        return End(0, 1 if down else -1), End(0, -1 if down else 1)

    def points(self) -> Iterator[tuple[Point, End, Point, End]]:
        """Yield the two ends of each line; lines at one side of a box share it evenly, in the order of their others."""
        sides: dict[tuple[str, End], list[tuple[Place, int]]] = {}
        for number, line in enumerate(self.plan.lines):
            for title, end, other in zip(
                (line.first, line.second), self.ends(line), (line.second, line.first), strict=True
            ):
                sides.setdefault((title, end), []).append((self.cells[other], number))
        for number, line in enumerate(self.plan.lines):
            first, second = self.ends(line)
            yield (
                self._port(sides, line.first, first, number),
                first,
                self._port(sides, line.second, second, number),
                second,
            )

    def _port(
        self, sides: Mapping[tuple[str, End], list[tuple[Place, int]]], title: str, end: End, number: int
    ) -> Point:
        numbers = [
            each for _, each in sorted(sides[title, end], key=lambda side: (side[0].row, side[0].column, side[1]))
        ]
        share = (numbers.index(number) + 1) / (len(numbers) + 1)
        corner, layout = self.corner(title), self.layout
        if end.dx:
            return Point(corner.x + (layout.width if end.dx > 0 else 0), corner.y + share * layout.height)
        return Point(corner.x + share * layout.width, corner.y + (layout.height if end.dy > 0 else 0))


def before_arrow(point: Point, end: End, arrow: bool) -> Point:
    """Return where the curve ends: at the box, or where its arrow begins."""
    return Point(point.x + end.dx * ARROW, point.y + end.dy * ARROW) if arrow else point


def controls(start: Point, first: End, end: Point, second: End) -> tuple[Point, Point]:
    """Return the points that bend the curve between two ends, so that it leaves each straight."""
    distance = abs(end.x - start.x) if first.dx else abs(end.y - start.y)
    reach = distance / 2
    return (
        Point(start.x + first.dx * reach, start.y + first.dy * reach),
        Point(end.x + second.dx * reach, end.y + second.dy * reach),
    )


def on_curve(start: Point, control: Point, other_control: Point, end: Point, t: float) -> Point:
    """Return a point of a Bézier curve."""
    weights = ((1 - t) ** 3, 3 * (1 - t) ** 2 * t, 3 * (1 - t) * t**2, t**3)
    points = (start, control, other_control, end)
    return Point(
        sum(weight * point.x for weight, point in zip(weights, points, strict=True)),
        sum(weight * point.y for weight, point in zip(weights, points, strict=True)),
    )
