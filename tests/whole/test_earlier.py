"""What an earlier version generated goes on working: other people's repositories have it.

`earlier/audit-log` is what the commit 49e8a39 put into the configuration of a private source, byte for byte.
`earlier/imports` has each way in which a `transform.py` of then could name what it imports.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
import shutil
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path
from typing import Any

import pytest

from generator.commands import main
from generator.testing import event_of
from tests.definitions import ROOT

pytestmark = pytest.mark.slow

EARLIER = Path(__file__).parents[1] / "earlier"
CONFIGURATION = EARLIER / "audit-log"
RECORDED = "4599ca101f8a0201ee5c7fdb6a15effe485b4cf0c6fe134730c682dc1f603aab"
SECRET = "correct horse battery staple"
PACKAGES = {"PYTHONPATH": sysconfig.get_path("purelib"), "PYTHONDONTWRITEBYTECODE": "1"}
ENVIRONMENT = {
    "AWS_DEFAULT_REGION": "us-west-2",
    "AWS_ACCESS_KEY_ID": "made-up",
    "AWS_SECRET_ACCESS_KEY": "made-up",
    "EVENTS_QUEUE_URL": "https://sqs.us-west-2.amazonaws.com/123456789012/events",
    "KEPT_BUCKET": "kept",
    "SECRETS_PATH": "/made/up",
}


def test_recorded_checkout_is_unchanged() -> None:
    """Whoever moves modules, and rewrites what names them, does not rewrite other people's code."""
    digest = hashlib.sha256()
    for file in sorted(path for path in EARLIER.rglob("*") if path.is_file() and "__pycache__" not in path.parts):
        digest.update(file.relative_to(EARLIER).as_posix().encode() + b"\0" + file.read_bytes() + b"\0")
    assert digest.hexdigest() == RECORDED


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """The framework's folder with the configuration in it, as the pipeline puts them together."""
    for name in ("generator", "lambdas", "sources"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "requirements.txt"):
        shutil.copy(ROOT / name, tmp_path)
    copy_upgraded(tmp_path / "config")
    return tmp_path


def copy_upgraded(folder: Path) -> None:
    """Copy the checkout, its definition and stored messages changed as a build of it says."""
    definitions = folder.parent / "upgraded"
    source = definitions / "audit-log"
    shutil.copytree(CONFIGURATION, source)
    file = source / "source.yml"
    text = file.read_text(encoding="utf-8").replace("\nmozdef:\n", "\nfacts:\n").replace("  details: {", "  extra: {")
    file.write_text(text, encoding="utf-8")
    options = ["--sources", str(definitions), "--build", str(folder.parent / "accepted"), "--lint", "fast", "--accept"]
    assert main(["audit-log", *options]) == 0
    shutil.move(source, folder)


