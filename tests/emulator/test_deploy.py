"""`deploy` and `delete` as one types them, with an account's settings in the environment: here the emulator's."""

from __future__ import annotations

import base64
import itertools
import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import urllib3
from botocore.exceptions import ClientError

from generator.commands import main
from generator.deploy import helper_bucket
from generator.local.emulator import REGION, Emulator
from generator.local.running import SourceFollower
from generator.local.start import run_emulator
from generator.templates import event_source
from generator.testing import event_of
from tests.definitions import SOURCES
from tests.emulator.service import SECRET, Service, free_port, sign_in
from tests.emulator.vendors import ZOOM, zoom_headers

pytestmark = pytest.mark.emulator

_PROJECTS = itertools.count()


@pytest.fixture(scope="module")
def account() -> Iterator[Emulator]:
    with run_emulator(free_port()) as running:
        yield running


@dataclass(frozen=True)
class Source:
    """A definition that a test may change, in a project of its own."""

    emulator: Emulator
    folder: Path
    built: Path
    project: str
    capsys: pytest.CaptureFixture[str]

    @property
    def stack(self) -> str:
        return f"{self.project}-zoom-dev"

    def run(self, command: str, *args: str) -> tuple[int, list[str], list[str]]:
        """A command: exit status, lines of output, lines of errors."""
        folders = ["--sources", str(self.folder / "sources")]
        if command in ("deploy", "delete"):
            folders += ["--build", str(self.built)]
        status = main([command, "zoom", "--project", self.project, *folders, *args])
        printed = self.capsys.readouterr()
        return status, [line.rstrip() for line in printed.out.splitlines()], printed.err.splitlines()

    def change(self, before: str, after: str) -> None:
        file = self.folder / "sources" / "zoom" / "source.yml"
        text = file.read_text(encoding="utf-8")
        assert before in text
        file.write_text(text.replace(before, after), encoding="utf-8")

    def status(self) -> str | None:
        cloudformation = self.emulator.client("cloudformation")
        try:
            status: str = cloudformation.describe_stacks(StackName=self.stack)["Stacks"][0]["StackStatus"]
        except ClientError:
            return None
        return status

    def service(self) -> Service:
        """What the stack's outputs lead to."""
        stack = self.emulator.client("cloudformation").describe_stacks(StackName=self.stack)["Stacks"][0]
        outputs = {output["OutputKey"]: output["OutputValue"] for output in stack["Outputs"]}
        followed = SourceFollower(self.emulator, outputs, self.stack)
        http = urllib3.PoolManager(retries=False, timeout=30)
        return Service(self.emulator, outputs, followed, http, self.emulator.client("s3"))


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One for all, so that a template is linted once."""
    return tmp_path_factory.mktemp("built")


@pytest.fixture
def zoom(
    account: Emulator, built: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Source:
    sign_in(monkeypatch, account.aws_environment)
    shutil.copytree(SOURCES / "zoom", tmp_path / "sources" / "zoom")
    source = Source(account, tmp_path, built, f"Project{next(_PROJECTS)}", capsys)
    account.client("ssm").put_parameter(
        Name=f"/{source.project}/zoom/dev/auth_token", Value=SECRET, Type="SecureString"
    )
    return source


def posted(service: Service) -> None:
    assert service.post(ZOOM, zoom_headers(ZOOM)).status == 200


def details(service: Service) -> list[Any]:
    return [event_of(message) for message in service.arrived()]


def without_uploads(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if somebody had emptied the helper bucket: a function's code can't be found."""
    monkeypatch.setattr(helper_bucket, "put_objects", lambda _target, objects: iter([(key, True) for key in objects]))


def test_from_nothing_to_an_event_and_then_nothing_to_change(zoom: Source) -> None:
    status, out, err = zoom.run("deploy", "--yes")
    assert (status, err) == (0, [])
    assert out[1] == f"{zoom.stack}  {REGION}, account 000000000000, new"
    assert out[2] == f"created   the helper bucket {zoom.project.lower()}-helper-000000000000-{REGION}"
    service = zoom.service()
    assert f"  EndpointUrl          {service.outputs['EndpointUrl']}" in out
    queue = service.outputs["EventsQueueUrl"].rpartition("/")[2]
    assert f"  MozDef    reads queue {queue}, region {REGION}, account 000000000000" in out
    posted(service)

    status, out, err = zoom.run("deploy", "--yes")

    assert (status, err) == (0, [])
    assert out[2].startswith("exists    s3://")
    assert out[3] == "nothing to change"
    assert details(service) == [json.loads(ZOOM)]


def test_a_dry_run_leaves_neither_stack_nor_bucket(zoom: Source) -> None:
    status, out, err = zoom.run("deploy", "--dry-run")
    assert (status, err) == (0, [])
    assert "  AWS::SQS::Queue                 DeadLetters, Events" in out
    assert out[-1] == "nothing was changed"
    assert zoom.status() is None
    names = [bucket["Name"] for bucket in zoom.emulator.client("s3").list_buckets()["Buckets"]]
    assert [name for name in names if name.startswith(zoom.project.lower())] == []


