"""Warnings about a definition that its samples show: a path that no sample has, a literal that is a field's name."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from generator.definition.jmespath_checks import alternatives
from generator.definition.read import Definition
from generator.errors import Problem
from generator.samples.lost_facts import lost_facts
from generator.samples.path_values import path_value
from generator.samples.run import Shaped, sample_events
from lambdas.model import message_texts
from lambdas.reading.paths import Functions
from lambdas.reading.request import Request
from lambdas.reading.text_templates import template_paths


def find_warnings(definition: Definition, shaped: list[Shaped]) -> Iterator[Problem]:
    """Yield a warning for each path that no sample has, each literal that is a field's name, and each lost fact."""
    samples = [each.sample for each in shaped if each.messages]
    events = [
        pair
        for sample in samples
        for event in sample_events(definition.source, sample)
        for pair in _transformed(definition, sample.request, *event)
    ]
    if not events and shaped:
        return  # that none of them becomes a message has been reported
    if not events:
        yield Problem(*definition.location(""), "samples", "there are none; put one into samples/", warning=True)
        return
    keys = ("id", "type", "time")
    paths_by_key = [(f"events.{key}", path) for key in keys if (path := getattr(definition.source.events, key))]
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
