"""Slack's events, commands and buttons: each becomes a line that names who did what to what, as far as Slack says it.

https://docs.slack.dev/reference/events
"""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlencode

import pytest

from tests.definitions import bundled_source
from tests.fakes import Endpoint
from tests.shipped_messages import facts_of, messages_of

SLACK = bundled_source("slack").source
FORM = {"content-type": "application/x-www-form-urlencoded"}
ANN = {"id": "U0EXAMPLE13", "name": "ann", "profile": {"email": "ann@example.com"}}
CY = {"id": "U0EXAMPLE91", "name": "cy", "profile": {"email": "cy@partner.example"}}
CHANNEL = {"id": "C0EXAMPLE23", "name": "partner-project"}
INVITE = {"id": "I1", "inviting_user": ANN, "recipient_email": "cy@partner.example"}
REQUEST = {"id": "I2", "email": "dee@example.net", "requester_ids": ["U0EXAMPLE13"], "invite_type": "restricted"}
TEAM = {"id": "S1", "name": "Security", "handle": "security", "created_by": "U0EXAMPLE13"}
APP = {"app_name": "Standup", "app_id": "A0EXAMPLE02", "team_domain": "example-inc"}


def event(event_type: str, **inner: Any) -> dict[str, Any]:
    outer = {"type": "event_callback", "team_id": "T0EXAMPLE01", "event_id": "Ev1", "event_time": 1772442420}
    return {**outer, "token": "SECRET", "event": {"type": event_type, **inner}}


@pytest.mark.parametrize(
    ("event_type", "inner", "rest", "severity", "kind"),
    [
        ("app_deleted", APP, ": Standup", "WARNING", "permission.revoke"),
        ("app_installed", {**APP, "user_id": "U0EXAMPLE13"}, " by U0EXAMPLE13: Standup", "WARNING", "permission.grant"),
        (
            "app_requested",
            {"app_request": {"app": {"name": "Standup"}, "user": {"id": "U0EXAMPLE13", "email": "ann@example.com"}}},
            " by ann@example.com: Standup",
            "NOTICE",
            "permission.change",
        ),
        ("app_uninstalled", {}, ": T0EXAMPLE01", "WARNING", "permission.revoke"),
        ("channel_archive", {"channel": "C1", "user": "U1"}, " by U1: C1", "INFO", "configuration.change"),
        (
            "channel_created",
            {"channel": {"id": "C1", "name": "incident-42", "creator": "U1"}},
            " by U1: incident-42",
            "INFO",
            "configuration.create",
        ),
        ("channel_deleted", {"channel": "C1", "actor_id": "U1"}, " by U1: C1", "NOTICE", "configuration.delete"),
        ("channel_rename", {"channel": CHANNEL}, ": partner-project", "INFO", "configuration.change"),
        ("channel_shared", {"channel": "C1", "connected_team_id": "T2"}, ": C1 T2", "WARNING", "permission.grant"),
        (
            "channel_unshared",
            {"channel": "C1", "previously_connected_team_id": "T2"},
            ": C1 T2",
            "NOTICE",
            "permission.revoke",
        ),
        ("email_domain_changed", {"email_domain": "example.net"}, ": example.net", "WARNING", "configuration.change"),
        ("file_public", {"file_id": "F1", "user_id": "U1"}, " by U1: F1", "WARNING", "permission.grant"),
        (
            "file_shared",
            {"file_id": "F1", "user_id": "U1", "channel_id": "C1"},
            " by U1: F1",
            "INFO",
            "permission.grant",
        ),
        ("file_deleted", {"file_id": "F1"}, ": F1", "INFO", "data.delete"),
        (
            "invite_requested",
            {"invite_request": REQUEST},
            " by U0EXAMPLE13: dee@example.net restricted",
            "NOTICE",
            "permission.change",
        ),
        (
            "link_shared",
            {"user": "U1", "channel": "C1", "links": [{"domain": "example.net", "url": "https://example.net/a"}]},
            " by U1: example.net",
            "INFO",
            "data.create",
        ),
        ("member_joined_channel", {"user": "U1", "channel": "C1"}, " by U1: C1", "INFO", "permission.grant"),
        ("member_left_channel", {"user": "U1", "channel": "C1"}, " by U1: C1", "INFO", "permission.revoke"),
        ("message", {"user": "U1", "channel": "C1", "text": "hi"}, " by U1: C1", "INFO", "data.create"),
        ("reaction_added", {"user": "U1", "reaction": "eyes"}, " by U1: eyes", "INFO", "data.create"),
        (
            "scope_granted",
            {"scopes": ["files:read", "users:read"]},
            ": files:read, users:read",
            "WARNING",
            "permission.grant",
        ),
        (
            "shared_channel_invite_accepted",
            {"invite": INVITE, "channel": CHANNEL, "accepting_user": CY},
            " by cy@partner.example: cy@partner.example partner-project",
            "WARNING",
            "permission.grant",
        ),
        (
            "shared_channel_invite_approved",
            {"invite": INVITE, "channel": CHANNEL, "approving_user": ANN},
            " by ann@example.com: cy@partner.example partner-project",
            "WARNING",
            "permission.grant",
        ),
        (
            "shared_channel_invite_declined",
            {"invite": INVITE, "channel": CHANNEL, "declining_user": CY},
            " by cy@partner.example: cy@partner.example partner-project",
            "INFO",
            "permission.revoke",
        ),
        (
            "shared_channel_invite_received",
            {"invite": INVITE, "channel": CHANNEL},
            " by ann@example.com: cy@partner.example partner-project",
            "NOTICE",
            "permission.change",
        ),
        (
            "shared_channel_invite_requested",
            {
                "actor": {"id": "U1", "name": "ann"},
                "channel_name": "partner-project",
                "target_users": [{"email": "cy@partner.example"}],
            },
            " by ann: cy@partner.example partner-project",
            "NOTICE",
            "permission.change",
        ),
        ("subteam_created", {"subteam": TEAM}, " by U0EXAMPLE13: Security", "INFO", "configuration.create"),
        (
            "subteam_members_changed",
            {"subteam_id": "S1", "added_users": ["U1", "U2"]},
            ": U1, U2 S1",
            "NOTICE",
            "permission.change",
        ),
        ("team_domain_change", {"domain": "example-new"}, ": example-new", "WARNING", "configuration.change"),
        ("team_join", {"user": ANN}, " by ann@example.com: ann@example.com", "INFO", "account.create"),
        (
            "team_join",
            {"user": {**ANN, "is_admin": True}},
            " by ann@example.com: ann@example.com administrator",
            "WARNING",
            "account.create",
        ),
        ("team_rename", {"name": "New Inc"}, ": New Inc", "NOTICE", "configuration.change"),
        ("tokens_revoked", {"tokens": {"oauth": ["U1"], "bot": ["U2"]}}, ": U1", "WARNING", "permission.revoke"),
        ("user_change", {"user": ANN}, ": ann@example.com", "INFO", "account.change"),
        ("user_change", {"user": {**ANN, "is_owner": True}}, ": ann@example.com owner", "WARNING", "account.change"),
        (
            "user_change",
            {"user": {**ANN, "deleted": True}},
            ": ann@example.com deactivated",
            "NOTICE",
            "account.disable",
        ),
        (
            "user_status_changed",
            {"user": {**ANN, "is_admin": True}},
            ": ann@example.com administrator",
            "INFO",
            "account.change",
        ),
        ("workflow_published", {"workflow_id": "Wf1"}, ": Wf1", "INFO", "configuration.create"),
    ],
)
def test_event_is_told(event_type: str, inner: dict[str, Any], rest: str, severity: str, kind: str) -> None:
    expected = {"summary": f"slack: {event_type}{rest}", "severity": severity, "kind": kind}
    assert facts_of("slack", event(event_type, **inner), expected) == expected