def test_a_changed_definition_is_deployed_in_place(zoom: Source) -> None:
    assert zoom.run("deploy", "--yes")[0] == 0
    before = zoom.service()
    posted(before)
    zoom.change("    zoom: {", "    Zoom says {")
    for file in (zoom.folder / "sources" / "zoom" / "samples").glob("*.mozdef.json"):
        file.write_text(file.read_text(encoding="utf-8").replace('"zoom: ', '"Zoom says '), encoding="utf-8")

    status, out, err = zoom.run("deploy", "--yes")

    assert (status, err) == (0, [])
    assert ["change", "Webhook", "AWS::Lambda::Function", "no", "Code"] in [line.split() for line in out]
    assert not [line for line in out if line.startswith("warning: ")]
    after = zoom.service()
    assert after.outputs == before.outputs
    posted(after)
    assert [message["summary"] for message in after.arrived()] == [
        "zoom: user.signed_in by analyst@example.com",
        "Zoom says user.signed_in by analyst@example.com",
    ]


def test_strictness_is_taken_away_and_taken_in_again(zoom: Source) -> None:
    logs = []
    for hardening in ("strict", "baseline", "strict"):
        if hardening == "strict":
            zoom.change("description:", "hardening: strict\ndescription:")
        else:
            zoom.change("hardening: strict\n", "")
        status, _, err = zoom.run("deploy", "--yes")
        assert (status, err) == (0, [])
        logs.append(zoom.emulator.resources(zoom.stack).get("KeptLog"))
    first, none, last = logs
    names = [bucket["Name"] for bucket in zoom.emulator.client("s3").list_buckets()["Buckets"]]
    assert none is None
    assert first != last
    assert {first, last} <= set(names)
    service = zoom.service()
    posted(service)
    assert details(service) == [json.loads(ZOOM)]


