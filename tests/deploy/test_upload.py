"""The helper bucket, and what is uploaded into it."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qs, urlsplit

import boto3
import pytest
from botocore.exceptions import ClientError
from moto.core import DEFAULT_ACCOUNT_ID
from moto.iam.access_control import PermissionResult
from moto.s3.models import FakeBucket

from generator.aws import Target
from generator.aws_failures import explain_failure
from generator.commands import main
from generator.commands.upload import quick_create
from generator.deploy import helper_bucket
from generator.errors import GeneratorError
from generator.packaging import bundle
from tests.definitions import SOURCES

pytestmark = pytest.mark.slow

REGION = "us-west-2"
DEFAULT = f"mozdef-ef-helper-{DEFAULT_ACCOUNT_ID}-{REGION}"
MINE = "my-own-bucket"
PRIVATE = {"BlockPublicAcls": True, "IgnorePublicAcls": True, "BlockPublicPolicy": True, "RestrictPublicBuckets": True}
ALL_USERS = "http://acs.amazonaws.com/groups/global/AllUsers"
PUBLIC = (
    f"bucket {MINE} is public: whoever may read it reads the code, and whoever may write it has the functions run "
    "theirs; block public access to it, or --bucket names another"
)


@dataclass
class Calls:
    """Every call that a target's clients make, and what some are answered instead of asking AWS."""

    names: list[str] = field(default_factory=list)
    owners: dict[str, set[str | None]] = field(default_factory=dict)
    answers: dict[str, list[tuple[int, str]]] = field(default_factory=dict)
    interrupted_at: str = ""

    def watch(self, client: Any) -> Any:
        client.meta.events.register("before-call", self._before)
        return client

    @property
    def changing(self) -> list[str]:
        return [name for name in self.names if name.startswith(("Create", "Put"))]

    def _before(self, model: Any, params: dict[str, Any], **_: Any) -> tuple[Any, dict[str, Any]] | None:
        if model.name == self.interrupted_at:
            raise KeyboardInterrupt
        self.names.append(model.name)
        if model.service_model.service_name == "s3":
            self.owners.setdefault(model.name, set()).add(params["headers"].get("x-amz-expected-bucket-owner"))
        if not self.answers.get(model.name):
            return None
        status, code = self.answers[model.name].pop(0)
        error = {"Code": code or str(status), "Message": "Said by S3"}
        return SimpleNamespace(status_code=status), {"Error": error, "ResponseMetadata": {"HTTPStatusCode": status}}


