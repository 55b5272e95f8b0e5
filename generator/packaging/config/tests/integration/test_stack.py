"""Your own tests of the deployed stack of SOURCE_NAME: its functions and its queues, as its outputs name them."""

from __future__ import annotations

import os
from typing import Any

import boto3
import pytest

STACK = f"{os.environ.get('PROJECT', 'MozDef-EF')}-SOURCE_NAME-{os.environ['STAGE']}"


@pytest.fixture(scope="module")
def outputs() -> dict[str, str]:
    described = boto3.client("cloudformation").describe_stacks(StackName=STACK)["Stacks"][0]
    return {entry["OutputKey"]: entry["OutputValue"] for entry in described["Outputs"]}


def reader_queue(outputs: dict[str, str]) -> str:
    """The queue of messages, or of notifications where the messages are in objects."""
    return outputs.get("EventsQueueUrl") or outputs["ObjectsQueueUrl"]


def attributes(url: str) -> dict[str, Any]:
    return boto3.client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]


def test_messages_that_are_taken_too_often_become_dead_letters(outputs: dict[str, str]) -> None:
    dead = attributes(outputs["DeadLettersQueueUrl"])
    assert dead["QueueArn"] in attributes(reader_queue(outputs))["RedrivePolicy"]


def test_a_dead_letter_lives_longer_than_a_message(outputs: dict[str, str]) -> None:
    dead, events = attributes(outputs["DeadLettersQueueUrl"]), attributes(reader_queue(outputs))
    assert int(dead["MessageRetentionPeriod"]) > int(events["MessageRetentionPeriod"])


def test_every_function_can_run() -> None:
    resources = boto3.client("cloudformation").describe_stack_resources(StackName=STACK)["StackResources"]
    functions = [entry["PhysicalResourceId"] for entry in resources if entry["ResourceType"] == "AWS::Lambda::Function"]
    assert functions
    for name in functions:  # a new one is pending for some seconds; the waiter raises where it fails
        boto3.client("lambda").get_waiter("function_active").wait(FunctionName=name)
        assert boto3.client("lambda").get_function_configuration(FunctionName=name)["State"] == "Active"


def test_the_vendor_has_an_endpoint_to_call_or_is_asked_by_a_puller(outputs: dict[str, str]) -> None:
    path = os.environ.get("API_PATH", "API_PATH_OF_SOURCE")
    endpoint = outputs.get("EndpointUrl", "")
    assert "PullerFunction" in outputs or (endpoint.startswith("https://") and endpoint.endswith(path))
