"""What `--accept` stores beside the samples, what is packed, and what a build may replace: one and the same."""

from __future__ import annotations

import json
import shutil
import zipfile
from pathlib import Path
from typing import NamedTuple

import pytest

from generator.commands import main
from generator.definition import own_code, source_folders
from generator.errors import BUNDLED
from generator.packaging import configuration, output, previous_build
from tests.definitions import bundled_source
from tests.packaging.test_configuration import BOTH, CODECOMMIT, VARIANTS, with_pipeline

pytestmark = pytest.mark.slow

SAMPLES = Path("sources/acme/samples")
CONFIG = Path("build/acme/config/samples")
DEFINITION = """\
description: Acme
webhook: {auth: {token: {header: X-Acme}}}
pipeline: {private: true}
"""
CHALLENGE = DEFINITION.replace("}}}", "}}, challenges: [{when: what == 'a', reply: {text: '{what}'}}]}")


class Ran(NamedTuple):
    status: int
    out: str
    err: str


class Acme:
    """A private source with the samples a and b, in a folder of its own."""

    def __init__(self, captured: pytest.CaptureFixture[str]) -> None:
        self._captured = captured
        SAMPLES.mkdir(parents=True)
        for name in ("a", "b"):
            SAMPLES.joinpath(f"{name}.json").write_text(json.dumps({"what": name}))
        self.define(DEFINITION)

    def define(self, text: str) -> None:
        Path("sources/acme/source.yml").write_text(text)

    def run(self, *words: str) -> Ran:
        status = main(["acme", "--lint", "fast", *words])
        return Ran(status, *self._captured.readouterr())


