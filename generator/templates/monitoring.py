"""Which alarms a source has, with thresholds and advice; a new alarm is added here and in docs/how-to/alarms.md."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from troposphere import GetAtt, Parameter, Ref, Template
from troposphere.awslambda import Function
from troposphere.firehose import DeliveryStream

from generator.definition.secret_names import credential_secrets, stored_names
from generator.definition.words import capitalized, reader
from generator.templates import dashboard
from generator.templates.dashboard import MonitoredResources
from generator.templates.inputs import add_is_set_condition
from generator.templates.resources import alarms
from generator.templates.resources.alarms import FIVE_MINUTES_SECONDS, HOUR_SECONDS, STACK_NAMESPACE, AlarmSpec
from generator.templates.stack_context import StackContext
from lambdas.model import Source, verified_by
from lambdas.model_pull import Pull
from lambdas.pulling.expiry import WARN_DAYS
from lambdas.runtime.metrics import NAMESPACE

_DEAD = {
    "queue": "message it received: see what it logs",
    "stream": "notification it received: see what it says of the object",
}
_UNREAD = {
    "queue": "messages are kept for 13 days",
    "stream": "notifications are kept for 13 days, and objects for longer",
}
"""The end of an alarm's advice, by what takes messages."""
MAX_MESSAGE_AGE_SECONDS = 3_600
MAX_FORGERIES = 100
MAX_BEHIND_SECONDS = 6 * 3_600
MAX_OBJECT_DELAY_SECONDS = 900
"""The stream waits a minute for more; after a day it drops what it can't deliver."""
MAX_ARCHIVE_DELAY_SECONDS = 1_800
"""Six times as long as the archive's stream waits for more; after a day it drops what it can't deliver."""


def add_monitoring(
    template: Template, source: Source, stack: StackContext, topic: Parameter, resources: MonitoredResources
) -> None:
    """Add the alarms of a source, and its dashboard."""
    has_topic = add_is_set_condition(template, topic)
    if resources.access_log:
        alarms.add_too_large_metric(template, resources.access_log)
    for spec in _alarm_specs(source, resources):
        alarms.add_alarm(template, stack, spec, topic, has_topic)
    dashboard.add_dashboard(template, source, stack, resources)


def _alarm_specs(source: Source, resources: MonitoredResources) -> Iterator[AlarmSpec]:
    events, dead_letters = (
        {"QueueName": GetAtt(queue, "QueueName")} for queue in (resources.events, resources.dead_letters)
    )
    own_metrics = {"Stack": Ref("AWS::StackName")}
    sqs, target = "AWS/SQS", "stream" if resources.writer else "queue"
    command, siem = f"python -m generator {{}} {source.name}", capitalized(reader(source))
    yield AlarmSpec(
        "Refused",
        f"events could not be shaped, and are kept: {command.format('rejected')} shows why.",
        NAMESPACE,
        "Rejected",
        own_metrics,
        0,
    )
    yield AlarmSpec(
        "Unsent",
        f"the {target} takes no messages, and they wait in the bucket: the log of Redrive says why.",
        NAMESPACE,
        "Unsent",
        own_metrics,
        0,
        periods=3,
    )
    yield AlarmSpec(
        "DeadLetter",
        f"{siem} never deleted a {_DEAD[target]}, then {command.format('redrive')} --dead.",
        sqs,
        "ApproximateNumberOfMessagesVisible",
        dead_letters,
        0,
        "Maximum",
    )
    yield AlarmSpec(
        "Unread",
        f"{siem} does not read the queue: {_UNREAD[target]}.",
        sqs,
        "ApproximateAgeOfOldestMessage",
        events,
        MAX_MESSAGE_AGE_SECONDS,
        "Maximum",
    )
    yield _function_fails("Redriving", resources.redrive)
    if source.pull:
        yield from _pull_specs(source, source.pull, resources.entrance, own_metrics)
        if credential_secrets(source.pull):
            yield _expiry_spec(source, source.pull, own_metrics)
    else:
        yield from _webhook_specs(source, resources, own_metrics)
    if resources.writer:
        yield _late_spec("ObjectsLate", resources.writer, "write objects", "an event", MAX_OBJECT_DELAY_SECONDS)
    if resources.stream:
        yield from _archive_specs(resources.stream, own_metrics)
    if hours := source.events.expect_every:
        yield AlarmSpec(
            "Silence",
            f"no event reached the {target} for {hours} h: see what the vendor says of the endpoint.",
            # Not the API's count, which includes what anybody sends and what does not verify.
            *_sent_metric(resources),
            1,
            period=HOUR_SECONDS,
            periods=hours,
            alarm_when_below=True,
        )


def _sent_metric(resources: MonitoredResources) -> tuple[str, str, dict[str, Any]]:
    """Return the metric of what was sent on: its namespace, its name, its dimension."""
    if resources.writer:
        return "AWS/Firehose", "IncomingRecords", {"DeliveryStreamName": Ref(resources.writer)}
    return "AWS/SQS", "NumberOfMessagesSent", {"QueueName": GetAtt(resources.events, "QueueName")}


