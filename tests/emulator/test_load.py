"""Thousands of events from sixteen senders that send again what they think did not arrive: all are there."""

from __future__ import annotations

import base64
import json
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any

import pytest
import urllib3

from generator.definition.read import Definition
from generator.local.emulator import Emulator
from generator.local.running import deploy_source
from generator.local.start import run_emulator
from generator.names import secret_path, stack_name
from generator.packaging.bundle import lambdas_zip, zip_key
from generator.templates import event_source
from generator.templates.text import template_text
from generator.testing import event_of
from tests.definitions import make_definition
from tests.emulator.service import free_port
from tests.fakes import signed_request

pytestmark = pytest.mark.emulator

TEXT = """
    description: made
    webhook: {auth: {hmac: {signature: {header: x-signature}}}}
    events: {split: events, id: id}
"""
SENDERS, BATCHES, BATCH, SINGLES = 16, 3, 50, 25
EVENTS = SENDERS * (BATCHES * BATCH + SINGLES)
PATIENCE_SECONDS = 60


@pytest.fixture(scope="module")
def plain_emulator() -> Iterator[Emulator]:
    with run_emulator(free_port()) as running:
        yield running


@dataclass(frozen=True)
class Vendor:
    """Who sends, and comes back after anything but a 2xx."""

    definition: Definition
    url: str
    secret: str
    http: urllib3.PoolManager
    answers: Counter[int]

    def send(self, ids: list[str]) -> None:
        body = json.dumps({"events": [{"id": event_id} for event_id in ids]}).encode()
        sent = signed_request(self.definition.source.endpoint.auth, body, secret=self.secret)
        deadline = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < deadline:
            status = self.http.request("POST", self.url, body=sent.body, headers=dict(sent.headers)).status
            self.answers[status] += 1
            if status == 200:
                return
            time.sleep(0.2)
        raise AssertionError(f"{len(ids)} events were never taken: {self.answers}")

    def send_all(self, sender: int) -> None:
        """Single events and batches; some twice at once, some once more when they have arrived."""
        named = (f"{sender}-{number}" for number in range(BATCHES * BATCH + SINGLES))
        requests = [[next(named) for _ in range(size)] for size in [1] * SINGLES + [BATCH] * BATCHES]
        with ThreadPoolExecutor(2) as both:
            for index, ids in enumerate(requests):
                times = 2 if index % 7 == 6 else 1
                list(both.map(self.send, [ids] * times))
                if index % 5 == 4:
                    self.send(ids)


def vendor(running: Emulator, definition: Definition) -> tuple[Vendor, dict[str, str]]:
    code = lambdas_zip(definition)
    outputs = deploy_source(
        running, definition.source, template_text(event_source.build(definition.source, zip_key(code))), code
    )
    parameter = f"{secret_path(definition.source.name)}/auth_token"
    secret = running.client("ssm").get_parameter(Name=parameter, WithDecryption=True)["Parameter"]["Value"]
    http = urllib3.PoolManager(maxsize=2 * SENDERS, retries=False, timeout=60)
    return Vendor(definition, running.invoke_url(outputs), secret, http, Counter()), outputs


def arrived(running: Emulator, queue: str) -> Counter[str]:
    """The ids of the events whose messages are on the queue, which is empty then."""
    sqs = running.client("sqs")

    def taken(_reader: int) -> list[str]:
        ids = []
        while messages := sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10).get("Messages"):
            ids += [event_of(json.loads(message["Body"]))["id"] for message in messages]
            gone = [
                {"Id": str(index), "ReceiptHandle": message["ReceiptHandle"]} for index, message in enumerate(messages)
            ]
            sqs.delete_message_batch(QueueUrl=queue, Entries=gone)
        return ids

    with ThreadPoolExecutor(4) as readers:
        return Counter(chain.from_iterable(readers.map(taken, range(4))))


def waiting(running: Emulator, bucket: str) -> Counter[str]:
    """The ids of the events whose messages wait in the bucket: a busy machine may leave a handler no time to send."""
    s3 = running.client("s3")
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix="unsent/")
    keys = [item["Key"] for page in pages for item in page.get("Contents", ())]
    envelopes = [json.loads(s3.get_object(Bucket=bucket, Key=key)["Body"].read()) for key in keys]
    messages = [json.loads(base64.b64decode(text)) for envelope in envelopes for text in envelope["messages"]]
    return Counter(event_of(message)["id"] for message in messages)


def unclaimed(running: Emulator, name: str) -> int:
    """How many the table was no help with, as the handler's log says: a machine may be too busy for its answer."""
    group = running.resources(stack_name(name))["WebhookLog"]
    pages = (
        running.client("logs")
        .get_paginator("filter_log_events")
        .paginate(logGroupName=group, filterPattern='"unclaimed"')
    )
    lines = [event["message"] for page in pages for event in page["events"]]
    return sum(json.loads(line[line.index("{") :]).get("unclaimed", 0) for line in lines)


def table(running: Emulator, name: str) -> list[dict[str, Any]]:
    claims_table = running.resources(stack_name(name))["Claims"]
    pages = running.client("dynamodb").get_paginator("scan").paginate(TableName=claims_table)
    return [item for page in pages for item in page["Items"]]


@pytest.mark.parametrize("more", ["", "    dedupe: {}\n"], ids=["as it is", "dedupe"])
def test_events_of_sixteen_senders_all_arrive_and_with_dedupe_once(
    plain_emulator: Emulator, tmp_path: Path, more: str
) -> None:
    name = "once" if more else "often"
    sends, outputs = vendor(plain_emulator, make_definition(tmp_path, TEXT + more, name))

    with ThreadPoolExecutor(SENDERS) as senders:
        list(senders.map(sends.send_all, range(SENDERS)))

    events = waiting(plain_emulator, outputs["KeptBucket"]) + arrived(plain_emulator, outputs["EventsQueueUrl"])
    assert len(events) == EVENTS == 2_800
    if not more:
        assert events.total() > EVENTS
        return
    trouble = unclaimed(plain_emulator, name)
    assert events.total() - EVENTS <= trouble
    claims = table(plain_emulator, name)
    assert EVENTS - len(claims) <= trouble
    assert len([claim for claim in claims if set(claim) != {"id", "expires"}]) <= trouble
