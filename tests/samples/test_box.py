"""Box's events: each trigger becomes a line that names who did what to what.

https://developer.box.com/guides/webhooks/triggers
"""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.shipped_messages import facts_of, messages_of

ANN = {"type": "user", "id": "11", "name": "Ann", "login": "ann@example.com"}
EVE = {"type": "user", "id": "12", "name": "Eve", "login": "eve@example.net"}
FOLDER = {"type": "folder", "id": "21", "name": "Board"}
FILE = {"type": "file", "id": "22", "name": "budget.xlsx", "parent": FOLDER, "owned_by": ANN, "shared_link": None}
COLLABORATION = {
    "type": "collaboration",
    "id": "31",
    "accessible_by": EVE,
    "role": "editor",
    "status": "accepted",
    "item": FOLDER,
}
COMMENT = {"type": "comment", "id": "41", "message": "Please look", "item": FILE}
TASK = {"type": "task_assignment", "id": "51", "item": FILE, "assigned_to": EVE, "resolution_state": "incomplete"}
LINK = {"url": "https://app.box.com/s/SECRET", "download_url": "https://app.box.com/shared/static/SECRET.xlsx"}


def body(trigger: str, source: Any, **changes: Any) -> dict[str, Any]:
    event = {"type": "webhook_event", "id": "e1", "created_at": "2026-03-02T01:30:09-08:00", "created_by": ANN}
    return {**event, "trigger": trigger, "source": source, "additional_info": [], **changes}


def shared(access: str, **more: Any) -> dict[str, Any]:
    return {**FILE, "shared_link": {**LINK, "effective_access": access, "effective_permission": "can_download", **more}}


@pytest.mark.parametrize(
    ("trigger", "source", "what", "severity", "kind"),
    [
        *[
            (f"FILE.{verb}", FILE, "file budget.xlsx", "INFO", "data.change")
            for verb in ("RESTORED", "MOVED", "LOCKED", "UNLOCKED", "RENAMED")
        ],
        ("FILE.UPLOADED", FILE, "file budget.xlsx", "INFO", "data.create"),
        ("FILE.COPIED", FILE, "file budget.xlsx", "INFO", "data.create"),
        ("FILE.PREVIEWED", FILE, "file budget.xlsx", "INFO", "data.read"),
        ("FILE.DOWNLOADED", FILE, "file budget.xlsx", "INFO", "data.read"),
        ("FILE.TRASHED", FILE, "file budget.xlsx", "NOTICE", "data.delete"),
        ("FILE.DELETED", FILE, "file budget.xlsx", "WARNING", "data.delete"),
        ("FOLDER.CREATED", FOLDER, "folder Board", "INFO", "data.create"),
        ("FOLDER.DOWNLOADED", FOLDER, "folder Board", "INFO", "data.read"),
        ("FOLDER.DELETED", FOLDER, "folder Board", "WARNING", "data.delete"),
        ("COMMENT.CREATED", COMMENT, "comment budget.xlsx", "INFO", "data.create"),
        ("COMMENT.UPDATED", COMMENT, "comment budget.xlsx", "INFO", "data.change"),
        ("COMMENT.DELETED", COMMENT, "comment budget.xlsx", "INFO", "data.delete"),
        (
            "TASK_ASSIGNMENT.CREATED",
            TASK,
            "task_assignment budget.xlsx eve@example.net incomplete",
            "INFO",
            "data.create",
        ),
        ("METADATA_INSTANCE.UPDATED", FILE, "file budget.xlsx", "INFO", "data.change"),
        (
            "COLLABORATION.CREATED",
            COLLABORATION,
            "collaboration Board eve@example.net editor accepted",
            "NOTICE",
            "permission.grant",
        ),
        (
            "COLLABORATION.ACCEPTED",
            COLLABORATION,
            "collaboration Board eve@example.net editor accepted",
            "NOTICE",
            "permission.grant",
        ),
        (
            "COLLABORATION.UPDATED",
            {**COLLABORATION, "role": "co-owner"},
            "collaboration Board eve@example.net co-owner accepted",
            "WARNING",
            "permission.change",
        ),
        (
            "COLLABORATION.REMOVED",
            COLLABORATION,
            "collaboration Board eve@example.net editor accepted",
            "NOTICE",
            "permission.revoke",
        ),
        ("SHARED_LINK.CREATED", shared("open"), "file budget.xlsx open", "WARNING", "permission.grant"),
        ("SHARED_LINK.UPDATED", shared("open"), "file budget.xlsx open", "WARNING", "permission.change"),
        ("SHARED_LINK.CREATED", shared("company"), "file budget.xlsx company", "INFO", "permission.grant"),
        ("SHARED_LINK.DELETED", FILE, "file budget.xlsx", "INFO", "permission.revoke"),
        ("SIGN_REQUEST.COMPLETED", FILE, "file budget.xlsx", "INFO", "data.change"),
        ("SIGN_REQUEST.DECLINED", FILE, "file budget.xlsx", "NOTICE", "data.change"),
        ("WEBHOOK.DELETED", {"id": "21", "type": "folder"}, "folder 21", "WARNING", "configuration.delete"),
    ],
)
def test_event_is_told(trigger: str, source: Any, what: str, severity: str, kind: str) -> None:
    expected = {"summary": f"box: {trigger} by ann@example.com: {what}", "severity": severity, "kind": kind}
    assert facts_of("box", body(trigger, source), expected) == expected


def test_facts_are_found() -> None:
    expected = {
        "username": "ann@example.com",
        "userid": "11",
        "target": "budget.xlsx",
        "role": "can_download",
        "access": "open",
        "folder": "Board",
        "owner": "ann@example.com",
    }
    assert facts_of("box", body("SHARED_LINK.CREATED", shared("open")), expected) == expected
    invited = {**COLLABORATION, "accessible_by": None, "invite_email": "dee@example.net"}
    expected = {"targetuser": "dee@example.net", "target": "Board", "role": "editor"}
    assert facts_of("box", body("COLLABORATION.CREATED", invited), expected) == expected


@pytest.mark.parametrize(
    "source",
    [
        shared("open", vanity_url="https://app.box.com/v/SECRET", vanity_name="SECRET"),
        {**COLLABORATION, "item": shared("open")},
    ],
)
def test_shared_links_are_masked(source: Any) -> None:
    assert "SECRET" not in json.dumps(messages_of("box", body("SHARED_LINK.CREATED", source)))
