"""The events of Bitbucket Cloud and Data Center: each becomes a line that names who did what to what.

https://support.atlassian.com/bitbucket-cloud/docs/event-payloads/ and
https://confluence.atlassian.com/bitbucketserver/event-payload-938025882.html
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.shipped_messages import details, line, only_message

PAGE = "https://bitbucket.org/example/payments"
ANN = {"nickname": "ann", "display_name": "Ann Example", "account_id": "557058:0000aaaa", "type": "user"}
REPOSITORY = {
    "full_name": "example/payments",
    "name": "payments",
    "links": {"html": {"href": PAGE}},
    "workspace": {"slug": "example"},
}
MAIN = {"name": "main", "type": "branch"}
PULL_REQUEST = {"id": 41, "title": "Retry upload", "links": {"html": {"href": f"{PAGE}/pull-requests/41"}}}
ISSUE = {"id": 7, "title": "Upload fails", "links": {"html": {"href": f"{PAGE}/issues/7"}}}
COMMENT = {"id": 3, "content": {"raw": "Why?"}}

DC_PAGE = "https://bitbucket.example.com/projects/PLAT/repos/payments"
DC_ANN = {"name": "ann", "emailAddress": "ann@example.com", "displayName": "Ann Example", "id": 12, "type": "NORMAL"}
DC_PROJECT = {"key": "PLAT", "id": 2, "name": "Platform", "public": False, "type": "NORMAL"}
DC_REPOSITORY = {
    "slug": "payments",
    "name": "payments",
    "public": False,
    "project": DC_PROJECT,
    "links": {"self": [{"href": f"{DC_PAGE}/browse"}]},
}
DC_PULL_REQUEST = {
    "id": 41,
    "title": "Retry upload",
    "toRef": {"displayId": "main", "repository": DC_REPOSITORY},
    "links": {"self": [{"href": f"{DC_PAGE}/pull-requests/41"}]},
}
SECRET_LOCATION = {"path": "settlement/config.py", "line": 3, "ruleName": "AWS Key", "repository": DC_REPOSITORY}


def pushed(*changes: dict[str, Any]) -> dict[str, Any]:
    return {"push": {"changes": list(changes)}}


def changed(type_: str, name: str, kind: str = "BRANCH") -> dict[str, Any]:
    """Return a change of a branch or a tag as Data Center writes it."""
    return {
        "ref": {"id": f"refs/heads/{name}", "displayId": name, "type": kind},
        "refId": f"refs/heads/{name}",
        "type": type_,
    }


CLOUD: list[tuple[str, dict[str, Any], str, dict[str, Any]]] = [
    (
        "repo:push",
        pushed({"old": MAIN, "new": MAIN, "forced": False, "closed": False, "created": False}),
        "INFO data.change | repo:push by ann: branch main in example/payments",
        {"username": "ann", "userid": "557058:0000aaaa", "target": "example/payments", "ref": "main", "url": PAGE},
    ),
    (
        "repo:push",
        pushed({"old": MAIN, "new": MAIN, "forced": True, "closed": False}),
        "WARNING data.change | repo:push by ann: branch main forced in example/payments",
        {"organization": "example"},
    ),
    (
        "repo:push",
        pushed(
            {"old": None, "new": MAIN, "created": True},
            {"old": {"name": "v1", "type": "tag"}, "new": None, "closed": True},
        ),
        "WARNING data.delete | repo:push by ann: branch main created, tag v1 deleted in example/payments",
        {},
    ),
    ("repo:push", pushed(), "INFO data.change | repo:push by ann: example/payments", {}),
    (
        "repo:fork",
        {"fork": {"full_name": "bo/payments", "links": {"html": {"href": "https://bitbucket.org/bo/payments"}}}},
        "WARNING data.create | repo:fork by ann: fork bo/payments in example/payments",
        {"target": "example/payments", "url": "https://bitbucket.org/bo/payments"},
    ),
    (
        "repo:updated",
        {"changes": {"name": {"new": "payments", "old": "pay"}, "website": {"new": "", "old": ""}}},
        "INFO configuration.change | repo:updated by ann: pay renamed to payments in example/payments",
        {},
    ),
    (
        "repo:updated",
        {"changes": {"description": {"new": "New", "old": "Old"}}},
        "INFO configuration.change | repo:updated by ann: description in example/payments",
        {},
    ),
    ("repo:transfer", {}, "WARNING configuration.change | repo:transfer by ann: example/payments", {}),
    ("repo:created", {}, "INFO data.create | repo:created by ann: example/payments", {}),
    ("repo:imported", {}, "NOTICE data.create | repo:imported by ann: example/payments", {}),
    ("repo:deleted", {}, "WARNING data.delete | repo:deleted by ann: example/payments", {}),
    (
        "repo:commit_comment_created",
        {"comment": COMMENT, "commit": {"hash": "c0ffee1f2e3d"}},
        "INFO data.create | repo:commit_comment_created by ann: commit c0ffee1f2e3d in example/payments",
        {},
    ),
    (
        "repo:commit_status_created",
        {"commit_status": {"name": "Unit tests", "key": "tests", "state": "INPROGRESS"}},
        "INFO other | repo:commit_status_created by ann: Unit tests INPROGRESS in example/payments",
        {"success": None},
    ),
    (
        "repo:commit_status_updated",
        {"commit_status": {"name": None, "key": "tests", "state": "FAILED"}},
        "NOTICE other | repo:commit_status_updated by ann: tests FAILED in example/payments",
        {"success": False},
    ),
    (
        "issue:created",
        {"issue": ISSUE},
        "INFO data.create | issue:created by ann: Upload fails in example/payments",
        {},
    ),
    (
        "issue:updated",
        {"issue": ISSUE, "changes": {"status": {"old": "open", "new": "on hold"}}},
        "INFO data.change | issue:updated by ann: Upload fails in example/payments",
        {"url": f"{PAGE}/issues/7"},
    ),
    (
        "issue:comment_created",
        {"issue": ISSUE, "comment": COMMENT},
        "INFO data.create | issue:comment_created by ann: Upload fails in example/payments",
        {},
    ),
    *(
        (
            f"pullrequest:{event}",
            {"pullrequest": PULL_REQUEST, **({"comment": COMMENT} if "comment" in event else {})},
            f"INFO data.{kind} | pullrequest:{event} by ann: Retry upload in example/payments",
            {"target": "Retry upload", "repository": "example/payments", "url": f"{PAGE}/pull-requests/41"},
        )
        for event, kind in {
            **dict.fromkeys(("created", "comment_created", "changes_request_created"), "create"),
            **dict.fromkeys(("updated", "push", "approved", "unapproved", "fulfilled", "rejected"), "change"),
            **dict.fromkeys(("changes_request_removed", "comment_updated"), "change"),
            **dict.fromkeys(("comment_resolved", "comment_reopened"), "change"),
            "comment_deleted": "delete",
        }.items()
    ),
]
DATA_CENTER: list[tuple[str, dict[str, Any], str, dict[str, Any]]] = [
    (
        "repo:refs_changed",
        {"repository": DC_REPOSITORY, "changes": [changed("UPDATE", "main")]},
        "INFO data.change | repo:refs_changed by ann: branch main in PLAT/payments",
        {
            "username": "ann@example.com",
            "email": "ann@example.com",
            "target": "PLAT/payments",
            "url": f"{DC_PAGE}/browse",
        },
    ),
    (
        "repo:refs_changed",
        {"repository": DC_REPOSITORY, "changes": [changed("ADD", "v2", "TAG"), changed("DELETE", "release")]},
        "WARNING data.delete | repo:refs_changed by ann: tag v2 created, branch release deleted in PLAT/payments",
        {},
    ),
    (
        "repo:modified",
        {"old": {**DC_REPOSITORY, "name": "pay"}, "new": DC_REPOSITORY},
        "INFO configuration.change | repo:modified by ann: pay renamed to payments in PLAT/payments",
        {"target": "PLAT/payments"},
    ),
    (
        "repo:modified",
        {"old": DC_REPOSITORY, "new": {**DC_REPOSITORY, "public": True}},
        "WARNING configuration.change | repo:modified by ann: made public in PLAT/payments",
        {},
    ),
    (
        "repo:modified",
        {"old": DC_REPOSITORY, "new": {**DC_REPOSITORY, "project": {"key": "OSS"}}},
        "WARNING configuration.change | repo:modified by ann: moved from PLAT in OSS/payments",
        {},
    ),
    (
        "repo:forked",
        {"repository": {**DC_REPOSITORY, "project": {"key": "~BO"}, "origin": DC_REPOSITORY}},
        "WARNING data.create | repo:forked by ann: fork ~BO/payments in PLAT/payments",
        {"target": "PLAT/payments", "repository": "~BO/payments"},
    ),
    (
        "repo:secret_detected",
        {"secretLocations": [SECRET_LOCATION]},
        "ERROR detection.create | repo:secret_detected by ann: AWS Key in settlement/config.py in PLAT/payments",
        {"secret_rule": "AWS Key", "secret_path": "settlement/config.py", "target": "PLAT/payments"},
    ),
    *(
        (
            f"repo:comment:{event}",
            {"repository": DC_REPOSITORY, "comment": {"text": "Why?"}, "commit": "178864a7d521"},
            f"INFO data.{kind} | repo:comment:{event} by ann: commit 178864a7d521 in PLAT/payments",
            {},
        )
        for event, kind in {"added": "create", "edited": "change", "deleted": "delete"}.items()
    ),
    (
        "project:modified",
        {"old": DC_PROJECT, "new": {**DC_PROJECT, "name": "Core"}},
        "INFO configuration.change | project:modified by ann: Platform renamed to Core in project Core",
        {"target": "Core"},
    ),
    (
        "project:modified",
        {"old": DC_PROJECT, "new": {**DC_PROJECT, "public": True}},
        "WARNING configuration.change | project:modified by ann: made public in project Platform",
        {},
    ),
    *(
        (
            f"pr:{event}",
            {"pullRequest": DC_PULL_REQUEST, **({"comment": {"text": "Why?"}} if "comment" in event else {})},
            f"{expected} | pr:{event} by ann: Retry upload in PLAT/payments",
            {"target": "Retry upload", "repository": "PLAT/payments", "url": f"{DC_PAGE}/pull-requests/41"},
        )
        for event, expected in {
            **dict.fromkeys(("opened", "comment:added"), "INFO data.create"),
            **dict.fromkeys(
                ("merged", "declined", "modified", "from_ref_updated", "to_ref_updated"), "INFO data.change"
            ),
            **dict.fromkeys(("reviewer:approved", "reviewer:unapproved", "reviewer:updated"), "INFO data.change"),
            **dict.fromkeys(("reviewer:needs_work", "reviewer:changes_requested"), "INFO data.change"),
            "comment:edited": "INFO data.change",
            "comment:deleted": "INFO data.delete",
            "deleted": "NOTICE data.delete",
        }.items()
    ),
]


@pytest.mark.parametrize(("key", "event", "expected", "facts"), CLOUD, ids=[row[2] for row in CLOUD])
def test_event_of_cloud_becomes_a_line(key: str, event: dict[str, Any], expected: str, facts: dict[str, Any]) -> None:
    message = only_message("bitbucket", {"actor": ANN, "repository": REPOSITORY, **event}, {"X-Event-Key": key})
    assert (line(message).replace("bitbucket: ", ""), details(message, facts)) == (expected, facts)


@pytest.mark.parametrize(("key", "event", "expected", "facts"), DATA_CENTER, ids=[row[2] for row in DATA_CENTER])
def test_event_of_data_center_becomes_a_line(
    key: str, event: dict[str, Any], expected: str, facts: dict[str, Any]
) -> None:
    body = {"eventKey": key, "date": "2026-03-02T09:00:00+0000", "actor": DC_ANN, **event}
    # The body is signed and the header is not.
    message = only_message("bitbucket", body, {"X-Event-Key": "another"})
    assert (line(message).replace("bitbucket: ", ""), details(message, facts)) == (expected, facts)


@pytest.mark.parametrize(
    ("changes", "branch"),
    [
        ([changed("UPDATE", "main")], "branch main in "),
        ([changed("DELETE", "old")], "branch old deleted in "),
        ([], ""),
    ],
)
def test_a_mirror_is_named_where_no_person_acts(changes: list[dict[str, Any]], branch: str) -> None:
    body = {
        "eventKey": "mirror:repo_synchronized",
        "date": "2026-03-02T09:00:00+0000",
        "changes": changes,
        "mirrorServer": {"id": "B", "name": "Lisbon"},
        "repository": DC_REPOSITORY,
        "refLimitExceeded": not changes,
    }
    message = only_message("bitbucket", body)
    assert line(message) == f"INFO other | bitbucket: mirror:repo_synchronized by Lisbon: {branch}PLAT/payments"


def test_a_project_of_cloud_is_named() -> None:
    body = {
        "actor": ANN,
        "project": {"key": "PLAT", "name": "Platform"},
        "changes": {"description": {"old": "", "new": "x"}},
    }
    message = only_message("bitbucket", body, {"X-Event-Key": "project:updated"})
    assert (
        line(message)
        == "INFO configuration.change | bitbucket: project:updated by ann: description in project Platform"
    )
