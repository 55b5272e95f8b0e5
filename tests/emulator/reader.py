"""A SIEM that reads objects in the emulator: its role, and its input."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote_plus

import boto3

from generator.local.emulator import Emulator
from tests.emulator.service import eventually


def make_role(running: Emulator, name: str) -> str:
    """Make a role without a policy, which everybody may assume; return its ARN."""
    trust = {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
    arn: str = running.client("iam").create_role(RoleName=name, AssumeRolePolicyDocument=policy)["Role"]["Arn"]
    return arn


def client_of_role(running: Emulator, role: str, service: str) -> Any:
    """Return a client with a session of a role, by its ARN."""
    credentials = running.client("sts").assume_role(RoleArn=role, RoleSessionName="siem")["Credentials"]
    session = boto3.Session(
        credentials["AccessKeyId"],
        credentials["SecretAccessKey"],
        credentials["SessionToken"],
        running.region,
    )
    return session.client(service, endpoint_url=running.endpoint, verify=str(running.ca_bundle))


class Reader:
    """A SIEM's input for S3, by the rules of those of Vector, Data Prepper and Elastic.

    Other messages than notifications of new objects are deleted. A notification is deleted once all of its objects are
    read; one that fails becomes visible again. Keys are URL-encoded. What is compressed is known by its first bytes.
    """

    def __init__(self, sqs: Any, s3: Any, queue: str) -> None:
        self.sqs, self.s3, self.queue = sqs, s3, queue
        self.events: list[dict[str, Any]] = []
        self.skipped: list[str] = []
        self.compressed = 0

    def poll(self) -> int:
        """Receive once, and return how many messages there were."""
        received = self.sqs.receive_message(QueueUrl=self.queue, MaxNumberOfMessages=10).get("Messages", ())
        for message in received:
            handle = message["ReceiptHandle"]
            try:
                events = list(self.read(json.loads(message["Body"])))
            except ValueError:
                self.sqs.change_message_visibility(QueueUrl=self.queue, ReceiptHandle=handle, VisibilityTimeout=0)
                continue
            self.events += events
            self.sqs.delete_message(QueueUrl=self.queue, ReceiptHandle=handle)
        return len(received)

    def read(self, notification: dict[str, Any]) -> Iterator[dict[str, Any]]:
        if notification.get("Event") == "s3:TestEvent":
            self.skipped.append(notification["Event"])
            return
        for record in notification["Records"]:
            assert record["eventName"].startswith("ObjectCreated:")
            bucket, key = record["s3"]["bucket"]["name"], unquote_plus(record["s3"]["object"]["key"])
            content = self.s3.get_object(Bucket=bucket, Key=key)["Body"].read()
            is_compressed = content[:2] == b"\x1f\x8b"
            self.compressed += is_compressed
            text = gzip.decompress(content) if is_compressed else content
            yield from (json.loads(line) for line in text.splitlines())

    def summaries(self, count: int) -> list[str]:
        """Poll until so many events were read, and return their summaries; then there is nothing more to read."""
        eventually(lambda: self.poll() == 0 and len(self.events) >= count)
        assert self.poll() == 0
        events, self.events = self.events, []
        return sorted(event["summary"] for event in events)
