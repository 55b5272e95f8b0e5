"""Warnings about a definition that its samples show: a path that no sample has, a literal that is a field's name."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from generator.definition.jmespath_checks import alternatives
from generator.definition.read import Definition
from generator.errors import Problem
from generator.samples.lost_facts import lost_facts
from generator.samples.misspelt_masks import misspelt_masks
from generator.samples.path_values import path_value
from generator.samples.run import Shaped, sample_events
from lambdas.model import Source, message_texts
from lambdas.model_pull import HASH_ID
from lambdas.reading.paths import Functions
from lambdas.reading.request import Request
from lambdas.reading.text_templates import template_paths


def find_warnings(definition: Definition, shaped: list[Shaped]) -> Iterator[Problem]:
    """Yield a warning for each path or mask that no sample has, literal that is a field's name, and lost fact."""
    samples = [each.sample for each in shaped if each.messages]
    items = [(sample, *event) for sample in samples for event in sample_events(definition.source, sample)]
    events = [pair for sample, *event in items for pair in _transformed(definition, sample.request, *event)]
    bodies = list({id(functions.root): functions.root for *_, functions in items}.values())
    if not events and shaped:
        return  # that none of them becomes a message has been reported
    if not events:
        yield Problem(*definition.location(""), "samples", "there are none; put one into samples/", warning=True)
        return
    paths_by_key = _event_paths(definition.source, [sample.name for sample in samples])
    for key, words in message_texts(definition.source):
        if definition.defaults.is_in(definition.location(key)):
            continue  # it is for all sources, and need not fit each
        paths_by_key += [(key, path) for path in template_paths(words)]
        if words and not template_paths(words) and any(path_value(words, *event) is not None for event in events):
            message = f"is the word {words!r}, which every event has as a field; {{{words}}} is that field's value"
            yield Problem(*definition.location(key), key, message, warning=True)
    for key, path in paths_by_key:
        for alternative in alternatives(path):
            if not any(path_value(alternative, *event) is not None for event in events):
                yield Problem(*definition.location(key), key, f"no sample has {alternative}", warning=True)
    yield from lost_facts(definition, events)
    yield from misspelt_masks(definition, bodies)


def _event_paths(source: Source, samples: list[str]) -> list[tuple[str, str]]:
    """Return the paths of `events`, by key: those of each stream that has a sample, where the source is pulled."""
    places = {"events": source.events}
    if source.pull:
        streams = {name.partition(".")[0] for name in samples}
        places = {
            f"pull.streams.{name}.events": stream.events
            for name, stream in source.pull.streams.items()
            if name in streams
        }
    return [
        (f"{place}.{key}", path)
        for place, events in places.items()
        for key in ("id", "type", "time")
        if (path := getattr(events, key)) and path != HASH_ID
    ]


def _transformed(
    definition: Definition, request: Request, item: Any, functions: Functions
) -> Iterator[tuple[Any, Functions]]:
    """Yield the events that a mapping gets of an item: what transform() returns, or the item itself."""
    transform = definition.source.transform
    try:
        for event in transform(item, request) if transform else [item]:
            yield event, functions
    except KeyboardInterrupt:
        raise
    except BaseException:  # noqa: BLE001 - the user's own code; that it raised has been reported
        return
