"""Warn of a masked field that no sample has, where samples have another of nearly the same name in its place.

Most masked fields are in no sample: a vendor sends a secret now and then, and who keeps samples leaves it out.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator
from typing import Any

from generator.definition.event_words import masked_fields
from generator.definition.read import Definition
from generator.errors import Problem
from lambdas.model import Source

_SIMILAR = 0.85


def misspelt_masks(definition: Definition, bodies: list[Any]) -> Iterator[Problem]:
    """Yield a warning for each masked field that seems misspelt, by the bodies of the samples."""
    masked = masked_fields(definition.source)
    for key, field in _masks(definition.source):
        similar = _similar_field(field, bodies)
        if similar and similar not in masked:
            message = f"no sample has {field}, which masks nothing then; did you mean {similar}?"
            yield Problem(*definition.location(key), key, message, warning=True)


def _masks(source: Source) -> Iterator[tuple[str, str]]:
    """Yield the masked fields by key, those that all streams share once."""
    places = {"events": source.events.mask}
    for name, stream in source.pull.streams.items() if source.pull else ():
        if stream.events.mask != source.events.mask:
            places[f"pull.streams.{name}.events"] = stream.events.mask
    for place, fields in places.items():
        yield from ((f"{place}.mask[{index}]", field) for index, field in enumerate(fields))


def _similar_field(field: str, bodies: list[Any]) -> str | None:
    """Return the field that the bodies have in the place of one that they do not have; None where none is similar."""
    absent = _first_absent(field, bodies)
    if absent is None:
        return None
    index, known = absent
    parts = field.split(".")
    name = parts[index].removesuffix("[]")
    parts[index] = parts[index].replace(name, _similar_name(name, known) or name)
    similar = ".".join(parts)
    return similar if _first_absent(similar, bodies) is None else None


def _first_absent(field: str, bodies: list[Any]) -> tuple[int, set[str]] | None:
    """Return which name of a field no body has, and the names that are in its place; None where a body has them all."""
    values = bodies
    for index, part in enumerate(field.split(".")):
        if name := part.removesuffix("[]"):
            objects = [each for value in values for each in _objects(value)]
            values = [each[name] for each in objects if name in each]
            if not values:
                return index, {key for each in objects for key in each}
    return None


def _objects(value: Any) -> Iterator[dict[str, Any]]:
    """Yield an object, or those of a list and of lists in it, as masking looks through them."""
    if isinstance(value, dict):
        yield value
    elif isinstance(value, list):
        for item in value:
            yield from _objects(item)


def _similar_name(name: str, known: Iterable[str]) -> str | None:
    """Return a name that differs in few letters, or in case and underscores; not in number, as `file` and `files`."""
    letters, by_letters = _letters(name), {_letters(each): each for each in known}
    similar = difflib.get_close_matches(letters, by_letters, n=1, cutoff=_SIMILAR)
    is_other_number = letters not in by_letters and similar and similar[0].rstrip("s") == letters.rstrip("s")
    return by_letters[similar[0]] if similar and not is_other_number else None


def _letters(name: str) -> str:
    return name.lower().replace("_", "").replace("-", "")
