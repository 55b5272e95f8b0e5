"""Two zips in one, byte for byte where it counts, and what is refused on the way."""

from __future__ import annotations

import io
import stat
import struct
import tracemalloc
import warnings
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lambdas.merging import raw_zip, zip_records
from lambdas.merging.raw_zip import Artifact, Merged, MergeRefused, merge, safe_path

METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA)
LINK, FILE, FOLDER = stat.S_IFLNK | 0o777, stat.S_IFREG | 0o644, stat.S_IFDIR | 0o755


@dataclass(frozen=True)
class Member:
    """An entry as a test wants it; a folder's name ends with a slash."""

    name: str
    content: bytes = b""
    mode: int = FILE
    method: int = zipfile.ZIP_STORED
    cp437: bool = False
    time: tuple[int, int, int, int, int, int] = (2026, 11, 20, 13, 14, 16)
    system: int = 3
    extra: bytes = b""
    streamed: bool = field(default=False, compare=False)


class Written(zipfile.ZipInfo):
    """Writes names in cp437, as old archivers do, where it is told to; Python has only ASCII and UTF-8."""

    __slots__ = ("cp437",)
    cp437: bool

    def _encodeFilenameFlags(self) -> tuple[bytes, int]:  # noqa: N802
        if self.cp437:
            return self.filename.encode("cp437"), self.flag_bits & ~0x800
        return self.filename.encode(), self.flag_bits | 0x800


class Pipe(io.RawIOBase):
    """Where a streaming writer writes: with no way back to the header, sizes follow the data."""

    def __init__(self) -> None:
        self.data = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, data: Any, /) -> int:
        self.data += data
        return len(data)


def zipped(*members: Member | str, into: IO[bytes] | None = None) -> bytes:
    """A zip; a text is an empty file of that name."""
    written_members = [Member(member) if isinstance(member, str) else member for member in members]
    streamed = any(member.streamed for member in written_members)
    target: Any = into or (Pipe() if streamed else io.BytesIO())
    with zipfile.ZipFile(target, "w") as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a name may be there twice
        for member in written_members:
            info = Written(member.name, member.time)
            info.cp437 = member.cp437
            info.compress_type, info.create_system, info.extra = member.method, member.system, member.extra
            info.external_attr = member.mode << 16 | (0x10 if member.name.endswith("/") else 0x20)
            with archive.open(info, "w") as entry:
                entry.write(member.content)
    if into:
        return b""
    return bytes(target.data) if streamed else target.getvalue()


def merged(application: bytes, configuration: bytes, folder: str = "config") -> bytes:
    out = io.BytesIO()
    inputs = Artifact("App", io.BytesIO(application)), Artifact("Config", io.BytesIO(configuration))
    summary = merge(*inputs, folder, out, lambda: None)
    assert summary.bytes == len(out.getvalue())
    return out.getvalue()


def refusal(application: bytes, configuration: bytes = zipped(), folder: str = "config") -> str:
    with pytest.raises(MergeRefused) as refused:
        merged(application, configuration, folder)
    return str(refused.value)


def members(data: bytes | IO[bytes]) -> list[Member]:
    """What Python's zipfile makes of a zip."""
    with zipfile.ZipFile(data if not isinstance(data, bytes) else io.BytesIO(data)) as opened:
        assert opened.testzip() is None
        return [
            Member(
                entry.filename,
                opened.read(entry),
                entry.external_attr >> 16,
                entry.compress_type,
                not entry.flag_bits & 0x800,
                entry.date_time,
                entry.create_system,
            )
            for entry in opened.infolist()
        ]


def names(data: bytes) -> list[str]:
    return [member.name for member in members(data)]


def walked(data: bytes) -> Iterator[tuple[int, bytes, int, int, int]]:
    """Flags, name, CRC and sizes, from the local headers alone, as one who reads a zip from a stream does."""
    at = 0
    while data[at : at + 4] == b"PK\3\4":
        flags, crc, packed, unpacked, name, extra = struct.unpack_from("<2xH2x4xL2L2H", data, at + 4)
        yield flags, data[at + 30 : at + 30 + name], crc, packed, unpacked
        at += 30 + name + extra + packed
    assert data[at : at + 4] in {b"PK\1\2", b"PK\5\6"}


