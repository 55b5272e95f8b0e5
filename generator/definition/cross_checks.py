"""Check a whole definition for mistakes that show only between its keys; limits of AWS on numbers and texts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from generator.definition.challenge_checks import challenge_mistakes, reply_mistakes
from generator.definition.message_checks import message_mistakes
from generator.definition.path_checks import Mistakes, path_mistakes, reads_beyond_body
from generator.definition.pull_checks import pull_mistakes
from generator.definition.secret_origin import origin_mistakes
from generator.definition.shared_keys import shared_key
from generator.definition.signature_checks import auth_mistakes, signature_mistakes, signing_challenge_mistakes
from generator.definition.yaml_nodes import Location, location_of
from generator.errors import Problem
from lambdas.model import Source, Webhook
from lambdas.model_events import Events
from lambdas.model_pull import Pull

MAX_DEDUPE_HOURS = 168
MAX_ARCHIVE_DAYS = 3_650
MIN_OBJECT_DAYS = 14
"""As long as a notification may wait, and be a dead letter: one of an object that has expired can't be read."""
MAX_SILENCE_HOURS = 168
"""CloudWatch looks back a week at most: periods times evaluation, for periods of an hour or more.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html
"""
MAX_DESCRIPTION = 200  # a template's has 1,024 bytes, a function's 256 characters
# https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html
MAX_RATE, MAX_BURST = 10_000, 5_000


def cross_problems(source: Source, locations: Mapping[str, Location]) -> Iterator[Problem]:
    """Yield a problem for each mistake between the keys of a source; `locations` are those of the keys it has."""
    for key, message in dict.fromkeys(_mistakes(source, locations)):
        yield Problem(*location_of(locations, key), key, message)


def _mistakes(source: Source, locations: Mapping[str, Location]) -> Mistakes:
    yield from _source(source)
    if source.archive and not 1 <= source.archive.days <= MAX_ARCHIVE_DAYS:
        yield "archive.days", f"must be 1 to {MAX_ARCHIVE_DAYS} days"
    objects = source.delivery.s3
    if objects and not MIN_OBJECT_DAYS <= objects.days <= MAX_ARCHIVE_DAYS:
        yield "delivery.s3.days", f"must be {MIN_OBJECT_DAYS} to {MAX_ARCHIVE_DAYS} days"
    yield from message_mistakes(source)
    yield from origin_mistakes(source, locations)
    if source.pull:
        for key, message in _pull_mistakes(source, source.pull, locations):
            yield shared_key(key, locations), message
    if source.webhook:
        yield from _webhook_mistakes(source, source.webhook)


def _pull_mistakes(source: Source, pull: Pull, locations: Mapping[str, Location]) -> Mistakes:
    yield from pull_mistakes(source, pull, locations)
    for name, stream in pull.streams.items():
        for key, message in _events(stream.events):
            yield f"pull.streams.{name}.{key}", message


def _webhook_mistakes(source: Source, webhook: Webhook) -> Mistakes:
    yield from _events(source.events)
    yield from _dedupe(source)
    if source.drop:
        yield "drop", "is for sources that are pulled; what a webhook sends is chosen at the vendor"
    for key in ("credential", "lateness", "limit"):
        if source.vendor and getattr(source.vendor, key) != "not known":
            yield f"vendor.{key}", "is of a source that is pulled; leave it out"
    yield from auth_mistakes("webhook.auth", webhook.auth)
    yield from signature_mistakes("webhook.auth", webhook.auth, source.events)
    for index, challenge in enumerate(webhook.challenges):
        key = f"webhook.challenges[{index}]"
        if challenge.auth:
            yield from auth_mistakes(f"{key}.auth", challenge.auth)
        for member, message in challenge_mistakes(challenge):
            yield f"{key}.{member}", message
    yield from _webhook(webhook)
    yield from signing_challenge_mistakes(source)
    yield from path_mistakes(source)


