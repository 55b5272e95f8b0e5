"""The event in Elastic's Common Schema (ECS), by its facts.

https://www.elastic.co/docs/reference/ecs

The event itself is the text of `event.original`. Its fields are no fields of the message, so no event can bring a new
one into an index, nor give one another type.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from lambdas.model import Source
from lambdas.model_facts import SEVERITY_WORDS
from lambdas.runtime.times import iso_time
from lambdas.shaping.event import ShapedEvent, encode_json, encode_text
from lambdas.shaping.facts import EMAIL
from lambdas.shaping.truncation import truncate

VERSION = "8.11.0"
PLACES = {"summary": "message", "severity": "log.level", "time": "@timestamp", "id": "event.id", "tags": "tags"}
SYSLOG = SEVERITY_WORDS[::-1]
"""The severities by their numbers: https://www.rfc-editor.org/rfc/rfc5424#section-6.2.1"""
_TYPES = {
    "create": "creation",
    "read": "access",
    "change": "change",
    "enable": "change",
    "disable": "change",
    "lock": "change",
    "grant": "change",
    "revoke": "change",
    "delete": "deletion",
    "start": "start",
    "end": "end",
}
_CATEGORIES = {
    "authentication": "authentication",
    "account": "iam",
    "permission": "iam",
    "configuration": "configuration",
}
"""Categories of kinds: https://www.elastic.co/docs/reference/ecs/ecs-allowed-values-event-category

All others have none, since a wrong one is worse: what `data` is, is a vendor's own affair.
"""
_LABELS = ("target", "session")


class MessageOutput:
    """Makes messages in Elastic's Common Schema."""

    def __init__(self, source: Source) -> None:
        self._name, self._names = source.name, (source.name, *source.bases)
        self._first_keys = source.events.require

    def message(self, event: ShapedEvent) -> bytes:
        """Return the message of an event."""
        return encode_json(self._document(event, {"original": encode_text(event.content)}))

    def short_message(self, event: ShapedEvent, reference: Mapping[str, Any]) -> bytes:
        """Return the message of an event that is too large for the queue.

        `event.original` is what is left of the event, `event.reference` the whole one's URL, `event.hash` its SHA-256.
        """
        original = encode_text(truncate(event.content, self._first_keys))
        url = f"s3://{reference['bucket']}/{reference['key']}"
        fields = {"reference": url, "hash": reference["sha256"], "original": original}
        return encode_json(self._document(event, fields, "oversize"))

    def _document(self, event: ShapedEvent, event_fields: dict[str, str], *tags: str) -> dict[str, Any]:
        facts, words, extra = event.facts, event.facts.words, dict(event.facts.extra)
        number = SYSLOG.index(facts.severity)
        destination_ip = extra.pop("destinationipaddress", None)
        labels = {name: words[name] for name in _LABELS if name in words} | extra
        if "role" in words and "target_user" not in words:
            labels["role"] = words["role"]
        document = {
            "@timestamp": iso_time(event.at),
            "ecs": {"version": VERSION},
            "message": facts.summary,
            "tags": list(dict.fromkeys([*self._names, *tags, *event.intake.tags])),
            "labels": labels,
            "log": {"level": facts.severity.lower(), "syslog": {"severity": {"code": number}}},
            "trace": {"id": event.intake.id},
            "user": _user(words),
            "source": _address(words.get("source_ip")),
            "destination": _address(destination_ip),
            "user_agent": _present(original=words.get("user_agent")),
            "organization": _present(name=words.get("organization")),
            "related": _related(words, destination_ip),
            # The event's text is last, since Splunk finds fields in the first 5,000 characters of a line alone:
            # https://docs.splunk.com/Documentation/Splunk/latest/SearchReference/Spath
            "event": {**self._event(event, number), **event_fields},
        }
        return {name: value for name, value in document.items() if value}

    def _event(self, event: ShapedEvent, severity: int) -> dict[str, Any]:
        words, stream = event.facts.words, event.intake.stream
        return {
            **_categorization(words.get("kind", "other")),
            **_present(action=words.get("action"), outcome=words.get("outcome"), reason=words.get("reason")),
            **_present(url=words.get("url")),
            "severity": severity,
            "created": iso_time(event.intake.time),
            "id": event.tag.removeprefix("id:"),
            "module": self._names[-1],
            "dataset": f"{self._name}.{stream}" if stream else self._name,
        }


@cache
def _categorization(kind: str) -> dict[str, Any]:
    """Return ECS's words for a kind."""
    noun, _, verb = kind.partition(".")
    if noun == "detection":
        return {"kind": "alert"}
    category, types = _CATEGORIES.get(noun), [_TYPES[verb]] if verb else []
    return {
        "kind": "event",
        **({"category": [category]} if category else {}),
        **({"type": ["user", *types] if category == "iam" else types} if types else {}),
    }


def _user(words: Mapping[str, str]) -> dict[str, Any]:
    target = _named(words["target_user"]) if "target_user" in words else {}
    roles = {"roles": [words["role"]]} if target and "role" in words else {}
    user = _named(words["user"]) if "user" in words else {}
    return {**user, **_present(id=words.get("user_id")), **({"target": {**target, **roles}} if target else {})}


def _named(user: str) -> dict[str, str]:
    return {"name": user, "email": user} if EMAIL.fullmatch(user) else {"name": user}


def _address(address: str | None) -> dict[str, str]:
    return {"ip": address, "address": address} if address else {}


def _related(words: Mapping[str, str], destination_ip: str | None) -> dict[str, list[str]]:
    """Return every user and address of an event, each once, to find it by them wherever they stand."""
    users = dict.fromkeys(words[name] for name in ("user", "user_id", "target_user") if name in words)
    addresses = dict.fromkeys(filter(None, (words.get("source_ip"), destination_ip)))
    lists = {"user": list(users), "ip": list(addresses)}
    return {name: values for name, values in lists.items() if values}


def _present(**fields: str | None) -> dict[str, str]:
    return {name: value for name, value in fields.items() if value is not None}