SEGMENTS = st.sampled_from(["a", "b", "c.sh", "é", "ü b", "日本", "a.b", "Ä"])
PATHS = st.lists(SEGMENTS, min_size=1, max_size=3).map("/".join)


@st.composite
def made_up(draw: st.DrawFn) -> Member:
    path = draw(PATHS)
    kind = draw(st.sampled_from(["file", "file", "file", "folder", "link"]))
    content, mode = draw(st.binary(max_size=100)) * draw(st.sampled_from([1, 1, 50])), FILE
    if kind == "folder":
        path, content, mode = f"{path}/", b"", FOLDER
    elif kind == "link":
        up = draw(st.integers(0, path.count("/")))
        content, mode = ("../" * up + draw(PATHS)).encode(), LINK
    else:
        mode = draw(st.sampled_from([FILE, stat.S_IFREG | 0o755, 0o600, 0]))
    return Member(
        path,
        content,
        mode,
        draw(st.sampled_from(METHODS)),
        draw(st.booleans()) and "日" not in path,
        draw(st.sampled_from([(1980, 1, 1, 0, 0, 0), (2026, 12, 31, 23, 59, 58), (2107, 2, 3, 4, 5, 6)])),
        draw(st.sampled_from([0, 3, 19])),
        streamed=draw(st.sampled_from([False, False, True])),
    )


TREES = st.lists(made_up(), max_size=6)


def beneath(member: Member, folder: str) -> Member:
    return Member(
        f"{folder}/{member.name}" if folder else member.name,
        member.content,
        member.mode,
        member.method,
        member.cp437,
        member.time,
        member.system,
    )


def impossible(listed: list[Member]) -> bool:
    """A path that is a file for one entry and a folder for another."""
    files = {member.name for member in listed if not member.name.endswith("/")}
    folders = {member.name for member in listed if member.name.endswith("/")}
    below = {f"{parent}/" for member in listed for parent in parents(member.name.rstrip("/"))}
    return any(f"{file}/" in folders | below for file in files)


def parents(path: str) -> Iterator[str]:
    while "/" in path:
        path = path.rpartition("/")[0]
        yield path


