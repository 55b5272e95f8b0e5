"""Files that change are seen once they are complete; the clock is a fake, and nobody waits."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from generator.files.watching import LOOK_SECONDS, STILL_SECONDS, FileWatch


class Clock:
    """A clock that a test moves."""

    now = 100.0

    def __call__(self) -> float:
        return self.now


class Watched:
    """A folder that is watched: `look` lets time pass, and returns the names of what has changed."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.clock = Clock()
        self.roots = [folder]
        self._stamps = 1
        self.write("a.yml")
        self.watch = FileWatch(lambda: self.roots, lambda file: file.suffix == ".ignored", self.clock)

    def write(self, name: str, text: str = "") -> None:
        """Write a file; each has a time of its own, however fast a test is."""
        file = self.folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
        self._stamps += 1
        os.utime(file, ns=(self._stamps, self._stamps))

    def look(self, seconds: float = LOOK_SECONDS) -> list[str]:
        self.clock.now += seconds
        return [file.relative_to(self.folder).as_posix() for file in self.watch.changes()]

    def settle(self) -> list[str]:
        """Return what is reported once all is still."""
        return [*self.look(), *self.look(STILL_SECONDS + LOOK_SECONDS)]


@pytest.fixture
def watched(tmp_path: Path) -> Watched:
    return Watched(tmp_path / "source")


def test_nothing_is_reported_where_nothing_changes(watched: Watched) -> None:
    assert [watched.look() for _ in range(5)] == [[]] * 5


def test_what_is_written_made_or_deleted_is_reported_once(watched: Watched) -> None:
    watched.write("a.yml", "changed")
    watched.write("samples/new.json")
    assert watched.settle() == ["a.yml", "samples/new.json"]
    assert watched.settle() == []
    (watched.folder / "samples" / "new.json").unlink()
    assert watched.settle() == ["samples/new.json"]


def test_a_content_of_the_same_size_is_a_change(watched: Watched) -> None:
    watched.write("a.yml", "one")
    assert watched.settle() == ["a.yml"]
    watched.write("a.yml", "two")
    assert watched.settle() == ["a.yml"]


def test_a_save_in_two_steps_is_one_change(watched: Watched) -> None:
    (watched.folder / "a.yml").unlink()
    assert watched.look() == []
    watched.write("a.yml", "new")
    assert watched.look(STILL_SECONDS + LOOK_SECONDS) == []  # it has changed since the last look
    assert watched.look(STILL_SECONDS + LOOK_SECONDS) == ["a.yml"]


def test_what_is_written_for_long_is_reported_when_it_is_complete(watched: Watched) -> None:
    for size in range(1, 6):
        watched.write("a.yml", "x" * size)
        assert watched.look() == []
    assert watched.look(STILL_SECONDS + LOOK_SECONDS) == ["a.yml"]


def test_what_is_as_before_when_it_is_still_is_no_change(watched: Watched) -> None:
    status = (watched.folder / "a.yml").stat()
    (watched.folder / "a.yml").rename(watched.folder / "moved")
    assert watched.look() == []
    (watched.folder / "moved").rename(watched.folder / "a.yml")
    assert (watched.folder / "a.yml").stat().st_mtime_ns == status.st_mtime_ns
    assert [watched.settle(), watched.settle()] == [[], []]


def test_files_are_not_looked_at_more_often_than_need_be(watched: Watched, monkeypatch: pytest.MonkeyPatch) -> None:
    looks = 0

    def scandir(path: Path) -> object:
        nonlocal looks
        looks += 1
        return plain(path)

    plain = os.scandir
    monkeypatch.setattr(os, "scandir", scandir)
    for _ in range(10):
        watched.look(LOOK_SECONDS / 4)
    assert looks == 2


@pytest.mark.parametrize(
    "name", ["a.yml~", ".a.yml.swp", ".#a.yml", "#a.yml#", "4913", ".DS_Store", "__pycache__/t.pyc", "x.ignored"]
)
def test_what_systems_and_editors_leave_behind_is_no_change(watched: Watched, name: str) -> None:
    watched.write(name)
    assert watched.settle() == []


def test_a_link_that_leads_nowhere_or_in_a_circle_hides_no_other_file(watched: Watched) -> None:
    (watched.folder / "nowhere").symlink_to(watched.folder / "missing")
    (watched.folder / "circle").symlink_to(watched.folder)
    watched.write("z.yml")
    assert "z.yml" in watched.settle()


def test_a_root_may_be_a_file_that_comes_later(watched: Watched) -> None:
    watched.roots = [watched.folder / "a.yml", watched.folder.parent / "defaults.yml"]
    watched.write("a.yml", "roots are read again after a change")
    watched.settle()
    watched.write("b.yml")
    assert watched.settle() == []
    watched.folder.with_name("defaults.yml").write_text("")
    watched.clock.now += LOOK_SECONDS
    assert watched.watch.changes() == []
    watched.clock.now += LOOK_SECONDS
    assert watched.watch.changes() == [watched.folder.with_name("defaults.yml")]


def test_a_root_that_is_added_is_no_change_and_what_changes_meanwhile_is(watched: Watched) -> None:
    other = watched.folder.with_name("other")
    other.mkdir()
    (other / "b.yml").write_text("")
    watched.write("a.yml", "extends: other")

    def roots() -> list[Path]:
        watched.write("a.yml", "changed while the roots are read")
        watched.watch._find_roots = lambda: [watched.folder, other]
        return [watched.folder, other]

    watched.watch._find_roots = roots
    assert watched.settle() == ["a.yml"]
    assert watched.settle() == ["a.yml"]
    (other / "b.yml").write_text("more")
    watched.clock.now += LOOK_SECONDS
    assert watched.watch.changes() == []
    watched.clock.now += LOOK_SECONDS
    assert watched.watch.changes() == [other / "b.yml"]
