"""`rejected` and `redrive` of a source that is pulled, as operators see them: what was kept, and of which stream."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import boto3
import pytest

from generator.commands import _console, main
from generator.definition.read import load
from lambdas.delivering.dedupe import Claims
from lambdas.delivering.kept_bucket import KeptBucket
from lambdas.delivering.outbox import Outbox
from lambdas.delivering.reprocess import Reprocessor
from lambdas.delivering.result import Delivered
from lambdas.model import Source
from lambdas.pulling.page_delivery import PageDelivery
from lambdas.pulling.parts import StreamKey, cut
from tests.commands.pulled_source import DEFINITION
from tests.definitions import make_definition
from tests.fakes import NOW
from tests.operate.pulled_account import BUCKET, REGION, TABLE, PulledAccount, deploy_acme

pytestmark = pytest.mark.slow
AUDIT, STAFF = StreamKey("audit"), StreamKey("logins", "staff")


class Deployed:
    """The functions of acme on moto's queue, bucket and table, with a definition that may change."""

    def __init__(self, account: PulledAccount, folder: Path) -> None:
        self.folder = folder
        self.source: Source = load(folder / "sources", ["acme"])[0].source
        queues = boto3.client("sqs", REGION).list_queues()["QueueUrls"]
        self.queue = next(url for url in queues if url.endswith("/events"))
        account.functions.invoke = self._redrive  # type: ignore[method-assign]

    def deploy(self, definition: str) -> None:
        """Deploy another definition, which is on this machine too."""
        self.source = make_definition(self.folder / "sources", definition, "acme").source

    def read(self, key: StreamKey, *events: dict[str, Any]) -> Delivered:
        """Have the puller read a page with these events."""
        claims = self._claims(required=True)
        delivery = PageDelivery(self.source, *self._stores(), claims)
        (part,) = cut(key, events, None, "run-1", NOW)
        (delivered,) = delivery.deliver_part(part)
        return delivered

    @property
    def sent(self) -> list[str]:
        """The summaries of what is on the queue, which is empty then."""
        sqs, found = boto3.client("sqs", REGION), []
        while got := sqs.receive_message(QueueUrl=self.queue, MaxNumberOfMessages=10).get("Messages"):
            found += [json.loads(message["Body"])["summary"] for message in got]
            for message in got:
                sqs.delete_message(QueueUrl=self.queue, ReceiptHandle=message["ReceiptHandle"])
        return sorted(found)

    def _claims(self, *, required: bool = False) -> Claims:
        dynamodb = boto3.client("dynamodb", REGION)
        return Claims(self.source, TABLE, dynamodb, 300, lambda: NOW, required=required)

    def _stores(self) -> tuple[Outbox, KeptBucket]:
        return Outbox(self.queue, boto3.client("sqs", REGION)), KeptBucket(BUCKET, lambda: boto3.client("s3", REGION))

    def _redrive(self, FunctionName: str, Payload: str) -> dict[str, Any]:  # noqa: N803 - boto3's names
        assert FunctionName == "the-redrive"
        ((action, keys),) = json.loads(Payload).items()
        reprocessor = Reprocessor(
            self.source, *self._stores(), lambda *_, **__: None, self._claims(), make_delivery=PageDelivery
        )
        results = {"preview": reprocessor.preview, "send": reprocessor.send}[action](keys)
        return {"Payload": io.BytesIO(json.dumps({"results": results}).encode())}


