"""`upload` and `secret` as one types them, by a user who may do what they need and nothing else."""

from __future__ import annotations

import io
import json
import os
import pty
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import boto3
import pytest
import urllib3

from generator.commands import main
from generator.local.emulator import Emulator
from generator.local.start import run_emulator
from lambdas.runtime.secrets import Secrets, SecretsUnavailable
from tests.definitions import ROOT, SOURCES
from tests.emulator.service import free_port, sign_in
from tests.emulator.vendors import ZOOM, zoom_headers

pytestmark = pytest.mark.emulator

ACCOUNT = "000000000000"
DEFAULT = f"mozdef-ef-helper-{ACCOUNT}-us-west-2"
NAME = "/MozDef-EF/zoom/dev/auth_token"
A, B, C = "a-secret-long-enough-0", "b-secret-long-enough-1", "c-secret-long-enough-2"

# What nobody needs where the bucket is there and settled: these are to make it, and to finish it.
MAKES = (
    "s3:CreateBucket",
    "s3:PutBucketOwnershipControls",
    "s3:PutBucketTagging",
    "s3:PutBucketPublicAccessBlock",
    "s3:PutEncryptionConfiguration",
    "s3:PutBucketVersioning",
    "s3:PutLifecycleConfiguration",
    "s3:PutBucketPolicy",
)
LOOKS = (
    "s3:ListBucket",
    "s3:GetBucketTagging",
    "s3:GetBucketPublicAccessBlock",
    "s3:GetBucketOwnershipControls",
    "s3:GetEncryptionConfiguration",
    "s3:GetBucketVersioning",
    "s3:GetLifecycleConfiguration",
    "s3:GetBucketPolicy",
)
OWN = (
    "s3:ListBucket",
    "s3:GetBucketTagging",
    "s3:GetBucketPublicAccessBlock",
    "s3:GetBucketAcl",
    "s3:GetBucketPolicyStatus",
)
STORES = ("ssm:GetParameters", "ssm:PutParameter", "ssm:AddTagsToResource")
CALLED = {
    "s3:ListBucket": "HeadBucket",
    "s3:GetBucketPublicAccessBlock": "GetPublicAccessBlock",
    "s3:PutBucketPublicAccessBlock": "PutPublicAccessBlock",
    "s3:GetEncryptionConfiguration": "GetBucketEncryption",
    "s3:GetLifecycleConfiguration": "GetBucketLifecycleConfiguration",
    "s3:PutLifecycleConfiguration": "PutBucketLifecycleConfiguration",
}


@pytest.fixture(scope="module")
def aws() -> Iterator[Emulator]:
    """Its own, with IAM enforced: what other tests put into theirs is not there."""
    with run_emulator(free_port(), iam=True) as running:
        yield running


def statement(actions: tuple[str, ...], *resources: str) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": list(actions), "Resource": list(resources)}


def on_bucket(name: str, actions: tuple[str, ...]) -> list[dict[str, Any]]:
    return [
        statement(actions, f"arn:aws:s3:::{name}"),
        statement(("s3:PutObject",), f"arn:aws:s3:::{name}/code/*"),
    ]


def on_secrets(actions: tuple[str, ...]) -> list[dict[str, Any]]:
    below = "arn:aws:ssm:us-west-2:000000000000:parameter/MozDef-EF/*"
    return [statement(actions, below), statement(("ssm:DeleteParameter",), f"{below}_previous")]


May = Callable[[list[dict[str, Any]]], None]


@pytest.fixture
def may(aws: Emulator, monkeypatch: pytest.MonkeyPatch) -> Iterator[May]:
    """Makes these statements all that the user of the commands may do."""
    iam = aws.client("iam")
    iam.create_user(UserName="engineer")
    key = iam.create_access_key(UserName="engineer")["AccessKey"]
    keys = {"AWS_ACCESS_KEY_ID": key["AccessKeyId"], "AWS_SECRET_ACCESS_KEY": key["SecretAccessKey"]}
    sign_in(monkeypatch, {**aws.aws_environment, **keys})
    monkeypatch.chdir(ROOT)

    def allow(statements: list[dict[str, Any]]) -> None:
        policy = json.dumps({"Version": "2012-10-17", "Statement": statements})
        iam.put_user_policy(UserName="engineer", PolicyName="may", PolicyDocument=policy)

    yield allow
    iam.delete_access_key(UserName="engineer", AccessKeyId=key["AccessKeyId"])
    with suppress(iam.exceptions.NoSuchEntityException):
        iam.delete_user_policy(UserName="engineer", PolicyName="may")
    iam.delete_user(UserName="engineer")


Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Run:
    def command(*args: str, piped: str = "") -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(piped.encode())))
        status = main(args)
        printed = capfd.readouterr()
        return status, printed.out, printed.err

    return command


