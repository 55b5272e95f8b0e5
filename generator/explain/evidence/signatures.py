"""Facts about a signature in a header: its headers, its age, the pieces of the signed text, what is expected."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterator
from dataclasses import replace

from generator.explain.evidence import Fact, format_age
from generator.explain.mistakes import VerificationAttempt
from generator.explain.redaction import Redactor, shorten, signature_start, time_text, visible
from lambdas.auth import hmac as hmac_type
from lambdas.auth_type import Unauthenticated
from lambdas.model_types import SignedText
from lambdas.reading.body import Rejected
from lambdas.runtime.secrets import UnusableSecret
from lambdas.runtime.times import iso_time, unix_seconds
from lambdas.signatures.encodings import encode_bytes
from lambdas.signatures.keys import usable_keys
from lambdas.signatures.signature_check import carried_values, signature_headers
from lambdas.signatures.signature_settings import PIECE, Signature, SignatureSettings, Timestamp
from lambdas.signatures.signed_text import signed_texts, signed_time
from lambdas.signatures.value_parts import after_prefix, split_parts

_SHOWN = 3


def signature_facts(attempt: VerificationAttempt, redact: Redactor) -> Iterator[Fact]:
    """Yield the headers, the age, the signed text by its pieces, the expected and the received signature."""
    settings: SignatureSettings = attempt.settings
    received = _received_values(attempt)
    for name, value in received:
        yield Fact(_place(settings.signature), f"{name}: {len(value)} characters")
    for name in _names(settings.signature) if not received else ():
        yield Fact(_place(settings.signature), f"{name}: is not there")
    yield from _other_headers(attempt)
    if (stamp := settings.timestamp) and (not stamp.header or stamp.header.lower() in attempt.request.headers):
        yield Fact("time", _age(stamp, attempt))
    yield Fact("signed", visible(settings.signed))
    yield from _pieces(attempt, redact)
    if attempt.secrets and (expected := _expected_signature(attempt)):
        prefix, encoding = settings.signature.prefix, settings.signature.encoding
        yield Fact("expected", _part_start(f"{prefix}{encode_bytes(expected, encoding)}", prefix))
    for _, value in received:
        yield Fact("seen", _received_signatures(value, settings.signature))


def _place(signature: Signature) -> str:
    return "query" if signature.query else "form" if signature.form else "header"


def _names(signature: Signature) -> tuple[str, ...]:
    """Return the names of what may carry the signature."""
    return tuple(filter(None, (signature.query, signature.form))) or tuple(map(str.lower, signature.header))


def _received_values(attempt: VerificationAttempt) -> list[tuple[str, str]]:
    """Return what carries signatures in the request: names, and values as they were sent."""
    signature, headers = attempt.settings.signature, attempt.request.headers
    if not signature.header:
        try:
            return [(name, value) for name in _names(signature) for value in carried_values(signature, attempt.request)]
        except Unauthenticated:
            return []
    return [(name, headers[name]) for name in signature_headers(attempt.settings) if name in headers]


def _other_headers(attempt: VerificationAttempt) -> Iterator[Fact]:
    """Yield the other headers that verification reads."""
    settings: SignatureSettings = attempt.settings
    names = [argument for name, argument in PIECE.findall(settings.signed) if name == "header"]
    parts = (settings.timestamp, settings.id, settings.signed_headers, settings.body_hash)
    names += [part.header for part in parts if part and part.header]
    headers, own = attempt.request.headers, signature_headers(settings)
    for name in dict.fromkeys(name.lower() for name in names):
        if name not in own:
            yield Fact("header", f"{name}: {visible(headers[name]) if name in headers else 'is not there'}")
    for name, value in (settings.require or {}).items():
        received = headers.get(name.lower())
        must = "" if received == value else f", and must be {value}"
        yield Fact("header", f"{name.lower()}: {'is not there' if received is None else visible(received)}{must}")


def _age(stamp: Timestamp, attempt: VerificationAttempt) -> str:
    try:
        text = signed_time(stamp, attempt.request)
        time = unix_seconds(text, stamp.format)
    except Unauthenticated as error:
        return str(error)
    except ValueError:
        return f"{time_text(text)} is not a time as {stamp.format} writes it"
    ahead = stamp.tolerance if stamp.future is None else stamp.future
    symmetric = ahead == stamp.tolerance
    window = f"{ahead:,} s either way" if symmetric else f"{stamp.tolerance:,} s old to {ahead:,} s in the future"
    return f"{iso_time(time)[:19]}Z, {format_age(attempt.now - time)}; allowed is {window}"


def _pieces(attempt: VerificationAttempt, redact: Redactor) -> Iterator[Fact]:
    """Yield each piece of the signed text with what it stands for."""
    settings: SignatureSettings = attempt.settings
    pieces = {
        (name, argument): f"{{{name}('{argument}')}}" if argument else f"{{{name}}}"
        for name, argument in PIECE.findall(settings.signed)
    }
    width = max(map(len, pieces.values()), default=0)
    for (name, _), piece in pieces.items():
        yield Fact("", f"{piece:<{width}}  {_piece(name, piece, attempt, redact)}")


def _piece(name: str, piece: str, attempt: VerificationAttempt, redact: Redactor) -> str:
    if name == "secret":
        return "the secret"
    try:
        texts = signed_texts(replace(attempt.settings, signed=SignedText(piece)), attempt.request)
    except (Unauthenticated, Rejected) as error:
        return str(error)
    size = f"  ({len(texts[0]):,} bytes)" if name == "body" else ""
    variants = f"  (tried in {len(texts)} ways of writing it)" if len(texts) > 1 else ""
    return f"{shorten(texts[0], redact) or 'is empty'}{size}{variants}"


def _expected_signature(attempt: VerificationAttempt) -> bytes | None:
    """Return the signature under the first secret; None for a public key, which can't sign."""
    settings, secret = attempt.settings, attempt.secrets[0].strip()
    try:
        if attempt.type_name == "digest":
            return hashlib.new(settings.algorithm, signed_texts(settings, attempt.request, secret.encode())[0]).digest()
        if attempt.type_name != "hmac":
            return None
        key = usable_keys(settings, lambda _name: (secret,), hmac_type.read_secret).current
        return hmac.digest(key, signed_texts(settings, attempt.request)[0], settings.algorithm)
    except (Unauthenticated, UnusableSecret):
        return None


def _received_signatures(value: str, signature: Signature) -> str:
    """Return the start of each signature in a value, or of each part where none is where the definition says."""
    parts = split_parts(value, signature.split)
    if signature.part:
        signatures = parts[signature.part - 1 :]
    else:
        signatures = [part for part in parts if after_prefix(part, signature.prefix) is not None]
    shown = [_part_start(part, signature.prefix) for part in (signatures or parts)[:_SHOWN]]
    rest = f" and {len(signatures) - _SHOWN} more" if len(signatures) > _SHOWN else ""
    missing = f" and no part {signature.part}" if signature.part else f" without {signature.prefix} before it"
    return f"{', '.join(shown)}{rest}{'' if signatures else missing}"


def _part_start(part: str, prefix: str) -> str:
    """Return what stands before a signature, and the signature's start."""
    signature = after_prefix(part, prefix)
    return signature_start(part, part.partition(signature)[0] if signature else prefix)
