"""Who did it, and to whom or what: Slack writes them in other fields for each type of event, and mostly as an id.

`names` has `actor` and `actor_id`, who did it; `person`, whose account it was done to; `thing`, to what else.
https://docs.slack.dev/reference/events
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from lambdas.transforming import Request

CHANGED_ACCOUNTS = ("user_change", "user_huddle_changed", "user_profile_changed", "user_status_changed")
"""Types of events whose `user` is the account that was changed. Slack does not say who changed it."""
ACTORS = [
    "accepting_user",
    "approving_user",
    "declining_user",
    "invite.inviting_user",
    "actor",
    "app_request.user",
    "user",
    "user_name",
    "user_id",
    "actor_id",
    "subteam.updated_by",
    "subteam.created_by",
    "channel.creator",
    "invite_request.requester_ids",
    "message.user",
    "username",
    "bot_id",
]
PERSONS = [
    "invite.recipient_email",
    "invite.recipient_user_id",
    "target_users",
    "invite_request.email",
    "added_users",
    "removed_users",
]
THINGS = [
    "file_id",
    "subteam.name",
    "subteam_id",
    "app_request.app",
    "app",
    "app_name",
    "function.title",
    "workflow_id",
    "reaction",
    "links",
    "actions",
    "view.title.text",
    "callback_id",
    "email_domain",
    "domain",
    "name",
    "new_name",
    "names",
    "new_channel_id",
    "channel",
    "channel_name",
    "channel_id",
    "item.channel",
    "scopes",
    "team_ids",
    "enterprise_id",
    "tokens.oauth",
    "tokens.bot",
]
NAMES = ("email", "name", "username", "action_id", "domain", "id")
"""The names of a person or a thing that is an object, the clearest first."""
ID = re.compile("[A-Z][A-Z0-9]{7,}")


def transform(event: dict[str, Any], _request: Request) -> list[dict[str, Any]]:
    inner = event["event"] if isinstance(event.get("event"), dict) else event
    changed = inner.get("type") in CHANGED_ACCOUNTS
    actor = None if changed else first_value(inner, ACTORS)
    person = first_value(inner, ["user"] if changed or inner.get("type") == "team_join" else PERSONS)
    thing = first_value(inner, THINGS) or (None if person else event.get("team_id"))
    names = {
        "actor": name_of(actor),
        "actor_id": id_of(actor) or id_of(inner.get("user_id")),
        "person": name_of(person),
        "thing": name_of(thing),
    }
    return [{**event, "names": {key: name for key, name in names.items() if name}}]


def first_value(values: dict[str, Any], paths: Iterable[str]) -> Any:
    """Return the first of these values that has a name."""
    for path in paths:
        value: Any = values
        for key in path.split("."):
            value = value.get(key) if isinstance(value, dict) else None
        if name_of(value):
            return value
    return None


def name_of(value: Any) -> str:
    """Return the name of a person or a thing: a text, an object, or a list of them."""
    if isinstance(value, list):
        return ", ".join(filter(None, map(name_of, value)))
    if isinstance(value, dict):
        values = [value["profile"], value] if isinstance(value.get("profile"), dict) else [value]
        named = (each.get(key) for key in NAMES for each in values)
        return next((name for name in named if isinstance(name, str) and name), "")
    return value if isinstance(value, str) else ""


def id_of(value: Any) -> str:
    """Return the id of a person: that of an object, or a text that looks like one."""
    identity = value.get("id") if isinstance(value, dict) else value
    return identity if isinstance(identity, str) and ID.fullmatch(identity) else ""