def _late_spec(title: str, stream: DeliveryStream, does: str, what: str, seconds: int) -> AlarmSpec:
    """Return the alarm of a stream that can't deliver."""
    return AlarmSpec(
        title,
        f"the stream {stream.title} can't {does}, and drops {what} after a day: its log says why.",
        "AWS/Firehose",
        "DeliveryToS3.DataFreshness",
        {"DeliveryStreamName": Ref(stream)},
        seconds,
        "Maximum",
    )


def _function_fails(title: str, function: Function) -> AlarmSpec:
    advice = f"the function {function.title} ended with an error: its log says why."
    return AlarmSpec(f"{title}Fails", advice, "AWS/Lambda", "Errors", {"FunctionName": Ref(function)}, 0)


def _webhook_specs(
    source: Source, resources: MonitoredResources, own_metrics: Mapping[str, Any]
) -> Iterator[AlarmSpec]:
    authorizer = "Verify, then of " if verified_by(source.endpoint) == "authorizer" else ""
    functions_to_check = f"{authorizer}{resources.entrance.title}"
    lambda_ = "AWS/Lambda"
    command = f"python -m generator {{}} {source.name}"
    yield _function_fails("Handler", resources.entrance)
    yield AlarmSpec(
        "Forgeries",
        "many requests do not verify: the secret differs from the vendor's, or somebody forges requests.",
        NAMESPACE,
        "Unauthenticated",
        own_metrics,
        MAX_FORGERIES,
    )
    if stored_names(source.endpoint):
        yield AlarmSpec(
            "NoSecret",
            f"a secret is missing or of no use, so events are answered 503: {command.format('canary')} says which.",
            NAMESPACE,
            "NoSecret",
            own_metrics,
            0,
        )
    yield AlarmSpec(
        "Throttled",
        "more came at once than the reserved concurrency lets through; vendors send it again.",
        lambda_,
        "Throttles",
        {"FunctionName": Ref(resources.entrance)},
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
        f"the endpoint answers 5xx: see the log of {functions_to_check}.",
        "AWS/ApiGateway",
        "5xx",
        {"ApiId": Ref(resources.api)},
        0,
        periods=3,
    )


def _pull_specs(source: Source, pull: Pull, puller: Function, own_metrics: Mapping[str, Any]) -> Iterator[AlarmSpec]:
    """Yield the alarms of a puller, whose silence has several reasons: it does not ask, can't ask, or is refused."""
    command = f"python -m generator status {source.name}"
    period = -(-max(pull.every, FIVE_MINUTES_SECONDS) // 60) * 60
    periods = 3 if period <= HOUR_SECONDS else 1
    yield AlarmSpec(
        "PullerFails",
        f"the vendor could not be asked, or refused, or its answer could not be read: {command} says why.",
        "AWS/Lambda",
        "Errors",
        {"FunctionName": Ref(puller)},
        0,
        period=period,
        periods=periods,
    )
    yield AlarmSpec(
        "DoesNotAsk",
        f"the vendor was not asked in three intervals: {command} says whether the puller is paused, or waits.",
        NAMESPACE,
        "Requests",
        own_metrics,
        1,
        period=period,
        # A single period can be without a run, where two runs are a little more than it apart. Three may be at most
        # seven days: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html
        periods=3,
        alarm_when_below=True,
    )
    yield AlarmSpec(
        "FallsBehind",
        f"what is read is hours behind now: more events come than the puller reads: {command} shows each stream.",
        NAMESPACE,
        "Behind",
        own_metrics,
        max(MAX_BEHIND_SECONDS, 4 * pull.every),
        "Minimum",
        period=period,
        periods=periods,
    )


def _expiry_spec(source: Source, pull: Pull, own_metrics: Mapping[str, Any]) -> AlarmSpec:
    """Return the alarm of credentials that end soon; each run counts them, and no source is asked less than daily."""
    command = f"python -m generator secret {source.name}"
    return AlarmSpec(
        "CredentialExpires",
        f"a credential expires within {WARN_DAYS} days, or has: get another from the vendor, and {command}.",
        NAMESPACE,
        "Expiring",
        own_metrics,
        0,
        "Maximum",
        period=-(-max(pull.every, HOUR_SECONDS) // 60) * 60,
    )


def _archive_specs(stream: DeliveryStream, own_metrics: Mapping[str, Any]) -> Iterator[AlarmSpec]:
    yield AlarmSpec(
        "Unarchived",
        "the archive has no copy of an accepted request, whose events were sent or kept: the log of Webhook says why.",
        NAMESPACE,
        "Unarchived",
        own_metrics,
        0,
    )
    yield _late_spec("ArchiveLate", stream, "deliver to the archive", "a record", MAX_ARCHIVE_DELAY_SECONDS)
