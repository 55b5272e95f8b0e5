"""Anthropic's Activity Feed: each type has fields of its own beside actor and organization.

https://platform.claude.com/docs/en/api/compliance/activities/list
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.shipped_messages import details, line, pulled_messages

ANN = {"type": "user_actor", "email_address": "ann@example.com", "user_id": "u1", "ip_address": "198.51.100.23",
       "user_agent": "curl/8"}  # fmt: skip
NOBODY = {"type": "unauthenticated_user_actor", "unauthenticated_email_address": "eve@example.com"}
KEY = {"type": "api_actor", "api_key_id": "apikey_1", "ip_address": "203.0.113.7", "user_agent": "curl/8"}
SCIM = {"type": "scim_directory_sync_actor", "directory_id": "d1", "idp_connection_type": None}


def messages(kind: str, **own: Any) -> list[dict[str, Any]]:
    activity = {"id": "a1", "created_at": "2025-12-31T09:00:00Z", "organization_id": "org_1",
                "organization_uuid": "o1", "actor": ANN, "type": kind, **own}  # fmt: skip
    answer = {"data": [activity], "has_more": False, "first_id": "a1", "last_id": "a1"}
    return pulled_messages("anthropic", "activities", answer)


def message(kind: str, **own: Any) -> dict[str, Any]:
    (only,) = messages(kind, **own)
    return only


@pytest.mark.parametrize(
    ("kind", "own", "expected"),
    [
        ("sso_login_failed", {"actor": NOBODY},
         "NOTICE authentication.start | anthropic: sso_login_failed by eve@example.com"),
        ("org_user_invite_sent", {"invited_email": "eve@example.com", "invited_role": "admin"},
         "WARNING permission.grant | anthropic: org_user_invite_sent by ann@example.com: eve@example.com (admin)"),
        ("claude_user_role_updated",
         {"user_email": "bob@example.com", "previous_role": "user", "current_role": "admin"},
         "WARNING permission.change | anthropic: claude_user_role_updated by ann@example.com:"
         " bob@example.com (admin, was user)"),
        ("scim_user_deleted", {"actor": SCIM, "user_id": "u2"},
         "NOTICE account.delete | anthropic: scim_user_deleted by scim_directory_sync_actor: u2"),
        ("api_key_created", {"api_key_id": "apikey_2", "scopes": ["read:compliance_user_data"]},
         "WARNING permission.grant | anthropic: api_key_created by ann@example.com:"
         " apikey_2 (read:compliance_user_data)"),
        ("platform_api_key_updated",
         {"api_key_id": "apikey_2", "updates": [{"type": "name", "previous_value": "a", "current_value": "b"}]},
         "NOTICE permission.change | anthropic: platform_api_key_updated by ann@example.com:"
         " apikey_2 (name now b was a)"),
        ("org_sso_toggled", {"enabled": False},
         "WARNING configuration.change | anthropic: org_sso_toggled by ann@example.com: (off)"),
        ("org_compliance_api_settings_updated", {"compliance_api_logging_enabled": False},
         "WARNING configuration.change | anthropic: org_compliance_api_settings_updated by ann@example.com:"
         " (logging off)"),
        ("mcp_tool_policy_updated",
         {"mcp_server_name": "Wiki", "tool_name": "delete", "max_permission": "always_allow"},
         "WARNING permission.change | anthropic: mcp_tool_policy_updated by ann@example.com:"
         " Wiki (tool delete, always_allow)"),
        ("org_data_export_completed", {},
         "WARNING data.read | anthropic: org_data_export_completed by ann@example.com"),
        ("claude_chat_viewed", {"claude_chat_id": "c1"},
         "INFO data.read | anthropic: claude_chat_viewed by ann@example.com: c1"),
        ("claude_project_document_deleted", {"claude_project_id": "p1"},
         "NOTICE data.delete | anthropic: claude_project_document_deleted by ann@example.com: p1"),
        ("inference_hooks_request_failed_open", {"reason": "endpoint_error"},
         "WARNING detection.create | anthropic: inference_hooks_request_failed_open by ann@example.com:"
         " (endpoint_error)"),
        ("something_new", {}, "INFO other | anthropic: something_new by ann@example.com"),
    ],
)  # fmt: skip
def test_activity_is_told(kind: str, own: dict[str, Any], expected: str) -> None:
    assert line(message(kind, **own)) == expected


@pytest.mark.parametrize("host", ["", "https://api.anthropic.com"])
def test_reading_the_feed_is_dropped(host: str) -> None:
    assert messages("compliance_api_accessed", actor=KEY, url=f"{host}/v1/compliance/activities?limit=1000") == []


def test_reading_chats_through_the_same_api_stays() -> None:
    url = "https://api.anthropic.com/v1/compliance/apps/chats/c1/messages"
    read = message("compliance_api_accessed", actor=KEY, url=url, request_method="GET")
    assert line(read) == f"WARNING data.read | anthropic: compliance_api_accessed by apikey_1: {url} (GET)"


def test_facts_are_found() -> None:
    expected = {
        "eventname": "org_user_deleted",
        "username": "ann@example.com",
        "userid": "u1",
        "sourceipaddress": "198.51.100.23",
        "useragent": "curl/8",
        "targetuser": "bob@example.com",
        "organization": "o1",
        "actor_type": "user_actor",
    }
    deleted = message("org_user_deleted", deleted_user_email="bob@example.com", deleted_user_id="u2")
    assert details(deleted, expected) == expected
