"""Linear's events: each becomes a line that names who did what to what.

https://linear.app/developers/webhooks, and the types …WebhookPayload in the schema of Linear's SDK.
"""

from __future__ import annotations

from typing import Any

import pytest

from generator.samples.sample import SAMPLE_TIME
from tests.shipped_messages import details, line, only_message

ANN = {"id": "8e03f2cf", "name": "Ann Example", "email": "ann@example.com", "type": "user"}
BO = {"id": "aacdca22", "name": "Bo Contractor", "email": "bo@example.com", "url": "https://linear.app/example/bo"}
ISSUE = {"id": "77217de3", "identifier": "PLT-1", "title": "Rotate the key"}
ROTATE = "PLT-1 Rotate the key"
APPLICATION = {"oauthClientId": "3f2a1b0c", "oauthClient": {"id": "3f2a1b0c", "name": "Backup"}, "actor": None}
URL = "https://linear.app/example/document/plan-1#comment-2"


def user(**more: Any) -> dict[str, Any]:
    return {**BO, "displayName": "bo", "active": True, "admin": False, "owner": False, "guest": False, **more}


def entry(type_: str, **more: Any) -> dict[str, Any]:
    """Return an entry of the audit log."""
    return {"id": "4b0186dc", "type": type_, "actorId": "8e03f2cf", "metadata": {}, "requestInformation": {}, **more}