@pytest.fixture(autouse=True)
def account(empty_account: None, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: ARG001 - what it has set up
    # moto takes a Deny for one whatever its condition says, so that nothing could be put into a bucket that wants TLS.
    monkeypatch.setattr(FakeBucket, "get_permission", lambda *_: PermissionResult.NEUTRAL)


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> Calls:
    seen = Calls()
    plain = Target.client
    monkeypatch.setattr(Target, "client", lambda self, service: seen.watch(plain(self, service)))
    monkeypatch.setattr(helper_bucket, "_RETRY_SECONDS", (0, 0, 0, None))
    return seen


def s3(region: str = REGION) -> Any:
    return boto3.client("s3", region)


def make_bucket(name: str, region: str = REGION) -> None:
    configuration = {} if region == "us-east-1" else {"CreateBucketConfiguration": {"LocationConstraint": region}}
    s3(region).create_bucket(Bucket=name, **configuration)


def reading(call: Callable[..., dict[str, Any]], name: str) -> Any:
    try:
        return {key: value for key, value in call(Bucket=name).items() if key != "ResponseMetadata"}
    except ClientError as error:
        return error.response["Error"]["Code"]


def settings(name: str, region: str = REGION) -> dict[str, Any]:
    client = s3(region)
    return {
        "block": reading(client.get_public_access_block, name),
        "ownership": reading(client.get_bucket_ownership_controls, name),
        "encryption": reading(client.get_bucket_encryption, name),
        "versioning": reading(client.get_bucket_versioning, name),
        "lifecycle": reading(client.get_bucket_lifecycle_configuration, name),
        "policy": reading(client.get_bucket_policy, name),
        "tags": reading(client.get_bucket_tagging, name),
    }


def tls_only(name: str, partition: str = "aws") -> dict[str, Any]:
    return {
        "Sid": "OnlyOverTls",
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": [f"arn:{partition}:s3:::{name}", f"arn:{partition}:s3:::{name}/*"],
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }


def assert_private(name: str, region: str = REGION, partition: str = "aws") -> None:
    current = settings(name, region)
    assert json.loads(current.pop("policy")["Policy"]) == {
        "Version": "2012-10-17",
        "Statement": [tls_only(name, partition)],
    }
    [rule] = current.pop("lifecycle")["Rules"]
    assert rule == {
        "ID": "OldVersions",
        "Status": "Enabled",
        "Filter": {"Prefix": ""},
        "NoncurrentVersionExpiration": {"NoncurrentDays": 30},
        "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 1},
    }
    [encrypted] = current.pop("encryption")["ServerSideEncryptionConfiguration"]["Rules"]
    assert encrypted["ApplyServerSideEncryptionByDefault"] == {"SSEAlgorithm": "AES256"}
    assert current == {
        "block": {"PublicAccessBlockConfiguration": PRIVATE},
        "ownership": {"OwnershipControls": {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}},
        "versioning": {"Status": "Enabled"},
        "tags": {
            "TagSet": [{"Key": "Project", "Value": "MozDef-EF"}, {"Key": "MadeBy", "Value": "mozdef-event-framework"}]
        },
    }


def error_message(call: Callable[[], Any]) -> str:
    with pytest.raises(GeneratorError) as raised:
        call()
    return str(raised.value)


@pytest.mark.parametrize(
    ("region", "partition"), [("us-west-2", "aws"), ("us-east-1", "aws"), ("us-gov-west-1", "aws-us-gov")]
)
@pytest.mark.parametrize("bucket_option", [None, MINE])
def test_a_missing_bucket_is_created_private(
    calls: Calls, region: str, partition: str, bucket_option: str | None
) -> None:
    target = Target(region_option=region, bucket_option=bucket_option)

    assert helper_bucket.ensure_bucket(target) is True

    assert_private(target.bucket, region, partition)
    assert s3(region).get_bucket_location(Bucket=target.bucket)["LocationConstraint"] == (
        None if region == "us-east-1" else region
    )
    assert calls.changing[:2] == ["CreateBucket", "PutBucketTagging"]
    assert calls.owners.pop("CreateBucket") == {None}
    assert set().union(*calls.owners.values()) == {DEFAULT_ACCOUNT_ID}


def test_a_bucket_that_has_everything_is_only_looked_at(calls: Calls) -> None:
    target = Target()
    helper_bucket.ensure_bucket(target)
    calls.names.clear()

    assert helper_bucket.ensure_bucket(target) is False

    assert calls.changing == []
    assert "HeadBucket" in calls.names


@pytest.mark.parametrize("bucket_option", [None, MINE])
@pytest.mark.parametrize(
    "call",
    [
        "PutPublicAccessBlock",
        "PutBucketEncryption",
        "PutBucketVersioning",
        "PutBucketLifecycleConfiguration",
        "PutBucketPolicy",
    ],
)
def test_an_interrupted_setup_is_finished_the_next_time(calls: Calls, bucket_option: str | None, call: str) -> None:
    target = Target(bucket_option=bucket_option)
    calls.interrupted_at = call
    with pytest.raises(KeyboardInterrupt):
        helper_bucket.ensure_bucket(target)
    calls.interrupted_at = ""

    assert helper_bucket.ensure_bucket(target) is False

    assert_private(target.bucket)


def test_the_default_bucket_is_finished_even_where_it_was_not_yet_tagged(calls: Calls) -> None:
    calls.interrupted_at = "PutBucketTagging"
    with pytest.raises(KeyboardInterrupt):
        helper_bucket.ensure_bucket(Target())
    calls.interrupted_at = ""

    assert helper_bucket.ensure_bucket(Target()) is False

    assert_private(DEFAULT)


def test_settings_that_somebody_added_to_our_bucket_are_kept(calls: Calls) -> None:
    helper_bucket.ensure_bucket(Target())
    own = {"Sid": "Readers", "Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{DEFAULT_ACCOUNT_ID}:root"}}
    own |= {"Action": "s3:GetObject", "Resource": f"arn:aws:s3:::{DEFAULT}/*"}
    client = s3()
    client.put_bucket_policy(Bucket=DEFAULT, Policy=json.dumps({"Version": "2012-10-17", "Statement": own}))
    client.put_bucket_tagging(Bucket=DEFAULT, Tagging={"TagSet": [{"Key": "Project", "Value": "theirs"}]})
    kms = {"Rules": [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms"}}]}
    client.put_bucket_encryption(Bucket=DEFAULT, ServerSideEncryptionConfiguration=kms)
    rule = {"ID": "theirs", "Status": "Enabled", "Filter": {"Prefix": "logs/"}, "Expiration": {"Days": 7}}
    client.put_bucket_lifecycle_configuration(Bucket=DEFAULT, LifecycleConfiguration={"Rules": [rule]})
    client.put_bucket_versioning(Bucket=DEFAULT, VersioningConfiguration={"Status": "Suspended"})
    half = {**PRIVATE, "RestrictPublicBuckets": False}
    client.put_public_access_block(Bucket=DEFAULT, PublicAccessBlockConfiguration=half)

    assert helper_bucket.ensure_bucket(Target()) is False

    current = settings(DEFAULT)
    assert json.loads(current["policy"]["Policy"])["Statement"] == [own, tls_only(DEFAULT)]
    assert current["tags"]["TagSet"] == [
        {"Key": "Project", "Value": "theirs"},
        {"Key": "MadeBy", "Value": "mozdef-event-framework"},
    ]
    [encrypted] = current["encryption"]["ServerSideEncryptionConfiguration"]["Rules"]
    assert encrypted["ApplyServerSideEncryptionByDefault"]["SSEAlgorithm"] == "aws:kms"
    assert [kept_rule["ID"] for kept_rule in current["lifecycle"]["Rules"]] == ["theirs"]
    assert current["versioning"] == {"Status": "Enabled"}
    assert current["block"] == {"PublicAccessBlockConfiguration": PRIVATE}
    assert calls.changing[-4:] == ["PutPublicAccessBlock", "PutBucketVersioning", "PutBucketPolicy", "PutBucketTagging"]


def test_a_bucket_of_the_users_own_is_left_as_it_is(calls: Calls) -> None:
    make_bucket(MINE)
    s3().put_bucket_tagging(Bucket=MINE, Tagging={"TagSet": [{"Key": "Project", "Value": "MozDef-EF"}]})
    before = settings(MINE)

    assert helper_bucket.ensure_bucket(Target(bucket_option=MINE)) is False

    assert settings(MINE) == before
    assert calls.changing == []
    assert set().union(*calls.owners.values()) == {DEFAULT_ACCOUNT_ID}


def public_by_acl() -> None:
    s3().put_bucket_ownership_controls(
        Bucket=MINE, OwnershipControls={"Rules": [{"ObjectOwnership": "BucketOwnerPreferred"}]}
    )
    s3().put_bucket_acl(Bucket=MINE, ACL="public-read")


def public_to_everybody_with_an_account() -> None:
    s3().put_bucket_ownership_controls(
        Bucket=MINE, OwnershipControls={"Rules": [{"ObjectOwnership": "BucketOwnerPreferred"}]}
    )
    s3().put_bucket_acl(Bucket=MINE, ACL="authenticated-read")


def public_by_policy() -> None:
    statement = {"Effect": "Allow", "Principal": "*", "Action": "s3:PutObject", "Resource": f"arn:aws:s3:::{MINE}/*"}
    s3().put_bucket_policy(Bucket=MINE, Policy=json.dumps({"Version": "2012-10-17", "Statement": [statement]}))


@pytest.mark.parametrize(
    ("opened", "closes"),
    [
        (public_by_acl, "IgnorePublicAcls"),
        (public_to_everybody_with_an_account, "IgnorePublicAcls"),
        (public_by_policy, "RestrictPublicBuckets"),
    ],
)
def test_a_public_bucket_is_refused_unless_public_access_is_blocked(
    calls: Calls, opened: Callable[[], None], closes: str
) -> None:
    make_bucket(MINE)
    opened()
    target = Target(bucket_option=MINE)

    assert error_message(lambda: helper_bucket.ensure_bucket(target)) == PUBLIC
    # What only keeps others from opening it does not close it.
    almost = {**PRIVATE, closes: False}
    s3().put_public_access_block(Bucket=MINE, PublicAccessBlockConfiguration=almost)
    assert error_message(lambda: helper_bucket.ensure_bucket(target)) == PUBLIC
    s3().put_public_access_block(Bucket=MINE, PublicAccessBlockConfiguration={closes: True})
    assert helper_bucket.ensure_bucket(target) is False
    assert calls.changing == []


def test_a_bucket_in_another_region_is_refused() -> None:
    make_bucket(MINE, "eu-west-1")

    assert error_message(lambda: helper_bucket.ensure_bucket(Target(bucket_option=MINE))) == (
        f"bucket {MINE} is in eu-west-1 and the stack in us-west-2: Lambda takes its code from its own region only; "
        "--bucket names another"
    )


def test_a_bucket_that_may_not_be_looked_at_is_refused(calls: Calls) -> None:
    calls.answers["HeadBucket"] = [(403, "")]

    assert error_message(lambda: helper_bucket.ensure_bucket(Target(bucket_option=MINE))) == (
        f"bucket {MINE} belongs to another account, or you may not look at it; --bucket names another"
    )
    assert calls.changing == []


def test_a_name_that_somebody_else_in_the_world_has_is_said(calls: Calls) -> None:
    calls.answers = {"HeadBucket": [(404, "")], "CreateBucket": [(409, "BucketAlreadyExists")]}

    assert error_message(lambda: helper_bucket.ensure_bucket(Target(bucket_option=MINE))) == (
        f"bucket {MINE} belongs to another account; --bucket names another"
    )


def test_two_runs_that_make_the_bucket_at_once_both_have_it(calls: Calls) -> None:
    make_bucket(DEFAULT)
    calls.answers["HeadBucket"] = [(404, "")]

    assert helper_bucket.ensure_bucket(Target()) is False

    assert calls.names[:3] == ["GetCallerIdentity", "HeadBucket", "CreateBucket"]
    assert_private(DEFAULT)


def test_keys_of_another_run_are_said(monkeypatch: pytest.MonkeyPatch) -> None:
    unknown = {"Error": {"Code": "UnrecognizedClientException", "Message": "invalid"}}
    error = ClientError(unknown, "GetParameters")
    assert explain_failure(error) == "AWS: AWS does not know these credentials; --profile chooses others"
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:4566")
    message = "the emulator does not know these keys: they are new for each run; copy the settings that it prints now"
    assert explain_failure(error) == message


def test_any_other_answer_of_aws_is_left_to_be_explained(calls: Calls) -> None:
    calls.answers["HeadBucket"] = [(400, "")]
    with pytest.raises(ClientError) as raised:
        helper_bucket.ensure_bucket(Target())
    assert explain_failure(raised.value) == "AWS: HeadBucket: 400: Said by S3"

    helper_bucket.ensure_bucket(Target())
    calls.answers["GetBucketPolicy"] = [(403, "AccessDenied")]
    with pytest.raises(ClientError) as raised:
        helper_bucket.ensure_bucket(Target())
    assert explain_failure(raised.value) == "AWS: GetBucketPolicy: AccessDenied: Said by S3"


@pytest.mark.parametrize(
    "name",
    ["ab", "My-Bucket", "a_b", "-ab", "ab-", "a..b", "a.-b", "a-.b", "192.168.5.4", "a" * 64, "ab\n", "ä-bucket"],
)
@pytest.mark.parametrize(
    "act", [helper_bucket.ensure_bucket, lambda target: list(helper_bucket.put_objects(target, {}))]
)
def test_a_name_that_s3_does_not_take_is_said_before_aws_is_asked(
    calls: Calls, name: str, act: Callable[[Target], Any]
) -> None:
    assert error_message(lambda: act(Target(bucket_option=name))) == (
        f"bucket {name} is no name that S3 takes: 3 to 63 lower-case letters, digits, dashes and dots, "
        "a letter or digit first and last; --bucket names another"
    )
    assert calls.names == []


@pytest.mark.parametrize("name", ["abc", "0my.bucket-1", "a" * 63])
def test_names_that_s3_takes_are_taken(name: str) -> None:
    assert helper_bucket.ensure_bucket(Target(bucket_option=name)) is True


def test_objects_are_put_once_and_never_overwritten(calls: Calls) -> None:
    target = Target()
    helper_bucket.ensure_bucket(target)
    calls.names.clear()

    assert list(helper_bucket.put_objects(target, {"code/a.zip": b"one", "code/b.zip": b""})) == [
        ("code/a.zip", True),
        ("code/b.zip", True),
    ]
    assert list(helper_bucket.put_objects(target, {"code/a.zip": b"two", "code/c.json": b"{}"})) == [
        ("code/a.zip", False),
        ("code/c.json", True),
    ]

    assert set(calls.names) == {"PutObject"}  # whose permission is all that a pipeline has
    assert calls.owners["PutObject"] == {DEFAULT_ACCOUNT_ID}
    stored = s3().get_object(Bucket=DEFAULT, Key="code/a.zip", ChecksumMode="ENABLED")
    assert stored["Body"].read() == b"one"
    assert stored["ChecksumSHA256"] == base64.b64encode(hashlib.sha256(b"one").digest()).decode()


def test_each_object_is_reported_as_it_is_put(calls: Calls) -> None:
    helper_bucket.ensure_bucket(Target())
    calls.names.clear()

    done = helper_bucket.put_objects(Target(), {"code/a.zip": b"one", "code/b.zip": b"two"})

    assert next(done) == ("code/a.zip", True)
    assert calls.names.count("PutObject") == 1


def test_an_object_that_somebody_else_is_writing_is_tried_again(calls: Calls) -> None:
    helper_bucket.ensure_bucket(Target())
    conflict = (409, "ConditionalRequestConflict")
    calls.answers["PutObject"] = [conflict, conflict]
    assert list(helper_bucket.put_objects(Target(), {"code/a.zip": b"one"})) == [("code/a.zip", True)]

    calls.answers["PutObject"] = [conflict]
    assert list(helper_bucket.put_objects(Target(), {"code/a.zip": b"one"})) == [("code/a.zip", False)]

    calls.names.clear()
    calls.answers["PutObject"] = [conflict] * 10
    with pytest.raises(ClientError, match="ConditionalRequestConflict"):
        list(helper_bucket.put_objects(Target(), {"code/a.zip": b"one"}))
    assert calls.names[1:] == ["PutObject"] * 4


def test_a_refused_object_is_not_reported_as_present(calls: Calls) -> None:
    helper_bucket.ensure_bucket(Target())
    calls.answers["PutObject"] = [(403, "AccessDenied")]

    with pytest.raises(ClientError) as raised:
        list(helper_bucket.put_objects(Target(), {"code/a.zip": b"one"}))

    assert explain_failure(raised.value) == "AWS: PutObject: AccessDenied: Said by S3"
    assert "Contents" not in s3().list_objects_v2(Bucket=DEFAULT)


@pytest.mark.parametrize(
    ("region", "bucket", "template", "console"),
    [
        (
            "eu-central-1",
            MINE,
            f"https://{MINE}.s3.eu-central-1.amazonaws.com/code/a.json",
            "https://eu-central-1.console.aws.amazon.com/cloudformation/home",
        ),
        (
            "us-west-2",
            "my.own",
            "https://s3.us-west-2.amazonaws.com/my.own/code/a.json",
            "https://us-west-2.console.aws.amazon.com/cloudformation/home",
        ),
        (
            "us-gov-west-1",
            MINE,
            f"https://{MINE}.s3.us-gov-west-1.amazonaws.com/code/a.json",
            "https://console.amazonaws-us-gov.com/cloudformation/home",
        ),
        (
            "cn-north-1",
            MINE,
            f"https://{MINE}.s3.cn-north-1.amazonaws.com.cn/code/a.json",
            "https://console.amazonaws.cn/cloudformation/home",
        ),
    ],
)
def test_the_console_opens_with_everything_filled_in(region: str, bucket: str, template: str, console: str) -> None:
    target = Target("Sec-Ops", "prod", region, bucket_option=bucket)

    link = quick_create(target, target.stack("zoom"), "code/a.json")

    address, _, fragment = link.partition("#")
    assert address == f"{console}?region={region}"
    page, _, query = fragment.partition("?")
    assert page == "/stacks/create/review"
    assert {name: value for name, [value] in parse_qs(query).items()} == {
        "templateURL": template,
        "stackName": "Sec-Ops-zoom-prod",
        "param_HelperBucket": bucket,
        "param_ProjectName": "Sec-Ops",
        "param_Environment": "prod",
    }
    assert not set(":/ ") & set(query)


@pytest.fixture(scope="module")
def build(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("build")


@pytest.fixture
def upload(build: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, list[str], str]]:
    def command(*args: str) -> tuple[int, list[str], str]:
        status = main(["upload", *args, "--sources", str(SOURCES), "--build", str(build)])
        printed = capsys.readouterr()
        return status, printed.out.splitlines(), printed.err

    return command


FILES = ("lambdas.zip", "config.zip", "event-source.json", "pipeline.json")


def test_a_built_source_is_uploaded_and_its_stacks_are_a_click_away(upload, build: Path) -> None:
    status, lines, err = upload("zoom", "--env", "prod", "--bucket", MINE)

    assert (status, err) == (0, "")
    assert lines[0] == f"bucket  {MINE}, created now"
    files = {"merge.zip": build / "merge.zip", **{f"zoom/{name}": build / "zoom" / name for name in FILES}}
    keys = {name: f"code/{hashlib.sha256(file.read_bytes()).hexdigest()}{file.suffix}" for name, file in files.items()}
    rows = [line.split() for line in lines[1:6]]
    assert [row[0] for row in rows] == list(files)
    assert [row[3] for row in rows] == ["uploaded"] * 5
    assert rows[1][1:3] == [f"{files['zoom/lambdas.zip'].stat().st_size / 1024:,.1f}", "KB"]
    stored = s3().list_objects_v2(Bucket=MINE)["Contents"]
    assert {entry["Key"]: entry["Size"] for entry in stored} == {
        keys[name]: file.stat().st_size for name, file in files.items()
    }
    assert [" ".join(line.split()) for line in lines[6:10]] == [
        "",
        "next, for zoom",
        "python -m generator secret zoom --env prod store the secret that it is verified with",
        f"python -m generator deploy zoom --env prod --bucket {MINE} --build {build} "
        "deploy it; or create its stack in the console:",
    ]
    target = Target(environment="prod", bucket_option=MINE)
    update = "  if the stack exists, choose Update, then Replace current template:"
    assert lines[10:] == [
        "  the event source:",
        f"  {quick_create(target, 'MozDef-EF-zoom-prod', keys['zoom/event-source.json'])}",
        update,
        f"  {helper_bucket.object_url(target, keys['zoom/event-source.json'])}",
        "  the pipeline that deploys it:",
        f"  {quick_create(target, 'MozDef-EF-zoom-pipeline-prod', keys['zoom/pipeline.json'])}",
        update,
        f"  {helper_bucket.object_url(target, keys['zoom/pipeline.json'])}",
    ]


def test_a_template_that_is_uploaded_finds_its_zips_by_their_defaults(upload, build: Path) -> None:
    assert upload("zoom")[0] == 0

    stored = {entry["Key"] for entry in s3().list_objects_v2(Bucket=DEFAULT)["Contents"]}
    for name in ("event-source.json", "pipeline.json"):
        parameters = json.loads((build / "zoom" / name).read_bytes())["Parameters"]
        keys = {
            parameters[key_parameter]["Default"]
            for key_parameter in ("LambdaKey", "ConfigKey", "MergeKey")
            if key_parameter in parameters
        }
        assert keys
        assert keys <= stored


def test_a_second_upload_says_that_all_is_there(upload) -> None:
    upload("zoom")

    status, lines, err = upload("zoom")

    assert (status, err) == (0, "")
    assert lines[0] == f"bucket  {DEFAULT}"
    assert [" ".join(line.split()[3:]) for line in lines[1:6]] == ["already there"] * 5


def test_several_sources_are_uploaded_at_once_and_what_they_share_once(upload) -> None:
    status, lines, _ = upload("zoom", "okta", "zoom")

    assert status == 0
    assert [line.split()[0] for line in lines[1:10]] == [
        "merge.zip",
        "zoom/lambdas.zip",
        "zoom/config.zip",
        "okta/lambdas.zip",
        "okta/config.zip",
        "zoom/event-source.json",
        "zoom/pipeline.json",
        "okta/event-source.json",
        "okta/pipeline.json",
    ]
    assert [line for line in lines if line.startswith("next")] == ["next, for zoom", "next, for okta"]


def test_nothing_reaches_aws_where_a_source_is_wrong_or_there_is_a_warning(
    calls: Calls, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = tmp_path / "sources" / "acme"
    source.mkdir(parents=True)
    command = ["upload", "acme", "--sources", str(source.parent), "--build", str(tmp_path / "build")]
    (source / "source.yml").write_text("description: x\n")
    assert main(command) == 1
    assert (
        capsys.readouterr().err
        == f"error: {source}/source.yml:1: needs `webhook`, the endpoint that the vendor calls, or `pull`, its API\n"
    )

    (source / "source.yml").write_text("description: x\nwebhook: {auth: {token: {header: x-acme}}}\n")
    assert main(command) == 1
    assert capsys.readouterr().err == (
        f"error: {source}/source.yml:1: samples: there are none; put one into samples/\n"
    )
    assert calls.names == []


def test_a_failure_half_way_is_a_line_and_the_next_upload_goes_on(upload, calls: Calls) -> None:
    helper_bucket.ensure_bucket(Target())
    calls.answers["PutObject"] = [(409, "ConditionalRequestConflict"), (403, "AccessDenied")]
    status, lines, err = upload("zoom")
    assert (status, err) == (1, "error: AWS: PutObject: AccessDenied: Said by S3\n")
    assert lines == [f"bucket  {DEFAULT}"]

    calls.answers["PutObject"] = []
    assert upload("zoom")[0] == 0


@pytest.mark.parametrize(
    ("args", "wrong"),
    [
        ([], "name a source, or use --all"),
        (["zoom", "--env", "Prod"], "--env Prod: must be one of"),
        (
            ["zoom", "--project", "a" * 26],
            f"--project {'a' * 26}: must be at most 25 letters, digits and single dashes",
        ),
    ],
)
def test_wrong_usage_is_said(upload, calls: Calls, args: list[str], wrong: str) -> None:
    status, lines, err = upload(*args)

    assert (status, lines) == (2, [])
    assert wrong in err
    assert calls.names == []


def test_the_bucket_is_refused_after_the_build_and_before_anything_is_put(upload, calls: Calls) -> None:
    assert upload("zoom", "--bucket", "My_Bucket") == (
        1,
        [],
        "error: bucket My_Bucket is no name that S3 takes: 3 to 63 lower-case letters, digits, dashes and dots, "
        "a letter or digit first and last; --bucket names another\n",
    )
    assert calls.names == []


def test_the_address_of_a_template_is_that_of_its_key() -> None:
    address = urlsplit(helper_bucket.object_url(Target(), bundle.zip_key(b"x")))
    assert (address.scheme, address.netloc) == ("https", f"{DEFAULT}.s3.us-west-2.amazonaws.com")
    assert address.path == f"/code/{hashlib.sha256(b'x').hexdigest()}.zip"
