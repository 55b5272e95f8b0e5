"""What the drawing of a stack shows: its boxes and the lines between them, read from the template."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from generator.definition import words
from generator.definition.pull_words import span_text
from generator.definition.secret_names import source_secrets
from generator.definition.words import counted, listed
from generator.page.built_source import BuiltSource
from generator.page.permissions import role_permissions, role_users
from generator.page.words import days, rate_words
from lambdas.model import methods

VENDOR, SECRETS, ALARMS, TOPIC = "Vendor", "Parameter Store", "Alarms", "Alarm topic"
_DAY = 86_400
_ENTRANCES, _REDRIVES = ("Verify", "Webhook", "Pull", "Puller", "Writer", "Stream"), ("Clock", "Redrive")
"""What acts with a role: on the way of an event, in this order, and what sends again."""
_JOBS = {
    "lambdas.authorizer.handler": "function: authorizer",
    "lambdas.puller.handler": "function: puller",
    "lambdas.redrive.handler": "function: redrive",
    "lambdas.webhook.handler": "function: handler",
}


@dataclass(frozen=True)
class Box:
    """A box of the drawing: a resource of the stack, or something outside of it."""

    title: str
    lines: tuple[str, ...]
    outside: bool = False


@dataclass(frozen=True)
class Line:
    """A line between two boxes, with what happens along it; an arrow at each end to which something goes."""

    first: str
    second: str
    words: list[str] = field(default_factory=list)
    to_first: bool = False
    to_second: bool = True


@dataclass(frozen=True)
class Plan:
    """The boxes by their titles, and the lines in the order of their numbers."""

    boxes: dict[str, Box]
    lines: list[Line]
    reader: str = ""
    """The title of the box of whoever reads the events."""


def plan(built: BuiltSource) -> Plan:
    """Return what the drawing of a source's stack shows."""
    boxes = {box.title: box for box in _boxes(built)}
    entrance, redrive = _role_lines(built, _ENTRANCES), _role_lines(built, _REDRIVES)
    lines = [*_entrance_lines(built), *entrance, *_reader_lines(built), *redrive, *_other_lines(built)]
    return Plan(boxes, lines, reader(built))


def reader(built: BuiltSource) -> str:
    """Return who reads the events."""
    return "MozDef" if words.reader(built.source) == "MozDef" else "SIEM"


def _boxes(built: BuiltSource) -> Iterator[Box]:
    watched = _alarms_of(built)
    pull = built.source.pull
    yield Box(VENDOR, (pull.url.partition("//")[2].partition("/")[0] if pull else "calls the endpoint",), outside=True)
    if source_secrets(built.source):
        yield Box(SECRETS, ("the secrets",), outside=True)
    for title in built.resources:
        if lines := _resource_lines(built, title):
            alarms = (counted(watched[title], "alarm"),) if watched[title] else ()
            yield Box(title, (*lines, *alarms))
    yield Box(reader(built), ("reads objects" if built.source.delivery.s3 else "reads the queue",), outside=True)
    yield Box(ALARMS, (counted(sum(1 for _ in built.of_type("AWS::CloudWatch::Alarm")), "alarm"),))
    yield Box(TOPIC, ("SNS, where given",), outside=True)


def _alarms_of(built: BuiltSource) -> Counter[str]:
    """Return how many alarms watch each resource itself, which is what their metric's dimension names."""
    counts: Counter[str] = Counter()
    for _, properties in built.of_type("AWS::CloudWatch::Alarm"):
        counts.update(set(built.targets(properties["Dimensions"])))
    return counts


def _resource_lines(built: BuiltSource, title: str) -> tuple[str, ...]:
    """Return what stands below a resource's title; nothing for what the drawing does not show."""
    resource = built.resources[title]
    properties = resource.get("Properties", {})
    match resource["Type"]:
        case "AWS::ApiGatewayV2::Api":
            checks = any(each["AuthorizerType"] == "JWT" for _, each in built.of_type("AWS::ApiGatewayV2::Authorizer"))
            return "HTTP API", "verifies the token" if checks else f"at {built.source.endpoint.path}"
        case "AWS::Lambda::Function":
            job = _JOBS[properties["Handler"]]
            return (job, "in your VPC") if "VpcConfig" in properties else (job,)
        case "AWS::Scheduler::Schedule":
            return "schedule", rate_words(properties["ScheduleExpression"])
        case "AWS::SQS::Queue":
            kind = "queue" if "RedrivePolicy" in properties else "dead-letter queue"
            return kind, f"keeps {days(properties['MessageRetentionPeriod'] // _DAY)}"
        case "AWS::S3::Bucket":
            (rule,) = properties["LifecycleConfiguration"]["Rules"]
            return "bucket", f"keeps {days(rule['ExpirationInDays'])}"
        case "AWS::DynamoDB::Table" | "AWS::KinesisFirehose::DeliveryStream":
            return (built.kind(title),)
        case "AWS::KMS::Key":
            return "KMS key", "encrypts the data"
    return ()


