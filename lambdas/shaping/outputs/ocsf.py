"""The event in the Open Cybersecurity Schema Framework (OCSF), by its facts.

https://schema.ocsf.io/1.3.0

An event is of the class of its kind where it has what the class requires. Else it is a Base Event, which has its facts
as `unmapped`. The event itself is the text of `raw_data`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lambdas.model import Source
from lambdas.shaping.event import ShapedEvent, encode_json, encode_text
from lambdas.shaping.ocsf_classes import OTHER, SEVERITIES, class_of
from lambdas.shaping.ocsf_objects import observables, take_objects
from lambdas.shaping.truncation import truncate

VERSION = "1.3.0"
PLACES = {"summary": "message", "severity": "severity", "time": "time", "id": "metadata.uid", "tags": "metadata.labels"}


class MessageOutput:
    """Makes messages in OCSF."""

    def __init__(self, source: Source) -> None:
        self._names = (source.name, *source.bases)
        self._first_keys = source.events.require

    def message(self, event: ShapedEvent) -> bytes:
        """Return the message of an event."""
        return encode_json(self._message(event, encode_text(event.content), {}))

    def short_message(self, event: ShapedEvent, reference: Mapping[str, Any]) -> bytes:
        """Return the message of an event that is too large for the queue.

        `raw_data` is what is left of the event, and `unmapped.oversize` says where the whole one is.
        """
        raw_data = encode_text(truncate(event.content, self._first_keys))
        return encode_json(self._message(event, raw_data, {"oversize": dict(reference)}, "oversize"))

    def _message(self, event: ShapedEvent, raw_data: str, unmapped: Mapping[str, Any], *tags: str) -> dict[str, Any]:
        facts, left = event.facts, dict(event.facts.words)
        event_class, activity = class_of(left)
        metadata = self._metadata(event, left, tags)
        # Which other activity it is, has the vendor's word for it.
        name = {"activity_name": metadata.get("event_code", "Other")} if activity == OTHER else {}
        objects = take_objects(event_class, left, facts.summary, event.tag.removeprefix("id:"), self._names[-1])
        if "actor" in objects and event_class.actor_needs_host:
            metadata["profiles"] = ["host"]
        severity_id, severity = SEVERITIES[facts.severity]
        message = {
            "class_uid": event_class.uid,
            "class_name": event_class.caption,
            "category_uid": event_class.uid // 1000,
            "activity_id": activity,
            **name,
            "type_uid": event_class.uid * 100 + activity,
            "time": _milliseconds(event.at),
            "severity_id": severity_id,
            "severity": severity,
            "message": facts.summary,
            "metadata": metadata,
            **objects,
            "unmapped": {**left, **facts.extra, **unmapped},
        }
        # The event's text is last, since Splunk finds fields in the first 5,000 characters of a line alone:
        # https://docs.splunk.com/Documentation/Splunk/latest/SearchReference/Spath
        return {**message, "observables": observables(message), "raw_data": raw_data}

    def _metadata(self, event: ShapedEvent, words: dict[str, str], tags: tuple[str, ...]) -> dict[str, Any]:
        """Return what is known of the event as such; the facts that are in it are taken out of `words`."""
        taken = {"event_code": words.pop("action", None), "tenant_uid": words.pop("organization", None)}
        named = {**taken, "log_name": event.intake.stream or None}
        return {
            "version": VERSION,
            "product": {"name": self._names[0], "vendor_name": self._names[-1]},
            "uid": event.tag.removeprefix("id:"),
            "logged_time": _milliseconds(event.intake.time),
            "correlation_uid": event.intake.id,
            "labels": list(dict.fromkeys([*self._names, *tags, *event.intake.tags])),
            **{name: value for name, value in named.items() if value is not None},
        }


def _milliseconds(at: float) -> int:
    return round(at * 1_000_000) // 1_000  # as iso_time() writes it
