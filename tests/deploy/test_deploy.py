"""`deploy` and `delete`, as a user sees them; CloudFormation is a fake, the rest is moto's."""

from __future__ import annotations

import io
import json
import re
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from moto.iam.access_control import PermissionResult
from moto.s3.models import FakeBucket

from generator.aws import Target
from generator.commands import _redrive_dialog, main
from generator.definition.source_folders import source_names
from generator.deploy import deployment, helper_bucket, progress, taken_names
from generator.deploy.changes import template_key
from generator.deploy.context import DeployContext
from generator.deploy.deployment import Deployment
from generator.deploy.preconditions import refuse_without_secret
from generator.errors import GeneratorError
from generator.packaging.bundle import merge_zip, zip_key
from generator.packaging.product import Product
from lambdas import VERSION
from tests.cloudformation import ACCOUNT, ADDED, OUTPUTS, ROLE, TAGS, CloudFormation, refusal
from tests.definitions import SOURCES, make_definition

pytestmark = pytest.mark.slow

REGION = "us-west-2"
NAME, OKTA, PIPELINE = "MozDef-EF-zoom-dev", "MozDef-EF-okta-dev", "MozDef-EF-zoom-pipeline-dev"
BUCKET = f"mozdef-ef-helper-{ACCOUNT}-{REGION}"
SECRET = "/MozDef-EF/zoom/dev/auth_token"
WHERE = f"us-west-2, account {ACCOUNT}"
NO_CHANGE = "The submitted information didn't contain changes."
CONNECTION = f"arn:aws:codeconnections:{REGION}:{ACCOUNT}:connection/1a"
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture(scope="session")
def build(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One for all, so that a template is linted once."""
    return tmp_path_factory.mktemp("build")


@pytest.fixture
def aws(empty_account: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[CloudFormation]:  # noqa: ARG001 - what it has set up
    monkeypatch.setattr(progress, "LOCAL_POLL_SECONDS", 0)
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    cloudformation, real = CloudFormation(), Target.client

    def client(target: Target, service: str, seconds: int | None = None) -> Any:
        return cloudformation if service == "cloudformation" else real(target, service, seconds)

    monkeypatch.setattr(Target, "client", client)
    # moto takes a Deny for one whatever its condition says: nothing could be put into a bucket that wants TLS.
    monkeypatch.setattr(FakeBucket, "get_permission", lambda *_: PermissionResult.NEUTRAL)
    ssm = boto3.client("ssm", REGION)
    for source in ("zoom", "okta"):
        ssm.put_parameter(Name=SECRET.replace("zoom", source), Value="s", Type="SecureString")
    yield cloudformation
    monkeypatch.undo()
    time.tzset()


@pytest.fixture
def run(aws: CloudFormation, build: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    """A command at the test's region: exit status, output without what pads it, errors."""

    def command(*args: str) -> tuple[int, str, str]:
        assert Target().client("cloudformation") is aws
        folders = () if "--sources" in args else ("--sources", str(SOURCES), "--build", str(build))
        status = main([*args, "--region", REGION, *folders])
        printed = capsys.readouterr()
        return status, "\n".join(line.rstrip() for line in printed.out.splitlines()), printed.err

    return command


def typing(monkeypatch: pytest.MonkeyPatch, *lines: str) -> None:
    """A person at a terminal."""

    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    monkeypatch.setattr(sys, "stdin", Terminal("".join(f"{line}\n" for line in lines)))


def again(words: str, build: Path) -> str:
    return f"python -m generator {words} --region {REGION} --build {build}"


def objects(bucket: str = BUCKET) -> set[str]:
    listed = boto3.client("s3", REGION).list_objects_v2(Bucket=bucket)
    return {entry["Key"] for entry in listed.get("Contents", ())}


def buckets() -> list[str]:
    return [bucket["Name"] for bucket in boto3.client("s3", REGION).list_buckets()["Buckets"]]


def parameters(aws: CloudFormation) -> dict[str, str | bool]:
    sent = aws.requests_of("create_change_set")[-1]["Parameters"]
    return {
        parameter["ParameterKey"]: parameter.get("ParameterValue", parameter.get("UsePreviousValue"))
        for parameter in sent
    }


def test_a_first_deployment_creates_the_stack_and_prints_the_next_steps(
    run: Run, aws: CloudFormation, build: Path
) -> None:
    aws.outcome = [("CREATE_IN_PROGRESS", "Events", "Resource creation [initiated]"), ("CREATE_COMPLETE", "Events", "")]
    status, out, err = run("deploy", "zoom", "--yes")

    assert (status, err) == (0, "")
    code = (build / "zoom" / "lambdas.zip").read_bytes()
    assert out.splitlines() == [
        "",
        f"{NAME}  {WHERE}, new",
        f"created   the helper bucket {BUCKET}",
        f"uploaded  s3://{BUCKET}/{zip_key(code)}",
        "        resource  type                   replaced  properties",
        "add     Events    AWS::SQS::Queue",
        "change  Webhook   AWS::Lambda::Function  no        Code, Tags",
        f"12:00:00 CREATE_IN_PROGRESS {NAME}",
        "12:00:00 CREATE_COMPLETE    Events",
        f"12:00:00 CREATE_COMPLETE    {NAME}",
        "",
        f"{NAME}  CREATE_COMPLETE",
        "",
        f"  EndpointUrl       {OUTPUTS['EndpointUrl']}",
        f"  EventsQueueUrl    {OUTPUTS['EventsQueueUrl']}",
        f"  SecretParameters  {SECRET}",
        "",
        "next",
        f"  vendor    calls {OUTPUTS['EndpointUrl']}; what to click: {SOURCES / 'zoom' / 'README.md'}",
        f"  MozDef    reads queue MozDef-EF-zoom-dev-Events-1, region {REGION}, account {ACCOUNT}",
        "            its role may not read yet, unless its own policies let it: "
        + again("deploy zoom --parameter ConsumerPrincipalArn=arn:aws:iam::123456789012:role/NAME", build),
        "  try       to see that it refuses a forged event, and takes a signed one: "
        "python -m generator canary zoom --region us-west-2",
    ]
    [request] = aws.requests_of("create_change_set")
    assert request["ChangeSetType"] == "CREATE"
    assert request["Capabilities"] == ["CAPABILITY_IAM"]
    assert {tag["Key"]: tag["Value"] for tag in request["Tags"]} == TAGS
    assert request["TemplateBody"] == (build / "zoom" / "event-source.json").read_text(encoding="utf-8")
    assert "RoleARN" not in request
    assert parameters(aws) == {"ProjectName": "MozDef-EF", "Environment": "dev", "HelperBucket": BUCKET}
    assert objects() == {zip_key(code)}


def test_an_update_keeps_what_the_stack_has(run: Run, aws: CloudFormation) -> None:
    consumer = f"arn:aws:iam::{ACCOUNT}:role/mozdef"
    values = {"ConsumerPrincipalArn": consumer, "LambdaKey": "code/old.zip", "Gone": "x", "HelperBucket": "old"}
    tags = {**TAGS, "CostCentre": "42", "aws:cloudformation:x": "y"}
    aws.add_stack(
        "UPDATE_ROLLBACK_COMPLETE",
        Parameters=[{"ParameterKey": name, "ParameterValue": value} for name, value in values.items()],
        Tags=[{"Key": name, "Value": value} for name, value in tags.items()],
    )
    status, _, err = run("deploy", "zoom", "--yes", "--parameter", "EventsQueueName=fixed")
    assert (status, err) == (0, "")
    [request] = aws.requests_of("create_change_set")
    assert request["ChangeSetType"] == "UPDATE"
    assert {tag["Key"]: tag["Value"] for tag in request["Tags"]} == {**TAGS, "CostCentre": "42"}
    assert parameters(aws) == {
        "ProjectName": "MozDef-EF",
        "Environment": "dev",
        "HelperBucket": BUCKET,
        "ConsumerPrincipalArn": True,
        "EventsQueueName": "fixed",
    }


def test_nothing_to_change_is_done_and_asks_nobody(run: Run, aws: CloudFormation, monkeypatch) -> None:
    aws.add_stack("CREATE_COMPLETE")
    aws.reason = NO_CHANGE
    typing(monkeypatch)
    status, out, err = run("deploy", "zoom")
    assert (status, err) == (0, "")
    assert "nothing to change" in out.splitlines()
    assert f"  EndpointUrl       {OUTPUTS['EndpointUrl']}" in out.splitlines()
    assert aws.change_sets == {}


@pytest.mark.usefixtures("aws")
def test_a_consumer_that_is_set_is_said(run: Run) -> None:
    consumer = f"arn:aws:iam::{ACCOUNT}:role/mozdef"
    out = run("deploy", "zoom", "--yes", "--parameter", f"ConsumerPrincipalArn={consumer}")[1]
    assert f"            as {consumer}" in out.splitlines()
    assert "may not read" not in out


def test_a_dry_run_shows_what_would_change_and_leaves_nothing(run: Run, aws: CloudFormation) -> None:
    status, out, err = run("deploy", "zoom", "--dry-run")
    assert (status, err) == (0, "")
    assert out.splitlines() == [
        "",
        f"{NAME}  {WHERE}, new",
        "        resource  type                   replaced  properties",
        "add     Events    AWS::SQS::Queue",
        "change  Webhook   AWS::Lambda::Function  no        Code, Tags",
        "nothing was changed",
    ]
    assert aws.stacks[NAME]["StackStatus"] == "DELETE_COMPLETE"
    assert aws.requests_of("execute_change_set") == []
    assert buckets() == []


@pytest.mark.parametrize("answer", ["n", "y"])
def test_somebody_is_asked(run: Run, aws: CloudFormation, monkeypatch, answer: str) -> None:
    aws.add_stack("UPDATE_COMPLETE")
    typing(monkeypatch, answer)
    status, out, err = run("deploy", "zoom")
    assert err == ""
    assert "Deploy this? [y/N]: " in out
    if answer == "y":
        assert (status, len(aws.requests_of("execute_change_set"))) == (0, 1)
    else:
        assert (status, out.splitlines()[-1]) == (1, "Deploy this? [y/N]: nothing was changed")
        assert (aws.requests_of("execute_change_set"), aws.change_sets) == ([], {})


def test_ctrl_c_at_the_question_leaves_nothing(run: Run, aws: CloudFormation, monkeypatch) -> None:
    typing(monkeypatch)  # the end of what is typed ends it as Ctrl-C does
    status, out, err = run("deploy", "zoom")
    assert (status, err) == (1, "")
    assert out.splitlines()[-2:] == ["Deploy this? [y/N]:", "nothing was changed"]
    assert aws.stacks[NAME]["StackStatus"] == "DELETE_COMPLETE"
    assert aws.requests_of("execute_change_set") == []


def test_ctrl_c_during_a_deployment_says_that_cloudformation_goes_on(
    run: Run, aws: CloudFormation, monkeypatch
) -> None:
    aws.add_stack("CREATE_COMPLETE")
    execute = aws.execute_change_set

    def execute_and_interrupt(**request: Any) -> None:
        execute(**request)
        aws.interrupt_at = "describe_stack_events"

    monkeypatch.setattr(aws, "execute_change_set", execute_and_interrupt)
    status, out, _ = run("deploy", "zoom", "--yes")
    assert (status, out.splitlines()[-1]) == (
        1,
        "CloudFormation goes on; to see its progress: "
        f"aws cloudformation describe-stack-events --stack-name {NAME} --region {REGION}",
    )
    assert aws.requests_of("delete_stack") == aws.requests_of("delete_change_set") == []


@pytest.mark.parametrize(
    ("args", "message"),
    [
        ([], "name sources, or use --all"),
        (["zoom", "--all"], "name sources, or use --all"),
        (["zoom"], "no terminal to ask in: use --yes to deploy, or --dry-run to see what would change"),
        (["zoom", "--yes", "--parameter", "x"], "Invalid value for '--parameter': x: must be NAME=VALUE"),
        (["zoom", "--yes", "--parameter", "=x"], "Invalid value for '--parameter': =x: must be NAME=VALUE"),
        (
            ["zoom", "--yes", "--parameter", "A=1", "--parameter", "A=2"],
            "Invalid value for '--parameter': A: is given twice",
        ),
        (
            ["zoom", "--yes", "--project", "x" * 27],
            f"--project {'x' * 27}: must be at most 25 letters, digits and single dashes, a letter first",
        ),
    ],
)
def test_wrong_usage(run: Run, aws: CloudFormation, args: list[str], message: str) -> None:
    status, out, err = run("deploy", *args)
    assert (status, out, err.splitlines()[-1]) == (2, "", f"error: {message}")
    assert aws.calls == []


def test_every_mistake_in_the_parameters_is_said_before_aws_is_asked(run: Run, aws: CloudFormation) -> None:
    wrong = ("ConsumerPrincipalArn=me", "EventQueueName=x", "Environment=prod")
    status, out, err = run(
        "deploy", "zoom", "--yes", *(word for parameter in wrong for word in ("--parameter", parameter))
    )
    assert (status, out) == (1, "")
    assert err.splitlines() == [
        "error: --parameter ConsumerPrincipalArn: must be empty, or the ARN of a role, a user or an account's root, "
        'and is "me"',
        "error: --parameter EventQueueName: no such parameter; did you mean EventsQueueName? "
        "(AlarmTopicArn, ConsumerPrincipalArn, EventsQueueName, PermissionsBoundaryArn, Tracing)",
        "error: --parameter Environment: is not to be given: --env says what it is",
    ]
    assert aws.calls == []


def test_everything_that_a_pipeline_needs_is_asked_for_at_once(run: Run, aws: CloudFormation) -> None:
    status, _, err = run("deploy", "zoom", "--pipeline", "--yes")
    assert status == 1
    assert err.splitlines() == [
        "error: --parameter ConnectionArn=VALUE is missing: Connection to GitHub, made in the console under "
        "Developer Tools, Settings, Connections",
        "error: --parameter GitHubRepository=VALUE is missing: "
        "The framework's repository, such as mozilla/mozdef-event-framework",
    ]
    assert (aws.requests_of("create_change_set"), buckets()) == ([], [])


def test_without_a_secret_nothing_is_deployed(run: Run, aws: CloudFormation) -> None:
    boto3.client("ssm", REGION).delete_parameter(Name=SECRET)
    status, _, err = run("deploy", "zoom", "--yes")
    assert (status, err) == (
        1,
        f"error: no secret {SECRET} in Parameter Store. Store it: "
        f"python -m generator secret zoom --region {REGION}. "
        "Or pass --without-secret if the vendor makes it only once it has the URL\n",
    )
    assert (aws.requests_of("create_change_set"), buckets()) == ([], [])


def test_a_dry_run_needs_no_secret_and_says_that_there_is_none(run: Run, aws: CloudFormation) -> None:
    boto3.client("ssm", REGION).delete_parameter(Name=SECRET)
    status, out, err = run("deploy", "zoom", "--dry-run")
    assert (status, out.splitlines()[-1]) == (0, "nothing was changed")
    assert err == (
        "warning: no secret is stored yet, and until then every request is answered 503: "
        f"python -m generator secret zoom --region {REGION}\n"
    )
    assert aws.requests_of("execute_change_set") == []


def test_a_secret_that_the_vendor_makes_once_it_has_the_url_is_stored_afterwards(run: Run) -> None:
    boto3.client("ssm", REGION).delete_parameter(Name=SECRET)
    status, out, err = run("deploy", "zoom", "--yes", "--without-secret")
    assert (status, err) == (0, "")
    later = (
        "no secret is stored yet, and until then every request is answered 503: "
        f"python -m generator secret zoom --region {REGION}"
    )
    assert out.splitlines()[out.splitlines().index("next") + 1] == f"  secret    {later}"


def not_deployed(folder: Path, auth: str, more: str = "") -> Deployment:
    """A deployment of a source with this auth, before anything is asked."""
    definition = make_definition(folder, f"description: made\nwebhook:\n  auth: {auth}\n{more}", "acme")
    product = Product(definition, {}, [], [], [], [], {}, {})
    return Deployment(DeployContext(Target(region_option=REGION), folder, folder / "build"), product)


@pytest.mark.parametrize(
    ("auth", "more", "stored", "missing"),
    [
        ("{sns: {topics: ['arn:aws:sns:us-west-2:123456789012:alarms']}}", "", [], None),
        ("{any_of: [{token: {header: a}}, {token: {header: b, secret: other}}]}", "", ["other"], None),
        ("{any_of: [{token: {header: a}}, {token: {header: b, secret: other}}]}", "", [], "auth_token"),
        ("{all_of: [{token: {header: a}}, {token: {header: b, secret: other}}]}", "", ["auth_token"], "other"),
        (
            "{token: {header: a}}",
            "  challenges: [{method: GET, when: a, reply: {}, auth: {token: {query: t, secret: verify_token}}}]",
            ["auth_token"],
            "verify_token",
        ),
        (
            "{hmac: {signature: {header: a}}}",
            "  challenges: [{when: header('b'), unauthenticated: true, store_secret: header('b'), reply: {}}]",
            [],
            None,
        ),
    ],
    ids=[
        "public keys",
        "one of two ways",
        "no way",
        "one of two that must hold",
        "a challenge's",
        "one that is learned",
    ],
)
@pytest.mark.usefixtures("aws")
def test_a_source_is_deployed_once_its_secrets_suffice_to_verify(
    tmp_path: Path, auth: str, more: str, stored: list[str], missing: str | None
) -> None:
    deployment, ssm = not_deployed(tmp_path, auth, more), boto3.client("ssm", REGION)
    for name in stored:
        ssm.put_parameter(Name=f"/MozDef-EF/acme/dev/{name}", Value="s", Type="SecureString")
    if missing is None:
        refuse_without_secret(deployment, ssm)
        return
    with pytest.raises(GeneratorError) as raised:
        refuse_without_secret(deployment, ssm)
    option = "" if missing == "auth_token" else f" --name {missing}"
    assert str(raised.value) == (
        f"no secret /MozDef-EF/acme/dev/{missing} in Parameter Store. Store it: "
        f"python -m generator secret acme{option} --region {REGION} --sources {tmp_path}. "
        "Or pass --without-secret if the vendor makes it only once it has the URL"
    )


def test_a_path_that_is_not_the_pipelines_is_refused(run: Run, aws: CloudFormation, build: Path) -> None:
    assert run("deploy", "zoom", "--yes", "--path", "/hook") == (
        1,
        "",
        "error: zoom: webhook.path is /events, and --path is /hook, which the vendor calls: "
        f"update the pipeline's stack: {again('deploy zoom --pipeline', build)}\n",
    )
    assert aws.calls == []
    assert run("deploy", "zoom", "--yes", "--path", "/events")[0] == 0


def test_a_role_is_passed_to_cloudformation_and_buckets_are_not_looked_at(
    run: Run, aws: CloudFormation, build: Path, monkeypatch
) -> None:
    monkeypatch.setattr(helper_bucket, "ensure_bucket", lambda _target: pytest.fail("a build may not look at buckets"))
    boto3.client("s3", REGION).create_bucket(Bucket="helper", CreateBucketConfiguration={"LocationConstraint": REGION})
    status, out, err = run("deploy", "zoom", "--yes", "--bucket", "helper", "--role-arn", ROLE)
    assert (status, err) == (0, "")
    assert "uploaded  s3://helper/" in out
    assert aws.requests_of("create_change_set")[0]["RoleARN"] == ROLE
    types = {
        resource["Type"]
        for resource in json.loads((build / "zoom" / "event-source.json").read_bytes())["Resources"].values()
    }
    assert aws.requests_of("create_change_set")[0]["ResourceTypes"] == sorted(types)
    assert parameters(aws)["HelperBucket"] == "helper"


def test_a_template_that_is_too_long_goes_by_the_bucket(
    run: Run, aws: CloudFormation, build: Path, monkeypatch
) -> None:
    monkeypatch.setattr(deployment, "MAX_BODY", 100)
    assert run("deploy", "zoom", "--yes")[0] == 0
    [request] = aws.requests_of("create_change_set")
    [template] = {key for key in objects() if key.endswith(".json")}
    assert template.startswith("code/")
    assert request["TemplateURL"] == f"https://s3.{REGION}.amazonaws.com/{BUCKET}/{template}"
    assert "TemplateBody" not in request
    stored = boto3.client("s3", REGION).get_object(Bucket=BUCKET, Key=template)["Body"].read()
    assert stored == (build / "zoom" / "event-source.json").read_bytes()


@pytest.mark.parametrize("status", ["CREATE_IN_PROGRESS", "ROLLBACK_FAILED", "UPDATE_FAILED"])
def test_a_state_without_a_next_action_is_reported_and_left(
    run: Run, aws: CloudFormation, build: Path, status: str
) -> None:
    aws.add_stack(status)
    done, _, err = run("deploy", "zoom", "--yes")
    explanation = {
        "CREATE_IN_PROGRESS": "since 2026-03-02 12:00 UTC: wait until that has ended",
        "ROLLBACK_FAILED": f", which only deleting it ends: {again('delete zoom', build)} says what would go, "
        "and then deploy again",
        "UPDATE_FAILED": ": its last update waits to be rolled back: "
        f"aws cloudformation rollback-stack --stack-name {NAME} --region {REGION}",
    }[status]
    message = f"error: stack {NAME} is in {status}{explanation if explanation[0] in ',:' else ' ' + explanation}\n"
    assert (done, err) == (1, message)
    assert {call for call, _ in aws.calls} == {"describe_stacks"}


def test_a_foreign_stack_is_refused(run: Run, aws: CloudFormation) -> None:
    aws.add_stack("CREATE_COMPLETE", Tags=[{"Key": "Service", "Value": "billing"}])
    message = (
        f"error: stack {NAME} is another's: it has the tags Service=billing; --project and --env choose another name"
    )
    assert run("deploy", "zoom", "--yes")[::2] == (1, f"{message}\n")
    assert run("delete", "zoom", "--yes")[::2] == (1, f"{message}\n")
    assert {call for call, _ in aws.calls} == {"describe_stacks"}


FAILED_FIRST = "its creation failed, and it is empty; it has to be deleted and created again"


def test_a_creation_that_failed_is_cleaned_up_and_made_anew(run: Run, aws: CloudFormation) -> None:
    old = aws.add_stack("ROLLBACK_COMPLETE", Parameters=[{"ParameterKey": "EventsQueueName", "ParameterValue": "x"}])
    aws.resources[NAME] = [
        {"LogicalResourceId": "Api", "PhysicalResourceId": "api1", "ResourceStatus": "DELETE_COMPLETE"}
    ]
    status, out, err = run("deploy", "zoom", "--yes", "--role-arn", ROLE, "--bucket", _make_bucket())
    assert (status, err) == (0, "")
    assert out.splitlines()[1:3] == [f"{NAME}  {WHERE}, ROLLBACK_COMPLETE", FAILED_FIRST]
    assert aws.requests_of("delete_stack") == [{"StackName": old["StackId"], "RoleARN": ROLE}]
    [request] = aws.requests_of("create_change_set")
    assert request["ChangeSetType"] == "CREATE"
    assert "EventsQueueName" not in parameters(aws)
    assert aws.stacks[NAME]["StackStatus"] == "CREATE_COMPLETE"


def _make_bucket() -> str:
    location = {"LocationConstraint": REGION}
    boto3.client("s3", REGION).create_bucket(Bucket="helper", CreateBucketConfiguration=location)
    return "helper"


def test_a_creation_that_failed_is_not_cleaned_up_by_a_dry_run(run: Run, aws: CloudFormation, monkeypatch) -> None:
    aws.add_stack("ROLLBACK_COMPLETE")
    status, out, err = run("deploy", "zoom", "--dry-run")
    assert (status, err) == (0, "")
    assert out.splitlines()[2:] == [FAILED_FIRST, "the dry run ends here: a change set is only possible after that"]
    typing(monkeypatch, "n")
    status, out, err = run("deploy", "zoom")
    assert (status, err) == (1, "")
    assert out.splitlines()[2:] == [FAILED_FIRST, "Do that, and go on? [y/N]: nothing was changed"]
    assert aws.requests_of("delete_stack") == aws.requests_of("create_change_set") == []
    assert buckets() == []


def test_a_creation_that_failed_and_still_holds_something_is_not_deleted(
    run: Run, aws: CloudFormation, build: Path
) -> None:
    aws.add_stack("ROLLBACK_COMPLETE")
    aws.resources[NAME] = [
        {"LogicalResourceId": "Kept", "PhysicalResourceId": "kept-1", "ResourceStatus": "DELETE_FAILED"}
    ]
    assert run("deploy", "zoom", "--yes")[::2] == (
        1,
        f"error: stack {NAME} is in ROLLBACK_COMPLETE, and still holds Kept (kept-1): {again('delete zoom', build)}\n",
    )
    assert aws.requests_of("delete_stack") == []


def test_a_stack_that_can_not_be_cleaned_up_is_reported(run: Run, aws: CloudFormation) -> None:
    aws.add_stack("ROLLBACK_COMPLETE")
    aws.outcome, aws.end = [("DELETE_FAILED", "Kept", "not empty")], "DELETE_FAILED"
    assert run("deploy", "zoom", "--yes")[::2] == (
        1,
        f"error: stack {NAME}: can't be deleted: Kept: not empty\n",
    )
    assert aws.requests_of("create_change_set") == []


def test_a_rollback_that_failed_is_continued_and_then_updated(run: Run, aws: CloudFormation) -> None:
    stack = aws.add_stack("UPDATE_ROLLBACK_FAILED")
    status, out, err = run("deploy", "zoom", "--yes")
    assert (status, err) == (0, "")
    assert out.splitlines()[2:5] == [
        "the rollback of its last update failed; it has to be continued first",
        f"12:00:00 UPDATE_ROLLBACK_IN_PROGRESS {NAME}",
        f"12:00:00 UPDATE_ROLLBACK_COMPLETE {NAME}",
    ]
    assert aws.requests_of("continue_update_rollback") == [{"StackName": stack["StackId"]}]
    assert aws.requests_of("create_change_set")[0]["ChangeSetType"] == "UPDATE"


def test_a_rollback_that_fails_again_is_said(run: Run, aws: CloudFormation) -> None:
    aws.add_stack("UPDATE_ROLLBACK_FAILED")
    aws.outcome, aws.end = [("UPDATE_FAILED", "Webhook", "no such key")], "UPDATE_ROLLBACK_FAILED"
    status, _, err = run("deploy", "zoom", "--yes")
    assert status == 1
    assert err.splitlines() == [
        f"error: stack {NAME}: the rollback failed",
        "error: Webhook: no such key",
        "error: it is in UPDATE_ROLLBACK_FAILED now, and the next `deploy` says what to do",
    ]
    assert aws.requests_of("create_change_set") == []


def test_an_update_that_is_still_being_cleaned_up_is_waited_for(run: Run, aws: CloudFormation, monkeypatch) -> None:
    stack = aws.add_stack("UPDATE_COMPLETE_CLEANUP_IN_PROGRESS")
    monkeypatch.setattr(progress, "pause", lambda _client: stack.update(StackStatus="UPDATE_COMPLETE"))
    status, out, err = run("deploy", "zoom", "--dry-run")
    assert (status, err) == (0, "")
    assert out.splitlines()[2] == "its last update is still being cleaned up; waiting for that"
    assert aws.requests_of("create_change_set")[0]["ChangeSetType"] == "UPDATE"


def test_an_update_that_fails_says_why_and_what_is_there(run: Run, aws: CloudFormation) -> None:
    aws.add_stack("CREATE_COMPLETE")
    aws.outcome = [
        ("UPDATE_FAILED", "Webhook", "no such key"),
        ("UPDATE_FAILED", "Stage", "Resource update cancelled"),
        ("UPDATE_COMPLETE", "Webhook", ""),
    ]
    aws.end = "UPDATE_ROLLBACK_COMPLETE"
    status, out, err = run("deploy", "zoom", "--yes")
    assert status == 1
    assert out.splitlines()[-1] == f"12:00:00 UPDATE_ROLLBACK_COMPLETE {NAME}"
    assert err.splitlines() == [
        f"error: stack {NAME}: the update failed",
        "error: Webhook: no such key",
        "error: it was rolled back, and is as before, queue and endpoint included",
    ]
    assert aws.requests_of("delete_stack") == []


def test_a_creation_that_fails_says_why_and_that_the_next_deployment_cleans_up(run: Run, aws: CloudFormation) -> None:
    aws.outcome, aws.end = [("CREATE_FAILED", "Webhook", "no such key")], "ROLLBACK_COMPLETE"
    status, _, err = run("deploy", "zoom", "--yes")
    assert status == 1
    assert err.splitlines() == [
        f"error: stack {NAME}: the creation failed",
        "error: Webhook: no such key",
        "error: what was made is deleted again; the next `deploy` removes the rest and starts anew",
    ]
    assert aws.requests_of("delete_stack") == []


def test_a_loss_or_a_new_url_is_reported_before_the_question(run: Run, aws: CloudFormation) -> None:
    url = OUTPUTS["EndpointUrl"].replace("/events", "/hook")
    aws.add_stack("CREATE_COMPLETE", Outputs=[{"OutputKey": "EndpointUrl", "OutputValue": url}])
    aws.changes = [{**ADDED, "Action": "Modify", "Replacement": "True", "PolicyAction": "ReplaceAndRetain"}]
    out = run("deploy", "zoom", "--dry-run")[1]
    assert out.splitlines()[2:] == [
        "        resource  type             replaced  properties",
        "change  Events    AWS::SQS::Queue  yes",
        "warning: Events is replaced: the old queue stays behind with the messages in it; "
        "whoever uses it must be told the new one",
        "warning: the endpoint's path is /events and no longer /hook: the vendor must be told the new URL",
        "nothing was changed",
    ]


def test_resources_that_older_code_would_remove_are_reported_before_the_question(
    run: Run, aws: CloudFormation, monkeypatch
) -> None:
    aws.add_stack("UPDATE_COMPLETE")
    aws.templates[NAME] = {"Metadata": {"MozDefEventFramework": {"Source": "zoom", "Version": "9.0.0"}}}
    gone = (("Sweep", "AWS::Events::Rule"), ("Silence", "AWS::CloudWatch::Alarm"))
    aws.changes = [
        {"Action": "Remove", "LogicalResourceId": logical_id, "ResourceType": kind} for logical_id, kind in gone
    ]
    typing(monkeypatch, "n")
    status, out, _ = run("deploy", "zoom")
    assert (status, out.splitlines()[-4:]) == (
        1,
        [
            f"warning: this is version {VERSION} of the framework, and 9.0.0 is deployed: what came since goes again",
            "warning: Sweep is removed: messages that can't be sent at once are no longer sent later",
            "warning: the alarm Silence is removed: nobody is told any more when something is wrong there",
            "Deploy this? [y/N]: nothing was changed",
        ],
    )
    assert aws.requests_of("execute_change_set") == []


FIXED = "soc-zoom"
TAKEN = (
    "error: EventsQueueName: there is a queue {} already, with {} on it: an earlier stack left it behind, or it is "
    "another's. Give another name, or have its reader empty it, delete {}, and deploy a minute later\n"
)


@pytest.mark.parametrize("before", [None, "", "soc-others"], ids=["new", "had no name", "had another"])
def test_a_queues_name_that_is_taken_is_said_before_anything_is_done(
    run: Run, aws: CloudFormation, before: str | None
) -> None:
    if before is not None:
        aws.add_stack("CREATE_COMPLETE", Parameters=[{"ParameterKey": "EventsQueueName", "ParameterValue": before}])
    sqs = boto3.client("sqs", REGION)
    url = sqs.create_queue(QueueName=FIXED)["QueueUrl"]
    command = ("deploy", "zoom", "--yes", "--parameter", f"EventsQueueName={FIXED}")
    assert run(*command)[::2] == (1, TAKEN.format(FIXED, "0 messages", url))
    sqs.send_message(QueueUrl=url, MessageBody="{}")
    assert run(*command)[::2] == (1, TAKEN.format(FIXED, "1 message", url))
    assert aws.requests_of("create_change_set") == []
    sqs.delete_queue(QueueUrl=url)
    assert run(*command)[::2] == (0, "")


def test_a_queue_of_the_stacks_own_is_not_in_its_way(run: Run, aws: CloudFormation) -> None:
    aws.add_stack("CREATE_COMPLETE", Parameters=[{"ParameterKey": "EventsQueueName", "ParameterValue": FIXED}])
    boto3.client("sqs", REGION).create_queue(QueueName=FIXED)
    assert run("deploy", "zoom", "--yes", "--parameter", f"EventsQueueName={FIXED}")[::2] == (0, "")
    assert run("deploy", "zoom", "--yes")[::2] == (0, "")


def test_an_existing_repository_is_reported_before_anything_is_done(run: Run, aws: CloudFormation) -> None:
    boto3.client("codecommit", REGION).create_repository(repositoryName=NAME)
    values = [f"ConnectionArn={CONNECTION}", "GitHubRepository=acme/events"]
    pipeline = ("deploy", "zoom", "--pipeline", "--yes", *(word for value in values for word in ("--parameter", value)))
    take = ("--parameter", "CreateConfigRepository=false", "--parameter", f"ConfigRepository={NAME}")
    message = (
        f"error: ConfigRepository: there is a repository {NAME} already: an earlier stack left it behind, or it is "
        f"another's. To take it: {' '.join(take)}\n"
    )
    assert run(*pipeline)[::2] == (1, message)
    assert aws.requests_of("create_change_set") == []
    assert run(*pipeline, *take)[::2] == (0, "")
    assert run(*pipeline, "--parameter", "CreateConfigRepository=true")[::2] == (1, message)


@pytest.mark.parametrize("call", ["sqs", "codecommit"])
def test_a_missing_permission_to_look_up_names_leaves_the_check_to_cloudformation(call: str) -> None:
    def refuse(**_request: Any) -> None:
        raise refusal("you may not", "AccessDeniedException" if call == "codecommit" else "AccessDenied")

    client = SimpleNamespace(get_queue_url=refuse, get_repository=refuse)
    if call == "sqs":
        taken_names.refuse_taken_queue(client, {"EventsQueueName": FIXED}, {})
    else:
        taken_names.refuse_taken_repository(client, {"CreateConfigRepository": "true"}, {}, NAME)


def test_outputs_alone_may_change(run: Run, aws: CloudFormation) -> None:
    aws.add_stack("CREATE_COMPLETE")
    aws.changes = []
    status, out, _ = run("deploy", "zoom", "--yes")
    assert status == 0
    assert out.splitlines()[4] == "only outputs change"
    assert len(aws.requests_of("execute_change_set")) == 1


def test_a_pipeline_gets_its_own_zips_and_says_what_comes_next(run: Run, aws: CloudFormation, build: Path) -> None:
    boto3.client("ssm", REGION).delete_parameter(Name=SECRET)  # which is the event source's
    values = (f"ConnectionArn={CONNECTION}", "GitHubRepository=acme/events")
    status, out, err = run(
        "deploy", "zoom", "--pipeline", "--yes", *(word for value in values for word in ("--parameter", value))
    )
    assert (status, err) == (0, "")
    template = template_key((build / "zoom" / "pipeline.json").read_bytes())  # too long to be sent along
    assert objects() == {zip_key(merge_zip()), zip_key((build / "zoom" / "config.zip").read_bytes()), template}
    [request] = aws.requests_of("create_change_set")
    assert request["StackName"] == PIPELINE
    assert request["TemplateURL"].endswith(f"/{BUCKET}/{template}")
    assert "ResourceTypes" not in request  # a person may deploy whatever a person may
    assert out.splitlines()[-5:] == [
        "next",
        "  pipeline  it starts by itself, now and with every push; its source stage shows whether it may fetch",
        "  secret    before it deploys for the first time: python -m generator secret zoom --region us-west-2",
        f"  source    what it deploys is the stack {NAME}",
        "  protect   once it has deployed, so that no push can delete events: "
        f"{again('deploy zoom --parameter ProtectEvents=true --pipeline', build)}",
    ]


def test_all_means_the_deployed_sources(run: Run, aws: CloudFormation) -> None:
    message = f"error: no source of {SOURCES} is deployed to dev yet; name one\n"
    assert run("deploy", "--all", "--yes") == (1, "", message)
    aws.add_stack("REVIEW_IN_PROGRESS", OKTA)
    aws.add_stack("CREATE_COMPLETE")
    status, out, err = run("deploy", "--all", "--yes")
    assert (status, err) == (0, "")
    others = [name for name in source_names(SOURCES) if name != "zoom"]
    left_out = f"{', '.join(others[:5])} and {len(others) - 5} more"
    assert out.splitlines()[:3] == [
        f"not deployed yet, so left out: {left_out}",
        "",
        f"{NAME}  {WHERE}, CREATE_COMPLETE",
    ]
    assert [call["StackName"] for call in aws.requests_of("execute_change_set")] == [NAME]


def test_a_stack_without_a_source_is_said_where_all_are_deployed(run: Run, aws: CloudFormation, monkeypatch) -> None:
    aws.add_stack("CREATE_COMPLETE")
    for name in ("acme-dev", "retired-dev"):
        aws.add_stack("UPDATE_COMPLETE", f"MozDef-EF-{name}")
    aws.add_stack("REVIEW_IN_PROGRESS", "MozDef-EF-proposed-dev")
    for others in ("MozDef-EF-acme-prod", "MozDef-EF-acme-pipeline-dev", "acme-dev", "MozDef-EF-dev"):
        aws.add_stack("CREATE_COMPLETE", others)
    warning = f"warning: {{}} without a source in {SOURCES}, so left out: {{}}; --sources names another folder\n"
    status, _, err = run("deploy", "--all", "--dry-run")
    assert (status, err) == (0, warning.format("2 stacks", "MozDef-EF-acme-dev, MozDef-EF-retired-dev"))
    aws.add_stack("CREATE_COMPLETE", PIPELINE, Outputs=[])
    options = [
        word for value in (f"ConnectionArn={CONNECTION}", "GitHubRepository=a/b") for word in ("--parameter", value)
    ]
    status, _, err = run("deploy", "--all", "--pipeline", "--dry-run", *options)
    assert (status, err.splitlines()[-1].partition(", and")[0]) == (1, f"error: there is no helper bucket {BUCKET}")
    boto3.client("s3", REGION).create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION})
    status, _, err = run("deploy", "--all", "--pipeline", "--dry-run", *options)
    assert (status, err) == (0, warning.format("1 stack", "MozDef-EF-acme-pipeline-dev"))

    def refuse() -> None:
        raise refusal("you may not", "AccessDenied", "ListStacks")

    monkeypatch.setattr(aws, "list_stacks", refuse)
    status, _, err = run("deploy", "--all", "--dry-run")
    why = "AWS: ListStacks: AccessDenied: you may not"
    assert (status, err) == (0, f"note: stacks that have no source in {SOURCES} can't be looked for: {why}\n")


