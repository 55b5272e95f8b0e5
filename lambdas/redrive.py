"""Entry point of the redrive function: the sweep on a schedule, and `redrive` by hand."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from typing import Any

from lambdas.delivering.delivery import Delivery, load_claims, load_outbox
from lambdas.delivering.kept_bucket import KeptBucket
from lambdas.delivering.object_store import ObjectStore
from lambdas.delivering.reprocess import Reprocessor
from lambdas.delivering.sweep import Sweeper
from lambdas.runtime.aws import client
from lambdas.runtime.deadline import Deadline
from lambdas.runtime.log import log
from lambdas.runtime.metrics import embedded_metrics
from lambdas.source import SOURCE


def _log(message: str, **fields: Any) -> None:
    """Log a line for an object, with the id of its request.

    Each sweep counts what waits and what can't be sent, so that alarms see it even when no requests come.
    """
    now, left = time.time(), fields.get("left", 0)
    unsendable = fields.get("unsendable", 0) + fields.get("foreign", 0)
    duplicates, unclaimed = fields.get("duplicates", 0), fields.get("unclaimed", 0)
    numbers = {"Unsent": left, "Rejected": unsendable, "Duplicate": duplicates, "Unclaimed": unclaimed}
    metrics = embedded_metrics(os.environ["STACK"], now, numbers)
    is_warning = left or unsendable or unclaimed or fields.get("unsent") or fields.get("kept")
    log("WARN" if is_warning else "INFO", message, now, source=SOURCE.name, **fields, **metrics)


def _delivery_type() -> type[Delivery]:
    """Return what shapes and sends what was kept or archived: requests of a vendor's, or parts of pages."""
    if SOURCE.pull is None:
        return Delivery
    from lambdas.pulling.page_delivery import PageDelivery

    return PageDelivery


DEADLINE = Deadline()
OUTBOX = load_outbox(SOURCE, DEADLINE)
KEPT = KeptBucket(os.environ["KEPT_BUCKET"], lambda: client("s3"), DEADLINE)
REPROCESSOR = Reprocessor(SOURCE, OUTBOX, KEPT, _log, load_claims(SOURCE, DEADLINE), DEADLINE, _delivery_type())
SWEEPER = Sweeper(OUTBOX, KEPT, _log, DEADLINE)


def _replay(payload: Mapping[str, Any]) -> list[dict[str, Any]]:
    # Imported late: only a source with an archive has it.
    from lambdas.delivering.replay import Replayer

    archive = ObjectStore(os.environ["ARCHIVE_BUCKET"], lambda: client("s3"), DEADLINE)
    return Replayer(SOURCE, OUTBOX, KEPT, archive, _log, DEADLINE, _delivery_type()).replay(payload)


def handler(event: Mapping[str, Any], context: Any) -> dict[str, Any]:
    """Preview the keys of {"preview": [key, …]}, send those of {"send": [key, …]}, or else sweep.

    {"archive": {…}} previews or sends what is archived, as `Replayer.replay` says. A result is `left` where there was
    no time for its object, which is unchanged.
    """
    DEADLINE.begin(context)
    if SOURCE.archive and "archive" in event:
        return {"results": _replay(event["archive"])}
    if "preview" in event:
        return {"results": REPROCESSOR.preview(event["preview"])}
    if "send" in event:
        return {"results": REPROCESSOR.send(event["send"])}
    return SWEEPER.sweep()