def _entrance_lines(built: BuiltSource) -> Iterator[Line]:
    """Yield how an event comes in: the vendor calls the API, or the puller asks the vendor."""
    pull = built.source.pull
    if pull:
        yield Line("Puller", VENDOR, [f"`Puller` asks `{pull.url}`, every {span_text(pull.every)}"], to_first=True)
        return
    webhook = built.source.endpoint
    verbs = listed(f"`{method} {webhook.path}`" for method in methods(webhook))
    yield Line(VENDOR, "Api", [f"the vendor calls {verbs} over HTTPS"])
    if "Verify" in built.resources:
        yield Line("Api", "Verify", ["`Api` asks `Verify` first whether the sender may call"], to_first=True)
    yield Line("Api", "Webhook", ["`Api` hands each request to `Webhook`, and its answer to the vendor"], to_first=True)


def _role_lines(built: BuiltSource, owners: Sequence[str]) -> Iterator[Line]:
    """Yield what functions, schedules and streams do to other resources: what their roles allow."""
    roles = dict(role_users(built))
    drawn = {"AWS::SQS::Queue", "AWS::S3::Bucket", "AWS::DynamoDB::Table", "AWS::KinesisFirehose::DeliveryStream"}
    for owner, role in ((owner, roles[owner]) for owner in owners if owner in roles):
        ends: dict[str, list[tuple[str, bool, bool]]] = {}
        for permission in role_permissions(built, role):
            others = [each for each in permission.targets if built.resources[each]["Type"] in drawn]
            others += [each for each in permission.targets if built.resources[each]["Type"] == "AWS::Lambda::Function"]
            for other in [*others, *([SECRETS] if permission.secrets else [])]:
                ends.setdefault(other, []).append((permission.words, *_directions(permission.actions)))
        for other, uses in ends.items():
            words = [f"`{owner}` may {'; '.join(words for words, _, _ in uses)}"]
            yield Line(owner, other, words, any(reads for _, reads, _ in uses), any(writes for _, _, writes in uses))


def _directions(actions: tuple[str, ...]) -> tuple[bool, bool]:
    """Return whether actions read from a resource, and whether they write to it or call it."""
    names = [action.partition(":")[2] for action in actions]
    reads = any(name.startswith(("Get", "BatchGet", "List")) for name in names)
    return reads, any(not name.startswith(("Get", "BatchGet", "List")) for name in names)


def _reader_lines(built: BuiltSource) -> Iterator[Line]:
    """Yield how events are read: as messages of a queue, or as objects of which a queue tells."""
    who = reader(built)
    for title, properties in built.of_type("AWS::S3::Bucket"):
        if notified := properties.get("NotificationConfiguration"):
            queue = next(built.targets(notified))
            yield Line(title, queue, [f"S3 notifies `{queue}` of each object of `{title}`"])
            yield Line(title, who, [f"the {who} reads the objects of `{title}`"])
    for title, properties in built.of_type("AWS::SQS::Queue"):
        if policy := properties.get("RedrivePolicy"):
            what = f"the {who} receives notifications" if built.source.delivery.s3 else f"{who} receives messages"
            yield Line(title, who, [f"{what} from `{title}`, and deletes them"])
            dead = next(built.targets(policy))
            words = f"SQS moves a message that was received {policy['maxReceiveCount']} times and not deleted"
            yield Line(title, dead, [f"{words} from `{title}` to `{dead}`"])


def _other_lines(built: BuiltSource) -> Iterator[Line]:
    for title, properties in built.of_type("AWS::S3::Bucket"):
        if logging := properties.get("LoggingConfiguration"):
            log = next(built.targets(logging))
            yield Line(title, log, [f"S3 notes in `{log}` who asks for which object of `{title}`"])
    yield Line(ALARMS, TOPIC, ["where the parameter `AlarmTopicArn` is given, its topic hears of each alarm"])