MALFORMED = {
    ("--role-arn", "foo"): "foo: must be the ARN of a role",
    ("--role-arn", ROLE.replace("role/", "user/")): f"{ROLE.replace('role/', 'user/')}: must be the ARN of a role",
    ("--region", "us west"): "us west: must be a region, such as us-west-2",
}


@pytest.mark.parametrize(("words", "message"), MALFORMED.items(), ids=[" ".join(words) for words in MALFORMED])
def test_an_option_that_aws_could_never_take_is_wrong_usage(
    aws: CloudFormation, capsys: pytest.CaptureFixture[str], words: tuple[str, str], message: str
) -> None:
    assert main(["deploy", "zoom", "--yes", *words]) == 2
    assert capsys.readouterr().err.splitlines()[-1] == f"error: Invalid value for '{words[0]}': {message}"
    assert aws.calls == []


@pytest.mark.parametrize("sources", [["--all"], ["okta", "zoom", "okta"]])
def test_a_deployment_that_fails_does_not_stop_the_others(run: Run, aws: CloudFormation, sources: list[str]) -> None:
    aws.add_stack("UPDATE_IN_PROGRESS", OKTA, Tags=[])
    aws.templates[OKTA] = {"Metadata": {"MozDefEventFramework": {"Source": "okta"}}}
    aws.add_stack("CREATE_COMPLETE")
    status, _, err = run("deploy", *sources, "--yes")
    assert status == 1
    assert err.splitlines() == [
        f"error: stack {OKTA} is in UPDATE_IN_PROGRESS since 2026-03-02 12:00 UTC: wait until that has ended",
        "error: 1 of 2 failed: okta",
    ]
    assert aws.stacks[NAME]["StackStatus"] == "UPDATE_COMPLETE"


