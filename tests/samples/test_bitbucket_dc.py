"""The audit log of Bitbucket Data Center: a line for each kind of event.

https://confluence.atlassian.com/bitbucketserver/audit-log-events-776640423.html
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.shipped_messages import details, line, pulled_messages

ANN = {"name": "ann", "type": "NORMAL", "id": "2"}
SYSTEM = {"name": "System", "type": "system", "id": "-1"}
REPOSITORY = [{"name": "PAY", "type": "PROJECT", "id": "2"}, {"name": "ledger", "type": "REPOSITORY", "id": "1"}]
USER = "bitbucket.service.user.audit.action"
PERMISSION = "bitbucket.service.user.audit.attribute.permission.permission"


def messages(key: str | None, action: str, **more: Any) -> list[dict[str, Any]]:
    event = {
        "timestamp": "2025-12-31T09:00:00.087Z",
        "author": ANN,
        "type": {"action": action, "actionI18nKey": key, "category": "any"},
        "affectedObjects": REPOSITORY,
        "changedValues": [],
        "source": "10.20.30.40",
        "extraAttributes": [],
        **more,
    }
    return pulled_messages("bitbucket-dc", "events", {"entities": [event], "pagingInfo": {"lastPage": True, "size": 1}})


def message(key: str | None, action: str, **more: Any) -> dict[str, Any]:
    (only,) = messages(key, action, **more)
    return only


def attribute(key: str, value: str) -> dict[str, str]:
    return {"nameI18nKey": key, "name": "in any language", "value": value}


@pytest.mark.parametrize(
    ("key", "action", "expected"),
    [
        (f"{USER}.authenticationsuccess", "User login success", "INFO authentication.start"),
        (f"{USER}.authenticationfailure", "User login failed", "NOTICE authentication.start"),
        (None, "User login failed(SSH)", "NOTICE authentication.start"),
        ("bitbucket.web.audit.action.logoutsuccess", "User logout", "INFO authentication.end"),
        ("atlassian.audit.event.action.audit.search", "Audit Log search performed", "INFO data.read"),
        (f"{USER}.usercreated", "User created", "NOTICE account.create"),
        (f"{USER}.usercredentialupdated", "User password changed", "NOTICE account.change"),
        (f"{USER}.userdeleted", "User deleted", "NOTICE account.delete"),
        (f"{USER}.groupmembershipscreated.user", "User added to user group", "NOTICE permission.grant"),
        (f"{USER}.groupmembershipdeleted", "User deleted from user group", "NOTICE permission.revoke"),
        (f"{USER}.globalpermissiongranted", "Global permission granted", "WARNING permission.grant"),
        (f"{USER}.repositorypermissiongranted", "Repository permission granted", "NOTICE permission.grant"),
        (f"{USER}.repositorypermissiongrantrequested", "Repository permission requested", "INFO permission.change"),
        ("bitbucket.access.tokens.audit.action.accesstokencreated.personal", "Token", "WARNING permission.grant"),
        ("bitbucket.ssh.audit.action.sshaccesskeygranted.repository", "Key", "WARNING permission.grant"),
        ("bitbucket.ssh.audit.action.sshkeydeleted", "Key", "NOTICE permission.revoke"),
        ("atlassian.audit.event.action.audit.config.updated", "Audit Log", "WARNING configuration.change"),
        ("bitbucket.service.plugin.audit.action.pluginenabled", "Plugin enabled", "WARNING configuration.create"),
        ("bitbucket.service.project.audit.action.projectcreated", "Project created", "INFO configuration.create"),
        ("bitbucket.service.project.audit.action.projectdeleted", "Project deleted", "WARNING configuration.delete"),
        ("bitbucket.service.repository.audit.action.repositoryaccessed", "Accessed", "INFO data.read"),
        (None, "Global secret scanning rule deleted", "WARNING configuration.delete"),
        (None, "Secret scanning exempt repository added", "WARNING configuration.create"),
        (None, "SSH settings changed", "WARNING configuration.change"),
        (None, "Full data export triggered", "WARNING data.read"),
        (None, "Unauthorized access to a resource", "WARNING data.read"),
        (None, "Something new", "INFO other"),
    ],
)
def test_event_is_judged(key: str | None, action: str, expected: str) -> None:
    assert line(message(key, action)) == f"{expected} | bitbucket: {action} by ann: PAY/ledger"


def test_a_search_of_the_log_is_dropped() -> None:
    assert messages("atlassian.audit.event.action.audit.search", "Audit Log search performed") == []


def test_an_administrators_permission_is_a_warning() -> None:
    admin = message(
        f"{USER}.projectpermissiongranted", "Granted", extraAttributes=[attribute(PERMISSION, "PROJECT_ADMIN")]
    )
    assert line(admin) == "WARNING permission.grant | bitbucket: Granted by ann: PAY/ledger (PROJECT_ADMIN)"


def test_plugins_that_bitbucket_starts_are_no_warning() -> None:
    key = "bitbucket.service.plugin.audit.action.pluginenabled"
    plugin = message(key, "Plugin enabled", author=SYSTEM, affectedObjects=[{"name": "com.example", "type": "MISC"}])
    assert line(plugin) == "INFO configuration.create | bitbucket: Plugin enabled by System: com.example"


def test_who_fails_to_sign_in_is_the_user() -> None:
    failed = message(
        f"{USER}.authenticationfailure",
        "User login failed",
        author={"name": "Anonymous", "type": "user", "id": "-2"},
        affectedObjects=[],
        extraAttributes=[attribute("bitbucket.audit.attribute.legacy.target", "eve")],
    )
    assert failed["summary"] == "bitbucket: User login failed by Anonymous: eve"
    assert details(failed, {"username": "eve", "success": False}) == {"username": "eve", "success": False}


def test_facts_are_found() -> None:
    bob = {"name": "bob", "type": "USER", "id": "3"}
    changed = [{"key": "Username", "from": "robert", "to": "bob"}]
    event = message(f"{USER}.userrenamed", "Username changed", affectedObjects=[bob], changedValues=changed)
    assert event["summary"] == "bitbucket: Username changed by ann: bob, Username from robert to bob"
    expected = {"username": "ann", "targetuser": "bob", "sourceipaddress": "10.20.30.40", "changed": "Username"}
    assert details(event, expected) == expected
