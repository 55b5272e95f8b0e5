"""The drawings of the documentation are those that docs/drawings.py makes, and their boxes and lines are apart."""

from __future__ import annotations

import re

import pytest

from docs.drawings import FIGURES, FOLDER, Figure, svg_text

FILES = [figure.file for figure in FIGURES]


@pytest.mark.parametrize("figure", FIGURES, ids=FILES)
def test_a_drawing_is_written_as_it_is_made(figure: Figure, update: bool) -> None:
    path, drawn = FOLDER / figure.file, svg_text(figure)
    if update:
        path.write_text(drawn, encoding="utf-8")
    assert path.read_text(encoding="utf-8") == drawn, f"{figure.file}: run with --update, and look at the drawing"


@pytest.mark.parametrize("figure", FIGURES, ids=FILES)
def test_no_box_covers_another_and_no_line_passes_through_a_box_of_its_column(figure: Figure) -> None:
    cells = {cell.title: cell for cell in figure.cells}
    assert len({(cell.column, cell.row) for cell in figure.cells}) == len(cells) == len(figure.cells)
    for line in figure.lines:
        first, second = cells[line.first], cells[line.second]
        assert first.column != second.column or abs(first.row - second.row) == 1, line
    texts = re.findall(r"<text[^>]*>([^<]*)</text>", svg_text(figure))
    assert [text for text in texts if text.endswith("…") and not text.endswith(" …")] == []  # none is cut short


@pytest.mark.parametrize("figure", FIGURES, ids=FILES)
def test_a_page_shows_the_drawing_and_has_a_row_for_each_of_its_numbers(figure: Figure) -> None:
    file = FOLDER / figure.file
    texts = [page.read_text(encoding="utf-8") for page in file.parent.glob("*.md")]
    (below,) = [text.partition(f"]({file.name})")[2] for text in texts if f"]({file.name})" in text]
    numbers = re.findall(r"^(?:\| )?(\d+)(?: \||\.) ", below.partition("\n#")[0], re.MULTILINE)
    assert numbers[: len(figure.lines)] == [str(number) for number in range(1, len(figure.lines) + 1)]
