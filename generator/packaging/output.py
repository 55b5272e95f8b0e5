"""The only writer of a build: a source's folder as a whole, what all sources share, and accepted samples."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from generator.errors import GeneratorError
from generator.files import regular_file
from generator.packaging.build_folder import (
    CACHE_FOLDER,
    BuildPaths,
    FileState,
    build_paths,
    file_states,
    unexpected_file_message,
    unwritable,
)


def write_source(
    build: Path, source: str, files: Mapping[str, bytes], cache_entries: Mapping[str, bytes]
) -> dict[str, FileState]:
    """Replace `build/<source>` as a whole by these files, store the cache entries, and return each file's state.

    The new folder is written beside the old one: a build that is killed before the last rename leaves the old one.
    """
    paths = build_paths(build, source)
    states = file_states(paths.folder, files)
    if message := unexpected_file_message(paths.folder, files):
        raise GeneratorError(message)
    try:
        _store_cache_entries(build / CACHE_FOLDER, cache_entries)
        if any(state != "unchanged" for state in states.values()):
            _replace_folder(paths, files)
    except OSError as error:
        raise unwritable(build, error) from error
    return states


def _replace_folder(paths: BuildPaths, files: Mapping[str, bytes]) -> None:
    paths.staging.mkdir()
    try:
        for folder in {Path(name).parent for name in files}:
            (paths.staging / folder).mkdir(parents=True, exist_ok=True)
        for name, content in files.items():
            _write_file(paths.staging / name, content)
        _swap_folders(paths)
    finally:
        shutil.rmtree(paths.staging, ignore_errors=True)


def _write_file(file: Path, content: bytes) -> None:
    file.write_bytes(content)


def _swap_folders(paths: BuildPaths) -> None:
    """Move the new folder into its place by two renames: one can't replace a folder with files."""
    if not paths.folder.exists():
        paths.staging.rename(paths.folder)
        return
    paths.folder.rename(paths.backup)
    try:
        paths.staging.rename(paths.folder)
    except OSError:
        paths.backup.rename(paths.folder)
        raise
    shutil.rmtree(paths.backup, ignore_errors=True)


def _store_cache_entries(folder: Path, entries: Mapping[str, bytes]) -> None:
    for digest, content in entries.items():
        regular_file.make_folder(folder)
        if not (folder / digest).exists():
            regular_file.write(folder / digest, content)


def write_shared(build: Path, files: Mapping[str, bytes]) -> dict[str, FileState]:
    """Write the files that all sources share into the build folder itself, and return each file's state."""
    states = file_states(build, files)
    try:
        for name, content in files.items():
            if states[name] != "unchanged":
                regular_file.write(build / name, content)
    except OSError as error:
        raise unwritable(build, error) from error
    return states


def write_page(build: Path, name: str, content: bytes) -> FileState:
    """Write a page into the build folder and return its state; `name` is its path there."""
    (state,) = file_states(build, {name: content}).values()
    try:
        if state != "unchanged":
            regular_file.write(build / name, content)
    except OSError as error:
        raise unwritable(build, error) from error
    return state


@contextmanager
def stored_while(files: Mapping[Path, bytes | None]) -> Iterator[None]:
    """Store accepted files (None removes one); if the context fails, restore what was there before."""
    previous: dict[Path, bytes | None] = {}
    try:
        for file, content in files.items():
            try:
                stored = regular_file.read(file) if file.exists() else None
                if stored != content:
                    previous[file] = stored
                    _store(file, content)
            except OSError as error:
                raise GeneratorError(f"{file}: can't be written ({error.strerror})") from error
        yield
    except BaseException:
        for file, content in previous.items():
            with suppress(OSError):
                _store(file, content)
        raise


def _store(file: Path, content: bytes | None) -> None:
    if content is None:
        file.unlink(missing_ok=True)
    else:
        regular_file.write(file, content)
