"""Read what is asked for all deployed sources at once: alarms, secrets, requests, and what lies in the account."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from botocore.exceptions import ClientError

from generator.aws import Target
from generator.aws_failures import environment_is_emulator
from generator.deploy import retained_resources
from generator.deploy.retained_resources import Listing
from generator.deploy.stack_lists import SourceStack
from generator.deploy.stored_secrets import times_stored
from lambdas.runtime.metrics import NAMESPACE

_DAY = timedelta(days=1)
_MAX_QUERIES, _MAX_NAMES = 500, 50
"""The most metrics that one call of GetMetricData, and parameters that one of DescribeParameters, is asked for."""


@dataclass(frozen=True)
class SharedState:
    """What is asked for all sources at once."""

    alarms: Sequence[str]
    """The names of those that are in ALARM."""
    secrets: frozenset[str]
    """The parameters that are stored."""
    requests: Mapping[str, float]
    """By the names of stacks."""
    listing: Listing | None
    """The buckets and queues of the region; None where the caller may not list them."""


def read_shared_state(target: Target, deployed: Sequence[SourceStack]) -> SharedState:
    """Return what is asked for these stacks at once."""
    return SharedState(
        _alarms(target), _stored_secrets(target, deployed), _requests(target, deployed), _listing(target)
    )


def secret_parameters(each: SourceStack) -> list[str]:
    """Return the parameters that hold a source's secrets; the output has words where there are none."""
    return [name for name in each.stack.outputs.get("SecretParameters", "").split(",") if name.startswith("/")]


def _alarms(target: Target) -> list[str]:
    paginator = target.client("cloudwatch").get_paginator("describe_alarms")
    pages = paginator.paginate(AlarmNamePrefix=f"{target.project}-", StateValue="ALARM")
    # An emulator returns those in another state, too.
    alarms = (alarm for page in pages for alarm in page.get("MetricAlarms", ()))
    return [alarm["AlarmName"] for alarm in alarms if alarm["StateValue"] == "ALARM"]


def _stored_secrets(target: Target, deployed: Sequence[SourceStack]) -> frozenset[str]:
    names, ssm = [name for each in deployed for name in secret_parameters(each)], target.client("ssm")
    batches = (names[start : start + _MAX_NAMES] for start in range(0, len(names), _MAX_NAMES))
    return frozenset(name for batch in batches for name in times_stored(ssm, batch))


def _requests(target: Target, deployed: Sequence[SourceStack]) -> dict[str, float]:
    """Return the requests of the last day by stack; nothing from an emulator, which counts none.

    https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricData.html
    """
    if environment_is_emulator():
        return {}
    cloudwatch, now = target.client("cloudwatch"), datetime.now(UTC)
    counted = [each for each in deployed if each.stack.outputs]
    requests: dict[str, float] = {}
    for start in range(0, len(counted), _MAX_QUERIES):
        part = counted[start : start + _MAX_QUERIES]
        queries = [_query(number, each) for number, each in enumerate(part)]
        pages = cloudwatch.get_paginator("get_metric_data").paginate(
            MetricDataQueries=queries, StartTime=now - _DAY, EndTime=now
        )
        for result in (result for page in pages for result in page["MetricDataResults"]):
            name = part[int(result["Id"][1:])].stack.name
            requests[name] = requests.get(name, 0) + sum(result["Values"])
    return requests


def _query(number: int, each: SourceStack) -> dict[str, Any]:
    api = each.stack.outputs.get("ApiId")
    namespace, metric = ("AWS/ApiGateway", "Count") if api else (NAMESPACE, "Requests")
    dimension = {"Name": "ApiId", "Value": api} if api else {"Name": "Stack", "Value": each.stack.name}
    stat = {
        "Metric": {"Namespace": namespace, "MetricName": metric, "Dimensions": [dimension]},
        "Period": int(_DAY.total_seconds()),
        "Stat": "Sum",
    }
    return {"Id": f"r{number}", "MetricStat": stat}


def _listing(target: Target) -> Listing | None:
    try:
        return retained_resources.list_buckets_and_queues(target, "", f"{target.project}-")
    except ClientError as error:
        if error.response["Error"]["Code"] not in ("AccessDenied", "AccessDeniedException"):
            raise
        return None
