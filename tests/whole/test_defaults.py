"""A working folder with `sources/defaults.yml`: what its builds say, store, pack and send."""

from __future__ import annotations

import json
import shutil
import zipfile
from pathlib import Path

import pytest

from generator.commands import main
from generator.testing import load_samples
from tests.definitions import SOURCES

pytestmark = pytest.mark.slow

DEFAULTS = """\
hardening: strict
webhook: {concurrency: 30}
mozdef: {eventsource: ours, details: {team: "{of.no.vendor || 'red'}"}}
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name in ("okta", "bearer"):
        shutil.copytree(SOURCES / name, tmp_path / "sources" / name)
    (tmp_path / "sources" / "defaults.yml").write_text(DEFAULTS, encoding="utf-8")
    return tmp_path


def content(folder: Path) -> dict[str, bytes]:
    return {str(file.relative_to(folder)): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


def test_altered_samples_are_said_in_one_line_and_stay_as_they_are(folder: Path, capsys) -> None:
    before = content(folder / "sources")
    altered = "alters the messages of 15 samples (okta, bearer): run with it, compared without it"
    for options in ((), ("--accept", "--strict"), ("--check",)):
        assert main(["okta", "bearer", "--lint", "fast", *options]) == 0
        assert capsys.readouterr().err.splitlines() == [f"note: sources/defaults.yml: {altered}"]
    assert content(folder / "sources") == before


def test_a_sample_is_compared_with_what_its_definition_alone_makes(folder: Path, capsys) -> None:
    file = folder / "sources" / "bearer" / "samples" / "token.created.mozdef.json"
    message = json.loads(file.read_text(encoding="utf-8"))
    file.write_text(json.dumps({**message, "eventsource": "another"}), encoding="utf-8")
    assert main(["bearer", "--lint", "fast"]) == 1
    errors = [line for line in capsys.readouterr().err.splitlines() if line.startswith("error")]
    assert errors == [
        "error: sources/bearer/samples/token.created.mozdef.json: eventsource: "
        '"another" is stored, and the build makes "bearer_api"; if the build is right, --accept stores what it makes'
    ]


@pytest.mark.usefixtures("folder")
def test_defaults_are_in_the_template_the_code_and_the_configuration() -> None:
    assert main(["okta", "--lint", "fast"]) == 0
    template = json.loads(Path("build/okta/event-source.json").read_text(encoding="utf-8"))
    assert [entry for entry in template["Resources"].values() if entry["Type"] == "AWS::KMS::Key"]
    with zipfile.ZipFile("build/okta/lambdas.zip") as code:
        source = code.read("lambdas/source.py").decode()
    assert "concurrency=30" in source
    assert "eventsource='ours'" in source
    with zipfile.ZipFile("build/okta/config.zip") as configuration:
        assert configuration.read("defaults.yml").decode() == DEFAULTS


@pytest.mark.usefixtures("folder")
def test_tests_of_a_configuration_see_the_messages_as_they_are_sent() -> None:
    for sample in load_samples("bearer"):
        assert {(message["eventsource"], message["details"]["team"]) for message in sample.messages()} == {
            ("ours", "red")
        }


def test_a_new_source_is_begun_without_them(folder: Path, capsys) -> None:
    """They are no part of what it says, and a mistake in them is none of its own: it is said when it is built."""
    (folder / "sources" / "defaults.yml").write_text("hardning: strict\n", encoding="utf-8")
    assert main(["new", "tenant", "--from", "okta", "--description", "ours"]) == 1
    first, second = capsys.readouterr().err.splitlines()
    assert first.startswith("error: sources/defaults.yml:1: hardning: no such key")
    assert second == "error: sources/tenant is written, but was not built: python -m generator tenant --accept"
    text = (folder / "sources" / "tenant" / "source.yml").read_text(encoding="utf-8")
    assert "extends: okta" in text
    assert "hardening" not in text


def test_a_cr_in_them_is_refused(folder: Path, capsys) -> None:
    (folder / "sources" / "defaults.yml").write_bytes(DEFAULTS.replace("\n", "\r\n").encode())
    assert main(["okta", "--lint", "fast"]) == 1
    assert "error: sources/defaults.yml:1: has a CR, and would be shipped with it" in capsys.readouterr().err
