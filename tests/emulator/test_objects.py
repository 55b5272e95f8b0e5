"""Delivery into S3 where IAM is enforced: events go in, and a SIEM's role reads objects that notifications name.

The emulator's Firehose puts each record into the bucket at once, as it is, and loses what the bucket refuses. AWS's
puts many into one object, compressed, and tries for a day. So batches, compression and that day are not shown here.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import unquote_plus

import pytest
import urllib3

from generator.definition.read import Definition
from generator.local.emulator import Emulator, EmulatorTarget
from generator.local.running import SourceFollower, upload_prerequisites
from generator.names import secret_path, stack_name
from generator.operate.reader_check import check_reader
from generator.packaging.bundle import lambdas_zip, zip_key
from generator.templates import event_source
from generator.templates.text import template_text
from tests.definitions import make_definition
from tests.emulator.reader import Reader, client_of_role, make_role
from tests.emulator.service import Service, sign_in
from tests.emulator.test_permissions import allowed, clients_of
from tests.fakes import signed_request

pytestmark = pytest.mark.emulator

TEXT = """
    description: made
    webhook: {auth: {hmac: {signature: {header: x-signature}}}}
    events: {split: events, id: id}
    facts: {summary: "{id}"}
    dedupe: {}
    delivery: {s3: {days: 30}}
"""
LARGE = 1_030_000
"""Characters of text with which a message is beyond a record's 1,000 KiB, and within 1 MiB."""


class Delivered:
    """A source of objects that is deployed, and a role of a SIEM in the same account."""

    def __init__(self, running: Emulator, definition: Definition) -> None:
        self.running, self.source, self.stack = running, definition.source, stack_name(definition.source.name)
        self.role = make_role(running, f"siem-{self.source.name}")
        target, code = EmulatorTarget(emulator=running), lambdas_zip(definition)
        upload_prerequisites(target, self.source, [code])
        template = template_text(event_source.build(self.source, zip_key(code)))
        values = {"HelperBucket": target.bucket, "ConsumerPrincipalArn": self.role}
        self.outputs = running.deploy(self.stack, template, values)
        http = urllib3.PoolManager(ca_certs=str(running.ca_bundle), retries=False, timeout=30)
        followed = SourceFollower(running, self.outputs, self.stack)
        self.service = Service(running, self.outputs, followed, http, running.client("s3"))
        self.bucket, self.queue = self.outputs["ObjectsBucket"], self.outputs["ObjectsQueueUrl"]
        parameter, store = f"{secret_path(self.source.name)}/auth_token", running.client("ssm")
        self.secret = store.get_parameter(Name=parameter, WithDecryption=True)["Parameter"]["Value"]

    def post(self, *ids: str, **more: Any) -> int:
        body = json.dumps({"events": [{"id": event_id, **more} for event_id in ids]}).encode()
        sent = signed_request(self.source.endpoint.auth, body, secret=self.secret)
        return self.service.post(sent.body, sent.headers).status

    def client(self, service: str) -> Any:
        """A client of the SIEM's."""
        return client_of_role(self.running, self.role, service)

    def sweep(self) -> dict[str, int]:
        function = self.running.resources(self.stack)["Redrive"]
        answer = self.running.client("lambda").invoke(FunctionName=function, Payload=b"{}")
        swept: dict[str, int] = json.loads(answer["Payload"].read())
        return swept


@pytest.fixture(scope="module")
def delivered(enforced: Emulator, tmp_path_factory: pytest.TempPathFactory) -> Delivered:
    return Delivered(enforced, make_definition(tmp_path_factory.mktemp("objects"), TEXT, "into-objects"))


@pytest.fixture
def reader(delivered: Delivered) -> Reader:
    return Reader(delivered.client("sqs"), delivered.client("s3"), delivered.queue)


def test_events_become_lines_of_objects_that_the_siem_reads_by_its_role(delivered: Delivered, reader: Reader) -> None:
    assert delivered.post("a") == 200
    assert delivered.post("b", "c") == 200
    assert delivered.post("b") == 200  # again
    assert reader.summaries(3) == ["a", "b", "c"]
    assert reader.skipped in ([], ["s3:TestEvent"])
    listed = delivered.service.s3.list_objects_v2(Bucket=delivered.bucket)["Contents"]
    for key in (entry["Key"] for entry in listed):
        prefix, source, year, month, day, hour, name = key.split("/")
        assert (prefix, source, name.endswith(".json.gz")) == ("events", "into-objects", True)
        assert [len(part) for part in (year, month, day, hour)] == [4, 2, 2, 2]
    assert delivered.service.kept() == {}


