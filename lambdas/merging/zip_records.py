"""Write the records of a zip: local headers, directory records and the end of the directory, in zip64 where needed.

https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT
"""

from __future__ import annotations

import struct
from zipfile import ZipInfo

_OPTIONS = 0x0006  # of the compression: with LZMA, one of these flags means that a marker ends the data
_UTF8 = 0x0800
_FULL_16, _FULL_32 = 0xFFFF, 0xFFFF_FFFF  # in place of a value that a zip64 record has
_ZIP64_VERSION = 45

_COMMON = struct.Struct("<2B4H3L2H")  # from the version needed to extract to the lengths of name and extra fields


def entry_records(info: ZipInfo, path: str, offset: int) -> tuple[bytes, bytes]:
    """Return the local header of an entry that is written at `offset` as `path`, and its directory record."""
    name, flags = _encode_name(info, path)
    year, month, day, hour, minute, second = info.date_time
    time, date = hour << 11 | minute << 5 | second // 2, (year - 1980) << 9 | month << 5 | day
    is_long = max(info.file_size, info.compress_size) >= _FULL_32
    sizes = (info.file_size, info.compress_size) if is_long else ()
    far_offset = (offset,) if offset >= _FULL_32 else ()
    version = max(info.extract_version, _ZIP64_VERSION if is_long or far_offset else 0)
    packed, unpacked = (_FULL_32, _FULL_32) if is_long else (info.compress_size, info.file_size)

    def common(extra: bytes) -> bytes:
        fields = (version, 0, flags | info.flag_bits & _OPTIONS, info.compress_type, time, date, info.CRC)
        return _COMMON.pack(*fields, packed, unpacked, len(name), len(extra))

    local_extra, directory_extra = _zip64_field(sizes), _zip64_field(sizes + far_offset)
    system = struct.pack("<2B", info.create_version, info.create_system)
    attributes = struct.pack("<3H2L", 0, 0, info.internal_attr, info.external_attr, min(offset, _FULL_32))
    return (
        b"PK\3\4" + common(local_extra) + name + local_extra,
        b"PK\1\2" + system + common(directory_extra) + attributes + name + directory_extra,
    )


def _encode_name(info: ZipInfo, path: str) -> tuple[bytes, int]:
    """Return the path in its original encoding where that is possible, and the flag of its encoding."""
    # The names differ where an extra field, which is dropped, had the name in UTF-8.
    if not info.flag_bits & _UTF8 and info.filename == info.orig_filename:
        try:
            return path.encode("cp437"), 0
        except UnicodeEncodeError:
            pass  # the folder in front of it is not in cp437
    return path.encode(), _UTF8


def _zip64_field(values: tuple[int, ...]) -> bytes:
    return struct.pack(f"<2H{len(values)}Q", 1, 8 * len(values), *values) if values else b""


def end_records(count: int, size: int, offset: int) -> bytes:
    """Return the end of a zip: the number of entries, and the size and offset of its directory."""
    records = b""
    if count >= _FULL_16 or max(size, offset) >= _FULL_32:
        version = _ZIP64_VERSION
        records += struct.pack("<4sQ2H2L4Q", b"PK\6\6", 44, version, version, 0, 0, count, count, size, offset)
        records += struct.pack("<4sLQL", b"PK\6\7", 0, offset + size, 1)
    count, size, offset = min(count, _FULL_16), min(size, _FULL_32), min(offset, _FULL_32)
    return records + struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, count, count, size, offset, 0)