@pytest.fixture
def upload(run: Run, build: Path) -> Run:
    return lambda *args: run("upload", "zoom", *args, "--sources", str(SOURCES), "--build", str(build))


@pytest.fixture(autouse=True)
def fresh(aws: Emulator) -> Iterator[None]:
    """No secret is there, before and after."""
    ssm = aws.client("ssm")
    names = [NAME, f"{NAME}_previous", "/MozDef-EF/okta/dev/auth_token", "/MozDef-EF/okta/dev/auth_token_previous"]
    ssm.delete_parameters(Names=names)
    yield
    ssm.delete_parameters(Names=names)


def accepted(aws: Emulator) -> tuple[str, ...]:
    """What a function that starts now verifies with."""
    try:
        return Secrets("/MozDef-EF/zoom/dev", lambda: aws.client("ssm")).get("auth_token")
    except SecretsUnavailable:
        return ()


def gone(aws: Emulator, name: str) -> None:
    s3 = aws.client("s3")
    with suppress(s3.exceptions.ClientError):
        for version in s3.list_object_versions(Bucket=name).get("Versions", ()):
            s3.delete_object(Bucket=name, Key=version["Key"], VersionId=version["VersionId"])
        s3.delete_bucket(Bucket=name)


def read_back(aws: Emulator, name: str) -> dict[str, Any]:
    s3 = aws.client("s3")
    encryption = s3.get_bucket_encryption(Bucket=name)["ServerSideEncryptionConfiguration"]["Rules"]
    lifecycle = s3.get_bucket_lifecycle_configuration(Bucket=name)["Rules"]
    return {
        "region": s3.head_bucket(Bucket=name)["BucketRegion"],
        "block": s3.get_public_access_block(Bucket=name)["PublicAccessBlockConfiguration"],
        "owner": s3.get_bucket_ownership_controls(Bucket=name)["OwnershipControls"]["Rules"],
        "encryption": [rule["ApplyServerSideEncryptionByDefault"]["SSEAlgorithm"] for rule in encryption],
        "versioning": s3.get_bucket_versioning(Bucket=name)["Status"],
        "lifecycle": [
            (rule["NoncurrentVersionExpiration"], rule["AbortIncompleteMultipartUpload"]) for rule in lifecycle
        ],
        "expires": [rule for rule in lifecycle if "Expiration" in rule],
        "policy": json.loads(s3.get_bucket_policy(Bucket=name)["Policy"])["Statement"],
        "tags": {tag["Key"]: tag["Value"] for tag in s3.get_bucket_tagging(Bucket=name)["TagSet"]},
    }


def test_the_first_upload_makes_a_private_bucket_and_the_second_changes_nothing(
    aws: Emulator, may: May, upload: Run, build: Path
) -> None:
    gone(aws, DEFAULT)
    may(on_bucket(DEFAULT, MAKES + LOOKS))

    status, out, err = upload()

    assert (status, err) == (0, "")
    assert out.splitlines()[0] == f"bucket  {DEFAULT}, created now"
    assert [line.split()[-1] for line in out.splitlines()[1:6]] == ["uploaded"] * 5
    settled = read_back(aws, DEFAULT)
    assert settled == {
        "region": "us-west-2",
        "block": dict.fromkeys(
            ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"), True
        ),
        "owner": [{"ObjectOwnership": "BucketOwnerEnforced"}],
        "encryption": ["AES256"],
        "versioning": "Enabled",
        "lifecycle": [({"NoncurrentDays": 30}, {"DaysAfterInitiation": 1})],
        "expires": [],
        "policy": [
            {
                "Sid": "OnlyOverTls",
                "Effect": "Deny",
                "Principal": "*",
                "Action": "s3:*",
                "Resource": [f"arn:aws:s3:::{DEFAULT}", f"arn:aws:s3:::{DEFAULT}/*"],
                "Condition": {"Bool": {"aws:SecureTransport": "false"}},
            }
        ],
        "tags": {"Project": "MozDef-EF", "MadeBy": "mozdef-event-framework"},
    }
    s3 = aws.client("s3")
    stored = {entry["Key"]: entry["Size"] for entry in s3.list_objects_v2(Bucket=DEFAULT)["Contents"]}
    key = json.loads((build / "zoom" / "event-source.json").read_bytes())["Parameters"]["LambdaKey"]["Default"]
    zipped = (build / "zoom" / "lambdas.zip").read_bytes()
    assert s3.get_object(Bucket=DEFAULT, Key=key)["Body"].read() == zipped

    # The second time nothing is made, so nothing but looking and putting objects is allowed.
    may(on_bucket(DEFAULT, LOOKS))
    status, again, err = upload()

    assert (status, err) == (0, "")
    assert again.splitlines()[0] == f"bucket  {DEFAULT}"
    assert [" ".join(line.split()[-2:]) for line in again.splitlines()[1:6]] == ["already there"] * 5
    assert again.splitlines()[6:] == out.splitlines()[6:]
    assert read_back(aws, DEFAULT) == settled
    assert {entry["Key"]: entry["Size"] for entry in s3.list_objects_v2(Bucket=DEFAULT)["Contents"]} == stored
    assert all(version["IsLatest"] for version in s3.list_object_versions(Bucket=DEFAULT)["Versions"])