def test_a_check_of_the_reader_says_what_each_role_may_and_takes_nothing(
    delivered: Delivered, reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    sign_in(monkeypatch, delivered.running.aws_environment)
    target, iam = EmulatorTarget(emulator=delivered.running), delivered.running.client("iam")
    stranger = make_role(delivered.running, "stranger")
    receive = {"Effect": "Allow", "Action": ["sqs:ReceiveMessage", "s3:GetObject"], "Resource": "*"}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [receive]})
    iam.put_role_policy(RoleName="stranger", PolicyName="part", PolicyDocument=policy)
    assert delivered.post("checked") == 200

    for _ in range(6):  # more often than a message may be received
        found = {check.action: check.allowed for check in check_reader(target, delivered.role, delivered.outputs)}
        assert found == dict.fromkeys(found, True)
    assert list(found) == [
        "sqs:ReceiveMessage",
        "sqs:ChangeMessageVisibility",
        "sqs:DeleteMessage",
        "sqs:GetQueueAttributes",
        "sqs:GetQueueUrl",
        "s3:GetObject",
        "s3:GetObjectVersion",
    ]
    denied = [check.action for check in check_reader(target, stranger, delivered.outputs) if not check.allowed]
    assert denied == [
        "sqs:ChangeMessageVisibility",
        "sqs:DeleteMessage",
        "sqs:GetQueueAttributes",
        "sqs:GetQueueUrl",
        "s3:GetObjectVersion",
    ]
    assert reader.summaries(1) == ["checked"]


def test_what_is_too_large_for_a_record_is_an_object_of_its_own(delivered: Delivered, reader: Reader) -> None:
    assert delivered.post("large", text="x" * LARGE) == 200
    assert reader.summaries(1) == ["large"]
    assert reader.compressed == 1


def test_without_the_stream_events_wait_and_the_sweep_brings_them(delivered: Delivered, reader: Reader) -> None:
    iam, resources = delivered.running.client("iam"), delivered.running.resources(delivered.stack)
    role = resources["WebhookRole"]
    before = iam.get_role_policy(RoleName=role, PolicyName="Webhook")["PolicyDocument"]
    without = {**before, "Statement": [each for each in before["Statement"] if "firehose:" not in str(each)]}
    assert without != before
    iam.put_role_policy(RoleName=role, PolicyName="Webhook", PolicyDocument=json.dumps(without))
    try:
        assert delivered.post("waits", "too") == 200
    finally:
        iam.put_role_policy(RoleName=role, PolicyName="Webhook", PolicyDocument=json.dumps(before))
    assert [key.partition("/")[0] for key in delivered.service.kept()] == ["unsent"]
    assert reader.poll() == 0
    assert delivered.sweep() == {"sent": 2, "left": 0}
    assert reader.summaries(2) == ["too", "waits"]


def test_a_bucket_that_is_taken_away_and_given_back_gets_what_waited(delivered: Delivered, reader: Reader) -> None:
    s3, bucket = delivered.service.s3, delivered.bucket
    notifications = s3.get_bucket_notification_configuration(Bucket=bucket)
    policy = s3.get_bucket_policy(Bucket=bucket)["Policy"]
    for page in s3.get_paginator("list_object_versions").paginate(Bucket=bucket):
        for each in (*page.get("Versions", ()), *page.get("DeleteMarkers", ())):
            s3.delete_object(Bucket=bucket, Key=each["Key"], VersionId=each["VersionId"])
    s3.delete_bucket(Bucket=bucket)
    assert delivered.post("homeless", text="x" * LARGE) == 200
    assert [key.partition("/")[0] for key in delivered.service.kept()] == ["unsent"]
    assert delivered.sweep() == {"sent": 0, "left": 1}
    s3.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": delivered.running.region})
    s3.put_bucket_policy(Bucket=bucket, Policy=policy)
    s3.put_bucket_notification_configuration(
        Bucket=bucket,
        NotificationConfiguration={"QueueConfigurations": notifications["QueueConfigurations"]},
    )
    assert delivered.sweep() == {"sent": 1, "left": 0}
    assert reader.summaries(1) == ["homeless"]


