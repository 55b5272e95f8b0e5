"""The only writer: `build/`, and the messages that a user accepts for the samples."""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Literal

from generator.errors import GeneratorError
from generator.files import regular_file
from generator.files.debris import SYSTEM_FILES, is_debris
from generator.packaging.previous_build import previous_config_files

FileState = Literal["new", "changed", "unchanged"]
CACHE_FOLDER = ".lint"
"""Folder of what builds have found out: lint verdicts, and which templates are made of what."""
_LOCK = ".lock"
_BUILT = {_LOCK, CACHE_FOLDER, "merge.zip"}
"""Each is there after a build, and in what of a build is checked in."""


def file_states(folder: Path, files: Mapping[str, bytes]) -> dict[str, FileState]:
    """What writing the files would do to each."""
    return {name: _state(folder / name, content) for name, content in files.items()}


def write_source(
    build: Path, source: str, files: Mapping[str, bytes], remembered: Mapping[str, bytes]
) -> dict[str, FileState]:
    """Replace `build/<source>` as a whole by these files, remember what was found out, and return what was new.

    Everything is written beside it first; a build that is killed before the last step leaves the old folder whole.
    """
    folder, made, old = _places(build, source)
    found = file_states(folder, files)
    if said := unexpected_file_message(folder, files):
        raise GeneratorError(said)
    try:
        _remember(build / CACHE_FOLDER, remembered)
        if any(state != "unchanged" for state in found.values()):
            made.mkdir()
            try:
                for above in {Path(name).parent for name in files}:
                    (made / above).mkdir(parents=True, exist_ok=True)
                for name, content in files.items():
                    _put(made / name, content)
                _swap(made, folder, old)
            finally:
                shutil.rmtree(made, ignore_errors=True)
    except OSError as error:
        raise _unwritable(build, error) from error
    return found


def write_shared(build: Path, files: Mapping[str, bytes]) -> dict[str, FileState]:
    """Write what is the same for every source into the build folder itself."""
    found = file_states(build, files)
    try:
        for name, content in files.items():
            if found[name] != "unchanged":
                regular_file.write(build / name, content)
    except OSError as error:
        raise _unwritable(build, error) from error
    return found


def _unwritable(build: Path, error: OSError) -> GeneratorError:
    return GeneratorError(
        f"{error.filename or build}: can't be written ({error.strerror}); --build names another folder"
    )


@contextmanager
def stored_while(files: Mapping[Path, bytes | None]) -> Iterator[None]:
    """Store what the samples become, and remove what is stale; it is as before where what is done meanwhile fails."""
    before: dict[Path, bytes | None] = {}
    try:
        for file, content in files.items():
            try:
                stored = regular_file.read(file) if file.exists() else None
                if stored != content:
                    before[file] = stored
                    _store(file, content)
            except OSError as error:
                raise GeneratorError(f"{file}: can't be written ({error.strerror})") from error
        yield
    except BaseException:
        for file, content in before.items():
            with suppress(OSError):
                _store(file, content)
        raise


def _store(file: Path, content: bytes | None) -> None:
    if content is None:
        file.unlink(missing_ok=True)
    else:
        regular_file.write(file, content)


def refuse_unfit_folder(build: Path) -> None:
    """GeneratorError where a folder is not one for builds: something is in it, and no build ever was."""
    place = build.resolve()
    if place in (Path(place.anchor), Path.home().resolve()):
        what = "the root of the file system" if place == Path(place.anchor) else "your home"
        raise GeneratorError(f"{build}: is {what}: name a folder for what is built, with --build {build / 'build'}")
    try:
        held = sorted(one.name for one in build.iterdir()) if build.is_dir() else []
    except OSError as error:
        raise _unwritable(build, error) from error
    others = [name for name in held if not name.startswith(".")]
    if others and not _BUILT.intersection(held):
        said = f"holds {others[0]}, and nothing was ever built there"
        raise GeneratorError(f"{build}: {said}: name an empty folder, or a new one, with --build")


@contextmanager
def build_lock(build: Path, sources: Iterable[str]) -> Iterator[None]:
    """One build at a time writes to a folder; first it puts right what a killed one left of these sources."""
    refuse_unfit_folder(build)
    try:
        build.mkdir(parents=True, exist_ok=True)
        lock = regular_file.open_lock(build / _LOCK)
    except OSError as error:
        raise _unwritable(build, error) from error
    with os.fdopen(lock):
        fcntl.flock(lock, fcntl.LOCK_EX)
        for source in sources:
            _put_right(build, source)
        yield


def _put_right(build: Path, source: str) -> None:
    folder, made, old = _places(build, source)
    shutil.rmtree(made, ignore_errors=True)
    if not old.exists():
        return
    if not folder.exists() or (folder.is_dir() and not any(folder.iterdir())):
        old.replace(folder)  # killed between the two renames
    elif folder.is_dir():
        shutil.rmtree(old, ignore_errors=True)


def _places(build: Path, source: str) -> tuple[Path, Path, Path]:
    """A source's folder, the new one while it is written, and the old one while it is replaced."""
    return build / source, build / f".{source}.made", build / f".{source}.old"


def unexpected_file_message(folder: Path, files: Mapping[str, bytes]) -> str | None:
    """What to say where a source's folder has something that is not ours to replace."""
    found = _foreign(folder, files)
    return found and f"{folder}: holds {found}, which no build makes: move it away, or name another folder with --build"


def _foreign(folder: Path, files: Mapping[str, bytes]) -> str | None:
    if folder.is_symlink() or not folder.is_dir():
        return "something else than a build" if folder.is_symlink() or folder.exists() else None
    found = {one.relative_to(folder).as_posix(): one for one in sorted(folder.rglob("*"))}
    others = [
        name for name, one in found.items() if not _is_ours(name, one, files) and not is_debris(name, SYSTEM_FILES)
    ]
    earlier = previous_config_files(folder) if others else {}
    return next((name for name in others if not _is_ours(name, found[name], earlier, same=True)), None)


def _is_ours(name: str, place: Path, files: Mapping[str, bytes], *, same: bool = False) -> bool:
    """Whether a build makes a file of this name, of the same content where that counts, or a folder for one."""
    if place.is_dir():
        return not place.is_symlink() and any(file.startswith(f"{name}/") for file in files)
    return place.is_file() and name in files and (not same or _state(place, files[name]) == "unchanged")


def _swap(made: Path, folder: Path, old: Path) -> None:
    """Two renames: a folder that has files can't be replaced in one."""
    if not folder.exists():
        made.rename(folder)
        return
    folder.rename(old)
    try:
        made.rename(folder)
    except OSError:
        old.rename(folder)
        raise
    shutil.rmtree(old, ignore_errors=True)


def _remember(folder: Path, remembered: Mapping[str, bytes]) -> None:
    for digest, content in remembered.items():
        regular_file.make_folder(folder)
        if not (folder / digest).exists():
            regular_file.write(folder / digest, content)


def _put(file: Path, content: bytes) -> None:
    file.write_bytes(content)


def _state(file: Path, content: bytes) -> FileState:
    try:
        return "unchanged" if regular_file.read(file) == content else "changed"
    except OSError:
        return "new"
