"""Artifacts: what a repository's folder becomes on its way from action to action."""

from __future__ import annotations

import io
import os
import stat
import subprocess
import warnings
import zipfile
from pathlib import Path

import pytest

from generator.errors import GeneratorError
from generator.local import artifacts

FILE, LINK = stat.S_IFREG, stat.S_IFLNK


def write(folder: Path, *names: str) -> None:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(f"content of {name}")


def git(folder: Path, *words: str) -> None:
    """Without the user's settings, and without those of a hook that may be running us."""
    environment = {"PATH": os.environ["PATH"], "HOME": str(folder), "GIT_CONFIG_NOSYSTEM": "1"}
    settings = ["-c", "user.name=a", "-c", "user.email=a@example.com"]
    subprocess.run(["/usr/bin/env", "git", *settings, *words], cwd=folder, env=environment, check=True)


def names(content: bytes) -> list[str]:
    with zipfile.ZipFile(io.BytesIO(content)) as opened:
        return opened.namelist()


def zipped(*entries: tuple[str, int, str]) -> bytes:
    """A zip of entries: name, mode, content."""
    buffer = io.BytesIO()
    with (
        zipfile.ZipFile(buffer, "w") as archive,
        warnings.catch_warnings(action="ignore"),
    ):  # of a name that is there twice
        for name, mode, content in entries:
            info = zipfile.ZipInfo(name)
            info.external_attr = mode << 16
            archive.writestr(info, content)
    return buffer.getvalue()


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    folder = tmp_path / "repository"
    write(folder, "tracked", "below/tracked", "ignored/tracked")
    git(folder, "init", "--quiet")
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message", "one")
    (folder / ".gitignore").write_text("ignored/\n*.log\n")
    return folder


def test_files_git_ignores_are_left_out_and_new_files_are_in(repository: Path) -> None:
    write(repository, "new", "a.log", "ignored/new", "with space/ünï")
    (repository / "tracked").unlink()
    (repository / "below" / "tracked").write_text("changed")
    content = artifacts.zip_folder(repository)
    assert names(content) == [".gitignore", "below/tracked", "ignored/tracked", "new", "with space/ünï"]
    with zipfile.ZipFile(io.BytesIO(content)) as opened:
        assert opened.read("below/tracked") == b"changed"


def test_a_folder_of_a_repository_is_packed_by_itself(repository: Path) -> None:
    write(repository, "below/new", "below/a.log")
    assert names(artifacts.zip_folder(repository / "below")) == ["new", "tracked"]


def test_a_folder_that_its_repository_ignores_is_packed_as_if_there_was_no_git(tmp_path: Path) -> None:
    git(tmp_path, "init", "--quiet")
    (tmp_path / ".gitignore").write_text("build/\n")
    write(tmp_path, "build/zoom/config/deploy.sh", "build/zoom/config/a.log")
    assert names(artifacts.zip_folder(tmp_path / "build" / "zoom" / "config")) == ["a.log", "deploy.sh"]


def test_a_hook_of_another_repository_is_no_matter(
    repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = tmp_path / "other"
    write(other, "x")
    git(other, "init", "--quiet")
    monkeypatch.setenv("GIT_DIR", str(other / ".git"))
    monkeypatch.setenv("GIT_WORK_TREE", str(other))
    assert names(artifacts.zip_folder(repository)) == [".gitignore", "below/tracked", "ignored/tracked", "tracked"]


@pytest.mark.parametrize("has_git", [True, False], ids=["no repository", "no git"])
def test_without_git_files_a_checkout_never_has_are_left_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, has_git: bool
) -> None:
    write(tmp_path, "a/b", ".github/c", "builder")
    caches = [".git", ".venv", ".tox", "build", "a/__pycache__", ".mypy_cache", ".ruff_cache", ".pytest_cache"]
    write(tmp_path, *(f"{cache}/x" for cache in caches))
    if not has_git:
        monkeypatch.setenv("PATH", str(tmp_path))
    assert names(artifacts.zip_folder(tmp_path)) == [".github/c", "a/b", "builder"]


