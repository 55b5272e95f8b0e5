"""A pulled source that delivers into objects, IAM enforced: what its vendor has is read from the bucket, once.

What the emulator's Firehose can't show is in tests/emulator/test_objects.py.
"""

from __future__ import annotations

import base64
import json
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from generator import names
from generator.commands import main
from generator.local.emulator import Emulator
from generator.local.vendor_server import VendorServer
from tests.emulator.acting import Acting, assert_minimal, permissions, without
from tests.emulator.pulled import DEFINITION, Acme, Pulled
from tests.emulator.reader import Reader, client_of_role, make_role
from tests.emulator.service import sign_in

pytestmark = pytest.mark.emulator

NAME = "acme-objects"
STACK = names.stack_name(NAME)
LARGE = "x" * 1_030_000
"""Text with which a message is beyond a record's 1,000 KiB, and within 1 MiB."""
HOUR = 3_600
Run = Callable[..., tuple[int, str]]


class Account:
    """The account with the source, deployed, and a SIEM that reads from it. `now` is the puller's time."""

    def __init__(self, running: Emulator, acme: Acme, server: VendorServer, folder: Path) -> None:
        self.running, self.acme, self.folder = running, acme, folder
        self._clock = server.clock
        self.role = make_role(running, f"siem-{NAME}")
        store, value = running.client("ssm"), {"Value": acme.token, "Type": "SecureString"}
        store.put_parameter(Name=f"/MozDef-EF/{NAME}/dev/token", **value)
        samples = folder / "sources" / NAME / "samples"
        samples.mkdir(parents=True)
        page = {"items": [{"id": "e1", "type": "login", "at": 1767225000}], "next": None}
        (samples / "audit.json").write_text(json.dumps(page), encoding="utf-8")
        self.define(DEFINITION)
        self.move(int(time.time()) - HOUR)

    def define(self, text: str) -> None:
        file = self.folder / "sources" / NAME / "source.yml"
        file.write_text(f"{text}delivery: {{s3: {{}}}}\n", encoding="utf-8")
        where = ["--sources", str(self.folder / "sources"), "--build", str(self.folder / "build")]
        assert main([NAME, "--accept", "--lint", "fast", *where]) == 0

    def move(self, now: int) -> None:
        """Set the time of the puller, and of its vendor."""
        self.now = self.acme.vendor.clock.now = now
        self._clock.write_text(str(now), encoding="ascii")

    def have(self, *ids: str, **more: Any) -> None:
        """Let the vendor have events that happened after those which were read before."""
        self.move(self.now + 60)
        for id_ in ids:
            self.acme.vendor.add(self.now - 30, id_, type=id_, **more)

    def forget(self, deployed: Pulled) -> None:
        """Let nothing be read, and nothing be sent."""
        table, dynamodb = deployed.outputs["PositionsTable"], self.running.client("dynamodb")
        for item in dynamodb.scan(TableName=table)["Items"]:
            dynamodb.delete_item(TableName=table, Key={"id": item["id"]})

    def reader(self, deployed: Pulled) -> Reader:
        sqs, s3 = (client_of_role(self.running, self.role, service) for service in ("sqs", "s3"))
        return Reader(sqs, s3, deployed.outputs["ObjectsQueueUrl"])

    def at(self, seconds: int) -> str:
        return datetime.fromtimestamp(self.now + seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


@pytest.fixture(scope="module")
def account(asking: Emulator, acme: Acme, server: VendorServer, tmp_path_factory: pytest.TempPathFactory) -> Account:
    acme.vendor.events.clear()
    return Account(asking, acme, server, tmp_path_factory.mktemp("pulled-objects"))


@pytest.fixture
def run(account: Account, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    sign_in(monkeypatch, account.running.aws_environment)
    monkeypatch.setattr(sys, "stdin", None)

    def called(command: str, *args: str) -> tuple[int, str]:
        build = ["--build", str(account.folder / "build")] if command in ("deploy", "delete") else []
        capsys.readouterr()
        status = main([command, NAME, *args, "--sources", str(account.folder / "sources"), *build])
        printed = capsys.readouterr()
        return status, " ".join((printed.out + printed.err).split())

    return called


@pytest.fixture
def pulled(account: Account, run: Run) -> Pulled:
    stacks = account.running.client("cloudformation").describe_stacks()["Stacks"]
    if STACK not in {stack["StackName"] for stack in stacks}:
        status, printed = run("deploy", "--yes", "--parameter", f"ConsumerPrincipalArn={account.role}")
        assert status == 0, printed
    return Pulled.find(account.running, STACK)


@pytest.fixture
def reader(account: Account, pulled: Pulled) -> Reader:
    return account.reader(pulled)


def test_what_the_vendor_has_is_read_from_objects_and_asked_for_once(
    account: Account, pulled: Pulled, reader: Reader
) -> None:
    account.have("a", "b", "c", "d", "e")
    account.have("large", text=LARGE)
    assert (pulled.run()["sent"], "goal" in pulled.position()) == (6, False)
    assert reader.summaries(6) == ["acme: a", "acme: b", "acme: c", "acme: d", "acme: e", "acme: large"]
    assert reader.compressed == 1  # Firehose compresses all, and the emulator's none
    assert reader.skipped == ["s3:TestEvent"]
    account.move(account.now + 10)
    assert (pulled.run().get("sent", 0), reader.poll()) == (0, 0)


def test_without_the_stream_what_was_asked_for_waits_and_the_sweep_brings_it(
    account: Account, pulled: Pulled, reader: Reader
) -> None:
    firehose, stream = account.running.client("firehose"), account.running.resources(STACK)["Writer"]
    described = firehose.describe_delivery_stream(DeliveryStreamName=stream)["DeliveryStreamDescription"]
    (destination,) = (each["ExtendedS3DestinationDescription"] for each in described["Destinations"])
    destination = {key: value for key, value in destination.items() if key != "EncryptionConfiguration"}
    firehose.delete_delivery_stream(DeliveryStreamName=stream)
    account.have("waits", "too")
    try:
        before = pulled.position()
        answer = pulled.run()
        assert (answer["unsent"], reader.poll()) == (2, 0)
        assert pulled.position() != before  # what waits in the bucket is not asked for again
        assert pulled.invoke("Redrive") == {"sent": 0, "left": 2}
    finally:
        firehose.create_delivery_stream(DeliveryStreamName=stream, ExtendedS3DestinationConfiguration=destination)
    assert pulled.invoke("Redrive") == {"sent": 2, "left": 0}
    assert reader.summaries(2) == ["acme: too", "acme: waits"]
    account.move(account.now + 10)
    assert (pulled.run().get("sent", 0), reader.poll()) == (0, 0)


def test_where_neither_stream_nor_bucket_takes_an_event_the_position_stays(
    account: Account, pulled: Pulled, reader: Reader
) -> None:
    assert reader.poll() == 0
    puller, before = pulled.acting(), pulled.position()
    whole = lacking = puller.documents()
    for permission in permissions(whole):
        if permission[0] in ("firehose:PutRecordBatch", "s3:PutObject"):
            lacking = without(lacking, permission)
    assert lacking != whole
    account.have("stays", "small")
    account.have("stays-large", text=LARGE)
    puller.may(lacking)
    puller.begin()
    try:
        assert "QueueUnavailable: AccessDenied" in puller.invoke({})["errorMessage"]
        assert (pulled.position(), reader.poll()) == (before, 0)
    finally:
        puller.may(whole)
        puller.begin()
    account.move(account.now + 400)  # a run that could not give its lease back holds it until its own end
    assert puller.invoke({})["sent"] == 3
    assert reader.summaries(3) == ["acme: small", "acme: stays", "acme: stays-large"]


def test_its_commands_see_objects_as_they_see_a_queue(
    account: Account, pulled: Pulled, reader: Reader, run: Run
) -> None:
    account.have("seen", "again")
    span = account.at(-60), account.at(0)
    status, printed = run("canary")
    assert (status, reader.poll()) == (0, 0), printed
    status, printed = run("pull", "run")
    assert (status, "2 events are sent" in printed) == (0, True), printed
    status, printed = run("status")
    assert "notification" in printed, printed
    status, printed = run("status", "--reader", f"siem-{NAME}")
    assert (status, printed.count("may s3:"), "may not" in printed) == (0, 2, False), printed
    assert reader.summaries(2) == ["acme: again", "acme: seen"]

    assert run("pull", "backfill", *span, "--yes")[0] == 0
    assert (pulled.run()["duplicates"], reader.poll()) == (4, 0)  # by the backfill, and by the overlap
    account.move(account.now + 169 * HOUR)
    assert run("pull", "backfill", *span, "--yes")[0] == 0
    pulled.run()
    assert reader.summaries(2) == ["acme: again", "acme: seen"]


def test_what_was_kept_is_sent_into_an_object_once_the_definition_is_mended(
    account: Account, pulled: Pulled, reader: Reader, run: Run
) -> None:
    account.move(account.now + 60)
    account.acme.vendor.add(account.now - 30, "strange")
    assert pulled.run()["kept"] == 1
    account.define(DEFINITION.replace(", require: [type]", "").replace("acme: {type}", "acme: {type || 'event'}"))
    try:
        assert run("deploy", "--yes", "--redrive")[0] == 0
    finally:
        account.define(DEFINITION)
        assert run("deploy", "--yes")[0] == 0
    assert reader.summaries(1) == ["acme: event"]


def test_what_no_siem_can_read_becomes_a_dead_letter(pulled: Pulled, reader: Reader, run: Run) -> None:
    bucket = pulled.outputs["ObjectsBucket"]
    pulled.s3.put_object(Bucket=bucket, Key=f"events/{NAME}/2026/01/01/00/no.json.gz", Body=b"no JSON")
    assert [reader.poll() for _ in range(6)] == [1] * 5 + [0]
    status, printed = run("redrive", "--dead", "--dry-run")
    assert (status, "1 dead letter" in printed) == (0, True), printed


def test_the_functions_need_each_of_their_permissions_on_what_takes_the_place_of_the_queue(
    account: Account, pulled: Pulled
) -> None:
    """tests/emulator/test_pull.py and test_minimal.py take away the others."""
    acme, bucket, large = account.acme, pulled.outputs["ObjectsBucket"], json.dumps({"summary": LARGE})

    def pulls(acting: Acting) -> Any:
        account.forget(pulled)
        acting.begin()
        return acting.invoke({}), acting.left()

    def sweeps(acting: Acting) -> Any:
        messages = [base64.b64encode(body.encode()).decode() for body in ('{"summary": "small"}', large)]
        content = json.dumps({"version": 1, "time": account.at(0), "requestId": "r", "messages": messages})
        pulled.s3.put_object(Bucket=pulled.outputs["KeptBucket"], Key="unsent/2026-03-02/a.json", Body=content.encode())
        acting.begin()
        return acting.invoke({}), acting.left()

    acme.vendor.events.clear()
    account.have("small")
    account.have("large", text=LARGE)
    for title, work in (("Puller", pulls), ("Redrive", sweeps)):
        assert_minimal(pulled.acting(title), work, lambda action, on: action.startswith("firehose:") or bucket in on)


def test_what_stays_when_it_is_deleted(account: Account, pulled: Pulled, reader: Reader, run: Run) -> None:
    reader.poll()
    reader.events.clear()
    account.have("last")
    pulled.run()
    status, printed = run("delete", "--yes")
    assert status == 0, printed
    for title, words in {"ObjectsBucket": "", "Objects": "", "Positions": "how far each stream is read"}.items():
        assert f"{title} {words}" in printed, printed
    assert reader.summaries(1) == ["acme: last"]