def test_a_refusal_by_aws_does_not_stop_the_other_deployments(run: Run, aws: CloudFormation, monkeypatch) -> None:
    for stack in (OKTA, NAME):
        aws.add_stack("CREATE_COMPLETE", stack, Tags=[{"Key": "Service", "Value": stack.split("-")[2]}])

    def refuse(**_request: Any) -> None:
        raise refusal("you may not", "AccessDenied", "CreateChangeSet")

    monkeypatch.setattr(aws, "create_change_set", refuse)
    status, _, err = run("deploy", "--all", "--yes")
    assert (status, err) == (
        1,
        "error: AWS: CreateChangeSet: AccessDenied: you may not\n" * 2 + "error: 2 of 2 failed: okta, zoom\n",
    )
    assert run("deploy", "zoom", "--yes")[::2] == (1, "error: AWS: CreateChangeSet: AccessDenied: you may not\n")


def test_a_pipeline_that_lacks_a_permission_is_told_to_be_updated_first(
    run: Run, aws: CloudFormation, monkeypatch
) -> None:
    bucket = _make_bucket()
    aws.add_stack("CREATE_COMPLETE")
    hint = (
        "error: A pipeline's roles may make what its definition had when the pipeline was deployed. With `archive`, "
        "`dedupe` or `hardening: strict` since, or a newer framework, update the pipeline's stack first: "
    )
    denied = "User: … is not authorized to perform: firehose:CreateDeliveryStream"
    aws.outcome, aws.end = [("CREATE_FAILED", "Stream", denied)], "UPDATE_ROLLBACK_COMPLETE"
    asks = ("deploy", "zoom", "--yes", "--role-arn", ROLE, "--bucket", bucket)
    status, _, err = run(*asks)
    assert status == 1
    assert denied in err
    assert err.splitlines()[-1].startswith(hint)
    assert "--pipeline" in err.splitlines()[-1]

    def refuse(**_request: Any) -> None:
        raise refusal("you may not", "AccessDenied", "CreateChangeSet")

    monkeypatch.setattr(aws, "create_change_set", refuse)
    status, _, err = run(*asks)
    first, last = err.splitlines()
    assert (status, first) == (1, "error: AWS: CreateChangeSet: AccessDenied: you may not")
    assert last.startswith(hint)