@pytest.fixture
def acme(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Acme:
    monkeypatch.chdir(tmp_path)
    return Acme(capsys)


def contents(folder: Path) -> dict[str, bytes]:
    return {file.relative_to(folder).as_posix(): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


def packed() -> dict[str, bytes]:
    """The samples in config.zip, in whichever folder of it they are."""
    with zipfile.ZipFile("build/acme/config.zip") as archive:
        return {
            name.partition("samples/")[2]: archive.read(name) for name in archive.namelist() if "sources/" not in name
        }


@VARIANTS
def test_accepted_messages_are_packed_by_the_same_build(acme: Acme, repositories: tuple[str, ...]) -> None:
    acme.define(DEFINITION.replace("true", f"true, source: [{', '.join(repositories)}]"))
    for summary in ("One", "Two"):
        acme.define(Path("sources/acme/source.yml").read_text() + f"facts: {{summary: {summary}}}\n")
        assert acme.run("--accept")[::2] == (0, "")
        beside = contents(SAMPLES)
        assert json.loads(beside["a.mozdef.json"])["summary"] == summary
        assert contents(CONFIG) == beside
        assert beside.items() <= packed().items()
        assert acme.run("--check") == (0, "ok  acme: 2 samples, lint clean, build is up to date\n", "")
        acme.define(Path("sources/acme/source.yml").read_text().partition("facts")[0])


def test_of_the_framework_in_config_zip_the_samples_are_as_they_are_accepted() -> None:
    samples = BUNDLED / "zoom" / "samples"
    accepted = {samples / "user.created.mozdef.json": b"new", samples / "user.deleted.mozdef.json": None}
    files = configuration.config_zip_files(with_pipeline(bundled_source("zoom"), source=CODECOMMIT), {}, accepted)
    assert files["sources/zoom/samples/user.created.mozdef.json"] == b"new"
    assert "sources/zoom/samples/user.deleted.mozdef.json" not in files
    assert "sources/zoom/samples/user.deleted.json" in files
    assert configuration.config_zip_files(with_pipeline(bundled_source("zoom"), source=BOTH), {}, accepted) == {}


@pytest.mark.parametrize("broken", ["foreign", "full"])
def test_where_the_build_is_refused_nothing_is_accepted(
    acme: Acme, broken: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    acme.run("--accept")
    before, folder = contents(SAMPLES), contents(Path("build/acme"))
    acme.define(DEFINITION + "facts: {summary: Other}\n")
    (SAMPLES / "c.json").write_text("{}")
    before["c.json"] = b"{}"
    if broken == "foreign":
        Path("build/acme/mine").write_text("mine")
        folder["mine"] = b"mine"
        message = "build/acme: holds mine, which no build makes: move it away, or name another folder with --build"
    else:

        def full(*_: object) -> None:
            raise OSError(28, "No space left on device", "build/acme")

        monkeypatch.setattr(output, "_write_file", full)
        message = "build/acme: can't be written (No space left on device); --build names another folder"
    ran = acme.run("--accept")
    assert (ran.status, ran.err) == (1, f"error: {message}\n")
    assert contents(SAMPLES) == before
    assert contents(Path("build/acme")) == folder


@VARIANTS
def test_output_of_an_earlier_build_is_replaced(acme: Acme, repositories: tuple[str, ...]) -> None:
    definition = DEFINITION.replace("true", f"true, source: [{', '.join(repositories)}]")
    acme.define(definition)
    acme.run("--accept")
    (SAMPLES / "b.json").rename(SAMPLES / "c.json")
    (SAMPLES / "b.mozdef.json").unlink()
    assert acme.run("--check", "--accept").status == 2
    assert acme.run("--accept").status == 0
    assert set(contents(CONFIG)) == {"a.json", "a.mozdef.json", "c.json", "c.mozdef.json"}
    assert acme.run("--check").status == 0
    acme.define(definition.replace("private: true, ", ""))
    assert acme.run().status == 0
    assert CONFIG.exists() == (repositories == CODECOMMIT)  # where no other repository has the definition
    assert acme.run("--check").status == 0


def test_foreign_file_in_the_build_folder_is_refused_by_a_check_too_and_stays(acme: Acme) -> None:
    acme.run("--accept")
    (SAMPLES / "b.json").unlink()
    (SAMPLES / "b.mozdef.json").unlink()
    (CONFIG / "b.json").write_text("changed by hand")
    message = (
        "error: build/acme: holds config/samples/b.json, which no build makes: "
        "move it away, or name another folder with --build\n"
    )
    assert acme.run()[::2] == (1, message)
    ran = acme.run("--check")
    assert (ran.status, ran.err.endswith(message)) == (1, True)
    assert (CONFIG / "b.json").read_text() == "changed by hand"
    (CONFIG / "b.json").unlink()
    (CONFIG / "mine").mkdir()
    assert "holds config/samples/mine, which no build makes" in acme.run().err
    (CONFIG / "mine").rmdir()
    assert acme.run()[::2] == (0, "")


def test_a_check_finds_what_no_build_makes_where_all_else_is_up_to_date(acme: Acme) -> None:
    acme.run("--accept")
    (CONFIG / "mine.json").write_text("{}")
    message = "build/acme: holds config/samples/mine.json, which no build makes: move it away, or name another folder"
    assert acme.run("--check") == (1, "", f"error: {message} with --build\n")


def test_of_a_folder_whose_config_zip_is_none_nothing_is_known(tmp_path: Path) -> None:
    assert previous_build.previous_config_files(tmp_path) == {}
    (tmp_path / "config.zip").write_text("none")
    assert previous_build.previous_config_files(tmp_path) == {}


DEBRIS = (".DS_Store", "._a.json", "Thumbs.db", "desktop.ini", "a.json~", "a.json.bak", "a.json.orig", ".a.json.swp")


def test_files_of_systems_and_editors_are_no_samples_and_not_packed(acme: Acme) -> None:
    acme.run("--accept")
    right = contents(Path("build/acme"))
    for name in (*DEBRIS, "#a.json#", "__pycache__/a.pyc"):
        (SAMPLES / name).parent.mkdir(exist_ok=True)
        (SAMPLES / name).write_text("left behind")
    (SAMPLES / ".#a.json").symlink_to("nobody@nowhere.1")
    assert acme.run("--strict")[::2] == (0, "")
    assert contents(Path("build/acme")) == right


@pytest.mark.parametrize("name", [".DS_Store", "tests/unit/__pycache__/a.pyc"])
def test_system_files_in_the_build_folder_do_not_hinder_a_build(acme: Acme, name: str) -> None:
    acme.run("--accept")
    left = Path("build/acme/config", name)
    left.parent.mkdir(exist_ok=True)
    left.write_text("left behind")
    acme.define(DEFINITION + "facts: {summary: Other}\n")
    assert acme.run("--accept")[::2] == (0, "")
    assert acme.run("--check").status == 0


def test_a_file_that_may_be_a_mistake_is_named(acme: Acme) -> None:
    acme.run("--accept")
    for name in ("a.jsn", ".env", "b.JSON"):
        (SAMPLES / name).write_text("{}")
    (SAMPLES / "old").mkdir()
    (SAMPLES / ".gitkeep").touch()
    assert acme.run().err.splitlines() == [
        f"warning: sources/acme/samples/{name}: belongs to no sample" for name in (".env", "a.jsn", "b.JSON", "old")
    ]


@pytest.mark.parametrize(
    ("first", "then", "becomes", "stale", "stored"),
    [
        (DEFINITION, CHALLENGE, "a reply", "a.mozdef.json", "a.reply.json"),
        (CHALLENGE, DEFINITION, "messages", "a.reply.json", "a.mozdef.json"),
    ],
    ids=["event-to-challenge", "challenge-to-event"],
)
def test_stale_file_beside_a_sample_is_named_and_removed_by_accept(
    acme: Acme, first: str, then: str, becomes: str, stale: str, stored: str
) -> None:
    acme.define(first)
    assert acme.run("--accept").status == 0
    acme.define(then)
    prefix = "error: sources/acme/samples/"
    assert acme.run().err.splitlines() == [
        f"{prefix}{name}: {message}"
        for name, message in sorted(
            {
                stale: f"is stale, since the sample becomes {becomes}; if the build is right, --accept removes it",
                stored: "is missing: --accept stores what the build makes of the sample",
            }.items()
        )
    ] + ["2 problems; nothing was written"]
    assert acme.run("--accept").err == f"note: sources/acme/samples/{stale}: was outdated and is removed\n"
    assert set(contents(CONFIG)) == set(contents(SAMPLES)) == {"a.json", stored, "b.json", "b.mozdef.json"}
    assert acme.run("--check").status == 0


def test_of_a_source_that_is_installed_nothing_is_accepted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    shipped = shutil.copytree(BUNDLED / "okta", tmp_path / "installed" / "okta")
    for module in (source_folders, own_code):
        monkeypatch.setattr(module, "BUNDLED", shipped.parent)
    monkeypatch.setattr(source_folders, "IS_INSTALLED", True)
    next(shipped.glob("samples/*.mozdef.json")).unlink()
    before = contents(shipped)
    assert main(["okta", "--accept", "--lint", "fast", "--sources", str(shipped.parent)]) == 1
    assert contents(shipped) == before
    assert capsys.readouterr().err == (
        "error: okta is installed with the framework, and stays as it is; to make your own: "
        "python -m generator new NAME --from okta --copy\n"
    )
