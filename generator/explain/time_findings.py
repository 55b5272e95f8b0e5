"""Findings about the time of signing: it is absent, written otherwise, or outside the replay window."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple

from generator.explain.captured_case import CapturedCase
from generator.explain.evidence import format_age
from generator.explain.mistakes import FOREVER, VerificationAttempt, texts
from generator.explain.redaction import time_text
from lambdas.auth_type import Unauthenticated
from lambdas.reading.masking import field_value
from lambdas.runtime.times import unix_seconds
from lambdas.signatures.signed_text import signed_time


class Finding(NamedTuple):
    """A diagnosis and advice; `proven` where it is certain, mostly because the request verifies without the mistake."""

    diagnosis: str
    advice: str
    proven: bool = True


def check_time(attempt: VerificationAttempt, case: CapturedCase) -> tuple[VerificationAttempt, Finding | None]:
    """Return the attempt without a replay window, and what is wrong with the request's time."""
    stamp, relaxed = attempt.settings.timestamp, attempt.ignoring_time
    if stamp is None:
        return relaxed, None
    name = stamp.header.lower() if stamp.header else stamp.path
    try:
        text = signed_time(stamp, attempt.request)
    except Unauthenticated as error:
        return relaxed, Finding(str(error), "it is part of what is signed: capture it too, or have it sent")
    written_as = texts.guess_time_format(text)
    if written_as is None:
        return relaxed, Finding(f"{name} is not a time: {time_text(text)}", "capture it as it was sent")
    if written_as != stamp.format:
        advice = f"in the definition, `timestamp: {{format: {written_as}}}`"
        finding = Finding(f"{name} is written as {written_as}, and the definition says {stamp.format}", advice)
        wide = replace(stamp, format=written_as, tolerance=FOREVER, future=FOREVER)
        return relaxed.with_settings(timestamp=wide), finding
    ahead = stamp.tolerance if stamp.future is None else stamp.future
    age = attempt.now - unix_seconds(text, stamp.format)
    if -ahead <= age <= stamp.tolerance:
        return relaxed, None
    allowed = stamp.tolerance if age > 0 else ahead
    return relaxed, Finding(f"{name} is {format_age(age)}, and {allowed:,} s are allowed", _age_advice(age, case))


def _age_advice(age: float, case: CapturedCase) -> str:
    if case.as_of_now and age > 0:
        return "--at request verifies it as of its own time; if it was that old when it came, see what held it up"
    return (
        "compare the clocks; a delivery that was held up, or is sent again with its old time, needs a wider `tolerance`"
    )


def body_time_findings(attempt: VerificationAttempt, case: CapturedCase) -> Iterator[Finding]:
    """Yield that the time in a body is outside its window, where only that is wrong."""
    stamp = attempt.settings.timestamp
    wide = replace(stamp, tolerance=FOREVER)
    if attempt.with_settings(timestamp=wide).verifies:
        age = attempt.now - unix_seconds(field_value(attempt.request.json, stamp.path, attempt.request), stamp.format)
        diagnosis = f"{stamp.path} is {format_age(age)}, and {stamp.tolerance:,} s are allowed; its signature is right"
        yield Finding(diagnosis, _age_advice(age, case))
