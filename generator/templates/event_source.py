"""The event-source template: an HTTP endpoint for a vendor's events, and the queue from which a SIEM receives them.

With `delivery: {s3: …}`, there is a bucket of objects in place of that queue, and a queue of notifications.

Logical ids name the role of a resource in the stack, without the source's name, so that two sources can be compared.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from troposphere import GetAtt, Output, Parameter, Ref, Select, Split, Sub, Template
from troposphere.apigatewayv2 import Api
from troposphere.awslambda import Function
from troposphere.dynamodb import Table
from troposphere.sqs import Queue

from generator.definition.secret_names import source_secrets
from generator.definition.words import reader
from generator.templates import functions, inputs, monitoring
from generator.templates.dashboard import MonitoredResources
from generator.templates.functions import FunctionContext, Stores
from generator.templates.inputs import TemplateInput
from generator.templates.resources import access_log, archive, bucket, key, network, objects, queue, table, tracing
from generator.templates.resources import api as http
from generator.templates.resources.features import source_features
from generator.templates.resources.objects import ObjectsStore
from generator.templates.resources.sub import ref
from generator.templates.stack_context import StackContext, stack_context
from lambdas import VERSION
from lambdas.model import Source, methods, verified_by

KEPT_DAYS = 365


def build(source: Source, lambda_key: str) -> Template:
    """Return the template of a source; `lambda_key` is the code's key in the helper bucket, a parameter's default."""
    template = Template(Description=f"Event source {source.name}: {source.description}")
    template.set_metadata({"MozDefEventFramework": {"Source": source.name, "Version": VERSION}})
    parameters = inputs.add_inputs(template, _inputs(source, lambda_key))
    tracing.add_is_traced_condition(template, parameters["Tracing"])
    stack = _stack_context(template, source, parameters)
    role_properties = _role_properties(template, stack, parameters["PermissionsBoundaryArn"])
    context = FunctionContext(source, stack, parameters["LambdaKey"], role_properties, parameters["Tracing"])

    dead_letters = queue.add_dead_letters(template, stack)
    queue.add_policy(template, dead_letters)
    events = _add_queue(template, context, dead_letters, parameters["EventsQueueName"])
    stores = _add_stores(template, context, events, parameters["ConsumerPrincipalArn"])
    redrive = functions.add_redrive(template, context, stores)
    api = None
    if source.pull:
        entrance = functions.add_puller(template, context, stores, source.pull)
    else:
        entrance = functions.add_handler(template, context, stores)
        api = _add_api(template, context, entrance)
    monitored = MonitoredResources(
        entrance,
        redrive,
        events,
        dead_letters,
        api,
        template.resources.get("AccessLog"),
        stores.archive.stream if stores.archive else None,
        stores.events.stream if isinstance(stores.events, ObjectsStore) else None,
    )
    monitoring.add_monitoring(template, source, stack, parameters["AlarmTopicArn"], monitored)
    _add_outputs(template, source, stack, monitored, stores)
    return template


def _add_queue(template: Template, context: FunctionContext, dead_letters: Queue, name: Parameter) -> Queue:
    """Add the queue that a SIEM reads: of messages, or of notifications of objects."""
    if context.source.delivery.s3:
        return queue.add_events(template, context.stack, dead_letters, name, "Objects", objects.MAX_RECEIVE_COUNT)
    return queue.add_events(template, context.stack, dead_letters, name)


def _add_table(template: Template, source: Source, stack: StackContext) -> Table | None:
    """Add the table of claims, where the source has one: that of a pulled source also knows how far it is read."""
    if source.pull:
        return table.add_table(template, stack, "Positions", retained=True)
    return table.add_table(template, stack, "Claims") if source.dedupe else None


def _inputs(source: Source, lambda_key: str) -> list[TemplateInput]:
    boundary = TemplateInput(
        "PermissionsBoundaryArn",
        "Account",
        "Policy that bounds the roles made here (optional)",
        "(arn:aws[a-z-]*:iam::([0-9]{12}|aws):policy/[A-Za-z0-9_+=,.@/-]+)?",
        "empty, or the ARN of a policy",
        "",
    )
    return [
        *inputs.common_inputs(source.name),
        *inputs.parameter_inputs(source),
        inputs.zip_key_input("LambdaKey", "lambdas.zip", lambda_key),
        *inputs.siem_inputs(),
        *network.network_inputs(source),
        boundary,
        tracing.TRACING_INPUT,
        *([key.ADMINISTRATOR_INPUT] if source.hardening == "strict" else []),
    ]


def _stack_context(template: Template, source: Source, parameters: Mapping[str, Parameter]) -> StackContext:
    """Return the names of the deployment and, with `hardening: strict`, the key, which is added to the template."""
    stack = stack_context(source.name, parameters)
    if source.hardening != "strict":
        return stack
    consumer, administrator = parameters["ConsumerPrincipalArn"], parameters["KeyAdministratorArn"]
    has_objects = source.delivery.s3 is not None
    return replace(stack, key=key.add_key(template, stack, consumer, administrator, objects=has_objects))


def _role_properties(template: Template, stack: StackContext, boundary: Parameter) -> dict[str, Any]:
    """Return the properties of all roles: their path, and the permissions boundary where one is given."""
    condition = inputs.add_is_set_condition(template, boundary)
    return {"Path": Sub(stack.role_path), "PermissionsBoundary": inputs.value_or_none(condition, boundary)}


def _add_stores(template: Template, context: FunctionContext, events: Queue, consumer: Parameter) -> Stores:
    """Add the policy of the queue that a SIEM reads, the buckets of a source, and its table.

    The buckets are that for events that became no message, the archive, and that of objects. With `hardening: strict`,
    access to them is logged.
    """
    source, stack, role_properties = context.source, context.stack, context.role_properties
    names = _bucket_names(stack, source)
    logging: dict[str, Any] = {}
    if stack.key:
        # Named after the key, which is created and retained with the log: the log of an earlier stack of this name may
        # still exist.
        log_name = _bucket_name(stack, "logs", Ref(stack.key))
        log_bucket = access_log.add_log(template, stack, "KeptLog", log_name, names.values())
        logging = access_log.logging_properties(log_bucket)
    kept = bucket.add_bucket(template, stack, "Kept", KEPT_DAYS, BucketName=names["kept"], **logging)
    archived = None
    if source.archive:
        days, name = source.archive.days, names["archive"]
        archived = archive.add_archive(template, stack, days, role_properties, BucketName=name, **logging)
    delivered: Queue | ObjectsStore = events
    if source.delivery.s3:
        days, name = source.delivery.s3.days, names["objects"]
        delivered = objects.add_objects(
            template, stack, days, events, consumer, role_properties, BucketName=name, **logging
        )
    else:
        queue.add_policy(template, events, consumer)
    return Stores(delivered, kept, _add_table(template, source, stack), archived)


def _bucket_names(stack: StackContext, source: Source) -> dict[str, Sub]:
    """Return the names of the buckets by their purposes."""
    stack_id = Select(2, Split("/", Ref("AWS::StackId")))
    purposes = ("kept", *source_features(source).streamed_buckets)
    return {purpose: _bucket_name(stack, purpose, stack_id) for purpose in purposes}


def _bucket_name(stack: StackContext, purpose: str, uuid: Any) -> Sub:
    """Return a bucket's name, in lower case as S3 needs it, so that a pipeline's permissions can name it.

    It has no project, which may have upper case. It ends with parts of the UUID of what is created with the bucket:
    the bucket is retained when the stack is deleted, and the next stack needs another name.
    """
    parts = Split("-", uuid)
    return Sub(
        f"{stack.service}-{ref(stack.environment)}-{purpose}-${{Time}}${{Node}}",
        Time=Select(0, parts),
        Node=Select(4, parts),
    )


def _add_api(template: Template, context: FunctionContext, handler: Function) -> Api:
    """Add the API with its routes, and an authorizer where the sender is verified before the handler."""
    webhook = context.source.endpoint
    api = http.add_api(template, context.stack, webhook.throttle)
    verifier = verified_by(webhook)
    authorizer = None
    if verifier == "authorizer":
        function = functions.add_authorizer(template, context)
        header = webhook.auth.type.headers(webhook.auth.settings)[0]
        authorizer = http.add_authorizer(template, api, function, header)
    elif verifier == "api":
        authorizer = http.add_jwt_authorizer(template, api, webhook.auth.settings)
    http.add_routes(template, api, handler, methods(webhook), webhook.path, authorizer)
    return api


def _delivery_outputs(source: Source, events: Queue, delivered: Queue | ObjectsStore) -> list[tuple[str, Any, str]]:
    """Return the outputs that a SIEM is configured with: name, value and description."""
    if isinstance(delivered, ObjectsStore):
        return [
            ("ObjectsQueueUrl", Ref(events), f"Queue from which {reader(source)} receives notifications of objects"),
            ("ObjectsQueueArn", GetAtt(events, "Arn"), "The same, as an ARN"),
            ("ObjectsBucket", Ref(delivered.bucket), "Objects of messages, of which the notifications tell"),
        ]
    return [
        ("EventsQueueUrl", Ref(events), f"Queue from which {reader(source)} receives its events"),
        ("EventsQueueArn", GetAtt(events, "Arn"), "The same, as an ARN"),
    ]


def _add_outputs(
    template: Template, source: Source, stack: StackContext, resources: MonitoredResources, stores: Stores
) -> None:
    archive_output = (
        [("ArchiveBucket", Ref(stores.archive.bucket), "A copy of each accepted request")] if stores.archive else []
    )
    dead = "Notifications" if source.delivery.s3 else "Messages"
    secrets = ",".join(f"{stack.secrets_path}/{name}" for name in source_secrets(source))
    if resources.api:
        entrance = [
            ("EndpointUrl", http.endpoint(resources.api, source.endpoint.path), "URL that the vendor calls"),
            ("ApiId", Ref(resources.api), "The HTTP API"),
        ]
    else:
        entrance = [
            ("PullerFunction", Ref(resources.entrance), "Function that asks the vendor's API"),
            ("PositionsTable", Ref(stores.claims), "How far each stream is read, and which events were sent"),
        ]
    for name, value, description in (
        *entrance,
        *_delivery_outputs(source, resources.events, stores.events),
        ("DeadLettersQueueUrl", Ref(resources.dead_letters), f"{dead} that {reader(source)} received too often"),
        ("KeptBucket", Ref(stores.kept), "Events that became no message, or are too large for one"),
        *archive_output,
        (
            "SecretParameters",
            Sub(secrets) if secrets else "none: public keys are fetched",
            "Parameters of Parameter Store that hold the secrets",
        ),
    ):
        template.add_output(Output(name, Value=value, Description=description))
