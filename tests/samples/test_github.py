"""What GitHub's events become: those that matter to an analyst, and every payload that GitHub and Octokit publish."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from lambdas.reading.intake import request_intake
from lambdas.reading.request import Request
from lambdas.shaping.event import Message
from lambdas.shaping.shaper import Shaper
from tests.definitions import bundled_source
from tests.samples.npm import installed
from tests.samples.openapi import Webhooks

HERE = Path(__file__).parent / "github"
SENDER = {"sender": {"login": "ann", "id": 7}}
ORGANIZATION = {"organization": {"login": "o"}, **SENDER}
REPOSITORY = {"repository": {"full_name": "o/r", "default_branch": "main", "visibility": "private"}, **ORGANIZATION}
PLACES = {"in_repository": REPOSITORY, "in_organization": ORGANIZATION, "alone": SENDER}


@cache
def _shaper() -> Shaper:
    return Shaper(bundled_source("github").source)


def message(name: str, payload: Mapping[str, Any]) -> dict[str, Any]:
    """Return the message that an event becomes; its name is `event.action`."""
    event, _, action = name.partition(".")
    body = {**({"action": action} if action else {}), **payload}
    request = Request("POST", {"x-github-event": event, "x-github-delivery": "d-1"}, json.dumps(body).encode())
    (shaped,) = _shaper().shape(request_intake(request))
    assert isinstance(shaped, Message), f"{name}: {shaped}"
    return dict(json.loads(shaped.body))


def _rows() -> Iterator[Any]:
    for place, rows in yaml.safe_load((HERE / "events.yml").read_text(encoding="utf-8")).items():
        for name, payload, *expected in rows:
            yield pytest.param(name, {**PLACES[place], **payload}, expected, id=name)


@pytest.mark.parametrize(("name", "payload", "expected"), [*_rows()])
def test_severity_kind_and_summary(name: str, payload: dict[str, Any], expected: list[str]) -> None:
    got = message(name, payload)
    begin = f"github: {name} by ann: "
    assert got["summary"].startswith(begin)
    assert [got["severity"], got["details"]["kind"], got["summary"].removeprefix(begin)] == expected


def test_an_event_without_a_sender_names_none() -> None:
    payload = {"alert": {"secret_type": "aws_key"}, "repository": REPOSITORY["repository"]}
    summary = message("secret_scanning_alert.created", payload)["summary"]
    assert summary == "github: secret_scanning_alert.created: aws_key in o/r"


def test_facts_of_a_new_administrator() -> None:
    changes = {"role_name": {"from": "write", "to": "admin"}}
    details = message("member.edited", {**REPOSITORY, "member": {"login": "bo"}, "changes": changes})["details"]
    assert {name: value for name, value in details.items() if name not in ("fields", "json")} == {
        "eventname": "member.edited",
        "username": "ann",
        "userid": "7",
        "targetuser": "bo",
        "target": "o/r",
        "role": "admin",
        "organization": "o",
        "kind": "permission.change",
        "github_event": "member",
        "repository": "o/r",
        "old_role": "write",
    }


BO = {"login": "bo"}


@pytest.mark.parametrize(
    ("name", "payload", "fact", "value"),
    [
        ("secret_scanning_alert.created", {"alert": {"push_protection_bypassed_by": BO}}, "bypassed_by", "bo"),
        ("secret_scanning_alert.resolved", {"alert": {"resolution": "revoked"}}, "reason", "revoked"),
        ("deployment_review.rejected", {"comment": "too early"}, "reason", "too early"),
        ("personal_access_token_request.denied", {}, "success", False),
        ("workflow_run.completed", {"workflow_run": {"conclusion": "success"}}, "success", True),
        (
            "personal_access_token_request.approved",
            {"personal_access_token_request": {"owner": BO}},
            "targetuser",
            "bo",
        ),
        ("issues.assigned", {"assignee": BO}, "targetuser", "bo"),
        ("deploy_key.created", {"key": {"read_only": False}}, "role", "write"),
        ("push", {"compare": "https://github.com/o/r/compare/a...b"}, "url", "https://github.com/o/r/compare/a...b"),
        ("installation.created", {"installation": {"app_slug": "deployer"}}, "app", "deployer"),
        ("membership.added", {"member": BO, "team": {"name": "ops"}}, "team", "ops"),
        ("dependabot_alert.created", {"alert": {"security_advisory": {"severity": "low"}}}, "alert_severity", "low"),
    ],
)
def test_other_facts(name: str, payload: dict[str, Any], fact: str, value: object) -> None:
    assert message(name, {**REPOSITORY, **payload})["details"][fact] == value


NAMELESS = re.compile(
    r"(branch_protection_configuration|page_build|project_card|public|repository|repository_dispatch|repository_import"
    r"|security_and_analysis|star|watch)(\..*)?|organization\.(deleted|renamed)"
)
"""Events about the repository or organization itself, or whose payload may have no name for what they are about."""


def _assert_names_all(name: str, payload: dict[str, Any]) -> None:
    """Assert that a summary names who, what and where, as far as the payload has them."""
    summary = message(name, payload)["summary"]
    who, where = payload.get("sender", {}).get("login"), payload.get("repository", {}).get("full_name")
    begin = f"github: {name}{f' by {who}' if who else ''}: "
    assert summary.startswith(begin)
    words = summary.removeprefix(begin)
    assert words.strip(" -"), summary
    if where:
        assert f" in {where}" in words or (NAMELESS.fullmatch(name) and words.startswith(where)), summary


@pytest.mark.slow
def test_every_payload_of_octokit_becomes_a_message_that_names_who_what_and_where() -> None:
    files = (installed(HERE) / "@octokit" / "webhooks-examples").glob("*/index.json")
    count = 0
    for file in files:
        for event in json.loads(file.read_bytes()):
            for payload in event["examples"]:
                name = ".".join(filter(None, (event["name"], payload.get("action"))))
                _assert_names_all(name, payload)
                count += 1
    assert count == 726


@pytest.mark.slow
@pytest.mark.parametrize("product", ["api.github.com", "ghec", "ghes-3.19"])
def test_every_event_that_github_documents_becomes_a_message_that_names_who_what_and_where(product: str) -> None:
    webhooks = Webhooks(installed(HERE) / "@octokit" / "openapi-webhooks" / "generated" / f"{product}.json")
    names = set()
    for event, payload in webhooks.payloads():
        if event == "ping":
            continue
        name = ".".join(filter(None, (event, payload.get("action"))))
        _assert_names_all(name, payload)
        assert "kind" in message(name, payload)["details"], name
        names.add(name)
    assert len(names) > 250
