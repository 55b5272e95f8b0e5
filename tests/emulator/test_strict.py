"""A strict source where IAM is enforced: its key, and events that arrive or are kept."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from generator.commands import main
from generator.local.emulator import Emulator
from generator.testing import event_of
from tests.definitions import SOURCES
from tests.emulator.service import HELPER_BUCKET, Service, template
from tests.emulator.vendors import OKTA_TOKEN, okta_batch

pytestmark = pytest.mark.emulator

STACK = "strict-okta"


@pytest.fixture(scope="module")
def strict(enforced: Emulator, tmp_path_factory: pytest.TempPathFactory) -> Service:
    folder = tmp_path_factory.mktemp("strict")
    shutil.copytree(SOURCES / "okta", folder / "sources" / "okta")
    with (folder / "sources" / "okta" / "source.yml").open("a", encoding="utf-8") as file:
        file.write("hardening: strict\n")
    assert main(["okta", "--sources", str(folder / "sources"), "--build", str(folder / "build")]) == 0
    text = template(folder / "build", "okta")
    key = json.loads(text)["Parameters"]["LambdaKey"]["Default"]
    code = Path(folder, "build", "okta", "lambdas.zip").read_bytes()
    enforced.client("s3").put_object(Bucket=HELPER_BUCKET, Key=key, Body=code)
    return Service.deploy(enforced, STACK, text)


def test_an_event_arrives_on_an_encrypted_queue(enforced: Emulator, strict: Service) -> None:
    assert strict.post(okta_batch("one"), OKTA_TOKEN).status == 204
    assert [event_of(message)["uuid"] for message in strict.arrived()] == ["one"]
    key = enforced.resources(STACK)["Key"]
    for name in ("EventsQueueUrl", "DeadLettersQueueUrl"):
        attributes = enforced.client("sqs").get_queue_attributes(QueueUrl=strict.outputs[name], AttributeNames=["All"])
        assert attributes["Attributes"]["KmsMasterKeyId"].endswith(f":key/{key}")


def test_rejected_event_is_kept(strict: Service) -> None:
    """That the emulator makes nothing of the buckets' encryption and log is why only the template's are looked at."""
    broken = okta_batch("two").replace(b"2026-03-02T12:00:01.114Z", b"never")
    assert strict.post(broken, OKTA_TOKEN).status == 204
    assert [key.partition("/")[0] for key in strict.kept()] == ["rejected"]


def test_the_key_is_rotated(enforced: Emulator, strict: Service) -> None:  # noqa: ARG001 - it makes the key
    key = enforced.resources(STACK)["Key"]
    assert enforced.client("kms").get_key_rotation_status(KeyId=key)["KeyRotationEnabled"] is True