def test_what_no_siem_can_read_becomes_a_dead_letter(delivered: Delivered, reader: Reader) -> None:
    key = "events/into-objects/2026/01/01/00/a b+ä.json.gz"
    delivered.service.s3.put_object(Bucket=delivered.bucket, Key=key, Body=b"no JSON")
    polls = [reader.poll() for _ in range(7)]
    assert sum(polls) in (5, 6)  # the test notification of a bucket that was made anew may be there, too
    assert polls[-1] == 0
    dead = delivered.running.client("sqs").receive_message(QueueUrl=delivered.outputs["DeadLettersQueueUrl"])
    (message,) = dead["Messages"]
    (record,) = json.loads(message["Body"])["Records"]
    assert unquote_plus(record["s3"]["object"]["key"]) == key
    assert reader.events == []


def test_what_firehose_could_not_process_is_told_to_nobody(delivered: Delivered, reader: Reader) -> None:
    delivered.service.s3.put_object(Bucket=delivered.bucket, Key="failed/into-objects/any", Body=b"{}")
    assert reader.poll() == 0


def test_a_strict_source_delivers_too(enforced: Emulator, tmp_path: Path) -> None:
    """That the emulator's Firehose encrypts nothing is why only the template's encryption is looked at."""
    strict = Delivered(enforced, make_definition(tmp_path, f"{TEXT}    hardening: strict\n", "strict-objects"))
    assert strict.post("a") == 200
    assert Reader(strict.client("sqs"), strict.client("s3"), strict.queue).summaries(1) == ["a"]


def attempts(delivered: Delivered, client: Callable[[str], Any]) -> dict[str, Callable[[], Any]]:
    s3, sqs, firehose = client("s3"), client("sqs"), client("firehose")
    bucket, queue, stream = delivered.bucket, delivered.queue, delivered.running.resources(delivered.stack)["Writer"]
    key, failed = "events/into-objects/2026/01/01/00/any", "failed/into-objects/any"
    for each in (key, failed):
        delivered.service.s3.put_object(Bucket=bucket, Key=each, Body=b"{}")
    return {
        "hand over": lambda: firehose.put_record_batch(DeliveryStreamName=stream, Records=[{"Data": b"{}"}]),
        "delete the stream": lambda: firehose.delete_delivery_stream(DeliveryStreamName=stream),
        "put": lambda: s3.put_object(Bucket=bucket, Key=key, Body=b"{}"),
        "put elsewhere": lambda: s3.put_object(Bucket=bucket, Key=failed, Body=b"{}"),
        "get": lambda: s3.get_object(Bucket=bucket, Key=key),
        "get elsewhere": lambda: s3.get_object(Bucket=bucket, Key=failed),
        "list": lambda: s3.list_objects_v2(Bucket=bucket),
        "delete": lambda: s3.delete_object(Bucket=bucket, Key=key),
        "receive": lambda: sqs.receive_message(QueueUrl=queue),
        "look": lambda: sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["All"]),
        "send": lambda: sqs.send_message(QueueUrl=queue, MessageBody="{}"),
        "purge": lambda: sqs.purge_queue(QueueUrl=queue),
        "receive dead letters": lambda: sqs.receive_message(QueueUrl=delivered.outputs["DeadLettersQueueUrl"]),
    }


@pytest.mark.parametrize("role", ["WebhookRole", "RedriveRole"])
def test_a_function_may_deliver_and_nothing_else(delivered: Delivered, role: str) -> None:
    tried = attempts(delivered, clients_of(delivered.running, delivered.stack, role))
    assert {action for action, attempt in tried.items() if allowed(attempt)} == {"hand over", "put"}


def test_the_siem_may_read_and_nothing_else(delivered: Delivered) -> None:
    tried = attempts(delivered, delivered.client)
    assert {action for action, attempt in tried.items() if allowed(attempt)} == {"get", "receive", "look"}
