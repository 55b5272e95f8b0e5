"""Another scheme than the definition says: another header, prefix, encoding or hash function."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from generator.explain.mistakes import Attempt, Mistake, carrying, having, sent
from lambdas.signatures.signature_check import headers

ALGORITHMS = ("sha256", "sha1", "sha512", "sha384", "md5")
NEVER = frozenset({"authorization", "cookie", "host", "user-agent", "content-type", "content-length", "accept"})
"""Headers that carry neither signature nor time."""
_BEFORE = re.compile(r"(?:^|[, ;])\s*([A-Za-z][A-Za-z0-9_-]{0,15}[=:, ])")
_MADE = re.compile(r"(?:[A-Za-z][A-Za-z0-9_-]{0,15}[=:, ])?[A-Za-z0-9+/_=-]{27,}")


def algorithms(attempt: Attempt) -> Iterator[Mistake]:
    """Other hash functions."""
    own = getattr(attempt.settings, "algorithm", None)
    for one in ALGORITHMS if own else ():
        if one != own:
            known = one in ALGORITHMS[:3]
            todo = f"in the definition, `algorithm: {one}`" if known else "have the vendor sign with SHA-256"
            said = f"the signature is made with {one.upper()}, not with {str(own).upper()}"
            yield Mistake("algorithm", said, todo, having(algorithm=one))


def encodings(attempt: Attempt) -> Iterator[Mistake]:
    """Other ways of writing the signature's bytes."""
    own = attempt.settings.signature.encoding
    for one in ("hex", "base64", "base64url"):
        if one != own:
            todo = f"in the definition, `signature: {{encoding: {one}}}`"
            said = f"the signature is written in {one}, not in {own}"
            yield Mistake("encoding", said, todo, carrying(encoding=one))


def places(attempt: Attempt, as_sent: Iterable[tuple[str, str]]) -> Iterator[Mistake]:
    """Other headers, and one of several of the same name; `as_sent` has each."""
    own, there = headers(attempt.settings), attempt.request.headers
    told = " or ".join(attempt.settings.signature.header).lower()
    for name in others(attempt):
        todo = f"in the definition, `signature: {{header: {name}}}`"
        yield Mistake("header", f"the signature is in {name}, not in {told}", todo, carrying(header=(name,)))
    pairs = [(name.lower(), value) for name, value in as_sent]
    for name in own:
        values = [value for other, value in pairs if other == name]
        for value in values if len(values) > 1 else ():
            said = f"{name} stands {len(values)} times, and one of them is good"
            todo = "let what stands before the endpoint leave the header alone: what it adds is joined with a comma"
            yield Mistake("header", said, todo, sent(headers={**there, name: value}))


def others(attempt: Attempt) -> list[str]:
    """The headers beside its own that might carry a signature."""
    never = {*headers(attempt.settings), *NEVER}
    return [name for name, value in attempt.request.headers.items() if name not in never and _MADE.fullmatch(value)]


def forms(attempt: Attempt) -> Iterator[Mistake]:
    """Other texts before a signature, and between several."""
    own, there = attempt.settings.signature, attempt.request.headers
    values = [there[name] for name in (*headers(attempt.settings), *others(attempt)) if name in there]
    for prefix in dict.fromkeys(["", *(found for value in values for found in _BEFORE.findall(value))]):
        if prefix != own.prefix:
            todo = f'in the definition, `prefix: "{prefix}"`' if prefix else "in the definition, no `prefix`"
            said = f"the signature has {prefix or 'nothing'} before it, not {own.prefix or 'nothing'}"
            yield Mistake("prefix", said, todo, carrying(prefix=prefix))
    for split in (",", " ", ";"):
        if split != own.split and any(split in value for value in values):
            todo = f'in the definition, `signature: {{split: "{split}"}}`'
            said = f"the header has several parts, with {split!r} between them"
            yield Mistake("split", said, todo, carrying(split=split))
