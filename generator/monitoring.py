"""What an operator is told of a source, before the SIEM's users notice: alarms, and a dashboard of the same metrics."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, ClassVar, NamedTuple

from troposphere import GetAtt, Parameter, Ref, Sub, Tags, Template
from troposphere.apigatewayv2 import Api
from troposphere.awslambda import Function
from troposphere.cloudwatch import Dashboard as _Dashboard
from troposphere.logs import LogGroup
from troposphere.sqs import Queue

from generator.names import stack
from generator.resources import alarms
from generator.resources.alarms import HOUR, OF_STACK, Watch
from generator.resources.function import log_of
from generator.resources.parameters import Parameters, given, tags
from generator.resources.sub import ref
from lambdas.metrics import NAMESPACE
from lambdas.model import Source

UNREAD_SECONDS = 3_600
FLOOD_OF_FORGERIES = 100


class Dashboard(_Dashboard):  # type: ignore[misc]  # troposphere ships no types
    """With tags, which troposphere does not know yet."""

    props: ClassVar = {**_Dashboard.props, "Tags": (Tags, False)}


class Watched(NamedTuple):
    """What the alarms look at."""

    api: Api
    access_log: LogGroup
    handler: Function
    redrive: Function
    events: Queue
    dead_letters: Queue


def add(template: Template, source: Source, parameters: Parameters, topic: Parameter, watched: Watched) -> None:
    """The alarms of a source, and its dashboard."""
    has_topic = given(template, topic)
    alarms.add_too_large(template, watched.access_log)
    watches = list(_watches(source, watched))
    for watch in watches:
        alarms.add(template, parameters, watch, topic, has_topic)
    template.add_resource(
        Dashboard(
            "Dashboard",
            DashboardName=Sub(stack(parameters.service, ref(parameters.project), ref(parameters.environment))),
            Tags=tags(parameters),
            DashboardBody=Sub(json.dumps(_body(source, watched), separators=(",", ":"))),
        )
    )


def _watches(source: Source, watched: Watched) -> Iterator[Watch]:
    queue, letters = ({"QueueName": GetAtt(one, "QueueName")} for one in (watched.events, watched.dead_letters))
    own = {"Stack": Ref("AWS::StackName")}
    lambda_, sqs = "AWS/Lambda", "AWS/SQS"
    command = f"python -m generator {{}} {source.name}"
    yield Watch(
        "Refused",
        f"events could not be shaped, and are kept: {command.format('rejected')} shows why.",
        NAMESPACE,
        "Rejected",
        own,
        0,
    )
    yield Watch(
        "Forgeries",
        "many requests do not verify: a wrong secret, or somebody tries.",
        NAMESPACE,
        "Unauthenticated",
        own,
        FLOOD_OF_FORGERIES,
    )
    yield Watch(
        "Unsent",
        "the queue takes no messages, and they wait in the bucket: the log of Redrive says why.",
        NAMESPACE,
        "Unsent",
        own,
        0,
        periods=3,
    )
    yield Watch(
        "DeadLetter",
        f"MozDef took a message too often: look at its worker, then {command.format('redrive')} --dead.",
        sqs,
        "ApproximateNumberOfMessagesVisible",
        letters,
        0,
        "Maximum",
    )
    yield Watch(
        "Unread",
        "MozDef does not read the queue: messages are kept for 13 days.",
        sqs,
        "ApproximateAgeOfOldestMessage",
        queue,
        UNREAD_SECONDS,
        "Maximum",
    )
    for title, function in (("Handler", watched.handler), ("Redriving", watched.redrive)):
        name = {"FunctionName": Ref(function)}
        says = f"the function {function.title} ended with an error: its log says why."
        yield Watch(f"{title}Fails", says, lambda_, "Errors", name, 0)
    yield Watch(
        "Throttled",
        "more came at once than the reserved concurrency lets through; vendors send it again.",
        lambda_,
        "Throttles",
        {"FunctionName": Ref(watched.handler)},
        0,
        periods=3,
    )
    yield Watch(
        "TooLarge",
        "a body over 6 MB was refused with 413 before our code saw it.",
        OF_STACK,
        "TooLarge",
        {},
        0,
    )
    yield Watch(
        "Answers5xx",
        f"the endpoint answers 5xx: see the log of {watched.handler.title}.",
        "AWS/ApiGateway",
        "5xx",
        {"ApiId": Ref(watched.api)},
        0,
        periods=3,
    )
    if hours := source.events.expect_every:
        yield Watch(
            "Silence",
            f"no event reached the queue for {hours} h: see what the vendor says of the endpoint.",
            # Not the API's count: that has what anybody sends, and what does not verify.
            sqs,
            "NumberOfMessagesSent",
            queue,
            1,
            period=HOUR,
            periods=hours,
            silence=True,
        )


def _body(source: Source, watched: Watched) -> dict[str, Any]:
    """The questions that the alarms ask, as graphs.

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
    refused = [[NAMESPACE, one, *own] for one in ("Rejected", "Unauthenticated", "Unsent")]
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


def _unknown(watched: Watched) -> dict[str, Any]:
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
