"""`status --reader`: what a SIEM's role may do with a source, and what to set where something is missing."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest
from botocore.exceptions import ClientError

from generator.aws import Target
from generator.commands import main
from tests.cloudformation import ACCOUNT, OUTPUTS, CloudFormation, refusal
from tests.definitions import SOURCES

READER = f"arn:aws:iam::{ACCOUNT}:role/siem"
ELSEWHERE = "arn:aws:iam::444455556666:role/siem"
QUEUE = f"arn:aws:sqs:us-west-2:{ACCOUNT}:MozDef-EF-zoom-dev-Objects-1"
SQS = (
    *("sqs:ReceiveMessage", "sqs:ChangeMessageVisibility", "sqs:DeleteMessage", "sqs:GetQueueAttributes"),
    "sqs:GetQueueUrl",
)
S3 = ("s3:GetObject", "s3:GetObjectVersion")
LATEST = {"Key": "events/zoom/a.json.gz", "VersionId": "v2", "IsLatest": True}
EARLIER = {**LATEST, "VersionId": "v1", "IsLatest": False}


@dataclass
class Account:
    """An account with a deployed source, as its own user and a role that this user assumes see it."""

    allowed: set[str] = field(
        default_factory=lambda: {*SQS, *S3, "kms:Decrypt", "sts:AssumeRole", "s3:ListBucketVersions"}
    )
    validates_first: bool = False
    enforces: bool = True
    versions: list[dict[str, Any]] = field(default_factory=lambda: [EARLIER, LATEST])
    """Each is on a page of its own, behind one of deleted objects alone."""
    expires: str = ""
    """S3's code for an object that expires while it is read."""
    asked: list[dict[str, Any]] = field(default_factory=list)

    def client(self, service: str) -> Any:
        return {"sts": Sts, "sqs": Sqs, "s3": S3Objects}[service](self, denies_all=False, is_role=False)

    def client_of(self, credentials: Mapping[str, str], service: str) -> Any:
        client = {"sqs": Sqs, "s3": S3Objects}[service]
        return client(self, denies_all=credentials["SessionToken"] == "nobody", is_role=True)


@dataclass
class Client:
    account: Account
    denies_all: bool
    is_role: bool

    def authorize(self, action: str) -> None:
        if self.account.enforces and (self.denies_all or action not in self.account.allowed):
            who = "siem" if self.is_role else "ann"
            raise refusal(f"{who} is not authorized to perform {action}", "AccessDenied", action)


class Sts(Client):
    def get_caller_identity(self) -> dict[str, str]:
        return {"Account": ACCOUNT, "Arn": f"arn:aws:iam::{ACCOUNT}:user/ann"}

    def assume_role(self, **request: Any) -> dict[str, Any]:
        self.account.asked.append(request)
        self.authorize("sts:AssumeRole")
        return {"Credentials": {"SessionToken": "nobody" if "Policy" in request else "siem"}}


class Sqs(Client):
    """A queue that has messages, which it gives to whoever asks for them."""

    def receive_message(self, *, MaxNumberOfMessages: int, **_: Any) -> None:  # noqa: N803 - the API's names
        assert MaxNumberOfMessages == 0, "a receive counts towards the dead letters"
        self.refuse("sqs:ReceiveMessage", "InvalidParameterValue")

    def change_message_visibility(self, *, ReceiptHandle: str, **_: Any) -> None:  # noqa: N803
        assert ReceiptHandle == "none"
        self.refuse("sqs:ChangeMessageVisibility", "ReceiptHandleIsInvalid")

    def delete_message(self, *, ReceiptHandle: str, **_: Any) -> None:  # noqa: N803
        assert ReceiptHandle == "none"
        self.refuse("sqs:DeleteMessage", "ReceiptHandleIsInvalid")

    def get_queue_attributes(self, **_: Any) -> dict[str, Any]:
        if self.is_role:
            self.authorize("sqs:GetQueueAttributes")
        return {"Attributes": {"QueueArn": QUEUE}}

    def get_queue_url(self, **request: Any) -> dict[str, str]:
        assert request == {"QueueName": QUEUE.rsplit(":", maxsplit=1)[-1], "QueueOwnerAWSAccountId": ACCOUNT}
        self.authorize("sqs:GetQueueUrl")
        return {"QueueUrl": "https://queue"}

    def refuse(self, action: str, code: str) -> None:
        if not self.account.validates_first:
            self.authorize(action)
        raise refusal("can't be", code, action)


