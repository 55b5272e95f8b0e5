"""Temporary folders of ours: what a run that was killed has left behind, the next one removes."""

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


class Folder(NamedTuple):
    """A folder, and the descriptor of its lock: processes that inherit it keep the folder as long as they live."""

    path: Path
    lock: int


@contextmanager
def folder(purpose: str) -> Iterator[Folder]:
    """Make a folder that is gone when its context ends, after removing those whose processes are dead."""
    remove_abandoned()
    with tempfile.TemporaryDirectory(prefix=f"{_PREFIX}{purpose}-", ignore_cleanup_errors=True) as name:
        made = Path(name, f"{_LOCK}.new")
        lock = os.open(made, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with suppress(OSError):  # a file system without locks: nobody will take the folder for abandoned
                fcntl.flock(lock, fcntl.LOCK_EX)
                made.rename(made.with_name(_LOCK))  # so there is no moment at which it is there and not locked
            yield Folder(Path(name), lock)
        finally:
            os.close(lock)


def remove_abandoned() -> None:
    """Remove the folders of this user that no living process has locked."""
    for path in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*"):
        with suppress(OSError):
            _remove_if_abandoned(path)


def _remove_if_abandoned(path: Path) -> None:
    """Remove a folder if it is certainly ours, and nobody's any more; OSError where it is not.

    A lock, unlike a process id, is never somebody else's: the kernel lets go of it when the last of its processes ends.
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
