"""Discord's webhook events: each that its documentation lists becomes a line that names who did what to what.

https://docs.discord.com/developers/events/webhook-events
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.shipped_messages import facts_of

ANN = {"id": "1100000000000000101", "username": "ann.example", "global_name": "Ann"}
SERVER = {"id": "1100000000000000201", "name": "Example Server"}
BOUGHT = {"id": "1100000000000000401", "sku_id": "1100000000000000501", "user_id": "1100000000000000101"}
SAID = {"id": "1100000000000000601", "content": "hello", "channel_id": "1100000000000000702", "author": ANN}
SCOPES = {"scopes": ["bot", "applications.commands"], "user": ANN}
IN_LOBBY = {**SAID, "lobby_id": "1100000000000000701"}


@pytest.mark.parametrize(
    ("event_type", "data", "rest", "severity", "kind", "user"),
    [
        (
            "APPLICATION_AUTHORIZED",
            {**SCOPES, "integration_type": 0, "guild": SERVER},
            " by ann.example: server Example Server with bot applications.commands",
            "NOTICE",
            "permission.grant",
            "ann.example",
        ),
        (
            "APPLICATION_AUTHORIZED",
            {**SCOPES, "integration_type": 1},
            " by ann.example: own account with bot applications.commands",
            "NOTICE",
            "permission.grant",
            "ann.example",
        ),
        ("APPLICATION_DEAUTHORIZED", {"user": ANN}, " by ann.example", "NOTICE", "permission.revoke", "ann.example"),
        (
            "ENTITLEMENT_CREATE",
            BOUGHT,
            " by 1100000000000000101: SKU 1100000000000000501",
            "INFO",
            "permission.grant",
            None,
        ),
        (
            "ENTITLEMENT_UPDATE",
            BOUGHT,
            " by 1100000000000000101: SKU 1100000000000000501",
            "INFO",
            "permission.change",
            None,
        ),
        (
            "ENTITLEMENT_DELETE",
            {**BOUGHT, "user_id": None},
            ": SKU 1100000000000000501",
            "INFO",
            "permission.revoke",
            None,
        ),
        (
            "LOBBY_MESSAGE_CREATE",
            IN_LOBBY,
            " by ann.example: lobby 1100000000000000701",
            "INFO",
            "data.create",
            "ann.example",
        ),
        (
            "LOBBY_MESSAGE_UPDATE",
            IN_LOBBY,
            " by ann.example: lobby 1100000000000000701",
            "INFO",
            "data.change",
            "ann.example",
        ),
        (
            "LOBBY_MESSAGE_DELETE",
            {"id": "1100000000000000601", "lobby_id": "1100000000000000701"},
            ": lobby 1100000000000000701",
            "INFO",
            "data.delete",
            None,
        ),
        (
            "GAME_DIRECT_MESSAGE_CREATE",
            SAID,
            " by ann.example: channel 1100000000000000702",
            "INFO",
            "data.create",
            "ann.example",
        ),
        (
            "GAME_DIRECT_MESSAGE_DELETE",
            SAID,
            " by ann.example: channel 1100000000000000702",
            "INFO",
            "data.delete",
            "ann.example",
        ),
        ("QUEST_USER_ENROLLMENT", {}, "", "INFO", "other", None),
    ],
)
def test_event_is_told(
    event_type: str, data: dict[str, Any], rest: str, severity: str, kind: str, user: str | None
) -> None:
    event = {"type": event_type, "timestamp": "2026-03-02T09:41:07.318220", "data": data}
    expected = {
        "summary": f"discord: {event_type}{rest}",
        "severity": severity,
        "kind": kind,
        "username": user,
        "target": (data.get("guild") or {}).get("name")
        or data.get("sku_id")
        or data.get("lobby_id")
        or data.get("channel_id"),
    }
    assert facts_of("discord", {"version": 1, "application_id": "11", "type": 1, "event": event}, expected) == expected
