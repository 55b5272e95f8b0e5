"""The archive where IAM is enforced: an event that MozDef lost comes back, once, by the command as one types it.

The emulator's Firehose puts each record into the bucket at once, as it is, and asks nobody for the right to it. AWS's
puts many into one object, compressed: the test does that in its stead. So of the stream's own role nothing is shown.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import urllib3

from generator.commands import main
from generator.definition.read import Definition
from generator.local.emulator import Emulator, EmulatorTarget
from generator.local.running import SourceFollower, upload_prerequisites
from generator.names import secret_path, stack_name
from generator.packaging.bundle import lambdas_zip, zip_key
from generator.templates import event_source
from generator.templates.text import template_text
from tests.definitions import make_definition
from tests.emulator.service import Service, eventually, sign_in
from tests.emulator.test_permissions import allowed, clients_of
from tests.fakes import signed_request

pytestmark = pytest.mark.emulator

TEXT = """
    description: made
    webhook: {auth: {hmac: {signature: {header: x-signature}}}}
    events: {split: events, id: id%s}
    facts: {summary: "%s {id}"}
    archive: {days: 7}
    dedupe: {}
"""
Template = dict[str, Any]


class Archived:
    """A source with `archive` that is deployed."""

    def __init__(
        self, running: Emulator, definition: Definition, change: Callable[[Template], None] = lambda _: None
    ) -> None:
        self.running, self.definition, self.stack = running, definition, stack_name(definition.source.name)
        upload_prerequisites(EmulatorTarget(emulator=running), definition.source, [])
        outputs = self.deploy(definition, change)
        http = urllib3.PoolManager(ca_certs=str(running.ca_bundle), retries=False, timeout=30)
        self.service = Service(
            running, outputs, SourceFollower(running, outputs, self.stack), http, running.client("s3")
        )
        self.bucket = outputs["ArchiveBucket"]
        parameter, store = f"{secret_path(definition.source.name)}/auth_token", running.client("ssm")
        self.secret = store.get_parameter(Name=parameter, WithDecryption=True)["Parameter"]["Value"]

    def deploy(self, definition: Definition, change: Callable[[Template], None] = lambda _: None) -> dict[str, str]:
        target, code = EmulatorTarget(emulator=self.running), lambdas_zip(definition)
        upload_prerequisites(target, definition.source, [code], secret=False)
        template = json.loads(template_text(event_source.build(definition.source, zip_key(code))))
        change(template)
        return self.running.deploy(self.stack, json.dumps(template), {"HelperBucket": target.bucket})

    def post(self, *ids: str) -> int:
        body = json.dumps({"events": [{"id": event_id} for event_id in ids]}).encode()
        sent = signed_request(self.definition.source.endpoint.auth, body, secret=self.secret)
        return self.service.post(sent.body, sent.headers).status

    def keys(self) -> list[str]:
        listed = self.service.s3.list_objects_v2(Bucket=self.bucket, Prefix="accepted/").get("Contents", ())
        return sorted(entry["Key"] for entry in listed)

    def deliver(self) -> None:
        """Make one compressed object of all, as Firehose would have made it."""
        keys, s3 = self.keys(), self.service.s3
        records = [s3.get_object(Bucket=self.bucket, Key=key)["Body"].read() for key in keys]
        records.sort(key=lambda record: str(json.loads(record)["time"]))
        for key in keys:
            s3.delete_object(Bucket=self.bucket, Key=key)
        s3.put_object(Bucket=self.bucket, Key=f"{keys[0]}.gz", Body=gzip.compress(b"".join(records)))

    def logged(self, message: str) -> list[dict[str, Any]]:
        return [record for record in self.service.followed.log() if record["message"] == message]


def test_an_event_that_was_lost_comes_back_once_and_tagged(
    enforced: Emulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    archived = Archived(enforced, make_definition(tmp_path, TEXT % ("", "old"), "lost"))
    assert [archived.post("a"), archived.post("b", "c")] == [200, 200]
    assert [message["summary"] for message in archived.service.arrived()] == ["old a", "old b", "old c"]  # thrown away
    assert len(eventually(archived.keys)) == 2
    archived.deliver()
    archived.deploy(make_definition(tmp_path, TEXT % ("", "new"), "lost"))
    sign_in(monkeypatch, enforced.aws_environment)
    day = archived.keys()[0].split("/")[1]
    command = ["redrive", "lost", "--archive", "--since", day, "--sources", str(tmp_path)]

    assert main([*command, "--dry-run"]) == 0
    assert "3 messages of 2 requests would be sent; nothing was" in capsys.readouterr().out
    assert archived.service.arrived() == []

    assert main([*command, "--yes", "--limit", "1"]) == 0
    (message,) = archived.service.arrived()
    assert (message["summary"], message["tags"]) == ("new a", ["lost", "id:a", "replayed"])

    assert main([*command, "--yes"]) == 0
    capsys.readouterr()
    messages = archived.service.arrived()
    assert sorted(message["summary"] for message in messages) == ["new a", "new b", "new c"]
    assert all(message["tags"][-1] == "replayed" for message in messages)
    assert archived.service.kept() == {}
    assert len(archived.keys()) == 1


def test_a_strict_source_has_an_archive_too(enforced: Emulator, tmp_path: Path) -> None:
    """That the emulator's Firehose encrypts nothing is why only the template's encryption is looked at."""
    strict = Archived(enforced, make_definition(tmp_path, f"{TEXT % ('', 'old')}    hardening: strict\n", "strictly"))
    assert strict.post("a") == 200
    assert len(eventually(strict.keys)) == 1


def without(*actions: str) -> Callable[[Template], None]:
    """Take permissions on the archive from the handler's role."""

    def change(template: Template) -> None:
        policy = template["Resources"]["WebhookRole"]["Properties"]["Policies"][0]["PolicyDocument"]
        policy["Statement"] = [
            statement
            for statement in policy["Statement"]
            if not ("Archive" in json.dumps(statement["Resource"]) or "Stream" in json.dumps(statement["Resource"]))
            or not set(actions) & set(statement["Action"])
        ]

    return change


