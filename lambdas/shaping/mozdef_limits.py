"""What MozDef, or the Elasticsearch behind it, would lose of an event that is sent whole: keys, texts and types.

https://github.com/mozilla/MozDef/tree/master/mq/plugins, https://github.com/mozilla/MozDef/blob/master/cron/defaultMappingTemplate.json
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from lambdas.model_facts import FACT_TEXTS
from lambdas.shaping.facts import address
from lambdas.shaping.mozdef_names import DETAIL_NAMES, PLUGIN_WORDS

MAX_TERM = 32_766
"""Bytes of a text: https://www.elastic.co/guide/en/elasticsearch/reference/7.17/ignore-above.html"""
MAX_LEVELS = 20
"""Names of a path from the top: https://www.elastic.co/guide/en/elasticsearch/reference/7.17/mapping-settings-limit.html"""
MAX_PATHS = 500
"""Paths of an event that is sent whole: all sources share an index of 1,000."""
FORWARDED_KEY = "http_x_forwarded_for"
REWRITTEN_KEYS = frozenset(("src", "dst", "srcip", "dstip", "cluster_client_ip", FORWARDED_KEY))
"""Keys of `details` from which a plugin takes addresses: https://github.com/mozilla/MozDef/blob/master/mq/plugins/ipFixup.py"""
ADDRESS_KEYS = ("sourceipaddress", "destinationipaddress")
OBJECT_KEYS = ("apiversion", "requestparameters", "oversize")
"""Keys of `details` that the index knows as objects."""
PLACE_KEYS = ("sourceipgeopoint", "destinationipgeopoint", "sourceipgeolocation", "destinationipgeolocation")
"""Keys of `details` under which MozDef stores the place of an address."""
RESERVED_DETAILS = ("fields", "json", "omitted", "oversize")
"""Keys of every source's messages, beside the facts."""
SCALAR_DETAILS = (
    *("kind", "email", "sourceipv6address", "destinationipv6address", "fields", "json", "omitted"),
    *(DETAIL_NAMES.get(name, name) for name in FACT_TEXTS if name not in ("summary", "source_ip")),
)
"""Keys that are a text, a number or a list of texts in the messages of every source."""
_TEMPLATE: dict[tuple[str, ...], str] = {
    **{("details", name): "text" for name in (*ADDRESS_KEYS, "sourceport", "destinationport", "sourceipv4address")},
    ("details", "success"): "boolean",
    **{("details", name): "object" for name in OBJECT_KEYS},
    ("details", "apiversion", "raw_value"): "text",
    ("details", "requestparameters", "logstreamname"): "object",
    ("details", "requestparameters", "logstreamname", "raw_value"): "text",
}
"""The types of paths that the index knows before it has any event."""
_SHORT_ADDRESS = re.compile(r"(0x[0-9a-f]+|[0-9]+)(\.(0x[0-9a-f]+|[0-9]+))*(\s|$)", re.IGNORECASE)


def details_problem(
    details: dict[str, Any], allowed: frozenset[str] = frozenset(), *, any_size: bool = False
) -> str | None:
    """Return why MozDef or Elasticsearch would lose a message with these details; None where they take it.

    `allowed` are words of plugins that are wanted. With `any_size`, long texts and many paths are no problem.
    """
    if FORWARDED_KEY in details and not _is_forwarded(details[FORWARDED_KEY]):
        return f"{FORWARDED_KEY} is not a text of IP addresses, and MozDef drops such a message"
    for key, value in details.items():
        if value is None:
            continue
        if typed := _TYPED.get(key.rstrip(".")):  # to Elasticsearch, `a.` is `a`
            is_valid, kind = typed
            if not is_valid(value):
                return f"{key} is not {kind}, and Elasticsearch refuses such a message"
    return _Walk(PLUGIN_WORDS - allowed, any_size=any_size).problem(details)


def path_types(details: dict[str, Any]) -> dict[str, str]:
    """Return the type that Elasticsearch gives each path of details that it takes: object, text or boolean."""
    walk = _Walk(frozenset(), any_size=True)
    walk.problem(details)
    return {".".join(path): kind for path, kind in walk.types.items()}


