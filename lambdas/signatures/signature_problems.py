"""Mistakes in the settings of a signature that show only between keys: a part of the request that is not signed."""

from __future__ import annotations

from collections.abc import Iterator

from lambdas.signatures.signature_settings import PIECE, BodyHash, Signature, SignatureSettings, Timestamp

COVERING = frozenset({"body", "form_sorted", "body_sha256", "body_sha256_base64", "body_sha256_base64url"})
"""Pieces that cover all of a body."""
_OF_URL = frozenset({"url", "url_sha256", "endpoint", "path", "query_sorted"})
_PLACES = ("header", "query", "form")


def signature_problems(settings: SignatureSettings) -> Iterator[tuple[str, str]]:
    """Yield the mistakes that show only between keys, each with its key: a part of the request that is not signed."""
    used = [(name, argument) for name, argument in PIECE.findall(settings.signed)]
    names = {name for name, _ in used}
    stamp, signature = settings.timestamp, settings.signature
    if not names & {*COVERING, "form"} and not settings.body_hash:
        yield "signed", "does not cover the body, so anyone could change it; it must have {body}"
    if "timestamp" in names and not (stamp and stamp.header):
        yield "signed", "has {timestamp}, but no key `timestamp` says which header that is"
    if "id" in names and not settings.id:
        yield "signed", "has {id}, but no key `id` says which header that is"
    if settings.id and "id" not in names:
        yield "id", "is not part of what is signed; take it out, or add {id} to `signed`"
    if settings.url and not names & _OF_URL:
        yield "url", "says how {url} is made, and `signed` has none"
    if settings.signed_headers and "headers" not in names:
        yield "signed_headers", "says which headers are signed, and `signed` has no {headers}"
    for name in sorted(names & {"headers", "header_names"}) if not settings.signed_headers else ():
        yield "signed", f"has {{{name}}}, but no key `signed_headers` says which those are"
    yield from place_problems(signature)
    if stamp:
        yield from _stamp_problems(stamp, names, signature)
    if settings.body_hash:
        yield from _hash_problems(settings.body_hash, used)


def place_problems(signature: Signature) -> Iterator[tuple[str, str]]:
    """Yield what is wrong with where a signature is, and with how it is marked there."""
    places = [name for name in _PLACES if getattr(signature, name)]
    if not places:
        yield "signature.header", "names no header, and neither `query` nor `form` says where the signature is"
    elif len(places) > 1:
        yield f"signature.{places[1]}", f"is another place than `{places[0]}`; take one out"
    yield from part_problems("signature", signature.prefix, signature.split, signature.part)


def part_problems(key: str, prefix: str, split: str, part: int | None) -> Iterator[tuple[str, str]]:
    """Yield what is wrong with how a part of a value is marked: by what stands before it, or by its number."""
    if split and not prefix and part is None:
        yield f"{key}.split", "needs `prefix` or `part`, or parts of other kinds would be taken for signatures"
    if part is not None and (prefix or not split):
        yield f"{key}.part", "counts parts without a prefix, with `split` between them"
    elif part is not None and not 1 <= part <= 20:
        yield f"{key}.part", "must be 1 to 20"
    if prefix.count("*") > 1 or prefix.endswith("*"):
        yield f"{key}.prefix", "has * for any text, once, and needs what stands after that text"


def _stamp_problems(stamp: Timestamp, names: set[str], signature: Signature) -> Iterator[tuple[str, str]]:
    if (stamp.header is None) == (stamp.path is None):
        yield "timestamp", "must have either `header` or `path`"
    elif stamp.header and not names & {"timestamp", "headers"}:
        yield (
            "timestamp",
            "is not part of what is signed, so its window stops no replay; take it out, or add {timestamp} to `signed`",
        )
    elif stamp.path and "body" not in names:
        yield "timestamp.path", "is in the body, and `signed` does not have {body}, so anyone could change it"
    if stamp.split and not stamp.prefix and stamp.part is None:
        yield "timestamp.split", "needs `prefix` or `part`, which says which part is the time"
    if stamp.part is not None and (stamp.prefix or not stamp.split):
        yield "timestamp.part", "counts parts without a prefix, with `split` between them"
    shared = stamp.header and stamp.header.lower() in set(map(str.lower, signature.header))
    marked = (stamp.prefix and signature.prefix) or (stamp.part and signature.part)
    if shared and not (marked and stamp.split and stamp.split == signature.split):
        yield "timestamp", "is in the signature's header: both need `prefix`, or both `part`, and the same `split`"
    elif shared and stamp.part and signature.part and stamp.part >= signature.part:
        yield "timestamp.part", "is one of the signatures: these are all parts from `signature.part` on"
    yield from window_problems(stamp.tolerance, stamp.future)


def window_problems(tolerance: int, future: int | None) -> Iterator[tuple[str, str]]:
    """Yield what is wrong with a replay window."""
    if not 0 < tolerance <= 86_400:
        yield "timestamp.tolerance", "must be 1 to 86400 seconds"
    if future is not None and not 0 <= future <= 86_400:
        yield "timestamp.future", "must be 0 to 86400 seconds"


def _hash_problems(body_hash: BodyHash, used: list[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    if (body_hash.query is None) == (body_hash.header is None):
        yield "body_hash", "must have either `query` or `header`"
    elif body_hash.query and not {("url", ""), ("query", body_hash.query)} & set(used):
        yield "body_hash.query", "is not part of what is signed; `signed` must have {url}"
    elif body_hash.header and ("header", body_hash.header.lower()) not in {
        (name, argument.lower()) for name, argument in used
    }:
        yield "body_hash.header", f"is not part of what is signed; `signed` must have {{header('{body_hash.header}')}}"