@given(TREES, TREES, st.sampled_from([("config", "config"), ("./a//b/", "a/b"), ("é", "é"), (".", "")]))
@settings(max_examples=3 * settings().max_examples // 2)
def test_merged_zip_has_both_inputs_and_the_configuration_wins(
    application: list[Member], configuration: list[Member], folder: tuple[str, str]
) -> None:
    given_as, normal = folder
    listed = [*application, *(beneath(member, normal) for member in configuration)]
    if impossible(listed):
        assert " is a file or a link in the artifact " in refusal(
            zipped(*application), zipped(*configuration), given_as
        )
        return
    data = merged(zipped(*application), zipped(*configuration), given_as)
    # Of two entries of one name the latter is there, at the place of the former.
    assert members(data) == list({member.name: member for member in listed}.values())
    with zipfile.ZipFile(io.BytesIO(data)) as opened:
        assert list(walked(data)) == [
            (
                entry.flag_bits,
                entry.filename.encode("utf-8" if entry.flag_bits & 0x800 else "cp437"),
                entry.CRC,
                entry.compress_size,
                entry.file_size,
            )
            for entry in opened.infolist()
        ]
        assert not any(entry.flag_bits & 0x8 for entry in opened.infolist())


def test_merge_reports_the_number_of_files() -> None:
    out = io.BytesIO()
    application = zipped("a", "b/", "b/c", Member("l", b"a", LINK))
    summary = merge(
        Artifact("App", io.BytesIO(application)), Artifact("C", io.BytesIO(zipped("x"))), "config", out, lambda: None
    )
    assert summary == Merged(4, len(out.getvalue()))


def test_a_mode_and_a_link_survive_unpacking_by_others(tmp_path: Path) -> None:
    """As git-archive and info-zip write them, Unix modes and links are in the upper half of the attributes."""
    data = merged(zipped(Member("run", b"#!", stat.S_IFREG | 0o755)), zipped(Member("l", b"../run", LINK)))
    with zipfile.ZipFile(io.BytesIO(data)) as opened:
        for entry in opened.infolist():
            target, mode = tmp_path / entry.filename, entry.external_attr >> 16
            target.parent.mkdir(exist_ok=True)
            if stat.S_ISLNK(mode):
                target.symlink_to(opened.read(entry).decode())
            else:
                target.write_bytes(opened.read(entry))
                target.chmod(stat.S_IMODE(mode))
    assert (tmp_path / "config" / "l").read_bytes() == b"#!"
    assert stat.S_IMODE((tmp_path / "config" / "l").stat().st_mode) == 0o755


@given(PATHS, st.lists(st.sampled_from([".", ""]), max_size=3))
def test_folder_is_the_same_in_every_spelling(path: str, noise: list[str]) -> None:
    written = "/".join([".", *noise, *path.split("/"), *noise])
    assert safe_path(written, "The folder is") == path
    assert safe_path(path, "The folder is") == path


def test_a_name_is_normalised_and_the_archives_root_has_no_entry() -> None:
    assert names(merged(zipped("./", "./a//b", "c/./"), zipped("./", "x"))) == ["a/b", "c/", "config/x"]


def test_an_empty_artifact_changes_nothing() -> None:
    assert names(merged(zipped("a"), zipped())) == ["a"]
    assert names(merged(zipped(), zipped("a"))) == ["config/a"]
    assert merged(zipped(), zipped()) == zipped()


def test_zip_behind_other_bytes_is_read() -> None:
    """As a self-extracting one is: offsets count from where the zip begins, or from where the file does."""
    assert names(merged(b"#!/bin/sh\n" + zipped("a"), zipped())) == ["a"]


def test_folder_outside_cp437_makes_the_name_utf_8() -> None:
    (member,) = members(merged(zipped(), zipped(Member("é", cp437=True)), "日本"))
    assert (member.name, member.cp437) == ("日本/é", False)


@pytest.mark.parametrize("crc", ["right", "wrong"])
def test_name_in_an_extra_field_is_read_as_python_reads_names(crc: str) -> None:
    """Info-ZIP's Unicode path, which new Pythons know. It counts if its checksum is that of the other name."""
    of = zlib.crc32(b"?" if crc == "right" else b"!")
    field = struct.pack("<2HBL", 0x7075, 5 + len("é".encode()), 1, of) + "é".encode()
    application = zipped(Member("?", cp437=True, extra=field))
    (before,), (after,) = members(application), members(merged(application, zipped()))
    assert after.name == before.name
    assert after.name == "?" or not after.cp437


KEPT = (
    *("create_version", "create_system", "extract_version", "internal_attr", "external_attr", "date_time"),
    *("compress_type", "CRC", "compress_size", "file_size"),
)


@pytest.mark.parametrize("method", METHODS)
def test_entry_metadata_stays(method: int) -> None:
    """Also that which no reader asks for but for one method: the end of LZMA's data may be marked."""
    member = Member("a", b"text" * 9, 0o100755, method, streamed=True)
    application = changed(changed(zipped(member), 0, 36, "<H", 1), 0, 4, "<B", 63)
    with (
        zipfile.ZipFile(io.BytesIO(application)) as before,
        zipfile.ZipFile(io.BytesIO(merged(application, zipped()))) as after,
    ):
        (old,), (new,) = before.infolist(), after.infolist()
    assert [getattr(new, name) for name in KEPT] == [getattr(old, name) for name in KEPT]
    assert (old.internal_attr, old.create_version, old.flag_bits & 0x8) == (1, 63, 0x8)
    assert new.flag_bits == old.flag_bits & ~0x8
    assert (new.flag_bits & 0x2 != 0) == (method == zipfile.ZIP_LZMA)


def test_comments_and_extra_fields_go() -> None:
    application = io.BytesIO()
    with zipfile.ZipFile(application, "w") as archive:
        info = zipfile.ZipInfo("a")
        info.comment, info.extra = b"said", struct.pack("<2HBL", 0x5455, 5, 1, 1)
        archive.writestr(info, b"")
        archive.comment = b"of all"
    with zipfile.ZipFile(io.BytesIO(merged(application.getvalue(), zipped()))) as opened:
        assert (opened.comment, opened.infolist()[0].comment, opened.infolist()[0].extra) == (b"", b"", b"")


def test_the_same_inputs_make_the_same_bytes() -> None:
    first, second = zipped("a", Member("b", b"x" * 99, method=zipfile.ZIP_DEFLATED)), zipped("x")
    assert merged(first, second) == merged(first, second)


def test_unneeded_zip64_fields_are_dropped() -> None:
    application = io.BytesIO()
    with zipfile.ZipFile(application, "w") as archive, archive.open("a", "w", force_zip64=True) as entry:
        entry.write(b"content")
    data = merged(application.getvalue(), zipped())
    assert [(member.name, member.content) for member in members(data)] == [("a", b"content")]
    assert struct.unpack_from("<H", data, 28) == (0,)


@pytest.mark.slow
def test_more_entries_than_a_zip_had_room_for() -> None:
    """65,536 of them, so that the end of the zip needs its long form, as that of the input does."""
    count = 65_534
    data = merged(many(count), zipped("x", "y"))
    assert b"PK\6\6" in data[-120:]
    with zipfile.ZipFile(io.BytesIO(data)) as opened:
        assert len(opened.infolist()) == len(set(opened.namelist())) == count + 2
        assert [opened.read(name) for name in ("0", str(count - 1), "config/y")] == [b"", b"", b""]


@pytest.mark.parametrize(
    ("count", "size", "start", "long"),
    [
        (0xFFFE, 0xFFFF_FFFE, 0xFFFF_FFFE, False),
        (0xFFFF, 7, 100, True),
        (1, 0xFFFF_FFFF, 100, True),
        (1, 7, 0xFFFF_FFFF, True),
    ],
)
def test_end_record_is_zip64_only_where_needed(count: int, size: int, start: int, long: bool) -> None:
    end = zip_records.end_records(count, size, start)
    assert len(end) == (98 if long else 22)
    if long:
        assert struct.unpack_from("<4sQ12x2Q2Q", end) == (b"PK\6\6", 44, count, count, size, start)
        assert struct.unpack_from("<4s4xQL", end, 56) == (b"PK\6\7", start + size, 1)


def many(count: int) -> bytes:
    """Empty files, written by hand: zipfile takes a second for as many."""
    local, directory = bytearray(), bytearray()
    for number in range(count):
        name = str(number).encode()
        common = struct.pack("<2B4H3L2H", 20, 0, 0, 0, 0, 33, 0, 0, 0, len(name), 0)
        directory += b"PK\1\2\x14\3" + common + struct.pack("<3H2L", 0, 0, 0, 0, len(local)) + name
        local += b"PK\3\4" + common + name
    end = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, count, count, len(directory), len(local), 0)
    return bytes(local + directory + end)