def test_a_user_who_skips_a_deployment_is_asked_about_the_next(run: Run, aws: CloudFormation, monkeypatch) -> None:
    for stack in (OKTA, NAME):
        aws.add_stack("CREATE_COMPLETE", stack, Tags=[{"Key": "Service", "Value": stack.split("-")[2]}])
    typing(monkeypatch, "n", "y")
    assert run("deploy", "--all")[0] == 1
    assert [call["StackName"] for call in aws.requests_of("execute_change_set")] == [NAME]


@pytest.mark.parametrize("more", ["--pipeline", "--dry-run"])
def test_a_redrive_goes_with_neither(run: Run, aws: CloudFormation, more: str) -> None:
    status, _, err = run("deploy", "zoom", "--redrive", more)
    assert (status, aws.calls) == (2, [])
    assert "--redrive sends events, so it can't be used with --pipeline or --dry-run" in err


def test_rejected_events_are_brought_back_after_a_deployment_with_redrive(
    run: Run, aws: CloudFormation, monkeypatch
) -> None:
    brought: list[tuple[str, bool]] = []

    def after(deployment: Deployment, *, yes: bool) -> None:
        assert aws.stacks[NAME]["StackStatus"].endswith("_COMPLETE")
        brought.append((deployment.product.name, yes))

    monkeypatch.setattr(_redrive_dialog, "redrive_after_deployment", after)
    assert run("deploy", "zoom", "--yes")[0] == 0
    assert brought == []
    assert run("deploy", "zoom", "--yes", "--redrive")[0] == 0
    assert brought == [("zoom", True)]
    aws.reason = NO_CHANGE
    assert run("deploy", "zoom", "--yes", "--redrive")[0] == 0
    assert brought == [("zoom", True)] * 2