class S3Objects(Client):
    """A bucket whose objects are encrypted with a key, and may expire while they are read."""

    def get_paginator(self, operation: str) -> S3Objects:
        assert operation == "list_object_versions"
        return self

    def paginate(self, **request: Any) -> Iterator[dict[str, Any]]:
        assert request in [{"Bucket": "objects", "Prefix": prefix} for prefix in ("events/", LATEST["Key"])]
        self.authorize("s3:ListBucketVersions")
        yield {"DeleteMarkers": [LATEST]}
        yield from ({"Versions": [version]} for version in self.account.versions)

    def get_object(self, **request: Any) -> dict[str, Any]:
        assert request["Key"] == LATEST["Key"]
        assert request.get("VersionId", "v2") == "v2"
        if self.account.expires:
            self.account.versions = [EARLIER]
            raise refusal("no such object", self.account.expires, "GetObject")
        self.authorize("s3:GetObjectVersion" if "VersionId" in request else "s3:GetObject")
        self.authorize("kms:Decrypt")
        return {"Body": io.BytesIO(b"")}


@pytest.fixture
def account(monkeypatch: pytest.MonkeyPatch) -> Account:
    monkeypatch.chdir(SOURCES.parent)
    for name, value in {"NO_COLOR": "1", "COLUMNS": "400", "AWS_REGION": "us-west-2"}.items():
        monkeypatch.setenv(name, value)
    account = Account()
    deploy(monkeypatch, account)
    return account


def deploy(monkeypatch: pytest.MonkeyPatch, account: Account, consumer: str = READER, *, objects: bool = True) -> None:
    """Have a stack that lets this consumer read."""
    formation = CloudFormation()
    queue = {"ObjectsQueueUrl": "https://queue", "ObjectsBucket": "objects"} if objects else OUTPUTS
    outputs = [{"OutputKey": key, "OutputValue": value} for key, value in queue.items()]
    parameters = [{"ParameterKey": "ConsumerPrincipalArn", "ParameterValue": consumer}]
    formation.add_stack("UPDATE_COMPLETE", Outputs=outputs, Parameters=parameters)

    def client(_target: Target, service: str, _seconds: int | None = None) -> Any:
        return formation if service == "cloudformation" else account.client(service)

    monkeypatch.setattr(Target, "client", client)
    monkeypatch.setattr(Target, "client_of", lambda _target, *request: account.client_of(*request))


def show(capsys: pytest.CaptureFixture[str], reader: str = "siem", *more: str) -> tuple[int, list[str]]:
    status = main(["status", "zoom", "--reader", reader, *more])
    printed = capsys.readouterr()
    return status, [" ".join(line.split()) for line in (printed.out + printed.err).splitlines() if line]


def test_a_role_that_may_all_is_well(account: Account, capsys: pytest.CaptureFixture[str]) -> None:
    assert show(capsys) == (
        0,
        [f"MozDef-EF-zoom-dev read by {READER}", *(f"may {action}" for action in (*SQS, *S3))],
    )
    assert [request["RoleArn"] for request in account.asked] == [READER, READER]


