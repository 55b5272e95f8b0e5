"""Writing is all or nothing."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from generator.commands import main
from generator.errors import GeneratorError
from generator.packaging import build_folder, output
from tests.definitions import ROOT

OLD = {"a.json": b"old a", "b.zip": b"old b"}
NEW = {"a.json": b"new a", "b.zip": b"new b"}


def content(folder: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in folder.iterdir()}


def test_a_folder_is_replaced_as_a_whole_and_nothing_else_is_left(tmp_path: Path) -> None:
    output.write_source(tmp_path, "zoom", OLD, {})
    output.write_source(tmp_path, "zoom", NEW, {})
    assert content(tmp_path / "zoom") == NEW
    assert [path.name for path in tmp_path.iterdir()] == ["zoom"]


def test_unchanged_files_are_not_touched(tmp_path: Path) -> None:
    output.write_source(tmp_path, "zoom", OLD, {})
    before = (tmp_path / "zoom").stat().st_ino
    assert build_folder.file_states(tmp_path / "zoom", {"a.json": b"old a", "b.zip": b"x", "c": b""}) == {
        "a.json": "unchanged",
        "b.zip": "changed",
        "c": "new",
    }
    output.write_source(tmp_path, "zoom", OLD, {})
    assert (tmp_path / "zoom").stat().st_ino == before


@pytest.mark.parametrize("step", ["_write_file", "_swap_folders"])
def test_a_step_that_fails_leaves_the_old_folder_whole(tmp_path: Path, step: str, monkeypatch) -> None:
    output.write_source(tmp_path, "zoom", OLD, {})

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device", str(tmp_path / "zoom"))

    monkeypatch.setattr(output, step, full)
    with pytest.raises(GeneratorError) as raised:
        output.write_source(tmp_path, "zoom", NEW, {})
    folder = tmp_path / "zoom"
    assert str(raised.value) == f"{folder}: can't be written (No space left on device); --build names another folder"
    assert content(tmp_path / "zoom") == OLD
    assert [path.name for path in tmp_path.iterdir()] == ["zoom"]


def test_a_build_that_is_killed_leaves_one_whole_folder_or_the_other(tmp_path: Path) -> None:
    """Killed at ever later moments, among writes and renames that follow one upon the other."""
    program = """
import sys
from pathlib import Path
from generator.packaging import output
from generator.commands import main
for n in range(1000):
    output.write_source(Path(sys.argv[1]), "zoom", {name: bytes([n % 256]) * 200_000 for name in ("a", "b", "c")}, {})
    if n == 0:
        print("ready", flush=True)
"""
    (tmp_path / ".lock").touch()
    for delay in range(12):
        with subprocess.Popen(
            [sys.executable, "-c", program, str(tmp_path)], cwd=ROOT, stdout=subprocess.PIPE
        ) as process:
            assert process.stdout is not None
            process.stdout.readline()
            time.sleep(delay / 300)
            process.send_signal(signal.SIGKILL)
        folder = next(candidate for candidate in (tmp_path / "zoom", tmp_path / ".zoom.old") if candidate.exists())
        assert set(content(folder)) == {"a", "b", "c"}
        assert len(set(content(folder).values())) == 1
        with build_folder.build_lock(tmp_path, ["zoom"]):
            assert set(content(tmp_path / "zoom")) == {"a", "b", "c"}
    after = {"a": b"", "b": b"", "c": b""}
    output.write_source(tmp_path, "zoom", after, {})
    assert content(tmp_path / "zoom") == after
    assert sorted(path.name for path in tmp_path.iterdir()) == [".lock", "zoom"]


def test_folder_that_no_build_made_is_never_replaced(tmp_path: Path) -> None:
    (tmp_path / "zoom").mkdir()
    (tmp_path / "zoom" / "source.yml").write_text("mine")
    with pytest.raises(GeneratorError) as raised:
        output.write_source(tmp_path, "zoom", OLD, {})
    folder = tmp_path / "zoom"
    assert str(raised.value) == (
        f"{folder}: holds source.yml, which no build makes: move it away, or name another folder with --build"
    )
    assert content(folder) == {"source.yml": b"mine"}
    (folder / "source.yml").unlink()
    (folder / "config").mkdir()
    (folder / "config" / "mine").write_text("mine")
    with pytest.raises(GeneratorError, match="holds config/mine, which no build makes"):
        output.write_source(tmp_path, "zoom", {**OLD, "config/ours": b""}, {})
    (tmp_path / "okta").write_text("mine")
    with pytest.raises(GeneratorError, match="okta: holds something else than a build, which no build makes"):
        output.write_source(tmp_path, "okta", OLD, {})
    assert sorted(path.name for path in tmp_path.iterdir()) == ["okta", "zoom"]


def test_a_swap_that_fails_half_way_is_taken_back(tmp_path: Path, monkeypatch) -> None:
    output.write_source(tmp_path, "zoom", OLD, {})
    rename = Path.rename

    def full(self: Path, target: Path) -> Path:
        if self.name == ".zoom.made":
            raise OSError(28, "No space left on device", str(target))
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", full)
    with pytest.raises(GeneratorError):
        output.write_source(tmp_path, "zoom", NEW, {})
    assert content(tmp_path / "zoom") == OLD
    assert [path.name for path in tmp_path.iterdir()] == ["zoom"]


def test_leftovers_of_a_killed_build_are_put_right_and_other_files_not_touched(tmp_path: Path) -> None:
    (tmp_path / ".lock").touch()
    for name in (".zoom.made", ".zoom.old", "zoom", ".zoom-settings"):
        (tmp_path / name).mkdir()
    (tmp_path / ".zoom.old" / "a.json").write_bytes(b"old")
    with build_folder.build_lock(tmp_path, ["zoom"]):
        assert content(tmp_path / "zoom") == {"a.json": b"old"}
    assert sorted(path.name for path in tmp_path.iterdir()) == [".lock", ".zoom-settings", "zoom"]


def test_verdicts_are_remembered_beside(tmp_path: Path) -> None:
    output.write_source(tmp_path, "zoom", OLD, {"d1": b"[]"})
    assert content(tmp_path / ".lint") == {"d1": b"[]"}


def test_a_place_that_can_not_be_written_is_said_in_a_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(GeneratorError) as raised, build_folder.build_lock(tmp_path / "file", ["zoom"]):
        pass
    assert str(raised.value) == f"{tmp_path / 'file'}: can't be written (File exists); --build names another folder"


def test_builds_at_the_same_time_take_turns(tmp_path: Path) -> None:
    program = """