def test_where_nothing_was_deployed_nothing_is_brought_back(run: Run, aws: CloudFormation, monkeypatch) -> None:
    monkeypatch.setattr(
        _redrive_dialog, "redrive_after_deployment", lambda *_, **__: pytest.fail("nothing was deployed")
    )
    aws.add_stack("CREATE_COMPLETE")
    typing(monkeypatch, "n")
    assert run("deploy", "zoom", "--redrive")[0] == 1
    aws.end = "UPDATE_ROLLBACK_COMPLETE"
    assert run("deploy", "zoom", "--yes", "--redrive")[0] == 1


# delete

KEPT = "zoom-dev-kept-1"


@pytest.fixture
def deployed(aws: CloudFormation) -> CloudFormation:
    """A stack with a queue with two messages, one with none, a bucket and the rest."""
    boto3.client("s3", REGION).create_bucket(Bucket=KEPT, CreateBucketConfiguration={"LocationConstraint": REGION})
    sqs = boto3.client("sqs", REGION)
    urls = {name: sqs.create_queue(QueueName=name)["QueueUrl"] for name in ("Events", "DeadLetters")}
    for _ in range(2):
        sqs.send_message(QueueUrl=urls["Events"], MessageBody="{}")
    sqs.receive_message(QueueUrl=urls["Events"], MaxNumberOfMessages=1)
    retained = {
        "Events": ("AWS::SQS::Queue", urls["Events"]),
        "DeadLetters": ("AWS::SQS::Queue", urls["DeadLetters"]),
        "EventsPolicy": ("AWS::SQS::QueuePolicy", "policy"),
        "Kept": ("AWS::S3::Bucket", KEPT),
        "Table": ("AWS::DynamoDB::Table", "table-1"),
    }
    others = {"Webhook": ("AWS::Lambda::Function", "f"), "Api": ("AWS::ApiGatewayV2::Api", "api1")}
    aws.add_stack("CREATE_COMPLETE")
    aws.resources[NAME] = [
        {
            "LogicalResourceId": name,
            "ResourceType": kind,
            "PhysicalResourceId": physical,
            "ResourceStatus": "CREATE_COMPLETE",
        }
        for name, (kind, physical) in {**retained, **others}.items()
    ]
    policies = {**dict.fromkeys(retained, "RetainExceptOnCreate"), "Kept": "Retain", "Webhook": "Delete"}
    resources = {name: {"DeletionPolicy": policies[name]} if name in policies else {} for name in {*retained, *others}}
    aws.templates[NAME] = json.loads(json.dumps({"Resources": resources}))
    return aws


