"""GitLab's events: each that its documentation lists becomes a line that names who did what to what.

https://docs.gitlab.com/user/project/integrations/webhook_events/ and https://docs.gitlab.com/administration/system_hooks/
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.shipped_messages import details, line, only_message

WEB = "https://gitlab.example.com/platform/payments"
TIMES = {"created_at": "2025-07-21T07:30:58Z", "updated_at": "2026-03-02T07:38:22Z"}
PROJECT = {"id": 71, "name": "payments", "path_with_namespace": "platform/payments", "web_url": WEB}
ANN = {"id": 12, "name": "Ann Example", "username": "ann", "email": "[REDACTED]"}
BO = {"user_username": "bo", "user_name": "Bo Contractor", "user_email": "bo@example.com", "user_id": 34}
OF_GROUP = {**TIMES, **BO, "group_id": 92, "group_name": "Platform", "group_path": "platform"}
OF_PROJECT = {
    **TIMES,
    **BO,
    "project_id": 71,
    "project_name": "payments",
    "project_path": "payments",
    "project_path_with_namespace": "platform/payments",
    "project_visibility": "private",
}
DELETED, SHA = "0" * 40, "c0ffee1f2e3d4c5b6a79881706f5e4d3c2b1a090"
PUSHER = {"user_id": 12, "user_name": "Ann Example", "user_username": "ann", "project_id": 71, "project": PROJECT}
ISSUE = {"id": 635, "iid": 42, "title": "Upload fails", "state": "opened", "url": f"{WEB}/-/issues/42"}
TOKEN = {"id": 25, "name": "deploy-bot", "expires_at": "2026-03-09"}


def of_project(event: str, **more: Any) -> dict[str, Any]:
    """Return a system hook about a project."""
    named = {"name": "Payments", "path": "payments", "path_with_namespace": "ann/payments", "project_id": 73}
    owner = {"owner_name": "Ann Example", "owner_email": "ann@example.com", "project_visibility": "internal"}
    return {**TIMES, "event_name": event, **named, **owner, **more}


def of_group(event: str, **more: Any) -> dict[str, Any]:
    return {**TIMES, "event_name": event, "name": "Platform", "path": "platform", "group_id": 92, **more}


def of_user(event: str, **more: Any) -> dict[str, Any]:
    user = {"email": "cy@example.com", "name": "Cy Former", "username": "cy", "user_id": 51}
    return {**TIMES, "event_name": event, **user, **more}


def member(event: str, role: str) -> dict[str, Any]:
    shape = {**OF_GROUP, "group_access": role} if event.endswith("group") else {**OF_PROJECT, "access_level": role}
    return {**shape, "event_name": event}


def push(kind: str, ref: str, after: str = SHA) -> dict[str, Any]:
    commit = None if after == DELETED else after
    refs = {"before": "9f8e7d6c5b4a39281706f5e4d3c2b1a098765432", "after": after, "ref": ref, "checkout_sha": commit}
    return {"object_kind": kind, "event_name": kind, **refs, **PUSHER, "commits": [], "total_commits_count": 0}


def about(kind: str, attributes: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Return a project hook by a person."""
    return {"object_kind": kind, "user": ANN, "project": PROJECT, "object_attributes": attributes, **more}


def vulnerability(state: str, severity: str) -> dict[str, Any]:
    url = f"{WEB}/-/security/vulnerabilities/1"
    return {
        "object_kind": "vulnerability",
        "object_attributes": {"title": "REXML DoS", "state": state, "severity": severity, "url": url},
    }


