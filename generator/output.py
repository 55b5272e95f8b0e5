"""The only writer: `build/`, and the messages that a user accepts for the samples."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Literal

from generator.errors import GeneratorError

State = Literal["new", "changed", "unchanged"]
LINT_CACHE = ".lint"


def states(folder: Path, files: Mapping[str, bytes]) -> dict[str, State]:
    """What writing the files would do to each."""
    return {name: _state(folder / name, content) for name, content in files.items()}


def write(build: Path, source: str, files: Mapping[str, bytes], verdicts: Mapping[str, bytes]) -> dict[str, State]:
    """Replace `build/<source>` as a whole by these files, remember the lint verdicts, and return what was new.

    Everything is written beside it first; a build that is killed before the last step leaves the old folder whole.
    """
    folder = build / source
    found = states(folder, files)
    try:
        build.mkdir(parents=True, exist_ok=True)
        _remember(build / LINT_CACHE, verdicts)
        if any(state != "unchanged" for state in found.values()):
            made = Path(tempfile.mkdtemp(prefix=f".{source}-", dir=build))
            try:
                for name, content in files.items():
                    _put(made / name, content)
                made.chmod(0o755)
                _swap(made, folder)
            finally:
                shutil.rmtree(made, ignore_errors=True)
    except OSError as error:
        place = error.filename or build
        said = f"{place}: can't be written ({error.strerror}); --build names another folder"
        raise GeneratorError(said) from error
    return found


def accept(files: Mapping[Path, str]) -> None:
    """Store what the samples' messages are now."""
    for file, text in files.items():
        try:
            file.write_text(text, encoding="utf-8")
        except OSError as error:
            raise GeneratorError(f"{file}: can't be written ({error.strerror})") from error


def tidy(build: Path, sources: Iterable[str]) -> None:
    """Remove what killed builds of these sources left."""
    wanted = set(sources)
    for left in build.glob(".*-????????*"):
        if left.name.removesuffix("-old")[1:-9] in wanted:
            shutil.rmtree(left, ignore_errors=True)


def _swap(made: Path, folder: Path) -> None:
    """Two renames: a folder that has files can't be replaced in one."""
    if not folder.exists():
        made.rename(folder)
        return
    old = made.with_name(f"{made.name}-old")
    folder.rename(old)
    made.rename(folder)
    shutil.rmtree(old, ignore_errors=True)


def _remember(folder: Path, verdicts: Mapping[str, bytes]) -> None:
    for digest, verdict in verdicts.items():
        if not (folder / digest).exists():
            folder.mkdir(exist_ok=True)
            _put(folder / f".{digest}", verdict)
            (folder / f".{digest}").replace(folder / digest)


def _put(file: Path, content: bytes) -> None:
    with file.open("wb") as opened:
        opened.write(content)
        opened.flush()
        os.fsync(opened.fileno())


def _state(file: Path, content: bytes) -> State:
    try:
        return "unchanged" if file.read_bytes() == content else "changed"
    except OSError:
        return "new"
