"""The dashboard of a source: the questions that its alarms ask, as graphs."""

from __future__ import annotations

import json
from typing import Any, ClassVar, NamedTuple

from troposphere import Sub, Tags, Template
from troposphere.apigatewayv2 import Api
from troposphere.awslambda import Function
from troposphere.cloudwatch import Dashboard as _Dashboard
from troposphere.logs import LogGroup
from troposphere.sqs import Queue

from generator.names import stack_name
from generator.templates.inputs import StackContext
from generator.templates.resources.function import log_of
from generator.templates.resources.sub import ref
from lambdas.model import Source
from lambdas.runtime.metrics import NAMESPACE


class MonitoredResources(NamedTuple):
    """What an operator looks at."""

    api: Api
    access_log: LogGroup
    handler: Function
    redrive: Function
    events: Queue
    dead_letters: Queue


class Dashboard(_Dashboard):  # type: ignore[misc]  # troposphere ships no types
    """With tags, which troposphere does not know yet."""

    props: ClassVar = {**_Dashboard.props, "Tags": (Tags, False)}


def add_dashboard(template: Template, source: Source, parameters: StackContext, watched: MonitoredResources) -> None:
    """A dashboard that is named as the stack."""
    template.add_resource(
        Dashboard(
            "Dashboard",
            DashboardName=Sub(stack_name(parameters.service, ref(parameters.project), ref(parameters.environment))),
            Tags=parameters.tags,
            DashboardBody=Sub(json.dumps(_body(source, watched), separators=(",", ":"))),
        )
    )


def _body(source: Source, watched: MonitoredResources) -> dict[str, Any]:
    """Two graphs in a row.

    https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html
    """

    def graph(place: int, title: str, metrics: list[list[Any]], statistic: str = "Sum") -> dict[str, Any]:
        return {
            "type": "metric",
            "x": 12 * (place % 2),
            "y": 6 * (place // 2),
            "width": 12,
            "height": 6,
            "properties": {
                "title": title,
                "region": "${AWS::Region}",
                "stat": statistic,
                "period": 300,
                "metrics": metrics,
            },
        }

    api, handler = ref(watched.api), ref(watched.handler)
    events, letters = f"${{{watched.events.title}.QueueName}}", f"${{{watched.dead_letters.title}.QueueName}}"
    own = ["Stack", "${AWS::StackName}"]
    gateway = "AWS/ApiGateway"
    by_table = [[NAMESPACE, one, *own] for one in ("Duplicate", "Unclaimed")]
    refused = [[NAMESPACE, one, *own] for one in ("Rejected", "Unauthenticated", "NoSecret", "Unsent")]
    too_large = [f"{NAMESPACE}/${{AWS::StackName}}", "TooLarge"]
    failing = [["AWS/Lambda", "Errors", "FunctionName", ref(watched.redrive), {"label": "Errors of Redrive"}]]
    return {
        "widgets": [
            graph(
                0,
                "Is it flowing? Requests, and answers",
                [[gateway, one, "ApiId", api] for one in ("Count", "4xx", "5xx")],
            ),
            graph(
                1,
                "To MozDef: sent, received",
                [["AWS/SQS", f"NumberOfMessages{one}", "QueueName", events] for one in ("Sent", "Received")],
            ),
            graph(
                2,
                "Is it late? Oldest message (s)",
                [["AWS/SQS", "ApproximateAgeOfOldestMessage", "QueueName", events]],
                "Maximum",
            ),
            graph(3, "Lag between event and receipt (s)", [[NAMESPACE, "Lag", *own]], "p90"),
            graph(4, "Is anything refused, or waiting for the queue?", [*refused, too_large]),
            graph(
                5, "Dead letters", [["AWS/SQS", "ApproximateNumberOfMessagesVisible", "QueueName", letters]], "Maximum"
            ),
            graph(
                6,
                "Does a function fail?",
                [*(["AWS/Lambda", one, "FunctionName", handler] for one in ("Errors", "Throttles")), *failing],
            ),
            graph(7, "Handler: duration (ms)", [["AWS/Lambda", "Duration", "FunctionName", handler]], "p99"),
            *([graph(8, "Sent again by the vendor; sent on without the table", by_table)] if source.dedupe else []),
            *([graph(9, "Unknown to the schemas", [[NAMESPACE, "Drift", *own]])] if source.events.schemas else []),
            *([_unknown(watched)] if source.events.schemas else []),
        ]
    }


def _unknown(watched: MonitoredResources) -> dict[str, Any]:
    """What the source's JSON Schemas do not know, from the handler's log.

    https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL_QuerySyntax-Unnest.html
    """
    steps = (
        f"SOURCE '${{{log_of(watched.handler.title)}}}'",
        "filter Drift > 0",
        "fields jsonParse(@message) as line",
        "unnest line.drift into unknown",
        "stats count(*) as requests, max(@timestamp) as last by unknown",
        "sort requests desc",
        "limit 50",
    )
    properties = {
        "title": "What the schemas do not know",
        "region": "${AWS::Region}",
        "query": " | ".join(steps),
        "view": "table",
    }
    return {"type": "log", "x": 0, "y": 30, "width": 24, "height": 6, "properties": properties}
