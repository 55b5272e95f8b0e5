"""Each event once, where IAM is enforced: with the permissions that the roles have, and through without them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import urllib3

from generator.definition.read import Definition
from generator.local.emulator import Emulator, EmulatorTarget
from generator.local.running import SourceFollower, upload_prerequisites
from generator.names import secret_path, stack_name
from generator.packaging.bundle import lambdas_zip, zip_key
from generator.templates import event_source
from generator.templates.text import template_text
from generator.testing import event_of
from tests.definitions import make_definition
from tests.emulator.service import Service, eventually
from tests.emulator.test_permissions import allowed, clients_of
from tests.fakes import signed_request

pytestmark = pytest.mark.emulator

TEXT = """
    description: made
    webhook: {auth: {hmac: {signature: {header: x-signature}}}}
    events: {split: events, id: id%s}
    dedupe: {}
"""
Template = dict[str, Any]


class Once:
    """A source with `dedupe` that is deployed."""

    def __init__(
        self, running: Emulator, definition: Definition, change: Callable[[Template], None] = lambda _: None
    ) -> None:
        self.running, self.definition, self.stack = running, definition, stack_name(definition.source.name)
        upload_prerequisites(EmulatorTarget(emulator=running), definition.source, [])
        outputs = self.deploy(definition, change)
        http = urllib3.PoolManager(ca_certs=str(running.ca_bundle), retries=False, timeout=30)
        followed = SourceFollower(running, outputs, self.stack)
        self.service = Service(running, outputs, followed, http, running.client("s3"))
        parameter = f"{secret_path(definition.source.name)}/auth_token"
        store = running.client("ssm")
        self.secret = store.get_parameter(Name=parameter, WithDecryption=True)["Parameter"]["Value"]

    def deploy(self, definition: Definition, change: Callable[[Template], None] = lambda _: None) -> dict[str, str]:
        target, code = EmulatorTarget(emulator=self.running), lambdas_zip(definition)
        upload_prerequisites(target, definition.source, [code], secret=False)
        template = json.loads(template_text(event_source.build(definition.source, zip_key(code))))
        change(template)
        return self.running.deploy(self.stack, json.dumps(template), {"HelperBucket": target.bucket})

    def post(self, *ids: str) -> int:
        body = json.dumps({"events": [{"id": event_id} for event_id in ids]}).encode()
        sent = signed_request(self.definition.source.endpoint.auth, body, secret=self.secret)
        return self.service.post(sent.body, sent.headers).status

    def arrived(self) -> list[str]:
        return sorted(event_of(message)["id"] for message in self.service.arrived())

    def redrive(self, action: str, keys: list[str]) -> Any:
        name = self.running.resources(self.stack)["Redrive"]
        answer = self.running.client("lambda").invoke(FunctionName=name, Payload=json.dumps({action: keys}))
        return json.loads(answer["Payload"].read())["results"]


def test_repeated_events_are_not_sent_on_with_the_roles_permissions(enforced: Emulator, tmp_path: Path) -> None:
    once = Once(enforced, make_definition(tmp_path / "strict", TEXT % ", require: [never]", "once"))
    assert once.post("rejected") == 200
    (kept,) = once.service.kept()

    once.deploy(make_definition(tmp_path, TEXT % "", "once"))
    # Alone, several in a transaction, and some of them again.
    assert [once.post("a"), once.post("b", "c", "rejected"), once.post("c", "d"), once.post("a")] == [200] * 4
    assert once.arrived() == ["a", "b", "c", "d", "rejected"]

    (preview,) = once.redrive("preview", [kept])
    assert (preview["passes"], preview["duplicates"]) == (0, 1)
    assert once.redrive("send", [kept]) == [{"key": kept, "sent": 0, "unsent": 0, "fails": [], "duplicates": 1}]
    assert (once.arrived(), list(once.service.kept())) == ([], [])
    lines = eventually(lambda: [record for record in once.service.followed.log() if record["message"] == "redriven"])
    assert [(record["duplicates"], record["Duplicate"]) for record in lines] == [(1, 1)]


@pytest.fixture(scope="module")
def table(enforced: Emulator, tmp_path_factory: pytest.TempPathFactory) -> str:
    once = Once(enforced, make_definition(tmp_path_factory.mktemp("roles"), TEXT % "", "roles"))
    return enforced.resources(once.stack)["Claims"]


@pytest.mark.parametrize(
    ("role", "may"),
    [("WebhookRole", {"put", "write", "delete"}), ("RedriveRole", {"put", "write", "delete", "look up"})],
)
def test_a_role_may_claim_and_nothing_else(enforced: Emulator, table: str, role: str, may: set[str]) -> None:
    dynamodb = clients_of(enforced, stack_name("roles"), role)("dynamodb")
    item = {"id": {"S": "any"}}
    tried: dict[str, Callable[[], Any]] = {
        "put": lambda: dynamodb.put_item(TableName=table, Item=item),
        "write": lambda: dynamodb.batch_write_item(RequestItems={table: [{"PutRequest": {"Item": item}}]}),
        "delete": lambda: dynamodb.batch_write_item(RequestItems={table: [{"DeleteRequest": {"Key": item}}]}),
        "look up": lambda: dynamodb.batch_get_item(RequestItems={table: {"Keys": [item]}}),
        "get": lambda: dynamodb.get_item(TableName=table, Key=item),
        "delete one": lambda: dynamodb.delete_item(TableName=table, Key=item),
        "scan": lambda: dynamodb.scan(TableName=table),
        "delete the table": lambda: dynamodb.delete_table(TableName=table),
        "stop its expiry": lambda: dynamodb.update_time_to_live(
            TableName=table, TimeToLiveSpecification={"AttributeName": "expires", "Enabled": False}
        ),
    }
    assert {action for action, attempt in tried.items() if allowed(attempt)} == may


def test_without_the_permission_everything_goes_through(enforced: Emulator, tmp_path: Path) -> None:
    def without(template: Template) -> None:
        policy = template["Resources"]["WebhookRole"]["Properties"]["Policies"][0]["PolicyDocument"]
        policy["Statement"] = [
            statement for statement in policy["Statement"] if "dynamodb:PutItem" not in statement["Action"]
        ]

    lacking = Once(enforced, make_definition(tmp_path, TEXT % "", "lacking"), without)
    assert [lacking.post("a"), lacking.post("a", "b")] == [200, 200]
    assert lacking.arrived() == ["a", "a", "b"]
    lines = eventually(lambda: [record for record in lacking.service.followed.log() if record["message"] == "accepted"])
    assert [record["unclaimed"] for record in lines] == [1, 2]
