"""What became of a request, and the line of the log that says it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, NamedTuple

from lambdas.delivering.result import Delivered
from lambdas.reading.request import Request
from lambdas.receiving.challenges import HttpReply
from lambdas.runtime.log import Level, log
from lambdas.runtime.metrics import embedded_metrics

if TYPE_CHECKING:
    from lambdas.shaping.message import RejectedEvent

MAX_WHY = 20
"""Reasons in a line of the log: CloudWatch cuts one that is too long, and its metrics with it."""
UNVERIFIABLE = "no secret"
"""What became of a request that can't be verified, for a reason that does not pass by itself: somebody has to act."""


class Outcome(NamedTuple):
    """An answer, and what the log says of how it came about."""

    reply: HttpReply
    log_message: str
    reason: str | None = None
    delivered: Delivered = Delivered(0, 0, [])


def log_request(request: Request, outcome: Outcome, source: str, stack: str) -> None:
    """One line for each request. Of the body it has names of drift alone, of headers the mark of a canary.

    Without a `stack` it has no metrics.
    """
    status, delivered = outcome.reply.status, outcome.delivered
    fields: dict[str, Any] = {"source": source, "requestId": request.id, "status": status}
    kept = len(delivered.refusals)
    fields["sent"], fields["kept"] = delivered.sent, kept
    level: Level = "INFO"
    # Most requests are of those of which all is sent, and there is no more to say.
    if status >= 400 or any(delivered[1:]) or request.canary:
        odd = status >= 400 or kept or delivered.unsent or delivered.unclaimed
        level = "ERROR" if status >= 500 else "WARN" if odd else "INFO"
        fields |= _more(request, outcome, stack)
    log(level, outcome.log_message, request.time, **fields)


def _more(request: Request, outcome: Outcome, stack: str) -> dict[str, Any]:
    """What is out of the ordinary, as far as it is there; most of it is a metric too."""
    delivered = outcome.delivered
    said: dict[str, Any] = {
        "unsent": delivered.unsent,
        "duplicates": delivered.duplicates,
        "unclaimed": delivered.unclaimed,
        "why": outcome.reason,
        "canary": request.canary if delivered.sent or delivered.unsent else None,
    }
    if delivered.drift:
        from lambdas.reading.validation import list_unknown

        said["drift"] = list_unknown(delivered.drift)
    counts = {
        "Rejected": len(delivered.refusals),
        "Unauthenticated": int(outcome.reply.status == 401),
        "NoSecret": int(outcome.log_message == UNVERIFIABLE),
        "Unsent": delivered.unsent,
        # A canary's event is old on purpose.
        "Lag": 0.0 if request.canary else delivered.lag,
        "Duplicate": delivered.duplicates,
        "Unclaimed": delivered.unclaimed,
        "Drift": len(delivered.drift),
    }
    metrics = embedded_metrics(stack, request.time, counts) if stack else {}
    return {**{name: value for name, value in said.items() if value}, **metrics}


def format_reasons(refusals: Iterable[RejectedEvent]) -> str:
    """Each once, and no more than a line has room for."""
    told = sorted({f"{one.reason}: {one.detail}" for one in refusals})
    more = [f"and {len(told) - MAX_WHY} more"] if len(told) > MAX_WHY else []
    return "; ".join([*told[:MAX_WHY], *more])
