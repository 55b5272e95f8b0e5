"""Mistakes in the signature's scheme: another header, prefix, separator, encoding or hash function."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import partial
from typing import get_args

from generator.definition.key_types import field_types
from generator.explain.mistakes import Mistake, VerificationAttempt, with_request, with_settings, with_signature
from lambdas.signatures.signature_check import carrier, signature_headers

ALGORITHMS = ("sha256", "sha1", "sha512", "sha384", "md5", "sha3_256")
NEVER_SIGNATURE = frozenset(
    {"authorization", "cookie", "host", "user-agent", "content-type", "content-length", "accept"}
)
"""Headers that carry neither signature nor time."""
_SPLITS = (",", " ", ";")
_BEFORE = re.compile(r"(?:^|[, ;])\s*([A-Za-z][A-Za-z0-9_-]{0,15}[=:, ])")
_MADE = re.compile(r"(?:[A-Za-z][A-Za-z0-9_-]{0,15}[=:, ])?[A-Za-z0-9+/_=-]{27,}")


def in_base64_again(attempt: VerificationAttempt) -> Iterator[Mistake]:
    """Yield the signature in hex that is itself in base64."""
    headers = attempt.request.headers
    for name in signature_headers(attempt.settings):
        try:
            text = base64.b64decode(headers.get(name, "").removeprefix(attempt.settings.signature.prefix)).decode()
            bytes.fromhex(text)
        except ValueError:
            continue
        advice = "have the vendor write the bytes in hex or in base64: no `encoding` stands for both"
        changed = {**headers, name: f"{attempt.settings.signature.prefix}{text}"}
        correct = partial(_with_hex, changed)
        yield Mistake(
            "encoding", "the signature is written in hex, and that in base64", advice, correct, in_pairs=False
        )


def _with_hex(headers: dict[str, str], attempt: VerificationAttempt) -> VerificationAttempt:
    signature = replace(attempt.settings.signature, encoding="hex")
    return attempt.with_request(headers=headers).with_settings(signature=signature)


def algorithm_mistakes(attempt: VerificationAttempt) -> Iterator[Mistake]:
    """Yield other hash functions."""
    own = getattr(attempt.settings, "algorithm", None)
    supported = get_args(field_types(type(attempt.settings))["algorithm"]) if own else ()
    for algorithm in ALGORITHMS if own else ():
        if algorithm != own:
            advice = "have the vendor sign with SHA-256"
            if algorithm in supported:
                advice = f"in the definition, `algorithm: {algorithm}`"
            diagnosis = f"the signature is made with {algorithm.upper()}, not with {str(own).upper()}"
            yield Mistake("algorithm", diagnosis, advice, with_settings(algorithm=algorithm))


def padding_mistakes(attempt: VerificationAttempt) -> Iterator[Mistake]:
    """Yield the other padding of an RSA signature."""
    own = getattr(attempt.settings, "padding", None)
    for padding in ("pkcs1", "pss") if own else ():
        if padding != own:
            diagnosis = f"the signature has the padding {padding}, not {own}"
            yield Mistake(
                "padding", diagnosis, f"in the definition, `padding: {padding}`", with_settings(padding=padding)
            )


def encoding_mistakes(attempt: VerificationAttempt) -> Iterator[Mistake]:
    """Yield other encodings of the signature's bytes."""
    own = attempt.settings.signature.encoding
    for encoding in ("hex", "base64", "base64url"):
        if encoding != own:
            advice = f"in the definition, `signature: {{encoding: {encoding}}}`"
            diagnosis = f"the signature is written in {encoding}, not in {own}"
            yield Mistake("encoding", diagnosis, advice, with_signature(encoding=encoding))


def method_mistakes(attempt: VerificationAttempt) -> Iterator[Mistake]:
    """Yield other methods, where the method is signed."""
    for method in ("POST", "PUT", "PATCH", "GET") if "{method}" in attempt.settings.signed else ():
        if method != attempt.request.method:
            diagnosis = f"the method that was signed is {method}, not {attempt.request.method}"
            advice = "capture the method as it was sent, and let nothing before the endpoint change it"
            yield Mistake("method", diagnosis, advice, with_request(method=method))


