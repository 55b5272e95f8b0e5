"""Checkouts in which git writes CRLF, as on many machines with Windows."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

from generator.commands import main
from generator.definition.read import load
from generator.errors import DefinitionError
from generator.files import line_ends
from generator.local.artifacts import zip_folder
from generator.packaging import configuration
from tests.definitions import ROOT, SOURCES, make_definition

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


ACME = """
    description: Acme
    webhook: {auth: {token: {header: x-acme}}}
    events: {format: ndjson, split: "[]"}
    pipeline: {private: true}
"""
WINDOWS_SAMPLES = ("sources/zoom/samples/windows.json", "sources/acme/samples/lines.txt")
"""Requests with CRLF in them, as a vendor may send it."""


@pytest.fixture
def origin(tmp_path: Path) -> Path:
    """A repository with the framework and two sources, one of them private."""
    origin = tmp_path / "origin"
    without = shutil.ignore_patterns("__pycache__")
    for name in ("generator", "lambdas", "sources/zoom"):
        shutil.copytree(ROOT / name, origin / name, ignore=without)
    for name in (".gitattributes", "pyproject.toml", "requirements.txt", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, origin)
    make_definition(origin / "sources", ACME, "acme")
    (origin / "sources/acme/samples").mkdir()
    (origin / "sources/acme/transform.py").write_text("def transform(event, request):\n    return [event]\n")
    body = (SOURCES / "zoom/samples/user.created.json").read_bytes()
    (origin / WINDOWS_SAMPLES[0]).write_bytes(body.replace(b"\n", b"\r\n"))
    (origin / WINDOWS_SAMPLES[1]).write_bytes(b'{"a": 1}\r\n\r\n{"a": 2}\n')
    git(origin, "init", "-q")
    return origin


def windows_clone(origin: Path) -> Path:
    git(origin, "add", ".")
    git(origin, "commit", "-qm", "all")
    git(origin.parent, "clone", "-q", "-c", "core.autocrlf=true", str(origin), "windows")
    return origin.parent / "windows"


def build(checkout: Path) -> tuple[int, str]:
    command = [sys.executable, "-S", "-m", "generator", "zoom", "acme", "--lint", "fast", "--accept"]
    packages = {"PYTHONPATH": sysconfig.get_path("purelib")}
    done = subprocess.run(command, cwd=checkout, env=packages, capture_output=True, text=True, check=False)
    return done.returncode, done.stderr


def files_in(folder: Path) -> dict[str, bytes]:
    """The files by name, without git's own."""
    files = (file for file in folder.rglob("*") if file.is_file() and ".git" not in file.parts)
    return {file.relative_to(folder).as_posix(): file.read_bytes() for file in files}


def test_a_checkout_with_crlf_builds_the_same_bytes(origin: Path) -> None:
    windows = windows_clone(origin)
    assert build(origin) == build(windows) == (0, "")
    built = files_in(origin / "build")
    assert built == files_in(windows / "build")
    assert {"zoom/lambdas.zip", "acme/config/transform.py", "acme/config/samples/lines.txt"} <= set(built)
    for sample in WINDOWS_SAMPLES:
        assert b"\r\n" in (windows / sample).read_bytes()
        assert (windows / sample).read_bytes() == (origin / sample).read_bytes()


def test_a_checkout_of_the_configuration_with_crlf_has_the_same_bytes(origin: Path) -> None:
    """Its repository begins with what a build made."""
    assert build(origin) == (0, "")
    configuration_repository = origin / "build/acme/config"
    git(configuration_repository, "init", "-q")
    git(configuration_repository, "config", "core.autocrlf", "true")
    assert files_in(windows_clone(configuration_repository)) == files_in(configuration_repository)


@pytest.mark.skipif(not (ROOT / ".git").exists(), reason="needs the repository itself")
def test_git_holds_no_text_with_crlf() -> None:
    """Else a checkout would change it, or a commit would."""
    listed = subprocess.run(["git", "ls-files", "--eol"], cwd=ROOT, check=True, capture_output=True, text=True)  # noqa: S607 - any git
    described = [line.partition("\t")[0].split() for line in listed.stdout.splitlines()]
    texts = [words[0] for words in described if words[2] in ("attr/text", "attr/text=auto")]
    assert texts
    assert not {"i/crlf", "i/mixed"} & set(texts)


def test_without_attributes_every_file_that_would_be_shipped_is_named(origin: Path) -> None:
    for file in origin.rglob(".gitattributes"):
        file.write_text("# nothing\n")
    windows = windows_clone(origin)
    status, err = build(windows)
    assert status == 1
    # The same mistake in many files is printed once. A file beside the first is named without their folder.
    first, others = re.findall(rf"error: (\S+):1: {re.escape(SAID)}\n +also in (.+)\n", err)[0]
    folder = first.rpartition("/")[0]
    beside = [file.removesuffix(":1") for file in others.split(", ")]
    named = [first, *(file if "/" in file else f"{folder}/{file}" for file in beside)]
    shipped = [
        file
        for definition in load(origin / "sources", ["zoom", "acme"])
        for file in configuration.shipped_text_files(definition)
        if file.read_bytes() and file.suffix != ".txt"
    ]
    roots = {file: ROOT if file.is_relative_to(ROOT) else origin for file in shipped}
    assert named == sorted(str(file.relative_to(root)) for file, root in roots.items())
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


def test_code_of_the_source_that_a_private_one_extends_is_named(tmp_path: Path, monkeypatch, capsys) -> None:
    monkeypatch.chdir(tmp_path)
    shutil.copytree(SOURCES / "zoom", tmp_path / "sources" / "zoom")
    (tmp_path / "sources" / "zoom" / "transform.py").write_bytes(b"def transform(event, request):\r\n    return []\n")
    make_definition(tmp_path / "sources", "extends: zoom\ndescription: ours\npipeline: {private: true}\n", "acme")
    assert main(["acme", "--lint", "fast"]) == 1
    assert f"error: sources/zoom/transform.py:1: {SAID}" in capsys.readouterr().err.splitlines()


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
