"""Find the facts of an event: what happened, in the words of the vocabulary that every output knows."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable
from functools import cached_property, lru_cache
from typing import Any

from lambdas.model import Source
from lambdas.model_facts import FACT_TEXTS, SEVERITY_WORDS, Choice
from lambdas.model_types import Text
from lambdas.reading.body import Rejected
from lambdas.reading.masking import MASK
from lambdas.reading.paths import CompiledPath, Functions, compile_path
from lambdas.reading.text_templates import as_text, template_parts

EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
MAX_FACT = 1_000
"""Characters of a fact: a line to read or to search for, whatever the event holds."""
_ADDRESS_AND_PORT = re.compile(r"\[([0-9A-Fa-f:.]+)\](?::[0-9]{1,5})?|([0-9.]+):[0-9]{1,5}")
DEFAULT_SEVERITY = "INFO"
SEVERITIES = {
    **{word: word for word in SEVERITY_WORDS},
    "TRACE": "DEBUG",
    "INFORMATION": "INFO",
    "INFORMATIONAL": "INFO",
    "LOW": "NOTICE",
    "WARN": "WARNING",
    "MEDIUM": "WARNING",
    "MODERATE": "WARNING",
    "ERR": "ERROR",
    "HIGH": "ERROR",
    "CRIT": "CRITICAL",
    "FATAL": "CRITICAL",
    "EMERG": "EMERGENCY",
    "PANIC": "EMERGENCY",
}
"""Syslog's word for what vendors write: https://www.rfc-editor.org/rfc/rfc5424#section-6.2.1"""
ADDRESS_FACTS = ("source_ip", "destinationipaddress")
_URL = re.compile(r"https://[^\s/?#@]+([/?#]\S*)?")
# Control characters, and those that turn the direction of writing: whoever causes an event may choose its texts.
_UNREADABLE = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]+")

Finder = Callable[[Any, Functions], str | None]
"""Finds a line of text in an event; None where there is none."""


class FactFinder:
    """Finds the facts that a definition names, whose texts it compiles once."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self.summary = _compile_summary(source.facts.summary or Text(f"{source.name}_event"))
        self.severity = _compile_choice(source.facts.severity or Choice(Text(DEFAULT_SEVERITY), {}), str)

    # Compiled when an output asks for them: a message that is sent whole has no others, and parsing takes a while.

    @cached_property
    def words(self) -> list[tuple[str, Finder]]:
        """Finders of all other facts of the vocabulary, by name."""
        facts, event_type = self._source.facts, self._source.events.type
        texts = {name: getattr(facts, name) for name in FACT_TEXTS if name != "summary"}
        texts["action"] = facts.action or (Text(f"{{{event_type}}}") if event_type else None)
        choices = {"kind": facts.kind, "outcome": facts.outcome}
        return [
            *((name, _compile_word(name, text)) for name, text in texts.items() if text is not None),
            *((name, _compile_choice(choice)) for name, choice in choices.items() if choice is not None),
        ]

    @cached_property
    def extra(self) -> list[tuple[str, Finder]]:
        """Finders of the facts of the definition's own, by name."""
        return [(name, _compile_word(name, text)) for name, text in (self._source.facts.extra or {}).items()]

    def find(self, event: Any, functions: Functions) -> EventFacts:
        """Return the facts of an event; a path that can't be applied to it finds nothing."""
        return EventFacts(self, event, functions)


class EventFacts:
    """The facts of an event. Each is looked for when an output asks for it: most of an event's time goes into them."""

    def __init__(self, finder: FactFinder, event: Any, functions: Functions) -> None:
        self._finder = finder
        self._event = event
        self._functions = functions

    @cached_property
    def summary(self) -> str:
        """One line for the analyst."""
        return self._finder.summary(self._event, self._functions)

    @cached_property
    def severity(self) -> str:
        """Syslog's word."""
        word = self._finder.severity(self._event, self._functions) or ""
        return SEVERITIES.get(word.upper(), DEFAULT_SEVERITY)

    @cached_property
    def words(self) -> dict[str, str]:
        """All other facts of the vocabulary that find something, by name."""
        return self._all(self._finder.words)

    @cached_property
    def extra(self) -> dict[str, str]:
        """The facts of the definition's own that find something, by name."""
        return self._all(self._finder.extra)

    def _all(self, finders: list[tuple[str, Finder]]) -> dict[str, str]:
        words = ((name, find(self._event, self._functions)) for name, find in finders)
        return {name: word for name, word in words if word is not None}