# A new bucket has these, here as in AWS: https://docs.aws.amazon.com/AmazonS3/latest/userguide/create-bucket-faq.html
GIVEN = ("s3:PutBucketPublicAccessBlock", "s3:PutBucketOwnershipControls", "s3:PutEncryptionConfiguration")


@pytest.mark.parametrize("missing", [action for action in MAKES if action not in GIVEN])
def test_without_a_permission_the_bucket_stays_unfinished_until_the_next_time(
    aws: Emulator, may: May, upload: Run, missing: str
) -> None:
    gone(aws, DEFAULT)
    may(on_bucket(DEFAULT, tuple(action for action in MAKES if action != missing) + LOOKS))
    status, _, err = upload()
    assert status == 1
    assert err.startswith(f"error: AWS: {CALLED.get(missing, '')}")
    assert "AccessDenied" in err

    may(on_bucket(DEFAULT, MAKES + LOOKS))
    status, _, err = upload()

    assert (status, err) == (0, "")
    bucket = read_back(aws, DEFAULT)
    assert (bucket["versioning"], len(bucket["policy"]), len(bucket["tags"])) == ("Enabled", 1, 2)
    assert set(bucket["block"].values()) == {True}


@pytest.mark.parametrize("missing", LOOKS)
def test_every_permission_to_look_is_needed(may: May, upload: Run, missing: str) -> None:
    may(on_bucket(DEFAULT, tuple(action for action in LOOKS if action != missing)))

    status, _, err = upload()

    assert status == 1
    if missing == "s3:ListBucket":
        assert err == (
            f"error: bucket {DEFAULT} belongs to another account, or you may not look at it; --bucket names another\n"
        )
    else:
        assert err.startswith(f"error: AWS: {CALLED.get(missing, missing.removeprefix('s3:'))}: AccessDenied")


def test_a_bucket_of_ones_own_is_taken_as_it_is(aws: Emulator, may: May, upload: Run) -> None:
    s3 = aws.client("s3")
    s3.create_bucket(Bucket="my-own", CreateBucketConfiguration={"LocationConstraint": aws.region})
    may(on_bucket("my-own", OWN))

    status, out, err = upload("--bucket", "my-own")

    assert (status, err) == (0, "")
    assert out.splitlines()[0] == "bucket  my-own"
    assert "Status" not in s3.get_bucket_versioning(Bucket="my-own")
    assert len(s3.list_objects_v2(Bucket="my-own")["Contents"]) == 5
    for missing in OWN:
        may(on_bucket("my-own", tuple(action for action in OWN if action != missing)))
        assert upload("--bucket", "my-own")[0] == 1
    gone(aws, "my-own")