@pytest.mark.parametrize(
    ("subtype", "inner", "severity", "kind"),
    [
        ("channel_join", {"user": "U1", "channel": "C1"}, "INFO", "data.create"),
        ("channel_posting_permissions", {"user": "U1", "channel": "C1"}, "NOTICE", "configuration.change"),
        ("ekm_access_denied", {"user": "U1", "channel": "C1"}, "WARNING", "data.create"),
        ("message_changed", {"message": {"user": "U1"}, "channel": "C1"}, "INFO", "data.change"),
        ("message_deleted", {"previous_message": {"user": "U2"}, "user": "U1", "channel": "C1"}, "INFO", "data.delete"),
        ("bot_message", {"username": "U1", "channel": "C1"}, "INFO", "data.create"),
    ],
)
def test_message_is_told_by_its_subtype(subtype: str, inner: dict[str, Any], severity: str, kind: str) -> None:
    expected = {"summary": f"slack: message.{subtype} by U1: C1", "severity": severity, "kind": kind}
    assert facts_of("slack", event("message", subtype=subtype, **inner), expected) == expected


PRESSED = {"user": {"id": "U0EXAMPLE13", "username": "ann"}, "team": {"id": "T0EXAMPLE01", "domain": "example-inc"}}
PRESSED |= {"token": "SECRET", "trigger_id": "1.2.3", "response_url": "https://hooks.slack.com/SECRET"}


