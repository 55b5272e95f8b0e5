"""Two zips become one without being unpacked: the compressed bytes of each entry are copied as they lie.

In memory are the zips' directories alone, so that it does not grow with what they hold. An entry keeps its method, CRC,
sizes, mode, system, time and the encoding of its name; its comment and its extra fields go. Nothing is computed anew:
sizes and CRCs are taken as declared, and what is damaged inside an entry shows where the merged zip is unpacked.
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

from lambdas.merging.zip_records import end, headers

Tick = Callable[[], None]
"""Called before every entry and every chunk; what it raises ends the merge."""

MAX_ENTRIES = 200_000
"""Entries of an artifact."""
MAX_DIRECTORY = 64 * 1_048_576
"""Bytes of an artifact's directory: it is read in one piece."""
MAX_UNPACKED = 4 * 1_073_741_824
"""Bytes of all entries of the merged zip, as they declare it."""
MAX_PARTS = 128
"""Parts of a name, folders and file."""
MAX_PATH = 4_096
"""Bytes of a name, and of what a link points to: Linux takes no more."""
CHUNK = 262_144

_ENCRYPTED = 0x0001 | 0x0040 | 0x2000
_LOCAL = struct.Struct("<4s22x2H")
_DRIVE = re.compile("[A-Za-z]:")
_BAD_DATA = (EOFError, OSError, lzma.LZMAError, zlib.error)
_BAD_ZIP = (BadZipFile, NotImplementedError, OverflowError, ValueError, struct.error, *_BAD_DATA)


class MergeRefused(Exception):  # noqa: N818 - it names the outcome
    """Why there is no merge, in sentences that a person can act on."""


class Artifact(NamedTuple):
    """A zip, open and seekable, and the name that a refusal calls it by."""

    name: str
    file: BinaryIO


class Merged(NamedTuple):
    """Files and links in the merged zip, and its size."""

    files: int
    bytes: int


class _Entry(NamedTuple):
    artifact: Artifact
    info: ZipInfo
    path: str
    """In the merged zip, without the slash that ends a folder's name."""
    start: int
    """Of the compressed bytes."""

    @property
    def is_link(self) -> bool:
        return stat.S_ISLNK(self.info.external_attr >> 16)

    @property
    def is_folder(self) -> bool:
        return self.info.filename.endswith("/") and not self.is_link


def merge(application: Artifact, configuration: Artifact, folder: str, out: BinaryIO, tick: Tick) -> Merged:
    """Write the application with the configuration beneath the folder; of two files at one path, the latter's stays."""
    beneath = safe_path(folder, "The folder is")
    entries = _union([*_read(application, "", tick), *_read(configuration, beneath, tick)])
    if (unpacked := sum(entry.info.file_size for entry in entries)) > MAX_UNPACKED:
        raise MergeRefused(f"Unpacked, the merge would have {unpacked:,} bytes; {MAX_UNPACKED:,} are the most.")
    return _write(entries, out, tick)


def safe_path(path: str, what: str) -> str:
    """The path normalised, `a/b` for `./a//b/`, and empty for the root; Refused where it could lead elsewhere."""
    parts = _parts(path)
    if parts is None or ".." in parts:
        raise MergeRefused(f"{what} {path[:200]!r}; it must be relative, without '..', backslash, drive letter or NUL.")
    return "/".join(parts)


def _parts(path: str) -> list[str] | None:
    """None where it is absolute, on whatever system."""
    if path.startswith("/") or "\\" in path or "\0" in path or _DRIVE.match(path):
        return None
    return [part for part in path.split("/") if part not in {"", "."}]


class _Bounded:
    """What ZipFile reads from: a directory that is too long is refused before it is taken apart."""

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


def _read(artifact: Artifact, beneath: str, tick: Tick) -> list[_Entry]:
    """The entries in the order of the directory, each checked by itself."""
    try:
        with ZipFile(_Bounded(artifact)) as opened:
            starts = _starts(artifact.file, opened, tick)
            entries = []
            for info in opened.infolist():
                tick()
                entry = _Entry(artifact, info, _path(artifact, info, beneath), starts[info.header_offset])
                if entry.is_link:
                    _check_link(opened, entry)
                if entry.path:
                    entries.append(entry)
            return entries
    except _BAD_ZIP as error:
        why = str(error) if isinstance(error, BadZipFile) else type(error).__name__
        raise MergeRefused(f"The artifact {artifact.name!r} is no zip, or a damaged one: {why}.") from error


