"""The message that MozDef reads, in a shape that its worker takes and the Elasticsearch behind it indexes.

By default `details` are bounded: facts of a type each, the event as `path=value` texts, and its JSON in pieces. All
sources share an index of 1,000 fields with a single type each, and MozDef deletes what Elasticsearch refuses.
https://github.com/mozilla/MozDef/blob/master/mq/esworker_sqs.py
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import ModuleType
from typing import Any

from lambdas.model import Source
from lambdas.runtime.times import iso_time
from lambdas.shaping.event import MAX_MESSAGE, ShapedEvent, encode_json, encode_text
from lambdas.shaping.facts import EMAIL, EventFacts, compile_line
from lambdas.shaping.flat_fields import flat_fields
from lambdas.shaping.mozdef_names import DETAIL_NAMES, OWN_TAGS, ZOOM_WORDS, is_plugin_word

MAX_PIECE = 8_000
"""Characters of a piece of an event's JSON: four bytes each at most, and so within a term of Elasticsearch."""


PLACES = {"summary": "summary", "severity": "severity", "time": "utctimestamp", "id": "tags", "tags": "tags"}


class MessageOutput:
    """Makes MozDef's messages for a source, whose texts it compiles once."""

    def __init__(self, source: Source) -> None:
        mozdef, name = source.mozdef, source.name
        base = source.bases[-1] if source.bases else name
        self._name = name
        self._whole = _load_whole_details() if mozdef.whole else None
        self._json = mozdef.json
        self._first_keys = source.events.require
        texts = {
            "hostname": (mozdef.hostname, f"{base}_host"),
            "processname": (mozdef.processname, name),
            "category": (mozdef.category, base),
            "source": (mozdef.source, "api_aws_lambda"),
            "eventsource": (mozdef.eventsource, f"{base}_api"),
        }
        self._texts = [(key, compile_line(text or default), default) for key, (text, default) in texts.items()]
        self._bases = source.bases
        self._tags = [compile_line(text) for text in mozdef.tags]
        self._details = [(key, compile_line(text)) for key, text in (mozdef.details or {}).items()]

    def message(self, event: ShapedEvent) -> bytes:
        """Return the message of an event; Rejected where it is sent whole and MozDef would lose it."""
        if self._whole is None:
            return self._encode(event, {**self._facts(event), **self._content(event)})
        details = {**event.content, **self._own_details(event)}
        body = self._encode(event, details)
        # Of a message that is too large for the queue, the short form is sent.
        self._whole.require_indexable(details, any_size=len(body) > MAX_MESSAGE)
        return body

    def short_message(self, event: ShapedEvent, reference: Mapping[str, Any]) -> bytes:
        """Return the message of an event that is too large for the queue, with a reference to the whole event."""
        if self._whole:
            details = self._whole.shortened({**event.content, **self._own_details(event)}, self._first_keys)
        else:
            details = {**self._facts(event), **_fields(event)}
        return self._encode(event, {**details, "oversize": dict(reference)}, "oversize")

    def _encode(self, event: ShapedEvent, details: dict[str, Any], *tags: str) -> bytes:
        content, functions = event.content, event.functions
        summary, severity, at = event.facts.summary, event.facts.severity, iso_time(event.at)
        fields = {
            "summary": f"{self._name}: {summary}" if is_plugin_word(summary) else summary,
            "severity": severity,
            "timestamp": at,
            "utctimestamp": at,
            "processid": event.intake.id,
        }
        for key, find, default in self._texts:
            text = find(content, functions)
            fields[key] = text if text and self._may_stand(text) else default
        # MozDef drops `eventsource`, and fills it from `logger`.
        fields["logger"] = fields["eventsource"]
        found_tags = [tag for find in self._tags if (tag := find(content, functions)) and _may_be_tag(tag)]
        unique_tags = dict.fromkeys([self._name, event.tag, *self._bases, *found_tags, *tags, *event.intake.tags])
        return encode_json({**fields, "tags": list(unique_tags), "details": details})

    def _may_stand(self, text: str) -> bool:
        return not is_plugin_word(text) or (self._whole is not None and text.lower() in ZOOM_WORDS)

    def _facts(self, event: ShapedEvent) -> dict[str, Any]:
        """Return the facts by MozDef's names, each always of one type, and none that sets off a plugin."""
        facts = {}
        for key, value in _named_facts(event.facts):
            if isinstance(value, bool) or not is_plugin_word(value):
                facts[key] = value
            elif key == "username":
                # Left out, it ends an alert for all users with a KeyError, and whoever logs in chooses the name:
                # https://github.com/mozilla/MozDef/blob/master/alerts/auth0_vertical_password_guessing.py
                facts[key] = f"{self._name}: {value}"
        return {**facts, **self._own_details(event)}

    def _own_details(self, event: ShapedEvent) -> dict[str, str]:
        texts = ((key, find(event.content, event.functions)) for key, find in self._details)
        return {key: text for key, text in texts if text and not is_plugin_word(text)}

    def _content(self, event: ShapedEvent) -> dict[str, Any]:
        """Return the event as texts to search, and as JSON in pieces."""
        fields = _fields(event)
        if self._json:
            text = encode_text(event.content)
            fields["json"] = [text[start : start + MAX_PIECE] for start in range(0, len(text), MAX_PIECE)]
        return fields


def _may_be_tag(text: str) -> bool:
    return text.lower() not in OWN_TAGS and not is_plugin_word(text)


def _load_whole_details() -> ModuleType:
    # Imported late, since hardly any source is sent whole, but before the first event comes.
    from lambdas.shaping import whole_details

    return whole_details


def _fields(event: ShapedEvent) -> dict[str, Any]:
    entries, omitted = flat_fields(event.content)
    return {"fields": entries, "omitted": omitted} if omitted else {"fields": entries}


def _named_facts(facts: EventFacts) -> Iterator[tuple[str, Any]]:
    """Yield the facts by MozDef's names, with an address for each kind, and the user's e-mail address."""
    for name, word in (*facts.words.items(), *facts.extra.items()):
        if name == "outcome":
            yield "success", word == "success"
        elif name == "source_ip":
            yield from _addresses("source", word)
        elif name == "destinationipaddress":
            yield from _addresses("destination", word)
        else:
            yield DETAIL_NAMES.get(name, name), word
            if name == "user" and EMAIL.fullmatch(word):
                yield "email", word


def _addresses(side: str, address: str) -> Iterator[tuple[str, str]]:
    """Yield an address by MozDef's names. For IPv6, MozDef itself writes 0.0.0.0 into the other.

    Its alerts end with an error where that is missing: https://github.com/mozilla/MozDef/blob/master/mq/plugins/ipFixup.py
    """
    if ":" in address:
        yield f"{side}ipv6address", address
        address = "0.0.0.0"  # noqa: S104 - what MozDef writes
    yield f"{side}ipaddress", address