def test_without_the_stream_a_request_is_put_into_the_bucket(enforced: Emulator, tmp_path: Path) -> None:
    definition = make_definition(tmp_path, TEXT % ("", "old"), "direct")
    direct = Archived(enforced, definition, without("firehose:PutRecordBatch"))
    assert direct.post("a") == 200
    (key,) = eventually(direct.keys)
    assert key.endswith(".json")
    (line,) = eventually(lambda: direct.logged("accepted"))
    assert "unarchived" not in line


def test_without_the_archive_the_answer_is_the_same(enforced: Emulator, tmp_path: Path) -> None:
    definition = make_definition(tmp_path, TEXT % ("", "old"), "none")
    none = Archived(enforced, definition, without("firehose:PutRecordBatch", "s3:PutObject"))
    assert none.post("a") == 200
    assert len(none.service.arrived()) == 1
    (line,) = eventually(lambda: none.logged("accepted"))
    assert (line["level"], line["unarchived"], line["Unarchived"]) == ("WARN", 1, 1)
    assert none.keys() == []


@pytest.fixture(scope="module")
def resources(enforced: Emulator, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    folder = tmp_path_factory.mktemp("roles")
    archived = Archived(enforced, make_definition(folder, TEXT % ("", "old"), "archivers"))
    return enforced.resources(archived.stack)


@pytest.mark.parametrize(("role", "may"), [("WebhookRole", {"hand over", "put"}), ("RedriveRole", {"get", "list"})])
def test_a_role_may_archive_or_read_and_nothing_else(
    enforced: Emulator, resources: dict[str, str], role: str, may: set[str]
) -> None:
    client = clients_of(enforced, stack_name("archivers"), role)
    s3, firehose = client("s3"), client("firehose")
    bucket, stream, key = resources["Archive"], resources["Stream"], "accepted/2026-01-01/00/any"
    enforced.client("s3").put_object(Bucket=bucket, Key=key, Body=b"{}")
    tried: dict[str, Callable[[], Any]] = {
        "hand over": lambda: firehose.put_record_batch(DeliveryStreamName=stream, Records=[{"Data": b"{}"}]),
        "hand over one": lambda: firehose.put_record(DeliveryStreamName=stream, Record={"Data": b"{}"}),
        "delete the stream": lambda: firehose.delete_delivery_stream(DeliveryStreamName=stream),
        "put": lambda: s3.put_object(Bucket=bucket, Key=key, Body=b"{}"),
        "put elsewhere": lambda: s3.put_object(Bucket=bucket, Key="errors/any", Body=b"{}"),
        "get": lambda: s3.get_object(Bucket=bucket, Key=key),
        "list": lambda: s3.list_objects_v2(Bucket=bucket),
        "delete": lambda: s3.delete_object(Bucket=bucket, Key=key),
    }
    assert {action for action, attempt in tried.items() if allowed(attempt)} == may
