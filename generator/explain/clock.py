"""The time as of which a captured request is verified."""

from __future__ import annotations

from generator.errors import GeneratorError
from generator.explain import simulate
from generator.explain.captured_case import CapturedCase
from generator.explain.evidence.published import decode_token
from generator.explain.mistakes import VerificationAttempt
from generator.explain.mistakes.texts import time_format
from lambdas.auth import leaves
from lambdas.auth_type import Unauthenticated
from lambdas.runtime.times import TimeFormat, unix_seconds
from lambdas.signatures.signature_settings import SignatureSettings
from lambdas.signatures.signed_text import signed_time

AT_REQUEST = "request"
"""Stands for the time that the request itself says."""


def parse_time(text: str) -> float:
    """Unix seconds of what somebody typed, in seconds or as RFC 3339; GeneratorError where it is neither."""
    form: TimeFormat
    for form in ("unix", "rfc3339"):
        try:
            return unix_seconds(text, form)
        except ValueError:
            continue
    raise GeneratorError(f"--at {text}: must be Unix seconds, a time such as 2026-03-01T09:00:00Z, or {AT_REQUEST}")


def request_time(case: CapturedCase) -> float | None:
    """When the request says that it was made; None where it does not."""
    request = simulate.received_request(case.source, case.request_with(case.captured.body), case.now)
    auth = simulate.challenge_and_auth(case.source, request)[1]
    for leaf in leaves(auth) if auth else ():
        attempt = VerificationAttempt(leaf, request, (), case.now)
        at = _of_signed(attempt) if isinstance(leaf.settings, SignatureSettings) else _of_token(attempt)
        if at is not None:
            return at
    return None


def _of_signed(attempt: VerificationAttempt) -> float | None:
    if (stamp := attempt.settings.timestamp) is None:
        return None
    try:
        said = signed_time(stamp, attempt.request)
    except Unauthenticated:
        return None
    form = time_format(said)
    return unix_seconds(said, form) if form else None


def _of_token(attempt: VerificationAttempt) -> float | None:
    said = decode_token(attempt) if attempt.type_name == "jwt" else None
    at = said[1].get("iat", said[1].get("nbf")) if said else None
    return float(at) if isinstance(at, int | float) else None