def test_entries_beyond_4_gib_are_found_again(tmp_path: Path) -> None:
    """The file is sparse: what lies before the zip takes no room on the disk."""
    far = 0xFFFF_FFFF - 36
    with (tmp_path / "far.zip").open("w+b") as out:
        out.seek(far)
        application = Artifact("App", io.BytesIO(zipped(Member("a", b"first"), Member("b", b"second"))))
        summary = merge(application, Artifact("Config", io.BytesIO(zipped("x"))), "config", out, lambda: None)
        assert summary.bytes == out.tell()
        assert [(member.name, member.content) for member in members(out)] == [
            ("a", b"first"),
            ("b", b"second"),
            ("config/x", b""),
        ]
        with zipfile.ZipFile(out) as opened:
            # The last place that 32 bits have room for stands for "see the zip64 record".
            assert [entry.header_offset for entry in opened.infolist()] == [far, far + 36, far + 73]
            assert [entry.extract_version for entry in opened.infolist()] == [20, 45, 45]


def test_entry_unpacking_to_4_gib_keeps_the_size() -> None:
    """It declares them; nothing here looks."""
    declared = bytearray(zipped(Member("a", method=zipfile.ZIP_DEFLATED)))
    size = 0xFFFF_FFFF
    record = bytes(declared).index(b"PK\1\2")
    extra = struct.pack("<2HQ", 1, 8, size)
    declared[record + 24 : record + 28] = struct.pack("<L", 0xFFFF_FFFF)
    declared[record + 30 : record + 32] = struct.pack("<H", len(extra))
    declared[record + 47 : record + 47] = extra
    end = bytes(declared).index(b"PK\5\6")
    declared[end + 12 : end + 16] = struct.pack("<L", 47 + len(extra))
    data = merged(bytes(declared), zipped())
    with zipfile.ZipFile(io.BytesIO(data)) as opened:
        (entry,) = opened.infolist()
        assert (entry.file_size, entry.compress_size, entry.extract_version) == (size, 2, 45)
    # Beside the data both sizes are in the long form, as the format demands there.
    assert struct.unpack_from("<2L2H", data, 18) == (0xFFFF_FFFF, 0xFFFF_FFFF, 1, 20)
    assert struct.unpack_from("<2H2Q", data, 31) == (1, 16, size, 2)
    assert refusal(bytes(declared), bytes(declared)) == (
        "Unpacked, the merged zip would have 8,589,934,590 bytes; it may have at most 4,294,967,296."
    )


