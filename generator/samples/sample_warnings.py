"""What the samples let one suspect of a definition."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from generator.definition.jmespath_checks import alternatives
from generator.definition.path_checks import mozdef_texts
from generator.definition.read import Definition
from generator.errors import Problem
from generator.samples.run import Shaped, sample_events
from lambdas.reading.body import Rejected
from lambdas.reading.paths import Functions, compile_path
from lambdas.reading.text_templates import template_paths


def find_warnings(definition: Definition, made: list[Shaped]) -> Iterator[Problem]:
    """What the samples let one suspect: a path that none of them has, a literal that is one."""
    events = [one.sample for one in made if one.messages]
    there = [
        pair
        for sample in events
        for item in sample_events(definition.source, sample)
        for pair in _transformed(definition, *item)
    ]
    if not there and made:
        return  # that none of them becomes a message has been said
    if not there:
        yield Problem(*definition.location(""), "samples", "there are none; put one into samples/", warning=True)
        return
    keys = ("id", "type", "time")
    looked = [(f"events.{key}", path) for key in keys if (path := getattr(definition.source.events, key))]
    for key, words in mozdef_texts(definition.source.mozdef):
        looked += [(key, path) for path in template_paths(words)]
        if words and not template_paths(words) and any(_path_value(words, *item) is not None for item in there):
            said = f"is the word {words!r}, which every event has as a field; {{{words}}} is that field's value"
            yield Problem(*definition.location(key), key, said, warning=True)
    for key, path in looked:
        for one in alternatives(path):
            if not any(_path_value(one, *item) is not None for item in there):
                yield Problem(*definition.location(key), key, f"no sample has {one}", warning=True)


def _transformed(definition: Definition, item: Any, functions: Functions) -> Iterator[tuple[Any, Functions]]:
    """What a mapping sees of an item: what transform() makes of it, where there is one."""
    transform = definition.source.transform
    try:
        for event in transform(item, functions.request) if transform else [item]:
            yield event, functions
    except KeyboardInterrupt:
        raise
    except BaseException:  # noqa: BLE001 - the user's own code; that it raised has been said
        return


def _path_value(path: str, item: Any, functions: Functions) -> Any:
    from jmespath.exceptions import JMESPathError

    try:
        return compile_path(path)(item, functions)
    except (Rejected, JMESPathError, ValueError, RecursionError):
        return None