def test_a_failed_update_and_the_next_good_one_keep_queue_and_endpoint(
    zoom: Source, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert zoom.run("deploy", "--yes")[0] == 0
    before = zoom.service()
    posted(before)
    zoom.change("description: Zoom", "description: Our Zoom")

    with monkeypatch.context() as patched:
        without_uploads(patched)
        status, _, err = zoom.run("deploy", "--yes")

    assert (status, len(err)) == (1, 3)
    assert err[0] == f"error: stack {zoom.stack}: the update failed"
    assert err[1].startswith(("error: Webhook: ", "error: Redrive: "))
    assert err[2] == "error: it was rolled back, and is as before, queue and endpoint included"
    assert zoom.status() == "UPDATE_ROLLBACK_COMPLETE"
    posted(before)

    status, out, err = zoom.run("deploy", "--yes")

    assert (status, err) == (0, [])
    assert out[1] == f"{zoom.stack}  {REGION}, account 000000000000, UPDATE_ROLLBACK_COMPLETE"
    after = zoom.service()
    assert after.outputs == before.outputs
    posted(after)
    assert details(after) == [json.loads(ZOOM)] * 3


def test_a_failed_creation_is_cleaned_up_by_the_next(zoom: Source, monkeypatch: pytest.MonkeyPatch) -> None:
    taken, build = f"{zoom.project.lower()}-taken", event_source.build
    location = {"LocationConstraint": REGION}
    zoom.emulator.client("s3").create_bucket(Bucket=taken, CreateBucketConfiguration=location)

    def with_a_name_that_is_taken(*args: Any) -> Any:
        template = build(*args)
        template.resources["Kept"].BucketName = taken
        return template

    with monkeypatch.context() as patched:
        patched.setattr(event_source, "build", with_a_name_that_is_taken)
        status, _, err = zoom.run("deploy", "--yes")

    assert (status, len(err)) == (1, 3)
    assert err[0] == f"error: stack {zoom.stack}: the creation failed"
    assert err[1].startswith("error: Kept: ")
    assert err[2] == "error: what was made is deleted again; the next `deploy` removes the rest and starts anew"
    assert zoom.status() == "ROLLBACK_COMPLETE"

    status, out, err = zoom.run("deploy", "--yes")

    assert (status, err) == (0, [])
    assert out[2] == "its creation failed, and it is empty; it has to be deleted and created again"
    service = zoom.service()
    posted(service)
    assert details(service) == [json.loads(ZOOM)]


def test_replaced_resources_are_named_before_the_deployment(zoom: Source) -> None:
    assert zoom.run("deploy", "--yes")[0] == 0
    _, out, _ = zoom.run("deploy", "--dry-run", "--parameter", "EventsQueueName=fixed")
    assert [line for line in out if line.startswith("warning: ")] == [
        "warning: Events is replaced: the old queue stays behind with the messages in it; "
        "whoever uses it must be told the new one"
    ]
    zoom.change("webhook:\n", "webhook:\n  path: /hook\n")
    _, out, _ = zoom.run("deploy", "--dry-run")
    assert [line for line in out if line.startswith("warning: ")] == [
        "warning: the endpoint's path is /hook and no longer /events: the vendor must be told the new URL"
    ]


def test_resources_kept_by_a_deleted_stack_are_imported_by_the_next(zoom: Source) -> None:
    assert zoom.run("deploy", "--yes")[0] == 0
    before = zoom.service()
    broken = json.dumps({**json.loads(ZOOM), "event_ts": "no time"}).encode()
    assert before.post(broken, zoom_headers(broken)).status == 200
    assert len(before.kept()) == 1
    old, s3 = before.outputs["KeptBucket"], zoom.emulator.client("s3")
    waits = base64.b64encode(b'{"summary": "it waited"}').decode()
    envelope = {"version": 1, "source": "zoom", "time": "2026-03-02T12:00:00Z", "requestId": "r", "messages": [waits]}
    s3.put_object(Bucket=old, Key="unsent/2026-03-02/0.json", Body=json.dumps(envelope).encode())
    again = f"redrive zoom --from-bucket {old}"
    # The emulator's CloudFormation makes no tags of buckets. (Its queues have the same name each time.)
    tags = {"Project": zoom.project, "Service": "zoom", "Environment": "dev"}
    s3.put_bucket_tagging(Bucket=old, Tagging={"TagSet": [{"Key": k, "Value": v} for k, v in tags.items()]})

    s3.put_object(Bucket=old, Key="unsent/2026-03-02/1.json", Body=b"none of ours")  # so that something stays

    status, out, err = zoom.run("delete", "--yes")
    assert (status, err) == (0, [])
    assert "sent 1 waiting message" in out
    assert [message["summary"] for message in before.arrived()] == ["it waited"]
    assert [again in line for line in out].count(True) == 2
    s3.delete_object(Bucket=old, Key="unsent/2026-03-02/1.json")
    s3.put_object(Bucket=old, Key="unsent/2026-03-02/0.json", Body=json.dumps(envelope).encode())

    zoom.change("  time: event_ts\n  time_format: unix_ms\n", "")
    folders = ["--sources", str(zoom.folder / "sources"), "--build", str(zoom.folder / "build")]
    assert main(["zoom", "--accept", "--lint", "fast", *folders]) == 0
    status, out, _ = zoom.run("deploy", "--yes")
    assert status == 0
    assert [line for line in out if "1 rejected, 1 waiting to be sent" in line and again in line]
    assert zoom.run("status")[0] == 1

    status, out, err = zoom.run("redrive", "--from-bucket", old, "--yes")
    assert (status, err) == (0, [])
    after = zoom.service()
    summaries = ["it waited", "zoom: user.signed_in by analyst@example.com"]
    assert sorted(message["summary"] for message in after.arrived()) == summaries
    for bucket in (old, after.outputs["KeptBucket"]):
        assert "Contents" not in s3.list_objects_v2(Bucket=bucket)


def test_deleting_does_what_the_command_announces(zoom: Source) -> None:
    assert zoom.run("deploy", "--yes")[0] == 0
    service = zoom.service()
    posted(service)
    queue, kept = service.outputs["EventsQueueUrl"], service.outputs["KeptBucket"]

    status, out, err = zoom.run("delete", "--yes")

    assert (status, err) == (0, [])
    parameter = f"/{zoom.project}/zoom/dev/auth_token"
    assert [" ".join(line.split()) for line in out[3:10]] == [
        f"stays DeadLetters 0 messages {service.outputs['DeadLettersQueueUrl']}",
        f"stays Events 1 message {queue}",
        f"stays Kept 0 rejected, 0 waiting to be sent {kept}",
        f"stays {parameter}; to delete: aws ssm delete-parameters --names {parameter} --region {REGION}",
        f"goes {service.emulator.invoke_url(service.outputs)}, for good; a new stack gets another",
        "goes AccessLog, Answers5xx, Api, Clock, ClockRole, Dashboard, DeadLetter, Forgeries, HandlerFails, "
        "Integration, NoSecret, PostRoute, Redrive, RedriveLog, RedriveRole, RedrivingFails, Refused, Stage, "
        "Throttled, TooLarge, TooLargeCount, Unread, Unsent, Webhook, WebhookLog, WebhookPostPermission, WebhookRole",
        " ".join(out[9].split()),
    ]
    assert [" ".join(line.split()) for line in out[-4:]] == [
        "deleted; what stayed:",
        f"DeadLetters 0 messages {service.outputs['DeadLettersQueueUrl']} {out[-3].rpartition('  ')[2]}",
        f"Events 1 message {queue} {service.outputs['EventsQueueArn']}",
        f"Kept 0 rejected, 0 waiting to be sent {kept} arn:aws:s3:::{kept}",
    ]
    assert zoom.status() is None
    assert service.post(ZOOM, zoom_headers(ZOOM)).status == 404
    assert details(service) == [json.loads(ZOOM)]
    assert service.kept() == {}
    assert zoom.run("delete", "--yes") == (
        1,
        [],
        [
            f"error: no stack {zoom.stack} in {REGION}: deploy it first, "
            "or choose another with --env, --project or --region"
        ],
    )
