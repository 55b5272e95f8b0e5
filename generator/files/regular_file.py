"""Files that people name, or keep beside a definition: regular ones, of a size; and none is written through a link.

What is wrong is an OSError whose `strerror` says so, as for a file that is missing.
"""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

MAX_BYTES = 256 * 1_048_576
"""Lambda takes no more code than that, and nothing else that is read is larger."""
MAX_REQUEST = 32 * 1_048_576
"""No endpoint of ours takes more than 6 MB, in whatever way that is written down."""
_KINDS = {
    stat.S_IFDIR: "a folder",
    stat.S_IFIFO: "a named pipe",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
    stat.S_IFSOCK: "a socket",
    stat.S_IFLNK: "a symbolic link",
}
# A pipe that nobody writes to would hold up whoever opens it.
_AT_ONCE = os.O_NONBLOCK | os.O_CLOEXEC


def read(file: Path, limit: int = MAX_BYTES) -> bytes:
    """What is in a regular file, or in the one that a link leads to."""
    with os.fdopen(os.open(file, os.O_RDONLY | _AT_ONCE), "rb") as opened:
        _need_regular(opened.fileno(), file)
        if os.fstat(opened.fileno()).st_size > limit:
            raise _too_large(file, limit)
        content = opened.read(limit + 1)
    if len(content) > limit:  # it grows, or says nothing of its size, as those in /proc do
        raise _too_large(file, limit)
    return content


def read_text(file: Path, limit: int = MAX_BYTES) -> str:
    """The same as text in UTF-8, whose line breaks are LF."""
    return read(file, limit).decode().replace("\r\n", "\n").replace("\r", "\n")


def write(file: Path, content: bytes, mode: int = 0o666) -> None:
    """Put a file into its place as a whole; what is there already must be a regular file."""
    if file.is_symlink() or (file.exists() and not file.is_file()):
        raise _not_regular(file, file.lstat().st_mode)
    half = file.with_name(f".{file.name}.{os.getpid()}.part")
    half.unlink(missing_ok=True)  # of a process that was killed, or a link: what it leads to stays
    with os.fdopen(os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, mode), "wb") as opened:
        opened.write(content)
    half.replace(file)


def open_lock(file: Path) -> int:
    """A descriptor of an empty file to lock; whatever is in it stays as it is."""
    if file.is_symlink():
        raise _not_regular(file, file.lstat().st_mode)
    lock = os.open(file, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | _AT_ONCE, 0o666)
    try:
        _need_regular(lock, file)
    except OSError:
        os.close(lock)
        raise
    return lock


def make_folder(folder: Path) -> None:
    """Make a folder of our own, below one that is there; a link in its place leads to somebody else's."""
    if folder.is_symlink():
        raise _not_regular(folder, folder.lstat().st_mode)
    folder.mkdir(exist_ok=True)


def _need_regular(descriptor: int, file: Path) -> None:
    mode = os.fstat(descriptor).st_mode
    if not stat.S_ISREG(mode):
        raise _not_regular(file, mode)


def _not_regular(file: Path, mode: int) -> OSError:
    return OSError(errno.EINVAL, f"it is {_KINDS.get(stat.S_IFMT(mode), 'no regular file')}", str(file))


def _too_large(file: Path, limit: int) -> OSError:
    return OSError(errno.EFBIG, f"it has more than {limit:,} bytes", str(file))
