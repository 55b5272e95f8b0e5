"""Messages of another output than MozDef's, where IAM is enforced: what happens to MozDef's happens to them.

Three sources extend a shipped one. Two say their output themselves; of the third, a team's defaults say it.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from generator.commands import main
from generator.definition.read import load
from generator.local.emulator import Emulator
from generator.local.start import run_emulator
from generator.testing import Sample, load_samples
from tests.emulator.service import eventually, free_port, sign_in
from tests.emulator.test_archive import Archived
from tests.fakes import signed_request

pytestmark = pytest.mark.emulator

DEFAULTS = "output: ecs\ndedupe: {}\narchive: {}\n"
OUTPUTS = {"raw": "output: raw\n", "ecs": "", "ocsf": "output: ocsf\n"}
STAMPS = {
    "raw": ("meta.time", "meta.received", "meta.request"),
    "ecs": ("@timestamp", "event.created", "trace.id"),
    "ocsf": ("time", "metadata.logged_time", "metadata.correlation_uid"),
}
"""Where a message says when its request came, and which it was: GitHub's events have no time of their own."""
TAGS = {"raw": "meta.tags", "ecs": "tags", "ocsf": "metadata.labels"}
SUMMARY = "github: member.added by octo-admin: contractor-bo in example-org/payments (admin)"
FACTS = {
    "summary": SUMMARY,
    "severity": "WARNING",
    "kind": "permission.grant",
    "action": "member.added",
    "user": "octo-admin",
    "user_id": "90000011",
    "target_user": "contractor-bo",
    "target": "example-org/payments",
    "role": "admin",
    "organization": "example-org",
    "url": "https://github.com/example-org/payments",
    "github_event": "member",
    "repository": "example-org/payments",
}
Message = dict[str, Any]
Run = Callable[..., tuple[int, str]]


class Hub:
    """A source of GitHub's events that is deployed, with an output."""

    def __init__(self, running: Emulator, sources: Path, output: str) -> None:
        self.output, self.name, self.sources = output, f"hub-{output}", sources
        self._define()
        self.archived = Archived(running, load(sources, [self.name])[0])
        self.service = self.archived.service
        (self.sample,) = (each for each in load_samples(self.name, sources) if each.name == "member.added")

    def _define(self, more: str = "") -> None:
        folder = self.sources / self.name
        folder.mkdir(exist_ok=True)
        (folder / "source.yml").write_text(f"extends: github\n{OUTPUTS[self.output]}{more}")

    def deploy(self, more: str = "") -> None:
        """Deploy the definition with a further line."""
        self._define(more)
        self.archived.deploy(load(self.sources, [self.name])[0])

    def event(self, delivery: str, **more: str) -> Sample:
        """Return the sample with an id, and with further keys."""
        headers = {**self.sample.headers, "x-github-delivery": delivery}
        body = json.dumps({**json.loads(self.sample.body), **more}).encode()
        return Sample(self.name, body, headers=headers, sources=self.sources)

    def post(self, event: Sample) -> None:
        auth = self.archived.definition.source.endpoint.auth
        sent = signed_request(auth, event.body, event.headers, secret=self.archived.secret)
        assert self.service.post(sent.body, sent.headers).status == 200

    def arrived(self) -> list[Message]:
        """Return the messages on the queue, without what differs from run to run."""
        messages = self.service.arrived()
        for message in messages:
            for place in STAMPS[self.output]:
                put(message, place, "…")
        return messages

    def message(self, event: Sample, *tags: str) -> Message:
        """Return the message of an event as a build makes it, with further tags."""
        (message,) = event.messages()
        for place in STAMPS[self.output]:
            put(message, place, "…")
        at(message, TAGS[self.output]).extend(tags)
        return message

    def kept(self, prefix: str) -> dict[str, bytes]:
        s3, bucket = self.service.s3, self.service.outputs["KeptBucket"]
        keys = [each["Key"] for each in s3.list_objects_v2(Bucket=bucket, Prefix=prefix).get("Contents", ())]
        return {key: s3.get_object(Bucket=bucket, Key=key)["Body"].read() for key in keys}


def at(message: Message, place: str) -> Any:
    found: Any = message
    for key in place.split("."):
        found = found[key]
    return found


def put(message: Message, place: str, value: Any) -> None:
    parents, _, key = place.rpartition(".")
    parent = at(message, parents) if parents else message
    assert key in parent
    parent[key] = value


