"""What a definition that comes with the framework leaves to each user."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from generator.definition.read import Definition
from generator.errors import DefinitionError, Problem
from lambdas.model import Source

PLACEHOLDER = "REPLACE_ME"


def refuse(definitions: Iterable[Definition]) -> None:
    """GeneratorError where one still has something that each user must replace: before anything else is asked."""
    problems: list[Problem] = []
    for definition in definitions:
        own = f"replace it here, or in a source of your own that has `extends: {definition.source.name}`"
        said = f"is still a placeholder; {own}"
        problems += [Problem(*definition.location(key), key, said) for key in placeholder_keys(definition.source)]
    if problems:
        raise DefinitionError(problems)


def placeholder_keys(source: Source) -> Iterator[str]:
    """The keys whose values still hold a placeholder."""
    yield from _below(source, "")


def _below(value: Any, key: str) -> Iterator[str]:
    if isinstance(value, str):
        if PLACEHOLDER in value:
            yield key
    elif dataclasses.is_dataclass(value) and not isinstance(value, type):
        # How a sender is verified stands below the name of its type.
        kind = getattr(value, "type", None)
        own = f"{key}.{kind.__name__.rpartition('.')[2]}" if kind is not None and hasattr(kind, "Settings") else None
        if own:
            yield from _below(value.settings, own)  # type: ignore[attr-defined]
        else:
            for field in dataclasses.fields(value):
                yield from _below(getattr(value, field.name), f"{key}.{field.name}" if key else field.name)
    elif isinstance(value, Mapping):
        for name, below in value.items():
            yield from _below(below, f"{key}.{name}")
    elif isinstance(value, tuple | list):
        for index, below in enumerate(value):
            yield from _below(below, f"{key}[{index}]")
