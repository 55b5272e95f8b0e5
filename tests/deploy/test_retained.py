"""What outlives its stack, or its part in a template, stands in the way of nothing that is made later."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import count
from typing import Any
from uuid import UUID

import pytest

from tests import iam
from tests.templates.test_iam import DEDUPE, ENVIRONMENT, PROJECT, built

NAME = "acme"
RETAINED = ("Retain", "RetainExceptOnCreate")
STAYING = ("AWS::S3::BucketPolicy", "AWS::SQS::QueuePolicy")
"""Policies, which are written again."""


class NameTakenError(Exception):
    """CloudFormation makes nothing of a name that is there already, and rolls the whole of it back."""


@dataclass
class Stack(iam.Stack):
    """One with an id of its own, and keys with ids that no key had before."""

    number: int = 0

    @property
    def arn(self) -> str:
        id_ = UUID(int=self.number << 96 | self.number)
        return f"arn:aws:cloudformation:{iam.REGION}:{iam.ACCOUNT}:stack/{self.name}/{id_}"


@dataclass
class Account:
    """CloudFormation, as far as names go: who has which, by type and name, and what a stack holds, by its title."""

    taken: set[tuple[str, str]] = field(default_factory=set)
    held: dict[str, tuple[str, str]] = field(default_factory=dict)
    policies: dict[str, str] = field(default_factory=dict)
    stack: int = 0
    numbers: Any = field(default_factory=lambda: count(1))

    def deploy(self, template: Mapping[str, Any], parameters: Mapping[str, str]) -> None:
        self.stack = self.stack or next(self.numbers)
        values = {"ProjectName": PROJECT, "Environment": ENVIRONMENT, "HelperBucket": "helper", **parameters}
        stack = Stack(f"{PROJECT}-{NAME}-{ENVIRONMENT}", template, values, number=self.stack)
        if "Key" in template["Resources"]:
            stack._names["Key"] = self.held.get("Key", ("", str(UUID(int=next(self.numbers) << 96))))[1]
        planned = {}
        for title, kind, properties in stack.resources():
            if kind not in STAYING:
                planned[title] = typed_name = kind, stack.physical(title)
                # What CloudFormation names itself has random characters in it.
                if (
                    iam._NAMED_BY.get(kind) in properties
                    and typed_name in self.taken
                    and self.held.get(title) != typed_name
                ):
                    raise NameTakenError(*typed_name)
        for title, typed_name in self.held.items():
            if planned.get(title) != typed_name:
                self._leave(title, typed_name)
        self.taken |= set(planned.values())
        self.held = planned
        self.policies = {
            name: resource.get("DeletionPolicy", "Delete") for name, resource in template["Resources"].items()
        }

    def delete(self) -> None:
        for title, typed_name in self.held.items():
            self._leave(title, typed_name)
        self.held, self.stack = {}, 0

    def _leave(self, title: str, typed_name: tuple[str, str]) -> None:
        if self.policies[title] not in RETAINED:
            self.taken.discard(typed_name)


@cache
def templates(hardening: str, like: str = "okta") -> tuple[dict[str, Any], dict[str, Any]]:
    return built(NAME, like, "both", hardening)


STRICT, BASELINE, SENT_ONCE = (
    templates(*arguments)[1] for arguments in (("strict",), ("baseline",), ("baseline", DEDUPE))
)
SEQUENCES = {
    "strict on and off": [STRICT, BASELINE, STRICT, BASELINE, STRICT],
    "strict off and on": [BASELINE, STRICT, BASELINE, STRICT],
    "dedupe": [SENT_ONCE, BASELINE, SENT_ONCE, STRICT],
    "deleted": [STRICT, None, STRICT, None, BASELINE, None, STRICT],
}


@pytest.mark.parametrize("sequence", SEQUENCES.values(), ids=SEQUENCES)
def test_a_resource_that_was_left_out_can_be_added_again(sequence: Sequence[dict[str, Any] | None]) -> None:
    account = Account()
    for template in sequence:
        if template:
            account.deploy(template, {})
        else:
            account.delete()


@pytest.mark.parametrize("between", [BASELINE, None], ids=["left out", "deleted"])
def test_a_log_that_was_left_behind_stays_beside_the_next(between: dict[str, Any] | None) -> None:
    account = Account()
    account.deploy(STRICT, {})
    before = account.held["KeptLog"]
    if between:
        account.deploy(between, {})
        assert "KeptLog" not in account.held
    else:
        account.delete()
    account.deploy(STRICT, {})
    assert account.held["KeptLog"] != before
    assert {before, account.held["KeptLog"]} <= account.taken


def test_a_log_keeps_its_name_as_long_as_the_source_is_strict() -> None:
    account = Account()
    account.deploy(STRICT, {})
    before = dict(account.held)
    account.deploy(STRICT, {"AlarmTopicArn": f"arn:aws:sns:{iam.REGION}:{iam.ACCOUNT}:alarms"})
    assert account.held == before


FIXED = {
    "queue": (BASELINE, {"EventsQueueName": "soc-acme"}, {"EventsQueueName": ""}, "AWS::SQS::Queue"),
    "repository": (
        templates("baseline")[0],
        {
            "CreateConfigRepository": "true",
            "ConfigRepository": "acme-config",
            "GitHubRepository": "example/framework",
            "ConnectionArn": "arn",
        },
        {
            "CreateConfigRepository": "false",
            "ConfigRepository": "acme-config",
            "GitHubRepository": "example/framework",
            "ConnectionArn": "arn",
        },
        "AWS::CodeCommit::Repository",
    ),
}


@pytest.mark.parametrize(("template", "fixed", "without", "kind"), FIXED.values(), ids=FIXED)
def test_only_names_that_somebody_chose_are_taken(
    template: dict[str, Any], fixed: dict[str, str], without: dict[str, str], kind: str
) -> None:
    """Of these, `deploy` says so before it does anything: tests/deploy/test_deploy.py."""
    account = Account()
    account.deploy(template, fixed)
    account.deploy(template, without)
    with pytest.raises(NameTakenError) as taken:
        account.deploy(template, fixed)
    assert taken.value.args[0] == kind
