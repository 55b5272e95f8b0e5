"""Check where the events of a pulled source are, and that their paths read what a page has."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Iterator, Mapping

from generator.definition.jmespath_checks import called_functions
from generator.definition.key_types import field_types, key_name, type_name
from generator.definition.path_checks import Mistakes, reply_functions
from generator.definition.path_roots import root_names
from generator.definition.shared_keys import shared_key
from generator.definition.yaml_nodes import Location, location_of
from lambdas.model import Source, message_texts
from lambdas.model_events import Events
from lambdas.model_pull import HASH_ID, Pull, Stream
from lambdas.model_types import Path
from lambdas.reading.body import Rejected
from lambdas.reading.intake import Intake
from lambdas.reading.paths import Functions, compile_path
from lambdas.reading.text_templates import template_paths

_WEBHOOK_ONLY = {
    "dedupe": "is always on for a source that is pulled; leave it out",
    "vendor.deadline": "is of a vendor that waits for a reply; leave it out",
    "vendor.retries": "is of a vendor that sends; leave it out",
    "vendor.secret": "is of a webhook; leave it out",
}
_STREAM_ONLY = {
    "events.format": "is how requests are written; an answer's is `format` beside `events`",
    "events.payload": "is a field of a form, and an answer is none; leave it out",
    "events.time_optional": "would give an old event the time of now; leave it out",
}
_ELSEWHERE = {
    "header": "header() finds a header of a vendor's request, and a source that is pulled gets none",
    "query": "query() finds a part of a vendor's request, and a source that is pulled gets none",
    "root": "root() finds nothing, since the events of a page are shaped in parts",
    "hash": "hash() is for `events.id` alone",
}
_OF_EVENTS = ("stream", "parent")
_OTHER_ANSWER = {"message": "Please try again later."}
_EMPTY_ANYWHERE = (
    "finds an empty list in any JSON, also in what is none of the API's pages, and its time would be missed; "
    "say what a page without events has, such as items || (meta && `[]`)"
)


def pull_event_mistakes(source: Source, pull: Pull, locations: Mapping[str, Location]) -> Mistakes:
    """Yield what is wrong with the events of a source, and with paths that read more than an answer has."""
    # A source that extends the vendor's webhook has some keys from there, which mean nothing here. `pull` itself may be
    # from a source that this one extends.
    files = {location_of(locations, key)[0] for key in ("pull", "extends")}
    own = {key for key, place in locations.items() if place[0] in files}
    for key, message in [*_WEBHOOK_ONLY.items(), *_STREAM_ONLY.items()]:
        if key in own and (key != "dedupe" or source.dedupe):
            yield key, message
    for name, stream in pull.streams.items():
        key = f"pull.streams.{name}"
        for below, message in _STREAM_ONLY.items():
            if shared_key(f"{key}.{below}", locations) == f"{key}.{below}" and f"{key}.{below}" in own:
                yield f"{key}.{below}", message
        for below, message in _events(stream, source.events):
            yield f"{key}.{below}", message
        for below, path in _page_paths(stream):
            yield from _functions(f"{key}.{below}", path)
        for below, path in _event_paths(stream.events):
            yield from _functions(f"{key}.events.{below}", path, ("stream", "parent") if stream.each else ("stream",))
    yield from _message_paths(source, pull)


def _events(stream: Stream, shared: Events) -> Mistakes:
    events = stream.events
    if events.split is None:
        yield "events.split", 'is missing: the list of events in the answer; "@" where the answer is the list itself'
    elif (stream.each.format if stream.each else stream.format) == "json" and _is_empty_anywhere(events.split):
        yield "events.split", _EMPTY_ANYWHERE
    if events.id is None:
        yield "events.id", "is missing: the vendor's id of an event, or hash() where events have none"
    elif events.id != HASH_ID and not root_names(events.id):
        yield "events.id", "is the same for all events of an answer, so that all but one would be lost"
    if events.time is None:
        yield "events.time", "is missing: a late event must not get the time of now"
    yield from _each(stream)
    for key in ("expect_every", "schemas"):
        if getattr(events, key) != getattr(shared, key):
            yield f"events.{key}", f"holds for all streams; write it as `events.{key}` of the source"


def _is_empty_anywhere(path: str) -> bool:
    try:
        return bool(compile_path(path)(_OTHER_ANSWER, Functions(Intake(_OTHER_ANSWER, 0.0), _OTHER_ANSWER)) == [])
    except Rejected:
        return False


def _each(stream: Stream) -> Mistakes:
    if stream.each is None:
        return
    if stream.format == "json" and _is_empty_anywhere(stream.each.of):
        yield "each.of", _EMPTY_ANYWHERE
    if not root_names(stream.each.id):
        yield "each.id", "is the same for all items, so that all but one would be taken for done"
    if not template_paths(stream.each.get):
        yield "each.get", "is the same for all items; put a path of the item into it, such as {id}"
    elif not stream.each.get.startswith(("/", "{", "https://")):
        yield "each.get", "must be a path that begins with /, or a URL that the item has, such as {contentUri}"


def _page_paths(stream: Stream) -> Iterator[tuple[str, str]]:
    """Yield the paths that read an answer, or an item of it."""
    if stream.events.split:
        yield "events.split", stream.events.split
    if stream.each:
        yield from (("each.of", stream.each.of), ("each.id", stream.each.id))
        yield from (("each.get", path) for path in template_paths(stream.each.get))
    if stream.prepare and stream.prepare.done:
        yield "prepare.done", stream.prepare.done
    settings, style = stream.paging.settings, type_name(stream.paging)
    hints = field_types(type(settings))
    for field in dataclasses.fields(settings):
        if hints[field.name] in (Path, Path | None) and (path := getattr(settings, field.name)):
            yield f"paging.{style}.{key_name(field)}", path


def _event_paths(events: Events) -> Iterator[tuple[str, str]]:
    for key in ("id", "type", "time"):
        if (path := getattr(events, key)) and not (key == "id" and path == HASH_ID):
            yield key, path
    yield from ((f"require[{index}]", path) for index, path in enumerate(events.require))


def _message_paths(source: Source, pull: Pull) -> Mistakes:
    has_children = any(stream.each for stream in pull.streams.values())
    known = _OF_EVENTS if has_children else _OF_EVENTS[:1]
    for key, text in message_texts(source):
        for path in template_paths(text):
            yield from _functions(key, path, known)
    if source.drop:
        yield from _functions("drop", source.drop, _OF_EVENTS[:1])
        if not root_names(source.drop) and "stream" not in called_functions(source.drop):
            yield "drop", "is the same for all events, so that all or none would be dropped; compare a field"
    for index, rule in enumerate(pull.errors):
        for path in [*([rule.when] if rule.when else []), *template_paths(rule.say)]:
            yield from _functions(f"pull.errors[{index}].{'when' if path == rule.when else 'say'}", path)


def _functions(key: str, path: str, known: Collection[str] = ()) -> Mistakes:
    if message := reply_functions(path):
        yield key, message
    for name in sorted(called_functions(path)):
        if name in _ELSEWHERE:
            yield key, f"{_ELSEWHERE[name]}; remove it from the path"
        elif name == "parent" and name not in known and known:
            message = "parent() finds nothing here: it is the item of `each`, in paths of its events"
            yield key, f"{message}; remove it from the path"
        elif name in _OF_EVENTS and name not in known:
            yield key, f"{name}() is for paths of an event, which become its message; remove it from the path"
