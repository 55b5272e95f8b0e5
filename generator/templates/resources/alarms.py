"""Alarms: is it flowing, is it late, is anything refused, and why. Each says what to do."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from troposphere import If, NoValue, Parameter, Ref, Sub, Template
from troposphere.cloudwatch import Alarm, MetricDimension
from troposphere.logs import LogGroup, MetricFilter, MetricTransformation

from generator.templates.inputs import StackContext
from lambdas.runtime.metrics import NAMESPACE

GUIDE = "docs/operating.md"
STACK_NAMESPACE = Sub(f"{NAMESPACE}/${{AWS::StackName}}")
"""The namespace of what has no dimension to tell stacks apart by."""
HOUR_SECONDS, FIVE_MINUTES_SECONDS = 3_600, 300


class AlarmSpec(NamedTuple):
    """An alarm on a metric: over (or, for silence, under) so much in each of so many periods, and what to do then."""

    title: str
    says: str
    namespace: Any
    metric: str
    dimensions: Mapping[str, Any]
    over: float
    statistic: str = "Sum"
    period: int = FIVE_MINUTES_SECONDS
    periods: int = 1
    silence: bool = False


def add_alarm(
    template: Template, parameters: StackContext, watch: AlarmSpec, topic: Parameter, has_topic: str
) -> Alarm:
    """An alarm that tells the topic, where one is named, when it begins and when it ends."""
    actions = If(has_topic, [Ref(topic)], NoValue)
    return template.add_resource(
        Alarm(
            watch.title,
            AlarmDescription=f"{parameters.service}: {watch.says} {GUIDE}, When an alarm goes off",
            Namespace=watch.namespace,
            MetricName=watch.metric,
            Dimensions=[MetricDimension(Name=name, Value=value) for name, value in watch.dimensions.items()],
            Statistic=watch.statistic,
            Period=watch.period,
            EvaluationPeriods=watch.periods,
            Threshold=watch.over,
            ComparisonOperator="LessThanThreshold" if watch.silence else "GreaterThanThreshold",
            TreatMissingData="breaching" if watch.silence else "notBreaching",
            AlarmActions=actions,
            OKActions=actions,
            Tags=parameters.tags,
        )
    )


def add_too_large_metric(template: Template, access_log: LogGroup) -> MetricFilter:
    """Counts what AWS answers 413 before our code is asked: a body over 6 MB."""
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
