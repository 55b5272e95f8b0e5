"""The outcome of a request, its log line and its metrics."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, NamedTuple

from lambdas.delivering.result import Delivered
from lambdas.reading.request import Request
from lambdas.receiving.challenges import HttpReply
from lambdas.runtime.log import Level, log
from lambdas.runtime.metrics import embedded_metrics

if TYPE_CHECKING:
    from lambdas.shaping.event import RejectedEvent

MAX_REASONS = 20
"""Reasons in a log line: CloudWatch cuts a line that is too long, and its metrics with it."""
UNVERIFIABLE = "no secret"
"""The log message of a request that can't be verified: the secret is missing or unusable, so somebody has to act."""


class Outcome(NamedTuple):
    """A reply, and what the log line says about it: a message, a reason, and what was delivered."""

    reply: HttpReply
    log_message: str
    reason: str | None = None
    delivered: Delivered = Delivered(0, 0, [])


def log_request(request: Request, outcome: Outcome, source: str, stack: str) -> None:
    """Write one log line for a request; it has metrics only where `stack` is not empty.

    From the body it has only the names of unknown fields (drift), from the headers only the mark of a canary.
    """
    status, delivered = outcome.reply.status, outcome.delivered
    fields: dict[str, Any] = {"source": source, "requestId": request.id, "status": status}
    kept = len(delivered.rejected_events)
    fields["sent"], fields["kept"] = delivered.sent, kept
    level: Level = "INFO"
    # For most requests every event was sent, and nothing else needs to be logged.
    if status >= 400 or any(delivered[1:]) or request.canary:
        needs_attention = kept or delivered.unsent or delivered.unclaimed or delivered.unarchived
        level = "ERROR" if status >= 500 else "WARN" if status >= 400 or needs_attention else "INFO"
        fields |= _extra_fields(request, outcome, stack)
    log(level, outcome.log_message, request.time, **fields)


def _extra_fields(request: Request, outcome: Outcome, stack: str) -> dict[str, Any]:
    """Return the fields of an unusual request that are not empty, and the metrics; most are both."""
    delivered = outcome.delivered
    fields: dict[str, Any] = {
        "unsent": delivered.unsent,
        "duplicates": delivered.duplicates,
        "unclaimed": delivered.unclaimed,
        "unarchived": delivered.unarchived,
        "why": outcome.reason,
        "canary": request.canary if delivered.sent or delivered.unsent else None,
    }
    if delivered.drift:
        from lambdas.reading.validation import list_unknown

        fields["drift"] = list_unknown(delivered.drift)
    counts = {
        "Rejected": len(delivered.rejected_events),
        "Unauthenticated": int(outcome.reply.status == 401),
        "NoSecret": int(outcome.log_message == UNVERIFIABLE),
        "Unsent": delivered.unsent,
        # A canary sends a sample, whose time is long past.
        "Lag": 0.0 if request.canary else delivered.lag,
        "Duplicate": delivered.duplicates,
        "Unclaimed": delivered.unclaimed,
        "Unarchived": delivered.unarchived,
        "Drift": len(delivered.drift),
    }
    metrics = embedded_metrics(stack, request.time, counts) if stack else {}
    return {**{name: value for name, value in fields.items() if value}, **metrics}


def format_reasons(rejected_events: Iterable[RejectedEvent]) -> str:
    """Join the distinct reasons, at most `MAX_REASONS` of them."""
    reasons = sorted({f"{rejected.reason}: {rejected.detail}" for rejected in rejected_events})
    rest = [f"and {len(reasons) - MAX_REASONS} more"] if len(reasons) > MAX_REASONS else []
    return "; ".join([*reasons[:MAX_REASONS], *rest])
