"""What docs/reference/outputs/ says is what the outputs make."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from generator.testing import Sample
from lambdas.model_facts import KINDS
from lambdas.shaping.ocsf_classes import class_of
from lambdas.shaping.outputs import ecs
from tests.definitions import ROOT, make_definition
from tests.pages import assert_generated
from tests.shaping.test_outputs import ECS_FIELDS

PAGES = ROOT / "docs" / "reference" / "outputs"
MESSAGE = (PAGES.parent / "mozdef-message.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("output", ["raw", "ecs", "ocsf"])
def test_message_in_the_example_is_what_the_definition_makes(tmp_path: Path, output: str, update: bool) -> None:
    definition, event = (
        re.findall(rf"```{language}\n(.*?)```", MESSAGE, re.DOTALL)[0] for language in ("yaml", "json")
    )
    make_definition(tmp_path, f"{definition}output: {output}\n", "acme")
    (message,) = Sample("acme", json.loads(event), sources=tmp_path).messages()
    shown = json.dumps(message, indent=2, ensure_ascii=False)
    maker = f"test_output_docs.py: {output}"
    assert_generated(PAGES / f"{output}.md", maker, f"```json\n{shown}\n```", update=update)


def test_every_field_of_ecs_is_on_its_page() -> None:
    text = (PAGES / "ecs.md").read_text(encoding="utf-8")
    section = text.partition("## The fields")[2].partition("\n## ")[0]
    fields = {
        name for row in re.findall(r"^\| (.*?) \|", section, re.MULTILINE) for name in re.findall(r"`(.*?)`", row)
    }
    assert fields - {"labels.*"} == {name for name in ECS_FIELDS if name != "labels.device"}


def test_every_kind_is_on_the_page_of_ecs_and_of_ocsf() -> None:
    for page in ("ecs.md", "ocsf.md"):
        text = (PAGES / page).read_text(encoding="utf-8")
        rows = [
            re.findall(r"`(\w*\.\w+|other)`", row)
            for row in re.findall(r"^\| (`\w+\.\w+`.*?|`other`.*?) \|", text, re.MULTILINE)
        ]
        kinds = {kind if not kind.startswith(".") else row[0].partition(".")[0] + kind for row in rows for kind in row}
        assert set(KINDS) <= kinds, page


def test_classes_of_ocsf_and_their_activities_are_on_its_page() -> None:
    text = (PAGES / "ocsf.md").read_text(encoding="utf-8")
    facts = dict.fromkeys(("user", "target_user", "role", "target"), "x")
    for kind in KINDS:
        event_class, activity = class_of({**facts, "kind": kind})
        (row,) = re.findall(
            rf"^\| `{kind.partition('.')[0]}.*? \| {event_class.caption}, {event_class.uid} \|.*", text, re.MULTILINE
        )
        assert re.search(rf"\b{activity}\b", row.rpartition(str(event_class.uid))[2]), kind


def test_version_of_ecs_is_on_its_page() -> None:
    assert f"(ECS) {ecs.VERSION.rpartition('.')[0]}," in (PAGES / "ecs.md").read_text(encoding="utf-8")
