"""Which files a source is built from, also where its definition is broken."""

from __future__ import annotations

from pathlib import Path

import pytest

from generator.definition import watched_files
from generator.definition.watched_files import affected_sources, definition_folders, shared_files
from generator.errors import BUNDLED, REPOSITORY

OWN = Path("sources")


@pytest.fixture(autouse=True)
def sources(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name, text in {"acme": "extends: base", "base": "extends: zoom\n", "alone": "description: x"}.items():
        write(name, text)


def write(name: str, text: str) -> None:
    (OWN / name).mkdir(parents=True, exist_ok=True)
    (OWN / name / "source.yml").write_text(text)


def test_the_folders_of_what_it_extends_are_watched_too() -> None:
    assert definition_folders("alone", OWN) == [OWN / "alone"]
    assert definition_folders("acme", OWN) == [OWN / "acme", OWN / "base", OWN / "zoom", BUNDLED / "zoom"]


@pytest.mark.parametrize(
    "text",
    [
        "description: [broken\nextends: base\n\tx",
        "extends:   'base'  # as that",
        '"extends": "base"',
        "{extends: base, description: x}",
    ],
)
def test_what_it_extends_is_found_however_it_is_written_and_in_a_broken_definition(text: str) -> None:
    write("acme", text)
    assert definition_folders("acme", OWN)[:2] == [OWN / "acme", OWN / "base"]


def test_a_circle_or_a_name_of_no_source_ends_the_chain() -> None:
    write("base", "extends: acme")
    assert definition_folders("acme", OWN) == [OWN / "acme", OWN / "base"]
    write("base", "extends: nobody")
    assert definition_folders("acme", OWN) == [OWN / "acme", OWN / "base", OWN / "nobody"]


def test_a_base_that_is_deleted_and_comes_back_affects_what_extends_it() -> None:
    definition = OWN / "base" / "source.yml"
    definition.unlink()
    assert affected_sources([definition], ["acme", "alone"], OWN) == ["acme"]
    definition.parent.rmdir()
    assert definition_folders("acme", OWN) == [OWN / "acme", OWN / "base"]


def test_an_own_folder_that_may_come_is_watched_beside_the_shipped_one() -> None:
    assert definition_folders("okta", OWN) == [OWN / "okta", BUNDLED / "okta"]


def test_the_framework_is_watched_in_a_checkout_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    assert shared_files(OWN) == [OWN / "defaults.yml", REPOSITORY / "generator", REPOSITORY / "lambdas"]
    monkeypatch.setattr(watched_files, "IS_INSTALLED", True)
    assert shared_files(OWN) == [OWN / "defaults.yml"]


@pytest.mark.parametrize(
    ("changed", "affected"),
    [
        (OWN / "acme" / "samples" / "a.json", ["acme"]),
        (OWN / "base" / "transform.py", ["acme", "base"]),
        (BUNDLED / "zoom" / "source.yml", ["acme", "base"]),
        (OWN / "defaults.yml", ["acme", "base", "alone"]),
        (REPOSITORY / "lambdas" / "webhook.py", ["acme", "base", "alone"]),
        (OWN / "schema.json", []),
    ],
)
def test_a_change_affects_the_sources_that_are_built_from_the_file(changed: Path, affected: list[str]) -> None:
    assert affected_sources([changed], ["acme", "base", "alone"], OWN) == affected
