"""A definition written as a Python module, lambdas/source.py, so that a handler parses nothing when it starts."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator
from types import ModuleType
from typing import Any

from generator.definition import schemas
from generator.definition.filled_text import ENCODED, FilledText, Token
from lambdas.model import Source

_INDENT, _WIDTH = "    ", 120
_VALUES = "PARAMETERS"


def source_module_text(source: Source, early_imports: Iterable[str] = ()) -> str:
    """Return the text of `lambdas/source.py`: the valid, complete definition, with the imports that it uses.

    `early_imports` are modules that it imports first: Lambda gives a function full CPU during init, so slow imports are
    cheapest there.
    """
    imports: set[tuple[str, str]] = set()
    literal = _literal(dataclasses.replace(source, parameters=None), imports, "")
    patterns = {str(name): str(parameter.pattern) for name, parameter in (source.parameters or {}).items()}
    if patterns:
        imports.add(("lambdas.runtime.parameters", "read_parameters"))
    by_module: dict[str, list[str]] = {}
    for module, name in sorted(imports):
        by_module.setdefault(module, []).append(name)
    lines = [f"import {module}" for module in early_imports]
    lines += [f"from {module} import {', '.join(names)}" for module, names in by_module.items()]
    head = f'"""The definition of {source.name}, as the generator validated it."""'
    values = [f"{_VALUES} = read_parameters({_literal(patterns, imports, '')})"] if patterns else []
    return "\n".join([head, "", *lines, "", *values, f"SOURCE = {literal}", ""])


def _literal(value: Any, imports: set[tuple[str, str]], indent: str) -> str:
    deeper = indent + _INDENT
    if isinstance(value, FilledText):  # the value of a parameter is known where the function starts
        return _expression(value, imports)
    if isinstance(value, ModuleType):
        package, _, name = value.__name__.rpartition(".")
        imports.add((package, name))
        return name
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return _instance(value, imports, indent)
    if callable(value):
        # A function that checks a JSON Schema, or the source's own transform, from whichever file it was loaded.
        name = "check" if value.__module__ == schemas.NAME else "transform"
        imports.add((schemas.NAME if name == "check" else "lambdas.transform", name))
        return name
    if isinstance(value, dict):
        members = [f"{key!r}: {_literal(member, imports, deeper)}" for key, member in value.items()]
        return _block("{", members, "}", indent)
    if isinstance(value, tuple | list):
        members = [_literal(member, imports, deeper) for member in value]
        if all(isinstance(member, str) for member in value):
            members = list(_lines(members, _WIDTH - len(deeper)))
        return _block("(", members, ")" if len(members) != 1 else ",)", indent)
    return repr(value)


def _expression(text: FilledText, imports: set[tuple[str, str]]) -> str:
    """Return the expression that joins the pieces of a text with the values that the function has."""
    value = f"{_VALUES}[{{!r}}]"
    if encode := ENCODED.get(text.hint):
        imports.add((encode.__module__, encode.__name__))
        value = f"{encode.__name__}({value})"
    return " + ".join(value.format(piece.name) if isinstance(piece, Token) else repr(piece) for piece in text.pieces)


def _instance(value: Any, imports: set[tuple[str, str]], indent: str) -> str:
    cls = type(value)
    package, _, last = cls.__module__.rpartition(".")
    if package in ("lambdas.auth", "lambdas.credentials", "lambdas.paging"):
        imports.add((package, last))
        name = f"{last}.{cls.__name__}"
    else:
        imports.add((cls.__module__, cls.__name__))
        name = cls.__name__
    members = [
        f"{field.name}={_literal(getattr(value, field.name), imports, indent + _INDENT)}"
        for field in dataclasses.fields(value)
        if isinstance(member := getattr(value, field.name), FilledText) or member != field.default
    ]
    return _block(f"{name}(", members, ")", indent)


def _lines(texts: list[str], width: int) -> Iterator[str]:
    """Yield texts with commas between them, in lines of at most so many characters, where they fit."""
    line = ""
    for text in texts:
        if line and len(line) + len(text) + 2 > width:
            yield line
            line = ""
        line = f"{line}, {text}" if line else text
    if line:
        yield line


def _block(opening: str, members: list[str], closing: str, indent: str) -> str:
    line = opening + ", ".join(members) + closing
    if len(indent) + len(line) <= _WIDTH and "\n" not in line:
        return line
    deeper = indent + _INDENT
    inner = "".join(f"{deeper}{member},\n" for member in members)
    return f"{opening}\n{inner}{indent}{closing.removeprefix(',')}"
