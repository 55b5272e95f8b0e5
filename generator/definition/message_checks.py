"""Check `facts` and `mozdef` for what would be lost, or would lose a message, behind the queue.

Words that set off a plugin of MozDef's, and names of its index, are looked for where its messages are MozDef's.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping

from generator.definition.path_checks import Mistakes
from generator.definition.suggestions import suggestion
from lambdas.model import Source
from lambdas.model_facts import FACT_CHOICES, FACT_TEXTS, MOZDEF_TEXTS, SEVERITY_WORDS, Choice
from lambdas.reading.text_templates import template_paths
from lambdas.shaping.facts import SEVERITIES, compile_pattern
from lambdas.shaping.mozdef_limits import OBJECT_KEYS, PLACE_KEYS, RESERVED_DETAILS, REWRITTEN_KEYS
from lambdas.shaping.mozdef_names import DETAIL_NAMES, OWN_TAGS, PLUGIN_WORDS, ZOOM_WORDS, is_plugin_word

MAX_EXTRA = 8
"""Facts of a definition's own, and keys of MozDef's `details`: all sources share an index, which has 1,000 fields."""
_FACTS = frozenset((*FACT_TEXTS, *FACT_CHOICES))
_DETAILS = frozenset((*DETAIL_NAMES.values(), "email", "sourceipv6address", "destinationipv6address"))
_UNUSABLE: Mapping[str, Collection[str]] = {
    "every message has this key": RESERVED_DETAILS,
    "the word sets off a plugin of MozDef's": PLUGIN_WORDS,
    "a plugin of MozDef's takes an address from it": REWRITTEN_KEYS,
    "MozDef stores the place of an address there": PLACE_KEYS,
    "it is an object in MozDef's index": OBJECT_KEYS,
}
"""The names that can't be keys of MozDef's details, by the reason."""
REFUSED_EXTRA = {"it is a fact already": _FACTS, "it is MozDef's name of a fact": _DETAILS, **_UNUSABLE}
"""The names that `facts.extra` can't have, by the reason."""


def message_mistakes(source: Source) -> Mistakes:
    """Yield what is wrong with the facts of a source, and what its reader could not take."""
    yield from _names(source) if source.output == "mozdef" else ()
    yield from _severity(source)
    for fact in FACT_CHOICES:
        if choice := getattr(source.facts, fact):
            yield from _patterns(fact, choice)
    yield from _extra(source)
    if source.output == "mozdef":
        yield from _details(source)
        yield from _words(source)


def _names(source: Source) -> Mistakes:
    """Yield a source's name, or that of a source that it extends, which sets off a plugin of MozDef's."""
    if is_plugin_word(source.name):
        yield (
            "",
            f"a source can't be named {source.name}: the word sets off a plugin of MozDef's, which takes its messages",
        )
    for base in filter(is_plugin_word, source.bases):
        yield (
            "extends",
            f"{base} sets off a plugin of MozDef's, which takes the messages; give that source another name",
        )


def _severity(source: Source) -> Mistakes:
    """Yield a constant severity that would be INFO for every event, since nobody knows the word."""
    severity = source.facts.severity
    if severity and not severity.words and not template_paths(severity.of) and severity.of.upper() not in SEVERITIES:
        yield "facts.severity", f"{severity.of} is no severity{suggestion(severity.of.upper(), SEVERITY_WORDS)}"


def read_as(source: Source) -> str | None:
    """Return a note on a constant severity that is a vendor's word: it is written as another word, Syslog's."""
    severity = source.facts.severity
    if severity is None or severity.words or template_paths(severity.of):
        return None
    word = SEVERITIES.get(severity.of.upper(), severity.of)
    return None if word == severity.of.upper() else f"{severity.of} is written as {word}"


def _patterns(fact: str, choice: Choice) -> Mistakes:
    """Yield the patterns that no text can match, or that match only what an earlier word has taken."""
    earlier: list[tuple[re.Pattern[str], str, str]] = []
    for word, patterns in choice.words.items():
        key = f"facts.{fact}.{word}"
        for pattern in patterns:
            if re.search(r"\{.+\}", pattern):
                yield key, f"{pattern} is compared as it is written: a pattern has no {{path}}, only *"
            # A pattern that matches another's text, its * included, matches all that the other does.
            elif taken := next((rule for rule in earlier if rule[0].fullmatch(pattern)), None):
                yield key, f"{pattern} is never reached: {taken[1]} of {taken[2]} stands before it"
        earlier += [(compile_pattern(pattern), pattern, word) for pattern in patterns]


def _extra(source: Source) -> Mistakes:
    extra = source.facts.extra or {}
    if len(extra) > MAX_EXTRA:
        yield (
            "facts.extra",
            f"at most {MAX_EXTRA} names, and it has {len(extra)}: all sources share an index of 1,000 fields",
        )
    for name in extra:
        if name in _FACTS:
            yield f"facts.extra.{name}", f"is a fact already: facts.{name}"
        elif (source.output, name) == ("ocsf", "oversize"):
            yield f"facts.extra.{name}", "is where OCSF's messages say that their event was too large; choose another"
        elif source.output != "mozdef":
            continue
        elif name in _DETAILS:
            yield f"facts.extra.{name}", "is MozDef's name of a fact already; choose another"
        elif reason := _unusable_reason(name):
            yield f"facts.extra.{name}", reason


def _details(source: Source) -> Mistakes:
    names = source.mozdef.details or {}
    if (count := len(names.keys() - _FACTS - _DETAILS)) > MAX_EXTRA:
        yield (
            "mozdef.details",
            f"at most {MAX_EXTRA} names beside those of facts, and it has {count}: all sources share an index of 1,000 "
            "fields",
        )
    for name in names:
        if reason := _unusable_reason(name):
            yield f"mozdef.details.{name}", reason


def _words(source: Source) -> Mistakes:
    """Yield constant texts that set off a plugin of MozDef's."""
    mozdef = source.mozdef
    texts = [(f"mozdef.{key}", text) for key in MOZDEF_TEXTS if (text := getattr(mozdef, key))]
    if mozdef.hostname is None:
        texts.append(("mozdef.whole", f"{(source.name, *source.bases)[-1]}_host"))
    tags = [(f"mozdef.tags[{index}]", text) for index, text in enumerate(mozdef.tags)]
    yield from (
        (key, f"{tag} says what a message is; choose another word") for key, tag in tags if tag.lower() in OWN_TAGS
    )
    for key, text in [*texts, *tags]:
        if template_paths(text) or not is_plugin_word(text):
            continue
        if text.lower() not in ZOOM_WORDS:
            yield key, f"{text} sets off a plugin of MozDef's, which takes the message; choose another word"
        elif not mozdef.whole:
            yield key, f"{text} sets off a plugin of MozDef's that needs the whole event; add mozdef.whole: true"


def _unusable_reason(name: str) -> str | None:
    """Return why a name can't be a key of MozDef's details; None where it can."""
    reason = next((reason for reason, names in _UNUSABLE.items() if name in names), None)
    return f"can't be a key of MozDef's details: {reason}; choose another" if reason else None