def compile_line(text: Text | str) -> Finder:
    """Return a function that fills in a text; it returns None where a path of the text finds nothing to write."""
    parts = _compile_parts(text)

    def find(event: Any, functions: Functions) -> str | None:
        words = []
        for literal, find_value in parts:
            if find_value is not None and (literal := _word_at(find_value, event, functions)) is None:
                return None
            words.append(literal)
        return fold("".join(words)) or None

    return find


def fold(text: str) -> str:
    """Return a text as one line: trimmed, without control characters, of at most MAX_FACT characters."""
    line = text.strip() if text.isprintable() else _UNREADABLE.sub(" ", text).strip()
    return line if len(line) <= MAX_FACT else line[: MAX_FACT - 1] + "…"


@lru_cache(4096)
def address(text: str) -> str | None:
    """Return an IP address as Python writes it, a mapped IPv4 address as IPv4; None for anything else.

    A port is left out: 192.0.2.7:443 or [2001:db8::1]:443. An address with a zone (fe80::1%eth0) is none: it means
    nothing outside the host, and Elasticsearch refuses it.
    """
    if with_port := _ADDRESS_AND_PORT.fullmatch(text):
        text = with_port[1] or with_port[2]
    try:
        parsed = ipaddress.ip_address(text)
    except ValueError:
        return None
    if isinstance(parsed, ipaddress.IPv6Address):
        if parsed.scope_id:
            return None
        parsed = parsed.ipv4_mapped or parsed
    return str(parsed)


def _compile_summary(text: Text) -> Callable[[Any, Functions], str]:
    """Return a function that fills in a summary; what finds nothing is `-` in it, as in access logs."""
    parts = _compile_parts(text)

    def find(event: Any, functions: Functions) -> str:
        words = [
            literal if find_value is None else _summary_word(find_value, event, functions)
            for literal, find_value in parts
        ]
        return fold("".join(words)) or "-"

    return find


def _compile_parts(text: str) -> list[tuple[Any, CompiledPath | None]]:
    """Return the parts of a text: each a literal, or a path that finds what stands in its place."""
    return [(part, None) if kind == "literal" else (None, compile_path(part)) for kind, part in template_parts(text)]


def _compile_word(name: str, text: Text) -> Finder:
    find = compile_line(text)
    if name in ADDRESS_FACTS:
        return lambda event, functions: address(line) if (line := find(event, functions)) else None
    if name == "url":
        return lambda event, functions: (
            line if (line := find(event, functions)) and len(line) < MAX_FACT and _URL.fullmatch(line) else None
        )
    return find


def _no_word(_text: str) -> None:
    return None


def _compile_choice(choice: Choice, otherwise: Callable[[str], str | None] = _no_word) -> Finder:
    """Return a function that returns the word whose pattern matches first; `otherwise` has the word if none does."""
    find = compile_line(choice.of)
    patterns = [(compile_pattern(pattern), word) for word, patterns in choice.words.items() for pattern in patterns]

    @lru_cache(1024)
    def choose(text: str) -> str | None:
        return next((word for pattern, word in patterns if pattern.fullmatch(text)), otherwise(text))

    return lambda event, functions: choose(text) if (text := find(event, functions)) is not None else None


def compile_pattern(pattern: str) -> re.Pattern[str]:
    """Compile a pattern in which `*` stands for any characters; a match takes no longer for many of them.

    The first place at which a part stands is as good as any, so no other is tried: whoever causes an event may choose
    its texts.
    """
    first, *others = map(re.escape, pattern.split("*"))
    if not others:
        return re.compile(first)
    *middle, last = others
    return re.compile(first + "".join(f"(?>.*?{part})" for part in middle if part) + f".*{last}")


def _word_at(find: CompiledPath, event: Any, functions: Functions) -> str | None:
    """Return what a path finds as text; None for nothing, a list, an object, or a mask."""
    try:
        value = find(event, functions)
        if isinstance(value, str):
            return None if value == MASK else value or None
        return None if value is None or isinstance(value, dict | list) else as_text(value)
    except Rejected:
        return None


def _summary_word(find: CompiledPath, event: Any, functions: Functions) -> str:
    try:
        return as_text(find(event, functions)) or "-"
    except Rejected:
        return "-"