class _Walk:
    """Compares the types at each path of an event, as Elasticsearch does when it indexes a message.

    Dots in a key stand for objects, and lists add nothing to a path.
    https://www.elastic.co/guide/en/elasticsearch/reference/7.17/dynamic-field-mapping.html
    """

    def __init__(self, words: frozenset[str], *, any_size: bool) -> None:
        self._words = words
        self._any_size = any_size
        self.types: dict[tuple[str, ...], str] = dict(_TEMPLATE)

    def problem(self, details: dict[str, Any]) -> str | None:
        """Return why Elasticsearch refuses the details, or which plugin MozDef would run; None where neither does."""
        problem = self._object(("details",), details)
        if problem is None and len(self.types) - len(_TEMPLATE) > MAX_PATHS and not self._any_size:
            return f"more than {MAX_PATHS} paths, and all sources share an index of 1,000"
        return problem

    def _object(self, path: tuple[str, ...], value: dict[str, Any]) -> str | None:
        for key, member in value.items():
            if key.lower() in self._words:
                return _plugin_problem("a key")
            names = key.rstrip(".").split(".")
            if any(not name.strip() for name in names):
                return "a key is empty, or has an empty part between dots, and Elasticsearch refuses such a message"
            for end in range(1, len(names)):
                if problem := self._add((*path, *names[:end]), "object"):
                    return problem
            if problem := self._value((*path, *names), member):
                return problem
        return None

    def _value(self, path: tuple[str, ...], value: Any) -> str | None:
        if isinstance(value, dict):
            return self._add(path, "object") or self._object(path, value)
        if isinstance(value, list):
            return next(filter(None, (self._value(path, item) for item in value)), None)
        if value is None:
            return None
        if isinstance(value, str):
            if value.lower() in self._words:
                return _plugin_problem("a text")
            if not self._any_size and len(value.encode("utf-8", "surrogatepass")) > MAX_TERM:
                return f"a text has more than {MAX_TERM:,} bytes, and Elasticsearch refuses such a message"
        return self._add(path, "boolean" if isinstance(value, bool) else "text", is_word=value in ("true", "false", ""))

    def _add(self, path: tuple[str, ...], kind: str, *, is_word: bool = False) -> str | None:
        if len(path) + (kind == "object") > MAX_LEVELS:
            return f"nested deeper than {MAX_LEVELS} levels, and Elasticsearch refuses such a message"
        if self.types.setdefault(path, kind) == kind:
            return None
        # An index takes such words for a boolean, and a boolean for a text, but only in a field that it has already.
        known = _TEMPLATE.get(path)
        if (kind == "boolean" and known == "text") or (known == "boolean" and is_word):
            return None
        return "a path has values of two types, and Elasticsearch refuses such a message"


def _plugin_problem(what: str) -> str:
    return f"{what} is a word that sets off a plugin of MozDef's, and the plugin would drop or rewrite the message"


def _is_address(value: Any) -> bool:
    return isinstance(value, str) and address(value) is not None


def _is_safe_to_move(value: Any) -> bool:
    """Return False for a short form of an address, such as 127.1: MozDef moves it, and Elasticsearch refuses it."""
    return not isinstance(value, str) or not _SHORT_ADDRESS.match(value) or _is_address(value)


def _is_forwarded(value: Any) -> bool:
    return isinstance(value, str) and _is_address(value.split(",")[0])


def _is_boolean(value: Any) -> bool:
    return isinstance(value, bool) or value in ("true", "false")


def _is_object(value: Any) -> bool:
    return isinstance(value, dict)


def _is_scalar(value: Any) -> bool:
    if isinstance(value, list):
        return all(map(_is_scalar, value))
    return not isinstance(value, dict)


def _is_never(_value: Any) -> bool:
    return False


_TYPED: dict[str, tuple[Callable[[Any], bool], str]] = {
    **dict.fromkeys(SCALAR_DETAILS, (_is_scalar, "a text, as in other sources")),
    **dict.fromkeys(ADDRESS_KEYS, (_is_address, "an IP address")),
    **dict.fromkeys(REWRITTEN_KEYS - {FORWARDED_KEY}, (_is_safe_to_move, "an IP address")),
    **dict.fromkeys(OBJECT_KEYS, (_is_object, "an object")),
    **dict.fromkeys(PLACE_KEYS, (_is_never, "a place that MozDef itself found")),
    "success": (_is_boolean, "true or false"),
}
