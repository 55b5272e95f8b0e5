"""Mistakes in the signed text: other pieces, another order or separator, another header for the time or the id."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import permutations

from generator.explain.mistakes import FOREVER, Mistake, VerificationAttempt, with_settings
from generator.explain.mistakes.schemes import NEVER_SIGNATURE
from lambdas.model_types import Header, SignedText
from lambdas.runtime.times import TimeFormat, unix_seconds
from lambdas.signatures.signature_settings import MessageId, Timestamp

_GUESSES = 2
_FIELD = re.compile(r"\{[^{}]+\}")
_FEW_FIELDS = 4
"""Fields up to which every order of them is tried."""
_SEPARATORS = (".", "", ":", "\n", "|", ",", "-", ";")


def text_mistakes(attempt: VerificationAttempt) -> Iterator[Mistake]:
    """Yield other texts that the vendor may have signed."""
    settings = attempt.settings
    for stamp in _stamps(attempt):
        for ident in _ids(attempt):
            for text in _templates(stamp is not None, ident is not None, "{secret}" in settings.signed):
                if (text, stamp, ident) == (settings.signed, settings.timestamp, settings.id):
                    continue
                changed = {"signed": text, "timestamp": stamp or _in_body(attempt), "id": ident, "body_hash": None}
                advice = f'in the definition, `signed: "{_yaml(text)}"`{_told(attempt, stamp, ident)}'
                diagnosis = f'what is signed is "{_yaml(text)}", not "{_yaml(settings.signed)}"'
                yield Mistake("text", diagnosis, advice, with_settings(**changed))


def body_text_mistakes(attempt: VerificationAttempt) -> Iterator[Mistake]:
    """Yield other orders of the fields that a signature in the body covers, and other separators."""
    signed = attempt.settings.signed
    fields = [match[0] for match in _FIELD.finditer(signed)]
    for order in permutations(fields) if len(fields) <= _FEW_FIELDS else (fields,):
        for text in dict.fromkeys(separator.join(order) for separator in _SEPARATORS):
            if text != signed:
                diagnosis = f'what is signed is "{_yaml(text)}", not "{_yaml(signed)}"'
                advice = f'in the definition, `signed: "{_yaml(text)}"`'
                yield Mistake("text", diagnosis, advice, with_settings(signed=SignedText(text)))


def _in_body(attempt: VerificationAttempt) -> Timestamp | None:
    stamp: Timestamp | None = attempt.settings.timestamp
    return stamp if stamp and stamp.path else None


def _yaml(text: str) -> str:
    return text.replace("\n", "\\n")


def _told(attempt: VerificationAttempt, stamp: Timestamp | None, ident: MessageId | None) -> str:
    settings, additions = attempt.settings, ""
    if stamp and stamp.header and settings.timestamp is None:
        additions += f" and `timestamp: {{header: {stamp.header}, format: {stamp.format}}}`"
    if ident and settings.id is None:
        additions += f" and `id: {{header: {ident.header}}}`"
    if settings.timestamp and settings.timestamp.header and not stamp:
        additions += " and no `timestamp`"
    if settings.id and not ident:
        additions += " and no `id`"
    return additions


def _stamps(attempt: VerificationAttempt) -> Iterator[Timestamp | None]:
    """Yield where the time may be: nowhere, as the definition says, or in headers that look like a time."""
    stamp: Timestamp | None = attempt.settings.timestamp
    yield None
    if stamp and stamp.header:
        yield stamp
        return
    candidates = [(name, value) for name, value in attempt.request.headers.items() if name not in NEVER_SIGNATURE]
    guesses = [
        Timestamp(header=Header(name), format=form) for name, value in candidates if (form := guess_time_format(value))
    ]
    yield from (replace(stamp, tolerance=FOREVER, future=FOREVER) for stamp in guesses[:_GUESSES])


def guess_time_format(value: str) -> TimeFormat | None:
    """Return the format in which a time is written; None where it is not a time of the last decades."""
    time_format: TimeFormat
    for time_format in ("unix", "unix_ms", "rfc3339", "http_date"):
        try:
            if unix_seconds(value, time_format) > 1_000_000_000:
                return time_format
        except ValueError:
            continue
    return None


def _ids(attempt: VerificationAttempt) -> Iterator[MessageId | None]:
    ident: MessageId | None = attempt.settings.id
    yield None
    if ident:
        yield ident
        return
    names = [name for name in attempt.request.headers if re.search(r"(^|[-_])(uu)?id$|delivery$", name)]
    yield from (MessageId(Header(name)) for name in names[:_GUESSES])


def _templates(stamp: bool, ident: bool, secret: bool) -> Iterator[str]:
    """Yield texts with all of these pieces; texts with fewer were yielded before."""
    extra = [*(["{timestamp}"] if stamp else []), *(["{id}"] if ident else [])]
    if secret:
        yield from ("{secret}{body}", "{secret}{method}{url}{body}", "{body}{secret}", "{secret}{url}{body}")
        return
    for body in ("{body}", "{body_sha256}", "{body_sha256_base64}"):
        for order in permutations([*extra, body]):
            yield from dict.fromkeys(separator.join(order) for separator in _SEPARATORS)
    if stamp and not ident:
        for version in ("v0", "v1"):
            yield from (f"{version}:{{timestamp}}:{{body}}", f"{version}.{{timestamp}}.{{body}}")
        yield from ("{method}{url}{body}{timestamp}", "{timestamp}{method}{url}{body}", "{timestamp}.{url}.{body}")
    elif not ident:
        yield from ("{url}{body}", "{url}.{body}", "{body}{url}", "{method}{url}{body}", "{url}{form_sorted}")