def header_mistakes(attempt: VerificationAttempt, as_sent: Iterable[tuple[str, str]]) -> Iterator[Mistake]:
    """Yield other headers, and each value of a header that was sent several times; `as_sent` has all values."""
    own, headers = signature_headers(attempt.settings), attempt.request.headers
    own_place = carrier(attempt.settings.signature)
    for name in possible_signature_headers(attempt):
        advice = f"in the definition, `signature: {{header: {name}}}`"
        elsewhere = with_signature(header=(name,), query=None, form=None)
        yield Mistake("header", f"the signature is in {name}, not in {own_place}", advice, elsewhere)
    for name, value in attempt.request.query_parameters:
        if name != attempt.settings.signature.query and _MADE.fullmatch(value):
            advice = f"in the definition, `signature: {{query: {name}}}`"
            elsewhere = with_signature(header=(), query=name, form=None)
            diagnosis = f"the signature is in {name} in the query, not in {own_place}"
            yield Mistake("header", diagnosis, advice, elsewhere)
    pairs = [(name.lower(), value) for name, value in as_sent]
    for name in own:
        values = [value for other, value in pairs if other == name]
        for value in values if len(values) > 1 else ():
            diagnosis = f"{name} stands {len(values)} times, and one of them is good"
            advice = "let what stands before the endpoint leave the header alone: what it adds is joined with a comma"
            yield Mistake("header", diagnosis, advice, with_request(headers={**headers, name: value}))


def possible_signature_headers(attempt: VerificationAttempt) -> list[str]:
    """Return the headers, other than those of the definition, that may carry a signature."""
    never = {*signature_headers(attempt.settings), *NEVER_SIGNATURE}
    return [name for name, value in attempt.request.headers.items() if name not in never and _MADE.fullmatch(value)]


def layout_mistakes(attempt: VerificationAttempt) -> Iterator[Mistake]:
    """Yield other ways to take apart a header that has the time beside the signature."""
    stamp, own, headers = attempt.settings.timestamp, attempt.settings.signature, attempt.request.headers
    shared = [name for name in signature_headers(attempt.settings) if stamp and stamp.header]
    for name in shared:
        if name != stamp.header.lower() or not (value := headers.get(name)):
            continue
        for split in _SPLITS:
            parts = [part.strip(" ") for part in value.split(split)]
            if split != own.split and len(parts) > 1 and any(part.startswith(own.prefix) for part in parts):
                diagnosis = f"the parts of {name} have {split!r} between them, not {own.split!r}"
                advice = f'in the definition, `split: "{split}"` in `signature` and in `timestamp`'
                yield Mistake("split", diagnosis, advice, partial(_with_split, split))
            sets = [part for part in parts if f"{split}{own.prefix}" not in part and own.prefix in part]
            for part in sets if len(sets) > 1 and all(stamp.prefix in each for each in sets) else ():
                diagnosis = f"{name} has {len(sets)} sets of a time and a signature, with {split!r} between them"
                advice = (
                    "a definition reads the first time and the last signature: store the secret of the last set too, "
                    "or have the vendor end the change of its secret"
                )
                yield Mistake("header", diagnosis, advice, with_request(headers={**headers, name: part}))


def _with_split(split: str, attempt: VerificationAttempt) -> VerificationAttempt:
    settings = attempt.settings
    return attempt.with_settings(
        signature=replace(settings.signature, split=split), timestamp=replace(settings.timestamp, split=split)
    )


def separator_mistakes(attempt: VerificationAttempt) -> Iterator[Mistake]:
    """Yield other prefixes of a signature, and other separators between several."""
    own, headers = attempt.settings.signature, attempt.request.headers
    values = [
        headers[name]
        for name in (*signature_headers(attempt.settings), *possible_signature_headers(attempt))
        if name in headers
    ]
    for prefix in dict.fromkeys(["", *(prefix for value in values for prefix in _BEFORE.findall(value))]):
        if prefix != own.prefix:
            advice = f'in the definition, `prefix: "{prefix}"`' if prefix else "in the definition, no `prefix`"
            diagnosis = f"the signature has {prefix or 'nothing'} before it, not {own.prefix or 'nothing'}"
            yield Mistake("prefix", diagnosis, advice, with_signature(prefix=prefix))
    for split in _SPLITS:
        if split != own.split and any(split in value for value in values):
            advice = f'in the definition, `signature: {{split: "{split}"}}`'
            diagnosis = f"the header has several parts, with {split!r} between them"
            yield Mistake("split", diagnosis, advice, with_signature(split=split))
