"""A body that is gzip by its first bytes is inflated, up to the limit, and only where it is whole."""

from __future__ import annotations

import gzip
import tracemalloc
import zlib
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdas.runtime.fetch import fetch
from lambdas.runtime.http_types import FetchFailed, FetchRefused, HttpRequest
from lambdas.runtime.inflate import NotInflated, inflate
from lambdas.runtime.origin import Origin
from tests.https_host import CHUNKED, HOST, LATER, HttpsHost, answering, response, whole

GET = HttpRequest("GET", f"https://{HOST}/log.gz", {})
LINES = b"".join(b'{"id": %d}\n' % number for number in range(10_000))
GZIP = gzip.compress(LINES)


def cut(content: bytes, size: int) -> Iterator[bytes]:
    return (content[at : at + size] for at in range(0, len(content), size))


@pytest.mark.slow
@pytest.mark.parametrize("header", ["Content-Encoding: gzip", "Content-Encoding: identity", "Content-Type: text/csv"])
def test_gzip_is_told_by_its_first_bytes(host: HttpsHost, header: str) -> None:
    host.script = answering(whole(GZIP, header))
    assert fetch(GET, LATER, len(LINES)).body == LINES
    host.script = answering(whole(LINES, header))
    assert fetch(GET, LATER, len(LINES)).body == LINES


@pytest.mark.slow
def test_gzip_in_chunks_is_inflated_as_it_comes(host: HttpsHost) -> None:
    chunks = b"".join(b"%x\r\n%b\r\n" % (len(block), block) for block in cut(GZIP, 1))
    host.script = answering(response(CHUNKED, content=chunks + b"0\r\n\r\n"))
    with Origin(GET.url) as origin, origin.stream(GET, LATER, 1_000_000) as answer:
        assert b"".join(answer.blocks) == LINES


@pytest.mark.slow
@pytest.mark.parametrize("encoding", ["br", "deflate", "Zstd", "gzip, br"])
def test_other_compression_is_refused(host: HttpsHost, encoding: str) -> None:
    host.script = answering(whole(zlib.compress(LINES), f"Content-Encoding: {encoding}"))
    with pytest.raises(FetchFailed, match=f"^{HOST} sends a body that is compressed in another way than gzip$"):
        fetch(GET, LATER, 1_000_000)


@pytest.mark.slow
def test_gzip_bomb_is_inflated_up_to_the_limit(host: HttpsHost) -> None:
    bomb = gzip.compress(b"\0" * 300_000_000)
    host.script = answering(whole(bomb))
    tracemalloc.start()
    with pytest.raises(FetchRefused, match=f"^{HOST} sends more than 1,000,000 bytes$"):
        fetch(GET, LATER, 1_000_000)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 5_000_000


@pytest.mark.slow
def test_truncated_gzip_does_not_count(host: HttpsHost) -> None:
    for length in (2, 10, 1_000, len(GZIP) - 8, len(GZIP) - 1):
        host.script = answering(whole(GZIP[:length]))
        with pytest.raises(FetchFailed, match=f"^{HOST} sends a body that is gzip and breaks off$"):
            fetch(GET, LATER, 1_000_000)


@pytest.mark.slow
def test_damaged_gzip_does_not_count(host: HttpsHost) -> None:
    for damaged in (b"\x1f\x8b and text", GZIP[:-8] + b"\0" * 8, GZIP + b"and more"):
        host.script = answering(whole(damaged))
        with pytest.raises(FetchFailed, match=f"^{HOST} sends a body that begins as gzip and is not$"):
            fetch(GET, LATER, 1_000_000)


@given(
    st.lists(st.binary(max_size=200) | st.integers(0, 300_000).map(bytes), min_size=1, max_size=4),
    st.integers(2, 500),
    st.integers(0, 20),
)
def test_members_are_inflated_one_after_the_other(contents: list[bytes], size: int, padding: int) -> None:
    body = b"".join(map(gzip.compress, contents)) + b"\0" * padding
    blocks = list(inflate(cut(body, size), ""))
    assert b"".join(blocks) == b"".join(contents)
    assert all(0 < len(block) <= 65_536 for block in blocks)
    with pytest.raises(NotInflated):
        list(inflate(cut(body.rstrip(b"\0")[:-1], size), ""))


@given(st.binary(max_size=200).filter(lambda body: not body.startswith(b"\x1f\x8b")), st.integers(2, 10))
def test_any_other_body_stays_as_it_is(body: bytes, size: int) -> None:
    assert b"".join(inflate(cut(body, size), "gzip")) == body
