"""The time as of which a captured request is verified: `--at`, or the time that the request itself has."""

from __future__ import annotations

from generator.errors import GeneratorError
from generator.explain import simulate
from generator.explain.captured_case import CapturedCase
from generator.explain.evidence.published import decode_token
from generator.explain.mistakes import VerificationAttempt
from generator.explain.mistakes.texts import guess_time_format
from lambdas.auth import leaves
from lambdas.auth_type import Unauthenticated
from lambdas.runtime.times import TimeFormat, unix_seconds
from lambdas.signatures.signature_settings import SignatureSettings
from lambdas.signatures.signed_text import signed_time

AT_REQUEST = "request"
"""The value of `--at` that stands for the request's own time."""


def parse_time(text: str) -> float:
    """Return the Unix seconds of a text in Unix seconds or RFC 3339; GeneratorError where it is neither."""
    time_format: TimeFormat
    for time_format in ("unix", "rfc3339"):
        try:
            return unix_seconds(text, time_format)
        except ValueError:
            continue
    raise GeneratorError(f"--at {text}: must be Unix seconds, a time such as 2026-03-01T09:00:00Z, or {AT_REQUEST}")


def request_time(case: CapturedCase) -> float | None:
    """Return the time of signing that the request has, in Unix seconds; None where it has none."""
    request = simulate.received_request(case.source, case.request_with(case.captured.body), case.now)
    auth = simulate.challenge_and_auth(case.source, request)[1]
    for leaf in leaves(auth) if auth else ():
        attempt = VerificationAttempt(leaf, request, (), case.now)
        time = _signature_time(attempt) if isinstance(leaf.settings, SignatureSettings) else _token_time(attempt)
        if time is not None:
            return time
    return None


def _signature_time(attempt: VerificationAttempt) -> float | None:
    if (stamp := attempt.settings.timestamp) is None:
        return None
    try:
        text = signed_time(stamp, attempt.request)
    except Unauthenticated:
        return None
    written_as = guess_time_format(text)
    return unix_seconds(text, written_as) if written_as else None


def _token_time(attempt: VerificationAttempt) -> float | None:
    token = decode_token(attempt) if attempt.type_name == "jwt" else None
    issued = token[1].get("iat", token[1].get("nbf")) if token else None
    return float(issued) if isinstance(issued, int | float) else None
