"""A signature in a header: what it is over, what it should be, when it was made."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterator
from dataclasses import replace

from generator.explain.evidence import Fact, format_age
from generator.explain.mistakes import VerificationAttempt
from generator.explain.redaction import Redactor, shorten, signature_start, visible
from lambdas.auth_type import Unauthenticated
from lambdas.model import SignedText
from lambdas.reading.body import Rejected
from lambdas.runtime.times import iso_time, unix_seconds
from lambdas.signatures.keys import key_bytes
from lambdas.signatures.signature_check import signature_headers
from lambdas.signatures.signature_make import encode_bytes
from lambdas.signatures.signature_settings import PIECE, SignatureSettings, Timestamp
from lambdas.signatures.signed_text import signed_texts, signed_time

_SHOWN = 3


def signature_facts(attempt: VerificationAttempt, hidden: Redactor) -> Iterator[Fact]:
    """What was read, how old it is, what is signed, and what comes of it."""
    settings: SignatureSettings = attempt.settings
    found = [name for name in signature_headers(settings) if name in attempt.request.headers]
    for name in found:
        yield Fact("header", f"{name}: {len(attempt.request.headers[name])} characters")
    for one in settings.signature.header if not found else ():
        yield Fact("header", f"{one.lower()}: is not there")
    yield from _others(attempt)
    if (stamp := settings.timestamp) and (not stamp.header or stamp.header.lower() in attempt.request.headers):
        yield Fact("time", _drift(stamp, attempt))
    yield Fact("signed", visible(settings.signed))
    yield from _pieces(attempt, hidden)
    if attempt.secrets and (made := _made(attempt)):
        form = settings.signature
        yield Fact("expected", signature_start(f"{form.prefix}{encode_bytes(made, form.encoding)}", form.prefix))
    for name in found:
        yield Fact("seen", _seen(name, attempt))


def _others(attempt: VerificationAttempt) -> Iterator[Fact]:
    """The other headers that are read."""
    settings: SignatureSettings = attempt.settings
    names = [argument for name, argument in PIECE.findall(settings.signed) if name == "header"]
    names += [one.header for one in (settings.timestamp, settings.id, settings.body_hash) if one and one.header]
    there, own = attempt.request.headers, signature_headers(settings)
    for name in dict.fromkeys(name.lower() for name in names):
        if name not in own:
            yield Fact("header", f"{name}: {visible(there[name]) if name in there else 'is not there'}")
    for name, value in (settings.require or {}).items():
        seen = there.get(name.lower())
        wrong = "" if seen == value else f", and must be {value}"
        yield Fact("header", f"{name.lower()}: {'is not there' if seen is None else visible(seen)}{wrong}")


def _drift(stamp: Timestamp, attempt: VerificationAttempt) -> str:
    try:
        said = signed_time(stamp, attempt.request)
        at = unix_seconds(said, stamp.format)
    except Unauthenticated as refused:
        return str(refused)
    except ValueError:
        return f"{visible(said[:40])} is not a time as {stamp.format} writes it"
    ahead = stamp.tolerance if stamp.future is None else stamp.future
    age = attempt.now - at
    same = ahead == stamp.tolerance
    window = f"{ahead:,} s either way" if same else f"{stamp.tolerance:,} s old to {ahead:,} s in the future"
    return f"{iso_time(at)[:19]}Z, {format_age(age)}; allowed is {window}"


def _pieces(attempt: VerificationAttempt, hidden: Redactor) -> Iterator[Fact]:
    """Each piece of the signed text by its name."""
    settings: SignatureSettings = attempt.settings
    there = dict.fromkeys(PIECE.findall(settings.signed))
    named = {one: f"{{{one[0]}('{one[1]}')}}" if one[1] else f"{{{one[0]}}}" for one in there}
    width = max(map(len, named.values()), default=0)
    for (name, _), piece in named.items():
        yield Fact("", f"{piece:<{width}}  {_piece(name, piece, attempt, hidden)}")


def _piece(name: str, piece: str, attempt: VerificationAttempt, hidden: Redactor) -> str:
    if name == "secret":
        return "the secret"
    try:
        found = signed_texts(replace(attempt.settings, signed=SignedText(piece)), attempt.request)
    except (Unauthenticated, Rejected) as refused:
        return str(refused)
    size = f"  ({len(found[0]):,} bytes)" if name == "body" else ""
    more = f"  (tried in {len(found)} ways of writing it)" if len(found) > 1 else ""
    return f"{shorten(found[0], hidden) or 'is empty'}{size}{more}"


def _made(attempt: VerificationAttempt) -> bytes | None:
    """What the signature would be with the first secret; a public key can't tell."""
    settings, secret = attempt.settings, attempt.secrets[0].strip()
    try:
        if attempt.type_name == "digest":
            return hashlib.new(settings.algorithm, signed_texts(settings, attempt.request, secret.encode())[0]).digest()
        key = key_bytes(settings.key, secret) if attempt.type_name == "hmac" else None
        return hmac.digest(key, signed_texts(settings, attempt.request)[0], settings.algorithm) if key else None
    except Unauthenticated:
        return None


def _seen(name: str, attempt: VerificationAttempt) -> str:
    """The signatures of a header; where it has none after the prefix, what stands there instead."""
    form, value = attempt.settings.signature, attempt.request.headers[name]
    parts = [part.strip(" ") for part in (value.split(form.split) if form.split else [value])]
    good = [part for part in parts if part.startswith(form.prefix)]
    shown = [signature_start(part, form.prefix) for part in (good or parts)[:_SHOWN]]
    more = f" and {len(good) - _SHOWN} more" if len(good) > _SHOWN else ""
    return f"{', '.join(shown)}{more}{'' if good else f' without {form.prefix} before it'}"