@pytest.fixture(scope="module")
def sources(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sources")
    (folder / "defaults.yml").write_text(DEFAULTS)
    return folder


@pytest.fixture(scope="module")
def alone() -> Iterator[Emulator]:
    """One of its own: the emulator takes what fails in any stack for a reason of an alarm, and `status` shows those."""
    with run_emulator(free_port(), iam=True) as running:
        yield running


@pytest.fixture(scope="module", params=OUTPUTS)
def hub(request: pytest.FixtureRequest, alone: Emulator, sources: Path) -> Hub:
    return Hub(alone, sources, request.param)


@pytest.fixture
def run(hub: Hub, alone: Emulator, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a command with the source: its exit status, and all that it prints, with `TIME` for times."""
    sign_in(monkeypatch, alone.aws_environment)

    def called(command: str, *options: str) -> tuple[int, str]:
        status = main([command, hub.name, "--sources", str(hub.sources), *options])
        printed = capsys.readouterr()
        return status, re.sub(r"(\d{4}-\d\d-\d\d )?\d\d:\d\d(:\d\d)?", "TIME", printed.out + printed.err)

    return called


def test_an_event_that_is_sent_twice_is_a_message_once(hub: Hub) -> None:
    event = hub.event("once")
    hub.post(event)
    hub.post(event)
    assert hub.arrived() == [hub.message(event)]


def short_form(output: str, message: Message, event: Message, reference: Message) -> Message:
    """Return the message of an event that is too large, as docs/reference/outputs/ says it is."""
    text, pointer = json.dumps(event, separators=(",", ":"), ensure_ascii=False), {"oversize": reference}
    if output == "raw":
        return {"event": event, "meta": {**message["meta"], "facts": FACTS, **pointer}}
    if output == "ocsf":
        return {**message, "raw_data": text, "unmapped": {**message["unmapped"], **pointer}}
    url = f"s3://{reference['bucket']}/{reference['key']}"
    fields = {"original": text, "reference": url, "hash": reference["sha256"]}
    return {**message, "event": {**message["event"], **fields}}


def test_an_event_that_is_too_large_is_a_short_message_and_an_object(hub: Hub) -> None:
    event = hub.event("large", note="ü" * 700_000)
    hub.post(event)
    ((key, content),) = hub.kept("oversize/").items()
    assert content == event.body
    digest, bucket = hashlib.sha256(content).hexdigest(), hub.service.outputs["KeptBucket"]
    reference = {"bucket": bucket, "key": key, "sha256": digest, "bytes": len(content)}
    left = {**json.loads(hub.sample.body), "note": "ü" * 1_024 + "…"}
    message = hub.message(hub.event("large"), "oversize")
    assert hub.arrived() == [short_form(hub.output, message, left, reference)]


def state(hub: Hub, waiting: int, more: str = "") -> str:
    """Return what `status` prints."""
    return (
        f"\n{hub.archived.stack}  UPDATE_COMPLETE, framework not known, changed just now\n\n"
        "  flowing   not counted on this machine\n"
        f"  waiting   {waiting} message{'' if waiting == 1 else 's'} for the SIEM\n"
        f"{more}  secret    auth_token stored just now\n"
    )


def test_a_rejected_event_comes_back_by_redrive(hub: Hub, run: Run) -> None:
    hub.deploy("events: {require: [installation]}\n")
    event = hub.event("rejected")
    hub.post(event)
    assert hub.arrived() == []
    command = f"python -m generator rejected {hub.name} --sources {hub.sources}"
    assert run("status") == (1, state(hub, 0, f"  rejected  1 request with rejected events: {command}\n"))
    hub.deploy()
    assert run("redrive", "--yes") == (0, f"  passes  TIME WARNING  {SUMMARY}\n  1 of 1 request, 1 message sent\n")
    assert hub.arrived() == [hub.message(event, "replayed")]
    assert hub.kept("rejected/") == {}


def test_an_archived_event_comes_back_by_redrive(hub: Hub, run: Run) -> None:
    archived, event = hub.archived, hub.event("lost")
    earlier = archived.keys()
    for key in earlier:
        archived.service.s3.delete_object(Bucket=archived.bucket, Key=key)
    hub.post(event)
    assert len(hub.arrived()) == 1  # thrown away
    (key,) = eventually(archived.keys)
    assert run("redrive", "--archive", "--since", key.split("/")[1], "--yes") == (
        0,
        f"  passes  TIME WARNING  {SUMMARY}\n"
        "the archive does not know what was sent from it: each run sends all of this again\n"
        "  1 of 1 request, 1 message sent\n"
        "note: what came after TIME UTC may not be in the archive yet\n",
    )
    assert hub.arrived() == [hub.message(event, "replayed")]


def test_the_canary_sees_a_forged_event_refused_and_its_own_arrive(hub: Hub, run: Run) -> None:
    place = {"ecs": ""}.get(hub.output, f" in its {TAGS[hub.output]}")
    assert run("canary", "--sample", hub.sample.name) == (
        0,
        "ok  a forged member.added was refused with 401\n"
        "ok  member.added, signed, was answered 200\n"
        f"ok  its message is on the queue, with the tags {hub.name} and canary{place}\n",
    )
    assert hub.arrived() == [hub.message(hub.sample, "canary")]


def test_the_status_says_what_waits(hub: Hub, run: Run) -> None:
    hub.post(hub.event("waits"))
    assert run("status") == (0, state(hub, 1))
