"""Entry point of what brings kept events back: the sweep, by the clock, and `redrive`, by hand."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from lambdas.aws import client
from lambdas.delivery import claims_of
from lambdas.kept import Kept
from lambdas.log import log
from lambdas.metrics import embedded
from lambdas.outbox import Outbox
from lambdas.reprocess import Reprocessor
from lambdas.source import SOURCE

REPROCESSOR = Reprocessor(
    SOURCE,
    Outbox(os.environ["EVENTS_QUEUE_URL"], client("sqs")),
    Kept(os.environ["KEPT_BUCKET"], lambda: client("s3")),
    claims_of(SOURCE),
)


ONE_MORE_MS = 30_000
"""What is left of the function's time for another object to be begun: the largest takes half of it."""


def handler(event: Mapping[str, Any], context: Any) -> dict[str, Any]:
    """{"preview": [key, …]} or {"send": [key, …]}: what becomes of each; anything else: the sweep."""
    if "preview" in event:
        return {"results": REPROCESSOR.preview(event["preview"])}
    if "send" in event:
        results = REPROCESSOR.send(event["send"])
        _log("redriven", sent=_sum(results, "sent"), **_by_table(results))
        return {"results": results}
    swept = REPROCESSOR.sweep(lambda: context.get_remaining_time_in_millis() > ONE_MORE_MS)
    if any(swept.values()):
        _log("swept", **swept)
    return swept


def _sum(results: Iterable[Mapping[str, Any]], name: str) -> int:
    return sum(one.get(name, 0) for one in results)


def _by_table(results: Sequence[Mapping[str, Any]]) -> dict[str, int]:
    """What `dedupe` made of them."""
    counts = {name: _sum(results, name) for name in ("duplicates", "unclaimed", "pending")}
    return {name: count for name, count in counts.items() if count}


def _log(what: str, **counts: int) -> None:
    """What waits is counted at each sweep, so that an alarm sees it where no request comes either."""
    now, left, never = time.time(), counts.get("left", 0), counts.get("unsendable", 0)
    duplicates, unclaimed = counts.get("duplicates", 0), counts.get("unclaimed", 0)
    numbers = {"Unsent": left, "Rejected": never, "Duplicate": duplicates, "Unclaimed": unclaimed}
    metrics = embedded(os.environ["STACK"], now, numbers)
    log("WARN" if left or never or unclaimed else "INFO", what, now, source=SOURCE.name, **counts, **metrics)
