"""A deployed source that is pulled: its table, log, queue and bucket are moto's; its puller and its stack are fakes."""

from __future__ import annotations

import io
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import boto3
import pytest

from generator.aws import Target
from lambdas.pulling.position_table import PositionTable
from tests.cloudformation import TAGS, CloudFormation
from tests.commands.pulled_source import write_source

REGION, STACK, BUCKET, TABLE, LOG = "us-west-2", "MozDef-EF-acme-dev", "acme-dev-kept-0", "acme-positions", "acme-log"
SECRET = "/MozDef-EF/acme/dev/token"


@dataclass
class Lambda:
    """The function that asks the vendor: `answer` is what it answers, or how it fails."""

    answer: dict[str, Any] = field(default_factory=lambda: {"outcome": "asked", "requests": 3, "sent": 2})
    error: str | None = None
    trials: list[dict[str, Any]] = field(default_factory=list)
    """What it answers to trials, one after the other."""
    called: list[str] = field(default_factory=list)
    patience: int | None = None
    """Seconds for which the last client waits for an answer."""

    def invoke(self, FunctionName: str, Payload: bytes) -> dict[str, Any]:  # noqa: N803 - boto3's name
        self.called.append(FunctionName)
        failed = {"FunctionError": "Unhandled"} if self.error else {}
        payload = {"errorMessage": self.error} if self.error else self.answer
        if Payload != b"{}":
            assert Payload == b'{"try": true}'
            payload = self.trials.pop(0) if self.trials else payload
        return {**failed, "Payload": io.BytesIO(json.dumps(payload).encode())}


@dataclass
class PulledAccount:
    """What tests change in the account."""

    formation: CloudFormation
    functions: Lambda
    table: PositionTable

    def position(self, name: str, fields: Mapping[str, Any]) -> int:
        """Store a position, and return its version."""
        return self.table.write_position(name, fields, self.table.position(name).version)

    def log(self, minutes_ago: float = 1, **line: Any) -> None:
        """Have the puller log a run."""
        logs = boto3.client("logs", REGION)
        message = json.dumps({"message": "run", "source": "acme", **line})
        at = int((time.time() - 60 * minutes_ago) * 1_000)
        event = [{"timestamp": at, "message": message}]
        logs.put_log_events(logGroupName=LOG, logStreamName="s", logEvents=event)

    def count(self, name: str, number: float, minutes_ago: float, namespace: str = "MozDefEventFramework") -> None:
        """Have CloudWatch count something."""
        dimensions = [{"Name": "Stack", "Value": STACK}]
        if namespace == "AWS/SQS":
            dimensions = [{"Name": "QueueName", "Value": "events"}]
        at = datetime.now(UTC) - timedelta(minutes=minutes_ago)
        data = [{"MetricName": name, "Dimensions": dimensions, "Value": number, "Timestamp": at}]
        boto3.client("cloudwatch", REGION).put_metric_data(Namespace=namespace, MetricData=data)

    def run_ends(self, not_before: float = 0) -> None:
        """Have a run take the lease and give it back."""
        self.table.take_lease(60)
        self.table.release_lease([], not_before)


def deploy_acme(folder: Path, monkeypatch: pytest.MonkeyPatch) -> PulledAccount:
    """Deploy the source to moto."""
    write_source(folder / "sources")
    monkeypatch.chdir(folder)
    monkeypatch.setenv("NO_COLOR", "1")
    boto3.client("s3", REGION).create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION})
    sqs = boto3.client("sqs", REGION)
    events, dead = (sqs.create_queue(QueueName=name)["QueueUrl"] for name in ("events", "dead"))
    boto3.client("ssm", REGION).put_parameter(Name=SECRET, Value="never to be told", Type="SecureString")
    dynamodb, logs = boto3.client("dynamodb", REGION), boto3.client("logs", REGION)
    dynamodb.create_table(
        TableName=TABLE,
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        BillingMode="PAY_PER_REQUEST",
    )
    logs.create_log_group(logGroupName=LOG)
    logs.create_log_stream(logGroupName=LOG, logStreamName="s")
    outputs = {
        "KeptBucket": BUCKET,
        "EventsQueueUrl": events,
        "DeadLettersQueueUrl": dead,
        "PullerFunction": "the-puller",
        "PositionsTable": TABLE,
    }
    formation, functions = CloudFormation(), Lambda()
    formation.add_stack(
        "UPDATE_COMPLETE",
        STACK,
        Outputs=[{"OutputKey": name, "OutputValue": value} for name, value in outputs.items()],
        Tags=[{"Key": key, "Value": value} for key, value in {**TAGS, "Service": "acme"}.items()],
        LastUpdatedTime=datetime.now(UTC) - timedelta(hours=3),
    )
    ids = {"Redrive": "the-redrive", "Puller": "the-puller", "PullerLog": LOG}
    formation.resources[STACK] = [
        {
            "LogicalResourceId": title,
            "PhysicalResourceId": name,
            "ResourceType": "AWS::Logs::LogGroup" if name == LOG else "AWS::Lambda::Function",
            "ResourceStatus": "UPDATE_COMPLETE",
        }
        for title, name in ids.items()
    ]
    metadata = json.dumps({"MozDefEventFramework": {"Source": "acme", "Version": "1.2.3"}})
    monkeypatch.setattr(formation, "get_template_summary", lambda **_: {"Metadata": metadata}, raising=False)
    plain = Target.client

    def client(target: Target, service: str, seconds: int | None = None) -> Any:
        fakes = {"cloudformation": formation, "lambda": functions}
        if service == "lambda":
            functions.patience = seconds
        return fakes.get(service) or plain(target, service, seconds)

    monkeypatch.setattr(Target, "client", client)
    return PulledAccount(formation, functions, PositionTable(TABLE, dynamodb, "a-run"))
