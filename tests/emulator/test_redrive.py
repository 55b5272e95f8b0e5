"""What was kept comes back, through code that was mended since: IAM enforced, commands as one types them."""

from __future__ import annotations

import base64
import hashlib
import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import urllib3

from generator.commands import main
from generator.local.emulator import Emulator
from generator.local.running import SourceFollower
from generator.local.start import run_emulator
from generator.testing import event_of
from tests.definitions import SOURCES
from tests.emulator.mozdef import assert_zooms_plugin_takes_it
from tests.emulator.service import SECRET, Service, eventually, free_port, sign_in
from tests.emulator.vendors import ZOOM, zoom_headers

pytestmark = pytest.mark.emulator

STACK = "MozDef-EF-zoom-dev"
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture(scope="module")
def account() -> Iterator[Emulator]:
    with run_emulator(free_port(), iam=True) as running:
        running.client("ssm").put_parameter(Name="/MozDef-EF/zoom/dev/auth_token", Value=SECRET, Type="SecureString")
        yield running


@pytest.fixture
def folder(tmp_path: Path, account: Emulator, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    sign_in(monkeypatch, account.aws_environment)
    shutil.copytree(SOURCES / "zoom", tmp_path / "sources" / "zoom")
    yield tmp_path
    bucket, s3 = account.outputs(STACK)["KeptBucket"], account.client("s3")
    for key in objects(account, ""):
        s3.delete_object(Bucket=bucket, Key=key)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One for all, so that a template is linted once."""
    return tmp_path_factory.mktemp("built")


@pytest.fixture
def run(folder: Path, built: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    def called(command: str, *args: str) -> tuple[int, str, str]:
        more = ["--build", str(built)] if command == "deploy" else []
        status = main([command, "zoom", "--sources", str(folder / "sources"), *more, *args])
        printed = capsys.readouterr()
        return status, printed.out, printed.err

    return called


def whole(**changed: Any) -> bytes:
    """An event of Zoom's, with something in it as it should not be."""
    event = json.loads((SOURCES / "zoom" / "samples" / "user.created.json").read_bytes())
    return json.dumps({**event, **changed}, ensure_ascii=False).encode()


def mend(folder: Path) -> None:
    """Have the definition take events without a time that it knows."""
    file = folder / "sources" / "zoom" / "source.yml"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("  time: event_ts\n  time_format: unix_ms\n", ""), encoding="utf-8")
    where = ["--sources", str(folder / "sources"), "--build", str(folder / "build")]
    assert main(["zoom", "--accept", "--lint", "fast", *where]) == 0


def service(account: Emulator) -> Service:
    outputs = account.outputs(STACK)
    http = urllib3.PoolManager(ca_certs=str(account.ca_bundle), retries=False, timeout=30)
    return Service(account, outputs, SourceFollower(account, outputs, STACK), http, account.client("s3"))


def objects(account: Emulator, prefix: str) -> list[str]:
    listed = account.client("s3").list_objects_v2(Bucket=account.outputs(STACK)["KeptBucket"], Prefix=prefix)
    return [entry["Key"] for entry in listed.get("Contents", ())]


def test_an_event_that_a_definition_did_not_take_is_sent_once_it_does(
    folder: Path, account: Emulator, run: Run
) -> None:
    body = whole(event_ts="no time")
    assert run("deploy", "--yes")[0] == 0
    zoom = service(account)
    assert zoom.post(body, zoom_headers(body)).status == 200
    assert zoom.arrived() == []
    (key,) = objects(account, "rejected/")

    status, out, _ = run("rejected")
    assert (status, "time" in out, "1" in out) == (0, True, True)
    status, out, _ = run("rejected", "--show", key.rpartition("/")[2][:12])
    assert "event_ts is not a time as unix_ms writes it" in out
    assert SECRET not in out
    assert run("redrive", "--dry-run")[:2] == (
        1,
        "  fails   1x time: event_ts is not a time as unix_ms writes it\n"
        "nothing would pass; fix the definition, deploy it, and try again\n",
    )

    mend(folder)
    assert run("deploy", "--yes")[0] == 0

    status, out, _ = run("redrive", "--dry-run")
    assert (status, "zoom: user.created by" in out) == (0, True)
    assert zoom.arrived() == []
    status, out, err = run("redrive", "--yes")
    assert (status, err) == (0, "")
    assert "  1 of 1 request, 1 message sent" in out
    (message,) = zoom.arrived()
    assert event_of(message)["event"] == "user.created"
    assert objects(account, "rejected/") == []

    assert run("redrive", "--yes")[:2] == (0, "zoom has no rejected events\n")
    assert zoom.arrived() == []


