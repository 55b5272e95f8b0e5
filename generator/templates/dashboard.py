"""The CloudWatch dashboard of a source: graphs of the metrics that its alarms watch, and a query of its log."""

from __future__ import annotations

import json
from typing import Any, ClassVar, NamedTuple

from troposphere import Sub, Tags, Template
from troposphere.apigatewayv2 import Api
from troposphere.awslambda import Function
from troposphere.cloudwatch import Dashboard as _Dashboard
from troposphere.firehose import DeliveryStream
from troposphere.logs import LogGroup
from troposphere.sqs import Queue

from generator.templates.resources.function import log_title
from generator.templates.resources.sub import ref
from generator.templates.stack_context import StackContext
from lambdas.model import Source
from lambdas.runtime.metrics import NAMESPACE


class MonitoredResources(NamedTuple):
    """Resources of a source whose metrics the alarms and the dashboard use."""

    entrance: Function
    """The handler, or the puller."""
    redrive: Function
    events: Queue
    """The queue that a SIEM reads: of messages, or of notifications of objects."""
    dead_letters: Queue
    api: Api | None = None
    access_log: LogGroup | None = None
    stream: DeliveryStream | None = None
    """The stream into the archive."""
    writer: DeliveryStream | None = None
    """The stream that writes messages into objects."""


class Dashboard(_Dashboard):  # type: ignore[misc]  # troposphere ships no types
    """A dashboard with tags, which troposphere does not support yet."""

    props: ClassVar = {**_Dashboard.props, "Tags": (Tags, False)}


def add_dashboard(template: Template, source: Source, stack: StackContext, resources: MonitoredResources) -> None:
    """Add a dashboard with the name of the stack."""
    template.add_resource(
        Dashboard(
            "Dashboard",
            DashboardName=Sub(stack.name),
            Tags=stack.tags,
            DashboardBody=Sub(json.dumps(_body(source, resources), separators=(",", ":"))),
        )
    )


def _body(source: Source, resources: MonitoredResources) -> dict[str, Any]:
    """Return the dashboard's body: two graphs a row, and a table.

    https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html
    """

    def graph(index: int, title: str, metrics: list[list[Any]], statistic: str = "Sum") -> dict[str, Any]:
        return {
            "type": "metric",
            "x": 12 * (index % 2),
            "y": 6 * (index // 2),
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

    entrance, who = ref(resources.entrance), "Handler" if resources.api else "Puller"
    events, letters = f"${{{resources.events.title}.QueueName}}", f"${{{resources.dead_letters.title}.QueueName}}"
    dimension = ["Stack", "${AWS::StackName}"]
    dedupe = [[NAMESPACE, metric, *dimension] for metric in ("Duplicate", "Unclaimed")]
    unverified = ("Unauthenticated", "NoSecret") if resources.api else ()
    refused = [[NAMESPACE, metric, *dimension] for metric in ("Rejected", *unverified, "Unsent")]
    too_large = [[f"{NAMESPACE}/${{AWS::StackName}}", "TooLarge"]] if resources.api else []
    archive: list[list[Any]] = [[NAMESPACE, "Unarchived", *dimension]]
    if resources.stream:
        delay = ["AWS/Firehose", "DeliveryToS3.DataFreshness", "DeliveryStreamName", ref(resources.stream)]
        archive.append([*delay, {"stat": "Maximum", "yAxis": "right"}])
    expiring = [[NAMESPACE, "Expiring", *dimension, {"label": "Credentials that expire"}]] if source.pull else []
    redrive_errors = [["AWS/Lambda", "Errors", "FunctionName", ref(resources.redrive), {"label": "Errors of Redrive"}]]
    return {
        "widgets": [
            graph(0, *_requests(resources, dimension)),
            graph(1, *_deliveries(resources, events)),
            graph(2, *_delays(resources, events), "Maximum"),
            graph(3, "Lag between event and receipt (s)", [[NAMESPACE, "Lag", *dimension]], "p90")
            if resources.api
            else graph(3, "How far behind now is what was read? (s)", [[NAMESPACE, "Behind", *dimension]], "Maximum"),
            graph(4, "Is anything refused, or unsent?", [*refused, *too_large, *expiring]),
            graph(
                5, "Dead letters", [["AWS/SQS", "ApproximateNumberOfMessagesVisible", "QueueName", letters]], "Maximum"
            ),
            graph(
                6,
                "Does a function fail?",
                [
                    *(["AWS/Lambda", metric, "FunctionName", entrance] for metric in ("Errors", "Throttles")),
                    *redrive_errors,
                ],
            ),
            graph(
                7,
                f"{who}: duration (ms)",
                [["AWS/Lambda", "Duration", "FunctionName", entrance]],
                "p99",
            ),
            *([graph(8, "Sent again by the vendor; sent on without the table", dedupe)] if source.dedupe else []),
            *(
                [graph(9, "Unknown to the schemas", [[NAMESPACE, "Drift", *dimension]])]
                if source.events.schemas
                else []
            ),
            *([_unknown_fields_table(resources)] if source.events.schemas else []),
            *(
                [graph(12 if source.events.schemas else 10, "Archive: no copy; the oldest that waits (s)", archive)]
                if resources.stream
                else []
            ),
        ]
    }


def _requests(resources: MonitoredResources, dimension: list[str]) -> tuple[str, list[list[Any]]]:
    """Return title and metrics of the graph that says whether anything comes, or is asked for."""
    if resources.api:
        metrics = [["AWS/ApiGateway", metric, "ApiId", ref(resources.api)] for metric in ("Count", "4xx", "5xx")]
        return "Is it flowing? Requests, and answers", metrics
    names = ("Requests", "Pulled", "PullFailed")
    return "Is it flowing? Requests to the vendor, events, failures", [[NAMESPACE, name, *dimension] for name in names]


def _deliveries(resources: MonitoredResources, events: str) -> tuple[str, list[list[Any]]]:
    """Return title and metrics of the graph of what is sent, and of what is received."""
    sent, received = (["AWS/SQS", f"NumberOfMessages{action}", "QueueName", events] for action in ("Sent", "Received"))
    if not resources.writer:
        return "To the SIEM: sent, received", [sent, received]
    messages = ["AWS/Firehose", "IncomingRecords", "DeliveryStreamName", ref(resources.writer)]
    return "To the SIEM: messages, notifications of objects, received", [messages, sent, received]


def _delays(resources: MonitoredResources, events: str) -> tuple[str, list[list[Any]]]:
    """Return title and metrics of the graph of what waits longest."""
    oldest = ["AWS/SQS", "ApproximateAgeOfOldestMessage", "QueueName", events]
    if not resources.writer:
        return "Is it late? Oldest message (s)", [oldest]
    waits = ["AWS/Firehose", "DeliveryToS3.DataFreshness", "DeliveryStreamName", ref(resources.writer)]
    return "Is it late? Oldest message in the stream, oldest notification (s)", [waits, oldest]


def _unknown_fields_table(resources: MonitoredResources) -> dict[str, Any]:
    """Return a table of the fields that the source's JSON Schemas do not know, from the handler's log.

    https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL_QuerySyntax-Unnest.html
    """
    steps = (
        f"SOURCE '${{{log_title(resources.entrance.title)}}}'",
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
