"""A pulled source, IAM enforced, from the built template: its schedule, its positions, its credentials, and its faults.

The vendor is a stand-in on this machine. Nothing in the code or the template leads there.
"""

from __future__ import annotations

import json
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from generator import names
from generator.commands import main
from generator.definition.read import load
from generator.local.emulator import Emulator, EmulatorTarget
from generator.local.running import upload_prerequisites
from generator.local.vendor_server import VendorServer
from tests.emulator.acting import Acting, assert_minimal, permissions, without
from tests.emulator.pulled import DEFINITION, ROTATING, Acme, Pulled
from tests.emulator.service import eventually, sign_in

pytestmark = pytest.mark.emulator

STACK = "MozDef-EF-acme-dev"
NOW = int(time.time())
HOUR = 3_600
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture(scope="module")
def account(acme: Acme, asking: Emulator) -> Emulator:
    ssm = asking.client("ssm")
    stored = {
        "acme/dev/token": acme.token,
        "rotating/dev/client_id": "client",
        "rotating/dev/client_secret": "client-secret",
        "rotating/dev/refresh_token": acme.refresh_token,
    }
    for name, value in stored.items():
        ssm.put_parameter(Name=f"/MozDef-EF/{name}", Value=value, Type="SecureString")
    return asking


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The working folder, in which a template is built, and linted, once."""
    folder = tmp_path_factory.mktemp("pulled")
    for name, text in (("acme", DEFINITION), ("rotating", ROTATING)):
        (folder / "sources" / name / "samples").mkdir(parents=True)
        page = {"items": [{"id": "e1", "type": "login", "at": 1767225000}], "next": None}
        (folder / "sources" / name / "samples" / "audit.json").write_text(json.dumps(page), encoding="utf-8")
        define(folder, text, name)
    return folder


def define(folder: Path, text: str, name: str = "acme") -> None:
    """Change a definition, and accept what becomes of its sample."""
    (folder / "sources" / name / "source.yml").write_text(text, encoding="utf-8")
    where = ["--sources", str(folder / "sources"), "--build", str(folder / "accepted")]
    assert main([name, "--accept", "--lint", "fast", *where]) == 0


def deploy_accepted(account: Emulator, folder: Path, name: str) -> None:
    """Deploy what was built, without the command."""
    source, built = load(folder / "sources", [name])[0].source, folder / "accepted" / name
    template = (built / "event-source.json").read_text(encoding="utf-8")
    target = EmulatorTarget(emulator=account)
    upload_prerequisites(target, source, [(built / "lambdas.zip").read_bytes()], secret=False)
    account.deploy(names.stack_name(name), template, {"HelperBucket": target.bucket})


@pytest.fixture
def run(
    folder: Path, account: Emulator, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Iterator[Run]:
    sign_in(monkeypatch, account.aws_environment)
    monkeypatch.setattr(sys, "stdin", None)

    def called(command: str, name: str, *args: str) -> tuple[int, str, str]:
        more = ["--build", str(folder / "build")] if command in ("deploy", "delete") else []
        capsys.readouterr()
        status = main([command, name, *args, "--sources", str(folder / "sources"), *more])
        printed = capsys.readouterr()
        return status, printed.out, printed.err

    return called


@pytest.fixture
def clock(server: VendorServer, acme: Acme) -> Iterator[Callable[[int], None]]:
    """Set the time of the puller, and of its vendor: seconds from when this module began."""

    def move(seconds: int) -> None:
        acme.vendor.clock.now = NOW + seconds
        server.clock.write_text(str(NOW + seconds), encoding="ascii")

    move(0)
    yield move
    server.clock.unlink()


@pytest.fixture
def pulled(account: Emulator, acme: Acme, run: Run, clock: Callable[[int], None]) -> Iterator[Pulled]:
    """The source, deployed, without events or positions; the vendor has none either."""
    clock(0)
    acme.vendor.events.clear()
    acme.asked.clear()
    if not is_deployed(account):
        status, _, err = run("deploy", "acme", "--yes")
        assert status == 0, err
    deployed = Pulled.find(account, STACK)
    puller, store = deployed.acting(), Token(account)
    whole, token = puller.documents(), acme.token
    yield deployed
    acme.token = token
    store.put(token)
    if is_deployed(account):
        puller.may(whole)
        puller.begin()
        deployed.arrived()
        forget_all(deployed)


def is_deployed(account: Emulator) -> bool:
    return STACK in {stack["StackName"] for stack in account.client("cloudformation").describe_stacks()["Stacks"]}


class Token:
    """The credential in Parameter Store."""

    def __init__(self, account: Emulator) -> None:
        self._ssm = account.client("ssm")

    def put(self, value: str) -> None:
        self._ssm.put_parameter(Name="/MozDef-EF/acme/dev/token", Value=value, Type="SecureString", Overwrite=True)


def forget_all(deployed: Pulled) -> None:
    table, dynamodb = deployed.outputs["PositionsTable"], deployed.emulator.client("dynamodb")
    for item in dynamodb.scan(TableName=table)["Items"]:
        dynamodb.delete_item(TableName=table, Key={"id": item["id"]})


def events(acme: Acme, *names: str, ago: int = 600) -> None:
    for number, name in enumerate(names):
        acme.vendor.add(NOW - ago + number, name, type="login")


def at(seconds: int) -> str:
    return datetime.fromtimestamp(NOW + seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def test_its_schedule_has_it_ask_and_what_the_vendor_has_arrives_page_by_page(acme: Acme, pulled: Pulled) -> None:
    events(acme, *(f"e{number}" for number in range(7)))
    scheduler = pulled.emulator.client("scheduler")
    schedule = scheduler.get_schedule(Name=pulled.emulator.resources(STACK)["Pull"])
    assert schedule["ScheduleExpression"] == "rate(1440 minutes)"
    # The same at a time that is past, which is due at once: the emulator looks every ten seconds.
    settings = {key: schedule[key] for key in ("FlexibleTimeWindow", "Target", "State")}
    scheduler.create_schedule(Name="now", ScheduleExpression="at(2026-03-02T12:00:00)", **settings)

    # Before the first page there is no position, and until the last it has a goal.
    assert eventually(lambda: (position := pulled.position()) and "goal" not in position, 60)
    scheduler.delete_schedule(Name="now")
    messages = pulled.arrived()
    assert sorted(message["summary"] for message in messages) == ["acme: login"] * 7
    assert len({message["processid"] for message in messages}) == 1
    assert len(acme.asked) == 3
    assert (pulled.run()["requests"], pulled.arrived()) == (1, [])


def test_a_deployment_of_another_definition_leaves_the_positions_as_they_are(
    acme: Acme, pulled: Pulled, folder: Path, run: Run, clock: Callable[[int], None]
) -> None:
    events(acme, "before")
    pulled.run()
    assert pulled.ids() == ["before"]
    stored, table = pulled.position(), pulled.outputs["PositionsTable"]
    define(folder, DEFINITION.replace("acme: {type}", "audit: {type}"))
    try:
        assert run("deploy", "acme", "--yes")[0] == 0
        again = Pulled.find(pulled.emulator, STACK)
        assert (again.position(), again.outputs["PositionsTable"]) == (stored, table)
        events(acme, "after", ago=20)
        clock(30)
        again.run()
        assert [message["summary"] for message in again.arrived()] == ["audit: login"]
    finally:
        define(folder, DEFINITION)
        run("deploy", "acme", "--yes")


def test_what_is_read_again_within_168_hours_is_not_sent_again_and_what_is_beyond_is(
    acme: Acme, pulled: Pulled, run: Run, clock: Callable[[int], None]
) -> None:
    events(acme, "a", "b", "c", "d", ago=1_800)
    pulled.run()
    assert pulled.ids() == ["a", "b", "c", "d"]

    clock(167 * HOUR)
    status, out, _ = run("pull", "acme", "rewind", at(-HOUR), "--yes")
    assert (status, "Events that were sent within the last 168 hours are not sent again" in out) == (0, True)
    answer = pulled.run()
    assert (answer["duplicates"], pulled.ids()) == (4, [])

    status, out, _ = run("pull", "acme", "backfill", at(-HOUR), at(0), "--yes")
    assert (status, "Events that were sent within the last 168 hours are not sent again" in out) == (0, True)
    answer = pulled.run()
    assert (answer["duplicates"], pulled.ids()) == (4, [])
    assert pulled.run().get("duplicates", 0) == 0  # a backfill that is done is not read again

    clock(336 * HOUR)  # 169 after they were read last
    assert run("pull", "acme", "backfill", at(-HOUR), at(0), "--yes")[0] == 0
    pulled.run()
    assert pulled.ids() == ["a", "b", "c", "d"]


def test_a_paused_source_asks_nothing_and_goes_on_from_where_it_was(acme: Acme, pulled: Pulled, run: Run) -> None:
    events(acme, "a")
    assert run("pull", "acme", "pause", "--yes")[0] == 0
    assert (pulled.run()["outcome"], acme.asked, pulled.ids()) == ("paused", [], [])
    assert run("pull", "acme", "resume", "--yes")[0] == 0
    assert (pulled.run()["outcome"], pulled.ids()) == ("asked", ["a"])


def test_a_credential_that_is_replaced_is_used_by_the_next_run(
    acme: Acme, pulled: Pulled, clock: Callable[[int], None]
) -> None:
    store = Token(pulled.emulator)
    pulled.run()
    events(acme, "a", ago=20)
    clock(30)
    acme.token = "second"
    store.put("second")  # the process that runs has the first in its memory
    assert (pulled.run()["outcome"], pulled.ids()) == ("asked", ["a"])

    events(acme, "b", ago=-20)
    clock(60)
    acme.token = "third"
    assert "the vendor answers 401" in pulled.run()["errorMessage"]
    assert pulled.ids() == []
    store.put("third")
    assert (pulled.run()["outcome"], pulled.ids()) == ("asked", ["b"])


def test_a_refresh_token_that_the_vendor_replaces_is_stored_before_the_next_is_needed(
    acme: Acme, account: Emulator, folder: Path, clock: Callable[[int], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    clock(0)
    monkeypatch.setattr(acme, "token", "none")
    acme.vendor.events.clear()
    deploy_accepted(account, folder, "rotating")
    rotating = Pulled.find(account, names.stack_name("rotating"))
    events(acme, "a")
    ssm = account.client("ssm")

    def stored() -> str:
        name = "/MozDef-EF/rotating/dev/refresh_token"
        return str(ssm.get_parameter(Name=name, WithDecryption=True)["Parameter"]["Value"])

    assert (rotating.run()["outcome"], rotating.ids(), stored()) == ("asked", ["a"], "refresh-2")
    events(acme, "b", ago=20)
    clock(30)
    rotating.acting().begin()  # without a token in its memory
    assert (rotating.run()["outcome"], rotating.ids(), stored()) == ("asked", ["b"], "refresh-3")

    # It may write this one parameter, and no other.
    policies = json.dumps(rotating.acting().documents())
    assert policies.count("ssm:PutParameter") == 1
    assert acme.refresh_token == "refresh-3"


TAKEN = {
    "secret": (["ssm:GetParameters"], "the credential can't be read: /MozDef-EF/acme/dev/token: AccessDenied"),
    "lease": (["dynamodb:UpdateItem"], "AccessDenied"),
    "positions": (["dynamodb:GetItem"], "AccessDenied"),
    "claims": (["dynamodb:BatchGetItem"], "ClaimsUnavailable: AccessDenied"),
    "table": (["dynamodb:PutItem", "dynamodb:BatchWriteItem"], "ClaimsUnavailable: AccessDenied"),
    "queue and bucket": (["sqs:SendMessage", "s3:PutObject"], "QueueUnavailable: AccessDenied"),
}


@pytest.mark.parametrize("what", TAKEN)
def test_without_a_permission_it_fails_and_says_so_and_what_it_did_not_send_it_sends_later(
    what: str, acme: Acme, pulled: Pulled
) -> None:
    actions, words = TAKEN[what]
    puller = pulled.acting()
    events(acme, "a", "b", "c", "d")
    whole = puller.documents()
    lacking = whole
    for action, on in permissions(whole):
        if action in actions:
            lacking = without(lacking, (action, on))
    assert lacking != whole
    puller.may(lacking)
    puller.begin()
    assert words in puller.invoke({})["errorMessage"]
    assert pulled.ids() == []

    puller.may(whole)
    puller.begin()
    lease_ends = 400  # a run that could not give its lease back holds it until its own end
    acme.vendor.clock.now += lease_ends
    assert puller.invoke({})["outcome"] == "asked"
    assert pulled.ids() == ["a", "b", "c", "d"]


def test_a_queue_that_takes_nothing_has_its_messages_kept_and_they_are_swept(acme: Acme, pulled: Pulled) -> None:
    events(acme, "a", "b")
    puller = pulled.acting()
    whole = puller.documents()
    (queue,) = (on for action, on in permissions(whole) if action == "sqs:SendMessage")
    puller.may(without(whole, ("sqs:SendMessage", queue)))
    puller.begin()
    answer = puller.invoke({})
    assert (answer["unsent"], pulled.ids()) == (2, [])
    line = eventually(lambda: pulled.log("run"))[-1]
    assert (line["level"], line["Unsent"]) == ("WARN", 2)

    puller.may(whole)
    puller.begin()
    assert pulled.invoke("Redrive") == {"sent": 2, "left": 0}
    assert pulled.ids() == ["a", "b"]
    assert (pulled.run().get("sent", 0), pulled.ids()) == (0, [])


def test_an_event_that_can_not_become_a_message_is_kept_once_and_sent_once_the_definition_is_mended(
    acme: Acme, pulled: Pulled, folder: Path, run: Run
) -> None:
    acme.vendor.add(NOW - 600, "strange")
    assert pulled.run()["kept"] == 1
    assert run("pull", "acme", "rewind", at(-HOUR), "--yes")[0] == 0
    pulled.run()
    status, out, _ = run("rejected", "acme")
    assert (status, out.count("missing")) == (0, 1), out

    define(folder, DEFINITION.replace(", require: [type]", "").replace("acme: {type}", "acme: {type || 'event'}"))
    try:
        assert run("deploy", "acme", "--yes", "--redrive")[0] == 0
    finally:
        define(folder, DEFINITION)
        run("deploy", "acme", "--yes")
    assert pulled.ids() == ["strange"]


def test_the_puller_needs_each_of_its_permissions(acme: Acme, pulled: Pulled) -> None:
    """All that a run comes to: sent, rejected and too large events, and those that the queue does not take."""
    events(acme, "a", "b")
    acme.vendor.add(NOW - 500, "lacking")
    acme.vendor.add(NOW - 400, "large", type="login", text="x" * 1_100_000)

    def pulls(acting: Acting) -> Any:
        outcome = []
        for queue in ("", "-not-there"):
            forget_all(pulled)
            acting.begin(EVENTS_QUEUE_URL=acting.environment["EVENTS_QUEUE_URL"] + queue)
            outcome.append((acting.invoke({}), acting.left()))
        return outcome

    assert_minimal(pulled.acting(), pulls)


WEBHOOK = """\
description: Audit log of Acme
webhook: {auth: {token: {header: x-token}}}
events: {id: id, type: type, time: at, time_format: unix, require: [type]}
facts: {summary: "acme: {type}"}
"""


def test_a_webhook_that_becomes_pulled_keeps_its_queue_and_its_bucket(
    acme: Acme, account: Emulator, folder: Path, clock: Callable[[int], None]
) -> None:
    clock(0)
    samples = folder / "sources" / "moved" / "samples"
    samples.mkdir(parents=True)
    (samples / "login.json").write_text('{"id": "e1", "type": "login", "at": 1767225000}', encoding="utf-8")
    define(folder, WEBHOOK, "moved")
    deploy_accepted(account, folder, "moved")
    stack = names.stack_name("moved")
    before, was = account.resources(stack), account.outputs(stack)
    assert {"Api", "Webhook"} <= set(before)

    for file in samples.iterdir():
        file.unlink()
    shutil.copy(folder / "sources" / "acme" / "samples" / "audit.json", samples)
    define(folder, DEFINITION, "moved")
    deploy_accepted(account, folder, "moved")
    after = account.resources(stack)
    stay = ("Events", "DeadLetters", "Kept")
    assert [after[title] for title in stay] == [before[title] for title in stay]
    assert {"Api", "Webhook", "WebhookRole"} & set(after) == set()
    assert "EndpointUrl" in was
    assert "EndpointUrl" not in account.outputs(stack)

    value = {"Name": "/MozDef-EF/moved/dev/token", "Value": acme.token, "Type": "SecureString"}
    account.client("ssm").put_parameter(**value)
    acme.vendor.events.clear()
    events(acme, "a")
    moved = Pulled.find(account, stack)
    assert (moved.run()["outcome"], moved.ids()) == ("asked", ["a"])


def test_how_it_is_and_what_stays_when_it_is_deleted(acme: Acme, pulled: Pulled, run: Run) -> None:
    events(acme, "a")
    pulled.run()
    status, out, _ = run("status", "acme")
    assert "audit" in out, out
    status, out, _ = run("delete", "acme", "--yes")
    assert status == 0
    table = pulled.outputs["PositionsTable"]
    assert f"Positions how far each stream is read, and which events were sent {table}" in " ".join(out.split())
    described = pulled.emulator.client("dynamodb").describe_table(TableName=table)["Table"]
    assert described["TableStatus"] == "ACTIVE"
    assert pulled.ids() == ["a"]
