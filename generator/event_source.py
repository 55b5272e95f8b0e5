"""The event-source template: an endpoint that takes events in, and the queue that they come out of.

The logical ids say what a resource is for, without the source's name, so that two sources can be compared.
"""

from __future__ import annotations

import json

from troposphere import GetAtt, Output, Ref, Sub, Template
from troposphere.awslambda import Function
from troposphere.s3 import Bucket
from troposphere.sqs import Queue

from generator.resources import api as http
from generator.resources import bucket, function, queue
from generator.resources.parameters import Parameters, add_parameters
from generator.resources.sub import secrets_path
from lambdas import VERSION
from lambdas.challenges import signs
from lambdas.model import Source, methods, verified_by


def build(source: Source, lambda_key: str) -> Template:
    """The template of a source; `lambda_key` is the default of where its code is in the helper bucket."""
    template = Template(Description=f"MozDef event source {source.name}: {source.description}")
    template.set_metadata({"MozDefEventFramework": {"Source": source.name, "Version": VERSION}})
    parameters = add_parameters(template, source.name, lambda_key)

    dead_letters = queue.add_dead_letters(template, parameters)
    events = queue.add_events(template, parameters, dead_letters)
    queue.add_policy(template, dead_letters)
    queue.add_policy(template, events, parameters.consumer)
    kept = bucket.add_kept(template, parameters)
    bucket.add_policy(template, kept)

    in_handler = verified_by(source.webhook) == "handler"
    handler = _add_handler(template, parameters, source, events, kept, verifies=in_handler)
    api = http.add_api(template, parameters)
    authorizer = None
    if not in_handler:
        auth = source.webhook.auth
        asked = _add_authorizer_function(template, parameters, source)
        authorizer = http.add_authorizer(template, api, asked, auth.type.headers(auth.settings)[0])
    http.add_routes(template, api, handler, methods(source.webhook), source.webhook.path, authorizer)

    secret = Sub(f"{secrets_path(parameters)}/{source.webhook.auth.settings.secret}")
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


def _add_handler(
    template: Template, parameters: Parameters, source: Source, events: Queue, kept: Bucket, *, verifies: bool
) -> Function:
    may = [queue.may_send(events), bucket.may_put(kept, "rejected", "oversize")]
    if verifies or any(signs(challenge) for challenge in source.webhook.challenges):
        may.append(function.may_read_secret(parameters, source.webhook.auth.settings.secret))
    return function.add_function(
        template,
        parameters,
        "Webhook",
        "lambdas.webhook.handler",
        description=f"Takes in the events of {source.name}",
        environment={
            "EVENTS_QUEUE_URL": Ref(events),
            "KEPT_BUCKET": Ref(kept),
            "SECRETS_PATH": Sub(secrets_path(parameters)),
        },
        may=may,
        concurrency=source.webhook.concurrency,
    )


def _add_authorizer_function(template: Template, parameters: Parameters, source: Source) -> Function:
    return function.add_function(
        template,
        parameters,
        "AuthorizerFunction",
        "lambdas.authorizer.handler",
        description=f"Verifies the senders of {source.name}",
        environment={"SECRETS_PATH": Sub(secrets_path(parameters))},
        may=[function.may_read_secret(parameters, source.webhook.auth.settings.secret)],
        concurrency=source.webhook.concurrency,
    )


def text(template: Template) -> str:
    """The template as it is written: JSON with sorted keys, by line, so that two versions can be compared."""
    return json.dumps(template.to_dict(), indent=2, sort_keys=True, ensure_ascii=False) + "\n"
