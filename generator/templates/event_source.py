"""The event-source template: an endpoint that takes events in, and the queue that they come out of.

The logical ids say what a resource is for, without the source's name, so that two sources can be compared.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from troposphere import GetAtt, Output, Parameter, Ref, Select, Split, Sub, Template
from troposphere.s3 import Bucket

from generator.definition.secret_names import stored_names
from generator.names import role_path
from generator.templates import functions, inputs, monitoring
from generator.templates.dashboard import MonitoredResources
from generator.templates.functions import FunctionContext
from generator.templates.inputs import StackContext, TemplateInput
from generator.templates.resources import access_log, bucket, key, queue, table, tracing
from generator.templates.resources import api as http
from generator.templates.resources.sub import ref, secrets_path
from lambdas import VERSION
from lambdas.model import Source, methods, verified_by

KEPT_DAYS = 365


def build(source: Source, lambda_key: str) -> Template:
    """The template of a source; `lambda_key` is the default of where its code is in the helper bucket."""
    template = Template(Description=f"MozDef event source {source.name}: {source.description}")
    template.set_metadata({"MozDefEventFramework": {"Source": source.name, "Version": VERSION}})
    asked = inputs.add_inputs(template, _asked(source, lambda_key))
    tracing.add_is_traced_condition(template, asked["Tracing"])
    named = _deployment(template, source, asked)
    boundary = asked["PermissionsBoundaryArn"]
    path = Sub(role_path(source.name, ref(named.project), ref(named.environment)))
    bounded = inputs.value_or_none(inputs.add_is_set_condition(template, boundary), boundary)
    role = {"Path": path, "PermissionsBoundary": bounded}
    one = FunctionContext(source, named, asked["LambdaKey"], role, asked["Tracing"])

    dead_letters = queue.add_dead_letters(template, named)
    events = queue.add_events(template, named, dead_letters, asked["EventsQueueName"])
    queue.add_policy(template, dead_letters)
    queue.add_policy(template, events, asked["ConsumerPrincipalArn"])
    kept = _add_kept(template, named)

    claims = table.add_table(template, named, "Claims") if source.dedupe else None
    redrive = functions.add_redrive(template, one, events, kept, claims)
    where = verified_by(source.webhook)
    handler = functions.add_handler(template, one, events, kept, claims)
    api = http.add_api(template, named, source.webhook.throttle)
    authorizer = None
    auth = source.webhook.auth
    if where == "authorizer":
        asking = functions.add_authorizer(template, one)
        authorizer = http.add_authorizer(template, api, asking, auth.type.headers(auth.settings)[0])
    elif where == "api":
        authorizer = http.add_jwt_authorizer(template, api, auth.settings)
    http.add_routes(template, api, handler, methods(source.webhook), source.webhook.path, authorizer)

    access_log = template.resources["AccessLog"]
    watched = MonitoredResources(api, access_log, handler, redrive, events, dead_letters)
    monitoring.add_monitoring(template, source, named, asked["AlarmTopicArn"], watched)
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


def _asked(source: Source, lambda_key: str) -> list[TemplateInput]:
    boundary = TemplateInput(
        "PermissionsBoundaryArn",
        "Account",
        "Policy that bounds the roles made here (optional)",
        "(arn:aws[a-z-]*:iam::([0-9]{12}|aws):policy/[A-Za-z0-9_+=,.@/-]+)?",
        "empty, or the ARN of a policy",
        "",
    )
    code = inputs.zip_key_input("LambdaKey", "lambdas.zip", lambda_key)
    more = [key.ADMINISTRATOR_INPUT] if source.hardening == "strict" else []
    both = inputs.common_inputs(source.name)
    return [*both, code, *inputs.mozdef_inputs(), boundary, tracing.TRACING_INPUT, *more]


def _deployment(template: Template, source: Source, asked: Mapping[str, Parameter]) -> StackContext:
    """What names the deployment, and, of a strict source, what encrypts."""
    named = inputs.deployment(source.name, asked)
    if source.hardening == "strict":
        its = key.add_key(template, named, asked["ConsumerPrincipalArn"], asked["KeyAdministratorArn"])
        return replace(named, key=its)
    return named


def _add_kept(template: Template, named: StackContext) -> Bucket:
    """The bucket for what became no message; of a strict source, who asked for it is logged."""
    stack = Select(2, Split("/", Ref("AWS::StackId")))
    name, more = _bucket_name(named, "kept", stack), {}
    if named.key:
        # The log comes and goes with the key, in one stack: a stack's id would name the log that was left behind.
        log = access_log.add_log(template, named, "KeptLog", _bucket_name(named, "logs", Ref(named.key)), name)
        more = access_log.logged_into(log)
    return bucket.add_bucket(template, named, "Kept", KEPT_DAYS, BucketName=name, **more)


def _bucket_name(named: StackContext, what: str, uuid: Any) -> Sub:
    """Lower case, as S3 wants it and a project's name is not, so that a pipeline's permissions can name it.

    Its end is from the id of what comes and goes with it: the bucket stays, and whatever comes next makes another.
    """
    parts = Split("-", uuid)
    return Sub(
        f"{named.service}-{ref(named.environment)}-{what}-${{Time}}${{Node}}",
        Time=Select(0, parts),
        Node=Select(4, parts),
    )
