"""The functions of an event source: what each may do, what it is told, and how much of it there may be."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from awacs.aws import Statement
from troposphere import Parameter, Ref, Sub, Template
from troposphere.awslambda import Environment, Function
from troposphere.dynamodb import Table
from troposphere.s3 import Bucket
from troposphere.sqs import Queue

from generator.definition.secret_names import stored_names
from generator.templates.inputs import StackContext
from generator.templates.resources import bucket, function, key, queue, schedule, table
from generator.templates.resources.sub import secrets_path
from lambdas.auth import secret_names
from lambdas.model import Source

REDRIVE_SECONDS = 120
SWEEP = "rate(5 minutes)"
# What the worst body takes, and a fifth more: tests/whole/test_memory.py measures it. A redrive holds the envelope
# besides.
HANDLER_MEMORY_MB, REDRIVE_MEMORY_MB = 512, 1_024
# A claim must not end before the function that holds it: else another might send the same.
LEASE_MARGIN_SECONDS = 5


@dataclass(frozen=True)
class FunctionContext:
    """What they share."""

    source: Source
    names: StackContext
    lambda_key: Parameter
    role: Mapping[str, Any]
    tracing: Parameter


def add_handler(
    template: Template, one: FunctionContext, events: Queue, kept: Bucket, claims: Table | None
) -> Function:
    """What takes requests in; it reads the secrets that it verifies with, behind an authorizer too."""
    webhook = one.source.webhook
    may = [queue.may_send(events), bucket.may_put(kept, "rejected", "oversize", "unsent"), *key.may_use(one.names)]
    if stored := stored_names(webhook):
        may.append(function.may_read_secrets(one.names, stored))
    if claims:
        may.append(table.may_claim(claims))
    if any(challenge.store_secret for challenge in webhook.challenges):
        may.append(function.may_learn_secret(one.names, secret_names(webhook.auth)[0]))
    environment = {
        "EVENTS_QUEUE_URL": Ref(events),
        "KEPT_BUCKET": Ref(kept),
        "SECRETS_PATH": Sub(secrets_path(one.names)),
        "STACK": Ref("AWS::StackName"),
        **_dedupe(claims, function.TIMEOUT_SECONDS),
    }
    described = f"Takes in the events of {one.source.name}"
    flood = webhook.concurrency
    named = "lambdas.webhook.handler"
    return _add_function(
        template, one, "Webhook", named, described, may, environment, concurrency=flood, memory=HANDLER_MEMORY_MB
    )


def add_redrive(
    template: Template, one: FunctionContext, events: Queue, kept: Bucket, claims: Table | None
) -> Function:
    """What brings kept events back to the queue: by hand, and every few minutes what it did not take."""
    may = [
        queue.may_send(events),
        bucket.may_put(kept, "rejected", "oversize", "unsent", "unsendable"),
        bucket.may_take(kept, "rejected", "unsent"),
        bucket.may_list(kept),
        *([table.may_claim(claims), table.may_look_up(claims)] if claims else []),
        *key.may_use(one.names),
    ]
    environment = {
        "EVENTS_QUEUE_URL": Ref(events),
        "KEPT_BUCKET": Ref(kept),
        "STACK": Ref("AWS::StackName"),
        **_dedupe(claims, REDRIVE_SECONDS),
    }
    described = f"Brings kept events of {one.source.name} back to the queue"
    # One at a time: two that bring back the same events would send each of them twice.
    alone = None if one.source.webhook.concurrency is None else 1
    named = "lambdas.redrive.handler"
    more = {"concurrency": alone, "timeout": REDRIVE_SECONDS, "memory": REDRIVE_MEMORY_MB}
    function_ = _add_function(template, one, "Redrive", named, described, may, environment, **more)
    described = "Sends what the queue did not take before"
    # A short title: with a longer one the stack's name would be cut in the schedule's, and no permission fit.
    schedule.add_schedule(template, one.names, "Clock", SWEEP, function_, described, one.role)
    return function_


def add_authorizer(template: Template, one: FunctionContext) -> Function:
    """What the API asks of a sender before the handler is called."""
    stored = secret_names(one.source.webhook.auth)
    may = [*([function.may_read_secrets(one.names, stored)] if stored else []), *key.may_start(one.names)]
    environment = {"SECRETS_PATH": Sub(secrets_path(one.names)), "STACK": Ref("AWS::StackName")}
    described = f"Verifies the senders of {one.source.name}"
    flood = one.source.webhook.concurrency
    named = "lambdas.authorizer.handler"
    return _add_function(template, one, "Verify", named, described, may, environment, concurrency=flood)


def _dedupe(claims: Table | None, seconds: int) -> dict[str, Any]:
    """The environment of a function that claims events, and may run for so many seconds."""
    if claims is None:
        return {}
    return {"DEDUPE_TABLE": Ref(claims), "DEDUPE_LEASE": str(seconds + LEASE_MARGIN_SECONDS)}


def _add_function(
    template: Template,
    one: FunctionContext,
    title: str,
    handler: str,
    description: str,
    may: Sequence[Statement],
    environment: Mapping[str, Any],
    *,
    concurrency: int | None = None,
    **more: Any,
) -> Function:
    if concurrency is not None:
        more["ReservedConcurrentExecutions"] = concurrency
    return function.add_function(
        template,
        one.names,
        title,
        handler,
        description=description,
        may=may,
        key=one.lambda_key,
        role=one.role,
        traced=one.tracing,
        Environment=Environment(Variables=dict(environment)),
        **more,
    )
