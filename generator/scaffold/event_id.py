"""Guess which field of an event is its own id, and refuse those that evidence shows to be of something else.

A wrong id is worse than none: with `dedupe`, all events but the first that carry it are lost. Without `id`, the hash
of an event is its id.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from generator.scaffold.answer_values import Value, scalars
from generator.scaffold.value_kinds import time_format

_IDS = ("event_id", "eventId", "event.id", "id", "uuid", "message_id", "messageId")
_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_ANY_ID = re.compile(r"\w*id", re.IGNORECASE)
_OWN_ID = re.compile(
    r"([eug]|uu|gu|_)?id|\w*(event|deliver[yi]|notification|alert|record|log|entry|activity|audit|message)\w{0,1}_?(uu|gu)?id",
    re.IGNORECASE,
)
# Ids of a person or an object, which are the same in many events.
_NO_ID = re.compile(
    r"account|acct|actor|app|client|company|config|customer|device|group|hook(?!_?event)|host|network|org|owner|parent|"
    r"project|resource|session|site|sub|task|team|ticket|item|inspection|tenant|user|workspace|(?<![ug])uid$|^[cpt]id$",
    re.IGNORECASE,
)
_UNIQUE = re.compile(r"(?=.*[0-9])[A-Za-z0-9_.:/+=-]{6,128}")
_SUBSCRIPTION = re.compile(r"web_?hook|subscription|callback", re.IGNORECASE)
_OF_SUBSCRIPTION = frozenset({"filter", "ownedby", "targeturl", "callbackurl", "notificationurl", "triggers"})
_CREATED = re.compile(r"(date)?created(at|on|date|time|datetime)?")
_CHANGED = re.compile(r"(date)?(updated|modified|lastmodified)(at|on|date|time|datetime)?")
_OF_EVENTS = re.compile(r"events?|notifications?|deliver(y|ies)|logs?|alerts?|messages?")
_SHORTEST = 4
"""Characters of an id that can be told from a number of something else."""
_SHOWN = 2


class IdGuess(NamedTuple):
    """The path of an event's id, None where none is proposed; and what is to be checked."""

    path: str | None
    to_check: tuple[str, ...] = ()


def guess_id(items: list[Any]) -> IdGuess:
    """Return the field of an event that is its own id, by the events of a request."""
    item = items[0] if items else None
    refused: list[str] = []
    for path, value in _candidates(item):
        if reason := next(_reasons(path, value, item, items), None):
            refused.append(f"which id is the event's own: `{path}` {reason}, so a hash of the event is taken")
        elif _OWN_ID.fullmatch(path.rpartition(".")[2]):
            return IdGuess(path)
        else:
            doubt = f"that `{path}` is the event's own: with `dedupe`, all events but the first that have it are lost"
            return IdGuess(path, (doubt,))
    return IdGuess(None, tuple(refused[:_SHOWN]))


def _candidates(item: Any) -> Iterator[tuple[str, Any]]:
    """Yield the fields that may be an id, the likeliest first."""
    for path in _IDS:
        value = item
        for name in path.split("."):
            value = value.get(name) if isinstance(value, dict) else None
        if isinstance(value, str | int) and not isinstance(value, bool) and value:
            yield path, value
    names = [name for name in item if _PLAIN.fullmatch(name)] if isinstance(item, dict) else []
    others = [name for name in names if _ANY_ID.fullmatch(name) and not _NO_ID.search(name) and name not in _IDS]
    for name in sorted(others, key=lambda name: not _OWN_ID.fullmatch(name)):
        value = item[name]
        if isinstance(value, str) and _UNIQUE.fullmatch(value) and not time_format(value):
            yield name, value


def _reasons(path: str, value: Any, item: Any, items: list[Any]) -> Iterator[str]:
    """Yield the evidence that an id is not the event's own."""
    text, values = str(value), list(scalars(item))
    if path in ("id", "_id"):
        yield from _of_an_object(item)
    if _SUBSCRIPTION.search(_decoded(text)):
        yield "is a webhook's, as its text says in base64"
    if len(items) > 1 and sum(isinstance(each, dict) and each.get(path) == value for each in items) > 1:
        yield "is the same in several events of this request"
    if len(text) < _SHORTEST:
        return
    for other in values:
        if other.path != path and str(other.value) == text and _NO_ID.search("_".join(other.names)):
            yield f"is the same as `{other.path}`"
        elif url := _url_of(text, other):
            yield f"is in the URL of `{url}`, as that of an object is"


def _of_an_object(item: dict[str, Any]) -> Iterator[str]:
    words = {re.sub(r"[^a-z0-9]", "", name.lower()): name for name in item}
    if settings := [name for word, name in words.items() if word in _OF_SUBSCRIPTION]:
        yield f"stands beside {_listed(settings)}, which a webhook has, and not an event"
    created = [name for word, name in words.items() if _CREATED.fullmatch(word)]
    changed = [name for word, name in words.items() if _CHANGED.fullmatch(word)]
    if changed:
        yield f"stands beside {_listed([*created[:1], changed[0]])}, so it is that of an object, which changes again"


def _listed(names: list[str]) -> str:
    return " and ".join(f"`{name}`" for name in names[:_SHOWN])


def _url_of(text: str, other: Value) -> str | None:
    """Return the path of a value that is the URL of what the id is of; None for the URL of an event."""
    if not isinstance(other.value, str) or not other.value.startswith(("https://", "http://")):
        return None
    parts = re.split(r"[/?#&=]", other.value)
    if text not in parts or _OF_EVENTS.fullmatch(parts[parts.index(text) - 1].lower()):
        return None
    return other.path


def _decoded(text: str) -> str:
    """Return what a text says in base64; empty where it is none."""
    try:
        return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode("ascii")
    except ValueError:
        return ""