def test_an_archive_stays_and_is_named(run: Run, deployed: CloudFormation) -> None:
    archive = {"LogicalResourceId": "Archive", "ResourceType": "AWS::S3::Bucket", "ResourceStatus": "CREATE_COMPLETE"}
    deployed.resources[NAME].append({**archive, "PhysicalResourceId": "zoom-dev-archive-1"})
    deployed.templates[NAME]["Resources"]["Archive"] = {"DeletionPolicy": "RetainExceptOnCreate"}
    status, out, _ = run("delete", "zoom", "--yes")
    line = "Archive      copies of accepted requests, each until it expires  zoom-dev-archive-1"
    assert status == 0
    assert f"  stays  {line}" in out.splitlines()
    assert f"  {line}  arn:aws:s3:::zoom-dev-archive-1" in out.splitlines()


def test_a_bucket_of_objects_stays_and_the_stream_into_it_goes(run: Run, deployed: CloudFormation) -> None:
    objects, stream = "AWS::S3::Bucket", "AWS::KinesisFirehose::DeliveryStream"
    deployed.resources[NAME][0]["LogicalResourceId"] = "Objects"
    deployed.templates[NAME]["Resources"]["Objects"] = {"DeletionPolicy": "RetainExceptOnCreate"}
    for name, kind in (("ObjectsBucket", objects), ("Writer", stream)):
        resource = {"LogicalResourceId": name, "ResourceType": kind, "ResourceStatus": "CREATE_COMPLETE"}
        deployed.resources[NAME].append({**resource, "PhysicalResourceId": f"zoom-dev-{name.lower()}"})
        policy = {"DeletionPolicy": "RetainExceptOnCreate"} if kind == objects else {}
        deployed.templates[NAME]["Resources"][name] = policy
    status, out, _ = run("delete", "zoom", "--yes")
    assert status == 0
    assert re.search("^  stays  Objects        2 notifications  ", out, re.MULTILINE)
    assert (
        "  stays  ObjectsBucket  objects of messages, each until it expires  zoom-dev-objectsbucket" in out.splitlines()
    )
    assert "Writer writes objects; messages of the last minute may still be in it" in " ".join(out.split())


def announced(previous: str = "") -> list[str]:
    url = f"https://sqs.us-west-2.amazonaws.com/{ACCOUNT}"
    names = f"{SECRET}{f', {previous}' if previous else ''}"
    return [
        "",
        f"{NAME}  {WHERE}, CREATE_COMPLETE",
        "",
        f"  stays  Events       2 messages                        {url}/Events",
        f"  stays  DeadLetters  0 messages                        {url}/DeadLetters",
        f"  stays  Kept         0 rejected, 0 waiting to be sent  {KEPT}",
        "  stays  Table                                          table-1",
        f"  stays  {names}; to delete: aws ssm delete-parameters --names {names.replace(',', '')} --region {REGION}",
        f"  goes   {OUTPUTS['EndpointUrl']}, for good; a new stack gets another",
        "  goes   Api, Webhook",
    ]


@pytest.mark.usefixtures("deployed")
def test_deleting_says_first_what_goes_and_then_what_stayed(run: Run, monkeypatch) -> None:
    typing(monkeypatch, NAME)
    status, out, err = run("delete", "zoom")
    assert (status, err) == (0, "")
    url = f"https://sqs.us-west-2.amazonaws.com/{ACCOUNT}"
    arn = f"arn:aws:sqs:{REGION}:{ACCOUNT}"
    assert out.splitlines() == [
        *announced(),
        f"Type {NAME} to delete it: 12:00:00 DELETE_IN_PROGRESS {NAME}",
        f"12:00:00 DELETE_COMPLETE    {NAME}",
        "",
        "deleted; what stayed:",
        f"  Events       2 messages                        {url}/Events  {arn}:Events",
        f"  DeadLetters  0 messages                        {url}/DeadLetters  {arn}:DeadLetters",
        f"  Kept         0 rejected, 0 waiting to be sent  {KEPT}  arn:aws:s3:::{KEPT}",
        "  Table                                          table-1",
    ]


class Sweeps:
    """Lambda with the function Redrive, which sends what waits: so many requests of a message at each call."""

    def __init__(self, *answers: dict[str, int] | ClientError) -> None:
        self.answers = list(answers)

    def invoke(self, FunctionName: str, Payload: str) -> dict[str, Any]:  # noqa: N803
        assert (FunctionName, Payload) == ("the-redrive", "{}")
        answer = self.answers.pop(0)
        if isinstance(answer, ClientError):
            raise answer
        waiting = sorted(name for name in objects(KEPT) if name.startswith("unsent/"))
        for name in waiting[: answer["sent"]]:
            boto3.client("s3", REGION).delete_object(Bucket=KEPT, Key=name)
        return {"Payload": io.BytesIO(json.dumps(answer).encode())}


