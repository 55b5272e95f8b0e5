"""The parts of a definition that have a table of keys: each dataclass once, by the key that it describes."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from functools import cache
from typing import Any, get_args

from generator.definition.key_types import TYPED, dataclass_of, field_types, key_name, key_names
from generator.reference.definition_keys import is_mapping
from lambdas import model, model_pull

ROOT_KEY = "source.yml"
"""What stands for the key of the whole definition, which has none."""
TYPED_KEYS = {
    model.Auth: "webhook.auth",
    model_pull.Credentials: "pull.credentials",
    model_pull.Paging: "pull.streams.NAME.paging",
}
ANY_TYPE = "TYPE"
"""What stands for the name of a type in the key of a setting that several types share."""


@cache
def sections() -> dict[str, type[Any]]:
    """Return the dataclass of each table by its dotted key. A dataclass that several keys have is there once."""
    classes: dict[str, type[Any]] = {ROOT_KEY: model.Source}
    _add_nested(classes, "", model.Source)
    for wrapper, key in TYPED_KEYS.items():
        settings = {f"{key}.{name}": module.Settings for name, module in TYPED[wrapper].modules().items()}
        for shared, cls in _shared_settings(key, settings.values()):
            _add(classes, shared, cls)
        for dotted, cls in settings.items():
            _add(classes, dotted, cls)
    return classes


def _add_nested(classes: dict[str, type[Any]], key: str, cls: type[Any]) -> None:
    """Add the dataclasses of a dataclass's keys: all of them first, so that what is nearest to the top is described."""
    nested = {dotted: inner for dotted, inner in _nested(key, cls) if inner not in classes.values()}
    classes |= nested
    for dotted, inner in nested.items():
        _add_nested(classes, dotted, inner)


def _add(classes: dict[str, type[Any]], key: str, cls: type[Any]) -> None:
    if cls not in classes.values():
        classes[key] = cls
        _add_nested(classes, key, cls)


def _nested(key: str, cls: type[Any]) -> Iterator[tuple[str, type[Any]]]:
    for field, hint in own_fields(cls):
        inner, dotted = dataclass_of(hint), f"{key}.{key_name(field)}" if key else key_name(field)
        if inner and inner not in TYPED:
            yield f"{dotted}.NAME" if any(map(is_mapping, (hint, *get_args(hint)))) else dotted, inner


def _shared_settings(key: str, settings: Collection[type[Any]]) -> Iterator[tuple[str, type[Any]]]:
    """Yield what several types have in common: a dataclass that they inherit from, or that one of their keys has."""
    bases = dict.fromkeys(base for base in map(inherited, settings) if base)
    yield from ((f"{key}.{base.__name__}", base) for base in bases)
    yield from _repeated(pair for cls in settings for pair in _nested(f"{key}.{ANY_TYPE}", cls))


def _repeated(values: Iterable[Any]) -> list[Any]:
    return [value for value, count in Counter(values).items() if count > 1]


@cache
def _shared_bases() -> list[type[Any]]:
    settings = [module.Settings for typed in TYPED.values() for module in typed.modules().values()]
    return _repeated(base for cls in settings for base in cls.__mro__[1:] if dataclasses.is_dataclass(base))


def inherited(cls: type[Any]) -> type[Any] | None:
    """Return the dataclass from which the settings of a type, and of others, have keys."""
    return next((base for base in cls.__mro__[1:] if base in _shared_bases()), None)


def own_fields(cls: type[Any]) -> list[tuple[dataclasses.Field[Any], Any]]:
    """Return the keys of a dataclass, with their types, but for those that it has in common with others."""
    hints, base = field_types(cls), inherited(cls)
    shared = {field.name for field in dataclasses.fields(base)} - cls.__annotations__.keys() if base else set()
    own = [field for field in dataclasses.fields(cls) if field.name not in shared]
    return [(field, hints[field.name]) for field in own if key_name(field) in key_names(cls)]