def _starts(file: BinaryIO, opened: ZipFile, tick: Tick) -> dict[int, int]:
    """Where each entry's data begins, by where its local header does.

    That header has lengths of its own, which the directory does not know. Entries that share bytes are a zip bomb.
    """
    starts: dict[int, int] = {}
    last, before = 0, ""
    for info in sorted(opened.infolist(), key=lambda one: one.header_offset):
        tick()
        offset, name = info.header_offset, info.filename[:200]
        file.seek(offset)
        signature, *lengths = _LOCAL.unpack(file.read(_LOCAL.size))
        if signature != b"PK\3\4":
            raise BadZipFile(f"{name!r} is not where the directory says")
        if offset < last:
            raise BadZipFile(f"{before!r} and {name!r} have bytes in common")
        starts[offset] = offset + _LOCAL.size + sum(lengths)
        last, before = starts[offset] + info.compress_size, name
        if last > opened.start_dir:
            raise BadZipFile(f"{name!r} is longer than what there is")
        if info.compress_type == ZIP_STORED and info.compress_size != info.file_size:
            raise BadZipFile(f"{name!r} is stored, but has two sizes")
    return starts


def _path(artifact: Artifact, info: ZipInfo, beneath: str) -> str:
    """Where the entry goes; nowhere, if it is that of the artifact's root, as some archivers write one."""
    what = f"The artifact {artifact.name!r} has"
    if info.flag_bits & _ENCRYPTED:
        raise MergeRefused(f"{what} {info.filename[:200]!r} encrypted; make it without a password.")
    safe_path(info.orig_filename, f"{what} the entry")  # zipfile cuts a name at a NUL
    path = safe_path(info.filename, f"{what} the entry")
    if not path and not info.filename.endswith("/"):
        raise MergeRefused(f"{what} an entry without a name.")
    moved = f"{beneath}/{path}" if beneath and path else path
    if moved.count("/") >= MAX_PARTS:
        raise MergeRefused(f"{what} the entry {path[:200]!r}…, which lies too deep: {MAX_PARTS} parts are the most.")
    if len(moved.encode()) >= MAX_PATH:
        raise MergeRefused(
            f"{what} the entry {path[:200]!r}…, whose name is too long: {MAX_PATH - 1:,} bytes are the most."
        )
    return moved


def _check_link(opened: ZipFile, entry: _Entry) -> None:
    """Refuse a link out of the merged zip.

    After a name, '..' leads wherever that name links to: it may only begin a target, whose own folder is never a link.
    """
    if entry.info.file_size >= MAX_PATH:
        raise MergeRefused(f"The artifact {entry.artifact.name!r} has the link {entry.path!r}, which is too long.")
    with opened.open(entry.info) as content:
        target = content.read(MAX_PATH).decode("utf-8", "surrogateescape")
    parts = _parts(target) if target else None
    up = 0 if parts is None else next((at for at, part in enumerate(parts) if part != ".."), len(parts))
    if parts is None or up > entry.path.count("/") or ".." in parts[up:]:
        raise MergeRefused(
            f"The artifact {entry.artifact.name!r} has the link {entry.path!r} to {target[:200]!r}; it must be "
            "relative and stay inside the artifact, with '..' at its start alone."
        )


def _union(listed: Iterable[_Entry]) -> Collection[_Entry]:
    """One entry for each path, the last; Refused where something would have to be a file and a folder."""
    entries: dict[str, _Entry] = {}
    files: dict[str, str] = {}
    folders: dict[str, str] = {}
    room = MAX_DIRECTORY
    for entry in listed:
        path, name = entry.path, entry.artifact.name
        entries[path] = entry
        if not entry.is_folder:
            files[path] = name
            path = path.rpartition("/")[0]
        while path and path not in folders:
            folders[path] = name
            if (room := room - len(path)) < 0:
                raise MergeRefused(f"The names of all folders have more than {MAX_DIRECTORY:,} characters together.")
            path = path.rpartition("/")[0]
    if both := files.keys() & folders.keys():
        path = min(both)
        raise MergeRefused(
            f"{path!r} is a file or a link in the artifact {files[path]!r}, and a folder in the artifact "
            f"{folders[path]!r}; rename one of them."
        )
    return entries.values()


def _write(entries: Collection[_Entry], out: BinaryIO, tick: Tick) -> Merged:
    directory = bytearray()
    for entry in entries:
        tick()
        path = entry.path + "/" * entry.is_folder
        local, record = headers(entry.info, path, out.tell())
        out.write(local)
        directory += record
        entry.artifact.file.seek(entry.start)
        for at in range(0, entry.info.compress_size, CHUNK):
            tick()
            out.write(entry.artifact.file.read(min(CHUNK, entry.info.compress_size - at)))
    start = out.tell()
    out.write(directory)
    out.write(end(len(entries), len(directory), start))
    return Merged(sum(not entry.is_folder for entry in entries), out.tell())
