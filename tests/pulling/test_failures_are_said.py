"""No failure ends a run without a word, and none of a stream stops the others or leaves the lease."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from lambdas.pulling.runner import RunReport
from lambdas.pulling.stream_reader import StreamReader
from lambdas.runtime.http_types import HttpAnswer
from tests.fakes import DOWN, NOW
from tests.pulling.fake_table import PullTable
from tests.pulling.test_streams import CHILDREN, TWO, Scripted, event, scripted
from tests.pulling.vendor import HEAD, Puller, answer_of

TOKEN_HEAD = HEAD.replace("{bearer: {}}", "{oauth2: {url: 'https://auth.vendor.example/token'}}")
PREPARED = TWO.replace("    a: {get: /a,", "    a: {prepare: {post: /start}, get: /a,")


def is_given_back(puller: Puller) -> bool:
    return puller.table.items["lease"]["held_until"] == {"N": "0"}


def other_stream_is_read(puller: Puller) -> bool:
    return "position#b" in puller.table.items


def test_a_token_endpoint_that_is_down_before_a_stream_is_prepared_is_a_failure_of_that_stream(tmp_path: Path) -> None:
    puller = Puller(tmp_path, TOKEN_HEAD + PREPARED, Scripted)
    puller.store.values |= {"/made/up/client_id": "c", "/made/up/client_secret": "s"}
    puller.vendor.answers["/token"] = [answer_of({}, 503)] * 3 + [answer_of({"access_token": "t"})]
    report = puller.run()
    assert list(report.failures) == ["a"]
    assert "gives no token at present: it answers 503" in report.failures["a"]
    assert other_stream_is_read(puller)
    assert is_given_back(puller)


@pytest.mark.parametrize("status", [429, 500, 503])
def test_what_prepares_a_stream_is_asked_again_where_that_helps(tmp_path: Path, status: int) -> None:
    puller, vendor = scripted(tmp_path, PREPARED)
    vendor.answers["/v1/start"] = [answer_of({}, status, retry_after="5"), answer_of({}, 201)]
    assert puller.run().failures == {}
    assert sum("/start" in line for line in vendor.asked) == 2


def test_a_rule_says_of_what_prepares_a_stream_too(tmp_path: Path) -> None:
    rule = '  errors: [{status: 403, do: skip_stream, say: "no licence"}]\n'
    puller, vendor = scripted(tmp_path, rule + PREPARED)
    vendor.answers["/v1/start"] = [answer_of({}, 403)]
    assert puller.run().notes == {"a": "no licence"}


class ThrottledReads(PullTable):
    """A table whose claims can't be read, as where its capacity is used up."""

    def batch_get_item(self, RequestItems: dict[str, Any]) -> dict[str, Any]:  # noqa: ARG002, N803
        raise ClientError({"Error": {"Code": "ThrottlingException", "Message": "no"}}, "BatchGetItem")


def test_a_table_that_is_busy_is_a_failure_of_a_stream_with_children(tmp_path: Path) -> None:
    puller, vendor = scripted(tmp_path, CHILDREN)
    puller.table = ThrottledReads()
    vendor.answers["/v1/files"] = [answer_of({"files": [{"id": "f1", "kind": "Login"}]})]
    assert puller.run().failures == {"files": "ClaimsUnavailable: ThrottlingException"}
    assert is_given_back(puller)


def test_a_fault_of_the_puller_itself_is_one_of_its_stream(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    puller, _ = scripted(tmp_path, TWO)
    read = StreamReader.read

    def fail(reader: StreamReader, name: str) -> None:
        if name == "position#a":
            raise KeyError("a text of the event")
        read(reader, name)

    monkeypatch.setattr(StreamReader, "read", fail)
    assert puller.run().failures == {"a": "a fault of the puller itself, KeyError: its log says where"}
    assert other_stream_is_read(puller)
    assert is_given_back(puller)
    (line,) = [json.loads(text) for text in capsys.readouterr().out.splitlines() if '"fault"' in text]
    assert line["where"][-1].startswith("test_failures_are_said.py:")
    assert "a text of the event" not in str(line)


@pytest.mark.parametrize("wanted", ["{}}", '{"backfills": [{"from": 1}]}', "[]"])
def test_what_people_want_and_nobody_can_read_is_a_failure(tmp_path: Path, wanted: str) -> None:
    puller, _ = scripted(tmp_path, TWO)
    puller.table.items["control"] = {"id": {"S": "control"}, "state": {"S": wanted}}
    report = puller.run()
    assert list(report.failures) == ["the table"]
    assert is_given_back(puller)


class NoRelease(PullTable):
    """A table that can't be written any more when the lease is given back."""

    def update_item(self, Key: dict[str, Any], **update: Any) -> Any:  # noqa: N803
        if ":zero" in update["ExpressionAttributeValues"] and ":until" not in update["ExpressionAttributeValues"]:
            raise DOWN
        return super().update_item(Key, **update)


def test_what_a_run_did_is_said_though_its_lease_could_not_be_given_back(tmp_path: Path) -> None:
    puller, vendor = scripted(tmp_path, TWO)
    puller.table = NoRelease()
    vendor.answers["/v1/a"] = [answer_of({"items": [event("1")]})]
    report: RunReport = puller.run()
    assert (report.outcome, report.counts["sent"]) == ("failed", 1)
    assert report.failures == {"the table": "EndpointConnectionError"}


def test_a_store_of_secrets_that_is_down_is_no_refusal_of_the_vendors(tmp_path: Path) -> None:
    puller, _ = scripted(tmp_path, TWO)
    puller.store.faults.always = DOWN
    report = puller.run()
    assert set(report.failures.values()) == {"the credential can't be read: /made/up/token: EndpointConnectionError"}
    assert report.refused == frozenset()


@pytest.mark.parametrize(
    ("id_", "is_read"), [("x" * 5_000, True), ("\ud800", True), (7, True), ("", False), (True, False)]
)
def test_a_child_needs_an_id_of_its_own_and_may_have_any(tmp_path: Path, id_: Any, is_read: bool) -> None:
    puller, vendor = scripted(tmp_path, CHILDREN.replace('get: "/files/{id}"', 'get: "/files/{kind}"'))
    listed = answer_of({"files": [{"id": id_, "kind": "Login"}]})
    rows = HttpAnswer(200, {}, f"at,user\n{int(NOW) - 50},ann\n".encode())
    vendor.answers = {"/v1/files": [listed, listed], "/v1/files/Login": [rows, rows]}
    report = puller.run()
    assert (report.failures, len(puller.queue.messages)) == (
        ({}, 1) if is_read else ({"files": "an item of files has no id"}, 0)
    )
    if is_read:
        assert all(len(name.encode()) <= 2_048 for name in puller.table.items)
        puller.clock.now += 30
        assert puller.run().counts["children_known"] == 1


def test_a_child_with_a_number_and_one_with_its_digits_are_two(tmp_path: Path) -> None:
    puller, vendor = scripted(tmp_path, CHILDREN)
    vendor.answers = {"/v1/files": [answer_of({"files": [{"id": 5, "kind": "a"}, {"id": "5", "kind": "b"}]})]}
    rows = [HttpAnswer(200, {}, f"at,user\n{int(NOW) - 50},{name}\n".encode()) for name in ("ann", "bob")]
    vendor.answers["/v1/files/5"] = rows
    assert puller.run().counts["sent"] == 2