import sys
from pathlib import Path
from generator.packaging import build_folder, output
from generator.commands import main
for n in range(20):
    with build_folder.build_lock(Path(sys.argv[1]), ["zoom"]):
        output.write_source(Path(sys.argv[1]), "zoom", {name: bytes([n + int(sys.argv[2])]) for name in ("a", "b")}, {})
"""
    running = [
        subprocess.Popen([sys.executable, "-c", program, str(tmp_path), str(n * 20)], cwd=ROOT) for n in range(4)
    ]
    assert [process.wait() for process in running] == [0, 0, 0, 0]
    assert len(set(content(tmp_path / "zoom").values())) == 1
    assert sorted(path.name for path in tmp_path.iterdir()) == [".lock", "zoom"]


@pytest.mark.parametrize("command", [("zoom", "--accept"), ("new", "acme", "--description", "A", "--auth", "basic")])
@pytest.mark.parametrize("place_name", ["home", "full"])
def test_a_folder_that_is_none_for_builds_is_left_alone(
    tmp_path: Path, place_name: str, command: tuple[str, ...], monkeypatch, capsys
) -> None:
    full, home = tmp_path / "full", tmp_path / "home"
    for folder in (full, home):
        folder.mkdir()
    (full / "letters").write_text("mine")
    (home / ".lock").touch()
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.chdir(tmp_path)
    shutil.copytree(ROOT / "sources" / "zoom", tmp_path / "sources" / "zoom")
    (tmp_path / "sources" / "zoom" / "samples" / "user.created.mozdef.json").unlink()
    build, message = {
        "home": (home, f"is your home: name a folder for what is built, with --build {home}/build"),
        "full": (
            full,
            "holds letters, and nothing was ever built there: name an empty folder, or a new one, with --build",
        ),
    }[place_name]
    before = set(tmp_path.rglob("*"))
    assert main([*command, "--build", str(build)]) == 1
    assert capsys.readouterr().err == f"error: {build}: {message}\n"
    assert set(tmp_path.rglob("*")) == before
    with pytest.raises(GeneratorError), build_folder.build_lock(build, ["zoom"]):
        pass
    assert set(tmp_path.rglob("*")) == before


def test_nothing_is_built_into_the_root_of_the_file_system() -> None:
    with pytest.raises(GeneratorError) as raised:
        build_folder.refuse_unfit_folder(Path("/"))
    message = "/: is the root of the file system: name a folder for what is built, with --build /build"
    assert str(raised.value) == message


@pytest.mark.parametrize("existing_files", [[], [".gitignore"], ["zoom", "merge.zip"], ["mine", ".lock"]])
def test_a_folder_that_is_empty_or_was_built_into_is_for_builds(tmp_path: Path, existing_files: list[str]) -> None:
    for name in existing_files:
        (tmp_path / name).touch()
    with build_folder.build_lock(tmp_path, ["acme"]):
        assert (tmp_path / ".lock").exists()
