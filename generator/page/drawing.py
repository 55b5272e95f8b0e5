"""Draw the plan of a stack as SVG, twice: wide, and for a narrow screen. The style shows one of the two."""

from __future__ import annotations

from collections.abc import Iterator
from xml.etree import ElementTree as ET

from generator.page.drawing_geometry import ARROW, Drawing, End, Point, before_arrow, controls, on_curve
from generator.page.drawing_places import NARROW, WIDE, places
from generator.page.drawing_plan import Plan
from generator.page.html import element

_BADGE = 8


def drawings(plan: Plan, caption: str) -> list[ET.Element]:
    """Return the drawing of a stack for wide and for narrow screens."""
    return [_svg(Drawing(plan, layout, places(plan, layout)), caption) for layout in (WIDE, NARROW)]


def _svg(drawing: Drawing, caption: str) -> ET.Element:
    layout = drawing.layout
    width, height = drawing.size()
    title, description = f"{layout.name}-drawing-title", f"{layout.name}-drawing-text"
    return element(
        "svg",
        element("title", caption, id=title),
        element("desc", "The numbers of the lines are those of the list below the drawing.", id=description),
        *drawing_elements(drawing),
        class_=f"drawing {layout.name}",
        viewBox=f"0 0 {width} {height}",
        role="img",
        aria_labelledby=f"{title} {description}",
    )


def drawing_elements(drawing: Drawing) -> Iterator[ET.Element]:
    """Yield the lines of a drawing, its boxes, and the numbers of its lines."""
    yield from _lines(drawing)
    yield from (_box(drawing, name) for name in drawing.cells)
    yield from _badges(drawing)


def _lines(drawing: Drawing) -> Iterator[ET.Element]:
    for line, (port, first, other_port, second) in zip(drawing.plan.lines, drawing.points(), strict=True):
        start = before_arrow(port, first, line.to_first)
        end = before_arrow(other_port, second, line.to_second)
        control, other_control = controls(start, first, end, second)
        path = f"M{_xy(start)} C{_xy(control)} {_xy(other_control)} {_xy(end)}"
        yield element("path", d=path, class_="line")
        if line.to_second:
            yield _arrow(end, second)
        if line.to_first:
            yield _arrow(start, first)


def _badges(drawing: Drawing) -> Iterator[ET.Element]:
    """Yield the number of each line, near its second end, where lines are apart."""
    for number, (start, first, end, second) in enumerate(drawing.points(), 1):
        control, other_control = controls(start, first, end, second)
        center = on_curve(start, control, other_control, end, 0.4 if first.dy else 0.78)
        yield element("circle", cx=_number(center.x), cy=_number(center.y), r=str(_BADGE), class_="badge")
        yield element("text", str(number), x=_number(center.x), y=_number(center.y + 3.5), class_="number")


def _box(drawing: Drawing, title: str) -> ET.Element:
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


def _arrow(base: Point, end: End) -> ET.Element:
    """Return the arrow from the end of a curve to the box."""
    tip = Point(base.x - end.dx * ARROW, base.y - end.dy * ARROW)
    left = Point(base.x + end.dy * 4, base.y + end.dx * 4)
    right = Point(base.x - end.dy * 4, base.y - end.dx * 4)
    return element("path", d=f"M{_xy(tip)} L{_xy(left)} L{_xy(right)} Z", class_="arrow")


def _xy(point: Point) -> str:
    return f"{_number(point.x)},{_number(point.y)}"


def _number(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")