def test_a_bucket_in_another_region_is_refused(may: May, upload: Run) -> None:
    may([statement(("s3:CreateBucket",), "arn:aws:s3:::far-away")])
    s3 = boto3.client("s3", "eu-west-1")
    s3.create_bucket(Bucket="far-away", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    may(on_bucket("far-away", OWN))

    assert upload("--bucket", "far-away") == (
        1,
        "",
        "error: bucket far-away is in eu-west-1 and the stack in us-west-2: "
        "Lambda takes its code from its own region only; --bucket names another\n",
    )


def test_a_secret_is_stored_rotated_and_dropped(aws: Emulator, may: May, run: Run) -> None:
    may(on_secrets(STORES))

    assert run("secret", "zoom", piped=f"{A}\n") == (
        0,
        f"stored     {NAME}, encrypted\n"
        "noticed    by the functions within ten seconds\n"
        "next       see that the vendor has it too: sources/zoom/README.md\n",
        "",
    )
    assert accepted(aws) == (A,)
    assert run("secret", "zoom", piped=A)[1] == f"unchanged  {NAME} holds this secret already\n"

    status, out, err = run("secret", "zoom", "--generate")
    assert status == 0
    assert accepted(aws) == (out.strip(), A)
    assert [line.split()[0] for line in err.splitlines()] == ["stored", "previous", "noticed", "next", "then"]
    assert out.strip() not in err

    status, nothing, err = run("secret", "zoom", piped=B)
    assert (status, nothing) == (1, "")
    assert err == (
        f"error: only one previous secret is kept, and the one in {NAME}_previous would be refused; "
        "no terminal to ask in: use --yes to go on\n"
    )
    assert run("secret", "zoom", "--drop-previous", "--yes") == (
        0,
        f"dropped    {NAME}_previous\nrefused    within five minutes, for which it may be in memory\n",
        "",
    )
    assert accepted(aws) == (out.strip(),)
    assert run("secret", "zoom", "--drop-previous") == (
        0,
        f"{NAME} has no previous secret; nothing to drop\n",
        "",
    )

    ssm = aws.client("ssm")
    [described] = ssm.describe_parameters(ParameterFilters=[{"Key": "Name", "Values": [NAME]}])["Parameters"]
    assert (described["Type"], described["Tier"]) == ("SecureString", "Standard")
    tags = ssm.list_tags_for_resource(ResourceType="Parameter", ResourceId=NAME)["TagList"]
    assert {tag["Key"]: tag["Value"] for tag in tags} == {
        "Project": "MozDef-EF",
        "Service": "zoom",
        "Environment": "dev",
    }


@pytest.mark.parametrize("missing", STORES)
def test_every_permission_on_secrets_is_needed(aws: Emulator, may: May, run: Run, missing: str) -> None:
    may(on_secrets(tuple(action for action in STORES if action != missing)))

    status, _, err = run("secret", "zoom", piped=A)

    assert status == 1
    assert err.startswith(f"error: AWS: {missing.removeprefix('ssm:')}: AccessDenied")
    assert A not in err
    # Tags come last, so that nothing that fails there is a secret half stored.
    assert accepted(aws) == ((A,) if missing == "ssm:AddTagsToResource" else ())


def test_no_more_than_the_previous_secret_is_deleted(aws: Emulator, may: May, run: Run) -> None:
    may(on_secrets(STORES)[:1])
    run("secret", "zoom", piped=A)
    run("secret", "zoom", piped=B)

    status, out, err = run("secret", "zoom", "--drop-previous", "--yes")

    assert (status, out) == (1, "")
    assert err.startswith("error: AWS: DeleteParameter: AccessDenied")
    assert accepted(aws) == (B, A)


def test_secret_is_typed_twice_on_a_terminal_and_seen_nowhere(aws: Emulator, may: May) -> None:
    may(on_secrets(STORES))

    status, screen = at_a_terminal(["secret", "zoom"], {"(it is not shown; they issue it): ": C, "The same again: ": C})

    assert status == 0
    assert C not in screen
    assert f"{NAME}, encrypted" in screen
    assert accepted(aws) == (C,)


def at_a_terminal(args: list[str], answers: dict[str, str]) -> tuple[int, str]:
    """Exit status, and all that was on the screen; each answer is typed once its question is there."""
    controller, terminal = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-m", "generator", *args],
        cwd=ROOT,
        stdin=terminal,
        stdout=terminal,
        stderr=terminal,
        start_new_session=True,
    ) as process:
        os.close(terminal)
        screen = ""
        with suppress(OSError):  # the end, on Linux
            while seen := os.read(controller, 4_096):
                screen += seen.decode()
                for question in [prompt for prompt in answers if prompt in screen]:
                    os.write(controller, f"{answers.pop(question)}\n".encode())
    os.close(controller)
    return process.returncode, screen


def test_uploaded_source_is_deployed_and_follows_a_rotation(
    aws: Emulator, may: May, run: Run, upload: Run, build: Path
) -> None:
    may(on_bucket(DEFAULT, MAKES + LOOKS) + on_secrets(STORES))
    assert upload()[0] == 0
    assert run("secret", "zoom", piped=A)[0] == 0
    template = (build / "zoom" / "event-source.json").read_text(encoding="utf-8")
    outputs = aws.deploy("MozDef-EF-zoom-dev", template, {"HelperBucket": DEFAULT})
    http = urllib3.PoolManager(ca_certs=str(aws.ca_bundle), retries=False, timeout=30)

    def answered(secret: str) -> int:
        headers = {"content-type": "application/json", **zoom_headers(ZOOM, secret=secret)}
        status: int = http.request("POST", aws.invoke_url(outputs), body=ZOOM, headers=headers).status
        return status

    assert answered(A) == 200
    assert run("secret", "zoom", piped=B)[0] == 0
    # The first request with the new secret has the function look for it; the one before is good as well.
    assert [answered(secret) for secret in (B, A, C)] == [200, 200, 401]
