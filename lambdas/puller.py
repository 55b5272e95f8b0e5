"""Entry point of the puller, which a schedule calls."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from typing import Any

from botocore.config import Config

from lambdas.delivering.dedupe import Claims
from lambdas.delivering.delivery import load_archive, load_outbox
from lambdas.delivering.kept_bucket import KeptBucket
from lambdas.pulling.connections import Connections
from lambdas.pulling.expiry import Expiry, credential_names
from lambdas.pulling.page_delivery import PageDelivery
from lambdas.pulling.position_table import PositionTable
from lambdas.pulling.run_log import RunFailed, log_run
from lambdas.pulling.runner import Runner
from lambdas.pulling.trial import log_trial, trial_answer
from lambdas.runtime.aws import client
from lambdas.runtime.deadline import Deadline
from lambdas.runtime.rotated_secrets import RotatedSecrets
from lambdas.source import SOURCE

# Nobody waits for an answer, so a busy table is asked for longer than by the handler of a webhook.
PATIENT = Config(connect_timeout=2, read_timeout=5, retries={"mode": "standard", "total_max_attempts": 4})
TABLE = os.environ["DEDUPE_TABLE"]
DEADLINE = Deadline()


def _claims() -> Claims:
    lease = float(os.environ["DEDUPE_LEASE"])
    return Claims(SOURCE, TABLE, client("dynamodb", PATIENT), lease, deadline=DEADLINE, required=True)


DELIVERY = PageDelivery(
    SOURCE,
    load_outbox(SOURCE, DEADLINE),
    KeptBucket(os.environ["KEPT_BUCKET"], lambda: client("s3"), DEADLINE),
    _claims(),
    load_archive(SOURCE, DEADLINE),
)
CONNECTIONS = Connections(private=SOURCE.pull is not None and SOURCE.pull.self_hosted)
EXPIRY = Expiry(os.environ["SECRETS_PATH"], credential_names(SOURCE), lambda: client("ssm"))
RUNNER = Runner(
    SOURCE,
    RotatedSecrets(os.environ["SECRETS_PATH"], lambda: client("ssm")),
    CONNECTIONS.send,
    DELIVERY,
    lambda owner: PositionTable(TABLE, client("dynamodb", PATIENT), owner),
    DEADLINE,
    stream=CONNECTIONS.stream,
)


def handler(event: Mapping[str, Any] | None, context: Any) -> dict[str, Any]:
    """Ask the vendor for what is new; RunFailed, which AWS counts as an error, where a stream could not be read.

    With `{"try": true}`, ask for a page of each stream, send nothing, and return what came in counts and words.
    """
    DEADLINE.begin(context)
    trial = event is not None and event.get("try") is True
    expiring = 0 if trial else EXPIRY.expiring()
    try:
        report = RUNNER.run(context.get_remaining_time_in_millis() / 1_000, trial=trial)
    finally:
        CONNECTIONS.close()
    if trial:
        log_trial(report, SOURCE.name, time.time())
        return trial_answer(report)
    log_run(report, SOURCE.name, os.environ.get("STACK", ""), time.time(), expiring)
    if report.failures:
        raise RunFailed("; ".join(f"{stream}: {why}" for stream, why in report.failures.items()))
    return {"outcome": report.outcome, "requests": report.requests, **report.counts}
