"""How a deployed source is: read from what AWS counts anyway, and from what is kept."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from botocore.exceptions import ClientError

from generator.aws import Target, environment_is_emulator
from generator.definition.secret_names import ssm_names
from generator.deploy import retained_resources
from generator.deploy.retained_resources import RetainedResources, count_objects
from generator.operate import kept_events
from lambdas.model import Source
from lambdas.runtime.metrics import NAMESPACE

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@dataclass(frozen=True)
class MetricSums:
    """How often, as CloudWatch says."""

    hour: float
    """In the last hour."""
    day: float


@dataclass(frozen=True)
class SourceStatus:
    """What `status` says. What CloudWatch counts is None where there is nothing to count, or no CloudWatch."""

    stack: str
    status: str
    changed: datetime
    version: str
    requests: MetricSums | None
    sent: MetricSums | None
    """Messages."""
    drift: MetricSums | None
    """Events of which the source's JSON Schemas did not know something."""
    duplicates: MetricSums | None
    """Messages that were not sent, since they had been."""
    waiting: int
    oldest: float | None
    """Seconds that the oldest of them has waited, at most, in the last hour; None where AWS does not say it."""
    dead: int
    rejected: int
    unsent: int
    unsendable: int
    earlier: RetainedResources | None
    """Where earlier stacks left events behind; None where one may not look."""
    bucket: str
    alarms: tuple[tuple[str, str], ...]
    """Those that are not OK, and their descriptions."""
    secrets: Mapping[str, datetime | None]

    @property
    def flowing(self) -> bool | None:
        """Whether something came within a day; None where that is not counted."""
        return self.requests.day > 0 if self.requests else None

    @property
    def well(self) -> bool:
        """Whether there is nothing to do."""
        kept = self.rejected or self.unsent or self.unsendable
        earlier = self.earlier and (self.earlier.buckets or self.earlier.queues)
        return not (self.alarms or self.dead or kept or earlier) and all(self.secrets.values())


def read_status(target: Target, source: Source) -> SourceStatus:
    """The state of a source's stack; GeneratorError where there is none."""
    name, there = target.stack(source.name), kept_events.find_resources(target, source.name)
    said = target.client("cloudformation").get_template_summary(StackName=name).get("Metadata")
    metadata = json.loads(said or "{}")
    now, s3 = datetime.now(UTC), target.client("s3")
    return SourceStatus(
        stack=name,
        status=there.status,
        changed=there.since,
        version=metadata.get("MozDefEventFramework", {}).get("Version", "not known"),
        **_flow(target, now, source, there),
        waiting=_depth(target, there.events),
        oldest=_oldest(target, now, _name(there.events)),
        dead=_depth(target, there.dead_letters),
        rejected=count_objects(s3, there.bucket, "rejected/"),
        unsent=count_objects(s3, there.bucket, "unsent/"),
        unsendable=count_objects(s3, there.bucket, "unsendable/"),
        earlier=_earlier(target, source, there),
        bucket=there.bucket,
        alarms=_alarms(target, name),
        secrets=_secrets(target, source),
    )


def _name(url: str) -> str:
    return url.rpartition("/")[2]


def _depth(target: Target, url: str) -> int:
    wanted = "ApproximateNumberOfMessages"
    found = target.client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=[wanted])
    return int(found["Attributes"][wanted])


def _earlier(target: Target, source: Source, there: kept_events.SourceResources) -> RetainedResources | None:
    try:
        return retained_resources.find_retained(
            target, source.name, there.bucket, (there.events, there.dead_letters)
        ).events
    except ClientError as error:
        if error.response["Error"]["Code"] not in ("AccessDenied", "AccessDeniedException"):
            raise
        return None


def _statistics(target: Target, now: datetime, since: timedelta, metric: Mapping[str, Any], kind: str) -> list[float]:
    found = target.client("cloudwatch").get_metric_statistics(
        **metric, StartTime=now - since, EndTime=now, Period=int(since.total_seconds()), Statistics=[kind]
    )
    return [one[kind] for one in found.get("Datapoints", ())]


def _metric(namespace: str, name: str, dimension: str, value: str) -> dict[str, Any]:
    return {"Namespace": namespace, "MetricName": name, "Dimensions": [{"Name": dimension, "Value": value}]}


def _flow(
    target: Target, now: datetime, source: Source, there: kept_events.SourceResources
) -> dict[str, MetricSums | None]:
    stack = "Stack", target.stack(source.name)
    metrics = {
        "requests": _metric("AWS/ApiGateway", "Count", "ApiId", there.api),
        "sent": _metric("AWS/SQS", "NumberOfMessagesSent", "QueueName", _name(there.events)),
        "drift": _metric(NAMESPACE, "Drift", *stack) if source.events.schemas else None,
        "duplicates": _metric(NAMESPACE, "Duplicate", *stack) if source.dedupe else None,
    }
    counted = not environment_is_emulator()  # an emulator counts nothing
    return {name: _counted(target, now, one) if one and counted else None for name, one in metrics.items()}


def _counted(target: Target, now: datetime, metric: Mapping[str, Any]) -> MetricSums:
    return MetricSums(*(sum(_statistics(target, now, since, metric, "Sum")) for since in (HOUR, DAY)))


def _oldest(target: Target, now: datetime, queue: str) -> float | None:
    metric = _metric("AWS/SQS", "ApproximateAgeOfOldestMessage", "QueueName", queue)
    found = _statistics(target, now, HOUR, metric, "Maximum")
    return max(found, default=None)


def _alarms(target: Target, stack: str) -> tuple[tuple[str, str], ...]:
    pages = target.client("cloudwatch").get_paginator("describe_alarms").paginate(AlarmNamePrefix=f"{stack}-")
    found = [alarm for page in pages for alarm in page.get("MetricAlarms", ())]
    return tuple((one["AlarmName"], one.get("AlarmDescription", "")) for one in found if one["StateValue"] == "ALARM")


def _secrets(target: Target, source: Source) -> dict[str, datetime | None]:
    """When each was stored last. Who may ask for that can't read it, as who may get a parameter can.

    https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_DescribeParameters.html
    """
    wanted = ssm_names(source, target.project, target.environment)
    if not wanted:
        return {}
    by_name = [{"Key": "Name", "Option": "Equals", "Values": list(wanted.values())}]
    pages = target.client("ssm").get_paginator("describe_parameters").paginate(ParameterFilters=by_name)
    when = {one["Name"]: one["LastModifiedDate"] for page in pages for one in page["Parameters"]}
    return {name: when.get(full) for name, full in wanted.items()}