def _source(source: Source) -> Mistakes:
    if not source.description.strip() or len(source.description) > MAX_DESCRIPTION:
        yield "description", f"must say in 1 to {MAX_DESCRIPTION} characters what events these are"
    if source.vendor and source.vendor.deadline is not None and not 1 <= source.vendor.deadline <= 60:
        yield "vendor.deadline", "must be 1 to 60 seconds"
    if source.webhook and source.endpoint.concurrency is None and source.hardening == "strict":
        yield "webhook.concurrency", "must be 1 to 1000, since `hardening: strict` reserves concurrency"
    if not 1 <= len(source.pipeline.source) == len(set(source.pipeline.source)):
        yield "pipeline.source", "must be github, codecommit, or both, each once"


def _webhook(webhook: Webhook) -> Mistakes:
    if webhook.concurrency is not None and not 1 <= webhook.concurrency <= 1000:
        yield "webhook.concurrency", "must be 1 to 1000, or null to reserve none"
    yield from _throttle(webhook)
    for key, message in reply_mistakes(webhook.answer) if webhook.answer else ():
        yield f"webhook.answer.{key}", message
    for name, value in (webhook.refusal_headers or {}).items():
        if not (value.isascii() and value.isprintable()):
            yield f"webhook.refusal_headers.{name}", "must be printable ASCII, in one line"


def _throttle(webhook: Webhook) -> Mistakes:
    throttle = webhook.throttle
    for key, limit in (("rate", MAX_RATE), ("burst", MAX_BURST)):
        if not 1 <= getattr(throttle, key) <= limit:
            yield f"webhook.throttle.{key}", f"must be 1 to {limit:,}, the limit of an AWS account"
    if 1 <= throttle.burst < (webhook.concurrency or 0):
        yield (
            "webhook.throttle.burst",
            f"must be at least `concurrency`, {webhook.concurrency}; else requests are answered 429 while there is "
            "room for them, and some vendors never send those again",
        )


def _events(events: Events) -> Mistakes:
    if not events.format or len(set(events.format)) != len(events.format):
        yield "events.format", "must be json, ndjson or form, or some of them, each once"
    if events.expect_every is not None and not 1 <= events.expect_every <= MAX_SILENCE_HOURS:
        yield "events.expect_every", f"must be 1 to {MAX_SILENCE_HOURS} hours: CloudWatch looks back a week"
    if events.payload and "form" not in events.format:
        yield "events.payload", "is a field of a form, and `format` has no form; add form, or leave `payload` out"
    if events.schemas is not None and not events.schemas:
        yield "events.schemas", 'names none; write "*": schemas/any.json, or leave it out'
    if not events.type and any(kind != "*" for kind in events.schemas or ()):
        yield "events.schemas", 'are chosen by `events.type`, which is missing; "*" is the schema of every event'
    if "ndjson" in events.format and not events.split:
        yield "events.format", 'ndjson is a list of events; add `split`, such as "[]"'
    if events.time is None and events.time_optional:
        yield "events.time_optional", "has no effect without `events.time`; add that, or leave this out"
    if events.time is None and events.time_format != "rfc3339":
        yield "events.time_format", "has no effect without `events.time`; add that, or leave this out"


def _dedupe(source: Source) -> Mistakes:
    if source.dedupe is None:
        return
    if not 1 <= source.dedupe.window <= MAX_DEDUPE_HOURS:
        yield "dedupe.window", f"must be 1 to {MAX_DEDUPE_HOURS} hours"
    if message := dedupe_mistake(source.events):
        yield "dedupe", message


def dedupe_mistake(events: Events) -> str:
    """Return why a source with these events can't have `dedupe`; else an empty text."""
    if events.id is None:
        return "needs the vendor's id of each event; add `events.id`"
    if events.split and reads_beyond_body(events.id):
        return "would take all events of a body for one, since `events.id` reads more than the split item"
    return ""
