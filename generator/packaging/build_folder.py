"""The build folder: who may use it, its lock, recovery from a killed build, and files in it that no build makes."""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Literal, NamedTuple

from generator.errors import GeneratorError
from generator.files import regular_file
from generator.files.debris import SYSTEM_FILES, is_debris
from generator.packaging.previous_build import previous_config_files

FileState = Literal["new", "changed", "unchanged"]
CACHE_FOLDER = ".lint"
"""Folder of results that later builds reuse: lint verdicts, and which templates are made from what."""
PAGE, PAGE_MARK = "page.html", "MozDef Event Framework"
"""The page of a source, which the command `page` writes beside the files of a build, and what it names as its maker."""
_LOCK = ".lock"
_MARKS_OF_BUILDS = {_LOCK, CACHE_FOLDER, "merge.zip"}
"""Each exists after a build; the last is also in a build that is checked in."""


class BuildPaths(NamedTuple):
    """A source's folder in a build, the new one while it is written, and the old one while it is replaced."""

    folder: Path
    staging: Path
    backup: Path


def build_paths(build: Path, source: str) -> BuildPaths:
    """Return a source's folders in a build."""
    return BuildPaths(build / source, build / f".{source}.made", build / f".{source}.old")


def unwritable(build: Path, error: OSError) -> GeneratorError:
    """Return the error for a build folder that can't be written."""
    return GeneratorError(
        f"{error.filename or build}: can't be written ({error.strerror}); --build names another folder"
    )


def refuse_unfit_folder(build: Path) -> None:
    """Raise a GeneratorError for a folder with files in which nothing was ever built, for / and for the user's home."""
    resolved = build.resolve()
    if resolved in (Path(resolved.anchor), Path.home().resolve()):
        description = "the root of the file system" if resolved == Path(resolved.anchor) else "your home"
        message = f"{build}: is {description}: name a folder for what is built, with --build {build / 'build'}"
        raise GeneratorError(message)
    try:
        names = sorted(path.name for path in build.iterdir()) if build.is_dir() else []
    except OSError as error:
        raise unwritable(build, error) from error
    visible = [name for name in names if not name.startswith(".")]
    if visible and not _MARKS_OF_BUILDS.intersection(names):
        message = f"{build}: holds {visible[0]}, and nothing was ever built there"
        raise GeneratorError(f"{message}: name an empty folder, or a new one, with --build")


@contextmanager
def build_lock(build: Path, sources: Iterable[str]) -> Iterator[None]:
    """Lock the build folder, and recover these sources from an interrupted build."""
    refuse_unfit_folder(build)
    try:
        build.mkdir(parents=True, exist_ok=True)
        lock = regular_file.open_lock(build / _LOCK)
    except OSError as error:
        raise unwritable(build, error) from error
    with os.fdopen(lock):
        fcntl.flock(lock, fcntl.LOCK_EX)
        for source in sources:
            _recover_interrupted_build(build, source)
        yield


def _recover_interrupted_build(build: Path, source: str) -> None:
    folder, staging, backup = build_paths(build, source)
    shutil.rmtree(staging, ignore_errors=True)
    if not backup.exists():
        return
    if not folder.exists() or (folder.is_dir() and not any(folder.iterdir())):
        backup.replace(folder)  # killed between the two renames
    elif folder.is_dir():
        shutil.rmtree(backup, ignore_errors=True)


def unexpected_file_message(folder: Path, files: Mapping[str, bytes]) -> str | None:
    """Return an error's message where a source's folder has a file that no build makes, so it can't be replaced."""
    unexpected = _unexpected_file(folder, files)
    return unexpected and _unexpected_message(folder, unexpected)


def _unexpected_message(folder: Path, name: str) -> str:
    return f"{folder}: holds {name}, which no build makes: move it away, or name another folder with --build"


def refuse_foreign_page(page: Path) -> None:
    """Raise a GeneratorError where a page is to be written, and the command `page` has not written what is in place."""
    if page.exists() and not _is_page(page):
        raise GeneratorError(_unexpected_message(page.parent, page.name))


def _unexpected_file(folder: Path, files: Mapping[str, bytes]) -> str | None:
    """Return a name that is neither among the new files nor, with the same content, among those of the last build."""
    if folder.is_symlink() or not folder.is_dir():
        return "something else than a build" if folder.is_symlink() or folder.exists() else None
    paths = {path.relative_to(folder).as_posix(): path for path in sorted(folder.rglob("*"))}
    unknown = [
        name
        for name, path in paths.items()
        if not _is_built(name, path, files)
        and not is_debris(name, SYSTEM_FILES)
        and not (name == PAGE and _is_page(path))  # a build with other files removes it: it tells of the old ones
    ]
    previous = previous_config_files(folder) if unknown else {}
    return next((name for name in unknown if not _is_built(name, paths[name], previous, same_content=True)), None)


def _is_built(name: str, path: Path, files: Mapping[str, bytes], *, same_content: bool = False) -> bool:
    """Return whether `files` has a file of this name, or of this name and content, or a file below this folder."""
    if path.is_dir():
        return not path.is_symlink() and any(file.startswith(f"{name}/") for file in files)
    return path.is_file() and name in files and (not same_content or file_state(path, files[name]) == "unchanged")


def _is_page(file: Path) -> bool:
    """Return whether the command `page` has written a file, which names its maker so; no file that can't be read."""
    try:
        return f'<meta name="generator" content="{PAGE_MARK}">'.encode() in regular_file.read(file)
    except OSError:
        return False


def file_states(folder: Path, files: Mapping[str, bytes]) -> dict[str, FileState]:
    """Return what writing the files into a folder would do to each."""
    return {name: file_state(folder / name, content) for name, content in files.items()}


def file_state(file: Path, content: bytes) -> FileState:
    """Return what writing the content would do to a file; one that can't be read counts as new."""
    try:
        return "unchanged" if regular_file.read(file) == content else "changed"
    except OSError:
        return "new"
