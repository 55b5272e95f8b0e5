"""What was kept comes back, through code that was mended since: IAM enforced, commands as one types them."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import urllib3

from generator.commands import main
from generator.local import REGION, Emulator, emulator
from generator.running import Followed
from tests.definitions import SOURCES
from tests.local.service import SECRET, Service, free_port
from tests.local.vendors import ZOOM, zoom_headers

pytestmark = pytest.mark.local

STACK = "MozDef-EF-zoom-dev"
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture(scope="module")
def account() -> Iterator[Emulator]:
    with emulator(free_port(), iam=True) as running:
        running.client("ssm").put_parameter(Name="/MozDef-EF/zoom/dev/auth_token", Value=SECRET, Type="SecureString")
        yield running


@pytest.fixture
def folder(tmp_path: Path, account: Emulator, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("AWS_PROFILE", "AWS_SESSION_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    for name, value in (
        ("AWS_ENDPOINT_URL", account.endpoint),
        ("AWS_CA_BUNDLE", str(account.ca_bundle)),
        ("AWS_DEFAULT_REGION", REGION),
        ("AWS_ACCESS_KEY_ID", "test"),
        ("AWS_SECRET_ACCESS_KEY", "test"),
        ("NO_PROXY", "*"),
    ):
        monkeypatch.setenv(name, value)
    shutil.copytree(SOURCES / "zoom", tmp_path / "sources" / "zoom")
    return tmp_path


@pytest.fixture
def run(folder: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    def called(command: str, *args: str) -> tuple[int, str, str]:
        more = ["--build", str(folder / "build")] if command == "deploy" else []
        status = main([command, "zoom", "--sources", str(folder / "sources"), *more, *args])
        said = capsys.readouterr()
        return status, said.out, said.err

    return called


def demand(folder: Path, path: str) -> None:
    """Have the definition require something."""
    file = folder / "sources" / "zoom" / "source.yml"
    text = file.read_text(encoding="utf-8")
    start = text.index("  require: [")
    line = text[start : text.index("\n", start)]
    file.write_text(text.replace(line, f"  require: [{path}]"), encoding="utf-8")
    for sample in (folder / "sources" / "zoom" / "samples").glob("*.json"):
        sample.unlink()


def service(account: Emulator) -> Service:
    outputs = account.outputs(STACK)
    http = urllib3.PoolManager(ca_certs=str(account.ca_bundle), retries=False, timeout=30)
    return Service(account, outputs, Followed(account, outputs, STACK), http, account.client("s3"))


def objects(account: Emulator, prefix: str) -> list[str]:
    listed = account.client("s3").list_objects_v2(Bucket=account.outputs(STACK)["KeptBucket"], Prefix=prefix)
    return [one["Key"] for one in listed.get("Contents", ())]


def test_an_event_that_a_definition_did_not_take_is_sent_once_it_does(
    folder: Path, account: Emulator, run: Run
) -> None:
    demand(folder, "payload.never")
    status, _, err = run("deploy", "--yes")
    assert status == 1, err  # without samples, a strict build says so
    whole = SOURCES / "zoom" / "samples" / "user.created.json"
    body = json.dumps({**json.loads(whole.read_bytes()), "event_ts": "no time"}).encode()
    shutil.rmtree(folder / "sources" / "zoom")
    shutil.copytree(SOURCES / "zoom", folder / "sources" / "zoom")

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
        "nothing would pass: mend the definition, deploy it, and try again\n",
    )

    file = folder / "sources" / "zoom" / "source.yml"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("  time: event_ts\n  time_format: unix_ms\n", ""), encoding="utf-8")
    assert main(["zoom", "--accept", "--sources", str(folder / "sources"), "--build", str(folder / "build")]) == 0
    assert run("deploy", "--yes")[0] == 0

    status, out, _ = run("redrive", "--dry-run")
    assert (status, "zoom: user.created by" in out) == (0, True)
    assert zoom.arrived() == []
    status, out, err = run("redrive", "--yes")
    assert (status, err) == (0, "")
    assert "  1 of 1 request, 1 message sent" in out
    (message,) = zoom.arrived()
    assert message["details"]["event"] == "user.created"
    assert objects(account, "rejected/") == []

    assert run("redrive", "--yes")[:2] == (0, "zoom has no rejected events\n")
    assert zoom.arrived() == []


def test_what_a_queue_did_not_take_waits_in_the_bucket_until_the_sweep(account: Emulator, run: Run) -> None:
    assert run("deploy", "--yes")[0] == 0
    zoom = service(account)
    zoom.arrived()
    functions = account.client("lambda")
    webhook, redrive = (account.resources(STACK)[name] for name in ("Webhook", "Redrive"))
    variables = functions.get_function_configuration(FunctionName=webhook)["Environment"]["Variables"]

    def queue(url: str) -> None:
        """Stands for a queue that is away: it comes back under the same name."""
        functions.update_function_configuration(
            FunctionName=webhook, Environment={"Variables": {**variables, "EVENTS_QUEUE_URL": url}}
        )

    queue(variables["EVENTS_QUEUE_URL"] + "-that-is-not-there")
    assert zoom.post(ZOOM, zoom_headers(ZOOM)).status == 200
    assert zoom.arrived() == []
    assert len(objects(account, "unsent/")) == 1

    queue(variables["EVENTS_QUEUE_URL"])
    swept: Any = json.loads(functions.invoke(FunctionName=redrive, Payload=b"{}")["Payload"].read())
    assert swept == {"sent": 1, "left": 0}
    assert [message["details"]["event"] for message in zoom.arrived()] == ["user.signed_in"]
    assert objects(account, "unsent/") == []


def test_the_state_of_a_source_says_what_there_is_to_do(account: Emulator, run: Run) -> None:
    assert run("deploy", "--yes")[0] == 0
    status, out, _ = run("status")
    assert status == 0, out
    assert "secret    auth_token stored" in out
    whole = json.loads((SOURCES / "zoom" / "samples" / "user.created.json").read_bytes())
    body = json.dumps({**whole, "event_ts": "no time"}).encode()
    assert service(account).post(body, zoom_headers(body)).status == 200
    status, out, _ = run("status")
    assert status == 1
    assert "rejected  1 request with events that could not be shaped: python -m generator rejected zoom" in out
    told = json.loads(run("status", "--json")[1])
    assert (told["rejected"], told["well"], told["stack"]) == (1, False, STACK)
