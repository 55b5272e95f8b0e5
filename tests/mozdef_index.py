"""One day's index of the Elasticsearch behind MozDef: which messages it takes in, and which it refuses.

Written after index/mapper/ of Elasticsearch 6.8 and 7 (DocumentParser, MapperService and the field mappers) and after
MozDef's cron/defaultMappingTemplate.json and rotateIndexes.conf. Where versions differ, the strictest is taken.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import Any

from tests.mozdef_plugins import Lost, is_address
from tests.mozdef_worker import worker_document

LIMIT = 1_000
"""Fields of an index: texts, numbers, booleans … and objects, each counted once."""
DEPTH = 20
"""Levels of objects, of which the deepest holds no further object."""
LONGEST = 32_766
"""Bytes in UTF-8 of a text that is not cut into words, which is every text but `summary`."""

_KEYWORDS = ("type", "category", "hostname", "processid", "processname", "severity", "source", "version")
TEMPLATE = {
    **dict.fromkeys(_KEYWORDS, "keyword"),
    **dict.fromkeys(("receivedtimestamp", "timestamp", "utctimestamp"), "date"),
    "summary": "text",
    "details": "object",
    **dict.fromkeys(("details.sourceipaddress", "details.destinationipaddress"), "ip"),
    **dict.fromkeys(("details.sourceipgeopoint", "details.destinationipgeopoint"), "geo_point"),
    **dict.fromkeys(("details.sourceport", "details.destinationport", "details.sourceipv4address"), "keyword"),
    "details.success": "boolean",
    "details.apiversion": "object",
    "details.apiversion.raw_value": "keyword",
    "details.requestparameters": "object",
    "details.requestparameters.logstreamname": "object",
    "details.requestparameters.logstreamname.raw_value": "keyword",
}
"""The fields that every index begins with, by their path, and their types."""

_DATE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:?\d\d)?")
_POINT = re.compile(r"-?\d+(\.\d+)?, ?-?\d+(\.\d+)?")


class Refused(Exception):  # noqa: N818 - it names the outcome
    """Elasticsearch answers 400, and MozDef has no further use for the message."""


@dataclass
class Index:
    """An index and its fields, which each message that is taken may add to."""

    fields: dict[str, str] = field(default_factory=TEMPLATE.copy)
    limit: int = LIMIT

    def add(self, message: Any) -> str | None:
        """Take a message from the queue; return why it does not come to be searched as it was sent, None if it does."""
        try:
            self.add_document(worker_document(message))
        except (Lost, Refused) as error:
            return str(error)
        return None

    def add_document(self, document: dict[str, Any]) -> None:
        """Index a document as the worker hands it over; raise Refused where Elasticsearch refuses it."""
        try:
            json.dumps(document, ensure_ascii=False, allow_nan=False).encode()
        except ValueError:  # NaN, Infinity, a lone surrogate
            raise Refused("refused: a number or a text that JSON has no form for") from None
        parsed = _Document(self.fields)
        parsed.add_object("", "", document)
        self.fields.update(self._checked(parsed.added))
        # Lucene refuses a long text only after the fields are added: they stay.
        if parsed.too_long:
            raise Refused(f"refused: {parsed.too_long[0]} is longer than {LONGEST:,} bytes")

    def _checked(self, added: list[tuple[str, str]]) -> dict[str, str]:
        new: dict[str, str] = {}
        for path, kind in added:
            if new.setdefault(path, kind) != kind:
                raise Refused(f"refused: {path} is both {new[path]} and {kind}")
            if ".." in path:
                raise Refused(f"refused: the name {path} is ambiguous")
            if kind == "object" and path.count(".") + 2 > DEPTH:
                raise Refused(f"refused: more than {DEPTH} levels")
        if new and len(self.fields) + len(new) > self.limit:
            raise Refused(f"refused: more than {self.limit:,} fields")
        return new


@dataclass
class _Document:
    """What parsing a document finds. Fields that it adds are not known to it before it is parsed to its end."""

    fields: dict[str, str]
    added: list[tuple[str, str]] = field(default_factory=list)
    too_long: list[str] = field(default_factory=list)

    def add_object(self, parent: str, place: str, value: dict[str, Any]) -> None:
        """Add what is in an object: `parent` is its field, `place` its path as written in the document."""
        for key, item in value.items():
            self._add(parent, place, key, item)

    def _add(self, parent: str, place: str, key: str, value: Any) -> None:
        names = _split(key)
        path = self._known(parent, names)
        if path is None:
            self._add_unknown(place, names, value)
        elif isinstance(value, list) and self.fields[path] != "geo_point":
            for item in value:
                self._add(parent, place, key, item)
        elif self.fields[path] != "object":
            self._add_value(path, self.fields[path], value)
        elif isinstance(value, dict):
            self.add_object(path, _join(place, key), value)
        elif value is not None:
            raise Refused(f"refused: {path} is an object in an earlier message, and none in this")

    def _add_unknown(self, place: str, names: list[str], value: Any) -> None:
        if value is None:
            return
        for name in names[:-1]:
            place = _join(place, name)
            if self.fields.get(place, "object") != "object":
                raise Refused(f"refused: {place} is no object in an earlier message, and one in this")
            if place not in self.fields:
                self.added.append((place, "object"))
        path = _join(place, names[-1])
        for item in _flat(value):
            if isinstance(item, dict):
                self.added.append((path, "object"))
                self.add_object(path, path, item)
            elif item is not None:
                self.added.append((path, _kind(path, item)))
                self._add_value(path, _kind(path, item), item)

    def _known(self, parent: str, names: list[str]) -> str | None:
        path = parent
        for index, name in enumerate(names):
            path = _join(path, name)
            if path not in self.fields or (index < len(names) - 1 and self.fields[path] != "object"):
                return None
        return path

    def _add_value(self, path: str, kind: str, value: Any) -> None:
        if value is None:
            return
        if not _fits(kind, value):
            raise Refused(f"refused: {path} is {kind} in an earlier message, or by MozDef's template, and not in this")
        if kind == "keyword" and isinstance(value, str) and len(value.encode()) > LONGEST:
            self.too_long.append(path)


def _split(key: str) -> list[str]:
    """Return the names in a key with dots; Refused for those that are no names. Java drops empty ones at the end."""
    names = key.rstrip(".").split(".")
    if not all(name.strip() for name in names):
        raise Refused(f"refused: a key {key!r}")
    return names


def _join(place: str, name: str) -> str:
    return f"{place}.{name}" if place else name


def _flat(value: Any) -> list[Any]:
    return [item for element in value for item in _flat(element)] if isinstance(value, list) else [value]


def _kind(path: str, value: Any) -> str:
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int) and not -(2**63) <= value < 2**63:
        raise Refused(f"refused: {path} is a number that has more than 64 bits")
    return "keyword"


def _fits(kind: str, value: Any) -> bool:
    """Return whether a field of this type takes a value."""
    if kind == "boolean":
        return isinstance(value, bool) or value in ("true", "false", "")
    if kind == "ip":
        return isinstance(value, str) and "%" not in value and is_address(value)
    if kind == "date":
        return isinstance(value, str) and bool(_DATE.fullmatch(value))
    if kind == "geo_point":
        return isinstance(value, str) and bool(_POINT.fullmatch(value))
    return not isinstance(value, dict)
