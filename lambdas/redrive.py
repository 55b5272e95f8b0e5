"""Entry point of what brings kept events back: the sweep, by the clock, and `redrive`, by hand."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from typing import Any

from lambdas.delivering.delivery import load_claims
from lambdas.delivering.kept_bucket import KeptBucket
from lambdas.delivering.outbox import Outbox
from lambdas.delivering.reprocess import Reprocessor
from lambdas.delivering.sweep import Sweeper
from lambdas.runtime.aws import client
from lambdas.runtime.deadline import Deadline
from lambdas.runtime.log import log
from lambdas.runtime.metrics import embedded_metrics
from lambdas.source import SOURCE


def _log(what: str, **said: Any) -> None:
    """A line for each object, with the id of its request.

    What waits, and what can't be sent, is counted at each sweep: an alarm sees it where no request comes either.
    """
    now, left = time.time(), said.get("left", 0)
    never = said.get("unsendable", 0) + said.get("foreign", 0)
    duplicates, unclaimed = said.get("duplicates", 0), said.get("unclaimed", 0)
    numbers = {"Unsent": left, "Rejected": never, "Duplicate": duplicates, "Unclaimed": unclaimed}
    metrics = embedded_metrics(os.environ["STACK"], now, numbers)
    bad = left or never or unclaimed or said.get("unsent") or said.get("kept")
    log("WARN" if bad else "INFO", what, now, source=SOURCE.name, **said, **metrics)


DEADLINE = Deadline()
OUTBOX = Outbox(os.environ["EVENTS_QUEUE_URL"], client("sqs"), deadline=DEADLINE)
KEPT = KeptBucket(os.environ["KEPT_BUCKET"], lambda: client("s3"), DEADLINE)
REPROCESSOR = Reprocessor(SOURCE, OUTBOX, KEPT, _log, load_claims(SOURCE, DEADLINE), DEADLINE)
SWEEPER = Sweeper(OUTBOX, KEPT, _log, DEADLINE)


def handler(event: Mapping[str, Any], context: Any) -> dict[str, Any]:
    """{"preview": [key, …]} or {"send": [key, …]}: what becomes of each; anything else: the sweep.

    Where there is no time for some of them, what becomes of these is `left`: they are where they were.
    """
    DEADLINE.begin(context)
    if "preview" in event:
        return {"results": REPROCESSOR.preview(event["preview"])}
    if "send" in event:
        return {"results": REPROCESSOR.send(event["send"])}
    return SWEEPER.sweep()
