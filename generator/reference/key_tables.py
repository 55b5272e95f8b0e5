"""The tables of docs/reference/definition/: each key of a definition, in exactly one table.

A page says in a comment which tables stand there: `<!-- made by generator/reference/key_tables.py: webhook -->` is the
place of the table of `webhook`, and of each table below it that has no comment of its own. So the table of a new auth
type, or of a new setting that several of them share, appears by itself.
"""

from __future__ import annotations

import dataclasses
import inspect
import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from functools import cache
from typing import Any, get_args

from generator.definition.key_types import TYPED, dataclass_of, field_types, key_name, key_names
from generator.reference.definition_keys import default_words, field_descriptions, is_list, is_mapping, value_words
from lambdas import model, model_pull

ROOT_KEY = "source.yml"
"""What stands for the key of the whole definition, which has none."""
PAGES = {
    ROOT_KEY: "index.md",
    "vendor": "index.md",
    "webhook": "webhook.md",
    "webhook.auth": "signatures.md",
    "pull": "pull.md",
    "events": "events.md",
    "facts": "facts.md",
    "mozdef": "mozdef.md",
    "dedupe": "dedupe.md",
    "archive": "dedupe.md",
    "parameters": "deployments.md",
    "pipeline": "deployments.md",
}
"""The page of each key, and of those below it."""
_TYPED_KEYS = {
    model.Auth: "webhook.auth",
    model_pull.Credentials: "pull.credentials",
    model_pull.Paging: "pull.streams.NAME.paging",
}
_ANY_TYPE = "TYPE"
"""What stands for the name of a type in the key of a setting that several types share."""
_HEADINGS = {f"webhook.auth.{_ANY_TYPE}": "Settings of every signature"}


@cache
def sections() -> dict[str, type[Any]]:
    """Return the dataclass of each table by its dotted key. A dataclass that several keys have is there once."""
    found: dict[str, type[Any]] = {ROOT_KEY: model.Source}
    _add_nested(found, "", model.Source)
    for wrapper, key in _TYPED_KEYS.items():
        settings = {f"{key}.{name}": module.Settings for name, module in TYPED[wrapper].modules().items()}
        for shared, cls in _shared_settings(key, settings.values()):
            _add(found, shared, cls)
        for dotted, cls in settings.items():
            _add(found, dotted, cls)
    return found


def tables_at(key: str, placed: Collection[str]) -> str:
    """Return the tables of a key's place; `placed` has the keys of all places."""
    own = [dotted for dotted in sections() if place_of(dotted, placed) == key]
    parts = [[] if dotted == key else [f"### {heading(dotted)}"] for dotted in own]
    return "\n\n".join("\n\n".join([*part, *_table(dotted)]) for dotted, part in zip(own, parts, strict=True))


def place_of(key: str, placed: Collection[str]) -> str | None:
    """Return the key whose place has the table of this key: its own, or the nearest one above it."""
    while key not in placed:
        key, dot, _ = key.rpartition(".")
        if not dot:
            return None
    return key


def page_of(key: str) -> str:
    """Return the page that has a key's table; KeyError where PAGES lacks a key of the whole definition."""
    return PAGES[place_of(key, PAGES) or key]


def heading(key: str) -> str:
    """Return the heading of a key's table: the key, of the settings of an auth type without what all begin with."""
    bare = key.removeprefix("webhook.auth.").removeprefix(f"{_ANY_TYPE}.")
    return _HEADINGS.get(key, f"`{bare}`")


def _add_nested(found: dict[str, type[Any]], key: str, cls: type[Any]) -> None:
    """Add the dataclasses of a dataclass's keys: all of them first, so that what is nearest to the top is described."""
    nested = {dotted: inner for dotted, inner in _nested(key, cls) if inner not in found.values()}
    found |= nested
    for dotted, inner in nested.items():
        _add_nested(found, dotted, inner)


