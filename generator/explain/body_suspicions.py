"""What looks wrong with a captured body: a lost or wrong content-encoding, or a body that is not as it was sent."""

from __future__ import annotations

import json
from collections.abc import Iterator

from lambdas.reading.body import Rejected
from lambdas.reading.formats import decompress, media_type
from lambdas.reading.request import Request

_GZIP = b"\x1f\x8b\x08"
"""The first bytes of every gzip file (RFC 1952, 2.3.1): its mark, and its only compression method."""
_MANY_KEYS = 5
"""Keys of a body that are in the alphabet's order by chance only once in 120 times."""
Suspicion = tuple[str, str]
"""A diagnosis, and advice."""


def body_suspicions(request: Request) -> Iterator[Suspicion]:
    """Yield what may be wrong with a body, each with advice."""
    yield from _coding(request)
    yield from _changed_body(request)


def undeclared_gzip(request: Request) -> Iterator[Suspicion]:
    """Yield that the body is gzip without a header that says so: certain, whether the request verifies or not."""
    if request.body.startswith(_GZIP) and "content-encoding" not in request.headers:
        advice = (
            "capture the header too; if it was never sent, have the vendor, or a proxy before the endpoint, send it"
        )
        yield "the body is gzip by its first bytes, and no content-encoding header says so", advice


def _coding(request: Request) -> Iterator[Suspicion]:
    headers = request.headers
    try:
        decompress(request.body, headers)
    except Rejected:
        coding = headers.get("content-encoding")
        diagnosis = f"content-encoding says {coding}, and the body is not compressed so: it was decompressed on its way"
        yield (
            diagnosis,
            "what is signed may be the compressed body: capture what arrives, and let nothing decompress it",
        )


def _changed_body(request: Request) -> Iterator[Suspicion]:
    """Yield what shows that a body is not as it was sent, and that no search can undo."""
    if "content-encoding" in request.headers or not request.body:
        return
    try:
        text = request.body.decode()
    except UnicodeDecodeError:
        yield "the body is no text in UTF-8", "it may be compressed, or in another character set: capture what arrives"
        return
    if "json" not in media_type(request.headers):
        return
    try:
        members = json.loads(text)
    except (ValueError, RecursionError):
        yield "the body is not JSON, as content-type says it is", "it may be cut off: capture all of it"
        return
    if isinstance(members, dict) and len(members) >= _MANY_KEYS and list(members) == sorted(members):
        diagnosis = "the keys of the body are in the order of the alphabet"
        yield diagnosis, "it may have been parsed and written anew, with another order than was signed"