def test_memory_does_not_grow_with_the_content(tmp_path: Path) -> None:
    content = bytes(8_000_000)
    for name in ("app", "config"):
        with (tmp_path / name).open("wb") as file:
            zipped(Member("a", content), into=file)
    with (
        (tmp_path / "app").open("rb") as app,
        (tmp_path / "config").open("rb") as config,
        (tmp_path / "out").open("wb") as out,
    ):
        tracemalloc.start()
        merge(Artifact("App", app), Artifact("Config", config), "config", out, lambda: None)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert (tmp_path / "out").stat().st_size > 16_000_000
    assert peak < 2_000_000


LEAVES = "it must be relative, without '..', backslash, drive letter or NUL."


@pytest.mark.parametrize("path", ["/a", "../a", "a/../b", "a/..", "..", "a\\b", "C:a", "c:/a", "/"])
def test_path_leading_outside_is_refused(path: str) -> None:
    assert refusal(zipped(path)) == f"The artifact 'App' has the entry {path!r}; {LEAVES}"
    assert refusal(zipped(), zipped(path)) == f"The artifact 'Config' has the entry {path!r}; {LEAVES}"
    assert refusal(zipped(), zipped("x"), path) == f"The folder is {path!r}; {LEAVES}"


def test_a_nul_is_refused() -> None:
    """Python takes what stands before it for the name."""
    assert refusal(zipped("a_b").replace(b"a_b", b"a\0b")) == f"The artifact 'App' has the entry 'a\\x00b'; {LEAVES}"
    assert refusal(zipped(), zipped(), "a\0") == f"The folder is 'a\\x00'; {LEAVES}"


@pytest.mark.parametrize("name", ["", ".", "./."])
def test_a_file_needs_a_name(name: str) -> None:
    assert refusal(zipped(name)) == "The artifact 'App' has an entry without a name."


def test_name_may_be_as_long_as_linux_allows() -> None:
    assert names(merged(zipped(), zipped("é" * 2_044))) == ["config/" + "é" * 2_044]
    assert refusal(zipped(), zipped("é" * 2_044 + "a")) == (
        f"The artifact 'Config' has the entry '{'é' * 200}'…, whose name is too long: it may have at most 4,095 bytes."
    )


@pytest.mark.parametrize("target", ["a", "../a", "./.././a", "..", ".", "../b/c/d", "a/./b//c", "…"])
def test_a_link_within_the_artifact_stays(target: str) -> None:
    link = Member("b/l", target.encode(), LINK)
    assert members(merged(zipped(link), zipped()))[0].content == target.encode()


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("target", ["/etc/passwd", "../../a", "a/../../../b", "a/..", "", "a\\b", "c:a", "a\0b"])
def test_a_link_out_of_the_artifact_is_refused(target: str, method: int) -> None:
    link = Member("b/l", target.encode(), LINK, method)
    assert refusal(zipped(link)) == (
        f"The artifact 'App' has the link 'b/l' to {target!r}; it must be relative and stay inside the artifact, "
        "with '..' only at its start."
    )


