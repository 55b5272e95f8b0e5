"""What docs/how-to/siem/ says can be copied: definitions, policies, programs."""

from __future__ import annotations

import gzip
import io
import json
import re
import sys
from pathlib import Path
from textwrap import dedent
from types import SimpleNamespace
from typing import Any

import pytest
import yaml

from tests import iam
from tests.definitions import ROOT
from tests.pages import load_example

FOLDER = ROOT / "docs" / "how-to" / "siem"
INDEX = FOLDER / "index.md"
PAGES = sorted({*FOLDER.glob("*.md")} - {INDEX})
BUCKET, KEY = "mozdef-ef-objects", "events/acme/2026/03/01/09/a=b c.json.gz"
QUEUE_URL = "https://sqs.us-west-2.amazonaws.com/123456789012/MozDef-EF-acme-dev"
# A condition key of an OpenID Connect provider's own: the reference of AWS can't list it.
CLAIM = "has no condition sts.windows.net/"
TEST_EVENT = {"Service": "Amazon S3", "Event": "s3:TestEvent", "Bucket": BUCKET}


def blocks(page: Path, language: str) -> list[str]:
    return re.findall(rf"^ *```{language}\n(.*?)^ *```", page.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)


def notification(bucket: str = BUCKET) -> dict[str, Any]:
    """A notification as S3 sends it.

    https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html
    """
    s3 = {"bucket": {"name": bucket}, "object": {"key": "events/acme/2026/03/01/09/a%3Db+c.json.gz", "size": 88}}
    return {"Records": [{"eventSource": "aws:s3", "eventName": "ObjectCreated:Put", "s3": s3}]}


class FakeAws:
    """A queue and a bucket as boto3's clients show them."""

    def __init__(self) -> None:
        self.waiting: dict[str, str] = {}
        self.objects: dict[tuple[str, str], bytes] = {}
        self.sent: list[dict[str, str]] = []

    def client(self, _: str) -> FakeAws:
        return self

    def receive_message(self, *, QueueUrl: str, MaxNumberOfMessages: int, WaitTimeSeconds: int) -> dict[str, Any]:  # noqa: N803
        assert (QueueUrl, MaxNumberOfMessages, WaitTimeSeconds) == (QUEUE_URL, 10, 20)
        if not self.waiting:
            return {}
        messages = [{"MessageId": key, "ReceiptHandle": key, "Body": body} for key, body in self.waiting.items()]
        return {"Messages": messages}

    def delete_message(self, *, QueueUrl: str, ReceiptHandle: str) -> None:  # noqa: N803
        assert QueueUrl == QUEUE_URL
        del self.waiting[ReceiptHandle]

    def send_message(self, **message: str) -> None:
        if "broken" in message["MessageBody"]:
            raise TimeoutError("SQS did not answer")
        self.sent.append(message)

    def get_object(self, *, Bucket: str, Key: str) -> dict[str, Any]:  # noqa: N803
        return {"Body": io.BytesIO(self.objects[Bucket, Key])}


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> FakeAws:
    fake = FakeAws()
    monkeypatch.setitem(sys.modules, "boto3", SimpleNamespace(client=fake.client))
    return fake


def program(page: str) -> SimpleNamespace:
    namespace: dict[str, Any] = {}
    exec(dedent(blocks(FOLDER / page, "python")[0]), namespace)  # noqa: S102 - as it stands on the page
    return SimpleNamespace(**namespace)


def test_the_reader_of_messages_deletes_what_was_handled_and_leaves_the_rest(aws: FakeAws) -> None:
    aws.waiting = {"1": '{"message": "first"}', "2": "no JSON", "3": '{"message": "third"}', "4": '{"Records": []}'}
    handled: list[dict[str, Any]] = []

    def handle(message: dict[str, Any]) -> None:
        if message == {"message": "third"}:
            raise OSError("the SIEM is down")
        handled.append(message)

    program("your-own.md").read_once(QUEUE_URL, handle)
    assert handled == [{"message": "first"}, {"Records": []}]
    assert sorted(aws.waiting) == ["2", "3"]
    program("your-own.md").read_once(QUEUE_URL, handled.append)
    assert handled[2:] == [{"message": "third"}]
    assert sorted(aws.waiting) == ["2"]


def test_the_reader_of_objects_reads_each_line_and_skips_the_test_message(aws: FakeAws) -> None:
    lines = b'{"message": "one\xe2\x80\xa8line"}\n{"message": "two"}\n'
    aws.objects = {(BUCKET, KEY): gzip.compress(lines)}
    aws.waiting = {"1": json.dumps(TEST_EVENT), "2": json.dumps(notification())}
    handled: list[dict[str, Any]] = []
    program("your-own.md").read_once(QUEUE_URL, handled.append, BUCKET)
    assert handled == [{"message": "one\u2028line"}, {"message": "two"}]
    assert aws.waiting == {}

    aws.objects, aws.waiting = {(BUCKET, KEY): lines}, {"3": json.dumps(notification())}
    program("your-own.md").read_once(QUEUE_URL, handled.append, BUCKET)
    assert handled[2:] == handled[:2]


def test_the_reader_of_objects_asks_no_other_bucket(aws: FakeAws) -> None:
    aws.objects = {("another", KEY): b"{}\n"}
    aws.waiting = {"1": json.dumps(notification("another"))}
    handled: list[dict[str, Any]] = []
    program("your-own.md").read_once(QUEUE_URL, handled.append, BUCKET)
    assert (handled, list(aws.waiting)) == ([], ["1"])


def test_the_function_for_panther_sends_on_and_names_what_it_could_not(
    aws: FakeAws, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PANTHER_QUEUE_URL", QUEUE_URL)
    records = [{"messageId": "1", "body": '{"message": "ok"}'}, {"messageId": "2", "body": "broken"}]
    answer = program("panther.md").handler({"Records": records}, None)
    assert answer == {"batchItemFailures": [{"itemIdentifier": "2"}]}
    assert aws.sent == [{"QueueUrl": QUEUE_URL, "MessageBody": '{"message": "ok"}'}]
    assert capsys.readouterr().out == "2: TimeoutError('SQS did not answer')\n"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_a_page_names_an_output_and_cites_the_vendor(page: Path, tmp_path: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert "](https://" in text
    defaults = [block for block in blocks(page, "yaml") if "defaults.schema.json" in block]
    assert defaults or page.stem == "your-own"
    for example in defaults:
        assert load_example(tmp_path, example).source.output == yaml.safe_load(example)["output"]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_the_table_of_siems_says_what_the_guide_begins_with(page: Path) -> None:
    text = INDEX.read_text(encoding="utf-8")
    ((output, delivery),) = re.findall(rf"^\| \[.*\]\({page.name}\) \| `?(\w+)`? \| `(\w+)` \|", text, re.MULTILINE)
    for example in [block for block in blocks(page, "yaml") if "defaults.schema.json" in block][:1]:
        says = yaml.safe_load(example)
        assert (output, delivery) == (says["output"], "s3" if "delivery" in says else "sqs")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_policies_and_documents_of_a_page_can_be_copied(page: Path) -> None:
    for document in map(json.loads, blocks(page, "json")):
        if "Statement" in document:
            kind = "trust" if "Principal" in document["Statement"][0] else "identity"
            problems = list(iam.problems(kind, document))
            assert [problem for problem in problems if CLAIM not in problem] == []
    for body in re.findall(r"-d '(\{.*?\})'", page.read_text(encoding="utf-8"), re.DOTALL):
        assert json.loads(body)
    for example in blocks(page, "yaml"):
        assert yaml.safe_load(example)
