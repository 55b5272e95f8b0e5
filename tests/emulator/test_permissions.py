"""What the functions' roles may do where IAM is enforced, and that they do run under these roles."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from generator.local.emulator import Emulator
from generator.testing import event_of
from tests.emulator.service import HELPER_BUCKET, Service, template
from tests.emulator.vendors import OKTA_TOKEN, ZOOM, okta_batch, zoom_headers

pytestmark = pytest.mark.emulator


@pytest.fixture(scope="session")
def deployed(enforced: Emulator, build: Path) -> dict[str, Service]:
    return {name: Service.deploy(enforced, f"{name}-roles", template(build, name)) for name in ("zoom", "okta")}


def clients_of(emulator: Emulator, stack: str, role: str) -> Callable[[str], Any]:
    """Clients with the credentials that the emulator gives to a function of this role."""
    resource = emulator.client("cloudformation").describe_stack_resource(StackName=stack, LogicalResourceId=role)
    name = resource["StackResourceDetail"]["PhysicalResourceId"]
    arn = emulator.client("iam").get_role(RoleName=name)["Role"]["Arn"]
    credentials = emulator.client("sts").assume_role(RoleArn=arn, RoleSessionName="test")["Credentials"]
    session = boto3.Session(
        credentials["AccessKeyId"], credentials["SecretAccessKey"], credentials["SessionToken"], emulator.region
    )
    return lambda service: session.client(service, endpoint_url=emulator.endpoint, verify=str(emulator.ca_bundle))


def attempts(client: Callable[[str], Any], outputs: Mapping[str, str], other: str) -> dict[str, Callable[[], Any]]:
    own = outputs["SecretParameters"]
    sqs, s3, ssm = client("sqs"), client("s3"), client("ssm")
    queue, dead, kept = outputs["EventsQueueUrl"], outputs["DeadLettersQueueUrl"], outputs["KeptBucket"]
    entries = [{"Id": "0", "MessageBody": "{}"}]
    return {
        "send": lambda: sqs.send_message_batch(QueueUrl=queue, Entries=entries),
        "send dead letters": lambda: sqs.send_message(QueueUrl=dead, MessageBody="{}"),
        "receive": lambda: sqs.receive_message(QueueUrl=queue),
        "purge": lambda: sqs.purge_queue(QueueUrl=queue),
        "change the queue": lambda: sqs.set_queue_attributes(QueueUrl=queue, Attributes={"Policy": ""}),
        "delete the queue": lambda: sqs.delete_queue(QueueUrl=queue),
        "keep rejected": lambda: s3.put_object(Bucket=kept, Key="rejected/one", Body=b"{}"),
        "keep oversize": lambda: s3.put_object(Bucket=kept, Key="oversize/one", Body=b"{}"),
        "keep elsewhere": lambda: s3.put_object(Bucket=kept, Key="one", Body=b"{}"),
        "read kept": lambda: s3.get_object(Bucket=kept, Key="rejected/one"),
        "list kept": lambda: s3.list_objects_v2(Bucket=kept),
        "delete kept": lambda: s3.delete_object(Bucket=kept, Key="rejected/one"),
        "open the bucket": lambda: s3.delete_bucket_policy(Bucket=kept),
        "change code": lambda: s3.put_object(Bucket=HELPER_BUCKET, Key="code/one.zip", Body=b""),
        "read its secret": lambda: ssm.get_parameters(Names=[own, f"{own}_previous"], WithDecryption=True),
        "read another's secret": lambda: ssm.get_parameters(Names=[other], WithDecryption=True),
        "read both secrets": lambda: ssm.get_parameters(Names=[own, other], WithDecryption=True),
        "list secrets": lambda: ssm.get_parameters_by_path(Path="/MozDef-EF", Recursive=True),
        "change its secret": lambda: ssm.put_parameter(Name=own, Value="x", Type="SecureString", Overwrite=True),
        "see roles": lambda: client("iam").list_roles(),
        "see functions": lambda: client("lambda").list_functions(),
        "delete the stack": lambda: client("cloudformation").delete_stack(StackName="zoom-roles"),
    }


def allowed(attempt: Callable[[], Any]) -> bool:
    """Whether it is done; an error that is not a refusal is the test's."""
    try:
        attempt()
    except ClientError as error:
        if error.response["Error"]["Code"].startswith("AccessDenied"):
            return False
        raise
    return True