@pytest.mark.parametrize(
    ("payload", "rest"),
    [
        (
            {"type": "block_actions", "actions": [{"action_id": "approve"}], "channel": CHANNEL},
            "block_actions by ann: approve",
        ),
        (
            {"type": "interactive_message", "actions": [{"name": "approve"}], "callback_id": "c"},
            "interactive_message by ann: approve",
        ),
        (
            {"type": "view_submission", "view": {"title": {"text": "Grant access"}}},
            "view_submission by ann: Grant access",
        ),
        ({"type": "view_closed", "view": {"title": {"text": "Grant access"}}}, "view_closed by ann: Grant access"),
        ({"type": "shortcut", "callback_id": "grant"}, "shortcut by ann: grant"),
        ({"type": "message_action", "callback_id": "grant", "channel": CHANNEL}, "message_action by ann: grant"),
        ({"type": "dialog_submission", "callback_id": "grant", "channel": CHANNEL}, "dialog_submission by ann: grant"),
    ],
)
def test_what_people_press_is_told(payload: dict[str, Any], rest: str) -> None:
    form = urlencode({"payload": json.dumps({**PRESSED, **payload})}).encode()
    headers = {**FORM, "x-slack-request-timestamp": "1772442480"}
    (message,) = messages_of("slack", form, headers=headers)
    assert (message["summary"], message["details"]["organization"]) == (f"slack: {rest}", "example-inc")
    assert "SECRET" not in json.dumps(message)


COMMAND = {"token": "SECRET", "team_domain": "example-inc", "channel_name": "incident-42", "user_id": "U0EXAMPLE13"}
COMMAND |= {"user_name": "ann", "command": "/grant", "text": "admin to bo", "trigger_id": "1.2.3"}


def test_command_is_told() -> None:
    expected = {
        "summary": "slack: /grant by ann: incident-42 admin to bo",
        "username": "ann",
        "userid": "U0EXAMPLE13",
        "target": "incident-42",
        "organization": "example-inc",
    }
    headers = {**FORM, "x-slack-request-timestamp": "1772442480"}
    assert facts_of("slack", urlencode(COMMAND).encode(), expected, headers=headers) == expected


def test_rate_limit_is_told() -> None:
    body = {"type": "app_rate_limited", "token": "SECRET", "team_id": "T0EXAMPLE01", "minute_rate_limited": 1772442420}
    expected = {"summary": "slack: app_rate_limited: T0EXAMPLE01", "severity": "WARNING"}
    assert facts_of("slack", body, expected, headers={"x-slack-request-timestamp": "1772442480"}) == expected


def test_whose_account_changed_and_not_who_changed_it() -> None:
    expected = {"username": None, "userid": None, "targetuser": "ann@example.com", "role": "administrator"}
    assert facts_of("slack", event("user_change", user={**ANN, "is_admin": True}), expected) == expected


@pytest.mark.parametrize(
    "inner",
    [
        {"bot_access_token": "SECRET"},
        {"files": [{"id": "F1", "permalink_public": "https://slack-files.com/T1-F1-SECRET"}]},
        {"message": {"user": "U1", "files": [{"permalink_public": "https://slack-files.com/T1-F1-SECRET"}]}},
        {"token": "SECRET"},
    ],
)
def test_credentials_are_masked(inner: dict[str, Any]) -> None:
    assert "SECRET" not in json.dumps(messages_of("slack", event("message", **inner)))


@pytest.mark.parametrize("form", ["token=x&ssl_check=1", "ssl_check=1", "ssl_check=1&token=x"])
@pytest.mark.parametrize("more", ["", "; charset=utf-8"])
def test_look_at_the_certificate_is_answered_unsigned(form: str, more: str) -> None:
    endpoint = Endpoint(SLACK)
    headers = {"content-type": f"{FORM['content-type']}{more}"}
    assert endpoint.post(form.encode(), headers) == {"statusCode": 200, "headers": {}, "body": ""}
    assert (endpoint.queue.bodies, endpoint.bucket.objects) == ([], {})
    assert endpoint.log[-1]["message"] == "challenge answered"


@pytest.mark.parametrize(
    "form",
    [
        "token=x&ssl_check=0",
        "token=x&ssl_check=true",
        "token=x&ssl_check=",
        "token=x&ssl_check=1&ssl_check=1",
        "token=x&ssl_check=1&command=%2Fgrant",
        'ssl_check=1&payload={"type":"event_callback"}',
        "token=x",
        '{"ssl_check":"1"}',
    ],
)
def test_other_unsigned_requests_are_refused(form: str) -> None:
    endpoint = Endpoint(SLACK)
    content_type = {"content-type": "application/json"} if form.startswith("{") else FORM
    assert endpoint.post(form.encode(), content_type)["statusCode"] == 401
    assert (endpoint.queue.bodies, endpoint.bucket.objects) == ([], {})


def test_signed_command_with_such_a_field_is_an_event() -> None:
    endpoint = Endpoint(SLACK)
    form = urlencode({**COMMAND, "ssl_check": "1"}).encode()
    assert endpoint.post_signed(form, FORM)["statusCode"] == 200
    assert json.loads(endpoint.queue.bodies[0])["summary"] == "slack: /grant by ann: incident-42 admin to bo"
