"""Warn of facts that no sample's message has, although their paths find something in a sample."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from generator.definition.read import Definition
from generator.errors import Problem
from generator.samples.path_values import path_value
from lambdas.model import Source
from lambdas.model_facts import FACT_TEXTS, Choice
from lambdas.reading.paths import Functions
from lambdas.reading.text_templates import template_paths
from lambdas.shaping.facts import ADDRESS_FACTS, FactFinder, compile_line

_KINDS = {"url": "https URL", **dict.fromkeys(ADDRESS_FACTS, "IP address")}


def lost_facts(definition: Definition, events: list[tuple[Any, Functions]]) -> Iterator[Problem]:
    """Yield a warning for each fact whose paths find something in a sample, and that no message has."""
    finder = FactFinder(definition.source)
    facts = [finder.find(*event) for event in events]
    present = {f"facts.{name}" for each in facts for name in each.words}
    present |= {f"facts.extra.{name}" for each in facts for name in each.extra}
    for key, fact in _optional_facts(definition.source):
        paths = template_paths(fact.of if isinstance(fact, Choice) else fact)
        matching = [event for event in events if all(path_value(path, *event) not in (None, "") for path in paths)]
        if key not in present and paths and matching:
            yield Problem(
                *definition.location(key), key, f"no message has it: {_reason(key, fact, matching)}", warning=True
            )


def _optional_facts(source: Source) -> Iterator[tuple[str, str | Choice]]:
    for name in (*FACT_TEXTS, "kind", "outcome"):
        if name != "summary" and (fact := getattr(source.facts, name)):
            yield f"facts.{name}", fact
    yield from ((f"facts.extra.{name}", text) for name, text in (source.facts.extra or {}).items())


def _reason(key: str, fact: str | Choice, events: list[tuple[Any, Functions]]) -> str:
    """Return why a fact is left out of the message of every one of these events."""
    text = fact.of if isinstance(fact, Choice) else fact
    lines = [line for event in events if (line := compile_line(text)(*event))]
    if not lines:
        return f"what {text} finds in the samples is a list, an object or masked"
    if isinstance(fact, Choice):
        return f"no pattern fits {lines[0]!r}; upper and lower case differ"
    return f"{lines[0]!r} is no {_KINDS[key.rpartition('.')[2]]}"
