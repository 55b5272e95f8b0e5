"""The functions of an event source, handler, redrive and authorizer: permissions, environment, memory, concurrency."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from awacs.aws import Statement
from troposphere import Parameter, Ref, Sub, Template
from troposphere.awslambda import Environment, EventInvokeConfig, Function
from troposphere.dynamodb import Table
from troposphere.s3 import Bucket
from troposphere.scheduler import RetryPolicy
from troposphere.sqs import Queue

from generator.definition.secret_names import credential_secrets, replaced_secrets, stored_names
from generator.templates.inputs import parameter_variables
from generator.templates.resources import archive, bucket, function, key, network, objects, queue, schedule, table
from generator.templates.resources.archive import ArchiveStore
from generator.templates.resources.objects import ObjectsStore
from generator.templates.stack_context import StackContext
from lambdas.auth import secret_names
from lambdas.model import Source
from lambdas.model_pull import Pull

REDRIVE_SECONDS = 120
PULLER_SECONDS = 300
"""A run's time: for a page of a slow vendor and its delivery a minute and a half, and for several of them."""
SWEEP = "rate(5 minutes)"
# The worst body's memory and a fifth more, measured by tests/whole/test_memory.py. A redrive also holds the envelope.
HANDLER_MEMORY_MB, REDRIVE_MEMORY_MB = 512, 1_024
PULLER_MEMORY_MB = 1_024
"""A page of 16 MB, parsed, with its messages."""
# A claim must outlive the function that holds it, or another function might send the same event.
LEASE_MARGIN_SECONDS = 5


@dataclass(frozen=True)
class FunctionContext:
    """What every function of one event source is built from."""

    source: Source
    stack: StackContext
    lambda_key: Parameter
    role_properties: Mapping[str, Any]
    tracing_mode: Parameter


@dataclass(frozen=True)
class Stores:
    """Where functions put events: a queue or objects, the bucket of kept events, and what only some sources have."""

    events: Queue | ObjectsStore
    kept: Bucket
    claims: Table | None
    archive: ArchiveStore | None

    def environment(self, timeout: int) -> dict[str, Any]:
        """Return the variables of a function that uses them and may run for `timeout` seconds."""
        return {
            **_delivery_environment(self.events),
            "KEPT_BUCKET": Ref(self.kept),
            "STACK": Ref("AWS::StackName"),
            **_dedupe_environment(self.claims, timeout),
            **({"ARCHIVE_BUCKET": Ref(self.archive.bucket)} if self.archive else {}),
        }


def add_handler(template: Template, context: FunctionContext, stores: Stores) -> Function:
    """Add the handler, which receives requests; it reads the secrets even where an authorizer verifies first."""
    stack, webhook = context.stack, context.source.endpoint
    statements = [
        *_may_deliver(stores.events),
        bucket.may_put(stores.kept, "rejected", "oversize", "unsent"),
        *(archive.may_archive(stores.archive) if stores.archive else []),
        *key.may_use(stack),
    ]
    if stored := stored_names(webhook):
        statements.append(function.may_read_secrets(stack, stored))
    if stores.claims:
        statements.append(table.may_claim(stores.claims))
    if any(challenge.store_secret for challenge in webhook.challenges):
        statements.append(function.may_store_secret(stack, secret_names(webhook.auth)[0]))
    environment = {**stores.environment(function.TIMEOUT_SECONDS), "SECRETS_PATH": Sub(stack.secrets_path)}
    if stores.archive:
        environment["ARCHIVE_STREAM"] = Ref(stores.archive.stream)
    return _add_function(
        template,
        context,
        "Webhook",
        "lambdas.webhook.handler",
        f"Receives the events of {context.source.name}",
        statements,
        environment,
        concurrency=webhook.concurrency,
        memory=HANDLER_MEMORY_MB,
    )


def add_puller(template: Template, context: FunctionContext, stores: Stores, pull: Pull) -> Function:
    """Add the function that asks the vendor's API, and the schedule on which it does.

    A run that fails is not tried again by AWS: the next run reads the same, and a retry would find its lease.
    https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-configuring.html
    """
    stack, claims = context.stack, stores.claims
    assert claims is not None  # noqa: S101 - a source that is pulled has a table
    stored = credential_secrets(pull)
    statements = [
        *_may_deliver(stores.events),
        bucket.may_put(stores.kept, "rejected", "oversize", "unsent"),
        *(archive.may_archive(stores.archive) if stores.archive else []),
        *key.may_use(stack),
        *([function.may_read_secrets(stack, stored), function.may_read_expiry(stack, stored)] if stored else []),
        *([function.may_replace_secret(stack, name) for name in replaced_secrets(pull)]),
        table.may_claim(claims),
        table.may_look_up(claims),
        table.may_move(claims),
    ]
    environment = {**stores.environment(PULLER_SECONDS), "SECRETS_PATH": Sub(stack.secrets_path)}
    if stores.archive:
        environment["ARCHIVE_STREAM"] = Ref(stores.archive.stream)
    puller = _add_function(
        template,
        context,
        "Puller",
        "lambdas.puller.handler",
        f"Asks for the events of {context.source.name}",
        statements,
        environment,
        timeout=PULLER_SECONDS,
        memory=PULLER_MEMORY_MB,
        more_policies=[network.network_policy(stack)] if pull.self_hosted else [],
        **({"VpcConfig": network.vpc_config()} if pull.self_hosted else {}),
    )
    template.add_resource(
        EventInvokeConfig(
            "PullerRetries",
            FunctionName=Ref(puller),
            Qualifier="$LATEST",
            MaximumRetryAttempts=0,
            MaximumEventAgeInSeconds=60,
        )
    )
    schedule.add_schedule(
        template,
        stack,
        "Pull",
        rate_expression(pull.every),
        puller,
        "Asks the vendor for what is new",
        context.role_properties,
        RetryPolicy=RetryPolicy(MaximumRetryAttempts=0, MaximumEventAgeInSeconds=60),
    )
    return puller


