"""Placeholders (`REPLACE_ME`) in a bundled definition that each user replaces with a value of their own."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from generator.definition.key_types import TYPED, key_name, type_name
from generator.definition.read import Definition
from generator.errors import DefinitionError, Problem
from lambdas.model import Source

PLACEHOLDER = "REPLACE_ME"


def refuse(definitions: Iterable[Definition]) -> None:
    """Raise a DefinitionError for each placeholder that is left; callers do so before they ask anything else."""
    problems: list[Problem] = []
    for definition in definitions:
        remedy = f"replace it here, or in a source of your own that has `extends: {definition.source.name}`"
        message = f"is still a placeholder; {remedy}"
        problems += [Problem(*definition.location(key), key, message) for key in placeholder_keys(definition.source)]
    if problems:
        raise DefinitionError(problems)


def placeholder_keys(source: Source) -> Iterator[str]:
    """Yield the dotted keys whose values still contain a placeholder."""
    yield from _placeholder_keys(source, "")


def _placeholder_keys(value: Any, key: str) -> Iterator[str]:
    if isinstance(value, str):
        if PLACEHOLDER in value:
            yield key
    elif dataclasses.is_dataclass(value) and not isinstance(value, type):
        if type(value) in TYPED:  # its settings stand below the module's name
            yield from _placeholder_keys(getattr(value, "settings"), f"{key}.{type_name(value)}")  # noqa: B009
        else:
            for field in dataclasses.fields(value):
                name = key_name(field)
                yield from _placeholder_keys(getattr(value, field.name), f"{key}.{name}" if key else name)
    elif isinstance(value, Mapping):
        for name, member in value.items():
            yield from _placeholder_keys(member, f"{key}.{name}")
    elif isinstance(value, tuple | list):
        for index, member in enumerate(value):
            yield from _placeholder_keys(member, f"{key}[{index}]")
