"""CloudWatch alarms, and the metric filter that one of them needs; which alarms there are is in `monitoring.py`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from troposphere import If, NoValue, Parameter, Ref, Sub, Template
from troposphere.cloudwatch import Alarm, MetricDimension
from troposphere.logs import LogGroup, MetricFilter, MetricTransformation

from generator.templates.stack_context import StackContext
from lambdas.runtime.metrics import NAMESPACE

GUIDE = "docs/how-to/alarms.md"
STACK_NAMESPACE = Sub(f"{NAMESPACE}/${{AWS::StackName}}")
"""A namespace per stack: metrics of metric filters have no dimension that names the stack."""
HOUR_SECONDS, FIVE_MINUTES_SECONDS = 3_600, 300


class AlarmSpec(NamedTuple):
    """An alarm: the metric is above `threshold` in each of `periods` periods of `period` seconds.

    With `alarm_when_below` it is below the threshold, or missing. `advice` says what happened and what to do.
    """

    title: str
    advice: str
    namespace: Any
    metric: str
    dimensions: Mapping[str, Any]
    threshold: float
    statistic: str = "Sum"
    period: int = FIVE_MINUTES_SECONDS
    periods: int = 1
    alarm_when_below: bool = False


def add_alarm(template: Template, stack: StackContext, spec: AlarmSpec, topic: Parameter, has_topic: str) -> Alarm:
    """Add an alarm; where a topic is given, it gets a message when the alarm begins and when it ends."""
    actions = If(has_topic, [Ref(topic)], NoValue)
    return template.add_resource(
        Alarm(
            spec.title,
            AlarmDescription=f"{stack.service}: {spec.advice} {GUIDE}#{spec.title.lower()}",
            Namespace=spec.namespace,
            MetricName=spec.metric,
            Dimensions=[MetricDimension(Name=name, Value=value) for name, value in spec.dimensions.items()],
            Statistic=spec.statistic,
            Period=spec.period,
            EvaluationPeriods=spec.periods,
            Threshold=spec.threshold,
            ComparisonOperator="LessThanThreshold" if spec.alarm_when_below else "GreaterThanThreshold",
            TreatMissingData="breaching" if spec.alarm_when_below else "notBreaching",
            AlarmActions=actions,
            OKActions=actions,
            Tags=stack.tags,
        )
    )


def add_too_large_metric(template: Template, access_log: LogGroup) -> MetricFilter:
    """Add the count of requests that API Gateway answers 413, before the handler runs: bodies over 6 MB."""
    return template.add_resource(
        MetricFilter(
            "TooLargeCount",
            LogGroupName=Ref(access_log),
            FilterPattern='{ $.status = "413" }',
            MetricTransformations=[
                MetricTransformation(
                    MetricNamespace=STACK_NAMESPACE, MetricName="TooLarge", MetricValue="1", DefaultValue=0
                )
            ],
        )
    )
