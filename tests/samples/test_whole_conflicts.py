"""Sources that send events whole, and whose events differ in the types of the same path."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from generator.commands import main

DEFINITION = "description: made\nwebhook: {auth: {token: {header: x-token}}}\nmozdef: {whole: true}\n"


def define(name: str, event: object, text: str = DEFINITION) -> None:
    samples = Path("sources") / name / "samples"
    samples.mkdir(parents=True)
    (samples.parent / "source.yml").write_text(text)
    (samples / "event.json").write_text(json.dumps(event))


def test_build_of_several_sources_names_the_paths_of_two_types(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    define("acme", {"user": {"name": "ann"}, "ok": True, "n": 1})
    define("initech", {"user": "ann", "ok": "yes", "n": "one"})
    define("bounded", {"user": 5}, DEFINITION.partition("mozdef")[0])
    assert main(["acme", "bounded", "initech", "--accept", "--lint", "fast"]) == 0
    refused = "which is sent whole too; Elasticsearch refuses whichever comes later on a day"
    # The terminal breaks the lines.
    printed = " ".join("".join(capsys.readouterr()).split())
    assert f"mozdef.whole: details.ok is a text, and a boolean in acme, {refused}" in printed
    assert f"mozdef.whole: details.user is a text, and an object in acme, {refused}" in printed
    assert printed.count(refused) == 2
    assert main(["acme", "--lint", "fast"]) == 0
    assert refused not in " ".join("".join(capsys.readouterr()).split())