@pytest.fixture
def waiting(deployed: CloudFormation, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Sweeps]:
    """A stack in whose bucket two requests wait for the queue, and one was rejected."""
    for name in ("rejected/2026-03-01/time/0.json", "unsent/2026-03-01/0.json", "unsent/2026-03-01/1.json"):
        boto3.client("s3", REGION).put_object(Bucket=KEPT, Key=name, Body=b"{}")
    function = {"ResourceType": "AWS::Lambda::Function", "ResourceStatus": "CREATE_COMPLETE"}
    deployed.resources[NAME].append({**function, "LogicalResourceId": "Redrive", "PhysicalResourceId": "the-redrive"})
    plain = Target.client

    def answering(*answers: dict[str, int] | ClientError) -> Sweeps:
        sweeps = Sweeps(*answers)

        def client(target: Target, service: str, seconds: int | None = None) -> Any:
            return sweeps if service == "lambda" else plain(target, service, seconds)

        monkeypatch.setattr(Target, "client", client)
        return sweeps

    return answering


BRING_IN = (
    f"until zoom is deployed again, and then python -m generator redrive zoom --from-bucket {KEPT} --region {REGION}"
)
FIRST = "Send the messages that wait in the bucket first? [Y/n]: "


def test_waiting_messages_are_sent_before_the_sweep_is_deleted(
    run: Run, waiting: Callable[..., Sweeps], monkeypatch
) -> None:
    sweeps = waiting({"sent": 1, "left": 0}, {"sent": 1, "left": 0}, {"sent": 0, "left": 0})
    typing(monkeypatch, "", NAME)
    status, out, err = run("delete", "zoom")
    assert (status, err, sweeps.answers) == (0, "", [])
    lines = out.splitlines()
    assert lines[5:7] == [
        f"  stays  Kept         1 rejected, 2 waiting to be sent  {KEPT}",
        f"         nothing sends these any longer {BRING_IN}",
    ]
    assert f"{FIRST}sent 2 waiting messages" in lines
    assert lines[-3:-1] == [
        f"  Kept         1 rejected, 0 waiting to be sent  {KEPT}  arn:aws:s3:::{KEPT}",
        f"    nothing sends these, {BRING_IN}",
    ]


def test_waiting_messages_are_sent_without_a_question_and_the_rest_is_reported(
    run: Run, waiting: Callable[..., Sweeps]
) -> None:
    waiting({"sent": 1, "left": 1})
    status, out, err = run("delete", "zoom", "--yes")
    assert (status, err) == (0, "")
    assert "sent 1 waiting message; 1 message can't be sent now" in out.splitlines()
    assert f"  Kept         1 rejected, 1 waiting to be sent  {KEPT}  arn:aws:s3:::{KEPT}" in out.splitlines()
    assert f"    nothing sends these, {BRING_IN}" in out.splitlines()


def test_waiting_messages_may_stay(
    run: Run, waiting: Callable[..., Sweeps], deployed: CloudFormation, monkeypatch
) -> None:
    sweeps = waiting({"sent": 2, "left": 0})
    typing(monkeypatch, "n", "no")
    assert run("delete", "zoom")[0] == 1
    assert (len(sweeps.answers), deployed.requests_of("delete_stack")) == (1, [])


def test_a_stack_whose_sweep_can_not_be_asked_is_deleted_all_the_same(run: Run, waiting: Callable[..., Sweeps]) -> None:
    waiting(refusal("you may not", "AccessDeniedException", "Invoke"))
    status, out, err = run("delete", "zoom", "--yes")
    why = "AWS: Invoke: AccessDeniedException: you may not"
    assert (status, err) == (0, f"warning: messages that wait to be sent stay in the bucket: {why}\n")
    assert f"  Kept         1 rejected, 2 waiting to be sent  {KEPT}  arn:aws:s3:::{KEPT}" in out.splitlines()


def test_a_bucket_that_somebody_deleted_is_said(run: Run, deployed: CloudFormation) -> None:
    assert deployed
    boto3.client("s3", REGION).delete_bucket(Bucket=KEPT)
    out = run("delete", "zoom", "--yes")[1]
    assert f"  stays  {'Kept':<11}  {'':<10}  {KEPT} (somebody has deleted it)" in out.splitlines()


@pytest.mark.usefixtures("deployed")
def test_a_new_stack_reports_what_an_earlier_stack_left_behind(run: Run, aws: CloudFormation) -> None:
    s3 = boto3.client("s3", REGION)
    s3.put_bucket_tagging(Bucket=KEPT, Tagging={"TagSet": [{"Key": k, "Value": v} for k, v in TAGS.items()]})
    s3.put_object(Bucket=KEPT, Key="rejected/2026-03-01/time/0.json", Body=b"{}")
    queue = boto3.client("sqs", REGION).create_queue(QueueName=f"{NAME}-Events-0")["QueueUrl"]
    boto3.client("sqs", REGION).send_message(QueueUrl=queue, MessageBody="{}")
    bring_in = BRING_IN.partition("python")[2]
    lines = [
        "  earlier   1 rejected, 0 waiting to be sent, in a bucket that an earlier stack left behind: "
        f"python{bring_in}",
        "  earlier   1 message on a queue that an earlier stack left behind; let what read it before empty it: "
        f"{queue}",
    ]
    assert run("delete", "zoom", "--yes")[0] == 0
    status, out, err = run("deploy", "zoom", "--yes")
    assert (status, err, out.splitlines()[-2:]) == (0, "", lines)
    status, out, _ = run("deploy", "zoom", "--yes")
    assert (status, "earlier" in out) == (0, False)
    assert aws


def test_another_name_than_the_stacks_deletes_nothing(run: Run, deployed: CloudFormation, monkeypatch) -> None:
    previous = f"{SECRET}_previous"
    boto3.client("ssm", REGION).put_parameter(Name=previous, Value="s", Type="SecureString")
    typing(monkeypatch, "yes")
    status, out, err = run("delete", "zoom")
    assert (status, err) == (1, "")
    question = f"Type {NAME} to delete it: that is not its name; nothing was deleted"
    assert out.splitlines() == [*announced(previous), question]
    assert deployed.requests_of("delete_stack") == []


def test_ctrl_c_at_the_question_deletes_nothing(run: Run, deployed: CloudFormation, monkeypatch) -> None:
    typing(monkeypatch)  # the end of what is typed ends it as Ctrl-C does
    status, out, _ = run("delete", "zoom")
    assert (status, out.splitlines()[-1]) == (1, "nothing was deleted")
    assert deployed.requests_of("delete_stack") == []


@pytest.mark.usefixtures("deployed")
def test_a_queue_that_somebody_deleted_is_said(run: Run) -> None:
    sqs = boto3.client("sqs", REGION)
    url = sqs.get_queue_url(QueueName="Events")["QueueUrl"]
    sqs.delete_queue(QueueUrl=url)
    out = run("delete", "zoom", "--yes")[1]
    assert re.search(rf"^  stays  Events +{re.escape(url)} \(somebody has deleted it\)$", out, re.MULTILINE)


def test_nobody_to_ask_deletes_nothing(run: Run, deployed: CloudFormation) -> None:
    status, _, err = run("delete", "zoom")
    assert (status, err.splitlines()[-1]) == (2, "error: no terminal to ask in: use --yes to delete")
    status, _, err = run("delete", "zoom", "--yes", "--project", "9")
    assert (status, err.splitlines()[-1][:20]) == (2, "error: --project 9: ")
    assert run("delete", "zoom", "--yes", "--project", "x" * 26)[0] == 2
    assert deployed.calls == []


@pytest.mark.parametrize(
    ("status", "message"),
    [
        (None, f"no stack {NAME} in {REGION}: deploy it first, or choose another with --env, --project or --region"),
        (
            "DELETE_IN_PROGRESS",
            f"stack {NAME} is in DELETE_IN_PROGRESS since 2026-03-02 12:00 UTC: wait until that has ended",
        ),
    ],
)
def test_a_stack_that_can_not_be_deleted_now_is_reported(
    run: Run, aws: CloudFormation, status: str | None, message: str
) -> None:
    if status:
        aws.add_stack(status)
    assert run("delete", "zoom", "--yes") == (1, "", f"error: {message}\n")
    assert aws.requests_of("delete_stack") == []


