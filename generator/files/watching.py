"""See which files change, by looking at their times and sizes again and again.

What a system tells of changes differs between systems, and is silent in containers and on network drives. A look at a
thousand files takes some milliseconds.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from functools import cache
from pathlib import Path

from generator.files.debris import is_debris

LOOK_SECONDS = 0.4
"""Between two looks."""
STILL_SECONDS = 0.3
"""Files that have not changed for so long are complete: some editors save in several steps."""
_VIM_TEST = "4913"
"""A file that Vim makes and deletes to see whether it may."""

Stamp = tuple[int, int]
"""A file's time of change in nanoseconds, and its size."""


class FileWatch:
    """Says which files below some folders have changed, once they are complete.

    `roots` are folders or files, which need not exist; they are asked for again after each change. `ignored` leaves out
    a file by its path.
    """

    def __init__(
        self,
        roots: Callable[[], Iterable[Path]],
        ignored: Callable[[Path], bool] = lambda _file: False,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._find_roots = roots
        self._ignored = ignored
        self._clock = clock
        self._roots = list(roots())
        self._reported = self._latest = self._look()
        self._looked = self._changed = clock()

    def changes(self) -> list[Path]:
        """Return the files that were changed, made or deleted since the last call; none while they may yet change."""
        now = self._clock()
        if now - self._looked < LOOK_SECONDS:
            return []
        self._looked = now
        stamps = self._look()
        if stamps != self._latest:
            self._latest, self._changed = stamps, now
        if stamps == self._reported or now - self._changed < STILL_SECONDS:
            return []
        files = {*self._reported, *stamps}
        changed = sorted(file for file in files if self._reported.get(file) != stamps.get(file))
        self._begin_again(stamps)
        return changed

    def _begin_again(self, stamps: dict[Path, Stamp]) -> None:
        """Take the files as they were at the last look; other roots may add some."""
        self._roots = list(self._find_roots())
        self._reported = self._latest = {file: stamps.get(file, stamp) for file, stamp in self._look().items()}

    def _look(self) -> dict[Path, Stamp]:
        return {file: stamp for root in self._roots for file, stamp in _stamps(root) if not self._ignored(file)}


def _stamps(root: Path) -> Iterator[tuple[Path, Stamp]]:
    """Yield a file, or the files below a folder, each with its stamp."""
    for file in _files(root):
        with suppress(OSError):  # deleted meanwhile, or a link that leads nowhere
            status = file.stat()
            yield Path(file), (status.st_mtime_ns, status.st_size)


def _files(path: Path) -> Iterator[Path | os.DirEntry[str]]:
    """Yield a file, or the files below a folder, without what systems and editors leave behind."""
    try:
        with os.scandir(path) as listing:
            entries = [entry for entry in listing if not _is_left_behind(entry.name)]
    except NotADirectoryError:
        yield path
    except OSError:  # nothing there, or unreadable
        return
    else:
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                yield from _files(Path(entry.path))
            else:
                yield entry


@cache
def _is_left_behind(name: str) -> bool:
    return name == _VIM_TEST or is_debris(name)