def test_a_deployment_that_mends_a_definition_sends_what_it_can_shape_and_the_next_one_nothing(
    folder: Path, account: Emulator, run: Run
) -> None:
    assert run("deploy", "--yes")[0] == 0
    zoom = service(account)
    for body in (whole(event_ts="no time"), whole(payload=None)):
        assert zoom.post(body, zoom_headers(body)).status == 200
    (still,) = (key for key in objects(account, "rejected/") if "/missing/" in key)

    mend(folder)
    status, out, err = run("deploy", "--yes", "--redrive")
    assert (status, err) == (0, "")
    assert "\nredrive: 2 rejected requests\n  passes  " in out
    assert out.endswith(
        "  fails   1x missing: no payload\n  1 of 1 request, 1 message sent\n2 requests: 1 sent, 1 still failing\n"
    )
    assert [event_of(message)["event_ts"] for message in zoom.arrived()] == ["no time"]
    assert objects(account, "rejected/") == [still]
    out = run("deploy", "--yes", "--redrive")[1]
    assert "nothing to change" in out
    assert out.endswith("nothing would pass; fix the definition, deploy it, and try again\n")
    assert zoom.arrived() == []


def test_an_event_of_a_megabyte_and_a_half_comes_back_as_a_pointer_that_zooms_plugin_takes(
    folder: Path, account: Emulator, run: Run
) -> None:
    assert run("deploy", "--yes")[0] == 0
    zoom = service(account)
    body = whole(event_ts="no time", note="ü" * 750_000)
    assert zoom.post(body, zoom_headers(body)).status == 200
    assert (objects(account, "oversize/"), zoom.arrived()) == ([], [])

    mend(folder)
    assert run("deploy", "--yes")[0] == 0
    assert run("redrive", "--yes")[0] == 0
    (message,) = zoom.arrived()
    pointer, (key,) = message["details"]["oversize"], objects(account, "oversize/")
    content = zoom.s3.get_object(Bucket=pointer["bucket"], Key=pointer["key"])["Body"].read()
    assert pointer["key"] == key
    assert hashlib.sha256(content).hexdigest() == hashlib.sha256(body).hexdigest() == pointer["sha256"]
    assert_zooms_plugin_takes_it(message)
    assert objects(account, "rejected/") == []


def sweep(account: Emulator) -> Any:
    """As the clock does, every five minutes."""
    function = account.resources(STACK)["Redrive"]
    return json.loads(account.client("lambda").invoke(FunctionName=function, Payload=b"{}")["Payload"].read())


def test_messages_a_queue_did_not_take_wait_in_the_bucket_until_they_are_redriven(account: Emulator, run: Run) -> None:
    assert run("deploy", "--yes")[0] == 0
    zoom, sqs = service(account), account.client("sqs")
    zoom.arrived()
    url = zoom.outputs["EventsQueueUrl"]
    before = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["Policy", "QueueArn"])["Attributes"]

    sqs.delete_queue(QueueUrl=url)
    assert zoom.post(ZOOM, zoom_headers(ZOOM)).status == 200
    assert len(objects(account, "unsent/")) == 1
    assert sweep(account) == {"sent": 0, "left": 1}
    assert len(objects(account, "unsent/")) == 1

    name = before["QueueArn"].rpartition(":")[2]
    sqs.create_queue(QueueName=name, Attributes={"Policy": before["Policy"]})
    assert sweep(account) == {"sent": 1, "left": 0}
    assert [event_of(message)["event"] for message in zoom.arrived()] == ["user.signed_in"]
    assert objects(account, "unsent/") == []
    assert (sweep(account), zoom.arrived()) == ({"sent": 0, "left": 0}, [])


def test_the_clock_itself_sweeps(account: Emulator, run: Run) -> None:
    assert run("deploy", "--yes")[0] == 0
    zoom, scheduler = service(account), account.client("scheduler")
    zoom.arrived()
    waits = {"version": 1, "source": "zoom", "time": "2026-03-02T12:00:00+00:00", "requestId": "r"}
    messages = [base64.b64encode(b'{"summary": "waited"}').decode()]
    body = json.dumps({**waits, "messages": messages}).encode()
    zoom.s3.put_object(Bucket=zoom.outputs["KeptBucket"], Key="unsent/2026-03-02/waited.json", Body=body)

    name = account.resources(STACK)["Clock"]
    schedule = scheduler.get_schedule(Name=name)
    assert schedule["ScheduleExpression"] == "rate(5 minutes)"
    # The same at a time that is past, which is due at once: the emulator looks every ten seconds.
    settings = {key: schedule[key] for key in ("FlexibleTimeWindow", "Target", "State")}
    scheduler.create_schedule(Name="now", ScheduleExpression="at(2026-03-02T12:00:00)", **settings)

    assert eventually(zoom.arrived, 60) == [{"summary": "waited"}]
    assert eventually(lambda: objects(account, "unsent/") == [])
    scheduler.delete_schedule(Name="now")