@pytest.mark.parametrize(
    "status", ["DELETE_FAILED", "CREATE_FAILED", "ROLLBACK_COMPLETE", "UPDATE_ROLLBACK_FAILED", "REVIEW_IN_PROGRESS"]
)
def test_a_stack_that_holds_nothing_is_deleted_in_any_state(run: Run, aws: CloudFormation, status: str) -> None:
    stack = aws.add_stack(status, Outputs=[])
    done, out, err = run("delete", "zoom", "--yes")
    assert (done, err) == (0, "")
    assert out.splitlines()[3] == "  goes   only its name; it is empty"
    assert out.splitlines()[-1] == "deleted"
    assert aws.requests_of("delete_stack") == [{"StackName": stack["StackId"]}]


def test_a_deletion_that_fails_says_why(run: Run, deployed: CloudFormation) -> None:
    deployed.outcome = [("DELETE_FAILED", "Webhook", "it is in use"), ("DELETE_COMPLETE", "Api", "")]
    deployed.end = "DELETE_FAILED"
    status, _, err = run("delete", "zoom", "--yes")
    assert status == 1
    assert err.splitlines() == [
        "error: Webhook: it is in use",
        f"error: stack {NAME} is in DELETE_FAILED: fix what prevents it, and delete it again",
    ]


@pytest.mark.parametrize("needs", ["role", "boundary", "neither", "nothing"])
def test_a_pipeline_is_deleted_after_the_stack_that_it_deployed(
    run: Run, aws: CloudFormation, build: Path, needs: str
) -> None:
    boundary = f"arn:aws:iam::{ACCOUNT}:policy/boundary"
    aws.add_stack("CREATE_COMPLETE", PIPELINE, Outputs=[])
    aws.resources[PIPELINE] = [
        {
            "LogicalResourceId": name,
            "ResourceType": "AWS::IAM::Role",
            "PhysicalResourceId": physical,
            "ResourceStatus": "CREATE_COMPLETE",
        }
        for name, physical in (("ExecutionRole", "execution"), ("Boundary", boundary))
    ]
    aws.templates[PIPELINE] = {"Resources": {}}
    own = {
        "role": {"RoleARN": ROLE},
        "boundary": {"Parameters": [{"ParameterKey": "PermissionsBoundaryArn", "ParameterValue": boundary}]},
        "neither": {"Parameters": [{"ParameterKey": "PermissionsBoundaryArn", "ParameterValue": ""}]},
    }
    if needs in own:
        aws.add_stack("CREATE_COMPLETE", **own[needs])
    status, _, err = run("delete", "zoom", "--pipeline", "--yes")
    if needs in ("role", "boundary"):
        problem = "was deployed by this pipeline, and can't be deleted without its roles: delete that first: "
        assert (status, err) == (1, f"error: stack {NAME} {problem}{again('delete zoom', build)}\n")
        assert aws.requests_of("delete_stack") == []
    else:
        assert (status, err) == (0, "")
        assert len(aws.requests_of("delete_stack")) == 1


BOUNDARY = "arn:aws:iam::123456789012:policy/boundary"
TAKES = ("deploy", "zoom", "--yes", "--role-arn", ROLE)


@pytest.mark.parametrize(
    ("before", "message"),
    [
        (
            {},
            f"error: stack {NAME} was deployed without this pipeline's boundary: bind it by hand once, and release the "
            "change again: python -m generator deploy zoom "
            f"--parameter PermissionsBoundaryArn={BOUNDARY} --region {REGION}",
        ),
        (
            {"PermissionsBoundaryArn": BOUNDARY, "EventsQueueName": "MozDef-EF-zoom-dev"},
            f"error: stack {NAME} has EventsQueueName=MozDef-EF-zoom-dev, and this pipeline's form has none: your "
            "SIEM's queue would be another; put it into the form",
        ),
    ],
)
def test_a_pipeline_takes_over_nothing_that_it_could_not_change_or_that_a_siem_reads(
    run: Run, aws: CloudFormation, before: dict[str, str], message: str
) -> None:
    existing_parameters = [{"ParameterKey": key, "ParameterValue": value} for key, value in before.items()]
    aws.add_stack("UPDATE_COMPLETE", Parameters=existing_parameters)
    status, _, err = run(*TAKES, "--parameter", f"PermissionsBoundaryArn={BOUNDARY}")
    assert (status, err.strip().partition(" --build")[0]) == (1, message)
    assert aws.requests_of("create_change_set") == []


def test_a_pipeline_puts_its_code_where_it_alone_may(run: Run, aws: CloudFormation, build: Path) -> None:
    bucket = _make_bucket()
    aws.add_stack(
        "UPDATE_COMPLETE", Parameters=[{"ParameterKey": "PermissionsBoundaryArn", "ParameterValue": BOUNDARY}]
    )
    status, _, err = run(*TAKES, "--bucket", bucket, "--parameter", f"PermissionsBoundaryArn={BOUNDARY}")
    assert (status, err) == (0, "")
    own = zip_key((build / "zoom" / "lambdas.zip").read_bytes()).replace("code/", "code/MozDef-EF/zoom/dev/")
    assert objects(bucket) == {own}
    assert parameters(aws)["LambdaKey"] == own


GIVEN = {"Audience": "mozdef", "ServiceAccount": "push@corp.iam.gserviceaccount.com"}
OPTIONS = [word for name, value in GIVEN.items() for word in ("--parameter", f"{name}={value}")]
PUBSUB = "MozDef-EF-google-pubsub-dev"


def test_a_source_with_parameters_is_asked_for_their_values(run: Run, aws: CloudFormation) -> None:
    assert run("deploy", "google-pubsub", "--yes") == (
        1,
        f"\n{PUBSUB}  {WHERE}, new",
        "error: --parameter Audience=VALUE is missing: The audience of the push subscription, a word or a URL of your "
        "choice\n"
        "error: --parameter ServiceAccount=VALUE is missing: E-mail address of the service account with which the "
        "subscription signs in\n",
    )
    unfit = run("deploy", "google-pubsub", "--yes", "--parameter", "ServiceAccount=push@corp.example")
    example = "mozdef-push@my-project.iam.gserviceaccount.com"
    assert unfit == (
        1,
        "",
        f"error: --parameter ServiceAccount: must be such as {example}; as a regular expression: "
        r"[a-z0-9-]+@[a-z0-9.-]+\.gserviceaccount\.com, and is "
        '"push@corp.example"\n',
    )
    status, _, err = run("deploy", "google-pubsub", "--yes", *OPTIONS)
    assert (status, err) == (0, "")
    assert {name: parameters(aws)[name] for name in GIVEN} == GIVEN


def test_an_update_keeps_the_values_and_refuses_those_that_no_longer_fit(run: Run, aws: CloudFormation) -> None:
    tags = [{"Key": key, "Value": "google-pubsub" if key == "Service" else value} for key, value in TAGS.items()]

    def add_stack(values: dict[str, str]) -> None:
        pairs = [{"ParameterKey": name, "ParameterValue": value} for name, value in values.items()]
        aws.add_stack("UPDATE_COMPLETE", PUBSUB, Parameters=pairs, Tags=tags)

    add_stack(GIVEN)
    assert run("deploy", "google-pubsub", "--yes", "--parameter", "Audience=other")[0] == 0
    assert {name: parameters(aws)[name] for name in GIVEN} == {"Audience": "other", "ServiceAccount": True}
    add_stack({**GIVEN, "Audience": "two words"})
    status, _, err = run("deploy", "google-pubsub", "--yes")
    assert (status, err) == (
        1,
        "error: --parameter Audience: must be such as mozdef-pubsub; as a regular expression: "
        '[A-Za-z0-9._~:/@-]{1,200}, and is "two words"\n',
    )


def test_the_rules_of_a_build_hold_for_the_values_of_a_deployment(
    run: Run, aws: CloudFormation, tmp_path: Path
) -> None:
    text = """
        description: made
        parameters: {Issuer: {description: d, pattern: "[a-z.]+", example: issuer.example}}
        webhook: {auth: {jwt: {issuer: "https://${Issuer}", audience: [a], claims: {hash: "{body_sha256}"}}}}
    """
    make_definition(tmp_path, text, "acme")
    (tmp_path / "acme" / "samples").mkdir()
    (tmp_path / "acme" / "samples" / "event.json").write_text("{}")
    assert main(["acme", "--accept", "--lint", "fast", "--sources", str(tmp_path), "--build", str(tmp_path / "b")]) == 0
    options = ["--yes", "--sources", str(tmp_path), "--build", str(tmp_path / "b")]
    status, _, err = run("deploy", "acme", "--parameter", "Issuer=accounts.google.com", *options)
    assert (status, err) == (
        1,
        f"error: {tmp_path}/acme/source.yml:4: webhook.auth.jwt.claims: must have `email`, the service account of "
        "your subscription: anyone can have Google sign a token for any audience (with Issuer=accounts.google.com)\n",
    )
    assert aws.requests_of("create_change_set") == []
