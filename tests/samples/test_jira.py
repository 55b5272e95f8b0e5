"""Jira's events: each becomes a line that names who did what to what, as far as Jira says.

https://developer.atlassian.com/cloud/jira/platform/webhooks/#available-webhook-events
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.shipped_messages import details, line, only_message

ANN = {"accountId": "557058:0000aaaa", "displayName": "Ann Example", "active": True}
BO = {"accountId": "557058:0000bbbb", "displayName": "Bo Contractor", "active": True, "emailAddress": "bo@example.com"}
ISSUE = {
    "id": "10202",
    "key": "SEC-42",
    "fields": {"summary": "Unexpected upload", "project": {"key": "SEC", "name": "Security"}},
}
COMMENT = {"id": "10300", "author": ANN, "updateAuthor": BO, "body": "Seen again"}
WORKLOG = {"id": "1", "author": ANN, "updateAuthor": ANN, "comment": "", "timeSpent": "1w", "issueId": "10014"}
ATTACHMENT = {"id": "10020", "filename": "upload.log", "author": ANN}
LINK = {"id": 1, "sourceIssueId": 10202, "destinationIssueId": 10196, "issueLinkType": {"name": "Blocks"}}
PROJECT = {"project": {"id": 10007, "key": "MNA", "name": "Falcon", "projectLead": ANN}}
VERSION = {"version": {"id": "10000", "name": "v1", "projectId": 10001}}
LINE_OF_LINK = "link Blocks from issue 10202 to issue 10196"
SPRINT, BOARD, FILTER = (
    {"sprint": {"id": 3, "name": "SEC 9"}},
    {"board": {"id": 1, "name": "Team"}},
    {"filter": {"name": "Open"}},
)
USER_FACTS = {"username": None, "targetuser": "bo@example.com"}

EVENTS: list[tuple[str, dict[str, Any], str, dict[str, Any]]] = [
    (
        "jira:issue_created",
        {"user": ANN, "issue": ISSUE, "issue_event_type_name": "issue_created"},
        "INFO data.create | jira:issue_created by Ann Example: SEC-42 Unexpected upload",
        {"username": "Ann Example", "userid": "557058:0000aaaa", "target": "SEC-42", "project": "SEC"},
    ),
    (
        "jira:issue_updated",
        {"user": BO, "issue": ISSUE, "changelog": {"items": [{"field": "status"}, {"field": "assignee"}]}},
        "INFO data.change | jira:issue_updated by Bo Contractor: status, assignee on SEC-42 Unexpected upload",
        {"username": "bo@example.com", "email": "bo@example.com", "changed": "status, assignee"},
    ),
    (
        "jira:issue_updated",
        {"user": ANN, "issue": ISSUE, "changelog": {"items": [{"field": "security", "toString": "Staff"}]}},
        "WARNING data.change | jira:issue_updated by Ann Example: security on SEC-42 Unexpected upload",
        {"security_level": "Staff"},
    ),
    (
        "jira:issue_deleted",
        {"user": ANN, "issue": ISSUE},
        "NOTICE data.delete | jira:issue_deleted by Ann Example: SEC-42 Unexpected upload",
        {},
    ),
    (
        "jira:worklog_updated",
        {"user": ANN, "issue": ISSUE, "changelog": {"items": [{"field": "timespent"}]}},
        "INFO data.change | jira:worklog_updated by Ann Example: timespent on SEC-42 Unexpected upload",
        {},
    ),
    (
        "comment_created",
        {"comment": COMMENT, "issue": ISSUE},
        "INFO data.create | comment_created by Bo Contractor: SEC-42 Unexpected upload",
        {"username": "bo@example.com", "author": "Ann Example"},
    ),
    (
        "comment_updated",
        {"comment": {**COMMENT, "updateAuthor": None}},
        "INFO data.change | comment_updated by Ann Example: comment 10300",
        {},
    ),
    (
        "comment_deleted",
        {"comment": COMMENT, "issue": ISSUE},
        "INFO data.delete | comment_deleted: comment by Ann Example on SEC-42 Unexpected upload",
        {"username": None, "author": "Ann Example"},
    ),
    (
        "comment_deleted",
        {"comment": COMMENT, "user": BO},
        "INFO data.delete | comment_deleted by Bo Contractor: comment by Ann Example",
        {"username": "bo@example.com", "targetuser": None, "author": "Ann Example"},
    ),
    (
        "comment_created",
        {"comment": COMMENT, "user": ANN},
        "INFO data.create | comment_created by Ann Example: comment 10300",
        {"targetuser": None},
    ),
    (
        "worklog_created",
        {"worklog": WORKLOG, "isFromIssueLimitTransformation": False},
        "INFO data.create | worklog_created by Ann Example: 1w on issue 10014",
        {"username": "Ann Example", "userid": "557058:0000aaaa", "target": "10014"},
    ),
    (
        "worklog_updated",
        {"worklog": {**WORKLOG, "updateAuthor": BO}},
        "INFO data.change | worklog_updated by Bo Contractor: 1w on issue 10014",
        {"username": "bo@example.com"},
    ),
    (
        "worklog_deleted",
        {"worklog": WORKLOG},
        "INFO data.delete | worklog_deleted: 1w by Ann Example on issue 10014",
        {"username": None, "author": "Ann Example"},
    ),
    (
        "attachment_created",
        {"attachment": ATTACHMENT, "issue": ISSUE},
        "INFO data.create | attachment_created by Ann Example: upload.log on SEC-42 Unexpected upload",
        {"username": "Ann Example"},
    ),
    (
        "attachment_deleted",
        {"attachment": ATTACHMENT},
        "INFO data.delete | attachment_deleted: upload.log by Ann Example",
        {},
    ),
    ("issuelink_created", {"issueLink": LINK}, f"INFO data.create | issuelink_created: {LINE_OF_LINK}", {}),
    ("issuelink_deleted", {"issueLink": LINK}, f"INFO data.delete | issuelink_deleted: {LINE_OF_LINK}", {}),
    (
        "issue_property_set",
        {"user": ANN, "issue": ISSUE, "property": {"key": "sla"}},
        "INFO data.change | issue_property_set by Ann Example: sla on SEC-42 Unexpected upload",
        {},
    ),
    (
        "issuetype_created",
        {"issueType": {"name": "Alert"}},
        "INFO configuration.create | issuetype_created: issue type Alert",
        {},
    ),
    (
        "issuetype_deleted",
        {"issuetype": {"name": "Alert"}},
        "INFO configuration.delete | issuetype_deleted: issue type Alert",
        {},
    ),
    *(
        (
            event,
            PROJECT,
            f"{expected} | {event}: project MNA Falcon",
            {"target": "MNA", "title": "Falcon", "username": None},
        )
        for event, expected in {
            "project_created": "INFO data.create",
            "project_updated": "INFO configuration.change",
            "project_soft_deleted": "WARNING data.delete",
            "project_deleted": "WARNING data.delete",
            "project_restored_deleted": "INFO data.create",
            "project_archived": "NOTICE configuration.change",
            "project_restored_archived": "INFO configuration.change",
        }.items()
    ),
    *(
        (f"jira:version_{event}", VERSION, f"INFO data.{kind} | jira:version_{event}: version v1", {"target": "v1"})
        for event, kind in {
            "created": "create",
            "deleted": "delete",
            **dict.fromkeys(("updated", "released", "unreleased", "moved", "merged"), "change"),
        }.items()
    ),
    (
        "jira:version_deleted",
        {**VERSION, "mergedTo": {"name": "v2"}},
        "INFO data.delete | jira:version_deleted: version v1 merged into v2",
        {},
    ),
    *(
        (f"filter_{event}", FILTER, f"INFO data.{kind} | filter_{event}: filter Open", {})
        for event, kind in (("created", "create"), ("updated", "change"), ("deleted", "delete"))
    ),
    *(
        (f"sprint_{event}", SPRINT, f"INFO data.{kind} | sprint_{event}: sprint SEC 9", {})
        for event, kind in (
            ("created", "create"),
            ("updated", "change"),
            ("deleted", "delete"),
            ("started", "change"),
            ("closed", "change"),
        )
    ),
    *(
        (f"board_{event}", BOARD, f"INFO data.{kind} | board_{event}: board Team", {})
        for event, kind in (("created", "create"), ("updated", "change"), ("deleted", "delete"))
    ),
    (
        "board_configuration_changed",
        {"configuration": {"name": "Team"}},
        "INFO configuration.change | board_configuration_changed: board Team",
        {},
    ),
    ("user_created", {"user": BO}, "INFO account.create | user_created: user Bo Contractor bo@example.com", USER_FACTS),
    ("user_updated", {"user": BO}, "INFO account.change | user_updated: user Bo Contractor bo@example.com", USER_FACTS),
    (
        "user_updated",
        {"user": {**BO, "active": False}},
        "NOTICE account.disable | user_updated: user Bo Contractor bo@example.com",
        USER_FACTS,
    ),
    (
        "user_deleted",
        {"user": ANN},
        "NOTICE account.delete | user_deleted: user Ann Example",
        {"targetuser": "Ann Example"},
    ),
    (
        "user_deleted",
        {"user": {"accountId": "557058:0000aaaa"}},
        "NOTICE account.delete | user_deleted: user 557058:0000aaaa",
        {},
    ),
    (
        "option_voting_changed",
        {"property": {"key": "jira.option.voting", "value": "false"}},
        "NOTICE configuration.change | option_voting_changed: jira.option.voting",
        {"target": "jira.option.voting"},
    ),
    ("option_watching_changed", {}, "NOTICE configuration.change | option_watching_changed", {}),
    ("app_access_to_objects_blocked", {}, "INFO other | app_access_to_objects_blocked", {}),
]


@pytest.mark.parametrize(("event", "content", "expected", "facts"), EVENTS, ids=[row[2] for row in EVENTS])
def test_event_becomes_a_line(event: str, content: dict[str, Any], expected: str, facts: dict[str, Any]) -> None:
    message = only_message("jira", {"timestamp": 1_772_442_000_000, "webhookEvent": event, **content})
    assert (line(message).replace("| jira: ", "| "), details(message, facts)) == (expected, facts)
