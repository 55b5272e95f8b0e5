"""Read and write regular files of a limited size: no pipes, devices or folders, and no writing through a link.

Every failure is an OSError, as for a missing file; its `strerror` says what is wrong.
"""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

MAX_BYTES = 256 * 1_048_576
"""Lambda's limit for code; nothing else that is read is larger."""
MAX_REQUEST_BYTES = 32 * 1_048_576
"""Enough for a captured request in any notation: an endpoint takes no more than 6 MB."""
_KINDS = {
    stat.S_IFDIR: "a folder",
    stat.S_IFIFO: "a named pipe",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
    stat.S_IFSOCK: "a socket",
    stat.S_IFLNK: "a symbolic link",
}
# O_NONBLOCK: to open a pipe that has no writer would wait forever.
_OPEN_FLAGS = os.O_NONBLOCK | os.O_CLOEXEC


def read(file: Path, limit: int = MAX_BYTES) -> bytes:
    """Return the content of a regular file, or of the one that a link leads to."""
    with os.fdopen(os.open(file, os.O_RDONLY | _OPEN_FLAGS), "rb") as stream:
        _require_regular(stream.fileno(), file)
        if os.fstat(stream.fileno()).st_size > limit:
            raise _too_large(file, limit)
        content = stream.read(limit + 1)
    if len(content) > limit:  # it grows, or has no size in its status, as files in /proc
        raise _too_large(file, limit)
    return content


def read_text(file: Path, limit: int = MAX_BYTES) -> str:
    """Return the content as UTF-8 text, with LF line ends."""
    return read(file, limit).decode().replace("\r\n", "\n").replace("\r", "\n")


def write(file: Path, content: bytes, mode: int = 0o666) -> None:
    """Write a file as a whole, by a rename; an existing one must be a regular file."""
    if file.is_symlink() or (file.exists() and not file.is_file()):
        raise _not_regular(file, file.lstat().st_mode)
    partial = file.with_name(f".{file.name}.{os.getpid()}.part")
    partial.unlink(missing_ok=True)  # of a killed process, or a link, whose target stays
    with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, mode), "wb") as stream:
        stream.write(content)
    partial.replace(file)


def open_lock(file: Path) -> int:
    """Return the descriptor of a file to lock; a missing file is created, and an existing one is not changed."""
    if file.is_symlink():
        raise _not_regular(file, file.lstat().st_mode)
    lock = os.open(file, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | _OPEN_FLAGS, 0o666)
    try:
        _require_regular(lock, file)
    except OSError:
        os.close(lock)
        raise
    return lock


def make_folder(folder: Path) -> None:
    """Make a folder if it is missing; a link in its place is refused, since it leads to another folder."""
    if folder.is_symlink():
        raise _not_regular(folder, folder.lstat().st_mode)
    folder.mkdir(exist_ok=True)


def _require_regular(descriptor: int, file: Path) -> None:
    mode = os.fstat(descriptor).st_mode
    if not stat.S_ISREG(mode):
        raise _not_regular(file, mode)


def _not_regular(file: Path, mode: int) -> OSError:
    return OSError(errno.EINVAL, f"it is {_KINDS.get(stat.S_IFMT(mode), 'no regular file')}", str(file))


def _too_large(file: Path, limit: int) -> OSError:
    return OSError(errno.EFBIG, f"it has more than {limit:,} bytes", str(file))
