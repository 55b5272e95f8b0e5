"""The examples of the commands' reference that need neither AWS nor the emulator."""

from __future__ import annotations

import re
import shlex
import shutil
from pathlib import Path

import pytest

from generator.commands import main
from generator.packaging.lint_engines import LintEngines
from tests.definitions import ROOT, SOURCES
from tests.examples import assert_example

pytestmark = pytest.mark.slow
PROGRAM = "python -m generator "
TUTORIAL = ROOT / "docs" / "tutorials" / "your-own-vendor.md"
# How many of the first and of the last lines the page shows.
COMMANDS = {
    "init our-sources": (20, 0),
    "new acme --description 'Acme audit events' --from-request request.http": (20, 6),
    "list": (8, 0),
    "schema": (6, 0),
    "zoom": (12, 6),
    "page zoom": (20, 0),
    "cost zoom": (20, 0),
}


@pytest.mark.parametrize("words", COMMANDS)
def test_a_command_prints_what_the_page_shows(
    words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], update: bool
) -> None:
    (tmp_path / "sources").mkdir()
    shutil.copy(SOURCES / "schema.json", tmp_path / "sources")
    (request,) = re.findall(r"```http\n(.*?)```", TUTORIAL.read_text(encoding="utf-8"), re.DOTALL)
    (tmp_path / "request.http").write_text(request.rstrip("\n"))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("generator.packaging.lint.LintEngines", lambda _engines: LintEngines("fast"))  # to save time
    if words == "page zoom":
        assert main(["zoom"]) == 0
        capsys.readouterr()
    assert main(shlex.split(words)) == 0
    name = words.split(maxsplit=1)[0] if words != "zoom" else "build"
    first, last = COMMANDS[words]
    printed = capsys.readouterr()
    assert_example(name, PROGRAM + words, printed.out, update=update, folder=tmp_path, first=first, last=last)
