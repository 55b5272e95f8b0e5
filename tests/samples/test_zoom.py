"""Zoom's events: each becomes a line that names who did what to what, and what MozDef's plugin for Zoom takes apart.

https://developers.zoom.us/docs/api/webhooks
https://github.com/mozilla/MozDef/blob/master/mq/plugins/zoom_fixup.py
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from generator.testing import Sample, event_of
from lambdas.reading.intake import Intake
from lambdas.reading.paths import Functions
from lambdas.shaping.facts import FactFinder
from tests.definitions import bundled_source, make_definition
from tests.shipped_messages import facts_of, messages_of

FINDER = FactFinder(bundled_source("zoom").source)
OPERATOR = {"operator": "admin@example.com", "operator_id": "admin-id"}
PERSON = {"id": "u1", "email": "ann@example.com", "type": 1}
MEETING = {"id": 98765432101, "uuid": "m1", "host_id": "h1", "topic": "Weekly review"}
GUEST = {"user_name": "Guest", "email": "guest@example.net"}
REGISTRANT = {"email": "dee@example.net", "join_url": "https://zoom.us/w/SECRET", "participant_pin_code": 380303}
SETTINGS = {"in_meeting": {"waiting_room": False}, "recording": {"cloud_recording": True}}
CALL = {
    "call_id": "c1",
    "caller": {"name": "Ann", "phone_number": "+15550100"},
    "callee": {"phone_number": "+15550101"},
}


def event(name: str, content: Any, **payload: Any) -> dict[str, Any]:
    return {"event": name, "payload": {"account_id": "a1", **payload, "object": content}, "event_ts": 1772442222008}


def by_operator(name: str, content: Any, **payload: Any) -> dict[str, Any]:
    return event(name, content, **OPERATOR, **payload)


@pytest.mark.parametrize(
    ("body", "rest", "severity", "kind"),
    [
        (event("user.signed_in", PERSON), " by ann@example.com", "INFO", "authentication.start"),
        (event("user.signed_out", PERSON), " by ann@example.com", "INFO", "authentication.end"),
        (
            by_operator("user.created", PERSON, creation_type="create"),
            " by admin@example.com: ann@example.com",
            "INFO",
            "account.create",
        ),
        (
            by_operator("information_barriers.policy_updated", {"new_policy": {"policy_name": "No calls"}}),
            " by admin@example.com: No calls",
            "WARNING",
            "configuration.change",
        ),
        (
            by_operator("whiteboard.deleted", {"whiteboard_id": "1", "whiteboard_name": "Plan"}),
            " by admin@example.com: Plan",
            "NOTICE",
            "data.delete",
        ),
        (
            by_operator("workspace.created", {"id": "w1", "workspace_name": "Desk 4"}),
            " by admin@example.com: Desk 4",
            "INFO",
            "data.create",
        ),
        (
            event("node.service_cpu_alert", {"service": {"name": "Router"}, "server": {"name": "node-1"}}),
            ": Router on node-1",
            "NOTICE",
            "detection.create",
        ),
        (event("node.server_offline", {"server": {"name": "node-1"}}), ": node-1", "NOTICE", "other"),
        (
            event("cobrowse.session_started", {"user_id": "u1", "user_name": "Ann"}),
            " by Ann",
            "INFO",
            "other",
        ),
        (
            event("whiteboard.shared", {"collaborators": [{"email": "dee@example.net"}]}),
            ": dee@example.net",
            "INFO",
            "other",
        ),
        (
            by_operator("group.members_deleted", {"name": "Staff", "members": [{"email": "dee@example.net"}]}),
            " by admin@example.com: Staff dee@example.net",
            "INFO",
            "permission.revoke",
        ),
        (event("user.invitation_accepted", PERSON), " by ann@example.com", "INFO", "account.create"),
        (by_operator("user.activated", PERSON), " by admin@example.com: ann@example.com", "INFO", "account.enable"),
        (
            by_operator("user.deactivated", PERSON),
            " by admin@example.com: ann@example.com",
            "NOTICE",
            "account.disable",
        ),
        (
            by_operator("user.disassociated", PERSON),
            " by admin@example.com: ann@example.com",
            "NOTICE",
            "account.disable",
        ),
        (by_operator("user.deleted", PERSON), " by admin@example.com: ann@example.com", "NOTICE", "account.delete"),
        (
            by_operator("user.updated", {"id": "u1", "dept": "IT"}),
            " by admin@example.com: u1 dept",
            "INFO",
            "account.change",
        ),
        (
            by_operator("user.updated", {"id": "u1", "role": "Admin"}, old_object={"id": "u1", "role": "Member"}),
            " by admin@example.com: u1 role Member to Admin",
            "WARNING",
            "permission.change",
        ),
        (
            by_operator("user.updated", {"id": "u1", "role": "Owner"}),
            " by admin@example.com: u1 role Owner",
            "WARNING",
            "permission.change",
        ),
        (
            by_operator("user.settings_updated", {"id": "u1", "settings": SETTINGS}),
            " by admin@example.com: u1 waiting_room, cloud_recording",
            "NOTICE",
            "account.change",
        ),
        (
            by_operator("user.settings_updated", {"id": "u1", "settings": {"meeting_authentication": False}}),
            " by admin@example.com: u1 meeting_authentication",
            "NOTICE",
            "account.change",
        ),
        (
            by_operator("account.settings_updated", {"id": "a1", "settings": SETTINGS}),
            " by admin@example.com: waiting_room, cloud_recording",
            "WARNING",
            "configuration.change",
        ),
        (
            by_operator("account.created", {"id": "a2", "owner_email": "owner@example.net"}),
            " by admin@example.com: owner@example.net",
            "NOTICE",
            "configuration.create",
        ),
        (
            by_operator("account.updated", {"id": "a1", "account_name": "Acme"}),
            " by admin@example.com: Acme account_name",
            "NOTICE",
            "configuration.change",
        ),
        (
            by_operator("account.disassociated", {"id": "a2", "owner_email": "owner@example.net"}),
            " by admin@example.com: owner@example.net",
            "WARNING",
            "configuration.delete",
        ),
        (
            by_operator("group.admin_added", {"id": "g1", "admins": [PERSON]}),
            " by admin@example.com: ann@example.com",
            "WARNING",
            "permission.grant",
        ),
        (
            by_operator("group.member_deleted", {"id": "g1", "members": [PERSON]}),
            " by admin@example.com: ann@example.com",
            "INFO",
            "permission.revoke",
        ),
        (
            by_operator("group.deleted", {"id": "g1", "name": "Staff"}),
            " by admin@example.com: Staff",
            "NOTICE",
            "configuration.delete",
        ),
        (
            event("information_barriers.policy_deleted", {"policy_name": "Legal"}),
            ": Legal",
            "WARNING",
            "configuration.delete",
        ),
        (event("meeting.started", MEETING), " by h1: Weekly review", "INFO", "other"),
        (by_operator("meeting.deleted", MEETING), " by admin@example.com: Weekly review", "INFO", "data.delete"),
        (
            event("meeting.participant_joined", {**MEETING, "participant": GUEST}),
            " by guest@example.net: Weekly review",
            "INFO",
            "other",
        ),
        (
            event("meeting.participant_role_changed", {**MEETING, "participant": {**GUEST, "new_role": "co-host"}}),
            " by guest@example.net: Weekly review role co-host",
            "INFO",
            "other",
        ),
        (
            event(
                "meeting.risk_alert",
                {**MEETING, "host_email": "host@example.com", "armn_details": {"post_platform": "X"}},
            ),
            " by host@example.com: Weekly review X",
            "WARNING",
            "detection.create",
        ),
        (
            event("meeting.registration_created", {**MEETING, "registrant": REGISTRANT}),
            " by dee@example.net: Weekly review",
            "INFO",
            "data.create",
        ),
        (
            event(
                "meeting.chat_message_file_sent", {"chat_message_file": {"sender_name": "Ann", "file_name": "a.pdf"}}
            ),
            " by Ann: a.pdf",
            "INFO",
            "data.create",
        ),
        (
            by_operator(
                "meeting.summary_shared",
                {"meeting_topic": "Weekly review", "share_with_users": [{"user_email": "guest@example.net"}]},
            ),
            " by admin@example.com: Weekly review guest@example.net",
            "NOTICE",
            "permission.grant",
        ),
        (by_operator("recording.trashed", MEETING), " by admin@example.com: Weekly review", "NOTICE", "data.delete"),
        (by_operator("recording.renamed", MEETING), " by admin@example.com: Weekly review", "INFO", "data.change"),
        (
            by_operator("chat_message.sent", {"channel_name": "general"}),
            " by admin@example.com: general",
            "INFO",
            "data.create",
        ),
        (
            by_operator(
                "chat_channel.member_invited", {"name": "general", "members": [{"id": "u1", "display_name": "Ann"}]}
            ),
            " by admin@example.com: general Ann",
            "INFO",
            "permission.grant",
        ),
        (
            by_operator("team_chat.file_shared", {"files": [{"file_name": "a.pdf"}]}),
            " by admin@example.com: a.pdf",
            "INFO",
            "permission.grant",
        ),
        (event("phone.caller_connected", CALL), " by Ann: +15550101", "INFO", "other"),
        (
            event("zoomroom.alert", {"room_name": "Tower", "email": "room@example.com", "issue": "Offline"}),
            " by room@example.com: Tower Offline",
            "NOTICE",
            "detection.create",
        ),
        (
            event("webinar.alert", {**MEETING, "issues": "Unstable audio"}),
            " by h1: Weekly review",
            "NOTICE",
            "detection.create",
        ),
    ],
)
def test_event_is_told(body: dict[str, Any], rest: str, severity: str, kind: str) -> None:
    expected = {"summary": f"zoom: {body['event']}{rest}", "severity": severity}
    assert facts_of("zoom", body, expected) == expected
    assert facts(body)["kind"] == kind


def facts(body: dict[str, Any]) -> dict[str, str]:
    return FINDER.find(body, Functions(Intake(body, 0.0), body)).words


def test_app_without_an_object_is_told() -> None:
    body = {"event": "app_deauthorized", "event_ts": 1772442222008, "payload": {"account_id": "a1", "user_id": "u1"}}
    expected = {"summary": "zoom: app_deauthorized by u1", "severity": "NOTICE"}
    assert facts_of("zoom", body, expected) == expected


def test_facts_are_found() -> None:
    found = facts(by_operator("user.updated", {**PERSON, "role": "Admin"}))
    expected = {"user": "admin@example.com", "user_id": "admin-id", "target_user": "ann@example.com", "role": "Admin"}
    assert {name: found[name] for name in expected} == expected
    added = facts(by_operator("group.admin_added", {"id": "g1", "admins": [PERSON]}))
    assert added["target_user"] == "ann@example.com"
    signed_in = facts(event("user.signed_in", PERSON))
    assert (signed_in["user"], signed_in["user_id"], "target_user" in signed_in) == ("ann@example.com", "u1", False)


SECRET_TEXT = "https://zoom.us/SECRET"
DOWNLOAD = {"id": "f1", "download_url": SECRET_TEXT}
FILE = {**DOWNLOAD, "play_url": SECRET_TEXT}


@pytest.mark.parametrize(
    "content",
    [
        {"join_url": SECRET_TEXT, "start_url": SECRET_TEXT, "password": "SECRET"},
        {"share_url": SECRET_TEXT, "recording_play_passcode": "SECRET", "recording_files": [FILE]},
        {"participant_audio_files": [FILE], "archive_files": [DOWNLOAD], "attachments": [DOWNLOAD]},
        {"recordings": [{**DOWNLOAD, "transcript_download_url": SECRET_TEXT}], "chat_message_file": DOWNLOAD},
        {"registrant": {"join_url": SECRET_TEXT, "participant_pin_code": "SECRET"}},
        {"host_key": "SECRET", "tsp_credentials": [{"leader_pin": "SECRET", "conference_code": "SECRET"}]},
        {"live_streaming": {"custom_live_streaming_settings": {"stream_key": "SECRET"}}},
        {"stream_ingestion": {"stream_key": "SECRET"}, "session_pin": "SECRET", "manage_url": SECRET_TEXT},
        {"scheduled_event": {"external_location": {"meeting_join_url": SECRET_TEXT, "meeting_passcode": "SECRET"}}},
        {"participant_video_files": [DOWNLOAD]},
        {"armn_details": {"meeting_url": SECRET_TEXT}, "download_url": SECRET_TEXT},
        {"participant": {"sharing_details": {"file_link": SECRET_TEXT}}},
        {"settings": {"schedule_meeting": {"pmi_password": "SECRET"}}},
    ],
)
def test_what_opens_a_meeting_or_a_recording_is_masked(content: dict[str, Any]) -> None:
    tokens = {"download_token": "SECRET", "callback_token": "SECRET", "response_url": SECRET_TEXT}
    body = {**by_operator("meeting.updated", {"id": 1, **content}), **tokens}
    assert "SECRET" not in json.dumps(messages_of("zoom", body))


def test_mozdefs_plugin_finds_what_it_takes_apart() -> None:
    body = event("meeting.participant_joined", {**MEETING, "participant": GUEST})
    (message,) = messages_of("zoom", body)
    assert message["details"] == body
    assert (message["hostname"], message["source"], message["category"]) == ("zoom_host", "api_aws_lambda", "zoom")
    assert "zoom" in message["tags"]


def test_source_of_ones_own_says_who_did_what(tmp_path: Path) -> None:
    text = "extends: zoom\ndescription: Zoom.\nmozdef: {whole: false, hostname: zoom}\n"
    make_definition(tmp_path, text, "zoom-facts")
    body = by_operator("user.deleted", PERSON)
    (message,) = Sample("zoom-facts", body, sources=tmp_path).messages()
    told_facts = {name: message["details"][name] for name in ("username", "kind", "targetuser")}
    assert told_facts == {"username": "admin@example.com", "kind": "account.delete", "targetuser": "ann@example.com"}
    assert (message["hostname"], event_of(message)) == ("zoom", body)