@pytest.fixture
def acme(empty_account: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Deployed:  # noqa: ARG001
    return Deployed(deploy_acme(tmp_path, monkeypatch), tmp_path)


Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(acme: Deployed, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    assert acme

    def command(*args: str) -> tuple[int, str, str]:
        monkeypatch.setattr(_console, "is_interactive", lambda: False)
        monkeypatch.setattr(sys, "stdin", io.StringIO(""))
        status = main([args[0], "acme", *args[1:]])
        printed = capsys.readouterr()
        return status, printed.out, printed.err

    return command


def login(id_: str, **more: Any) -> dict[str, Any]:
    return {"id": id_, "type": "login", **more}


def keys(run: Run, *options: str) -> list[str]:
    return [json.loads(line)["key"] for line in run("rejected", "--json", *options)[1].splitlines()]


def test_rejected_shows_what_and_of_which_stream(acme: Deployed, run: Run) -> None:
    for key in (STAFF, AUDIT):
        assert acme.read(key, login("good", at="2026-01-01T00:00:00Z"), login("bad")).rejected_events
        assert acme.read(key, login("bad")).rejected_events == []
    assert len(keys(run)) == 2
    status, out, err = run("rejected")
    assert (status, err) == (0, "")
    head, row, *_ = out.splitlines()
    assert head.split() == ["day", "reason", "requests", "last", "key", "stream", "detail"]
    last = max(keys(run))
    stream = "logins[staff]" if "logins" in run("rejected", "--show", last)[1] else "audit"
    assert row.split() == ["2026-01-01", "time", "2", last.rpartition("/")[2][:12], stream, "no", "at"]


def test_a_kept_event_is_shown_with_its_stream(acme: Deployed, run: Run) -> None:
    acme.read(STAFF, login("good", at="2026-01-01T00:00:00Z"), login("bad"))
    (key,) = keys(run)
    status, out, _ = run("rejected", "--show", key)
    assert status == 0
    assert (
        out
        == f"""{key}
  came     2026-01-01T00:00:00.000+00:00
  request  run-1
  stream   logins[staff]
  event    number 0 of the body, from 0: no at
  header   content-type: application/json

{{
  "stream": "logins",
  "value": "staff",
  "parent": null,
  "events": [
    {{
      "id": "bad",
      "type": "login"
    }}
  ]
}}
"""
    )


@pytest.mark.parametrize(
    ("options", "expected"),
    [(["--type", "login"], 1), (["--type", "logout"], 0), (["--id", "bad"], 2), (["--id", "good"], 0)],
)
@pytest.mark.parametrize("command", ["rejected", "redrive"])
def test_kept_events_are_found_by_the_type_and_id_of_their_stream(
    acme: Deployed, run: Run, command: str, options: list[str], expected: int
) -> None:
    """The stream `logins` of acme says of no event which type it is."""
    for key in (STAFF, AUDIT):
        acme.read(key, login("good", at="2026-01-01T00:00:00Z"), login("bad"))
    if command == "rejected":
        assert len(keys(run, *options)) == expected
    else:
        status, out, _ = run("redrive", "--dry-run", *options)
        assert status == (1 if expected else 0)
        assert ("fails" in out) == bool(expected)


def test_a_filter_that_no_stream_can_answer_is_a_mistake(acme: Deployed, run: Run) -> None:
    acme.deploy(DEFINITION.replace("id: id", "id: hash()"))
    assert run("rejected", "--id", "x") == (1, "", "error: --id: the definition of acme has no `events.id`\n")


def test_an_event_is_redriven_once_the_definition_can_shape_it_and_never_comes_again(acme: Deployed, run: Run) -> None:
    bad = login("bad", seen="2026-01-01T00:00:00Z")
    acme.read(AUDIT, login("good", at="2026-01-01T00:00:00Z"), bad)
    assert acme.sent == ["acme: login"]
    assert run("redrive", "--yes")[0] == 1
    acme.deploy(DEFINITION.replace("time: at}", "time: at || seen}").lstrip())
    status, out, err = run("redrive", "--yes")
    assert (status, err) == (0, "")
    assert "1 of 1 request, 1 message sent" in out
    assert acme.sent == ["acme: login"]
    assert acme.read(AUDIT, bad) == Delivered(0, 0, [], duplicates=1)
    assert run("rejected") == (0, "acme has no rejected events\n", "")
