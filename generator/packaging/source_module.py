"""A definition as Python, so that a handler parses nothing when it starts."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from types import ModuleType
from typing import Any

from generator.definition import schemas
from lambdas.model import Source

_INDENT = "    "


def source_module_text(source: Source, early: Iterable[str] = ()) -> str:
    """`lambdas/source.py`: the definition, valid and complete, importing only what it uses.

    `early` are modules that are imported with it: a function that starts has more of a processor than one that runs.
    """
    imports: set[tuple[str, str]] = set()
    literal = _literal(source, imports, "")
    by_module: dict[str, list[str]] = {}
    for where, name in sorted(imports):
        by_module.setdefault(where, []).append(name)
    lines = [f"import {one}" for one in early]
    lines += [f"from {where} import {', '.join(names)}" for where, names in by_module.items()]
    head = f'"""The definition of {source.name}, as the generator validated it."""'
    return "\n".join([head, "", *lines, "", f"SOURCE = {literal}", ""])


def _literal(value: Any, imports: set[tuple[str, str]], indent: str) -> str:
    deeper = indent + _INDENT
    if isinstance(value, ModuleType):
        package, _, name = value.__name__.rpartition(".")
        imports.add((package, name))
        return name
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return _instance(value, imports, indent)
    if callable(value):
        # What schemas become, or the source's own function, wherever that was defined.
        name = "check" if value.__module__ == schemas.NAME else "transform"
        imports.add((schemas.NAME if name == "check" else "lambdas.transform", name))
        return name
    if isinstance(value, dict):
        members = [f"{key!r}: {_literal(below, imports, deeper)}" for key, below in value.items()]
        return _block("{", members, "}", indent)
    if isinstance(value, tuple | list):
        members = [_literal(below, imports, deeper) for below in value]
        return _block("(", members, ")" if len(members) != 1 else ",)", indent)
    return repr(value)


def _instance(value: Any, imports: set[tuple[str, str]], indent: str) -> str:
    cls = type(value)
    package, _, last = cls.__module__.rpartition(".")
    if package == "lambdas.auth":
        imports.add((package, last))
        name = f"{last}.{cls.__name__}"
    else:
        imports.add((cls.__module__, cls.__name__))
        name = cls.__name__
    members = [
        f"{field.name}={_literal(getattr(value, field.name), imports, indent + _INDENT)}"
        for field in dataclasses.fields(value)
        if getattr(value, field.name) != field.default
    ]
    return _block(f"{name}(", members, ")", indent)


def _block(opening: str, members: list[str], closing: str, indent: str) -> str:
    line = opening + ", ".join(members) + closing
    if len(indent) + len(line) <= 100 and "\n" not in line:
        return line
    deeper = indent + _INDENT
    inner = "".join(f"{deeper}{member},\n" for member in members)
    return f"{opening}\n{inner}{indent}{closing.removeprefix(',')}"
