"""Temporary folders: gone at the end, and those of a dead run gone with the next."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from generator.files.temporary import remove_abandoned, temporary_folder
from tests.definitions import ROOT

MAKE = """
import os, subprocess, sys
from generator.files.temporary import temporary_folder
with temporary_folder("emulator") as folder:
    (folder.path / "certificate.key").write_text("private")
    started = subprocess.Popen(["sleep", "60"], pass_fds=[folder.lock] if sys.argv[1:] else [])
    print(folder.path, started.pid, flush=True)
    sys.stdin.read()
"""


@pytest.fixture(autouse=True)
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr(tempfile, "tempdir", None)
    return tmp_path


def killed(*args: str) -> tuple[Path, int]:
    """The folder of a process that was killed, and a process that it had started."""
    command = [sys.executable, "-c", MAKE, *args]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        path, child = process.stdout.readline().split()
        process.kill()
    return Path(path), int(child)


def test_a_folder_is_its_owners_alone_and_is_gone_at_the_end(temporary: Path) -> None:
    with temporary_folder("emulator") as folder:
        assert folder.path.parent == temporary
        assert folder.path.stat().st_mode & 0o777 == 0o700
        remove_abandoned()
        with temporary_folder("emulator") as other:
            assert folder.path.exists()
            assert other.path.exists()
    assert list(temporary.iterdir()) == []


def test_folder_left_by_a_killed_process_is_removed_by_the_next() -> None:
    path, child = killed()
    assert (path / "certificate.key").exists()
    with temporary_folder("build"):
        assert not path.exists()
    os.kill(child, signal.SIGKILL)


def test_folder_whose_lock_was_handed_to_a_running_process_stays() -> None:
    path, child = killed("hand over")
    remove_abandoned()
    assert (path / "certificate.key").exists()
    os.kill(child, signal.SIGKILL)


@pytest.mark.parametrize("name", ["emulator-1", "mozdef-ef-1", "mozdef-ef-emulator-1"])
def test_entry_not_certainly_ours_stays(temporary: Path, name: str) -> None:
    (temporary / name).mkdir(mode=0o700)
    remove_abandoned()
    assert (temporary / name).exists()


def abandoned(folder: Path) -> Path:
    folder.mkdir(mode=0o700)
    (folder / "lock").touch()
    return folder


def test_a_folder_with_a_lock_that_nobody_holds_goes(temporary: Path) -> None:
    folder = abandoned(temporary / "mozdef-ef-emulator-1")
    remove_abandoned()
    assert not folder.exists()


def test_a_link_is_not_followed(temporary: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = abandoned(tmp_path_factory.mktemp("elsewhere") / "mine")
    (temporary / "mozdef-ef-emulator-1").symlink_to(folder)
    inside = temporary / "mozdef-ef-emulator-2"
    inside.mkdir(mode=0o700)
    (inside / "lock").symlink_to(folder / "lock")
    remove_abandoned()
    assert (folder / "lock").exists()
    assert inside.exists()


def test_a_folder_that_others_may_write_to_stays(temporary: Path) -> None:
    folder = abandoned(temporary / "mozdef-ef-emulator-1")
    folder.chmod(0o777)
    remove_abandoned()
    assert folder.exists()


def test_a_folder_of_another_user_stays(temporary: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = abandoned(temporary / "mozdef-ef-emulator-1")
    monkeypatch.setattr(os, "getuid", lambda: folder.stat().st_uid + 1)
    remove_abandoned()
    assert folder.exists()
