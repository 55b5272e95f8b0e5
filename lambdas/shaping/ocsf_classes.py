"""The classes of OCSF in which events are written, and which of them an event is of.

https://schema.ocsf.io/1.3.0/classes
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

OTHER = 99
"""The activity that none of a class's own is."""


class EventClass(NamedTuple):
    """A class: its number and name, the facts that it requires, and what it has beside the attributes of all."""

    uid: int
    caption: str
    required: tuple[str, ...]
    """Facts without which an event is of another class; of facts with `|` between them, any."""
    has_actor: bool = True
    actor_needs_host: bool = False
    """Whether `actor` is an attribute of the profile `host`, which a message then names."""
    has_endpoint: bool = True
    """Whether it has `src_endpoint` and `http_request`."""


BASE_EVENT = EventClass(0, "Base Event", (), has_actor=False, has_endpoint=False)
ACCOUNT_CHANGE = EventClass(3001, "Account Change", ("target_user",))
AUTHENTICATION = EventClass(3002, "Authentication", ("user|user_id",), has_actor=False)
ENTITY_MANAGEMENT = EventClass(3004, "Entity Management", ("target",), actor_needs_host=True)
USER_ACCESS = EventClass(3005, "User Access Management", ("target_user", "role"), actor_needs_host=True)
WEB_RESOURCES = EventClass(6001, "Web Resources Activity", ("target",), actor_needs_host=True)
DETECTION_FINDING = EventClass(2004, "Detection Finding", (), actor_needs_host=True, has_endpoint=False)

_VERBS = {"create": 1, "read": 2, "change": 3, "delete": 4}
_CLASSES = {
    "authentication": (AUTHENTICATION, {"start": 1, "end": 2}),
    "account": (ACCOUNT_CHANGE, {"create": 1, "enable": 2, "disable": 5, "delete": 6, "lock": 9}),
    "permission": (USER_ACCESS, {"grant": 1, "revoke": 2}),
    "configuration": (ENTITY_MANAGEMENT, _VERBS),
    "data": (WEB_RESOURCES, _VERBS),
    "detection": (DETECTION_FINDING, {"create": 1, "change": 2, "close": 3}),
}
"""The class of a kind's noun, and the activities of its verbs."""
_AS_ENTITY = {"create": 1, "delete": 4, "enable": 8, "disable": 9}
"""The activities of an account or a permission that is managed as an entity; all others update it."""

SEVERITIES = {
    "DEBUG": (1, "Informational"),
    "INFO": (1, "Informational"),
    "NOTICE": (2, "Low"),
    "WARNING": (3, "Medium"),
    "ERROR": (4, "High"),
    "CRITICAL": (5, "Critical"),
    "ALERT": (5, "Critical"),
    "EMERGENCY": (6, "Fatal"),
}
"""OCSF's severity, a number and its name, by syslog's word: the words that facts translate the vendor's into."""


def class_of(words: Mapping[str, str]) -> tuple[EventClass, int]:
    """Return the class and the activity of an event with these facts; a Base Event where no class fits."""
    noun, _, verb = words.get("kind", "other").partition(".")
    if noun in _CLASSES:
        event_class, activities = _CLASSES[noun]
        if _has_required(event_class, words):
            return event_class, activities.get(verb, OTHER)
        if noun in ("account", "permission") and _has_required(ENTITY_MANAGEMENT, words):
            return ENTITY_MANAGEMENT, _AS_ENTITY.get(verb, 3)
    return BASE_EVENT, OTHER


def _has_required(event_class: EventClass, words: Mapping[str, str]) -> bool:
    return all(any(name in words for name in names.split("|")) for names in event_class.required)
