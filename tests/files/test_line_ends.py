"""Checkouts in which git writes CRLF, as on many machines with Windows."""

from __future__ import annotations

import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

from generator.commands import main
from generator.errors import DefinitionError
from generator.files import line_ends
from generator.local.artifacts import zip_folder
from generator.packaging import configuration
from tests.definitions import ROOT, SOURCES, bundled_source, make_definition

pytestmark = pytest.mark.slow

SAID = f"has a CR, and would be shipped with it: {line_ends.HOW_TO_FIX}"
CODECOMMIT = """
    extends: zoom
    description: ours
    pipeline: {source: codecommit}
"""


def git(folder: Path, *words: str) -> None:
    settings = ("-c", "user.name=a", "-c", "user.email=a@example.com")
    subprocess.run(["git", *settings, *words], cwd=folder, check=True, capture_output=True)  # noqa: S607 - any git


@pytest.fixture
def origin(tmp_path: Path) -> Path:
    """A repository with the framework and one source."""
    origin = tmp_path / "origin"
    without = shutil.ignore_patterns("__pycache__")
    for name in ("generator", "lambdas", "sources/zoom"):
        shutil.copytree(ROOT / name, origin / name, ignore=without)
    for name in (".gitattributes", "pyproject.toml", "requirements.txt", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, origin)
    body = (SOURCES / "zoom/samples/user.created.json").read_bytes()
    (origin / "sources/zoom/samples/windows.json").write_bytes(body.replace(b"\n", b"\r\n"))
    git(origin, "init", "-q")
    return origin


def windows_clone(origin: Path) -> Path:
    git(origin, "add", ".")
    git(origin, "commit", "-qm", "all")
    git(origin.parent, "clone", "-q", "-c", "core.autocrlf=true", str(origin), "windows")
    return origin.parent / "windows"


def build(checkout: Path) -> tuple[int, str]:
    command = [sys.executable, "-S", "-m", "generator", "zoom", "--lint", "fast", "--accept"]
    packages = {"PYTHONPATH": sysconfig.get_path("purelib")}
    done = subprocess.run(command, cwd=checkout, env=packages, capture_output=True, text=True, check=False)
    return done.returncode, done.stderr


def test_a_checkout_with_crlf_builds_the_same_bytes(origin: Path) -> None:
    windows = windows_clone(origin)
    assert build(origin) == build(windows) == (0, "")
    built = [
        sorted(file for file in (checkout / "build").rglob("*") if file.is_file()) for checkout in (origin, windows)
    ]
    assert [file.read_bytes() for file in built[0]] == [file.read_bytes() for file in built[1]]
    assert len(built[0]) > 10
    assert b"\r\n" in (windows / "sources/zoom/samples/windows.json").read_bytes()


def test_without_attributes_every_file_that_would_be_shipped_is_named(origin: Path) -> None:
    (origin / ".gitattributes").unlink()
    windows = windows_clone(origin)
    status, err = build(windows)
    assert status == 1
    named = [line.removeprefix("error: ").partition(":")[0] for line in err.splitlines() if line.endswith(SAID)]
    zoom = bundled_source("zoom")
    assert named == sorted(
        str(file.relative_to(ROOT)) for file in configuration.shipped_text_files(zoom) if file.read_bytes()
    )
    assert {
        "generator/packaging/config/deploy.sh",
        "generator/packaging/config/buildspec.yml",
        "lambdas/receiving/receive.py",
    } <= set(named)
    assert not (windows / "build").exists()


@pytest.mark.parametrize("name", ["transform.py", "source.yml", "README.md", "schemas/a.json", "samples/a.mozdef.json"])
def test_a_file_of_a_source_is_named_with_its_line(tmp_path: Path, monkeypatch, capsys, name: str) -> None:
    monkeypatch.chdir(tmp_path)
    shutil.copytree(SOURCES / "zoom", tmp_path / "sources" / "zoom")
    make_definition(tmp_path / "sources", CODECOMMIT, "acme")
    file = tmp_path / "sources" / "acme" / name
    file.parent.mkdir(exist_ok=True)
    code = "def transform(event, request):\n    return [event]\r\n"
    first = {
        "transform.py": code,
        "source.yml": file.read_text().replace("ours\n", "ours\r\n") if file.exists() else "",
    }
    file.write_bytes(first.get(name, "{\n}\r\n").encode())
    if name.startswith("samples"):
        file.with_name("a.json").write_bytes(b'{"event":\r\n "user.created"}\r\n')
    assert main(["acme", "--lint", "fast", "--accept"]) == 1
    line = 3 if name == "source.yml" else 2
    named = [line for line in capsys.readouterr().err.splitlines() if "has a CR" in line]
    assert named == [f"error: sources/acme/{name}:{line}: {SAID}"]


def test_a_body_with_crlf_has_its_message_told_with_where_that_may_come_from(tmp_path, monkeypatch, capsys) -> None:
    """A hash of the body may be the event's id."""
    monkeypatch.chdir(tmp_path)
    shutil.copytree(SOURCES / "zoom", tmp_path / "sources" / "zoom")
    file = tmp_path / "sources" / "zoom" / "samples" / "user.created.json"
    file.write_bytes(file.read_bytes().replace(b"\n", b"\r\n"))
    assert main(["zoom", "--lint", "fast"]) == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert line.endswith(f"its body has CRLF, which may come of a checkout: then {line_ends.HOW_TO_FIX}")


def test_the_line_break_at_the_end_of_a_text_is_the_editors_whichever_it_is(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    shutil.copytree(SOURCES / "twilio", tmp_path / "sources" / "twilio")
    file = tmp_path / "sources" / "twilio" / "samples" / "message.received.txt"
    file.write_bytes(file.read_bytes().rstrip(b"\n") + b"\r\n")
    assert main(["twilio", "--lint", "fast"]) == 0


def test_a_script_with_crlf_is_packed_into_no_artifact(tmp_path: Path) -> None:
    (tmp_path / "deploy.sh").write_bytes(b"#!/bin/bash\r\n")
    (tmp_path / "notes.txt").write_bytes(b"a\r\n")
    with pytest.raises(DefinitionError) as raised:
        zip_folder(tmp_path)
    assert str(raised.value) == f"{tmp_path / 'deploy.sh'}:1: {SAID}"
