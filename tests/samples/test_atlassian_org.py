"""Atlassian's audit log of an organization: a line for each kind of action.

https://support.atlassian.com/security-and-access-policies/docs/audit-log-activities-database
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.shipped_messages import details, line, pulled_messages

ANN = {"id": "712020:ann", "name": "Ann", "email": "ann@example.com"}
LAST = {"data": [], "meta": {"next": None}}


def message(action: str, words: str | None = "as it is", **attributes: Any) -> dict[str, Any]:
    event = {
        "id": "e1",
        "type": "events",
        "attributes": {
            "action": action,
            "time": "2025-12-31T09:00:00Z",
            "actor": ANN,
            "location": {"ip": "198.51.100.23"},
            **attributes,
        },
        "message": {"content": words, "format": "simple"},
    }
    (only,) = pulled_messages("atlassian-org", "events", {"data": [event], "meta": {"next": "c2"}}, last=LAST)
    return only


@pytest.mark.parametrize(
    ("action", "expected"),
    [
        ("user_login", "INFO authentication.start"),
        ("user_login_failed", "NOTICE authentication.start"),
        ("user_logout", "INFO authentication.end"),
        ("user_logged_in_as_user", "WARNING authentication.start"),
        ("user_deactivated", "NOTICE account.disable"),
        ("user_added_to_group", "NOTICE permission.grant"),
        ("user_removed_from_group", "NOTICE permission.revoke"),
        ("user_granted_role", "WARNING permission.grant"),
        ("api_token_created", "WARNING permission.grant"),
        ("data_classification_policy_update", "WARNING configuration.change"),
        ("org_settings_update", "WARNING configuration.change"),
        ("marketplace_app_installed", "WARNING configuration.create"),
        ("marketplace_app_uninstalled", "NOTICE configuration.delete"),
        ("confluence_added_space_permission", "NOTICE permission.grant"),
        ("confluence_space_exported", "WARNING data.read"),
        ("confluence_page_viewed", "INFO data.read"),
        ("authentication_policy_viewed", "INFO configuration.read"),
        ("jira_issue_created", "INFO data.create"),
        ("jira_issue_updated", "INFO data.change"),
        ("jira_issue_deleted", "NOTICE data.delete"),
        ("jira_malware_detected", "ERROR detection.create"),
        ("guard_detect_alert_created", "WARNING detection.create"),
        ("something_new", "INFO other"),
    ],
)
def test_action_is_judged(action: str, expected: str) -> None:
    assert line(message(action)) == f"{expected} | atlassian: {action} by ann@example.com: as it is"


@pytest.mark.parametrize(
    ("words", "more", "summary"),
    [
        (None, {"context": [{"type": "users", "attributes": {"email": "bob@example.com"}}]},
         "x by ann@example.com: bob@example.com"),
        ("as it is", {"actor": {"id": "confluence", "name": "Confluence", "email": "Atlassian app"}},
         "x by Confluence: as it is"),
        ("as it is", {"actor": {"id": "712020:eve"}, "container": [{"attributes": {"siteName": "acme"}}]},
         "x by 712020:eve: as it is in acme"),
        (None, {"actor": {}}, "x"),
    ],
)  # fmt: skip
def test_summary_names_what_is_known(words: str | None, more: dict[str, Any], summary: str) -> None:
    assert message("x", words, **more)["summary"] == f"atlassian: {summary}"


def test_facts_are_found() -> None:
    bob = {"type": "users", "attributes": {"email": "bob@example.com"}}
    group = {"type": "groups", "attributes": {"name": "admins", "role": "org-admin"}}
    event = message("user_granted_role", context=[bob, group], processedAt="2025-12-31T09:00:01Z")
    expected = {
        "username": "ann@example.com",
        "userid": "712020:ann",
        "targetuser": "bob@example.com",
        "target": "admins",
        "role": "org-admin",
        "sourceipaddress": "198.51.100.23",
        "processed": "2025-12-31T09:00:01Z",
    }
    assert details(event, expected) == expected
    assert "sourceipaddress" not in message("x", location={"geo": "EU"})["details"]
