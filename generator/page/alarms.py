"""The section of a page on alarms: when each goes off, and what it means."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any
from xml.etree import ElementTree as ET

from generator.definition.words import capitalized
from generator.page.built_source import BuiltSource
from generator.page.html import Child, code, marked, prose, section, table
from generator.page.words import span
from generator.templates.resources.alarms import GUIDE

_IN_SECONDS = ("ApproximateAgeOfOldestMessage", "Behind", "DeliveryToS3.DataFreshness")
_STATISTICS = {"Sum": "the sum of", "Maximum": "the highest", "Minimum": "the lowest"}
_INTRODUCTION = (
    "Where the parameter `AlarmTopicArn` is given, that SNS topic hears when an alarm begins and when it ends. Where "
    f"it is not, the alarms are in CloudWatch alone. `{GUIDE}` says what to do about each."
)


def alarms_section(built: BuiltSource) -> ET.Element:
    """Return each alarm of the template."""
    rows = [_row(built, title, properties) for title, properties in built.of_type("AWS::CloudWatch::Alarm")]
    return section(
        "alarms", "Alarms", prose(_INTRODUCTION), table(("Alarm", "What it means", "When"), rows, "Alarms", "alarms")
    )


def _row(built: BuiltSource, title: str, properties: Mapping[str, Any]) -> Sequence[Sequence[Child]]:
    advice = properties["AlarmDescription"].removeprefix(f"{built.source.name}: ").partition(f" {GUIDE}")[0]
    commands = re.sub(rf"python -m generator \w+ {re.escape(built.source.name)}( --\w+)?", r"`\g<0>`", advice)
    return [code(title)], marked(capitalized(commands)), marked(_when(properties))


def _when(properties: Mapping[str, Any]) -> str:
    threshold, period, periods = (properties[name] for name in ("Threshold", "Period", "EvaluationPeriods"))
    metric = properties["MetricName"]
    limit = span(int(threshold)) if metric in _IN_SECONDS else f"{threshold:g}"
    below = properties["ComparisonOperator"] == "LessThanThreshold"
    side = "missing or below" if below else "above"
    each = f"in {span(period)}" if periods == 1 else f"in each of {periods} periods of {span(period)}"
    return f"{_STATISTICS[properties['Statistic']]} `{metric}` is {side} {limit} {each}"