def rate_expression(seconds: int) -> str:
    """Return a schedule's expression: https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html."""
    minutes = seconds // 60
    return f"rate({minutes} minute{'s' if minutes > 1 else ''})"


def add_redrive(template: Template, context: FunctionContext, stores: Stores) -> Function:
    """Add the function that sends kept events again, on request, and the schedule on which it sends unsent messages."""
    stack, kept, claims = context.stack, stores.kept, stores.claims
    statements = [
        *_may_deliver(stores.events),
        bucket.may_put(kept, "rejected", "oversize", "unsent", "unsendable"),
        bucket.may_take(kept, "rejected", "unsent"),
        bucket.may_list(kept),
        *([table.may_claim(claims), table.may_look_up(claims)] if claims else []),
        *(archive.may_replay(stores.archive) if stores.archive else []),
        *key.may_use(stack),
    ]
    redrive = _add_function(
        template,
        context,
        "Redrive",
        "lambdas.redrive.handler",
        f"Sends kept events of {context.source.name} again",
        statements,
        stores.environment(REDRIVE_SECONDS),
        # Two at once that redrive the same events would send each of them twice.
        concurrency=1 if _reserves_concurrency(context.source) else None,
        timeout=REDRIVE_SECONDS,
        memory=REDRIVE_MEMORY_MB,
    )
    description = "Sends messages that could not be sent before"
    # A short title: a longer one would cut the stack's name in the schedule's name, and no permission would match.
    schedule.add_schedule(template, stack, "Clock", SWEEP, redrive, description, context.role_properties)
    return redrive


def add_authorizer(template: Template, context: FunctionContext) -> Function:
    """Add the authorizer, which the API calls before the handler."""
    stack, webhook = context.stack, context.source.endpoint
    stored = secret_names(webhook.auth)
    return _add_function(
        template,
        context,
        "Verify",
        "lambdas.authorizer.handler",
        f"Verifies the senders of {context.source.name}",
        [*([function.may_read_secrets(stack, stored)] if stored else []), *key.may_start(stack)],
        {"SECRETS_PATH": Sub(stack.secrets_path), "STACK": Ref("AWS::StackName")},
        concurrency=webhook.concurrency,
    )


def _may_deliver(events: Queue | ObjectsStore) -> list[Statement]:
    return objects.may_deliver(events) if isinstance(events, ObjectsStore) else [queue.may_send(events)]


def _delivery_environment(events: Queue | ObjectsStore) -> dict[str, Any]:
    if isinstance(events, ObjectsStore):
        return {"EVENTS_STREAM": Ref(events.stream), "OBJECTS_BUCKET": Ref(events.bucket)}
    return {"EVENTS_QUEUE_URL": Ref(events)}


def _reserves_concurrency(source: Source) -> bool:
    return source.webhook is not None and source.endpoint.concurrency is not None


def _dedupe_environment(claims: Table | None, timeout: int) -> dict[str, Any]:
    """Return the variables of a function that claims events and may run for `timeout` seconds."""
    if claims is None:
        return {}
    return {"DEDUPE_TABLE": Ref(claims), "DEDUPE_LEASE": str(timeout + LEASE_MARGIN_SECONDS)}


def _add_function(
    template: Template,
    context: FunctionContext,
    title: str,
    handler: str,
    description: str,
    statements: Sequence[Statement],
    environment: Mapping[str, Any],
    *,
    concurrency: int | None = None,
    **properties: Any,
) -> Function:
    if concurrency is not None:
        properties["ReservedConcurrentExecutions"] = concurrency
    return function.add_function(
        template,
        context.stack,
        title,
        handler,
        description=description,
        statements=statements,
        code_key=context.lambda_key,
        role_properties=context.role_properties,
        tracing_mode=context.tracing_mode,
        Environment=Environment(Variables={**environment, **parameter_variables(context.source)}),
        **properties,
    )