EVENTS: list[tuple[str, dict[str, Any], str, dict[str, Any]]] = [
    (
        "AuditEntry.create",
        {
            "data": entry(
                "login", ip="::ffff:198.51.100.23", countryCode="CH", requestInformation={"userAgent": "Chrome"}
            )
        },
        "NOTICE authentication.start | login by ann@example.com from ::ffff:198.51.100.23",
        {"username": "ann@example.com", "sourceipaddress": "198.51.100.23", "useragent": "Chrome", "country": "CH"},
    ),
    (
        "AuditEntry.create",
        {"data": entry("userJoinedTeam", metadata={"teamName": "Platform", "teamKey": "PLT", "owner": False})},
        "NOTICE permission.grant | userJoinedTeam by ann@example.com: Platform, PLT",
        {"target": "Platform"},
    ),
    (
        "AuditEntry.create",
        {"data": entry("userJoinedTeam", metadata={"teamName": "Platform", "owner": True})},
        "WARNING permission.grant | userJoinedTeam by ann@example.com: Platform",
        {},
    ),
    (
        "AuditEntry.create",
        {
            "data": entry(
                "webhookCreated", metadata={"label": "Backup", "url": "https://collector.example.net/in/a-secret"}
            )
        },
        "NOTICE configuration.create | webhookCreated by ann@example.com: Backup",
        {"target": "Backup"},
    ),
    (
        "AuditEntry.create",
        {"data": entry("userRoleChanged", metadata={"email": "bo@example.com", "role": "admin"})},
        "WARNING permission.change | userRoleChanged by ann@example.com: bo@example.com, admin",
        {},
    ),
    (
        "AuditEntry.create",
        {"data": entry("teamDeleted", metadata={}), "actor": None},
        "WARNING configuration.delete | teamDeleted by 8e03f2cf",
        {"username": None, "userid": "8e03f2cf"},
    ),
    (
        "User.update",
        {"data": user(admin=True), "updatedFrom": {"admin": False, "updatedAt": "2026-03-02"}},
        "WARNING permission.grant | User.update by ann@example.com: Bo Contractor as admin",
        {"targetuser": "bo@example.com", "role": "admin", "changed": "admin, updatedAt"},
    ),
    (
        "User.update",
        {"data": user(owner=True), "updatedFrom": {"owner": False}},
        "WARNING permission.grant | User.update by ann@example.com: Bo Contractor as owner",
        {},
    ),
    (
        "User.update",
        {"data": user(), "updatedFrom": {"admin": True}},
        "NOTICE permission.revoke | User.update by ann@example.com: Bo Contractor",
        {"role": "member"},
    ),
    (
        "User.update",
        {"data": user(active=False), "updatedFrom": {"active": True}},
        "NOTICE account.disable | User.update by ann@example.com: Bo Contractor",
        {},
    ),
    (
        "User.create",
        {"data": user(admin=True)},
        "WARNING account.create | User.create by ann@example.com: Bo Contractor as admin",
        {},
    ),
    (
        "User.create",
        {"data": user(guest=True)},
        "NOTICE account.create | User.create by ann@example.com: Bo Contractor as guest",
        {},
    ),
    (
        "OAuthApp.revoked",
        {"oauthClientId": "3f2a1b0c", "actor": None},
        "NOTICE permission.revoke | OAuthApp.revoked: client 3f2a1b0c",
        {"username": None},
    ),
    (
        "OAuthAuthorization.revoked",
        {**APPLICATION, "user": BO, "userId": "aacdca22", "activeTokensForUser": 0},
        "NOTICE permission.revoke | OAuthAuthorization.revoked by bo@example.com: Backup",
        {"username": "bo@example.com", "target": "Backup"},
    ),
    (
        "PermissionChange.teamAccessChanged",
        {
            "oauthClientId": "3f2a1b0c",
            "canAccessAllPublicTeams": True,
            "addedTeamIds": [],
            "removedTeamIds": [],
            "actor": None,
        },
        "WARNING permission.change | PermissionChange.teamAccessChanged: client 3f2a1b0c",
        {},
    ),
    (
        "Issue.create",
        {"data": ISSUE},
        f"INFO data.create | Issue.create by ann@example.com: {ROTATE}",
        {"target": "PLT-1"},
    ),
    (
        "Issue.update",
        {"data": ISSUE, "actor": {"id": "b5ea", "service": "github", "type": "integration"}},
        f"INFO data.change | Issue.update by github: {ROTATE}",
        {"username": "github"},
    ),
    (
        "IssueSLA.breached",
        {"issueData": ISSUE, "actor": None},
        f"INFO other | IssueSLA.breached: {ROTATE}",
        {"target": "PLT-1"},
    ),
    (
        "Comment.create",
        {"data": {"body": "x", "issue": ISSUE, "user": BO}},
        f"INFO data.create | Comment.create by ann@example.com: {ROTATE}",
        {},
    ),
    (
        "Comment.create",
        {"data": {"body": "x"}, "url": URL},
        f"INFO data.create | Comment.create by ann@example.com: {URL}",
        {"url": URL},
    ),
    (
        "Reaction.create",
        {"data": {"emoji": "tada", "issue": ISSUE}},
        f"INFO data.create | Reaction.create by ann@example.com: {ROTATE}",
        {},
    ),
    (
        "Comment.create",
        {"data": {"body": "x", "issue": {"title": "Rotate"}, "user": {"name": "Bo"}}, "actor": None},
        "INFO data.create | Comment.create by Bo: Rotate",
        {"username": "Bo"},
    ),
    (
        "Reaction.create",
        {"data": {"emoji": "tada", "user": BO}, "actor": None},
        "INFO data.create | Reaction.create by bo@example.com: tada",
        {},
    ),
    (
        "Attachment.create",
        {"data": {"title": "log.txt", "issueId": "77217de3"}},
        "INFO data.create | Attachment.create by ann@example.com: log.txt",
        {},
    ),
    (
        "IssueLabel.create",
        {"data": {"name": "Bug"}, "actor": None},
        "INFO data.create | IssueLabel.create: Bug",
        {"target": "Bug"},
    ),
    ("Document.remove", {"data": {"title": "Plan"}}, "INFO data.delete | Document.remove by ann@example.com: Plan", {}),
    (
        "Cycle.update",
        {"data": {"name": None, "number": 12}},
        "INFO data.change | Cycle.update by ann@example.com: number 12",
        {},
    ),
    (
        "CustomerNeed.create",
        {"data": {"body": "x", "customer": {"name": "ACME"}}},
        "INFO data.create | CustomerNeed.create by ann@example.com: ACME",
        {},
    ),
    (
        "ReleaseNote.create",
        {"data": {"title": None, "pipeline": {"name": "iOS"}}},
        "INFO data.create | ReleaseNote.create by ann@example.com: iOS",
        {},
    ),
    *(
        (
            f"{type_}.update",
            {"data": {"name": "Falcon"}},
            f"INFO data.change | {type_}.update by ann@example.com: Falcon",
            {"target": "Falcon"},
        )
        for type_ in ("Customer", "Initiative", "Project", "ProjectLabel", "Release")
    ),
    *(
        (
            f"{type_}Update.create",
            {"data": {"body": "x", type_.lower(): {"name": "Falcon"}}},
            f"INFO data.create | {type_}Update.create by ann@example.com: Falcon",
            {},
        )
        for type_ in ("Initiative", "Project")
    ),
    (
        "AppUserNotification.issueMention",
        {
            "oauthClientId": "3f2a1b0c",
            "notification": {"type": "issueMention", "actor": BO, "issue": ISSUE},
            "actor": None,
        },
        f"INFO other | AppUserNotification.issueMention by bo@example.com: {ROTATE}",
        {"target": "PLT-1"},
    ),
    (
        "AgentSessionEvent.created",
        {"oauthClientId": "3f2a1b0c", "agentSession": {"issue": ISSUE, "creator": BO}, "actor": None},
        f"INFO other | AgentSessionEvent.created by bo@example.com: {ROTATE}",
        {"target": "PLT-1"},
    ),
]


@pytest.mark.parametrize(("event", "content", "expected", "facts"), EVENTS, ids=[row[2] for row in EVENTS])
def test_event_becomes_a_line(event: str, content: dict[str, Any], expected: str, facts: dict[str, Any]) -> None:
    type_, action = event.split(".")
    times = {"createdAt": "2026-03-02T10:21:17.940Z", "webhookTimestamp": int(SAMPLE_TIME * 1_000)}
    body = {"type": type_, "action": action, "actor": ANN, "organizationId": "5a3b982d", **times, **content}
    message = only_message("linear", body)
    assert (line(message).replace("| linear: ", "| "), details(message, facts)) == (expected, facts)
