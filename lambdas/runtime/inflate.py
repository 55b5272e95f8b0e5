"""Inflate a body block by block, where its first bytes say that it is gzip."""

from __future__ import annotations

import zlib
from collections.abc import Iterator

MAGIC = b"\x1f\x8b"
_GZIP_WBITS = 31
_BLOCK = 65_536
_OTHER_ENCODINGS = {"br", "compress", "deflate", "zstd"}


class NotInflated(Exception):  # noqa: N818 - it names the outcome
    """A body can't be inflated; the text goes on after "sends a body that"."""


def inflate(blocks: Iterator[bytes], encoding: str) -> Iterator[bytes]:
    """Yield a body, inflated if it is gzip, in blocks of at most 64 KB however much they become.

    The first bytes tell gzip, and not the header Content-Encoding: some servers name what they do not send, or send
    gzip as the type of the body. The first block has at least two bytes, if the body has.
    """
    first = next(blocks, b"")
    if first.startswith(MAGIC):
        yield from _inflate_members(first, blocks)
    elif first:
        if _OTHER_ENCODINGS & {name.strip().lower() for name in encoding.split(",")}:
            raise NotInflated("is compressed in another way than gzip")
        yield first
        yield from blocks


def _inflate_members(data: bytes, blocks: Iterator[bytes]) -> Iterator[bytes]:
    """Inflate gzip's members, one after the other: a file of logs often has several. Zeros at its end are padding."""
    member = zlib.decompressobj(_GZIP_WBITS)
    while data or (data := next(blocks, b"")):
        if member.eof:
            data = data.lstrip(b"\0")
            member = zlib.decompressobj(_GZIP_WBITS) if data else member
            continue
        try:
            inflated = member.decompress(data, _BLOCK)
        except zlib.error:
            raise NotInflated("begins as gzip and is not") from None
        data = member.unconsumed_tail or member.unused_data
        if inflated:
            yield inflated
    if not member.eof:
        raise NotInflated("is gzip and breaks off")
