"""Another scheme than the definition says: another header, prefix, encoding or hash function."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from generator.explain.mistakes import Mistake, VerificationAttempt, with_request, with_settings, with_signature
from lambdas.signatures.signature_check import signature_headers

ALGORITHMS = ("sha256", "sha1", "sha512", "sha384", "md5")
NEVER_SIGNATURE = frozenset(
    {"authorization", "cookie", "host", "user-agent", "content-type", "content-length", "accept"}
)
"""Headers that carry neither signature nor time."""
_BEFORE = re.compile(r"(?:^|[, ;])\s*([A-Za-z][A-Za-z0-9_-]{0,15}[=:, ])")
_MADE = re.compile(r"(?:[A-Za-z][A-Za-z0-9_-]{0,15}[=:, ])?[A-Za-z0-9+/_=-]{27,}")


def algorithm_mistakes(attempt: VerificationAttempt) -> Iterator[Mistake]:
    """Other hash functions."""
    own = getattr(attempt.settings, "algorithm", None)
    for one in ALGORITHMS if own else ():
        if one != own:
            known = one in ALGORITHMS[:3]
            todo = f"in the definition, `algorithm: {one}`" if known else "have the vendor sign with SHA-256"
            said = f"the signature is made with {one.upper()}, not with {str(own).upper()}"
            yield Mistake("algorithm", said, todo, with_settings(algorithm=one))


def encoding_mistakes(attempt: VerificationAttempt) -> Iterator[Mistake]:
    """Other ways of writing the signature's bytes."""
    own = attempt.settings.signature.encoding
    for one in ("hex", "base64", "base64url"):
        if one != own:
            todo = f"in the definition, `signature: {{encoding: {one}}}`"
            said = f"the signature is written in {one}, not in {own}"
            yield Mistake("encoding", said, todo, with_signature(encoding=one))


def header_mistakes(attempt: VerificationAttempt, as_sent: Iterable[tuple[str, str]]) -> Iterator[Mistake]:
    """Other headers, and one of several of the same name; `as_sent` has each."""
    own, there = signature_headers(attempt.settings), attempt.request.headers
    told = " or ".join(attempt.settings.signature.header).lower()
    for name in possible_signature_headers(attempt):
        todo = f"in the definition, `signature: {{header: {name}}}`"
        yield Mistake("header", f"the signature is in {name}, not in {told}", todo, with_signature(header=(name,)))
    pairs = [(name.lower(), value) for name, value in as_sent]
    for name in own:
        values = [value for other, value in pairs if other == name]
        for value in values if len(values) > 1 else ():
            said = f"{name} stands {len(values)} times, and one of them is good"
            todo = "let what stands before the endpoint leave the header alone: what it adds is joined with a comma"
            yield Mistake("header", said, todo, with_request(headers={**there, name: value}))


def possible_signature_headers(attempt: VerificationAttempt) -> list[str]:
    """The headers beside its own that might carry a signature."""
    never = {*signature_headers(attempt.settings), *NEVER_SIGNATURE}
    return [name for name, value in attempt.request.headers.items() if name not in never and _MADE.fullmatch(value)]


def separator_mistakes(attempt: VerificationAttempt) -> Iterator[Mistake]:
    """Other texts before a signature, and between several."""
    own, there = attempt.settings.signature, attempt.request.headers
    values = [
        there[name]
        for name in (*signature_headers(attempt.settings), *possible_signature_headers(attempt))
        if name in there
    ]
    for prefix in dict.fromkeys(["", *(found for value in values for found in _BEFORE.findall(value))]):
        if prefix != own.prefix:
            todo = f'in the definition, `prefix: "{prefix}"`' if prefix else "in the definition, no `prefix`"
            said = f"the signature has {prefix or 'nothing'} before it, not {own.prefix or 'nothing'}"
            yield Mistake("prefix", said, todo, with_signature(prefix=prefix))
    for split in (",", " ", ";"):
        if split != own.split and any(split in value for value in values):
            todo = f'in the definition, `signature: {{split: "{split}"}}`'
            said = f"the header has several parts, with {split!r} between them"
            yield Mistake("split", said, todo, with_signature(split=split))
