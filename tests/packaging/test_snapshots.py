"""Every source and every small case against its stored template: `tox -e snapshots` writes them."""

from __future__ import annotations

from pathlib import Path

import pytest

from generator.definition.read import Definition
from generator.packaging.source_module import source_module_text
from generator.templates import event_source
from generator.templates.text import template_text
from tests.definitions import CASES, SOURCES, every_definition

STORED = Path(__file__).parents[1] / "snapshots"
EVERY = [(folder.name, definition) for folder in (SOURCES, CASES) for definition in every_definition(folder)]


@pytest.mark.parametrize(("folder", "definition"), EVERY, ids=[definition.source.name for _, definition in EVERY])
def test_the_template_and_the_packed_definition_are_those_stored(
    folder: str, definition: Definition, update: bool
) -> None:
    generated_files = {
        # The code's hash would change every snapshot with every line of code.
        "event-source.json": template_text(event_source.build(definition.source, "code/hash.zip")),
        "source.py": source_module_text(definition.source),
    }
    for name, content in generated_files.items():
        file = STORED / folder / definition.source.name / name
        if update:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(content, encoding="utf-8")
        assert content == file.read_text(encoding="utf-8"), f"{file}: run with --update, and read the diff"


def test_no_snapshot_is_left_of_a_source_that_is_gone() -> None:
    stored = {(file.parent.parent.name, file.parent.name) for file in STORED.rglob("source.py")}
    assert stored == {(folder, definition.source.name) for folder, definition in EVERY}
