"""Read how a deployed pulled source is: what it asked, how far it is read, and why nothing comes.

Silence has four names: nothing happened, it could not ask, it was refused, it did not ask.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any, Literal

from botocore.exceptions import ClientError

from generator.aws import Target
from generator.aws_failures import environment_is_emulator
from generator.definition.parameter_values import deployed_url
from generator.definition.secret_names import ssm_names
from generator.deploy.secret_store import read_expiry
from generator.operate.kept_events import SourceResources
from generator.operate.pull_positions import Backfill, PullTable, StreamState
from lambdas.model import Source
from lambdas.pulling.expiry import WARN_DAYS, days_left
from lambdas.runtime.metrics import NAMESPACE

Silence = Literal["nothing happened", "could not ask", "was refused", "did not ask"]
INTERVALS = 3
"""Without a request for so many intervals, the vendor is not asked."""
_STARTS = 300
"""Seconds until a new schedule runs for the first time, and a run's line is in the log."""
_DENIED = ("AccessDenied", "AccessDeniedException")


@dataclass(frozen=True)
class LastRun:
    """What the log says of the last run. What went wrong, and what people should know, is by stream."""

    at: datetime
    outcome: str
    requests: int
    failures: Mapping[str, str] = field(default_factory=dict)
    refused: tuple[str, ...] = ()
    notes: Mapping[str, str] = field(default_factory=dict)
    remaining: int | None = None
    """Requests that the vendor says are left."""


@dataclass(frozen=True)
class PullStatus:
    """What `status` reports of a pulled source, beside what it reports of every source."""

    url: str
    """Where it asks."""
    every: int
    last_run: LastRun | None
    """None where no run is in the log of the last intervals, or the caller may not read it."""
    last_end: datetime | None
    """When the last run ended, from the table."""
    has_recent_requests: bool
    """A request was sent within the last intervals."""
    paused: bool
    waits_until: datetime | None
    """When the vendor wants to be asked again, where that is in the future."""
    streams: tuple[StreamState, ...]
    backfills: tuple[Backfill, ...]
    expires: Mapping[str, date]
    """The days on which credentials end, by their names; of those of which somebody said it."""
    arrived: bool | None
    """A message was sent within the last day; None where messages are not counted."""

    @property
    def silence(self) -> Silence | None:
        """Why nothing comes; None where events come."""
        run = self.last_run
        if run and run.failures and not self.paused:
            return "was refused" if run.refused else "could not ask"
        if self.paused or not self.has_recent_requests:
            return "did not ask"
        return "nothing happened" if self.arrived is False else None

    @property
    def has_run(self) -> bool:
        """Whether a run has ended since the source was deployed."""
        return self.last_run is not None or self.last_end is not None

    @property
    def healthy(self) -> bool:
        """Whether the operator has nothing to do about the asking."""
        return self.silence in (None, "nothing happened") and not any(map(ends_soon, self.expires.values()))


def ends_soon(day: date) -> bool:
    """Return whether a credential ends within days, or has ended."""
    return days_left(day, datetime.now(UTC).timestamp()) <= WARN_DAYS


def read_pull_status(
    target: Target, source: Source, resources: SourceResources, arrived: bool | None = None
) -> PullStatus:
    """Read the part of the status that a pulled source with these resources has."""
    assert source.pull is not None  # noqa: S101 - the caller has looked
    pull = source.pull
    now = datetime.now(UTC).timestamp()
    table = PullTable(resources.positions or "", target.client("dynamodb"), pull)
    lease = table.lease()
    since = now - INTERVALS * pull.every - _STARTS
    run = _last_run(target, resources.puller_log, since)
    return PullStatus(
        url=deployed_url(pull, resources.parameters),
        every=pull.every,
        last_run=run,
        last_end=datetime.fromtimestamp(lease.last_end, UTC) if lease.last_end else None,
        has_recent_requests=bool(run and run.requests) or _requests_counted(target, target.stack(source.name), since),
        paused=bool(table.control()[0].get("paused")),
        waits_until=datetime.fromtimestamp(lease.not_before, UTC) if lease.not_before > now else None,
        streams=tuple(table.state(key, stream) for key, stream in table.streams()),
        backfills=tuple(table.backfills()),
        expires=read_expiry(target.client("ssm"), ssm_names(source, target.project, target.environment)),
        arrived=arrived,
    )


def _requests_counted(target: Target, stack: str, since: float) -> bool:
    """Return whether the puller has counted a request since then."""
    if environment_is_emulator():  # an emulator counts nothing
        return False
    now = datetime.now(UTC)
    seconds = -(-(now.timestamp() - since) // 60) * 60
    answer = target.client("cloudwatch").get_metric_statistics(
        Namespace=NAMESPACE,
        MetricName="Requests",
        Dimensions=[{"Name": "Stack", "Value": stack}],
        StartTime=datetime.fromtimestamp(now.timestamp() - seconds, UTC),
        EndTime=now,
        Period=int(seconds),
        Statistics=["Sum"],
    )
    return any(point["Sum"] > 0 for point in answer.get("Datapoints", ()))


def _last_run(target: Target, log_group: str | None, since: float) -> LastRun | None:
    """Return the last run that the log has; None without one, or without the permission to read it."""
    if log_group is None:
        return None
    logs, last = target.client("logs"), None
    query = {"logGroupName": log_group, "filterPattern": '"outcome"', "startTime": int(since * 1_000)}
    try:
        for page in logs.get_paginator("filter_log_events").paginate(**query):
            for event in page["events"]:
                if (run := _run_of(event)) and (last is None or run.at >= last.at):
                    last = run
    except ClientError as error:
        if error.response["Error"]["Code"] not in (*_DENIED, "ResourceNotFoundException"):
            raise
    return last


def _run_of(event: Mapping[str, Any]) -> LastRun | None:
    try:
        line = json.loads(event["message"])
    except ValueError:
        return None
    if not isinstance(line, dict) or line.get("message") != "run":
        return None
    return LastRun(
        datetime.fromtimestamp(event["timestamp"] / 1_000, UTC),
        str(line.get("outcome")),
        int(line.get("requests", 0)),
        line.get("failures", {}),
        tuple(line.get("refused", ())),
        line.get("notes", {}),
        line.get("remaining"),
    )