def test_a_link_of_the_configuration_may_lead_into_the_application() -> None:
    assert names(merged(zipped("run"), zipped(Member("l", b"../run", LINK)))) == ["run", "config/l"]
    assert refusal(zipped(), zipped(Member("l", b"../../run", LINK))) == (
        "The artifact 'Config' has the link 'config/l' to '../../run'; it must be relative and stay inside the "
        "artifact, with '..' only at its start."
    )


def test_a_link_has_no_more_content_than_a_path() -> None:
    assert names(merged(zipped(Member("l", b"x" * 4_095, LINK)), zipped())) == ["l"]
    assert refusal(zipped(Member("l", b"x" * 4_096, LINK))) == "The artifact 'App' has the link 'l', which is too long."


def test_a_link_whose_name_ends_as_a_folders_is_a_link() -> None:
    assert names(merged(zipped(Member("l/", b"a", LINK)), zipped())) == ["l"]
    assert refusal(zipped(Member("l/", b"a", LINK), "l/x")) == both("l", "App", "App")


def both(path: str, file: str, folder: str) -> str:
    return (
        f"{path!r} is a file or a link in the artifact {file!r}, and a folder in the artifact {folder!r}; "
        "rename one of them."
    )


@pytest.mark.parametrize(
    ("application", "configuration", "message"),
    [
        (["config"], ["x"], both("config", "App", "Config")),
        ([Member("config", b"other", LINK)], ["x"], both("config", "App", "Config")),
        (["config/a"], ["a/b"], both("config/a", "App", "Config")),
        (["config/a/b"], ["a"], both("config/a", "Config", "App")),
        (["config/a/"], ["a"], both("config/a", "Config", "App")),
        (["config/a"], ["a/"], both("config/a", "App", "Config")),
        (["a/x/", "a/x"], [], both("a/x", "App", "App")),
        (["a", "a/b"], [], both("a", "App", "App")),
        (["config/b", "config/a"], ["b/x", "a/x"], both("config/a", "App", "Config")),
        ([], ["a/b/c", "a"], both("config/a", "Config", "Config")),
    ],
)
def test_a_file_is_no_folder(application: list[Member | str], configuration: list[str], message: str) -> None:
    assert refusal(zipped(*application), zipped(*configuration)) == message


def broken(why: str, name: str = "App") -> str:
    return f"The artifact {name!r} is no zip, or a damaged one: {why}."


@pytest.mark.parametrize("data", [b"", b"PK", b"no zip", zipped("a", "b")[:-30]])
def test_input_without_a_zip_is_refused_by_name(data: bytes) -> None:
    assert refusal(data) == broken("File is not a zip file")
    assert refusal(zipped(), data) == broken("File is not a zip file", "Config")


def changed(data: bytes, record: int, at: int, layout: str, value: int) -> bytes:
    """With another value in the n-th record of the directory."""
    offset = -1
    for _ in range(record + 1):
        offset = data.index(b"PK\1\2", offset + 1)
    patched = bytearray(data)
    struct.pack_into(layout, patched, offset + at, value)
    return bytes(patched)


SIZE, LENGTH, OFFSET, FLAGS = 20, 24, 42, 8


@pytest.mark.parametrize("flags", [0x1, 0x40, 0x2000])
def test_an_encrypted_entry_is_refused(flags: int) -> None:
    assert refusal(changed(zipped("a", "b"), 1, FLAGS, "<H", flags)) == (
        "The artifact 'App' has 'b' encrypted; make it without a password."
    )


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (changed(zipped("a", Member("b", b"12")), 1, OFFSET, "<L", 0), "'a' and 'b' have bytes in common"),
        (changed(zipped(Member("a", b"12"), "b"), 0, SIZE, "<L", 3), "'a' is stored, but has two sizes"),
        (
            changed(changed(zipped(Member("a", b"12"), "b"), 0, SIZE, "<L", 3), 0, LENGTH, "<L", 3),
            "'a' and 'b' have bytes in common",
        ),
        (changed(zipped(Member("a", b"12")), 0, SIZE, "<L", 0xFFFF_FFFE), "'a' reaches beyond the end of the data"),
        (
            changed(changed(zipped(Member("a", b"12")), 0, SIZE, "<L", 3), 0, LENGTH, "<L", 3),
            "'a' reaches beyond the end of the data",
        ),
        (changed(zipped("a"), 0, OFFSET, "<L", 5), "'a' is not where the directory says"),
        (changed(zipped("a"), 0, OFFSET, "<L", 99_999), "error"),
        (zipped("a")[7:], "ValueError"),
        (zipped(Member("l", b"target", LINK)).replace(b"target", b"tarGet"), "Bad CRC-32 for file 'l'"),
        (
            changed(zipped(Member("l", b"target", LINK, zipfile.ZIP_DEFLATED)), 0, 10, "<H", 9),
            "NotImplementedError",
        ),
    ],
)
def test_a_zip_whose_directory_lies_is_refused(data: bytes, why: str) -> None:
    assert refusal(data) == broken(why)