def test_build_of_the_earlier_definition_says_what_becomes_of_each_key(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(CONFIGURATION, tmp_path / "sources" / "audit-log")
    monkeypatch.chdir(tmp_path)
    assert main(["audit-log"]) == 1
    assert capsys.readouterr().err.splitlines() == [
        "error: sources/audit-log/source.yml:15: mozdef.summary: is facts.summary now; move it there as it is",
        "error: sources/audit-log/source.yml:16: mozdef.severity: is facts.severity now; move it there as it is",
        "error: sources/audit-log/source.yml:17: mozdef.details.region: is facts.extra.region now; move it there",
        "3 problems; nothing was written",
    ]


def run_deploy_script(checkout: Path, *words: str, more: str = "") -> subprocess.CompletedProcess[str]:
    """Run deploy.sh as the buildspec does; `more` is put after what Python is called with."""
    python = checkout / "bin" / "python"
    python.parent.mkdir()
    # Without the site's own paths, so that no other copy of the framework is found.
    python.write_text(f'#!/bin/sh\nexec {sys.executable} -S "$@" {more}\n')
    python.chmod(0o755)
    return subprocess.run(
        ["/bin/bash", "config/deploy.sh", *words],
        cwd=checkout,
        env={**PACKAGES, "PATH": f"{python.parent}:/usr/bin:/bin", "CODEBUILD_BUILD_ID": "1", "REDRIVE": "true"},
        capture_output=True,
        text=True,
        check=False,
    )


def test_samples_and_unit_tests_of_the_earlier_checkout_pass(checkout: Path) -> None:
    done = run_deploy_script(checkout, "unit-test")
    assert (done.returncode, done.stderr) == (0, ""), done.stdout
    assert done.stdout.startswith("ok  audit-log: 3 samples, lint clean, not built yet\n")
    assert "3 passed" in done.stdout


@pytest.mark.parametrize("command", ["deploy", "acceptance-test"])
def test_script_of_the_earlier_checkout_uses_existing_options(checkout: Path, command: str) -> None:
    done = run_deploy_script(checkout, command, "dev", "us-west-2", more="--help")
    assert (done.returncode, done.stderr) == (0, "")
    assert "--env" in done.stdout


def build_source(folder: Path, transform: Path) -> Path:
    """The source's folder in `build/`, with this transform.py."""
    definition = folder / "sources" / "audit-log"
    copy_upgraded(definition)
    shutil.copy(transform, definition / "transform.py")
    options = ["--sources", str(definition.parent), "--build", str(folder / "build"), "--lint", "fast"]
    assert main(["audit-log", *options]) == 0
    return folder / "build" / "audit-log"


def test_stack_tests_of_the_earlier_checkout_name_existing_outputs(tmp_path: Path) -> None:
    template = json.loads((build_source(tmp_path, CONFIGURATION / "transform.py") / "event-source.json").read_bytes())
    tests = (CONFIGURATION / "tests" / "integration" / "test_stack.py").read_text(encoding="utf-8")
    named = set(re.findall(r'outputs\["(\w+)"\]', tests))
    assert named == {"DeadLettersQueueUrl", "EventsQueueUrl", "EndpointUrl"}
    assert named <= set(template["Outputs"])


@pytest.mark.parametrize(
    "transform", [CONFIGURATION / "transform.py", *sorted(EARLIER.glob("imports/*.py"))], ids=lambda file: file.stem
)
def test_transform_of_the_earlier_checkout_runs_in_the_handler_from_the_zip(tmp_path: Path, transform: Path) -> None:
    build = build_source(tmp_path, transform)
    with zipfile.ZipFile(build / "lambdas.zip") as packed:
        assert packed.read("lambdas/transform.py") == transform.read_bytes()
        packed.extractall(tmp_path / "code")
    template = json.loads((build / "event-source.json").read_bytes())
    record = {"action": "login", "actor": "ann@example.com", "risk": "high"}
    body = json.dumps({"id": "1", "at": "2026-03-02T09:10:02Z", "record": json.dumps(record)})
    answer, messages = invoked(tmp_path / "code", template["Resources"]["Webhook"]["Properties"]["Handler"], body)
    assert answer["statusCode"] == 200
    assert [message["summary"] for message in messages] == ["acme: login by ann@example.com"]
    assert event_of(messages[0])["record"] == record


def invoked(code: Path, handler: str, body: str) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """The answer to a signed request with this body, and the messages that go to the queue."""
    payload = {
        "version": "2.0",
        "rawPath": "/events",
        "rawQueryString": "",
        "headers": {"x-acme-signature": hmac.new(SECRET.encode(), body.encode(), "sha256").hexdigest()},
        "requestContext": {"http": {"method": "POST"}, "domainName": "example.com", "requestId": "1"},
        "body": body,
        "isBase64Encoded": False,
    }
    done = subprocess.run(
        [sys.executable, "-P", "-S", str(Path(__file__).with_name("invoke.py")), str(code), handler, SECRET],
        cwd=code,
        env={**PACKAGES, **ENVIRONMENT},
        input=json.dumps(payload),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    answer, messages = json.loads(done.stderr)
    return answer, messages