def test_foreign_objects_in_the_bucket_hold_up_nothing(folder: Path, account: Emulator, run: Run) -> None:
    assert run("deploy", "--yes")[0] == 0
    zoom = service(account)
    for key in ("unsent/0/notes.txt", "rejected/0/notes.txt", "rejected/0/time/notes.json"):
        zoom.s3.put_object(Bucket=zoom.outputs["KeptBucket"], Key=key, Body=b"no JSON")
    body = whole(event_ts="no time")
    assert zoom.post(body, zoom_headers(body)).status == 200
    assert sweep(account) == {"sent": 0, "left": 0, "foreign": 1}
    line = eventually(lambda: [record for record in zoom.followed.log() if record["message"] == "swept"])[-1]
    assert (line["level"], line["key"], line["Rejected"]) == ("WARN", "unsent/0/notes.txt", 1)

    mend(folder)
    assert run("deploy", "--yes")[0] == 0
    status, out, _ = run("redrive", "--yes")
    assert (status, out.count("not written by the framework: rejected/0/")) == (0, 2)
    assert len(zoom.arrived()) == 1
    assert len(objects(account, "rejected/")) == 2


def test_one_id_leads_from_the_request_to_the_object_and_from_there_to_the_message(
    folder: Path, account: Emulator, run: Run
) -> None:
    assert run("deploy", "--yes")[0] == 0
    zoom = service(account)
    body = whole(event_ts="no time")
    assert zoom.post(body, zoom_headers(body)).status == 200
    (key,) = objects(account, "rejected/")
    envelope = json.loads(zoom.s3.get_object(Bucket=zoom.outputs["KeptBucket"], Key=key)["Body"].read())
    mend(folder)
    assert run("deploy", "--yes", "--redrive")[0] == 0
    (message,) = zoom.arrived()
    assert message["processid"] == envelope["requestId"]
    lines: list[str] = []

    def has_logged_messages() -> bool:
        lines.extend(
            record["message"] for record in zoom.followed.log() if record.get("requestId") == envelope["requestId"]
        )
        return len(lines) > 1

    assert eventually(has_logged_messages)
    assert lines == ["accepted", "redriven"]


def test_the_log_of_a_source_is_rows_and_the_lines_of_a_request(
    account: Emulator, run: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("deploy", "--yes")[0] == 0
    body = whole(event_ts="no time")
    assert service(account).post(body, zoom_headers(body)).status == 200
    kept = "Webhook WARN  200 kept: time: event_ts is not a time as unix_ms writes it  "
    *_, row = logged(capsys, kept, "--level", "WARN", "--since", "1m")
    request_id = row.split()[-1]
    (line,) = logged(capsys, request_id, "--request", request_id, "--json")
    assert (json.loads(line)["message"], json.loads(line)["requestId"]) == ("accepted", request_id)


def logged(capsys: pytest.CaptureFixture[str], text: str, *options: str) -> list[str]:
    """The lines of `logs` with a text, which come a moment later than the answer."""
    lines: list[str] = []

    def shows_the_text() -> bool:
        assert main(["logs", "zoom", *options]) == 0
        lines[:] = [line for line in capsys.readouterr().out.splitlines() if text in line]
        return bool(lines)

    assert eventually(shows_the_text)
    return lines


def test_the_state_of_a_source_says_what_there_is_to_do(
    account: Emulator, run: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("deploy", "--yes")[0] == 0
    status, out, _ = run("status")
    assert status == 0, out
    assert "secret    auth_token stored" in out
    body = whole(event_ts="no time")
    assert service(account).post(body, zoom_headers(body)).status == 200
    status, out, _ = run("status")
    assert status == 1
    assert "rejected  1 request with rejected events: python -m generator rejected zoom" in out
    assert main(["status"]) == 1
    assert "\n  zoom  dev  rejected events\n" in capsys.readouterr().out
    state = json.loads(run("status", "--json")[1])
    assert (state["rejected"], state["well"], state["stack"]) == (1, False, STACK)
    assert "  flowing   not counted on this machine\n" in out
    assert (state["flowing"], state["requests"]) == (None, None)
