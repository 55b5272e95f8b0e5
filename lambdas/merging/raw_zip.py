"""Merge two zips without unpacking them: copy the compressed bytes of each entry.

Only the zips' directories are in memory, so memory does not grow with their content. An entry keeps its method,
CRC, sizes, mode, system, time and the encoding of its name; its comment and its extra fields are dropped. Nothing is
computed anew: sizes and CRCs are taken as declared, and damage inside an entry shows when the merged zip is unpacked.
https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT
"""

from __future__ import annotations

import lzma
import re
import stat
import struct
import zlib
from collections.abc import Callable, Collection, Iterable
from typing import BinaryIO, NamedTuple
from zipfile import ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from lambdas.merging.zip_records import end_records, entry_records

DeadlineCheck = Callable[[], None]
"""Called before every entry and every chunk; an exception that it raises ends the merge."""

MAX_ENTRIES = 200_000
"""Entries of an artifact."""
MAX_DIRECTORY = 64 * 1_048_576
"""Bytes of an artifact's directory: it is read in one piece."""
MAX_UNPACKED = 4 * 1_073_741_824
"""Bytes of all entries of the merged zip, by the sizes that they declare."""
MAX_PARTS = 128
"""Parts of a name, folders and file."""
MAX_PATH = 4_096
"""Bytes of a name, and of a link's target: Linux takes no more."""
CHUNK = 262_144

_ENCRYPTED = 0x0001 | 0x0040 | 0x2000
_LOCAL = struct.Struct("<4s22x2H")
_DRIVE = re.compile("[A-Za-z]:")
_BAD_DATA = (EOFError, OSError, lzma.LZMAError, zlib.error)
_BAD_ZIP = (BadZipFile, NotImplementedError, OverflowError, ValueError, struct.error, *_BAD_DATA)


class MergeRefused(Exception):  # noqa: N818 - it names the outcome
    """The zips can't be merged; the text tells the operator why, and what to do."""


class Artifact(NamedTuple):
    """A zip, open and seekable, and its name in messages."""

    name: str
    file: BinaryIO


class Merged(NamedTuple):
    """Number of files and links in the merged zip, and its size in bytes."""

    files: int
    bytes: int


class _Entry(NamedTuple):
    artifact: Artifact
    info: ZipInfo
    path: str
    """Path in the merged zip, without the slash that ends a folder's name."""
    data_offset: int
    """Where its compressed bytes begin in the artifact."""

    @property
    def is_link(self) -> bool:
        return stat.S_ISLNK(self.info.external_attr >> 16)

    @property
    def is_folder(self) -> bool:
        return self.info.filename.endswith("/") and not self.is_link


def merge(
    application: Artifact, configuration: Artifact, folder: str, out: BinaryIO, check_deadline: DeadlineCheck
) -> Merged:
    """Write the application with the configuration below `folder`; where both have a file, the configuration's wins."""
    prefix = safe_path(folder, "The folder is")
    entries = _resolve_conflicts(
        [*_read_entries(application, "", check_deadline), *_read_entries(configuration, prefix, check_deadline)]
    )
    if (unpacked := sum(entry.info.file_size for entry in entries)) > MAX_UNPACKED:
        raise MergeRefused(
            f"Unpacked, the merged zip would have {unpacked:,} bytes; it may have at most {MAX_UNPACKED:,}."
        )
    return _write_zip(entries, out, check_deadline)


def safe_path(path: str, subject: str) -> str:
    """Return the path normalized, `a/b` for `./a//b/`, empty for the root; MergeRefused where it could lead outside.

    The message begins with `subject`, such as "The folder is".
    """
    parts = _relative_parts(path)
    if parts is None or ".." in parts:
        raise MergeRefused(
            f"{subject} {path[:200]!r}; it must be relative, without '..', backslash, drive letter or NUL."
        )
    return "/".join(parts)


def _relative_parts(path: str) -> list[str] | None:
    """Return the parts of a relative path; None where it is absolute on any system."""
    if path.startswith("/") or "\\" in path or "\0" in path or _DRIVE.match(path):
        return None
    return [part for part in path.split("/") if part not in {"", "."}]


class _BoundedFile:
    """A file for ZipFile to read, which refuses a directory that is too long before it is parsed."""

    def __init__(self, artifact: Artifact) -> None:
        self._artifact = artifact
        self.seek, self.tell, self.seekable = artifact.file.seek, artifact.file.tell, artifact.file.seekable

    def read(self, size: int = -1) -> bytes:
        if size > MAX_DIRECTORY:
            raise MergeRefused(
                f"The artifact {self._artifact.name!r} has a directory of more than {MAX_DIRECTORY:,} bytes."
            )
        data = self._artifact.file.read(size)
        if data.count(b"PK\1\2") > MAX_ENTRIES:  # each record begins so
            raise MergeRefused(f"The artifact {self._artifact.name!r} has more than {MAX_ENTRIES:,} entries.")
        return data


def _read_entries(artifact: Artifact, prefix: str, check_deadline: DeadlineCheck) -> list[_Entry]:
    """Return the entries in the order of the directory, each checked on its own."""
    try:
        with ZipFile(_BoundedFile(artifact)) as archive:
            offsets = _data_offsets(artifact.file, archive, check_deadline)
            entries = []
            for info in archive.infolist():
                check_deadline()
                entry = _Entry(artifact, info, _merged_path(artifact, info, prefix), offsets[info.header_offset])
                if entry.is_link:
                    _check_link(archive, entry)
                if entry.path:
                    entries.append(entry)
            return entries
    except _BAD_ZIP as error:
        reason = str(error) if isinstance(error, BadZipFile) else type(error).__name__
        raise MergeRefused(f"The artifact {artifact.name!r} is no zip, or a damaged one: {reason}.") from error


