"""Temporary folders of the framework; each run removes those that killed runs left behind."""

from __future__ import annotations

import fcntl
import os
import shutil
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

_PREFIX = "mozdef-ef-"
_LOCK = "lock"


class TemporaryFolder(NamedTuple):
    """A folder and its lock's descriptor; a process that inherits the descriptor keeps the folder while it lives."""

    path: Path
    lock: int


@contextmanager
def temporary_folder(purpose: str) -> Iterator[TemporaryFolder]:
    """Make a folder that is removed when its context ends; first remove folders whose processes are dead."""
    remove_abandoned()
    with tempfile.TemporaryDirectory(prefix=f"{_PREFIX}{purpose}-", ignore_cleanup_errors=True) as name:
        new_lock = Path(name, f"{_LOCK}.new")
        lock = os.open(new_lock, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with suppress(
                OSError
            ):  # a file system without locks: then no file named `lock` makes the folder look abandoned
                fcntl.flock(lock, fcntl.LOCK_EX)
                new_lock.rename(new_lock.with_name(_LOCK))  # so that `lock` never exists unlocked
            yield TemporaryFolder(Path(name), lock)
        finally:
            os.close(lock)


def remove_abandoned() -> None:
    """Remove this user's temporary folders that no living process has locked."""
    for path in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*"):
        with suppress(OSError):
            _remove_if_abandoned(path)


def _remove_if_abandoned(path: Path) -> None:
    """Remove a folder that this user made and that no process uses; OSError where one does.

    A lock, unlike a process id, is never reused: the kernel releases it when the last process that holds it ends.
    """
    status = path.lstat()
    if not stat.S_ISDIR(status.st_mode) or status.st_uid != os.getuid() or stat.S_IMODE(status.st_mode) != 0o700:
        return
    lock = os.open(path / _LOCK, os.O_RDWR | os.O_NOFOLLOW)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        shutil.rmtree(path, ignore_errors=True)
    finally:
        os.close(lock)
