"""Why a request does not verify, in a sentence each, and what to do about it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import NamedTuple

from generator.explain import suspicions, unusable
from generator.explain.captured_case import CapturedCase
from generator.explain.evidence import format_age
from generator.explain.mistakes import (
    FOREVER,
    Mistake,
    VerificationAttempt,
    bodies,
    find_explanation,
    keys,
    published,
    rewritten,
    schemes,
    texts,
    tokens,
    urls,
)
from generator.explain.redaction import visible
from lambdas.auth_type import Unauthenticated
from lambdas.runtime.times import unix_seconds
from lambdas.signatures.signature_settings import PIECE, SignatureSettings
from lambdas.signatures.signed_text import signed_time


class Finding(NamedTuple):
    """What is the matter, and what to do; `proven` where that is certain, mostly since it verifies without it."""

    diagnosis: str
    advice: str
    proven: bool = True


def findings(attempt: VerificationAttempt, case: CapturedCase) -> Iterator[Finding]:
    """Why this does not verify; of a type that nothing is known of, what all have in common."""
    if said := unusable.unusable_secret(attempt):
        yield Finding(*said)
    if twice := list(suspicions.repeated_parameters(attempt)):
        yield from (Finding(*one) for one in twice)
    elif isinstance(attempt.settings, SignatureSettings):
        yield from _of_signed(attempt, case)
    elif attempt.type_name == "jwt":
        yield from (Finding(*one) for one in published.jwt_findings(attempt, as_of_now=case.as_of_now))
    elif attempt.type_name == "sns":
        yield from (Finding(*one) for one in published.sns_findings(attempt))
    elif attempt.type_name in UNSIGNED:
        yield from _searched(attempt, case, _unsigned(attempt, case))
    elif found := find_explanation(attempt, _keys(attempt, case)):
        yield from _told(attempt, found)
    else:
        yield from (Finding(*one) for one in suspicions.missing_credentials(attempt))


def _of_body_hmac(attempt: VerificationAttempt) -> Iterator[Mistake]:
    yield from schemes.algorithm_mistakes(attempt)
    yield from schemes.encoding_mistakes(attempt)


UNSIGNED: dict[str, Callable[[VerificationAttempt], Iterator[Mistake]]] = {
    "token": tokens.token_mistakes,
    "basic": tokens.basic_mistakes,
    "body_token": tokens.body_token_mistakes,
    "body_hmac": _of_body_hmac,
}
"""The mistakes that are made with a type, beside those that sign; one that is not here is explained as all are."""


def _unsigned(attempt: VerificationAttempt, case: CapturedCase) -> Iterator[Mistake]:
    yield from _keys(attempt, case)
    yield from UNSIGNED[attempt.type_name](attempt)


def _keys(attempt: VerificationAttempt, case: CapturedCase) -> Iterator[Mistake]:
    if secret := getattr(attempt.settings, "secret", None):
        yield from keys.key_mistakes(attempt, case.other_secrets(secret))


def _of_signed(attempt: VerificationAttempt, case: CapturedCase) -> Iterator[Finding]:
    relaxed, late = _timed(attempt, case)
    if late:
        right = "; its signature is right" if relaxed.verifies else ""
        yield late._replace(diagnosis=f"{late.diagnosis}{right}")
    for name, value in (attempt.settings.require or {}).items():
        if attempt.request.headers.get(name.lower()) != value:
            todo = "if the vendor has a new version of its scheme, the definition needs it"
            yield Finding(f"{name.lower()} must be {value}, and is not: another version of the scheme", todo)
    if relaxed.verifies:
        return
    if attempt.settings.body_hash and relaxed.with_settings(body_hash=None).verifies:
        found = find_explanation(relaxed, bodies.body_mistakes(relaxed))
        hashed = Finding(
            "the signature is right, and what is signed is the hash of another body", rewritten.REWRITTEN_ADVICE
        )
        yield from _told(relaxed, found) if found else [hashed]
    else:
        yield from _searched(relaxed, case, _signed(relaxed, case))


def _signed(attempt: VerificationAttempt, case: CapturedCase) -> Iterator[Mistake]:
    """The nearest mistakes first: the first that explains it is the one that is told."""
    yield from bodies.body_mistakes(attempt)
    yield from _keys(attempt, case)
    yield from schemes.header_mistakes(attempt, case.captured.headers)
    yield from schemes.separator_mistakes(attempt)
    yield from schemes.encoding_mistakes(attempt)
    yield from schemes.algorithm_mistakes(attempt)
    if any(name == "url" for name, _ in PIECE.findall(attempt.settings.signed)):
        yield from urls.url_mistakes(attempt)
    yield from texts.text_mistakes(attempt)


def _timed(attempt: VerificationAttempt, case: CapturedCase) -> tuple[VerificationAttempt, Finding | None]:
    """The attempt at any time, and what is wrong with its time."""
    stamp, relaxed = attempt.settings.timestamp, attempt.ignoring_time
    if stamp is None:
        return relaxed, None
    place = stamp.header.lower() if stamp.header else stamp.path
    try:
        said = signed_time(stamp, attempt.request)
    except Unauthenticated as refused:
        return relaxed, Finding(str(refused), "it is part of what is signed: capture it too, or have it sent")
    other = texts.time_format(said)
    if other is None:
        return relaxed, Finding(f"{place} is not a time: {visible(said[:40])}", "capture it as it was sent")
    if other != stamp.format:
        todo = f"in the definition, `timestamp: {{format: {other}}}`"
        told = Finding(f"{place} is written as {other}, and the definition says {stamp.format}", todo)
        wide = replace(stamp, format=other, tolerance=FOREVER, future=FOREVER)
        return relaxed.with_settings(timestamp=wide), told
    ahead = stamp.tolerance if stamp.future is None else stamp.future
    age = attempt.now - unix_seconds(said, stamp.format)
    if -ahead <= age <= stamp.tolerance:
        return relaxed, None
    allowed = stamp.tolerance if age > 0 else ahead
    return relaxed, Finding(f"{place} is {format_age(age)}, and {allowed:,} s are allowed", _drift_todo(age, case))


def _drift_todo(age: float, case: CapturedCase) -> str:
    if case.as_of_now and age > 0:
        return "--at request verifies it as of its own time; if it was that old when it came, see what held it up"
    return (
        "compare the clocks; a delivery that was held up, or is sent again with its old time, needs a wider `tolerance`"
    )


def _searched(attempt: VerificationAttempt, case: CapturedCase, mistakes: Iterator[Mistake]) -> Iterator[Finding]:
    if found := find_explanation(attempt, mistakes):
        yield from _told(attempt, found)
    elif there := list(suspicions.missing_credentials(attempt)):
        yield from (Finding(*one) for one in there)
    else:
        yield from (Finding(*one, proven=False) for one in suspicions.suspicions(attempt, case.captured, case.has_url))
        if unusable.unusable_secret(attempt):
            return
        again = (
            "" if case.has_previous_secret else "; if it was changed of late, --previous asks for the one before it too"
        )
        body = ", or the body is" if hasattr(attempt.settings, "signed") else ""
        said = f"the secret is another one{body}: none of the common mistakes explains it"
        yield Finding(said, f"compare the secret with the vendor's{again}", proven=False)


def _told(attempt: VerificationAttempt, found: tuple[Mistake, ...]) -> Iterator[Finding]:
    of_url = [one for one in found if one.axis in urls.AXES]
    for one in found:
        if one not in of_url:
            yield Finding(one.diagnosis, one.advice)
    if of_url:
        for one in of_url:
            attempt = one.correct(attempt)
        url = urls.signed_url(attempt)
        todo = (
            f'in the definition, `url: {{base: "{url.partition("?")[0]}"}}`, or tell the vendor the endpoint\'s own URL'
        )
        yield Finding(f"the URL that was signed is {' and '.join(one.diagnosis for one in of_url)}: {url}", todo)
