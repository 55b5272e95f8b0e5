"""Deploying and deleting a source that is pulled: what must be stored before, and what stays after."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable
from pathlib import Path

import boto3
import pytest
from moto.iam.access_control import PermissionResult
from moto.s3.models import FakeBucket

from generator.commands import main
from generator.deploy import progress
from generator.packaging import build_folder, output
from tests.commands.pulled_source import DEFINITION, WITH_PARAMETERS
from tests.operate.pulled_account import REGION, SECRET, STACK, TABLE, PulledAccount, deploy_acme

Run = Callable[..., tuple[int, str, str]]
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def verdicts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the lint engines said: one folder for all, so that a template is linted once."""
    return tmp_path_factory.mktemp("verdicts")


@pytest.fixture
def account(
    empty_account: None,  # noqa: ARG001
    tmp_path: Path,
    verdicts: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> PulledAccount:
    for module in (build_folder, output):
        monkeypatch.setattr(module, "CACHE_FOLDER", verdicts)
    monkeypatch.setattr(progress, "LOCAL_POLL_SECONDS", 0)
    # moto takes a Deny for one whatever its condition says: nothing could be put into a bucket that wants TLS.
    monkeypatch.setattr(FakeBucket, "get_permission", lambda *_: PermissionResult.NEUTRAL)
    account = deploy_acme(tmp_path, monkeypatch)
    assert main(["acme", "--accept"]) == 0
    return account


@pytest.fixture
def run(account: PulledAccount, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    assert account

    def command(*args: str) -> tuple[int, str, str]:
        capsys.readouterr()
        monkeypatch.setattr(sys, "stdin", io.StringIO())
        status = main([*args, "--region", REGION])
        printed = capsys.readouterr()
        return status, printed.out, printed.err

    return command


def undeployed(account: PulledAccount) -> None:
    account.formation.stacks.clear()


def test_nothing_is_deployed_before_its_credential_is_stored(account: PulledAccount, run: Run) -> None:
    undeployed(account)
    boto3.client("ssm", REGION).delete_parameter(Name=SECRET)
    status, _, err = run("deploy", "acme", "--yes")
    assert (status, err) == (
        1,
        f"error: no secret {SECRET} in Parameter Store. Store it: python -m generator secret acme --region us-west-2. "
        "Or pass --without-secret to deploy before somebody has it\n",
    )


def test_a_missing_credential_and_missing_values_are_said_at_once(account: PulledAccount, run: Run) -> None:
    undeployed(account)
    Path("sources/acme/source.yml").write_text(WITH_PARAMETERS.lstrip())
    assert main(["acme", "--lint", "fast", "--accept"]) == 0
    boto3.client("ssm", REGION).delete_parameter(Name=SECRET)
    missing_values = [
        "error: --parameter Account=VALUE is missing: Your account",
        "error: --parameter Region=VALUE is missing: Your region",
    ]
    status, _, err = run("deploy", "acme", "--yes")
    secret, *values = err.splitlines()
    assert (status, values) == (1, missing_values)
    assert secret.startswith(f"error: no secret {SECRET} in Parameter Store. Store it: ")
    status, _, err = run("deploy", "acme", "--dry-run")  # for which no secret is needed
    assert (status, err.splitlines()) == (1, missing_values)


def test_each_credential_has_to_be_stored(account: PulledAccount, run: Run) -> None:
    undeployed(account)
    file = Path("sources/acme/source.yml")
    file.write_text(DEFINITION.replace("{bearer: {}}", "{oauth2: {url: 'https://api.acme.example/token'}}"))
    assert main(["acme", "--lint", "fast"]) == 0
    ssm = boto3.client("ssm", REGION)
    ssm.put_parameter(Name="/MozDef-EF/acme/dev/client_id", Value="c", Type="SecureString")
    _, _, err = run("deploy", "acme", "--yes")
    assert "no secret /MozDef-EF/acme/dev/client_secret in Parameter Store" in err
    assert "secret acme --name client_secret --region us-west-2" in err


def test_after_a_deployment_the_vendor_is_asked_and_nobody_is_told_a_url(run: Run) -> None:
    status, out, err = run("deploy", "acme", "--yes")
    assert (status, err) == (0, "")
    steps = out.partition("next\n")[2]
    assert "  vendor    is asked every 5 minutes, from now on\n" in steps
    assert "to see that the vendor answers: python -m generator canary acme --region us-west-2\n" in steps
    assert "to see how far each stream is read: python -m generator status acme --region us-west-2\n" in steps


def test_what_deletion_leaves_is_named_with_how_far_the_streams_are_read(account: PulledAccount, run: Run) -> None:
    held = {"ResourceType": "AWS::DynamoDB::Table", "ResourceStatus": "CREATE_COMPLETE"}
    account.formation.resources[STACK] = [{**held, "LogicalResourceId": "Positions", "PhysicalResourceId": TABLE}]
    account.formation.templates[STACK] = {"Resources": {"Positions": {"DeletionPolicy": "Retain"}}}
    status, out, _ = run("delete", "acme", "--yes")
    assert status == 0
    stays = f"Positions  how far each stream is read, and which events were sent  {TABLE}"
    assert out.splitlines()[3:5] == [
        f"  stays  {stays}",
        "         a new stack makes another, and begins to read anew; to delete it: aws dynamodb delete-table "
        f"--table-name {TABLE} --region us-west-2",
    ]
    assert f"  {stays}\n" in out.partition("deleted")[2]


def test_a_deployment_has_values_of_its_own(account: PulledAccount, run: Run) -> None:
    Path("sources/acme/source.yml").write_text(WITH_PARAMETERS.lstrip())
    assert main(["acme", "--lint", "fast", "--accept"]) == 0
    undeployed(account)
    wrong = ["--parameter", "Region=evil.example/", "--parameter", "Account=our own"]
    status, _, err = run("deploy", "acme", "--yes", *wrong)
    assert (status, "--parameter Region: must be such as api; as a regular expression: [a-z]+" in err) == (1, True)
    status, _, err = run("deploy", "acme", "--yes", "--parameter", "Region=eu")
    assert (status, "Account" in err) == (1, True)
    status, _, err = run("deploy", "acme", "--yes", "--parameter", "Region=eu", "--parameter", "Account=our own")
    assert (status, err) == (0, "")
    given = {
        pair["ParameterKey"]: pair["ParameterValue"]
        for pair in account.formation.requests_of("create_change_set")[-1]["Parameters"]
        if "ParameterValue" in pair
    }
    assert {"Region": "eu", "Account": "our own"}.items() <= given.items()


def test_a_pipelines_path_is_none_of_a_pulled_sources(run: Run) -> None:
    status, _, err = run("deploy", "acme", "--yes", "--path", "/events")
    assert (status, err) == (1, "error: acme: is pulled, so it has no path that --path could compare\n")


def test_a_pulled_source_that_was_a_webhook_has_no_path_to_warn_of(account: PulledAccount, run: Run) -> None:
    outputs = account.formation.stacks[STACK]["Outputs"]
    outputs.append({"OutputKey": "EndpointUrl", "OutputValue": "https://api1.example/events"})
    assert "the endpoint's path" not in run("deploy", "acme", "--dry-run")[1]