@pytest.mark.parametrize(
    ("name", "role", "may"),
    [
        ("zoom", "WebhookRole", {"send", "keep rejected", "keep oversize", "read its secret"}),
        ("okta", "WebhookRole", {"send", "keep rejected", "keep oversize", "read its secret"}),
        ("okta", "VerifyRole", {"read its secret"}),
    ],
)
def test_a_role_may_do_its_work_and_nothing_else(
    enforced: Emulator, deployed: dict[str, Service], name: str, role: str, may: set[str]
) -> None:
    [other] = {service.outputs["SecretParameters"] for service in deployed.values() if service is not deployed[name]}
    tried = attempts(clients_of(enforced, f"{name}-roles", role), deployed[name].outputs, other)

    assert {action for action, attempt in tried.items() if allowed(attempt)} == may


@pytest.mark.parametrize(
    ("action", "body", "status"),
    [
        ("ssm:GetParameters", ZOOM, 503),
        ("s3:PutObject", b'{"event": "user.signed_in"}', 503),
        ("s3:PutObject", ZOOM, 200),
    ],
)
def test_a_function_without_a_permission_cannot_do_what_it_permits(
    enforced: Emulator, build: Path, action: str, body: bytes, status: int
) -> None:
    lacking = json.loads(template(build, "zoom"))
    policy = lacking["Resources"]["WebhookRole"]["Properties"]["Policies"][0]["PolicyDocument"]
    before = policy["Statement"]
    policy["Statement"] = [statement for statement in before if action not in statement["Action"]]
    assert len(policy["Statement"]) == len(before) - 1

    zoom = Service.deploy(enforced, f"without-{action.replace(':', '-')}", json.dumps(lacking))
    answer = zoom.post(body, zoom_headers(body))

    assert (answer.status, answer.data) == (status, b"")
    assert [event_of(message) for message in zoom.arrived()] == ([json.loads(body)] if status == 200 else [])
    assert zoom.kept() == {}


def test_messages_a_handler_may_not_send_wait_in_the_bucket(enforced: Emulator, build: Path) -> None:
    lacking = json.loads(template(build, "zoom"))
    policy = lacking["Resources"]["WebhookRole"]["Properties"]["Policies"][0]["PolicyDocument"]
    policy["Statement"] = [
        statement for statement in policy["Statement"] if "sqs:SendMessage" not in statement["Action"]
    ]

    zoom = Service.deploy(enforced, "without-sending", json.dumps(lacking))
    answer = zoom.post(ZOOM, zoom_headers(ZOOM))

    assert (answer.status, answer.data) == (200, b"")
    assert zoom.arrived() == []
    ((key, content),) = zoom.kept().items()
    assert key.startswith("unsent/")
    (message,) = json.loads(content)["messages"]
    assert event_of(json.loads(base64.b64decode(message))) == json.loads(ZOOM)


def test_an_authorizer_that_cannot_read_the_secret_leaves_all_to_the_handler(enforced: Emulator, build: Path) -> None:
    lacking = json.loads(template(build, "okta"))
    policy = lacking["Resources"]["VerifyRole"]["Properties"]["Policies"][0]["PolicyDocument"]
    policy["Statement"] = [
        statement for statement in policy["Statement"] if "ssm:GetParameters" not in statement["Action"]
    ]

    okta = Service.deploy(enforced, "without-secret", json.dumps(lacking))

    statuses = [okta.post(okta_batch("one"), token).status for token in ({"authorization": "forged"}, OKTA_TOKEN)]
    assert statuses == [401, 204]
    assert len(okta.arrived()) == 1


def test_an_authorizer_without_a_secret_has_the_handler_answer_503(enforced: Emulator, build: Path) -> None:
    elsewhere = json.loads(template(build, "okta"))
    elsewhere["Parameters"]["Environment"]["Default"] = "test"  # where nobody has stored one

    okta = Service.deploy(enforced, "no-secret-there", json.dumps(elsewhere))

    for headers in (OKTA_TOKEN, OKTA_TOKEN, {"authorization": "forged"}):
        answer = okta.post(okta_batch("one"), headers)
        assert (answer.status, answer.data) == (503, b"")
    assert okta.arrived() == []
    assert okta.kept() == {}
