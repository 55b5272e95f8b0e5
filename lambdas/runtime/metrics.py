"""Custom metrics within log lines that are written anyway: CloudWatch's embedded metric format.

Only numbers that AWS does not count, and only where they are not zero: a name costs some cents a month, a line nothing.
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

NAMESPACE = "MozDefEventFramework"
_UNITS = {"Lag": "Seconds"}


def embedded_metrics(stack: str, at: float, numbers: Mapping[str, float]) -> dict[str, Any]:
    """Return the fields that turn these numbers into metrics, to add to a log line; none where all numbers are zero."""
    nonzero = {name: value for name, value in numbers.items() if value}
    if not nonzero:
        return {}
    metrics = [{"Name": name, "Unit": _UNITS.get(name, "Count")} for name in nonzero]
    directive = {"Namespace": NAMESPACE, "Dimensions": [["Stack"]], "Metrics": metrics}
    return {"_aws": {"Timestamp": int(at * 1000), "CloudWatchMetrics": [directive]}, "Stack": stack, **nonzero}
