"""The pages of the AWS console for a deployed source, from its stack and its pipeline's."""

from __future__ import annotations

from typing import NamedTuple
from urllib.parse import quote

from generator.aws import Target
from generator.deploy import stacks
from generator.deploy.stacks import Stack
from generator.errors import GeneratorError
from generator.names import CONSOLE_HOSTS


class ConsolePage(NamedTuple):
    """A page of the console; `name` is what `open` calls it."""

    name: str
    url: str


def find_pages(target: Target, source: str) -> list[ConsolePage]:
    """Return the pages of a source, in whatever state its stack is, and of its pipeline.

    NotDeployedError where there is neither.
    """
    cloudformation = target.client("cloudformation")
    stack = stacks.find_stack(cloudformation, target.stack(source))
    pipeline = stacks.find_stack(cloudformation, target.pipeline_stack(source))
    if stack is None and pipeline is None:
        stacks.get_stack(target, target.stack(source))  # says that there is none
    for each in filter(None, (stack, pipeline)):
        if each.status != "REVIEW_IN_PROGRESS":
            stacks.refuse_foreign(cloudformation, each, target.tags(source))
    pages = stack_pages(stack, target.region) if stack else []
    if pipeline and (url := pipeline.outputs.get("PipelineUrl")):
        pages.append(ConsolePage("pipeline", url))
    elif pipeline:  # it could not be created
        pages.append(ConsolePage("pipeline", _stack_url(pipeline, target.region)))
    return pages


def stack_pages(stack: Stack, region: str) -> list[ConsolePage]:
    """Return the pages of a source's stack, of which one that is not complete has the first alone."""
    pages = [ConsolePage("stack", _stack_url(stack, region))]
    queues = ("queue", "EventsQueueUrl"), ("queue", "ObjectsQueueUrl"), ("dead-letters", "DeadLettersQueueUrl")
    for name, output in queues:
        if url := stack.outputs.get(output):
            pages.append(ConsolePage(name, _console_url(stack, region, "sqs/v3", f"/queues/{quote(url, safe='')}")))
    if stack.outputs:
        prefix = quote(quote(f"/aws/lambda/{stack.name}-", safe=""), safe="").replace("%", "$")
        log_groups = f"logsV2:log-groups$3FlogGroupNameFilter$3D{prefix}"
        pages.append(ConsolePage("logs", _console_url(stack, region, "cloudwatch", log_groups)))
        dashboard = f"dashboards/dashboard/{stack.name}"
        pages.append(ConsolePage("dashboard", _console_url(stack, region, "cloudwatch", dashboard)))
    return pages


def _stack_url(stack: Stack, region: str) -> str:
    return _console_url(stack, region, "cloudformation", f"/stacks/stackinfo?stackId={quote(stack.id, safe='')}")


def _console_url(stack: Stack, region: str, service: str, fragment: str) -> str:
    """Return a page's URL; GeneratorError for a partition whose console has an address that is not known here."""
    partition = stack.id.split(":")[1]
    if partition not in CONSOLE_HOSTS:
        known = ", ".join(CONSOLE_HOSTS)
        raise GeneratorError(f"the address of the console of the partition {partition} is not known ({known} are)")
    return f"https://{region}.{CONSOLE_HOSTS[partition]}/{service}/home?region={region}#{fragment}"
