"""Read the status of a deployed source: stack, metrics, queues, kept objects, alarms, secrets."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from botocore.exceptions import ClientError

from generator.aws import Target
from generator.aws_failures import environment_is_emulator
from generator.definition.secret_names import ssm_names
from generator.deploy import retained_resources
from generator.deploy.retained_resources import RetainedResources, count_objects
from generator.deploy.stored_secrets import times_stored
from generator.operate import kept_events
from lambdas.model import Source
from lambdas.runtime.metrics import NAMESPACE

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@dataclass(frozen=True)
class MetricSums:
    """A CloudWatch count over the last hour and the last day."""

    hour: float
    day: float


@dataclass(frozen=True)
class SourceStatus:
    """What `status` reports. A count is None where there is nothing to count, or no CloudWatch."""

    stack: str
    status: str
    changed: datetime
    version: str
    requests: MetricSums | None
    sent: MetricSums | None
    """Messages that were sent to the queue, or into the stream that writes objects."""
    drift: MetricSums | None
    """Events with fields or values that the source's JSON Schemas do not know."""
    duplicates: MetricSums | None
    """Messages that were not sent again."""
    waiting: int
    """Messages on the queue, or notifications where it tells of objects."""
    oldest: float | None
    """Highest age in seconds of the oldest message within the last hour; None where AWS does not report it."""
    dead: int
    """Messages on the dead-letter queue."""
    rejected: int
    unsent: int
    unsendable: int
    earlier: RetainedResources | None
    """Where earlier stacks left events behind; None where the caller has no permission to look."""
    bucket: str
    objects: bool
    """Whether messages are in objects, and the queues have notifications of these."""
    alarms: tuple[tuple[str, str], ...]
    """Names and descriptions of the alarms that are in ALARM."""
    secrets: Mapping[str, datetime | None]
    """When each secret was stored last; None where it is missing."""
    problem: str | None = None
    """What is wrong with the stack's own state, and what to do."""

    @property
    def receiving_events(self) -> bool | None:
        """Whether a request came within the last day; None where requests are not counted."""
        return self.requests.day > 0 if self.requests else None

    @property
    def messages_arrived(self) -> bool | None:
        """Whether a message was sent within the last day; None where messages are not counted."""
        return self.sent.day > 0 if self.sent else None

    @property
    def healthy(self) -> bool:
        """Whether the operator has nothing to do."""
        kept = self.rejected or self.unsent or self.unsendable
        earlier = self.earlier and (self.earlier.buckets or self.earlier.queues)
        return not (self.problem or self.alarms or self.dead or kept or earlier) and all(self.secrets.values())


def read_status(target: Target, source: Source, resources: kept_events.SourceResources) -> SourceStatus:
    """Read the status of a source with these resources."""
    name = target.stack(source.name)
    summary = target.client("cloudformation").get_template_summary(StackName=name)
    metadata = json.loads(summary.get("Metadata") or "{}")
    now, s3 = datetime.now(UTC), target.client("s3")
    return SourceStatus(
        stack=name,
        status=resources.status,
        changed=resources.since,
        version=metadata.get("MozDefEventFramework", {}).get("Version", "not known"),
        **_metrics(target, now, source, resources),
        waiting=message_count(target, resources.events),
        oldest=_oldest(target, now, _queue_name(resources.events)),
        dead=message_count(target, resources.dead_letters),
        rejected=count_objects(s3, resources.bucket, "rejected/"),
        unsent=count_objects(s3, resources.bucket, "unsent/"),
        unsendable=count_objects(s3, resources.bucket, "unsendable/"),
        earlier=_left_by_earlier_stacks(target, source, resources),
        bucket=resources.bucket,
        objects=resources.writer is not None,
        alarms=_alarms(target, name, resources.alarms),
        secrets=_secrets(target, source),
        problem=resources.problem,
    )


def _queue_name(url: str) -> str:
    return url.rpartition("/")[2]


def message_count(target: Target, url: str) -> int:
    """Return how many messages on a queue can be received now."""
    attribute = "ApproximateNumberOfMessages"
    answer = target.client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=[attribute])
    return int(answer["Attributes"][attribute])


def _left_by_earlier_stacks(
    target: Target, source: Source, resources: kept_events.SourceResources
) -> RetainedResources | None:
    try:
        return retained_resources.find_retained(
            target, source.name, resources.bucket, (resources.events, resources.dead_letters)
        ).with_events
    except ClientError as error:
        if error.response["Error"]["Code"] not in ("AccessDenied", "AccessDeniedException"):
            raise
        return None


def _statistics(target: Target, now: datetime, since: timedelta, metric: Mapping[str, Any], kind: str) -> list[float]:
    answer = target.client("cloudwatch").get_metric_statistics(
        **metric, StartTime=now - since, EndTime=now, Period=int(since.total_seconds()), Statistics=[kind]
    )
    return [point[kind] for point in answer.get("Datapoints", ())]


def _metric(namespace: str, name: str, dimension: str, value: str) -> dict[str, Any]:
    return {"Namespace": namespace, "MetricName": name, "Dimensions": [{"Name": dimension, "Value": value}]}


def _metrics(
    target: Target, now: datetime, source: Source, resources: kept_events.SourceResources
) -> dict[str, MetricSums | None]:
    stack = "Stack", target.stack(source.name)
    metrics = {
        "requests": (
            _metric("AWS/ApiGateway", "Count", "ApiId", resources.api)
            if resources.api
            else _metric(NAMESPACE, "Requests", *stack)
        ),
        "sent": (
            _metric("AWS/Firehose", "IncomingRecords", "DeliveryStreamName", resources.writer)
            if resources.writer
            else _metric("AWS/SQS", "NumberOfMessagesSent", "QueueName", _queue_name(resources.events))
        ),
        "drift": _metric(NAMESPACE, "Drift", *stack) if source.events.schemas else None,
        "duplicates": _metric(NAMESPACE, "Duplicate", *stack) if source.dedupe or source.pull else None,
    }
    has_metrics = not environment_is_emulator()  # an emulator counts nothing
    return {name: _sums(target, now, metric) if metric and has_metrics else None for name, metric in metrics.items()}


def _sums(target: Target, now: datetime, metric: Mapping[str, Any]) -> MetricSums:
    return MetricSums(*(sum(_statistics(target, now, since, metric, "Sum")) for since in (HOUR, DAY)))


def _oldest(target: Target, now: datetime, queue: str) -> float | None:
    metric = _metric("AWS/SQS", "ApproximateAgeOfOldestMessage", "QueueName", queue)
    return max(_statistics(target, now, HOUR, metric, "Maximum"), default=None)


def _alarms(target: Target, stack: str, names: Collection[str]) -> tuple[tuple[str, str], ...]:
    """Return the names and descriptions of the alarms that are on, of those with these names."""
    pages = target.client("cloudwatch").get_paginator("describe_alarms").paginate(AlarmNamePrefix=f"{stack}-")
    alarms = [alarm for page in pages for alarm in page.get("MetricAlarms", ())]
    return tuple(
        (alarm["AlarmName"], alarm.get("AlarmDescription", ""))
        for alarm in alarms
        if alarm["AlarmName"] in names and alarm["StateValue"] == "ALARM"
    )


def _secrets(target: Target, source: Source) -> dict[str, datetime | None]:
    """Return when each secret was stored last; None for one that is not stored."""
    parameters = ssm_names(source, target.project, target.environment)
    stored_at = times_stored(target.client("ssm"), list(parameters.values())) if parameters else {}
    return {name: stored_at.get(parameter) for name, parameter in parameters.items()}
