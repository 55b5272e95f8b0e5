"""Draw the plan of a stack as SVG, twice: wide, and for a narrow screen. The style shows one of the two."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple
from xml.etree import ElementTree as ET

from generator.page.drawing_places import NARROW, WIDE, Layout, Place, places
from generator.page.drawing_plan import Line, Plan
from generator.page.html import element

_BADGE = 8
_ARROW = 8


class Point(NamedTuple):
    """A point of the drawing."""

    x: float
    y: float


class End(NamedTuple):
    """An end of a line at a side of a box: the direction in which the line leaves it."""

    dx: int
    dy: int


@dataclass(frozen=True)
class _Drawing:
    plan: Plan
    layout: Layout
    cells: Mapping[str, Place]

    def corner(self, title: str) -> Point:
        """Return the upper left corner of a box."""
        place, layout = self.cells[title], self.layout
        x = layout.margin + place.column * (layout.width + layout.column_gap)
        return Point(x, layout.margin + place.row * (layout.height + layout.row_gap))

    def ends(self, line: Line) -> tuple[End, End]:
        """Return at which sides of its two boxes a line ends."""
        first, second = self.cells[line.first], self.cells[line.second]
        if first.column != second.column:
            right = first.column < second.column
            return End(1 if right else -1, 0), End(-1 if right else 1, 0)
        if abs(first.row - second.row) == 1:
            down = first.row < second.row
            return End(0, 1 if down else -1), End(0, -1 if down else 1)
        return End(1, 0), End(1, 0)

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


def drawings(plan: Plan, caption: str) -> list[ET.Element]:
    """Return the drawing of a stack for wide and for narrow screens."""
    return [_svg(_Drawing(plan, layout, places(plan, layout)), caption) for layout in (WIDE, NARROW)]


def _svg(drawing: _Drawing, caption: str) -> ET.Element:
    layout = drawing.layout
    columns = max(place.column for place in drawing.cells.values()) + 1
    rows = max(place.row for place in drawing.cells.values()) + 1
    width = columns * (layout.width + layout.column_gap) - layout.column_gap + 2 * layout.margin
    height = rows * (layout.height + layout.row_gap) - layout.row_gap + 2 * layout.margin
    title, description = f"{layout.name}-drawing-title", f"{layout.name}-drawing-text"
    return element(
        "svg",
        element("title", caption, id=title),
        element("desc", "The numbers of the lines are those of the list below the drawing.", id=description),
        *_lines(drawing),
        *(_box(drawing, name) for name in drawing.cells),
        *_badges(drawing),
        class_=f"drawing {layout.name}",
        viewBox=f"0 0 {width} {height}",
        role="img",
        aria_labelledby=f"{title} {description}",
    )


def _lines(drawing: _Drawing) -> Iterator[ET.Element]:
    for line, (port, first, other_port, second) in zip(drawing.plan.lines, drawing.points(), strict=True):
        start = _before_arrow(port, first, line.to_first)
        end = _before_arrow(other_port, second, line.to_second)
        one, two = _controls(start, first, end, second)
        path = f"M{_xy(start)} C{_xy(one)} {_xy(two)} {_xy(end)}"
        yield element("path", d=path, class_="line")
        if line.to_second:
            yield _arrow(end, second)
        if line.to_first:
            yield _arrow(start, first)


def _badges(drawing: _Drawing) -> Iterator[ET.Element]:
    """Yield the number of each line, near its second end, where lines are apart."""
    for number, (start, first, end, second) in enumerate(drawing.points(), 1):
        one, two = _controls(start, first, end, second)
        at = _on_curve(start, one, two, end, 0.4 if first.dy else 0.78)
        yield element("circle", cx=_number(at.x), cy=_number(at.y), r=str(_BADGE), class_="badge")
        yield element("text", str(number), x=_number(at.x), y=_number(at.y + 3.5), class_="number")


def _box(drawing: _Drawing, title: str) -> ET.Element:
    box, layout, corner = drawing.plan.boxes[title], drawing.layout, drawing.corner(title)
    middle = corner.x + layout.width / 2
    texts = [title, *box.lines]
    top = corner.y + (layout.height - len(texts) * layout.line) / 2 + layout.line * 0.75
    return element(
        "g",
        element(
            "rect",
            x=_number(corner.x),
            y=_number(corner.y),
            width=str(layout.width),
            height=str(layout.height),
            rx="6",
            class_="box outside" if box.outside else "box",
        ),
        *(
            element(
                "text",
                _fitting(text, layout.characters),
                x=_number(middle),
                y=_number(top + index * layout.line),
                class_="label" if index else "label strong",
            )
            for index, text in enumerate(texts)
        ),
    )


def _fitting(text: str, characters: int) -> str:
    return text if len(text) <= characters else f"{text[: characters - 1]}…"


def _before_arrow(point: Point, end: End, arrow: bool) -> Point:
    """Return where the curve ends: at the box, or where its arrow begins."""
    return Point(point.x + end.dx * _ARROW, point.y + end.dy * _ARROW) if arrow else point


def _arrow(base: Point, end: End) -> ET.Element:
    """Return the arrow from the end of a curve to the box."""
    tip = Point(base.x - end.dx * _ARROW, base.y - end.dy * _ARROW)
    left = Point(base.x + end.dy * 4, base.y + end.dx * 4)
    right = Point(base.x - end.dy * 4, base.y - end.dx * 4)
    return element("path", d=f"M{_xy(tip)} L{_xy(left)} L{_xy(right)} Z", class_="arrow")


def _controls(start: Point, first: End, end: Point, second: End) -> tuple[Point, Point]:
    distance = abs(end.x - start.x) if first.dx else abs(end.y - start.y)
    reach = 40 if first == second else distance / 2
    return (
        Point(start.x + first.dx * reach, start.y + first.dy * reach),
        Point(end.x + second.dx * reach, end.y + second.dy * reach),
    )


def _on_curve(start: Point, one: Point, two: Point, end: Point, t: float) -> Point:
    """Return a point of a Bézier curve."""
    weights = ((1 - t) ** 3, 3 * (1 - t) ** 2 * t, 3 * (1 - t) * t**2, t**3)
    points = (start, one, two, end)
    return Point(
        sum(weight * point.x for weight, point in zip(weights, points, strict=True)),
        sum(weight * point.y for weight, point in zip(weights, points, strict=True)),
    )


def _xy(point: Point) -> str:
    return f"{_number(point.x)},{_number(point.y)}"


def _number(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")
