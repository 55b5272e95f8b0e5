"""The records of a zip: what stands before an entry's data, in the directory, and at the end; zip64 where it is needed.

https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT
"""

from __future__ import annotations

import struct
from zipfile import ZipInfo

_OPTIONS = 0x0006  # of the compression: with LZMA, one says that a marker ends the data
_UTF8 = 0x0800
_FULL_16, _FULL_32 = 0xFFFF, 0xFFFF_FFFF  # stands in place of a value that a zip64 record has
_ZIP64_VERSION = 45

_COMMON = struct.Struct("<2B4H3L2H")  # from the version that is needed to the lengths of name and extra fields


def headers(info: ZipInfo, path: str, offset: int) -> tuple[bytes, bytes]:
    """The local header of an entry that is written there under this path, and its record for the directory."""
    name, flags = _name(info, path)
    year, month, day, hour, minute, second = info.date_time
    time, date = hour << 11 | minute << 5 | second // 2, (year - 1980) << 9 | month << 5 | day
    long = max(info.file_size, info.compress_size) >= _FULL_32
    sizes = (info.file_size, info.compress_size) if long else ()
    far = (offset,) if offset >= _FULL_32 else ()
    version = max(info.extract_version, _ZIP64_VERSION if long or far else 0)
    packed, unpacked = (_FULL_32, _FULL_32) if long else (info.compress_size, info.file_size)

    def common(extra: bytes) -> bytes:
        known = (version, 0, flags | info.flag_bits & _OPTIONS, info.compress_type, time, date, info.CRC)
        return _COMMON.pack(*known, packed, unpacked, len(name), len(extra))

    beside, listed = _zip64(sizes), _zip64(sizes + far)
    system = struct.pack("<2B", info.create_version, info.create_system)
    rest = struct.pack("<3H2L", 0, 0, info.internal_attr, info.external_attr, min(offset, _FULL_32))
    return (
        b"PK\3\4" + common(beside) + name + beside,
        b"PK\1\2" + system + common(listed) + rest + name + listed,
    )


def _name(info: ZipInfo, path: str) -> tuple[bytes, int]:
    """As it was encoded, where it still can be, and the flag that says so."""
    # They differ where an extra field, which goes, had the name in UTF-8.
    if not info.flag_bits & _UTF8 and info.filename == info.orig_filename:
        try:
            return path.encode("cp437"), 0
        except UnicodeEncodeError:
            pass  # for the folder's sake
    return path.encode(), _UTF8


def _zip64(values: tuple[int, ...]) -> bytes:
    return struct.pack(f"<2H{len(values)}Q", 1, 8 * len(values), *values) if values else b""


def end(count: int, size: int, start: int) -> bytes:
    """The end of a zip: how many entries, and the length and place of its directory."""
    records = b""
    if count >= _FULL_16 or max(size, start) >= _FULL_32:
        version = _ZIP64_VERSION
        records += struct.pack("<4sQ2H2L4Q", b"PK\6\6", 44, version, version, 0, 0, count, count, size, start)
        records += struct.pack("<4sLQL", b"PK\6\7", 0, start + size, 1)
    count, size, start = min(count, _FULL_16), min(size, _FULL_32), min(start, _FULL_32)
    return records + struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, count, count, size, start, 0)