def test_bomb_of_entries_sharing_data_is_refused() -> None:
    """Two entries whose local headers differ, the data of the one holding the whole of the other."""
    inner = zipped(Member("b", b"12"))
    outer = zipped(Member("a", inner[:33]), Member("b", b"12"))
    assert refusal(changed(outer, 1, OFFSET, "<L", 31)) == broken("'a' and 'b' have bytes in common")


@given(st.data())
@settings(max_examples=3 * settings().max_examples)
def test_a_damaged_zip_is_merged_or_refused(data: st.DataObject) -> None:
    """Nothing else is ever raised, whichever bytes changed."""
    whole = bytearray(
        zipped(
            Member("a", b"text" * 9, method=zipfile.ZIP_DEFLATED),
            Member("l", b"a", LINK, data.draw(st.sampled_from(METHODS))),
            Member("é", b"", cp437=True, extra=struct.pack("<2HQ", 1, 8, 7)),
        )
    )
    for _ in range(data.draw(st.integers(1, 4))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    try:
        merged(bytes(whole), zipped("x"))
    except MergeRefused as refused:
        assert str(refused)  # noqa: PT017 - both ends are good


def test_too_many_entries_are_refused_before_reading(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(raw_zip, "MAX_ENTRIES", 2)
    assert names(merged(zipped("a", "b"), zipped("x", "y"))) == ["a", "b", "config/x", "config/y"]
    assert refusal(zipped("a"), zipped("a", "b", "c")) == "The artifact 'Config' has more than 2 entries."


def test_too_long_a_directory_is_refused_before_reading(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(raw_zip, "MAX_DIRECTORY", 1_000)
    assert refusal(zipped("x" * 1_000)) == "The artifact 'App' has a directory of more than 1,000 bytes."


@pytest.mark.parametrize(("last", "size"), [(1, 0), (5, 0), (6, 31), (7, 41), (15, 121), (16, 131)])
def test_merge_stops_between_entries_and_between_chunks(monkeypatch: pytest.MonkeyPatch, last: int, size: int) -> None:
    """Four ticks while the directories are read, then one for each entry and one for each chunk of it."""
    monkeypatch.setattr(raw_zip, "CHUNK", 10)
    out, ticks = io.BytesIO(), iter(range(1, 99))

    def check_deadline() -> None:
        if next(ticks) == last:
            raise MergeRefused("enough")

    application = Artifact("App", io.BytesIO(zipped(Member("a", bytes(100)), "b")))
    with pytest.raises(MergeRefused, match=r"^enough$"):
        merge(application, Artifact("Config", io.BytesIO(zipped())), "", out, check_deadline)
    assert len(out.getvalue()) == size


def test_too_deeply_nested_name_is_refused() -> None:
    assert "lies too deep: a name may have at most 128 parts." in refusal(zipped("/".join(["a"] * 130)))


def test_folders_without_end_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    data = zipped(*(f"{'n' * 100}{number}/a" for number in range(20)))
    monkeypatch.setattr(raw_zip, "MAX_DIRECTORY", 1_900)
    monkeypatch.setattr(raw_zip._BoundedFile, "read", lambda self, size=-1: self._artifact.file.read(size))
    assert refusal(data) == "The names of all folders together have more than 1,900 characters."