def _add(found: dict[str, type[Any]], key: str, cls: type[Any]) -> None:
    if cls not in found.values():
        found[key] = cls
        _add_nested(found, key, cls)


def _nested(key: str, cls: type[Any]) -> Iterator[tuple[str, type[Any]]]:
    for field, hint in _own_fields(cls):
        inner, dotted = dataclass_of(hint), f"{key}.{key_name(field)}" if key else key_name(field)
        if inner and inner not in TYPED:
            yield f"{dotted}.NAME" if any(map(is_mapping, (hint, *get_args(hint)))) else dotted, inner


def _shared_settings(key: str, settings: Collection[type[Any]]) -> Iterator[tuple[str, type[Any]]]:
    """Yield what several types have in common: a dataclass that they inherit from, or that one of their keys has."""
    any_type = f"{key}.{_ANY_TYPE}"
    yield from ((any_type, base) for base in _repeated(filter(None, map(_inherited, settings))))
    yield from _repeated(pair for cls in settings for pair in _nested(any_type, cls))


def _repeated(values: Iterable[Any]) -> list[Any]:
    return [value for value, count in Counter(values).items() if count > 1]


def _inherited(cls: type[Any]) -> type[Any] | None:
    return next(filter(dataclasses.is_dataclass, cls.__mro__[1:]), None)


def _own_fields(cls: type[Any]) -> list[tuple[dataclasses.Field[Any], Any]]:
    """Return the keys that a dataclass says itself, with their types: not those that it inherits."""
    hints = field_types(cls)
    own = [field for field in dataclasses.fields(cls) if field.name in cls.__annotations__]
    return [(field, hints[field.name]) for field in own if key_name(field) in key_names(cls)]


def _table(key: str) -> Iterator[str]:
    cls = sections()[key]
    yield (inspect.getdoc(cls) or "").replace("\n", " ")
    base = _inherited(cls)
    if base:
        names = ", ".join(f"`{key_name(field)}`" for field, _ in _own_fields(base))
        yield f"It has {names}, [as every signature](#{_anchor(_key_of(base))}), and:"
    rows = [] if is_list(cls) else list(_rows(key, cls))
    if rows:
        yield "\n".join(["| key | what | value | default |", "|---|---|---|---|", *rows])


def _rows(key: str, cls: type[Any]) -> Iterator[str]:
    texts, above = field_descriptions(cls), "" if key == ROOT_KEY else f"{key}."
    for field, hint in _own_fields(cls):
        dotted = f"{above}{key_name(field)}"
        words = value_words(hint, _link(key, dotted, dataclass_of(hint)))
        description = texts[field.name].replace("|", "\\|").replace("\n", " ")
        yield f"| `{key_name(field)}` | {description} | {words} | {default_words(field, hint)} |"


def _link(key: str, dotted: str, inner: type[Any] | None) -> str:
    if inner is None:
        return ""
    if inner in TYPED:
        return _type_links(key, inner)
    target = _key_of(inner)
    words = "these keys" if target.removesuffix(".NAME") == dotted else f"the keys of {heading(target)}"
    return f"[{words}]({_href(key, target)})"


def _type_links(key: str, wrapper: type[Any]) -> str:
    if page_of(key) != page_of(_TYPED_KEYS[wrapper]):
        return f"one [{TYPED[wrapper].noun}]({page_of(_TYPED_KEYS[wrapper])})"
    names = TYPED[wrapper].modules()
    return ", ".join(f"[`{name}`]({_href(key, f'{_TYPED_KEYS[wrapper]}.{name}')})" for name in names)


def _href(key: str, target: str) -> str:
    page = page_of(target)
    return f"{'' if page == page_of(key) else page}#{_anchor(target)}"


def _anchor(key: str) -> str:
    """Return the anchor that GitHub makes of a table's heading."""
    return re.sub(r"[^\w -]", "", heading(key).lower()).replace(" ", "-")


def _key_of(cls: type[Any]) -> str:
    return next(key for key, described in sections().items() if described is cls)
