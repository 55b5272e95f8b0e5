"""What a person does after a deployment: at the vendor, at the SIEM, or with the pipeline."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

from generator.definition.pull_words import span_text
from generator.definition.words import reader
from generator.deploy.deployment import Deployment
from generator.deploy.endpoint import endpoint_for
from generator.deploy.reader_queue import reader_queue
from generator.deploy.stacks import Stack


def path_change_warning(deployment: Deployment, stack: Stack | None) -> str | None:
    """Return a warning where the endpoint's path would be another than before; else None."""
    old_path = urlsplit(stack.outputs.get("EndpointUrl", "")).path if stack else ""
    webhook = deployment.product.definition.source.webhook
    if webhook is None:
        return None
    new_path = webhook.path
    if deployment.context.pipeline or old_path in ("", new_path):
        return None
    return f"the endpoint's path is {new_path} and no longer {old_path}: the vendor must be told the new URL"


def next_steps(deployment: Deployment, stack: Stack) -> Iterator[tuple[str, str]]:
    """Yield what is to be done with the deployed stack: a short label, empty where the line goes on, and a text."""
    return _pipeline_steps(deployment, stack) if deployment.context.pipeline else _source_steps(deployment, stack)


def _pipeline_steps(deployment: Deployment, stack: Stack) -> Iterator[tuple[str, str]]:
    source, context = deployment.product.name, deployment.context
    yield "pipeline", "it starts by itself, now and with every push; its source stage shows whether it may fetch"
    yield "secret", f"before it deploys for the first time: {context.command(f'secret {source}')}"
    yield "source", f"what it deploys is the stack {context.target.stack(source)}"
    if stack.parameters.get("ProtectEvents") != "true":
        protect = context.rebuild_command(f"deploy {source} --parameter ProtectEvents=true", pipeline=True)
        yield "protect", f"once it has deployed, so that no push can delete events: {protect}"


def _source_steps(deployment: Deployment, stack: Stack) -> Iterator[tuple[str, str]]:
    source, context = deployment.product.name, deployment.context
    for reminder in deployment.reminders:
        yield "secret", reminder
    guide = deployment.product.definition.find("README.md")
    pull = deployment.product.definition.source.pull
    if pull:
        where = f"; what to click: {guide}" if guide else ""
        yield "vendor", f"is asked every {span_text(pull.every)}, from now on{where}"
    else:
        yield "vendor", f"calls {endpoint_for(stack.outputs).url}{f'; what to click: {guide}' if guide else ''}"
    queue = reader_queue(stack.outputs).rpartition("/")[2]
    who = reader(deployment.product.definition.source).removeprefix("your ")
    place = f"region {context.target.region}, account {stack.account}"
    if bucket := stack.outputs.get("ObjectsBucket"):
        yield who, f"reads notifications from queue {queue}, and the objects of bucket {bucket}, {place}"
    else:
        yield who, f"reads queue {queue}, {place}"
    if consumer := stack.parameters.get("ConsumerPrincipalArn"):
        yield "", f"as {consumer}"
    else:
        role = f"arn:aws:iam::{stack.account}:role/NAME"
        grant = context.rebuild_command(f"deploy {source} --parameter ConsumerPrincipalArn={role}")
        yield "", f"its role may not read yet, unless its own policies let it: {grant}"
    sees = "that the vendor answers" if pull else "that it refuses a forged event, and takes a signed one"
    yield "try", f"to see {sees}: {context.command(f'canary {source}')}"
    if pull:
        yield "later", f"to see how far each stream is read: {context.command(f'status {source}')}"
