"""Where a source's facts are in its events, and which words stand for what: tables of its page, from its definition."""

from __future__ import annotations

from collections.abc import Iterator

from generator.reference.markdown import block, code, codes, details, table
from lambdas.model import Source
from lambdas.model_facts import FACT_CHOICES, FACT_TEXTS

_SHORT = 100
"""Characters of a text that stands in a table; a longer one is below it."""


def facts(source: Source, bases: list[Source]) -> Iterator[str]:
    """Yield where each fact is, and which patterns choose a word; the facts of a base are those on its page."""
    for base in bases:
        if base.facts == source.facts:
            yield f"The facts are those of [`{base.name}`](../{base.name}/README.md#facts)."
            return
    texts = dict(_texts(source))
    chosen = {name: choice for name in FACT_CHOICES if (choice := getattr(source.facts, name)) is not None}
    texts |= {f"{name} of" if choice.words else name: choice.of for name, choice in chosen.items()}
    yield table(("fact", "where it is in an event"), ((_fact(name), _cell(text)) for name, text in texts.items()))
    if long := [f"# {name}\n{text.strip()}" for name, text in texts.items() if _is_long(text)]:
        yield details("The long ones", block("", "\n\n".join(long)))
    if any(choice.words for choice in chosen.values()):
        yield "The first pattern that fits decides; `*` stands for any characters."
    for name, choice in chosen.items():
        if choice.words:
            rows = ((code(word), codes(patterns)) for word, patterns in choice.words.items())
            yield table((name, "patterns"), rows)


def _texts(source: Source) -> Iterator[tuple[str, str]]:
    for name in FACT_TEXTS:
        if text := getattr(source.facts, name):
            yield name, text
        elif name == "action" and source.events.type:
            yield name, f"{{{source.events.type}}}"
    yield from (source.facts.extra or {}).items()


def _fact(name: str) -> str:
    word, _, of = name.partition(" ")
    return f"{code(word)}, chosen by" if of else code(word)


def _is_long(text: str) -> bool:
    return len(text) > _SHORT or "\n" in text


def _cell(text: str) -> str:
    return "below" if _is_long(text) else code(text)