def _data_offsets(file: BinaryIO, archive: ZipFile, check_deadline: DeadlineCheck) -> dict[int, int]:
    """Return where each entry's data begins, by the offset of its local header.

    A local header has lengths of its own, which the directory does not know. Entries that share bytes are a zip bomb.
    """
    offsets: dict[int, int] = {}
    previous_end, previous_name = 0, ""
    for info in sorted(archive.infolist(), key=lambda info: info.header_offset):
        check_deadline()
        offset, name = info.header_offset, info.filename[:200]
        file.seek(offset)
        signature, *lengths = _LOCAL.unpack(file.read(_LOCAL.size))
        if signature != b"PK\3\4":
            raise BadZipFile(f"{name!r} is not where the directory says")
        if offset < previous_end:
            raise BadZipFile(f"{previous_name!r} and {name!r} have bytes in common")
        offsets[offset] = offset + _LOCAL.size + sum(lengths)
        previous_end, previous_name = offsets[offset] + info.compress_size, name
        if previous_end > archive.start_dir:
            raise BadZipFile(f"{name!r} reaches beyond the end of the data")
        if info.compress_type == ZIP_STORED and info.compress_size != info.file_size:
            raise BadZipFile(f"{name!r} is stored, but has two sizes")
    return offsets


def _merged_path(artifact: Artifact, info: ZipInfo, prefix: str) -> str:
    """Return the entry's path in the merged zip; empty for an entry of the root, which some archivers write."""
    subject = f"The artifact {artifact.name!r} has"
    if info.flag_bits & _ENCRYPTED:
        raise MergeRefused(f"{subject} {info.filename[:200]!r} encrypted; make it without a password.")
    safe_path(info.orig_filename, f"{subject} the entry")  # zipfile cuts a name at a NUL
    path = safe_path(info.filename, f"{subject} the entry")
    if not path and not info.filename.endswith("/"):
        raise MergeRefused(f"{subject} an entry without a name.")
    merged_path = f"{prefix}/{path}" if prefix and path else path
    if merged_path.count("/") >= MAX_PARTS:
        raise MergeRefused(
            f"{subject} the entry {path[:200]!r}…, which lies too deep: a name may have at most {MAX_PARTS} parts."
        )
    if len(merged_path.encode()) >= MAX_PATH:
        raise MergeRefused(
            f"{subject} the entry {path[:200]!r}…, whose name is too long: it may have at most {MAX_PATH - 1:,} bytes."
        )
    return merged_path


def _check_link(archive: ZipFile, entry: _Entry) -> None:
    """Refuse a link whose target is outside the merged zip.

    After a name, '..' leads wherever that name links to. So '..' may only begin a target: the link's own folder is
    never a link.
    """
    if entry.info.file_size >= MAX_PATH:
        raise MergeRefused(f"The artifact {entry.artifact.name!r} has the link {entry.path!r}, which is too long.")
    with archive.open(entry.info) as content:
        target = content.read(MAX_PATH).decode("utf-8", "surrogateescape")
    parts = _relative_parts(target) if target else None
    depth = 0 if parts is None else next((index for index, part in enumerate(parts) if part != ".."), len(parts))
    if parts is None or depth > entry.path.count("/") or ".." in parts[depth:]:
        raise MergeRefused(
            f"The artifact {entry.artifact.name!r} has the link {entry.path!r} to {target[:200]!r}; it must be "
            "relative and stay inside the artifact, with '..' only at its start."
        )


def _resolve_conflicts(all_entries: Iterable[_Entry]) -> Collection[_Entry]:
    """Return the last entry of each path; MergeRefused where a path would have to be both a file and a folder."""
    entries: dict[str, _Entry] = {}
    files: dict[str, str] = {}
    folders: dict[str, str] = {}
    remaining = MAX_DIRECTORY
    for entry in all_entries:
        path, name = entry.path, entry.artifact.name
        entries[path] = entry
        if not entry.is_folder:
            files[path] = name
            path = path.rpartition("/")[0]
        while path and path not in folders:
            folders[path] = name
            if (remaining := remaining - len(path)) < 0:
                raise MergeRefused(f"The names of all folders together have more than {MAX_DIRECTORY:,} characters.")
            path = path.rpartition("/")[0]
    if conflicts := files.keys() & folders.keys():
        path = min(conflicts)
        raise MergeRefused(
            f"{path!r} is a file or a link in the artifact {files[path]!r}, and a folder in the artifact "
            f"{folders[path]!r}; rename one of them."
        )
    return entries.values()


def _write_zip(entries: Collection[_Entry], out: BinaryIO, check_deadline: DeadlineCheck) -> Merged:
    directory = bytearray()
    for entry in entries:
        check_deadline()
        path = entry.path + "/" * entry.is_folder
        local_header, directory_record = entry_records(entry.info, path, out.tell())
        out.write(local_header)
        directory += directory_record
        entry.artifact.file.seek(entry.data_offset)
        for offset in range(0, entry.info.compress_size, CHUNK):
            check_deadline()
            out.write(entry.artifact.file.read(min(CHUNK, entry.info.compress_size - offset)))
    directory_offset = out.tell()
    out.write(directory)
    out.write(end_records(len(entries), len(directory), directory_offset))
    return Merged(sum(not entry.is_folder for entry in entries), out.tell())
