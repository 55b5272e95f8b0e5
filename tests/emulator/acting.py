"""A function in the emulator whose permissions tests take away."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from generator.local.emulator import Emulator
from tests.definitions import ROOT

Document = dict[str, Any]
Permission = tuple[str, str]


class Stores(Protocol):
    """Where the functions of a source put events."""

    @property
    def outputs(self) -> Mapping[str, str]: ...

    @property
    def s3(self) -> Any: ...

    def arrived(self) -> list[dict[str, Any]]: ...


@dataclass
class Acting:
    """A function of a source in the emulator, whose role and environment can be changed."""

    service: Stores
    emulator: Emulator
    function: str
    role: str
    environment: dict[str, str]
    runs: int = 0

    @classmethod
    def of(cls, service: Stores, emulator: Emulator, stack: str, title: str) -> Acting:
        resources = emulator.resources(stack)
        configuration = emulator.client("lambda").get_function_configuration(FunctionName=resources[title])
        return cls(
            service, emulator, resources[title], resources[f"{title}Role"], configuration["Environment"]["Variables"]
        )

    def documents(self) -> dict[str, Document]:
        iam = self.emulator.client("iam")
        names = iam.list_role_policies(RoleName=self.role)["PolicyNames"]
        return {name: iam.get_role_policy(RoleName=self.role, PolicyName=name)["PolicyDocument"] for name in names}

    def may(self, documents: dict[str, Document]) -> None:
        for name, document in documents.items():
            text = json.dumps(document)
            self.emulator.client("iam").put_role_policy(RoleName=self.role, PolicyName=name, PolicyDocument=text)

    def begin(self, **environment: str) -> None:
        """A new process, which has no secret in its memory."""
        self.runs += 1
        variables = {**self.environment, **environment, "RUN": str(self.runs)}
        functions = self.emulator.client("lambda")
        functions.update_function_configuration(FunctionName=self.function, Environment={"Variables": variables})

    def invoke(self, event: dict[str, Any]) -> Any:
        """What it answers; its `errorMessage` where it fails."""
        answer = self.emulator.client("lambda").invoke(FunctionName=self.function, Payload=json.dumps(event).encode())
        payload = json.loads(answer["Payload"].read())
        return {"errorMessage": payload["errorMessage"]} if "FunctionError" in answer else payload

    def left(self) -> tuple[int, list[str]]:
        """How many messages have arrived, and below what the bucket has objects; both are empty then."""
        bucket, s3 = self.service.outputs["KeptBucket"], self.service.s3
        keys = [entry["Key"] for entry in s3.list_objects_v2(Bucket=bucket).get("Contents", ())]
        for key in keys:
            s3.delete_object(Bucket=bucket, Key=key)
        return len(self.service.arrived()), sorted(key.partition("/")[0] for key in keys)


def statements(documents: dict[str, Document]) -> Iterator[Document]:
    for document in documents.values():
        yield from document["Statement"]


def permissions(documents: dict[str, Document]) -> list[Permission]:
    return [
        (action, on)
        for statement in statements(documents)
        for action in statement["Action"]
        for on in statement["Resource"]
    ]


def without(documents: dict[str, Document], taken: Permission) -> dict[str, Document]:
    """The same permissions but one: a statement of several resources is cut into one for each."""
    lacking = copy.deepcopy(documents)
    for document in lacking.values():
        document["Statement"] = [
            {**statement, "Action": left, "Resource": [on]}
            for statement in document["Statement"]
            for on in statement["Resource"]
            if (left := [action for action in statement["Action"] if (action, on) != taken])
        ]
    return lacking


def not_shown() -> set[str]:
    """The actions that the documentation says can't be shown here, each with its reason."""
    text = (ROOT / "docs" / "explanation" / "security" / "roles.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (`[a-z0-9]+:.*`) \| (?:\w+ ){3}.*\|$", text.partition("## Minimal\n")[2], re.MULTILINE)
    return {action for row in rows for action in re.findall(r"`([^`]+)`", row)}


def assert_minimal(
    acting: Acting, work: Callable[[Acting], Any], among: Callable[[str, str], bool] = lambda *_: True
) -> None:
    """Without any action on any resource, something goes otherwise than with all; but for what can't be shown.

    `among` says of an action and a resource whether it is taken away.
    """
    whole = acting.documents()
    tried = [permission for permission in permissions(whole) if among(*permission)]
    expected = work(acting)
    assert expected == work(acting)  # else everything would look needed
    idle = set()
    for taken in tried:
        acting.may(without(whole, taken))
        if work(acting) == expected:
            idle.add(taken)
    acting.may(whole)
    acting.begin()
    unseen = {taken for taken in tried if taken[0] in not_shown()}
    assert idle == unseen, f"not needed: {sorted(idle - unseen)}, needed: {sorted(unseen - idle)}"
    assert idle < set(tried)