def test_a_queue_of_messages_has_no_objects_to_read(
    account: Account, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    deploy(monkeypatch, account, objects=False)
    assert show(capsys)[1][1:] == [f"may {action}" for action in SQS]


def test_a_role_that_the_stack_does_not_name_is_to_be_its_parameter(
    account: Account, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    deploy(monkeypatch, account, consumer="")
    account.allowed -= {"sqs:DeleteMessage", "s3:GetObjectVersion"}
    status, lines = show(capsys)
    assert status == 1
    assert "may not sqs:DeleteMessage: siem is not authorized to perform sqs:DeleteMessage" in lines
    assert lines[-1] == (
        f"let the stack allow it: python -m generator deploy zoom --parameter ConsumerPrincipalArn={READER}"
    )


def test_a_role_of_another_account_needs_a_policy_of_its_own(
    account: Account, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    deploy(monkeypatch, account, consumer=ELSEWHERE)
    account.allowed -= {"sqs:DeleteMessage", "s3:GetObjectVersion"}
    status, lines = show(capsys, ELSEWHERE)
    statement = {
        "Effect": "Allow",
        "Action": ["sqs:DeleteMessage", "s3:GetObjectVersion"],
        "Resource": [QUEUE, "arn:aws:s3:::objects/events/*"],
    }
    assert status == 1
    assert lines[-1] == (
        f"the role is of another account, so a policy of its own has to allow it too: {json.dumps(statement)}"
    )


def test_a_role_that_the_stack_names_is_denied_by_something_else(
    account: Account, capsys: pytest.CaptureFixture[str]
) -> None:
    account.allowed.remove("s3:GetObjectVersion")
    status, lines = show(capsys)
    assert status == 1
    assert lines[-2:] == [
        "the stack names this role. If an earlier version deployed it, deploy it again: python -m generator deploy zoom"
        f" --parameter ConsumerPrincipalArn={READER}",
        "otherwise a policy, a permissions boundary or an SCP denies it; the words of AWS above say which",
    ]


def test_a_refusal_that_nobody_is_spared_says_nothing_of_permissions(
    account: Account, capsys: pytest.CaptureFixture[str]
) -> None:
    account.validates_first = True
    status, lines = show(capsys)
    assert status == 0
    assert lines[1] == (
        "not known sqs:ReceiveMessage, sqs:ChangeMessageVisibility, sqs:DeleteMessage: "
        "a session without permissions is answered the same, so this shows nothing"
    )
    assert lines[2] == "may sqs:GetQueueAttributes"


@pytest.mark.parametrize(
    ("versions", "listing", "reason"),
    [
        ([], True, "the bucket has no object to read yet"),
        ([EARLIER], True, "the bucket has no object to read yet"),
        ([LATEST], False, "you have no s3:ListBucketVersions on the bucket, to find an object to read"),
    ],
)
def test_without_an_object_it_is_not_known_who_may_read(
    account: Account,
    capsys: pytest.CaptureFixture[str],
    versions: list[dict[str, Any]],
    listing: bool,
    reason: str,
) -> None:
    account.versions = versions
    if not listing:
        account.allowed.remove("s3:ListBucketVersions")
    status, lines = show(capsys)
    assert (status, lines[-1]) == (0, f"not known {', '.join(S3)}: {reason}")


@pytest.mark.parametrize("code", ["AccessDenied", "NoSuchKey", "NoSuchVersion"])
def test_an_object_that_expires_while_it_is_checked_says_nothing_of_permissions(
    account: Account, capsys: pytest.CaptureFixture[str], code: str
) -> None:
    """S3 denies what is not there to a role that may not list the bucket.

    https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html
    """
    account.expires = code
    status, lines = show(capsys)
    reason = "the object was deleted meanwhile; try again"
    assert (status, lines[-1]) == (0, f"not known {', '.join(S3)}: {reason}")


def test_an_account_that_denies_nothing_shows_nothing(account: Account, capsys: pytest.CaptureFixture[str]) -> None:
    account.enforces = False
    status, lines = show(capsys)
    reason = "a session without permissions is answered the same, so this shows nothing"
    assert (status, lines[1:]) == (0, [f"not known {', '.join((*SQS, *S3))}: {reason}"])


def test_a_role_that_may_not_use_the_key_is_to_be_allowed_that(
    account: Account, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    deploy(monkeypatch, account, consumer=ELSEWHERE)
    account.allowed -= {"kms:Decrypt"}
    status, lines = show(capsys, ELSEWHERE)
    key = f"arn:aws:kms:us-west-2:{ACCOUNT}:key/KEY_ID"
    statement = {"Effect": "Allow", "Action": ["kms:Decrypt"], "Resource": [key]}
    assert status == 1
    assert "may not s3:GetObject: siem is not authorized to perform kms:Decrypt" in lines
    assert lines[-1] == (
        f"the role is of another account, so a policy of its own has to allow it too: {json.dumps(statement)}"
    )


def test_who_may_not_assume_the_role_hears_what_its_trust_policy_needs(
    account: Account, capsys: pytest.CaptureFixture[str]
) -> None:
    account.allowed.remove("sts:AssumeRole")
    trust = f'{{"Effect": "Allow", "Principal": {{"AWS": "{ACCOUNT}"}}, "Action": "sts:AssumeRole"}}'
    status, lines = show(capsys)
    assert status == 1
    assert " ".join(lines) == (
        f"error: {READER}: there is no such role, or you may not assume it. You need sts:AssumeRole on it, and for"
        f" the time of the check its trust policy needs {trust}"
    )


def test_another_error_is_not_taken_for_an_answer(account: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    def throttled(*_: object, **__: object) -> None:
        raise refusal("slow down", "Throttling", "DeleteMessage")

    monkeypatch.setattr(Sqs, "delete_message", throttled)
    from generator.operate.reader_check import check_reader

    with pytest.raises(ClientError, match="slow down"):
        check_reader(Target(), READER, {"ObjectsQueueUrl": "https://queue"})
    assert account.asked


def test_the_report_for_programs(account: Account, capsys: pytest.CaptureFixture[str]) -> None:
    account.allowed.remove("s3:GetObject")
    assert main(["status", "zoom", "--reader", READER, "--json"]) == 1
    report = json.loads(capsys.readouterr().out)
    assert (report["reader"], report["well"]) == (READER, False)
    assert report["checks"][len(SQS)] == {
        "action": "s3:GetObject",
        "resource": "arn:aws:s3:::objects/events/*",
        "allowed": False,
        "note": "siem is not authorized to perform s3:GetObject",
    }


def test_that_a_source_is_not_deployed_is_a_report_for_programs_too(
    account: Account, capsys: pytest.CaptureFixture[str]
) -> None:
    problem = "no stack MozDef-EF-okta-log-dev in us-west-2: deploy it first, or choose another with --env, --project"
    assert main(["status", "okta-log", "--reader", "siem", "--json"]) == 1
    report = json.loads(capsys.readouterr().out)
    assert report == {
        "stack": "MozDef-EF-okta-log-dev",
        "status": None,
        "problem": f"{problem} or --region",
        "well": False,
    }
    assert account.asked == []


NO_ROLE = "--reader: {!r} is not the name or ARN of a role, such as siem or arn:aws:iam::123456789012:role/siem"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--reader", "siem"], "--reader needs a source"),
        (
            ["zoom", "--reader", f"arn:aws:iam::{ACCOUNT}:user/secops"],
            f"--reader: arn:aws:iam::{ACCOUNT}:user/secops is not a role, and only a role can be assumed",
        ),
        (
            ["zoom", "--reader", f"arn:aws:iam::{ACCOUNT}:root"],
            f"--reader: arn:aws:iam::{ACCOUNT}:root is not a role, and only a role can be assumed",
        ),
        (
            ["zoom", "--reader", f"arn:aws-us-gov:sts::{ACCOUNT}:assumed-role/siem/i-0123"],
            f"--reader: arn:aws-us-gov:sts::{ACCOUNT}:assumed-role/siem/i-0123 is a session of a role: give the role,"
            " siem",
        ),
        *((["zoom", "--reader", role], NO_ROLE.format(role)) for role in ("", "a b", "*", "arn:role/x", "rôle\n")),
    ],
)
@pytest.mark.usefixtures("account")
def test_what_can_not_be_checked(arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["status", *arguments]) != 0
    assert message in " ".join(capsys.readouterr().err.split())
