"""Update a source that runs in the emulator in place: its endpoint and its secret stay as they are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from generator import names
from generator.deploy.endpoint import vendor_url
from generator.local.emulator import Emulator, EmulatorTarget
from generator.local.running import RunningSource, stack_parameters, store, upload_prerequisites
from generator.samples.vendor import replace_unfit_secrets
from lambdas.model import Source
from lambdas.runtime.batches import in_batches

_TABLE = "AWS::DynamoDB::Table"
_MAX_WRITES = 25
"""The most items that one call of BatchWriteItem deletes."""


@dataclass(frozen=True)
class Update:
    """A running source after an update: where it runs now, its stack's outputs, and the secrets that are new."""

    running: RunningSource
    outputs: Mapping[str, str]
    new_secrets: list[str]


def update_source(running: RunningSource, source: Source, template: str, code: bytes, build: Path) -> Update:
    """Deploy the files of a new build into the emulator in which the source runs."""
    emulator = running.emulator
    target = EmulatorTarget(emulator=emulator)
    upload_prerequisites(target, source, [code], secret=False)
    new_secrets = replace_unfit_secrets(source, emulator.client("ssm"), target.project, target.environment)
    stack = names.stack_name(source.name)
    outputs = emulator.deploy(stack, template, stack_parameters(target, source, running.parameters))
    updated = replace(running, url=emulator.invoke_url(outputs), vendor_url=vendor_url(outputs))
    if updated != running:
        store(updated, build)
    forget_sent_events(emulator, stack)
    return Update(updated, outputs, new_secrets)


def forget_sent_events(emulator: Emulator, stack: str) -> None:
    """Empty the table of a source that sends each event once, so that a sample becomes a message again."""
    described = emulator.client("cloudformation").describe_stack_resources(StackName=stack)["StackResources"]
    dynamodb = emulator.client("dynamodb")
    for table in (each["PhysicalResourceId"] for each in described if each["ResourceType"] == _TABLE):
        for page in dynamodb.get_paginator("scan").paginate(TableName=table, ProjectionExpression="id"):
            deletions = ({"DeleteRequest": {"Key": {"id": item["id"]}}} for item in page["Items"])
            for batch in in_batches(deletions, _MAX_WRITES):
                dynamodb.batch_write_item(RequestItems={table: batch})