EVENTS: list[tuple[dict[str, Any], str, dict[str, Any]]] = [
    (of_project("project_create"), "INFO data.create | gitlab: project_create: ann/payments", {"username": None}),
    (
        of_project("project_create", project_visibility="public"),
        "WARNING data.create | gitlab: project_create: ann/payments",
        {"visibility": "public"},
    ),
    (
        of_project("project_destroy"),
        "WARNING data.delete | gitlab: project_destroy: ann/payments",
        {"target": "ann/payments"},
    ),
    (
        of_project("project_rename", old_path_with_namespace="ann/pay"),
        "NOTICE configuration.change | gitlab: project_rename: ann/payments, formerly ann/pay",
        {"target": "ann/payments", "formerly": "ann/pay"},
    ),
    (
        of_project("project_transfer", old_path_with_namespace="core/payments"),
        "WARNING configuration.change | gitlab: project_transfer: ann/payments, formerly core/payments",
        {"project": "ann/payments"},
    ),
    (of_project("project_update"), "INFO configuration.change | gitlab: project_update: ann/payments", {}),
    (of_group("group_create"), "INFO configuration.create | gitlab: group_create: platform", {"target": "platform"}),
    (of_group("group_destroy"), "WARNING configuration.delete | gitlab: group_destroy: platform", {}),
    (
        of_group("group_rename", full_path="example/platform", old_path="core", old_full_path="example/core"),
        "NOTICE configuration.change | gitlab: group_rename: example/platform, formerly example/core",
        {"target": "example/platform"},
    ),
    (
        of_group("subgroup_create", full_path="example/platform", parent_full_path="example"),
        "INFO configuration.create | gitlab: subgroup_create: example/platform",
        {},
    ),
    (
        of_group("subgroup_destroy", full_path="example/platform", parent_full_path="example"),
        "WARNING configuration.delete | gitlab: subgroup_destroy: example/platform",
        {},
    ),
    (of_user("user_create"), "INFO account.create | gitlab: user_create: cy", {"targetuser": "cy", "target": None}),
    (of_user("user_destroy"), "NOTICE account.delete | gitlab: user_destroy: cy", {"targetuser": "cy"}),
    (
        of_user("user_rename", old_username="cyrus"),
        "NOTICE account.change | gitlab: user_rename: cy, formerly cyrus",
        {"targetuser": "cy"},
    ),
    (
        of_user("user_failed_login", state="ldap_blocked"),
        "WARNING authentication.start | gitlab: user_failed_login: cy",
        {"username": "cy", "success": False, "reason": "ldap_blocked", "targetuser": None},
    ),
    (
        {**TIMES, "event_name": "key_create", "username": "bo", "key": "ssh-rsa AAAA bo@laptop", "id": 4},
        "NOTICE account.change | gitlab: key_create: SSH key of bo",
        {"targetuser": "bo"},
    ),
    (
        {**TIMES, "event_name": "key_destroy", "key": "ssh-rsa AAAA ci@runner", "id": 4},
        "NOTICE account.change | gitlab: key_destroy: SSH key",
        {"targetuser": None},
    ),
    (
        member("user_add_to_group", "Owner"),
        "WARNING permission.grant | gitlab: user_add_to_group: bo as Owner in platform",
        {"targetuser": "bo", "role": "Owner", "target": "platform", "username": None, "userid": None},
    ),
    (
        member("user_add_to_team", "Maintainer"),
        "WARNING permission.grant | gitlab: user_add_to_team: bo as Maintainer in platform/payments",
        {"targetuser": "bo", "role": "Maintainer", "target": "platform/payments"},
    ),
    (
        member("user_add_to_team", "Guest"),
        "INFO permission.grant | gitlab: user_add_to_team: bo as Guest in platform/payments",
        {},
    ),
    (
        member("user_update_for_group", "Owner"),
        "WARNING permission.change | gitlab: user_update_for_group: bo as Owner in platform",
        {},
    ),
    (
        member("user_update_for_team", "Developer"),
        "INFO permission.change | gitlab: user_update_for_team: bo as Developer in platform/payments",
        {},
    ),
    (
        member("user_remove_from_group", "Owner"),
        "NOTICE permission.revoke | gitlab: user_remove_from_group: bo as Owner in platform",
        {},
    ),
    (
        member("user_remove_from_team", "Guest"),
        "NOTICE permission.revoke | gitlab: user_remove_from_team: bo as Guest in platform/payments",
        {},
    ),
    *(
        (
            member(event, "Maintainer"),
            f"INFO other | gitlab: {event}: bo as Maintainer in platform{'' if 'group' in event else '/payments'}",
            {"targetuser": "bo"},
        )
        for event in (
            "user_access_request_to_group",
            "user_access_request_revoked_for_group",
            "user_access_request_denied_for_group",
            "user_access_request_to_project",
            "user_access_request_revoked_for_project",
        )
    ),
    (
        {
            "object_kind": "gitlab_subscription_member_approval",
            "action": "enqueue",
            "user_id": 34,
            "requested_by_user_id": 12,
        },
        "NOTICE other | gitlab: gitlab_subscription_member_approval.enqueue by user 12: user 34",
        {"userid": "12"},
    ),
    (
        {
            "object_kind": "gitlab_subscription_member_approvals",
            "action": "approve",
            "user_id": 34,
            "reviewed_by_user_id": 1,
        },
        "NOTICE permission.grant | gitlab: gitlab_subscription_member_approvals.approve by user 1: user 34",
        {"userid": "1"},
    ),
    (
        push("push", "refs/heads/main"),
        "INFO data.change | gitlab: push by ann: main in platform/payments",
        {"username": "ann", "userid": "12", "target": "platform/payments", "ref": "refs/heads/main", "url": WEB},
    ),
    (
        {**PUSHER, "object_kind": "push", "ref": "refs/heads/main", "after": SHA},
        "INFO data.change | gitlab: push by ann: main in platform/payments",
        {"target": "platform/payments"},
    ),
    (
        push("push", "refs/heads/release", DELETED),
        "WARNING data.delete | gitlab: push.delete by ann: release in platform/payments",
        {"eventname": "push.delete"},
    ),
    (
        push("tag_push", "refs/tags/v1", DELETED),
        "WARNING data.delete | gitlab: tag_push.delete by ann: v1 in platform/payments",
        {},
    ),
    (
        {
            "event_name": "repository_update",
            **PUSHER,
            "refs": ["refs/heads/main", "refs/heads/old"],
            "changes": [{"after": SHA, "ref": "refs/heads/main"}, {"after": DELETED, "ref": "refs/heads/old"}],
        },
        "WARNING data.change | gitlab: repository_update by ann: main, old in platform/payments",
        {"target": "platform/payments"},
    ),
    (
        about("issue", {**ISSUE, "action": "open", "type": "Issue", "severity": "high"}),
        "INFO data.create | gitlab: issue.open by ann: Upload fails in platform/payments",
        {"target": "Upload fails", "url": f"{WEB}/-/issues/42", "project": "platform/payments"},
    ),
    (
        about("work_item", {**ISSUE, "action": "open", "type": "Incident", "severity": "high"}),
        "ERROR data.create | gitlab: work_item.open by ann: Upload fails in platform/payments",
        {},
    ),
    (
        {"object_kind": "work_item", "user": ANN, "object_attributes": {**ISSUE, "action": "close", "type": "Epic"}},
        f"INFO data.change | gitlab: work_item.close by ann: Upload fails in {WEB}/-/issues/42",
        {},
    ),
    (
        about("merge_request", {"title": "Retry", "action": "approved", "state": "opened"}),
        "INFO data.change | gitlab: merge_request.approved by ann: Retry in platform/payments",
        {"eventname": "merge_request.approved"},
    ),
    (
        about("note", {"note": "Why?", "noteable_type": "Issue", "action": "create"}, issue=ISSUE),
        "INFO data.create | gitlab: note.create by ann: Upload fails in platform/payments",
        {},
    ),
    (
        about(
            "note", {"note": "Why?", "action": "create"}, commit={"id": SHA, "message": "Retry upload\n\nAs asked\n"}
        ),
        "INFO data.create | gitlab: note.create by ann: Retry upload As asked  in platform/payments",
        {},
    ),
    (
        about("note", {"note": "Why?", "action": "update"}, snippet={"title": "How to upload"}),
        "INFO data.change | gitlab: note.update by ann: How to upload in platform/payments",
        {},
    ),
    (
        about("wiki_page", {"title": "Home", "action": "delete", "url": f"{WEB}/-/wikis/home"}),
        "INFO data.delete | gitlab: wiki_page.delete by ann: Home in platform/payments",
        {},
    ),
    (
        about("pipeline", {"id": 31, "ref": "main", "status": "failed"}, commit={"message": "Retry"}),
        "NOTICE other | gitlab: pipeline.failed by ann: main in platform/payments",
        {"success": False, "ref": "main"},
    ),
    (
        {
            "object_kind": "build",
            "ref": "main",
            "build_name": "test",
            "build_status": "success",
            "build_failure_reason": "unknown_failure",
            "project_name": "platform / payments",
            "user": {"name": "Ann"},
        },
        "INFO other | gitlab: build.success by Ann: test in platform / payments",
        {"success": True, "reason": None},
    ),
    (
        {
            "object_kind": "deployment",
            "status": "canceled",
            "environment": "production",
            "project": PROJECT,
            "user": ANN,
            "commit_title": "Retry",
        },
        "NOTICE other | gitlab: deployment.canceled by ann: production in platform/payments",
        {"success": False},
    ),
    (
        {
            "object_kind": "deployment",
            "status": "rejected",
            "environment": "production",
            "project": PROJECT,
            "user": ANN,
            "approver": {"id": 34, "username": "bo", "name": "Bo Contractor"},
            "approval": {"status": "rejected", "comment": "Not on a Friday"},
        },
        "NOTICE other | gitlab: deployment.rejected by bo: production in platform/payments",
        {"username": "bo", "userid": "34", "success": False, "reason": "Not on a Friday"},
    ),
    (
        about("feature_flag", {"id": 6, "name": "new-upload", "active": True}),
        "INFO configuration.change | gitlab: feature_flag.active by ann: new-upload in platform/payments",
        {},
    ),
    (
        about("feature_flag", {"id": 6, "name": "new-upload", "active": False}),
        "INFO configuration.change | gitlab: feature_flag by ann: new-upload in platform/payments",
        {},
    ),
    (
        {
            "object_kind": "release",
            "name": "v1.1",
            "tag": "v1.1",
            "action": "create",
            "project": PROJECT,
            "commit": {"title": "x"},
        },
        "INFO data.create | gitlab: release.create: v1.1 in platform/payments",
        {"username": None},
    ),
    (
        {
            "object_kind": "milestone",
            "project": PROJECT,
            "object_attributes": {"title": "v1", "state": "closed"},
            "action": "close",
        },
        "INFO data.change | gitlab: milestone.close: v1 in platform/payments",
        {},
    ),
    (
        about("emoji", {"name": "thumbsup", "action": "revoke", "awarded_on_url": f"{WEB}/-/issues/42"}, issue=ISSUE),
        "INFO data.delete | gitlab: emoji.revoke by ann: thumbsup on Upload fails in platform/payments",
        {"url": f"{WEB}/-/issues/42"},
    ),
    *(
        (
            {"object_kind": kind, "event_name": f"expiring_{kind}", "project": PROJECT, "object_attributes": TOKEN},
            f"NOTICE other | gitlab: expiring_{kind}: deploy-bot in platform/payments",
            {"expires_at": "2026-03-09", "username": None},
        )
        for kind in ("access_token", "deploy_token")
    ),
    (
        {
            "object_kind": "access_token",
            "event_name": "expiring_access_token",
            "object_attributes": TOKEN,
            "group": {"group_name": "Platform", "group_path": "platform", "group_id": 92},
        },
        "NOTICE other | gitlab: expiring_access_token: deploy-bot in platform",
        {},
    ),
    *(
        (
            vulnerability(state, severity),
            f"{expected} | gitlab: vulnerability.{state}: REXML DoS in {WEB}/-/security/vulnerabilities/1",
            {"target": "REXML DoS"},
        )
        for state, severity, expected in (
            ("detected", "critical", "CRITICAL detection.create"),
            ("confirmed", "high", "ERROR detection.change"),
            ("detected", "medium", "WARNING detection.create"),
            ("detected", "unknown", "INFO detection.create"),
            ("dismissed", "critical", "NOTICE detection.close"),
            ("resolved", "critical", "INFO detection.close"),
        )
    ),
]


@pytest.mark.parametrize(
    ("event", "expected_line", "facts"), EVENTS, ids=[row[1].partition(": ")[2][:60] for row in EVENTS]
)
def test_event_becomes_a_line(event: dict[str, Any], expected_line: str, facts: dict[str, Any]) -> None:
    message = only_message("gitlab", event, {"X-Gitlab-Instance": "https://gitlab.example.com"})
    assert (line(message), details(message, facts)) == (expected_line, facts)


def test_the_values_of_variables_are_masked() -> None:
    variables = [{"key": "DEPLOY_TOKEN", "value": "a-secret"}]
    message = only_message("gitlab", about("pipeline", {"ref": "main", "status": "success", "variables": variables}))
    assert "a-secret" not in str(message)
