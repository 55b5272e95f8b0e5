"""The time as of which a captured request is verified."""

from __future__ import annotations

from generator.errors import GeneratorError
from generator.explain import simulate
from generator.explain.captured_case import Case
from generator.explain.evidence.published import token
from generator.explain.mistakes import Attempt
from generator.explain.mistakes.texts import format_of
from lambdas.auth import leaves
from lambdas.auth_type import Unauthenticated
from lambdas.runtime.times import TimeFormat, seconds
from lambdas.signatures.signature_settings import Signed
from lambdas.signatures.signed_text import written

REQUEST = "request"
"""Stands for the time that the request itself says."""


def moment(text: str) -> float:
    """Unix seconds of what somebody typed, in seconds or as RFC 3339; GeneratorError where it is neither."""
    form: TimeFormat
    for form in ("unix", "rfc3339"):
        try:
            return seconds(text, form)
        except ValueError:
            continue
    raise GeneratorError(f"--at {text}: must be Unix seconds, a time such as 2026-03-01T09:00:00Z, or {REQUEST}")


def own(case: Case) -> float | None:
    """When the request says that it was made; None where it does not."""
    request = simulate.seen(case.source, case.sent(case.captured.body), case.now)
    auth = simulate.role(case.source, request)[1]
    for leaf in leaves(auth) if auth else ():
        attempt = Attempt(leaf, request, (), case.now)
        at = _of_signed(attempt) if isinstance(leaf.settings, Signed) else _of_token(attempt)
        if at is not None:
            return at
    return None


def _of_signed(attempt: Attempt) -> float | None:
    if (stamp := attempt.settings.timestamp) is None:
        return None
    try:
        said = written(stamp, attempt.request)
    except Unauthenticated:
        return None
    form = format_of(said)
    return seconds(said, form) if form else None


def _of_token(attempt: Attempt) -> float | None:
    said = token(attempt) if attempt.kind == "jwt" else None
    at = said[1].get("iat", said[1].get("nbf")) if said else None
    return float(at) if isinstance(at, int | float) else None
