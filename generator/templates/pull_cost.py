"""What a pulled source costs a month: most of it for asking, whether there are events or not."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from generator.templates.cost import (
    DYNAMODB_WRITES,
    EVENT_KB,
    MONTH_SECONDS,
    SQS_REQUESTS,
    Cost,
    archived,
    fixed_cost,
    invocations,
    run_time,
    written,
)
from lambdas.model_pull import Pull
from lambdas.pulling.runner import stream_keys

# Dollars for a million.
SCHEDULED_CALLS = 1.00  # https://aws.amazon.com/eventbridge/pricing/
DYNAMODB_READS = 0.125  # on demand, consistent, an item of at most 4 KB

# Assumed after comparable functions, not measured.
RUN_MS, REQUEST_MS, EVENT_MS = 200, 500, 3
RUN_WRITES, RUN_READS = 2, 1  # the lease is taken and given back, and what people want is read
STREAM_WRITES, STREAM_READS = 1, 1  # a stream's position
EVENT_WRITES = 3  # its claim is pending, in a transaction, which counts twice; then done
BATCH = 10  # messages of a request to SQS, or of an object

PULL_ASSUMPTIONS = (
    f"a pulled source: one request a run for each stream, of {REQUEST_MS} ms; {RUN_MS} ms a run and {EVENT_MS} ms an "
    f"event; {BATCH} events in a request to SQS, or in an object; {EVENT_WRITES} writes an event, and a read each time "
    "that it is read again"
)


def requests_a_month(pull: Pull) -> int:
    """Return how many requests the vendor gets in a month in which each stream's news fit on a page."""
    return round(_runs(pull)) * _streams(pull)


def estimate_pull_cost(resources: Mapping[str, Any], pull: Pull) -> Cost:
    """Return the cost of a template with a puller: of a month of asking, and of each million events."""
    fixed, types = fixed_cost(resources)
    function = resources["Puller"]["Properties"]
    per_run = (
        SCHEDULED_CALLS
        + invocations(function, RUN_MS + REQUEST_MS * _streams(pull), 1 / pull.every, reads_secret=True)
        + DYNAMODB_WRITES * (RUN_WRITES + STREAM_WRITES * _streams(pull))
        + DYNAMODB_READS * (RUN_READS + STREAM_READS * _streams(pull))
    )
    return Cost(_per_million(resources, pull), fixed + per_run * _runs(pull) / 1e6, types)


def _per_million(resources: Mapping[str, Any], pull: Pull) -> float:
    function = resources["Puller"]["Properties"]
    total = run_time(function, EVENT_MS)
    total += DYNAMODB_WRITES * EVENT_WRITES + DYNAMODB_READS * (1 + _read_again(pull))
    if "Writer" in resources:
        total += written(resources, 1 / BATCH)
    else:
        total += SQS_REQUESTS * math.ceil(BATCH * EVENT_KB / 64) / BATCH
    if archive := resources.get("Archive"):
        total += archived(archive["Properties"])
    return total


def _read_again(pull: Pull) -> float:
    """Return how often an event is read again, which the stream that does so most often says."""
    windows = [stream.window for stream in pull.streams.values() if stream.resume == "time"]
    return max((window.overlap / pull.every + (window.again or 0) / 86_400 for window in windows), default=0.0)


def _runs(pull: Pull) -> float:
    return MONTH_SECONDS / pull.every


def _streams(pull: Pull) -> int:
    return sum(1 for _ in stream_keys(pull))
