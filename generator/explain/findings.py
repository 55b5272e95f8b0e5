"""Why a request does not verify, in a sentence each, and what to do about it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import NamedTuple

from generator.explain import suspicions, unusable
from generator.explain.captured_case import Case
from generator.explain.evidence import drift
from generator.explain.mistakes import (
    FOREVER,
    Attempt,
    Mistake,
    bodies,
    explaining,
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
from lambdas.runtime.times import seconds
from lambdas.signatures.signature_settings import PIECE, Signed
from lambdas.signatures.signed_text import written


class Finding(NamedTuple):
    """What is the matter, and what to do; `proven` where that is certain, mostly since it verifies without it."""

    said: str
    todo: str
    proven: bool = True


def findings(attempt: Attempt, case: Case) -> Iterator[Finding]:
    """Why this does not verify; of a type that nothing is known of, what all have in common."""
    if said := unusable.no_key(attempt):
        yield Finding(*said)
    if twice := list(suspicions.repeated(attempt)):
        yield from (Finding(*one) for one in twice)
    elif isinstance(attempt.settings, Signed):
        yield from _of_signed(attempt, case)
    elif attempt.kind == "jwt":
        yield from (Finding(*one) for one in published.of_jwt(attempt, as_of_now=case.as_of_now))
    elif attempt.kind == "sns":
        yield from (Finding(*one) for one in published.of_sns(attempt))
    elif attempt.kind in UNSIGNED:
        yield from _searched(attempt, case, _unsigned(attempt, case))
    elif found := explaining(attempt, _keys(attempt, case)):
        yield from _told(attempt, found)
    else:
        yield from (Finding(*one) for one in suspicions.missing(attempt))


def _of_body_hmac(attempt: Attempt) -> Iterator[Mistake]:
    yield from schemes.algorithms(attempt)
    yield from schemes.encodings(attempt)


UNSIGNED: dict[str, Callable[[Attempt], Iterator[Mistake]]] = {
    "token": tokens.of_token,
    "basic": tokens.of_basic,
    "body_token": tokens.of_body_token,
    "body_hmac": _of_body_hmac,
}
"""The mistakes that are made with a type, beside those that sign; one that is not here is explained as all are."""


def _unsigned(attempt: Attempt, case: Case) -> Iterator[Mistake]:
    yield from _keys(attempt, case)
    yield from UNSIGNED[attempt.kind](attempt)


def _keys(attempt: Attempt, case: Case) -> Iterator[Mistake]:
    if secret := getattr(attempt.settings, "secret", None):
        yield from keys.mistakes(attempt, case.others(secret))


def _of_signed(attempt: Attempt, case: Case) -> Iterator[Finding]:
    relaxed, late = _timed(attempt, case)
    if late:
        right = "; its signature is right" if relaxed.verifies else ""
        yield late._replace(said=f"{late.said}{right}")
    for name, value in (attempt.settings.require or {}).items():
        if attempt.request.headers.get(name.lower()) != value:
            todo = "if the vendor has a new version of its scheme, the definition needs it"
            yield Finding(f"{name.lower()} must be {value}, and is not: another version of the scheme", todo)
    if relaxed.verifies:
        return
    if attempt.settings.body_hash and relaxed.having(body_hash=None).verifies:
        found = explaining(relaxed, bodies.mistakes(relaxed))
        hashed = Finding("the signature is right, and what is signed is the hash of another body", rewritten.WRITTEN)
        yield from _told(relaxed, found) if found else [hashed]
    else:
        yield from _searched(relaxed, case, _signed(relaxed, case))


def _signed(attempt: Attempt, case: Case) -> Iterator[Mistake]:
    """The nearest mistakes first: the first that explains it is the one that is told."""
    yield from bodies.mistakes(attempt)
    yield from _keys(attempt, case)
    yield from schemes.places(attempt, case.captured.headers)
    yield from schemes.forms(attempt)
    yield from schemes.encodings(attempt)
    yield from schemes.algorithms(attempt)
    if any(name == "url" for name, _ in PIECE.findall(attempt.settings.signed)):
        yield from urls.mistakes(attempt)
    yield from texts.mistakes(attempt)


def _timed(attempt: Attempt, case: Case) -> tuple[Attempt, Finding | None]:
    """The attempt at any time, and what is wrong with its time."""
    stamp, relaxed = attempt.settings.timestamp, attempt.relaxed
    if stamp is None:
        return relaxed, None
    place = stamp.header.lower() if stamp.header else stamp.path
    try:
        said = written(stamp, attempt.request)
    except Unauthenticated as refused:
        return relaxed, Finding(str(refused), "it is part of what is signed: capture it too, or have it sent")
    other = texts.format_of(said)
    if other is None:
        return relaxed, Finding(f"{place} is not a time: {visible(said[:40])}", "capture it as it was sent")
    if other != stamp.format:
        todo = f"in the definition, `timestamp: {{format: {other}}}`"
        told = Finding(f"{place} is written as {other}, and the definition says {stamp.format}", todo)
        wide = replace(stamp, format=other, tolerance=FOREVER, future=FOREVER)
        return relaxed.having(timestamp=wide), told
    ahead = stamp.tolerance if stamp.future is None else stamp.future
    age = attempt.now - seconds(said, stamp.format)
    if -ahead <= age <= stamp.tolerance:
        return relaxed, None
    allowed = stamp.tolerance if age > 0 else ahead
    return relaxed, Finding(f"{place} is {drift(age)}, and {allowed:,} s are allowed", _drift_todo(age, case))


def _drift_todo(age: float, case: Case) -> str:
    if case.as_of_now and age > 0:
        return "--at request verifies it as of its own time; if it was that old when it came, see what held it up"
    return (
        "compare the clocks; a delivery that was held up, or is sent again with its old time, needs a wider `tolerance`"
    )


def _searched(attempt: Attempt, case: Case, mistakes: Iterator[Mistake]) -> Iterator[Finding]:
    if found := explaining(attempt, mistakes):
        yield from _told(attempt, found)
    elif there := list(suspicions.missing(attempt)):
        yield from (Finding(*one) for one in there)
    else:
        yield from (Finding(*one, proven=False) for one in suspicions.of(attempt, case.captured, case.has_url))
        if unusable.no_key(attempt):
            return
        again = "" if case.has_previous else "; if it was changed of late, --previous asks for the one before it too"
        body = ", or the body is" if hasattr(attempt.settings, "signed") else ""
        said = f"the secret is another one{body}: none of the common mistakes explains it"
        yield Finding(said, f"compare the secret with the vendor's{again}", proven=False)


def _told(attempt: Attempt, found: tuple[Mistake, ...]) -> Iterator[Finding]:
    of_url = [one for one in found if one.axis in urls.AXES]
    for one in found:
        if one not in of_url:
            yield Finding(one.said, one.todo)
    if of_url:
        for one in of_url:
            attempt = one.undone(attempt)
        url = urls.told(attempt)
        todo = (
            f'in the definition, `url: {{base: "{url.partition("?")[0]}"}}`, or tell the vendor the endpoint\'s own URL'
        )
        yield Finding(f"the URL that was signed is {' and '.join(one.said for one in of_url)}: {url}", todo)
