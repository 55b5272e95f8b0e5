"""Guess `events` and `facts` from a captured request: fields with usual names whose values look right."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

from generator.definition.text_values import FIELD
from generator.samples.captured import Captured
from generator.scaffold.answer_values import joined
from generator.scaffold.event_id import IdGuess, guess_id
from generator.scaffold.event_list import EventList, find_event_list
from generator.scaffold.first_sample import Body
from generator.scaffold.value_kinds import is_secret, time_format

_TYPES = (
    *("event_type", "eventType", "event.type", "event", "event_name", "eventName", "type", "webhookEvent"),
    *("topic", "trigger", "action", "kind", "alert_type", "alertType", "subscriptionType", "eventCode"),
)
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
# Names that end as a type's or a time's do, where no field has one of the usual names.
_ANY_TYPE = re.compile(
    r"(event|trigger(ed)?|notification|record|alert|activity|webhook|message)_?(type|event|name)|operation",
    re.IGNORECASE,
)
_ANY_TIME = re.compile(
    r"((event|server|create|creation|trigger|occurr?ed|sent|published|submitted|received)_?)(time(stamp)?|date|at|on)",
    re.IGNORECASE,
)
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
# What all events of a vendor have for a type, so that another field says which event it is.
_GENERAL_TYPE = re.compile(
    r"(notification|event|webhook|callback)s?([_.-]?(event|notification|callback|data))?", re.IGNORECASE
)
_NO_TIME = re.compile(r"expir|until|valid|due|next|deadline|birth|schedul", re.IGNORECASE)
_SUBSCRIPTION = re.compile(r"subscription|webhook", re.IGNORECASE)
_DELIVERY = re.compile(r"(.+-)?(delivery|event|message|notification)-?(uu)?id|idempotency-key|webhook-id|svix-id")
_TYPE_HEADER = re.compile(r"(.*-)?(event|topic)(-?(type|key|name))?")
_MAX_TYPE = 80
_NOTHING_FOUND = "where an event has its id, its type and its time: no field has a usual name for one"


class MappingGuess(NamedTuple):
    """The keys below `events` and `facts` that a request suggests, and what of them is to be checked."""

    events: dict[str, Any]
    facts: dict[str, Any]
    to_check: tuple[str, ...] = ()


class _Events(NamedTuple):
    """The events of a body; `holder` is the path in each of the object that has its type and its time, if any has."""

    event_list: EventList
    holder: str
    items: list[Any]

    @property
    def first(self) -> Any:
        return self.items[0] if self.items else None


def guess_mapping(name: str, request: Captured, body: Body) -> MappingGuess:
    """Return guesses for the keys below `events` and below `facts`."""
    events: dict[str, Any] = {}
    if body.format != "json":
        events["format"] = body.format
    if body.payload:
        events["payload"] = body.payload
    if masked := [name for name in body.masked if FIELD.fullmatch(name)]:
        events["mask"] = masked
    event_list, holder, items = read = _find_events(body)
    if event_list.path:
        events["split"] = event_list.path
    item, before = read.first, f"{holder}." if holder else ""
    ids, kind, time = _id(request, items, holder), _type(item), _time(item)
    if time and _SUBSCRIPTION.search(holder) and time.startswith("created"):
        time = None  # It is when the subscription was made.
    guesses = {"type": kind, "time": time}
    events |= {"id": ids.path} if ids.path else {}
    events |= {key: f"{before}{path}" for key, path in guesses.items() if path}
    if header := _type_header(request):
        events["type"] = header
    if time and (format_of_time := _is_time(_at(item, time))) != "rfc3339":
        events["time_format"] = format_of_time
    facts = _facts(name, item, events.get("type"), before)
    nothing = () if events.keys() & {*guesses, "split"} or ids.to_check else (_NOTHING_FOUND,)
    return MappingGuess(events, facts, (*event_list.to_check, *ids.to_check, *nothing))


def _find_events(body: Body) -> _Events:
    event_list = find_event_list(body, _is_event)
    first = event_list.items[0] if event_list.items else None
    if isinstance(first, dict) and not _is_event(first):
        for key, member in first.items():
            if isinstance(member, dict) and _type(member) and _time(member):
                holders = [item.get(key) for item in event_list.items if isinstance(item, dict)]
                return _Events(event_list, joined("", key), holders)
    return _Events(event_list, "", event_list.items)


def _is_event(value: Any) -> bool:
    """Return whether a value has the type or the time of an event where events usually have them."""
    return bool(_type(value) or _first(value, _TIMES, _is_time))


def _type(item: Any) -> str | None:
    """Return the path of an event's type; what says only that it is an event is taken where nothing else is there."""
    special = [*_TYPES, *(name for name in _names(item) if _ANY_TYPE.fullmatch(name))]
    return _first(item, special, lambda value: is_word(value) and not _GENERAL_TYPE.fullmatch(value)) or _first(
        item, special, is_word
    )


