"""The tables of docs/reference/definition/: each key of a definition, in exactly one table.

A page says in a comment which tables stand there: `<!-- made by generator/reference/key_tables.py: webhook -->` is the
place of the table of `webhook`, and of each table below it that has no comment of its own. So the table of a new auth
type, or of a new setting that several of them share, appears by itself.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Collection, Iterator
from typing import Any, get_args

from generator.definition.key_types import CHOICES, TYPED, dataclass_of, key_name
from generator.reference.definition_keys import default_words, field_descriptions, is_list, options, value_words
from generator.reference.key_sections import ANY_TYPE, ROOT_KEY, TYPED_KEYS, inherited, own_fields, sections

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
    "delivery": "delivery.md",
    "parameters": "deployments.md",
    "pipeline": "deployments.md",
}
"""The page of each key, and of those below it."""
_SHARED = re.compile(rf"webhook\.auth\.(?:(?:\w+Settings|{ANY_TYPE})\.)?")
"""What headings leave out of the key of an auth type, or of a setting that several auth types share."""


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
    """Return the heading of a key's table: the key, or words for the settings that several types inherit."""
    name = _SHARED.sub("", key)
    is_class = name.endswith("Settings")
    return " ".join(re.findall("[A-Z][a-z]+", name)).capitalize() if is_class else f"`{name}`"


def _table(key: str) -> Iterator[str]:
    cls = sections()[key]
    yield (inspect.getdoc(cls) or "").replace("\n", " ")
    if base := inherited(cls):
        shared = _key_of(base)
        names = ", ".join(f"`{key_name(field)}`" for field, _ in own_fields(base))
        yield f"It has the [{heading(shared).lower()}]({_href(key, shared)}) {names}, and:"
    if not is_list(cls) and (rows := list(_rows(key, cls))):
        yield _markdown(("key", "what", "value", "default"), rows)
    if words := list(_words(cls)):
        yield _markdown(("key", "its words"), words)


def _rows(key: str, cls: type[Any]) -> Iterator[tuple[str, ...]]:
    texts, above = field_descriptions(cls), "" if key == ROOT_KEY else f"{key}."
    for field, hint in own_fields(cls):
        dotted = f"{above}{key_name(field)}"
        words = value_words(hint, _link(key, dotted, dataclass_of(hint)))
        description = texts[field.name].replace("|", "\\|").replace("\n", " ")
        yield f"`{key_name(field)}`", description, words, default_words(field, hint)


def _words(cls: type[Any]) -> Iterator[tuple[str, ...]]:
    for field, hint in own_fields(cls):
        yield from ((f"`{key_name(field)}`", options(CHOICES[each])) for each in get_args(hint) if each in CHOICES)


def _markdown(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    """Return a table, without a last column that would be empty."""
    width = len(head) if any(row[-1] for row in rows) else len(head) - 1
    first, *others = (f"| {' | '.join(row[:width])} |" for row in (head, *rows))
    return "\n".join([first, f"|{'---|' * width}", *others])


def _link(key: str, dotted: str, inner: type[Any] | None) -> str:
    if inner is None:
        return ""
    if inner in TYPED:
        return _type_links(key, inner)
    target = _key_of(inner)
    words = "these keys" if target.removesuffix(".NAME") == dotted else f"the keys of {heading(target)}"
    return f"[{words}]({_href(key, target)})"


def _type_links(key: str, wrapper: type[Any]) -> str:
    if page_of(key) != page_of(TYPED_KEYS[wrapper]):
        return f"one [{TYPED[wrapper].noun}]({page_of(TYPED_KEYS[wrapper])})"
    names = TYPED[wrapper].modules()
    return ", ".join(f"[`{name}`]({_href(key, f'{TYPED_KEYS[wrapper]}.{name}')})" for name in names)


def _href(key: str, target: str) -> str:
    page = page_of(target)
    return f"{'' if page == page_of(key) else page}#{_anchor(target)}"


def _anchor(key: str) -> str:
    """Return the anchor that GitHub makes of a table's heading."""
    return re.sub(r"[^\w -]", "", heading(key).lower()).replace(" ", "-")


def _key_of(cls: type[Any]) -> str:
    return next(key for key, described in sections().items() if described is cls)
