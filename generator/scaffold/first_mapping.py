"""Guess `events` and `facts` from a captured request: fields with usual names whose values look right."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from generator.definition.scalars import FIELD
from generator.samples.captured import Captured
from generator.scaffold.first_sample import Body
from generator.scaffold.value_kinds import is_secret, time_format

_TYPES = (
    *("event_type", "eventType", "event.type", "event", "event_name", "eventName", "type", "webhookEvent"),
    *("topic", "trigger", "action", "kind", "alert_type"),
)
_IDS = ("event_id", "eventId", "event.id", "id", "uuid", "message_id", "messageId")
_TIMES = (
    *("occurred_at", "occurredAt", "event_time", "eventTime", "event_ts", "timestamp", "time", "ts"),
    *("created_at", "createdAt", "created", "published", "date", "event.occurred_at", "event.created_at", "event.time"),
)
_ACTORS = (
    *("actor.email", "user.email", "sender.login", "actor.login", "user.login", "actor.name", "user.name"),
    *("data.actor.email", "data.user.email", "created_by.login", "actor.user.email", "actor.alternateId"),
    *("actor_email", "user_email", "userEmail", "actor_name", "user_name", "username", "userName", "email", "actor"),
    *("initiatedBy.user.userPrincipalName", "user", "member.email", "actor.id", "user.id", "actor_id", "user_id"),
)
_ADDRESSES = (
    *("ip_address", "ipAddress", "source_ip", "client_ip", "ip", "client.ip", "actor.ip", "data.ip_address"),
    *(
        "actor_ip",
        "client.ipAddress",
        "client.ip_address",
        "context.ip_address",
        "actor.ip_address",
        "actor.ipAddress",
        "clientIP",
    ),
    *("execution_context.remote_address", "remote_address", "request.ip", "ipaddr", "sourceIp", "source.ip"),
    "initiatedBy.user.ipAddress",
)
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_ANY_ID = re.compile(r"\w*id", re.IGNORECASE)
# Ids of a person or an object, which are the same in many events.
_NO_ID = re.compile(
    r"account|acct|actor|app|client|company|customer|device|group|hook|host|org|owner|parent|project|resource|session|"
    r"site|sub|team|tenant|user|workspace|(?<![ug])uid$|^[cpt]id$",
    re.IGNORECASE,
)
_UNIQUE = re.compile(r"(?=.*[0-9])[A-Za-z0-9_.:/+=-]{6,128}")
_NO_TIME = re.compile(r"expir|until|valid|due|next|deadline|birth|schedul", re.IGNORECASE)
_TYPE_HEADER = re.compile(r"(.*-)?(event|topic)(-?(type|key|name))?")
_MAX_TYPE = 80


def guess_mapping(name: str, request: Captured, body: Body) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return guesses for the keys below `events` and below `facts`."""
    events: dict[str, Any] = {}
    if body.format != "json":
        events["format"] = body.format
    if body.payload:
        events["payload"] = body.payload
    if masked := [name for name in body.masked if FIELD.fullmatch(name)]:
        events["mask"] = masked
    if isinstance(body.value, list):
        events["split"] = "[]" if body.format == "ndjson" else "@"
    item = _first_event(body)
    kind = _type_header(request) or _first(item, _TYPES, is_word)
    guesses = {
        "id": _first(item, _IDS, _is_id) or _first(item, _names(item, _ANY_ID, _NO_ID), _is_unique),
        "type": kind,
        "time": _first(item, _TIMES, _is_time) or _first(item, _names(item, _NAME, _NO_TIME), _is_written_time),
    }
    events |= {key: path for key, path in guesses.items() if path}
    if guesses["time"] and (format_of_time := _is_time(_at(item, guesses["time"]))) != "rfc3339":
        events["time_format"] = format_of_time
    return events, _facts(name, item, kind)


def guess_facts(name: str, events: Sequence[Any], kind: str | None) -> dict[str, Any]:
    """Return guesses for the keys below `facts`, each from the first of several events that shows it."""
    guesses: dict[str, Any] = {}
    for event in events:
        guesses = {**_facts(name, event, kind), **guesses}
    summary = f"{name}: {f'{{{kind}}}' if kind else 'event'}"
    return {**guesses, "summary": f"{summary} by {guesses['user']}" if "user" in guesses else summary}


def _facts(name: str, item: Any, kind: str | None) -> dict[str, Any]:
    actor = _first(item, _ACTORS, lambda value: isinstance(value, str) and bool(value))
    event = f"{{{kind}}}" if kind else "event"
    facts = {"summary": f"{name}: {event}{f' by {{{actor}}}' if actor else ''}"}
    if actor:
        facts["user"] = f"{{{actor}}}"
    if address := _first(item, _ADDRESSES, _is_address):
        facts["source_ip"] = f"{{{address}}}"
    return facts


def sample_name(request: Captured, body: Body) -> str:
    """Return the sample's name: its event's type where it has one, else `event`."""
    header = _type_header(request)
    kind = request.headers_by_name[header[len("header('") : -len("')")]] if header else ""
    if not kind and (path := _first(_first_event(body), _TYPES, is_word)):
        kind = _at(_first_event(body), path)
    name = re.sub(r"[^A-Za-z0-9_-]+", ".", kind).strip(".")
    # The files beside a sample have names that end so.
    return re.sub(r"\.(mozdef|reply|request)$", "", name) or "event"


def _first_event(body: Body) -> Any:
    return next(iter(body.value), None) if isinstance(body.value, list) else body.value


def _type_header(request: Captured) -> str | None:
    names = (name for name, value in request.headers_by_name.items() if _TYPE_HEADER.fullmatch(name) and is_word(value))
    return next((f"header('{name}')" for name in names if not is_secret(name, request.headers_by_name[name])), None)


def _first(item: Any, paths: Iterable[str], fits: Callable[[Any], Any]) -> str | None:
    return next((path for path in paths if fits(_at(item, path))), None)


def _at(item: Any, path: str) -> Any:
    for name in path.split("."):
        item = item.get(name) if isinstance(item, dict) else None
    return item


def is_word(value: Any) -> bool:
    """Return whether a value is a short text, as the kind of an event is."""
    return isinstance(value, str) and 0 < len(value) <= _MAX_TYPE and value.isprintable() and value != "[masked]"


def _is_id(value: Any) -> bool:
    return isinstance(value, str | int) and not isinstance(value, bool) and bool(value)


def _names(item: Any, pattern: re.Pattern[str], never: re.Pattern[str]) -> list[str]:
    """Return an event's own fields whose names match one pattern and not the other, and need no quotes in a path."""
    names = [name for name in item if _NAME.fullmatch(name)] if isinstance(item, dict) else []
    return [name for name in names if pattern.fullmatch(name) and not never.search(name)]


def _is_unique(value: Any) -> bool:
    """Return whether a text looks unique to its event."""
    return isinstance(value, str) and bool(_UNIQUE.fullmatch(value)) and not time_format(value)


def _is_written_time(value: Any) -> bool:
    """Return whether a text can only be a time, whatever its field is called."""
    return isinstance(value, str) and time_format(value) == "rfc3339"


def _is_time(value: Any) -> str | None:
    is_text_or_number = isinstance(value, str | int | float) and not isinstance(value, bool)
    return time_format(str(value)) if is_text_or_number else None


def _is_address(value: Any) -> bool:
    try:
        return isinstance(value, str) and bool(ipaddress.ip_address(value))
    except ValueError:
        return False
