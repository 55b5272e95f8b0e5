"""Mistakes in the body: line breaks, rewritten JSON or forms, compression, base64, character sets."""

from __future__ import annotations

import base64
import contextlib
import gzip
import re
import zlib
from collections.abc import Iterator
from itertools import chain

from generator.explain.mistakes import Mistake, VerificationAttempt, rewritten, with_request, wrapped
from generator.explain.mistakes.rewritten import Variant
from lambdas.reading.body import Rejected
from lambdas.reading.formats import decompress, media_type
from lambdas.reading.request import FORM, Request

_LINES = "pass on what was sent: an editor, a shell or the tool that captured it changed the line breaks"
_COMPRESSED = "let what stands before the endpoint neither compress nor decompress, and capture what arrives there"
_BASE64 = re.compile(rb"[A-Za-z0-9+/_\s-]+={0,2}\s*")
_URL_SAFE = bytes.maketrans(b"-_", b"+/")
_FORM_BODY = re.compile(rb"[\w.%\[\]-]+=")
_BOM = b"\xef\xbb\xbf"
_UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")


def body_mistakes(attempt: VerificationAttempt) -> Iterator[Mistake]:
    """Yield each other body that may have been signed."""
    # Hashes instead of bodies: a hundred bodies of 6 MB may be more memory than a machine has.
    known = {hash(attempt.request.body)}
    usual = ((variant, True) for variant in _variants(attempt.request))
    rare = ((variant, False) for variant in _rare_variants(attempt.request.body))
    for (body, diagnosis, advice), in_pairs in chain(usual, rare):
        if hash(body) not in known:
            known.add(hash(body))
            yield Mistake("body", f"what was signed is {diagnosis}", advice, with_request(body=body), in_pairs)
    if "{body" in getattr(attempt.settings, "signed", "") and attempt.request.body:
        # On the axis of texts: together with another text, it would only say that the text has no body in it.
        advice = "the sender must sign the body that it sends: whoever gets hold of it can change it"
        yield Mistake("text", "what was signed is an empty body", advice, with_request(body=b""))


def type_mistakes(attempt: VerificationAttempt) -> Iterator[Mistake]:
    """Yield the content type of a form, where it was lost on a body whose fields are signed."""
    request = attempt.request
    if "{form_sorted}" in attempt.settings.signed and media_type(request.headers) != FORM:
        sent = request.headers.get("content-type")
        state = f"content-type is {sent}" if sent else "there is no content-type"
        advice = "have it passed on, or capture it too: what is signed are the fields, which only a form has"
        headers = {**request.headers, "content-type": FORM}
        yield Mistake("type", f"{state}, and the body is a form", advice, with_request(headers=headers))


def _variants(request: Request) -> Iterator[Variant]:
    body = request.body
    yield from _breaks(body)
    yield from rewritten.rewritten_json(body)
    if media_type(request.headers) == FORM or _FORM_BODY.match(body):
        yield from rewritten.rewritten_forms(body)
    yield from wrapped.wrapped_bodies(body)
    yield from _compressed(request)
    yield from _recoded(body)


def _rare_variants(body: bytes) -> Iterator[Variant]:
    yield from rewritten.rarely_rewritten_json(body)
    yield from wrapped.rarely_wrapped_bodies(body)


def _breaks(body: bytes) -> Iterator[Variant]:
    for end, name in ((b"\r\n", "CRLF"), (b"\n", "LF"), (b"\r\n\r\n", "two CRLF"), (b"\n\n", "two LF")):
        yield body.removesuffix(end), f"the body without the line break ({name}) at its end", _LINES
        yield body + end, f"the body with a line break ({name}) at its end", _LINES
    unix = body.replace(b"\r\n", b"\n")
    yield unix, "the body with LF for every CRLF", _LINES
    yield unix.replace(b"\n", b"\r\n"), "the body with CRLF for every LF", _LINES
    yield body.strip(), "the body without the white space around it", _LINES.replace("line breaks", "white space")
    marked = "pass on what was sent: an editor or the tool that captured it {} a byte order mark"
    yield body.removeprefix(_BOM), "the body without its byte order mark", marked.format("added")
    yield _BOM + body, "the body with a byte order mark", marked.format("took away")


def _compressed(request: Request) -> Iterator[Variant]:
    body, plain = request.body, "the body decompressed"
    declared = [request.headers] if "content-encoding" in request.headers else []
    for headers in [*declared, {"content-encoding": "gzip"}, {"content-encoding": "deflate"}]:
        try:
            yield decompress(body, headers), plain, _COMPRESSED
        except Rejected:
            continue
    for level in (6, 9, 1):
        yield gzip.compress(body, level, mtime=0), "the body compressed with gzip", _COMPRESSED
        yield zlib.compress(body, level), "the body compressed with deflate", _COMPRESSED


def _recoded(body: bytes) -> Iterator[Variant]:
    if len(body) >= 8 and _BASE64.fullmatch(body):
        try:
            text = b"".join(body.split()).translate(_URL_SAFE).rstrip(b"=")
            decoded = base64.b64decode(text + b"=" * (-len(text) % 4), validate=True)
            yield (
                decoded,
                "the body decoded from base64",
                "the body is still in base64: say so with isBase64Encoded: true",
            )
        except ValueError:
            pass
    advice = "pass on what was sent: the body was read in one character set, and written in another"
    if body.startswith(_UTF16_MARKS):
        with contextlib.suppress(UnicodeError):
            yield body.decode("utf-16").encode(), "the body in UTF-8", advice
    for codec in ("latin-1", "cp1252"):
        for source, target in (("utf-8", codec), (codec, "utf-8")):
            try:
                yield (
                    body.decode(source).encode(target),
                    f"the body in {codec if source == 'utf-8' else 'UTF-8'}",
                    advice,
                )
            except UnicodeError:
                continue
