"""Artifacts as CodePipeline hands them from action to action: zips of a folder."""

from __future__ import annotations

import io
import os
import stat
import subprocess
import zipfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from zipfile import ZipFile, ZipInfo

from generator.errors import DefinitionError, GeneratorError
from generator.files import line_ends, regular_file

# What a checkout leaves out, where there is no git to ask.
_NOT_CHECKED_IN = {".git", ".venv", ".tox", "build", "__pycache__", ".mypy_cache", ".ruff_cache", ".pytest_cache"}
_TIME = (1980, 1, 1, 0, 0, 0)
_LINK = (stat.S_IFLNK | 0o777) << 16


def zip_folder(folder: Path) -> bytes:
    """The files of a folder that are, or could be, checked in. As in CodePipeline's zips, no file is executable."""
    if not folder.is_dir():
        raise GeneratorError(f"{folder}: no such folder")
    files = sorted(_files(folder))
    if problems := line_ends.line_end_problems(
        file for file in files if file.suffix == ".sh" and not file.is_symlink()
    ):
        raise DefinitionError(problems)  # a build would say of each line that there is no such command
    buffer = io.BytesIO()
    with ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as made:
        for file in files:
            info = ZipInfo(file.relative_to(folder).as_posix(), _TIME)
            # What a link leads to may lie where no checkout has it.
            if file.is_symlink():
                info.external_attr = _LINK
            content = os.fsencode(file.readlink()) if file.is_symlink() else regular_file.read(file)
            made.writestr(info, content, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def modification_times(folder: Path) -> dict[Path, int]:
    """When each of these files was last changed."""
    found = {}
    for file in _files(folder):
        try:
            found[file] = file.lstat().st_mtime_ns
        except FileNotFoundError:  # gone since
            continue
    return found


def join_repositories(application: bytes, configuration: bytes, folder: str) -> bytes:
    """The one repository of a pipeline that merges nothing: it holds the configuration already."""
    buffer = io.BytesIO()
    below = f"{folder}/"
    with ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as made:
        with ZipFile(io.BytesIO(application)) as one:
            for entry in one.infolist():
                if not entry.filename.startswith(below):
                    made.writestr(entry, one.read(entry))
        with ZipFile(io.BytesIO(configuration)) as other:
            for entry in other.infolist():
                content = other.read(entry)
                entry.filename = f"{below}{entry.filename}"
                made.writestr(entry, content)
    return buffer.getvalue()


def unpack(content: bytes, folder: Path) -> None:
    """Unpack an artifact as CodeBuild does, with its modes and its symbolic links.

    GeneratorError where it would write outside of the folder, or have a link that leads out of it.
    """
    root = folder.resolve()
    with ZipFile(io.BytesIO(content)) as artifact:
        for entry in artifact.infolist():
            mode, name = entry.external_attr >> 16, PurePosixPath(entry.filename)
            place = root / name
            if name.is_absolute() or ".." in name.parts or place.parent.resolve() != place.parent:
                raise GeneratorError(f"{entry.filename}: would not be unpacked where its name says")
            if os.path.lexists(place) and not (entry.is_dir() and place.is_dir() and not place.is_symlink()):
                raise GeneratorError(f"{entry.filename}: is twice in the artifact")
            if stat.S_ISLNK(mode):
                _link(place, artifact.read(entry), name)
            else:
                artifact.extract(entry, root)
                if stat.S_IMODE(mode) and place.is_file():
                    place.chmod(stat.S_IMODE(mode))


def _link(place: Path, content: bytes, name: PurePosixPath) -> None:
    """After a name, `..` leads wherever that name links to: it may only begin a target."""
    target = PurePosixPath(os.fsdecode(content))
    up = next((at for at, part in enumerate(target.parts) if part != ".."), len(target.parts))
    if target.is_absolute() or up >= len(name.parts) or ".." in target.parts[up:]:
        raise GeneratorError(f"{name}: is a link that leads out of the artifact: {target}")
    place.parent.mkdir(parents=True, exist_ok=True)
    place.symlink_to(target)


def _files(folder: Path) -> Iterator[Path]:
    listed = _listed(folder)
    if listed:
        found = {folder / os.fsdecode(name) for name in listed.split(b"\0") if name}
    else:
        found = {one for one in folder.rglob("*") if not _NOT_CHECKED_IN & set(one.relative_to(folder).parts)}
    return (one for one in found if one.is_symlink() or one.is_file())


def _listed(folder: Path) -> bytes:
    """What git says; nothing where there is no git, or the folder is none of its."""
    # In a hook, variables such as GIT_DIR say that everything is about the repository of the hook.
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    command = ["git", "-C", str(folder), "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    try:
        done = subprocess.run(command, capture_output=True, check=True, env=environment)  # noqa: S603 - our own
    except (OSError, subprocess.CalledProcessError):
        return b""
    return done.stdout
