"""The event-source template: an endpoint that takes events in, and the queue that they come out of.

The logical ids say what a resource is for, without the source's name, so that two sources can be compared.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from awacs.aws import Statement
from troposphere import GetAtt, Output, Parameter, Ref, Select, Split, Sub, Template
from troposphere.awslambda import Environment, Function
from troposphere.dynamodb import Table
from troposphere.s3 import Bucket
from troposphere.sqs import Queue

from generator import monitoring
from generator.dashboard import Watched
from generator.names import role_path
from generator.resources import access_log, bucket, function, key, parameters, queue, schedule, table, tracing
from generator.resources import api as http
from generator.resources.parameters import Asked, Parameters
from generator.resources.sub import ref, secrets_path
from generator.vendor import stored_names
from lambdas import VERSION
from lambdas.auth import secret_names
from lambdas.challenges import signs
from lambdas.model import Source, methods, verified_by

KEPT_DAYS = 365
REDRIVE_SECONDS = 120
SWEEP = "rate(5 minutes)"
# Two or three calls more for each request: with a larger share of a processor they take half of the time.
DEDUPE_MEMORY_MB = 512
# A claim must not end before the function that holds it: else another might send the same.
LEASE_MARGIN_SECONDS = 5


@dataclass(frozen=True)
class _Deployed:
    """What the functions of a source share."""

    source: Source
    names: Parameters
    lambda_key: Parameter
    role: Mapping[str, Any]
    tracing: Parameter


def build(source: Source, lambda_key: str) -> Template:
    """The template of a source; `lambda_key` is the default of where its code is in the helper bucket."""
    template = Template(Description=f"MozDef event source {source.name}: {source.description}")
    template.set_metadata({"MozDefEventFramework": {"Source": source.name, "Version": VERSION}})
    asked = parameters.add(template, _asked(source, lambda_key))
    tracing.decide(template, asked["Tracing"])
    named = _deployment(template, source, asked)
    boundary = asked["PermissionsBoundaryArn"]
    path = Sub(role_path(source.name, ref(named.project), ref(named.environment)))
    bounded = parameters.optional(parameters.given(template, boundary), boundary)
    role = {"Path": path, "PermissionsBoundary": bounded}
    one = _Deployed(source, named, asked["LambdaKey"], role, asked["Tracing"])

    dead_letters = queue.add_dead_letters(template, named)
    events = queue.add_events(template, named, dead_letters, asked["EventsQueueName"])
    queue.add_policy(template, dead_letters)
    queue.add_policy(template, events, asked["ConsumerPrincipalArn"])
    kept = _add_kept(template, named)

    claims = table.add_table(template, named, "Claims") if source.dedupe else None
    redrive = _add_redrive(template, one, events, kept, claims)
    where = verified_by(source.webhook)
    handler = _add_handler(template, one, events, kept, claims, verifies=where == "handler")
    api = http.add_api(template, named, source.webhook.throttle)
    authorizer = None
    auth = source.webhook.auth
    if where == "authorizer":
        asking = _add_authorizer_function(template, one)
        authorizer = http.add_authorizer(template, api, asking, auth.type.headers(auth.settings)[0])
    elif where == "api":
        authorizer = http.add_jwt_authorizer(template, api, auth.settings)
    http.add_routes(template, api, handler, methods(source.webhook), source.webhook.path, authorizer)

    access_log = template.resources["AccessLog"]
    watched = Watched(api, access_log, handler, redrive, events, dead_letters)
    monitoring.add(template, source, named, asked["AlarmTopicArn"], watched)
    stored = ",".join(f"{secrets_path(named)}/{name}" for name in stored_names(source.webhook))
    secret = Sub(stored) if stored else "none: public keys are fetched"
    for name, value, description in (
        ("EndpointUrl", http.endpoint(api, source.webhook.path), "What the vendor is to call"),
        ("ApiId", Ref(api), "The HTTP API"),
        ("EventsQueueUrl", Ref(events), "What MozDef takes its events from"),
        ("EventsQueueArn", GetAtt(events, "Arn"), "The same, as an ARN"),
        ("DeadLettersQueueUrl", Ref(dead_letters), "Messages that MozDef took too often"),
        ("KeptBucket", Ref(kept), "Events that became no message, or one too large for a queue"),
        ("SecretParameters", secret, "Parameters of Parameter Store that hold the secrets"),
    ):
        template.add_output(Output(name, Value=value, Description=description))
    return template


def _asked(source: Source, lambda_key: str) -> list[Asked]:
    boundary = Asked(
        "PermissionsBoundaryArn",
        "Account",
        "Policy that bounds the roles made here (optional)",
        "(arn:aws[a-z-]*:iam::([0-9]{12}|aws):policy/[A-Za-z0-9_+=,.@/-]+)?",
        "empty, or the ARN of a policy",
        "",
    )
    code = parameters.asked_key("LambdaKey", "lambdas.zip", lambda_key)
    more = [key.ASKED] if source.hardening == "strict" else []
    both = parameters.asked_of_both(source.name)
    return [*both, code, *parameters.asked_of_mozdef(), boundary, tracing.ASKED, *more]


def _deployment(template: Template, source: Source, asked: Mapping[str, Parameter]) -> Parameters:
    """What names the deployment, and, of a strict source, what encrypts."""
    named = parameters.deployment(source.name, asked)
    if source.hardening == "strict":
        its = key.add_key(template, named, asked["ConsumerPrincipalArn"], asked["KeyAdministratorArn"])
        return replace(named, key=its)
    return named


def _add_kept(template: Template, named: Parameters) -> Bucket:
    """The bucket for what became no message; of a strict source, who asked for it is logged."""
    name, more = _bucket_name(named, "kept"), {}
    if named.key:
        log = access_log.add_log(template, named, "KeptLog", _bucket_name(named, "logs"), name)
        more = access_log.logged_into(log)
    return bucket.add_bucket(template, named, "Kept", KEPT_DAYS, BucketName=name, **more)


def _bucket_name(named: Parameters, what: str) -> Sub:
    """Lower case, as S3 wants it and a project's name is not, so that a pipeline's permissions can name it.

    Its end is from the stack's own id: a bucket outlives its stack, and the next one makes another.
    """
    stack = Split("-", Select(2, Split("/", Ref("AWS::StackId"))))
    return Sub(
        f"{named.service}-{ref(named.environment)}-{what}-${{Time}}${{Node}}",
        Time=Select(0, stack),
        Node=Select(4, stack),
    )


def _dedupe(claims: Table | None, seconds: int) -> dict[str, Any]:
    """The environment of a function that claims events, and may run for so many seconds."""
    if claims is None:
        return {}
    return {"DEDUPE_TABLE": Ref(claims), "DEDUPE_LEASE": str(seconds + LEASE_MARGIN_SECONDS)}


def _add_handler(
    template: Template, one: _Deployed, events: Queue, kept: Bucket, claims: Table | None, *, verifies: bool
) -> Function:
    webhook = one.source.webhook
    may = [queue.may_send(events), bucket.may_put(kept, "rejected", "oversize", "unsent"), *key.may_use(one.names)]
    reads = verifies or any(signs(challenge) for challenge in webhook.challenges)
    if reads and (stored := stored_names(webhook)):
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
    memory = DEDUPE_MEMORY_MB if claims else function.MEMORY_MB
    return _add_function(template, one, "Webhook", named, described, may, environment, concurrency=flood, memory=memory)


def _add_redrive(template: Template, one: _Deployed, events: Queue, kept: Bucket, claims: Table | None) -> Function:
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
    named, seconds = "lambdas.redrive.handler", REDRIVE_SECONDS
    function_ = _add_function(
        template, one, "Redrive", named, described, may, environment, concurrency=alone, timeout=seconds
    )
    schedule.add(template, one.names, "Sweep", SWEEP, function_, "Sends what the queue did not take before")
    return function_


def _add_authorizer_function(template: Template, one: _Deployed) -> Function:
    stored = secret_names(one.source.webhook.auth)
    may = [*([function.may_read_secrets(one.names, stored)] if stored else []), *key.may_start(one.names)]
    environment = {"SECRETS_PATH": Sub(secrets_path(one.names)), "STACK": Ref("AWS::StackName")}
    described = f"Verifies the senders of {one.source.name}"
    flood = one.source.webhook.concurrency
    named = "lambdas.authorizer.handler"
    return _add_function(template, one, "Verify", named, described, may, environment, concurrency=flood)


def _add_function(
    template: Template,
    one: _Deployed,
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