def _time(item: Any) -> str | None:
    """Return the path of an event's time: by a usual name, by one that ends so, or by a value that is nothing else."""
    named = [name for name in _names(item) if _ANY_TIME.fullmatch(name)]
    return _first(item, (*_TIMES, *named), _is_time) or _first(item, _names(item), _is_written_time)


def guess_facts(name: str, events: Sequence[Any], kind: str | None) -> dict[str, Any]:
    """Return guesses for the keys below `facts`, each from the first of several events that shows it."""
    guesses: dict[str, Any] = {}
    for event in events:
        guesses = {**_facts(name, event, kind), **guesses}
    summary = f"{name}: {f'{{{kind}}}' if kind else 'event'}"
    return {**guesses, "summary": f"{summary} by {guesses['user']}" if "user" in guesses else summary}


def _facts(name: str, item: Any, kind: str | None, before: str = "") -> dict[str, Any]:
    actor = _first(item, _ACTORS, lambda value: isinstance(value, str) and bool(value))
    event = f"{{{kind}}}" if kind else "event"
    facts = {"summary": f"{name}: {event}{f' by {{{before}{actor}}}' if actor else ''}"}
    if actor:
        facts["user"] = f"{{{before}{actor}}}"
    if address := _first(item, _ADDRESSES, _is_address):
        facts["source_ip"] = f"{{{before}{address}}}"
    return facts


def sample_name(request: Captured, body: Body) -> str:
    """Return the sample's name: its event's type where it has one, else `event`."""
    header, item = _type_header(request), _find_events(body).first
    kind = request.headers_by_name[header[len("header('") : -len("')")]] if header else ""
    if not kind and (path := _type(item)):
        kind = _at(item, path)
    name = re.sub(r"[^A-Za-z0-9_-]+", ".", kind).strip(".")
    # The files beside a sample have names that end so.
    return re.sub(r"\.(mozdef|reply|request)$", "", name) or "event"


def _type_header(request: Captured) -> str | None:
    names = (name for name, value in request.headers_by_name.items() if _TYPE_HEADER.fullmatch(name) and is_word(value))
    return next((f"header('{name}')" for name in names if not is_secret(name, request.headers_by_name[name])), None)


def _id(request: Captured, items: list[Any], holder: str) -> IdGuess:
    """Return the path of an event's own id in the body; else the header with that of its delivery."""
    ids = IdGuess(None) if _SUBSCRIPTION.search(holder) else guess_id(items)
    if ids.path:
        return ids._replace(path=f"{holder}.{ids.path}" if holder else ids.path)
    if len(items) != 1 or not (header := _delivery_header(request)):
        return ids
    check = f"that {header} is the same when the vendor sends an event again"
    return IdGuess(f"header('{header}')", (*ids.to_check, check))


def _delivery_header(request: Captured) -> str | None:
    """Return the header with the id of a delivery or of an event."""
    return next((name for name, value in request.headers_by_name.items() if _DELIVERY.fullmatch(name) and value), None)


def _first(item: Any, paths: Iterable[str], fits: Callable[[Any], Any]) -> str | None:
    return next((path for path in paths if fits(_at(item, path))), None)


def _at(item: Any, path: str) -> Any:
    for name in path.split("."):
        item = item.get(name) if isinstance(item, dict) else None
    return item


def is_word(value: Any) -> bool:
    """Return whether a value is a short text, as the kind of an event is."""
    return isinstance(value, str) and 0 < len(value) <= _MAX_TYPE and value.isprintable() and value != "[masked]"


def _names(item: Any) -> list[str]:
    """Return an event's own fields that may say when it happened, and need no quotes in a path."""
    names = [name for name in item if _NAME.fullmatch(name)] if isinstance(item, dict) else []
    return [name for name in names if not _NO_TIME.search(name)]


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