def test_no_file_is_executable_and_a_link_is_a_link(tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    write(folder, "deploy.sh", "plain")
    write(tmp_path, "secret")
    (folder / "deploy.sh").chmod(0o755)
    (folder / "below").symlink_to("plain")
    (folder / "out").symlink_to("../secret")
    (folder / "nowhere").symlink_to("gone")
    with zipfile.ZipFile(io.BytesIO(artifacts.zip_folder(folder))) as opened:
        modes = {entry.filename: entry.external_attr >> 16 for entry in opened.infolist()}
        assert {name for name, mode in modes.items() if stat.S_ISLNK(mode)} == {"below", "out", "nowhere"}
        assert not [name for name, mode in modes.items() if not stat.S_ISLNK(mode) and mode & 0o111]
        assert [opened.read(name) for name in ("below", "out", "nowhere")] == [b"plain", b"../secret", b"gone"]


def test_the_same_files_are_the_same_bytes(tmp_path: Path) -> None:
    write(tmp_path, "one/b", "one/a", "two/a", "two/b")
    for name in ("a", "b"):
        (tmp_path / "one" / name).write_text(name)
        (tmp_path / "two" / name).write_text(name)
        os.utime(tmp_path / "two" / name, (1, 1))
    assert artifacts.zip_folder(tmp_path / "one") == artifacts.zip_folder(tmp_path / "two")


def test_a_folder_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(GeneratorError) as caught:
        artifacts.zip_folder(tmp_path / "gone")
    assert str(caught.value) == f"{tmp_path / 'gone'}: no such folder"


def test_the_state_changes_when_a_file_does(repository: Path) -> None:
    states = [artifacts.modification_times(repository)]

    def changed() -> bool:
        states.append(artifacts.modification_times(repository))
        return states[-1] != states[-2]

    assert not changed()
    write(repository, "a.log", "ignored/new")
    assert not changed()
    os.utime(repository / "tracked", (1, 1))
    assert changed()
    write(repository, "new")
    assert changed()
    (repository / "new").unlink()
    assert changed()
    (repository / "link").symlink_to("nowhere")
    assert changed()


def test_one_repository_has_the_configuration_in_its_folder_and_nothing_else_there() -> None:
    application = zipped(("run", FILE | 0o755, "r"), ("config/old", FILE, "o"), ("configs", FILE, "c"))
    configuration = zipped(("deploy.sh", FILE | 0o644, "d"), ("link", LINK | 0o777, "deploy.sh"))
    with zipfile.ZipFile(io.BytesIO(artifacts.join_repositories(application, configuration, "config"))) as opened:
        entries = {entry.filename: (entry.external_attr >> 16, opened.read(entry)) for entry in opened.infolist()}
    assert entries == {
        "run": (FILE | 0o755, b"r"),
        "configs": (FILE, b"c"),
        "config/deploy.sh": (FILE | 0o644, b"d"),
        "config/link": (LINK | 0o777, b"deploy.sh"),
    }


def test_an_artifact_is_unpacked_with_its_modes_and_links(tmp_path: Path) -> None:
    content = zipped(
        ("folder/", stat.S_IFDIR | 0o755, ""),
        ("folder/", stat.S_IFDIR | 0o755, ""),
        ("folder/run", FILE | 0o755, "r"),
        ("folder/deeper/up", LINK | 0o777, "../../plain"),
        ("plain", FILE | 0o640, "p"),
        ("without a mode", 0, "w"),
        ("beside", LINK | 0o777, "folder"),
        ("./dotted//name", FILE | 0o644, "d"),
    )
    artifacts.unpack(content, tmp_path)
    assert stat.S_IMODE((tmp_path / "folder" / "run").stat().st_mode) == 0o755
    assert stat.S_IMODE((tmp_path / "plain").stat().st_mode) == 0o640
    assert (tmp_path / "folder" / "deeper" / "up").readlink() == Path("../../plain")
    assert (tmp_path / "folder" / "deeper" / "up").read_text() == "p"
    assert (tmp_path / "beside" / "run").read_text() == "r"
    assert (tmp_path / "dotted" / "name").read_text() == "d"
    assert (tmp_path / "without a mode").read_text() == "w"


def test_packed_files_are_unpacked_the_same(tmp_path: Path) -> None:
    write(tmp_path, "one/a", "one/b/c")
    (tmp_path / "one" / "b" / "up").symlink_to("../a")
    artifacts.unpack(artifacts.zip_folder(tmp_path / "one"), tmp_path / "two")
    assert artifacts.zip_folder(tmp_path / "two") == artifacts.zip_folder(tmp_path / "one")


ELSEWHERE = "would not be unpacked where its name says"
OUT = "is a link that leads out of the artifact"


@pytest.mark.parametrize(
    ("entries", "message"),
    [
        ([("../x", FILE, "")], f"../x: {ELSEWHERE}"),
        ([("a/../../x", FILE, "")], f"a/../../x: {ELSEWHERE}"),
        ([("/etc/x", FILE, "")], f"/etc/x: {ELSEWHERE}"),
        ([("../x", LINK, "a")], f"../x: {ELSEWHERE}"),
        ([("../x/", stat.S_IFDIR, "")], f"../x/: {ELSEWHERE}"),
        ([("l", LINK, "/etc")], f"l: {OUT}: /etc"),
        ([("l", LINK, "..")], f"l: {OUT}: .."),
        ([("l", LINK, "../x")], f"l: {OUT}: ../x"),
        ([("a/l", LINK, "../../x")], f"a/l: {OUT}: ../../x"),
        ([("a/l", LINK, "b/../../../x")], f"a/l: {OUT}: b/../../../x"),
        ([("b", LINK, "a"), ("a/l", LINK, "../b/../../x")], f"a/l: {OUT}: ../b/../../x"),
        ([("a/", stat.S_IFDIR, ""), ("l", LINK, "a"), ("l/x", FILE, "")], f"l/x: {ELSEWHERE}"),
        ([("a/", stat.S_IFDIR, ""), ("l", LINK, "a"), ("l/m", LINK, "..")], f"l/m: {ELSEWHERE}"),
        ([("l", LINK, "a"), ("l", FILE, "")], "l: is twice in the artifact"),
        ([("l", LINK, "a"), ("l/", stat.S_IFDIR, "")], "l/: is twice in the artifact"),
        ([("x", FILE, ""), ("x", LINK, "a")], "x: is twice in the artifact"),
    ],
)
def test_nothing_is_unpacked_outside_and_no_link_leads_there(
    entries: list[tuple[str, int, str]], message: str, tmp_path: Path
) -> None:
    folder = tmp_path / "above" / "folder"
    folder.mkdir(parents=True)
    with pytest.raises(GeneratorError) as caught:
        artifacts.unpack(zipped(*entries), folder)
    assert str(caught.value) == message
    assert [path for path in tmp_path.rglob("*") if folder not in path.parents] == [folder.parent, folder]
