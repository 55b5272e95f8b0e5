"""Google Workspace's activities: each becomes a line that says who did what to what.

https://developers.google.com/workspace/admin/reports/v1/appendix/activity
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.shipped_messages import details, line, pulled_messages

ID = {"time": "2025-12-31T09:00:00.000Z", "uniqueQualifier": "-77", "customerId": "C0example7"}


def event(name: str, **parameters: Any) -> dict[str, Any]:
    values = [
        {
            "name": key,
            "boolValue" if isinstance(value, bool) else "multiValue" if isinstance(value, list) else "value": value,
        }
        for key, value in parameters.items()
    ]
    return {"type": "T", "name": name, "parameters": values}


def answer(application: str, *events: dict[str, Any], **more: Any) -> dict[str, Any]:
    actor = {"callerType": "USER", "email": "ann@example.com", "profileId": "1"}
    activity = {"id": {**ID, "applicationName": application}, "actor": actor, "ipAddress": "198.51.100.23", **more}
    return {"items": [{**activity, "events": list(events)}]}


def message(application: str, *events: dict[str, Any], **more: Any) -> dict[str, Any]:
    (only,) = pulled_messages("google-workspace", f"activities.{application}", answer(application, *events, **more))
    return only


@pytest.mark.parametrize(
    ("application", "made", "expected"),
    [
        ("admin", event("ASSIGN_ROLE", ROLE_NAME="_SEED_ADMIN_ROLE", USER_EMAIL="bob@example.com"),
         "WARNING permission.grant | _SEED_ADMIN_ROLE, bob@example.com"),
        ("admin", event("UNASSIGN_ROLE", ROLE_NAME="Help desk", USER_EMAIL="bob@example.com"),
         "NOTICE permission.revoke | Help desk, bob@example.com"),
        ("admin", event("CREATE_USER", USER_EMAIL="bob@example.com"), "NOTICE account.create | bob@example.com"),
        ("admin", event("DELETE_USER", USER_EMAIL="bob@example.com"), "NOTICE account.delete | bob@example.com"),
        ("admin", event("SUSPEND_USER", USER_EMAIL="bob@example.com"), "NOTICE account.disable | bob@example.com"),
        ("admin", event("UNSUSPEND_USER", USER_EMAIL="bob@example.com"), "NOTICE account.enable | bob@example.com"),
        ("admin", event("CHANGE_PASSWORD", USER_EMAIL="bob@example.com"), "NOTICE account.change | bob@example.com"),
        ("admin", event("ADD_GROUP_MEMBER", USER_EMAIL="bob@example.com", GROUP_EMAIL="ops@example.com"),
         "NOTICE permission.grant | bob@example.com, ops@example.com"),
        ("admin", event("AUTHORIZE_API_CLIENT_ACCESS", API_CLIENT_NAME="77", API_SCOPES=["scope-a", "scope-b"]),
         "WARNING permission.grant | 77, scope-a, scope-b"),
        ("admin", event("ENFORCE_STRONG_AUTHENTICATION", NEW_VALUE="false", OLD_VALUE="true"),
         "WARNING configuration.change | false"),
        ("admin", event("CHANGE_APPLICATION_SETTING", APPLICATION_NAME="Drive", SETTING_NAME="Sharing", NEW_VALUE="on"),
         "NOTICE configuration.change | Drive, Sharing, on"),
        ("admin", event("CHANGE_APPLICATION_SETTING", APPLICATION_NAME="Security", SETTING_NAME="Age", NEW_VALUE="9"),
         "WARNING configuration.change | Security, Age, 9"),
        ("drive", event("rename", doc_title="Plan"), "INFO data.change | Plan"),
        ("drive", event("edit", doc_title="Plan"), "INFO data.change | Plan"),
        ("drive", event("move", doc_title="Plan"), "INFO data.change | Plan"),
        ("admin", event("ADD_TRUSTED_DOMAINS", DOMAIN_NAME="example.net"), "WARNING permission.grant | example.net"),
        ("admin", event("CUSTOMER_TAKEOUT_CREATED", USER_EMAIL="bob@example.com"),
         "WARNING data.read | bob@example.com"),
        ("admin", event("ADD_MOBILE_APPLICATION_TO_WHITELIST", MOBILE_APP_PACKAGE_ID="com.example.app"),
         "NOTICE configuration.create | com.example.app"),
        ("admin", event("CHANGE_CALENDAR_SETTING", SETTING_NAME="SHARING_OUTSIDE_DOMAIN", NEW_VALUE="READ_ONLY"),
         "NOTICE configuration.change | SHARING_OUTSIDE_DOMAIN, READ_ONLY"),
        ("admin", event("REMOVE_TRUSTED_DOMAINS", DOMAIN_NAME="example.net"), "NOTICE permission.revoke | example.net"),
        ("mobile", event("FAILED_PASSWORD_ATTEMPTS_EVENT", DEVICE_ID="D1"), "NOTICE authentication.start | D1"),
        ("login", event("login_success", login_type="exchange"), "INFO authentication.start | exchange"),
        ("login", event("login_failure", login_type="google_password"),
         "NOTICE authentication.start | google_password"),
        ("login", event("gov_attack_warning"), "ERROR detection.create | "),
        ("login", event("account_disabled_password_leak", affected_email_address="bob@example.com"),
         "ERROR detection.create | bob@example.com"),
        ("login", event("2sv_disable"), "WARNING account.change | "),
        ("login", event("logout", login_type="unknown"), "INFO authentication.end | unknown"),
        ("user_accounts", event("password_edit"), "NOTICE account.change | "),
        ("token", event("authorize", client_id="77", app_name="Mail Merge"),
         "NOTICE permission.grant | 77, Mail Merge"),
        ("token", event("revoke", client_id="77", app_name="Mail Merge"),
         "INFO permission.revoke | 77, Mail Merge"),
        ("saml", event("login_failure", application_name="Wiki"), "NOTICE authentication.start | Wiki"),
        ("groups_enterprise", event("add_member", group_id="ops@example.com", member_id="bob@example.net"),
         "NOTICE permission.grant | ops@example.com, bob@example.net"),
        ("drive", event("change_user_access", doc_title="Plan", target_user="bob@example.net", new_value=["can_edit"]),
         "NOTICE permission.change | Plan, bob@example.net, can_edit"),
        ("drive", event("change_owner", doc_title="Plan", new_owner="bob@example.com"),
         "WARNING permission.change | Plan, bob@example.com"),
        ("drive", event("download", doc_title="Plan"), "INFO data.read | Plan"),
        ("drive", event("trash", doc_title="Plan"), "INFO data.delete | Plan"),
        ("rules", event("rule_match", rule_name="Card numbers", resource_title="Plan"),
         "NOTICE detection.create | Card numbers, Plan"),
        ("mobile", event("DEVICE_COMPROMISED_EVENT", DEVICE_ID="D1", DEVICE_COMPROMISED_STATE="COMPROMISED"),
         "WARNING detection.create | D1, COMPROMISED"),
        ("context_aware_access", event("ACCESS_DENY_EVENT", CAA_ACCESS_APPLICATION="Gmail"),
         "NOTICE authentication.start | Gmail"),
        ("gemini_in_workspace_apps", event("feature_utilization", app_name="Docs", action="summarize"),
         "INFO other | Docs, summarize"),
    ],
)  # fmt: skip
def test_activity_is_told(application: str, made: dict[str, Any], expected: str) -> None:
    head, _, about = expected.partition(" | ")
    summary = f"google: {application} {made['name']} by ann@example.com" + (f": {about}" if about else "")
    assert line(message(application, made)) == f"{head} | {summary}"


def test_all_events_of_an_activity_are_named() -> None:
    shared = event("change_user_access", doc_title="Plan", target_user="bob@example.net", new_value=["can_edit"])
    made = message("drive", event("edit", doc_title="Plan"), shared)
    assert line(made) == (
        "NOTICE permission.change | google: drive edit, change_user_access by ann@example.com:"
        " Plan, bob@example.net, can_edit"
    )


def test_facts_are_found() -> None:
    made = message(
        "admin", event("ASSIGN_ROLE", ROLE_NAME="Owner", USER_EMAIL="bob@example.com"), ownerDomain="example.com"
    )
    expected = {
        "eventname": "admin.ASSIGN_ROLE",
        "username": "ann@example.com",
        "userid": "1",
        "sourceipaddress": "198.51.100.23",
        "targetuser": "bob@example.com",
        "role": "Owner",
        "organization": "example.com",
        "application": "admin",
    }
    assert details(made, expected) == expected


def test_own_requests_are_dropped() -> None:
    own = event("activity", api_name="admin", method_name="reports.activities.list")
    assert pulled_messages("google-workspace", "activities.token", answer("token", own)) == []


def test_answer_without_items_has_no_events() -> None:
    assert pulled_messages("google-workspace", "activities.vault", {"kind": "admin#reports#activities"}) == []


def test_mobile_application_is_the_target() -> None:
    allowed = message("admin", event("ADD_MOBILE_APPLICATION_TO_WHITELIST", MOBILE_APP_PACKAGE_ID="com.example.app"))
    assert allowed["details"]["target"] == "com.example.app"
