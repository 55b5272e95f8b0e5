"""What a redrive reports of messages and of events that fail again: an answer of Lambda has at most 6 MB."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

from lambdas.runtime.times import iso_time
from lambdas.shaping.event import Message, RejectedEvent

REPLAYED = ("replayed",)
"""The tag of a message that comes later than its event: MozDef's alert old_events fires for it."""
MAX_REASONS = 50
"""Reasons that are reported of one object."""
MAX_SHOWN = 20
"""Messages of one object that a preview shows."""


def count_reasons(rejected_events: Iterable[RejectedEvent]) -> Counter[tuple[str, str]]:
    """Return how many events were rejected for each reason and detail."""
    return Counter((rejected.reason, rejected.detail) for rejected in rejected_events)


def report_reasons(reasons: Counter[tuple[str, str]]) -> list[dict[str, Any]]:
    """Return each reason with its number of events; the rarest combined."""
    counts = reasons.most_common()
    others: Counter[tuple[str, str]] = Counter()
    for (reason, _), count in counts[MAX_REASONS:]:
        others[reason, "and others"] += count
    return [
        {"reason": reason, "detail": detail, "events": count}
        for (reason, detail), count in [*counts[:MAX_REASONS], *others.items()]
    ]


def shown_fields(message: Message) -> dict[str, Any]:
    """Return what a preview shows of a message."""
    event = message.event
    return {
        "timestamp": iso_time(event.at),
        "severity": event.facts.severity,
        "summary": event.facts.summary,
    }
