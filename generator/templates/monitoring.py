"""What an operator is told of a source, before the SIEM's users notice: alarms, and a dashboard of the same metrics."""

from __future__ import annotations

from collections.abc import Iterator

from troposphere import GetAtt, Parameter, Ref, Template

from generator.definition.secret_names import stored_names
from generator.templates import dashboard
from generator.templates.dashboard import MonitoredResources
from generator.templates.inputs import StackContext, add_is_set_condition
from generator.templates.resources import alarms
from generator.templates.resources.alarms import HOUR_SECONDS, STACK_NAMESPACE, AlarmSpec
from lambdas.model import Source, verified_by
from lambdas.runtime.metrics import NAMESPACE

UNREAD_SECONDS = 3_600
FLOOD_OF_FORGERIES = 100


def add_monitoring(
    template: Template, source: Source, parameters: StackContext, topic: Parameter, watched: MonitoredResources
) -> None:
    """The alarms of a source, and its dashboard."""
    has_topic = add_is_set_condition(template, topic)
    alarms.add_too_large_metric(template, watched.access_log)
    for watch in _watches(source, watched):
        alarms.add_alarm(template, parameters, watch, topic, has_topic)
    dashboard.add_dashboard(template, source, parameters, watched)


def _watches(source: Source, watched: MonitoredResources) -> Iterator[AlarmSpec]:
    queue, letters = ({"QueueName": GetAtt(one, "QueueName")} for one in (watched.events, watched.dead_letters))
    own = {"Stack": Ref("AWS::StackName")}
    lambda_, sqs = "AWS/Lambda", "AWS/SQS"
    authorizer = "Verify, then of " if verified_by(source.webhook) == "authorizer" else ""
    answering = f"{authorizer}{watched.handler.title}"
    command = f"python -m generator {{}} {source.name}"
    yield AlarmSpec(
        "Refused",
        f"events could not be shaped, and are kept: {command.format('rejected')} shows why.",
        NAMESPACE,
        "Rejected",
        own,
        0,
    )
    yield AlarmSpec(
        "Forgeries",
        "many requests do not verify: a wrong secret, or somebody tries.",
        NAMESPACE,
        "Unauthenticated",
        own,
        FLOOD_OF_FORGERIES,
    )
    if stored_names(source.webhook):
        yield AlarmSpec(
            "NoSecret",
            f"a secret is missing or of no use, so events are answered 503: {command.format('canary')} says which.",
            NAMESPACE,
            "NoSecret",
            own,
            0,
        )
    yield AlarmSpec(
        "Unsent",
        "the queue takes no messages, and they wait in the bucket: the log of Redrive says why.",
        NAMESPACE,
        "Unsent",
        own,
        0,
        periods=3,
    )
    yield AlarmSpec(
        "DeadLetter",
        f"MozDef took a message too often: look at its worker, then {command.format('redrive')} --dead.",
        sqs,
        "ApproximateNumberOfMessagesVisible",
        letters,
        0,
        "Maximum",
    )
    yield AlarmSpec(
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
        yield AlarmSpec(f"{title}Fails", says, lambda_, "Errors", name, 0)
    yield AlarmSpec(
        "Throttled",
        "more came at once than the reserved concurrency lets through; vendors send it again.",
        lambda_,
        "Throttles",
        {"FunctionName": Ref(watched.handler)},
        0,
        periods=3,
    )
    yield AlarmSpec(
        "TooLarge",
        "a body over 6 MB was refused with 413 before our code saw it.",
        STACK_NAMESPACE,
        "TooLarge",
        {},
        0,
    )
    yield AlarmSpec(
        "Answers5xx",
        f"the endpoint answers 5xx: see the log of {answering}.",
        "AWS/ApiGateway",
        "5xx",
        {"ApiId": Ref(watched.api)},
        0,
        periods=3,
    )
    if hours := source.events.expect_every:
        yield AlarmSpec(
            "Silence",
            f"no event reached the queue for {hours} h: see what the vendor says of the endpoint.",
            # Not the API's count: that has what anybody sends, and what does not verify.
            sqs,
            "NumberOfMessagesSent",
            queue,
            1,
            period=HOUR_SECONDS,
            periods=hours,
            silence=True,
        )
