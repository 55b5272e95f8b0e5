"""Mask, replace or find a field of a body: names with dots between them, and `[]` for every item of a list."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import TYPE_CHECKING, Any, TypeAlias

from lambdas.reading.paths import Functions, compile_path

if TYPE_CHECKING:
    from lambdas.reading.request import Request

MASK = "[masked]"
_ITEMS = None
"""In place of a name: every item of a list. No object has such a key."""
_Tree: TypeAlias = "dict[str | None, _Tree | None]"
"""Names, and what is below them; None where a field ends."""


def replace_field(value: Any, field: str, new: Any) -> int:
    """Replace a field, in every list item that has it, and return how many were replaced."""
    return _replace(value, _tree((field,)), new)


def mask_fields(value: Any, fields: Iterable[str]) -> int:
    """Replace these fields by a mark, and return how many were replaced."""
    return _replace(value, _tree(tuple(fields)), MASK)


def field_value(value: Any, field: str, request: Request) -> Any:
    """Return what is at a field; None where nothing is."""
    return compile_path(_field_path(field))(value, Functions(request, value))


@cache
def _field_path(field: str) -> str:
    """Write a field as a path, its names in double quotes: JMESPath takes no bare `client-state` or `@odata`."""
    names = ((name.removesuffix("[]"), "[]" if name.endswith("[]") else "") for name in field.split("."))
    return ".".join(f'"{name}"{items}' if name else items for name, items in names)


@cache
def _tree(fields: tuple[str, ...]) -> _Tree:
    """Return the fields by the names on the way to them: those of a source have most of these names in common."""
    tree: _Tree = {}
    for field in fields:
        *parents, last = [name for name in field.replace("[]", ".[]").split(".") if name]
        branch: _Tree | None = tree
        for name in parents:
            if branch is not None and name != "[]":
                branch = branch.setdefault(name, {})
        if branch is not None:
            branch[_ITEMS if last == "[]" else last] = None
    return tree


def _replace(value: Any, tree: _Tree, new: Any) -> int:
    """Replace fields, and look through all lists, also those that no field names: `split` may look through them too."""
    if isinstance(value, list):
        if _ITEMS in tree:
            value[:] = [new] * len(value)
            return len(value)
        return sum([_replace(item, tree, new) for item in value])
    if not isinstance(value, dict):
        return 0
    count = 0
    for name, below in tree.items():
        field = value.get(name)
        if field is None:
            continue
        if below is not None:
            count += _replace(field, below, new)
        else:
            value[name] = new
            count += 1
    return count
