"""A few numbers of one's own, in the log line that is written anyway: CloudWatch's embedded metric format.

Only what AWS counts nowhere, and only where it is not zero: each name costs some cents a month, each line nothing more.
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

NAMESPACE = "MozDefEventFramework"
_UNITS = {"Lag": "Seconds"}


def embedded_metrics(stack: str, at: float, numbers: Mapping[str, float]) -> dict[str, Any]:
    """What makes metrics of these numbers, to be added to a log line; nothing where there are none."""
    there = {name: value for name, value in numbers.items() if value}
    if not there:
        return {}
    metrics = [{"Name": name, "Unit": _UNITS.get(name, "Count")} for name in there]
    directive = {"Namespace": NAMESPACE, "Dimensions": [["Stack"]], "Metrics": metrics}
    return {"_aws": {"Timestamp": int(at * 1000), "CloudWatchMetrics": [directive]}, "Stack": stack, **there}
