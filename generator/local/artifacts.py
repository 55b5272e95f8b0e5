"""Artifacts, the zips that CodePipeline passes from action to action: zip, join and unpack folders."""

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

# What a checkout leaves out, for folders without git.
_IGNORED_NAMES = {".git", ".venv", ".tox", "build", "__pycache__", ".mypy_cache", ".ruff_cache", ".pytest_cache"}
_TIME = (1980, 1, 1, 0, 0, 0)
_LINK = (stat.S_IFLNK | 0o777) << 16


def zip_folder(folder: Path) -> bytes:
    """Zip the files of a folder that are, or could be, checked in. As in CodePipeline's zips, no file is executable."""
    if not folder.is_dir():
        raise GeneratorError(f"{folder}: no such folder")
    files = sorted(_files(folder))
    if problems := line_ends.line_end_problems(
        file for file in files if file.suffix == ".sh" and not file.is_symlink()
    ):
        raise DefinitionError(problems)  # else bash reports each line of a script as an unknown command
    buffer = io.BytesIO()
    with ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in files:
            info = ZipInfo(file.relative_to(folder).as_posix(), _TIME)
            # The target of a link may be outside of the repository.
            if file.is_symlink():
                info.external_attr = _LINK
            content = os.fsencode(file.readlink()) if file.is_symlink() else regular_file.read(file)
            archive.writestr(info, content, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def modification_times(folder: Path) -> dict[Path, int]:
    """Return when each of these files was last changed, in nanoseconds."""
    times = {}
    for file in _files(folder):
        try:
            times[file] = file.lstat().st_mtime_ns
        except FileNotFoundError:  # deleted meanwhile
            continue
    return times


def join_repositories(application: bytes, configuration: bytes, folder: str) -> bytes:
    """Return the only repository of a pipeline without a merge: the framework with the configuration in a folder."""
    buffer = io.BytesIO()
    prefix = f"{folder}/"
    with ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as joined:
        with ZipFile(io.BytesIO(application)) as application_zip:
            for entry in application_zip.infolist():
                if not entry.filename.startswith(prefix):
                    joined.writestr(entry, application_zip.read(entry))
        with ZipFile(io.BytesIO(configuration)) as configuration_zip:
            for entry in configuration_zip.infolist():
                content = configuration_zip.read(entry)
                entry.filename = f"{prefix}{entry.filename}"
                joined.writestr(entry, content)
    return buffer.getvalue()


def unpack(content: bytes, folder: Path) -> None:
    """Unpack an artifact as CodeBuild does, with its modes and its symbolic links.

    GeneratorError where an entry would be outside of the folder, or a link leads out of it.
    """
    root = folder.resolve()
    with ZipFile(io.BytesIO(content)) as artifact:
        for entry in artifact.infolist():
            mode, name = entry.external_attr >> 16, PurePosixPath(entry.filename)
            target = root / name
            if name.is_absolute() or ".." in name.parts or target.parent.resolve() != target.parent:
                raise GeneratorError(f"{entry.filename}: would not be unpacked where its name says")
            if os.path.lexists(target) and not (entry.is_dir() and target.is_dir() and not target.is_symlink()):
                raise GeneratorError(f"{entry.filename}: is twice in the artifact")
            if stat.S_ISLNK(mode):
                _link(target, artifact.read(entry), name)
            else:
                artifact.extract(entry, root)
                if stat.S_IMODE(mode) and target.is_file():
                    target.chmod(stat.S_IMODE(mode))


def _link(link: Path, content: bytes, name: PurePosixPath) -> None:
    """Make a link. `..` may only begin its target: after the name of another link, it would follow that."""
    target = PurePosixPath(os.fsdecode(content))
    leading_parents = next((index for index, part in enumerate(target.parts) if part != ".."), len(target.parts))
    if target.is_absolute() or leading_parents >= len(name.parts) or ".." in target.parts[leading_parents:]:
        raise GeneratorError(f"{name}: is a link that leads out of the artifact: {target}")
    link.parent.mkdir(parents=True, exist_ok=True)
    link.symlink_to(target)


def _files(folder: Path) -> Iterator[Path]:
    listing = _git_listing(folder)
    if listing:
        files = {folder / os.fsdecode(name) for name in listing.split(b"\0") if name}
    else:
        files = {file for file in folder.rglob("*") if not _IGNORED_NAMES & set(file.relative_to(folder).parts)}
    return (file for file in files if file.is_symlink() or file.is_file())


def _git_listing(folder: Path) -> bytes:
    """Return git's list of files; empty where there is no git, or the folder is in no repository."""
    # In a hook, variables such as GIT_DIR point git at the repository of the hook.
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    command = ["git", "-C", str(folder), "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    try:
        completed = subprocess.run(command, capture_output=True, check=True, env=environment)  # noqa: S603 - our own
    except (OSError, subprocess.CalledProcessError):
        return b""
    return completed.stdout
